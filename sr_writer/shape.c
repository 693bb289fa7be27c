/* One drawing rule for each kind of measurement: an angle has its two lines
 * and an arc at the vertex; two lines that need not meet are extended to where
 * they do, or a little; a distance has ticks at its ends; a ratio a solid and a
 * broken line. Everything is thin, and nothing is filled: what was measured
 * stays visible. */
#include "sr_writer/shape.h"

#include <math.h>
#include <string.h>

#define TICK_OF_FONT   0.55
#define ARC_LEAST      1.2 /* radius, of the font */
#define ARC_MOST       2.6
#define EXTENSION      0.5 /* of a line's length, where they do not meet */
#define MEETING        3.0 /* the farthest they are extended, of its length */
#define CORNER         0.2 /* of the side of a box */
#define LINES_PARALLEL 1e-6

static struct stroke *add(struct shape *shape, enum stroke_kind kind,
                          enum ink ink, const double a[2])
{
    struct stroke *s = &shape->strokes[shape->n_strokes++];

    *s = (struct stroke){.kind = kind, .ink = ink};
    memcpy(s->a, a, sizeof(s->a));
    return s;
}

static struct stroke *line(struct shape *shape, enum ink ink, const double a[2],
                           const double b[2], enum stroke_dash dash)
{
    struct stroke *s = add(shape, STROKE_LINE, ink, a);

    memcpy(s->b, b, sizeof(s->b));
    s->dash = dash;
    return s;
}

static void anchor(struct shape *shape, const double a[2], const double b[2])
{
    struct place_segment *l = &shape->anchors[shape->n_anchors++];

    memcpy(l->from, a, sizeof(l->from));
    memcpy(l->to, b, sizeof(l->to));
}

/* Across the line at its end `at`. */
static void tick(const struct pen *pen, struct shape *shape, enum ink ink,
                 const double at[2], const double other[2])
{
    double dx = other[0] - at[0], dy = other[1] - at[1];
    double length = hypot(dx, dy), half = TICK_OF_FONT * pen->font;

    if (length <= 0)
        return;
    const double a[2] = {at[0] - dy / length * half,
                         at[1] + dx / length * half};
    const double b[2] = {at[0] + dy / length * half,
                         at[1] - dx / length * half};
    line(shape, ink, a, b, DASH_NONE);
}

static void length_line(const struct pen *pen, struct shape *shape,
                        enum ink ink, double (*p)[2], enum stroke_dash dash)
{
    line(shape, ink, p[0], p[1], dash);
    tick(pen, shape, ink, p[0], p[1]);
    tick(pen, shape, ink, p[1], p[0]);
    anchor(shape, p[0], p[1]);
}

static double turn(double from, double to)
{
    double sweep = fmod(to - from, 2 * M_PI);

    return sweep < 0 ? sweep + 2 * M_PI : sweep;
}

/* On that side of the vertex on which the value was measured. */
static void arc(struct shape *shape, enum ink ink, const double center[2],
                double radius, double from, double to, double value_deg)
{
    struct stroke *s = add(shape, STROKE_ARC, ink, center);
    double sweep = turn(from, to);
    double value = fmod(fabs(value_deg), 360) * M_PI / 180;

    s->radius = radius;
    s->from = from;
    s->to = from + sweep;
    if (fabs(2 * M_PI - sweep - value) < fabs(sweep - value)) {
        s->from = to;
        s->to = to + 2 * M_PI - sweep;
    }
}

static double direction(const double from[2], const double to[2])
{
    return atan2(to[1] - from[1], to[0] - from[0]);
}

static double distance(const double a[2], const double b[2])
{
    return hypot(b[0] - a[0], b[1] - a[1]);
}

/* A V W B; V and W may be one point. */
static void angle(const struct pen *pen, const struct measurement *m,
                  double (*p)[2], enum ink ink, struct shape *out)
{
    const double center[2] = {(p[1][0] + p[2][0]) / 2, (p[1][1] + p[2][1]) / 2};
    double arms = fmin(distance(p[1], p[0]), distance(p[2], p[3]));
    double radius =
        fmin(fmax(0.3 * arms, ARC_LEAST * pen->font), ARC_MOST * pen->font);

    for (int i = 0; i < 2; i++) {
        struct stroke *s = line(out, ink, p[2 * i], p[2 * i + 1], DASH_NONE);
        s->spare_a = s->spare_b = true;
        anchor(out, p[2 * i], p[2 * i + 1]);
    }
    arc(out, ink, center, radius, direction(p[1], p[0]), direction(p[2], p[3]),
        m->value);
    for (int i = 0; i < 4; i++)
        if (i != 2 || distance(p[1], p[2]) > pen->ring)
            add(out, STROKE_RING, ink, p[i]);
}

/* Where the lines through a and b meet, in lengths of each from its first
 * point. */
static bool meet(double (*a)[2], double (*b)[2], double at[2])
{
    double ax = a[1][0] - a[0][0], ay = a[1][1] - a[0][1];
    double bx = b[1][0] - b[0][0], by = b[1][1] - b[0][1];
    double cross = ax * by - ay * bx;
    double x = b[0][0] - a[0][0], y = b[0][1] - a[0][1];

    if (fabs(cross) <= LINES_PARALLEL * hypot(ax, ay) * hypot(bx, by))
        return false;
    at[0] = (x * by - y * bx) / cross;
    at[1] = (x * ay - y * ax) / cross;
    return true;
}

static void along(double (*p)[2], double t, double out[2])
{
    out[0] = p[0][0] + t * (p[1][0] - p[0][0]);
    out[1] = p[0][1] + t * (p[1][1] - p[0][1]);
}

/* From the line's own ends on, thin and broken. */
static void extend(struct shape *out, enum ink ink, double (*p)[2], double low,
                   double high)
{
    double end[2];

    if (low < 0) {
        along(p, low, end);
        line(out, ink, p[0], end, DASH_SHORT);
    }
    if (high > 1) {
        along(p, high, end);
        line(out, ink, p[1], end, DASH_SHORT);
    }
}

static double beyond(double t)
{
    return t > 1 ? t - 1 : t < 0 ? -t : 0;
}

/* The line is named at its end away from where both meet. */
static void tag(struct shape *out, double (*p)[2], double low, double high,
                bool at_high)
{
    struct place_segment *l = &out->tags[out->n_tags++];

    along(p, at_high ? fmax(high, 1) : fmin(low, 0), l->from);
    along(p, at_high ? 1 : 0, l->to);
}

static void two_lines(const struct pen *pen, const struct measurement *m,
                      double (*p)[2], enum ink ink, struct shape *out)
{
    double at[2] = {0, 0};
    bool near = meet(p, p + 2, at) && beyond(at[0]) < MEETING &&
                beyond(at[1]) < MEETING;
    double center[2];

    for (int i = 0; i < 2; i++) {
        double(*own)[2] = p + (ptrdiff_t)2 * i;
        double low = near ? fmin(at[i], -EXTENSION / 4) : -EXTENSION;
        double high = near ? fmax(at[i], 1 + EXTENSION / 4) : 1 + EXTENSION;

        line(out, ink, own[0], own[1], DASH_NONE);
        add(out, STROKE_DOT, ink, own[0]);
        add(out, STROKE_DOT, ink, own[1]);
        extend(out, ink, own, low, high);
        tag(out, own, low, high, near && at[i] < 0.5);
        anchor(out, own[0], own[1]);
    }
    if (!near)
        return;
    along(p, at[0], center);
    arc(out, ink, center, ARC_MOST * pen->font,
        direction(center, p[at[0] < 0.5 ? 1 : 0]),
        direction(center, p[at[1] < 0.5 ? 3 : 2]), m->value);
}

/* Closed. */
static void outline(double (*p)[2], size_t n, enum ink ink,
                    enum stroke_dash dash, struct shape *out)
{
    for (size_t i = 0; i < n; i++) {
        line(out, ink, p[i], p[(i + 1) % n], dash);
        anchor(out, p[i], p[(i + 1) % n]);
    }
}

void shape_of_measurement(const struct pen *pen, const struct measurement *m,
                          double (*points)[2], struct shape *out)
{
    enum ink ink = pen_ink(m->side);
    size_t n = m->n_points < FINDINGS_POINTS ? m->n_points : FINDINGS_POINTS;

    memset(out, 0, sizeof(*out));
    switch (m->kind) {
    case MEASURE_ANGLE:
        if (n >= 4)
            angle(pen, m, points, ink, out);
        break;
    case MEASURE_LINES:
        if (n >= 4)
            two_lines(pen, m, points, ink, out);
        break;
    case MEASURE_DISTANCE:
        if (n >= 2)
            length_line(pen, out, ink, points, DASH_LONG);
        break;
    case MEASURE_RATIO:
        if (n >= 4) {
            length_line(pen, out, ink, points, DASH_NONE);
            length_line(pen, out, ink, points + 2, DASH_LONG);
        }
        break;
    case MEASURE_DIFFERENCE:
        for (size_t i = 0; i + 1 < n && i < 4; i += 2)
            length_line(pen, out, ink, points + i, DASH_DOTS);
        break;
    case MEASURE_AREA:
        if (n >= 3)
            outline(points, n, ink, DASH_NONE, out);
        break;
    case MEASURE_GRADE:
        if (n >= 4)
            outline(points, 4, ink, DASH_LONG, out);
        break;
    }
}

/* From the foot of a distance to where the line begins. */
void shape_add_plumb(const struct measurement *m, double (*points)[2],
                     const double plumb[2], struct shape *out)
{
    if (m->kind == MEASURE_DISTANCE && m->n_points == 2)
        line(out, pen_ink(m->side), points[1], plumb, DASH_SHORT);
}

/* Corners only: the box hides nothing of what it shows. */
void shape_of_found(const struct pen *pen, const double box[4],
                    struct shape *out)
{
    double corners[4][2] = {
        {box[0], box[1]}, {box[2], box[1]}, {box[2], box[3]}, {box[0], box[3]}};
    double side = fmin(box[2] - box[0], box[3] - box[1]);
    double length = fmin(fmax(CORNER * side, 0.5 * pen->font), side / 2);

    memset(out, 0, sizeof(*out));
    for (size_t i = 0; i < 4; i++)
        for (size_t k = 1; k < 4; k += 2) {
            const double *at = corners[i], *to = corners[(i + k) % 4];
            double all = distance(at, to);
            const double end[2] = {
                at[0] + (to[0] - at[0]) * (all > 0 ? length / all : 0),
                at[1] + (to[1] - at[1]) * (all > 0 ? length / all : 0)};
            line(out, INK_ALERT, at, end, DASH_NONE);
        }
    for (size_t i = 0; i < 4; i++)
        anchor(out, corners[i], corners[(i + 1) % 4]);
}
