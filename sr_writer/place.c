/* Labels find their own place. Every candidate beside the line gets a cost in
 * units of "how bad": off the picture or on another label is worst, then on a
 * joint, then on a line; equal ones are decided by being near the middle and
 * on the outer side, where there is only soft tissue. */
#include "sr_writer/place.h"

#include <math.h>
#include <stdbool.h>

#define COST_OUTSIDE 1000.0
#define COST_LABEL   1000.0
#define COST_JOINT   100.0
#define COST_LINE    10.0
#define STEPS        48 /* looks along a line for crossing a box */

void place_joint(struct place *place, const double at[2])
{
    if (place->n_joints == PLACE_JOINTS)
        return;
    place->joints[place->n_joints][0] = at[0];
    place->joints[place->n_joints][1] = at[1];
    place->n_joints++;
}

void place_segment(struct place *place, const double from[2],
                   const double to[2])
{
    if (place->n_segments == PLACE_SEGMENTS)
        return;
    place->segments[place->n_segments++] =
        (struct place_segment){{from[0], from[1]}, {to[0], to[1]}};
}

/* Distance of a point from a box, 0 inside. */
static double distance(const struct place_box *box, double x, double y)
{
    double dx = fmax(fmax(box->x - x, x - box->x - box->width), 0);
    double dy = fmax(fmax(box->y - y, y - box->y - box->height), 0);

    return hypot(dx, dy);
}

static double beyond(const struct place *place, const struct place_box *box)
{
    return fmax(0, -box->x) + fmax(0, -box->y) +
           fmax(0, box->x + box->width - place->width) +
           fmax(0, box->y + box->height - place->height);
}

static bool overlap(const struct place_box *a, const struct place_box *b)
{
    return a->x < b->x + b->width && b->x < a->x + a->width &&
           a->y < b->y + b->height && b->y < a->y + a->height;
}

static bool crosses(const struct place_box *box,
                    const struct place_segment *line, double gap)
{
    for (int i = 0; i <= STEPS; i++) {
        double t = (double)i / STEPS;
        double x = line->from[0] + t * (line->to[0] - line->from[0]);
        double y = line->from[1] + t * (line->to[1] - line->from[1]);
        if (distance(box, x, y) < gap)
            return true;
    }
    return false;
}

static double cost(const struct place *place, const struct place_box *box)
{
    double sum = 0;

    if (beyond(place, box) > 0)
        sum += COST_OUTSIDE + beyond(place, box);
    for (size_t i = 0; i < place->n_boxes; i++)
        if (overlap(box, &place->boxes[i]))
            sum += COST_LABEL;
    for (size_t i = 0; i < place->n_joints; i++)
        if (distance(box, place->joints[i][0], place->joints[i][1]) <
            place->clearance)
            sum += COST_JOINT;
    for (size_t i = 0; i < place->n_segments; i++)
        if (crosses(box, &place->segments[i], place->gap / 2))
            sum += COST_LINE;
    return sum;
}

/* Beside the point of the line at t: to the outer side of the picture or to
 * the inner one. */
static struct place_box beside(const struct place *place,
                               const struct place_segment *line, double t,
                               bool outer, double width, double height)
{
    double x = line->from[0] + t * (line->to[0] - line->from[0]);
    double y = line->from[1] + t * (line->to[1] - line->from[1]);
    bool left = (x < place->width / 2) == outer;
    struct place_box box = {
        .y = y - height / 2, .width = width, .height = height};

    /* a flat line: above or below it, not on it */
    if (fabs(line->to[0] - line->from[0]) > fabs(line->to[1] - line->from[1])) {
        box.x = x - width / 2;
        box.y = outer ? y - height - place->gap : y + place->gap;
        return box;
    }
    box.x = left ? x - width - place->gap : x + place->gap;
    return box;
}

struct place_box place_label(struct place *place,
                             const struct place_segment *lines, size_t n,
                             double width, double height)
{
    static const double at[] = {0.5, 0.4, 0.6, 0.3, 0.7, 0.2, 0.8, 0.1, 0.9};
    struct place_box best = {0, 0, width, height};
    double least = HUGE_VAL;

    for (size_t line = 0; line < n; line++)
        for (int outer = 1; outer >= 0; outer--)
            for (size_t i = 0; i < sizeof(at) / sizeof(at[0]); i++) {
                struct place_box box = beside(place, &lines[line], at[i],
                                              outer == 1, width, height);
                double bad = cost(place, &box) + 0.1 * (double)i +
                             (outer ? 0 : 1) + 0.5 * (double)line;
                if (bad < least) {
                    least = bad;
                    best = box;
                }
            }
    best.x = fmax(0, fmin(best.x, place->width - width));
    best.y = fmax(0, fmin(best.y, place->height - height));
    if (place->n_boxes < PLACE_BOXES)
        place->boxes[place->n_boxes++] = best;
    return best;
}
