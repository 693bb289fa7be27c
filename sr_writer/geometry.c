/* How the points of db/findings.h become lines, by kind of measurement. */
#include "sr_writer/geometry.h"

#define PIXEL_CENTER 0.5

static void add(struct geometry_line *line, const double point[2])
{
    line->at[line->n][0] = point[0] + PIXEL_CENTER;
    line->at[line->n++][1] = point[1] + PIXEL_CENTER;
}

static void add_all(struct geometry_line *line, const struct measurement *m,
                    size_t from, size_t n)
{
    line->n = 0;
    for (size_t i = 0; i < n; i++)
        add(line, m->points[from + i]);
}

static bool two_lines(const struct measurement *m)
{
    return m->n_points == 4 &&
           (m->kind == MEASURE_LINES || m->kind == MEASURE_RATIO ||
            m->kind == MEASURE_DIFFERENCE);
}

size_t geometry_measurement(const struct measurement *m, bool joined,
                            struct geometry_line out[static GEOMETRY_LINES])
{
    if (two_lines(m) && !joined) {
        add_all(&out[0], m, 0, 2);
        add_all(&out[1], m, 2, 2);
        return 2;
    }
    add_all(&out[0], m, 0, m->n_points);
    if (m->n_points == 0)
        return 0;
    if (m->kind == MEASURE_AREA || m->kind == MEASURE_GRADE)
        add(&out[0], m->points[0]);
    return 1;
}

void geometry_box(const double box[4], struct geometry_line *out)
{
    const double corners[5][2] = {{box[0], box[1]},
                                  {box[2], box[1]},
                                  {box[2], box[3]},
                                  {box[0], box[3]},
                                  {box[0], box[1]}};

    out->n = 0;
    for (size_t i = 0; i < 5; i++)
        add(out, corners[i]);
}
