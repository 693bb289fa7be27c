/* Angles. That of two rays from one joint has a vertex; that of two lines has
 * none and is drawn as two lines.
 *
 * The hip-knee-ankle angle as swept through the medial side (180 neutral,
 * varus below) follows Cooke et al., J Rheumatol 2007;34:1796. */
#include "inference/measure_view.h"

#include <math.h>
#include <string.h>

#define DEG_PER_RAD  57.29577951308232
#define LEAST_PIXELS 2.0 /* a shorter ray has no direction */

struct rays { /* two directions on the plane */
    double u[2], w[2];
    bool lines; /* of lines, which have no vertex */
};

static bool draw_rays(struct making *m, const struct shape *of[4], bool lines)
{
    m->out->kind = lines ? MEASURE_LINES : MEASURE_ANGLE;
    strcpy(m->out->unit, "deg");
    if (lines)
        return making_draw_line(m, of[0]->at, of[0]->end) &&
               making_draw_line(m, of[1]->at, of[1]->end);
    for (size_t i = 0; i < 4; i++)
        if (!making_draw(m, of[i]->at))
            return false;
    return true;
}

static bool ray(struct making *m, size_t from, size_t to,
                const struct shape *of[4], double out[2])
{
    double least = LEAST_PIXELS * m->view->geometry->plane.pixel;
    char first[65], second[65];
    out[0] = of[to]->at[0] - of[from]->at[0];
    out[1] = of[to]->at[1] - of[from]->at[1];
    if (hypot(out[0], out[1]) >= least)
        return true;
    making_words(m, from < to ? from : to, first);
    making_words(m, from < to ? to : from, second);
    return making_refuse(m, "%s and %s are too close to give an angle", first,
                         second);
}

static bool read_rays(struct making *m, struct rays *out)
{
    const struct shape *of[4];
    out->lines = m->rule->n_objects == 2;
    if (out->lines) {
        if (!making_operands(m, OBJECT_LINE, 2, of))
            return false;
        memcpy(out->u, of[0]->along, sizeof out->u);
        memcpy(out->w, of[1]->along, sizeof out->w);
    } else if (!making_operands(m, OBJECT_POINT, 4, of) ||
               !ray(m, 1, 0, of, out->u) || !ray(m, 2, 3, of, out->w)) {
        return false;
    }
    return draw_rays(m, of, out->lines);
}

static double clockwise_deg(const struct rays *r) /* -180..180 */
{
    return atan2(r->u[0] * r->w[1] - r->u[1] * r->w[0],
                 r->u[0] * r->w[0] + r->u[1] * r->w[1]) *
           DEG_PER_RAD;
}

/* Swept from the first ray through `inward`, that is clockwise on the picture
 * when the first one points up and inward is to the right. */
static double sweep_deg(const struct rays *r, double inward)
{
    double deg = clockwise_deg(r) * inward * (r->u[1] > 0 ? -1 : 1);
    return deg < 0 ? deg + 360 : deg;
}

/* What is taken off leaves an angle with a sign that needs no side. */
bool measure_angle(struct making *m)
{
    struct rays rays;
    double toward[2];
    if (!read_rays(m, &rays))
        return false;
    plane_toward(&m->view->geometry->plane, m->rule->toward, making_side(m),
                 toward);
    m->out->value = toward[0] == 0 ? fabs(clockwise_deg(&rays))
                                   : sweep_deg(&rays, toward[0]);
    m->out->value -= m->rule->less;
    return true;
}

/* Lines have no direction, so theirs is the smaller turn, -90..90. On a left
 * side the picture is read in a mirror. */
bool measure_signed_angle(struct making *m)
{
    struct rays rays;
    bool left = m->rule->side == SIDE_LEFT;
    bool behind =
        m->rule->side != SIDE_NONE && m->view->geometry->plane.from_behind;
    if (!read_rays(m, &rays))
        return false;
    double deg = clockwise_deg(&rays);
    if (rays.lines && deg > 90)
        deg -= 180;
    else if (rays.lines && deg < -90)
        deg += 180;
    bool turned = m->rule->clockwise == (left != behind);
    m->out->value = turned ? -deg : deg;
    return true;
}

/* The axis is drawn from the line's first end, as long as the line. */
bool measure_angle_axis(struct making *m)
{
    bool vertical = m->rule->toward == TOWARD_UP;
    const struct shape *line;
    if (!making_operand(m, 0, OBJECT_LINE, &line))
        return false;
    double x = fabs(line->along[0]), y = fabs(line->along[1]);
    double length =
        hypot(line->end[0] - line->at[0], line->end[1] - line->at[1]);
    double end[2] = {line->at[0], line->at[1]};
    end[vertical ? 1 : 0] +=
        line->along[vertical ? 1 : 0] < 0 ? -length : length;
    m->out->kind = MEASURE_LINES;
    strcpy(m->out->unit, "deg");
    m->out->value = (vertical ? atan2(x, y) : atan2(y, x)) * DEG_PER_RAD;
    return making_draw_line(m, line->at, line->end) &&
           making_draw_line(m, line->at, end);
}
