/* Labels find their own place. Every candidate inside the picture and off the
 * other labels gets a cost: to lie on a joint is worst, then on a line, then
 * on what is bright, which on a radiograph is bone; equal ones are decided by
 * being near the line, near its middle, and on the outer side, where there is
 * only soft tissue. When none is free beside the line, the whole picture is
 * searched, and a leader tells what the label belongs to. */
#include "sr_writer/place.h"

#include <math.h>
#include <string.h>

#define COST_JOINT  100.0
#define COST_LINE   10.0
#define COST_SHADE  9.0 /* on white */
#define COST_AWAY   0.6 /* for each height of the label away from its line */
#define COST_MIDDLE 0.1
#define COST_INNER  1.0
#define COST_NEXT   0.5 /* for each line that would be better */

void place_shade(struct place *place, const unsigned char *pixels,
                 uint32_t rows, uint32_t columns)
{
    for (uint32_t y = 0; y < PLACE_CELLS; y++)
        for (uint32_t x = 0; x < PLACE_CELLS; x++) {
            uint64_t sum = 0, n = 0;
            uint32_t top = (uint32_t)((uint64_t)y * rows / PLACE_CELLS);
            uint32_t left = (uint32_t)((uint64_t)x * columns / PLACE_CELLS);
            for (uint32_t r = top;
                 r == top || r < (uint64_t)(y + 1) * rows / PLACE_CELLS; r++)
                for (uint32_t c = left;
                     c == left || c < (uint64_t)(x + 1) * columns / PLACE_CELLS;
                     c++) {
                    sum += pixels[(size_t)r * columns + c];
                    n++;
                }
            place->shade[y][x] = (float)sum / (255.0F * (float)n);
        }
}

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
    struct place_segment segment = {{from[0], from[1]}, {to[0], to[1]}};

    for (size_t i = 0; i < place->n_segments; i++)
        if (memcmp(&place->segments[i], &segment, sizeof(segment)) == 0)
            return; /* of a length and an angle, say */
    if (place->n_segments < PLACE_SEGMENTS)
        place->segments[place->n_segments++] = segment;
}

bool place_overlap(const struct place_box *a, const struct place_box *b)
{
    return a->x < b->x + b->width && b->x < a->x + a->width &&
           a->y < b->y + b->height && b->y < a->y + a->height;
}

static bool inside(const struct place *place, const struct place_box *box)
{
    return box->x >= 0 && box->y >= 0 && box->x + box->width <= place->width &&
           box->y + box->height <= place->height;
}

static bool is_free(const struct place *place, const struct place_box *box)
{
    if (place->n_boxes == PLACE_BOXES || !inside(place, box))
        return false;
    for (size_t i = 0; i < place->n_boxes; i++)
        if (place_overlap(box, &place->boxes[i]))
            return false;
    return true;
}

bool place_reserve(struct place *place, const struct place_box *box)
{
    if (!is_free(place, box))
        return false;
    place->boxes[place->n_boxes++] = *box;
    return true;
}

/* Distance of a point from a box, 0 inside. */
static double distance(const struct place_box *box, const double at[2])
{
    double dx = fmax(fmax(box->x - at[0], at[0] - box->x - box->width), 0);
    double dy = fmax(fmax(box->y - at[1], at[1] - box->y - box->height), 0);

    return sqrt(dx * dx + dy * dy);
}

/* One side of the box cuts off a part of the line (Liang and Barsky, "A new
 * concept and method for line clipping", 1984). */
static bool clip(double delta, double room, double *in, double *out)
{
    if (fabs(delta) < 1e-12)
        return room >= 0;
    if (delta < 0)
        *in = fmax(*in, room / delta);
    else
        *out = fmin(*out, room / delta);
    return *in <= *out;
}

/* The line comes nearer to the box than gap. */
static bool crosses(const struct place_box *box,
                    const struct place_segment *line, double gap)
{
    double dx = line->to[0] - line->from[0], dy = line->to[1] - line->from[1];
    double left = box->x - gap - line->from[0];
    double top = box->y - gap - line->from[1];
    double in = 0, out = 1;

    /* most lines are far away */
    if ((left > 0 && left > dx) || (top > 0 && top > dy) ||
        (left + box->width + 2 * gap < 0 && left + box->width + 2 * gap < dx) ||
        (top + box->height + 2 * gap < 0 && top + box->height + 2 * gap < dy))
        return false;
    return clip(-dx, -left, &in, &out) &&
           clip(dx, left + box->width + 2 * gap, &in, &out) &&
           clip(-dy, -top, &in, &out) &&
           clip(dy, top + box->height + 2 * gap, &in, &out);
}

static double brightness(const struct place *place, const struct place_box *box)
{
    double in_x = PLACE_CELLS / place->width;
    double in_y = PLACE_CELLS / place->height, sum = 0;
    size_t left = (size_t)fmax(0, box->x * in_x), n = 0;
    size_t top = (size_t)fmax(0, box->y * in_y);

    for (size_t y = top;
         y < PLACE_CELLS && (double)y < (box->y + box->height) * in_y; y++)
        for (size_t x = left;
             x < PLACE_CELLS && (double)x < (box->x + box->width) * in_x; x++) {
            sum += (double)place->shade[y][x];
            n++;
        }
    return n > 0 ? sum / (double)n : 0;
}

/* At most: looking further than this is of no use. */
static double cost(const struct place *place, const struct place_box *box,
                   double most)
{
    double sum = COST_SHADE * brightness(place, box);

    for (size_t i = 0; i < place->n_joints && sum < most; i++)
        if (distance(box, place->joints[i]) < place->clearance)
            sum += COST_JOINT;
    for (size_t i = 0; i < place->n_segments && sum < most; i++)
        if (crosses(box, &place->segments[i], place->gap / 2))
            sum += COST_LINE;
    return sum;
}

/* The shortest line from the point to the box. */
static void lead(const double at[2], struct place_label *label)
{
    const struct place_box *box = &label->box;

    label->leader = (struct place_segment){
        {at[0], at[1]},
        {fmin(fmax(at[0], box->x), box->x + box->width),
         fmin(fmax(at[1], box->y), box->y + box->height)}};
}

static bool leader_is_free(const struct place *place,
                           const struct place_segment *leader)
{
    for (size_t i = 0; i < place->n_boxes; i++)
        if (crosses(&place->boxes[i], leader, 0))
            return false;
    return true;
}

struct search {
    struct place *place;
    struct place_label *best;
    double least;
};

/* at: the point of the line that the label stands for. */
static void consider(struct search *search, const struct place_box *box,
                     const double at[2], double bad)
{
    const struct place *place = search->place;
    struct place_label label = {.box = *box};
    double away = distance(box, at);

    bad += COST_AWAY * fmax(0, away - place->gap) / box->height;
    if (bad >= search->least || !is_free(place, box))
        return;
    bad += cost(place, box, search->least - bad);
    if (bad >= search->least)
        return;
    lead(at, &label);
    label.led = away > 1.5 * place->gap;
    if (label.led && !leader_is_free(place, &label.leader))
        return;
    search->least = bad;
    *search->best = label;
}

/* Beside the line at the point `at`, `away` from it: to the outer side of the
 * picture or to the inner one. */
static struct place_box beside(const struct place *place,
                               const struct place_segment *line,
                               const double at[2], bool outer, double away,
                               const struct place_box *size)
{
    bool left = (at[0] < place->width / 2) == outer;
    struct place_box box = *size;

    box.y = at[1] - box.height / 2;
    /* a flat line: above or below it, not on it */
    if (fabs(line->to[0] - line->from[0]) > fabs(line->to[1] - line->from[1])) {
        box.x = at[0] - box.width / 2;
        box.y = outer ? at[1] - box.height - away : at[1] + away;
        return box;
    }
    box.x = left ? at[0] - box.width - away : at[0] + away;
    return box;
}

static void search_beside(struct search *search,
                          const struct place_segment *line, double bad,
                          const struct place_box *size)
{
    static const double at[] = {0.5, 0.4, 0.6, 0.3, 0.7, 0.2, 0.8, 0.1, 0.9};
    static const double heights[] = {0, 1, 2, 3.5, 5, 8};

    for (size_t i = 0; i < sizeof(at) / sizeof(at[0]); i++) {
        const double p[2] = {
            line->from[0] + at[i] * (line->to[0] - line->from[0]),
            line->from[1] + at[i] * (line->to[1] - line->from[1])};
        for (size_t k = 0; k < 2 * sizeof(heights) / sizeof(heights[0]); k++) {
            double away = search->place->gap + heights[k / 2] * size->height;
            struct place_box box =
                beside(search->place, line, p, k % 2 == 0, away, size);
            consider(search, &box, p,
                     bad + COST_MIDDLE * (double)i +
                         (k % 2 == 0 ? 0 : COST_INNER));
        }
    }
}

/* Beside the ends of a flat line, where above and below it the bones are that
 * it was drawn on. */
static void search_ends(struct search *search, const struct place_segment *line,
                        double bad, const struct place_box *size)
{
    static const double widths[] = {0, 1, 2, 3.5, 5};
    const double *left = line->from, *right = line->to;

    if (fabs(right[0] - left[0]) <= fabs(right[1] - left[1]))
        return;
    if (left[0] > right[0]) {
        left = line->to;
        right = line->from;
    }
    for (size_t k = 0; k < sizeof(widths) / sizeof(widths[0]); k++) {
        double away = search->place->gap + widths[k] * size->height;
        struct place_box box = *size;

        box.y = left[1] - box.height / 2;
        box.x = left[0] - box.width - away;
        consider(search, &box, left, bad + COST_INNER);
        box.y = right[1] - box.height / 2;
        box.x = right[0] + away;
        consider(search, &box, right, bad + COST_INNER);
    }
}

static void search_all(struct search *search, const struct place_segment *line,
                       const struct place_box *size)
{
    const struct place *place = search->place;
    const double middle[2] = {(line->from[0] + line->to[0]) / 2,
                              (line->from[1] + line->to[1]) / 2};
    struct place_box box = *size;

    for (box.y = 0; box.y + box.height <= place->height;
         box.y += 0.5 * size->height)
        for (box.x = 0; box.x + box.width <= place->width;
             box.x += 0.25 * size->width)
            consider(search, &box, middle, 0);
}

bool place_label(struct place *place, const struct place_segment *lines,
                 size_t n, struct place_label *out)
{
    const struct place_box size = out->box;
    struct search search = {place, out, HUGE_VAL};

    if (size.width <= 0 || size.height <= 0)
        return false;
    for (size_t i = 0; i < n; i++)
        search_beside(&search, &lines[i], COST_NEXT * (double)i, &size);
    for (size_t i = 0; i < n; i++)
        search_ends(&search, &lines[i], COST_NEXT * (double)i, &size);
    if (n > 0 && search.least == HUGE_VAL)
        search_all(&search, &lines[0], &size);
    if (search.least == HUGE_VAL || !place_reserve(place, &out->box))
        return false;
    if (out->led)
        place_segment(place, out->leader.from, out->leader.to);
    return true;
}
