/* Lengths, in millimeters or not at all; a ratio of two needs none. */
#include "inference/measure_view.h"

#include <math.h>
#include <string.h>

#define LEAST_PIXELS 2.0  /* a shorter length makes no ratio */
#define LEAST_COSINE 0.05 /* of what gives a sign and the line's normal */

static double length(const struct shape *a, const struct shape *b)
{
    return hypot(a->at[0] - b->at[0], a->at[1] - b->at[1]);
}

bool measure_distance(struct making *m)
{
    const struct shape *of[2];
    m->out->kind = MEASURE_DISTANCE;
    strcpy(m->out->unit, "mm");
    if (!making_operands(m, OBJECT_POINT, 2, of) || !making_millimeters(m))
        return false;
    m->out->value = length(of[0], of[1]);
    return making_draw(m, of[0]->at) && making_draw(m, of[1]->at);
}

/* normal: across the line, toward where the number is positive. */
static bool find_normal(struct making *m, const struct shape *line,
                        double normal[2])
{
    double toward[2];
    normal[0] = -line->along[1];
    normal[1] = line->along[0];
    plane_toward(&m->view->geometry->plane, m->rule->toward, making_side(m),
                 toward);
    double cosine = normal[0] * toward[0] + normal[1] * toward[1];
    if (m->rule->toward == TOWARD_NONE)
        return true;
    if (!(fabs(cosine) >= LEAST_COSINE))
        return making_refuse(m, "the line lies so that neither side of it is "
                                "the positive one");
    for (size_t i = 0; i < 2 && cosine < 0; i++)
        normal[i] = -normal[i];
    return true;
}

/* A line with one point of its own would else not be seen. That point is the
 * middle of what is drawn of it (geometry.c). */
static void draw_plumb(struct making *m, const struct shape *line)
{
    const struct plane *plane = &m->view->geometry->plane;
    enum object_how how = m->view->rules->objects[m->rule->objects[1]].how;
    if (how != HOW_VERTICAL && how != HOW_HORIZONTAL)
        return;
    double through[2] = {(line->at[0] + line->end[0]) / 2,
                         (line->at[1] + line->end[1]) / 2};
    plane_source(plane, through, m->out->plumb);
    m->out->has_plumb = plane_inside(plane, m->out->plumb);
}

bool measure_perpendicular(struct making *m)
{
    const struct shape *point, *line;
    double normal[2];
    m->out->kind = MEASURE_DISTANCE;
    strcpy(m->out->unit, "mm");
    if (!making_operand(m, 0, OBJECT_POINT, &point) ||
        !making_operand(m, 1, OBJECT_LINE, &line) || !making_millimeters(m) ||
        !find_normal(m, line, normal))
        return false;
    double off = (point->at[0] - line->at[0]) * normal[0] +
                 (point->at[1] - line->at[1]) * normal[1];
    double foot[2] = {point->at[0] - off * normal[0],
                      point->at[1] - off * normal[1]};
    m->out->value = m->rule->toward == TOWARD_NONE ? fabs(off) : off;
    draw_plumb(m, line);
    return making_draw(m, point->at) && making_draw(m, foot);
}

bool measure_ratio(struct making *m)
{
    const struct shape *of[4];
    char first[65], second[65];
    m->out->kind = MEASURE_RATIO;
    strcpy(m->out->unit, "ratio");
    if (!making_operands(m, OBJECT_POINT, 4, of))
        return false;
    m->out->parts[0] = length(of[0], of[1]);
    m->out->parts[1] = length(of[2], of[3]);
    if (m->view->millimeters)
        strcpy(m->out->parts_unit, "mm");
    if (!(m->out->parts[1] >= LEAST_PIXELS * m->view->geometry->plane.pixel)) {
        making_words(m, 2, first);
        making_words(m, 3, second);
        return making_refuse(m, "%s and %s are too close to give a ratio",
                             first, second);
    }
    m->out->value = m->out->parts[0] / m->out->parts[1];
    for (size_t i = 0; i < 4; i++)
        if (!making_draw(m, of[i]->at))
            return false;
    return true;
}
