/* Each object is made of objects before it, so one pass places them all. What
 * rests on something uncertain is uncertain itself and says what it was. */
#include "inference/geometry_place.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "inference/fit.h"

#define LEAST_PIXELS 2.0  /* two landmarks nearer give no direction */
#define LEAST_SIN    0.02 /* of two lines that meet somewhere: 1 degree */
#define MOST_SLIM    0.5  /* points wider than that lie along no line */
#define DRAWN_PIXELS 60.0 /* half of an axis that has no ends of its own */

static const char *operand_words(const struct place *p, size_t i,
                                 char out[static 65])
{
    geometry_words(p->rules->objects[p->object->of[i]].name, out);
    return out;
}

/* All operands are there; the least certain of them is that of the whole. */
static bool operands_good(struct place *p)
{
    for (size_t i = 0; i < p->object->n_of; i++) {
        const struct shape *of = &p->geometry->shapes[p->object->of[i]];
        if (of->confidence < p->shape->confidence) {
            p->shape->confidence = of->confidence;
            p->shape->weakest = of->weakest;
        }
        if (of->ok)
            continue;
        p->shape->absent = of->absent;
        memcpy(p->shape->reason, of->reason, sizeof of->reason);
        return false;
    }
    return true;
}

static const struct shape *operand(const struct place *p, size_t i)
{
    return &p->geometry->shapes[p->object->of[i]];
}

static void gather(const struct place *p, double points[RULES_OPERANDS][2])
{
    for (size_t i = 0; i < p->object->n_of; i++)
        memcpy(points[i], operand(p, i)->at, sizeof points[i]);
}

static bool place_mean(struct place *p)
{
    double n = (double)p->object->n_of;
    for (size_t i = 0; i < p->object->n_of; i++) {
        p->shape->at[0] += operand(p, i)->at[0] / n;
        p->shape->at[1] += operand(p, i)->at[1] / n;
    }
    return true;
}

static bool place_intersection(struct place *p)
{
    const struct shape *a = operand(p, 0), *b = operand(p, 1);
    double sine = a->along[0] * b->along[1] - a->along[1] * b->along[0];
    char first[65], second[65];
    if (!(fabs(sine) >= LEAST_SIN)) {
        snprintf(p->shape->reason, sizeof p->shape->reason,
                 "%s and %s are nearly parallel", operand_words(p, 0, first),
                 operand_words(p, 1, second));
        return false;
    }
    double x = b->at[0] - a->at[0], y = b->at[1] - a->at[1];
    double t = (x * b->along[1] - y * b->along[0]) / sine;
    p->shape->at[0] = a->at[0] + t * a->along[0];
    p->shape->at[1] = a->at[1] + t * a->along[1];
    return true;
}

static bool place_foot(struct place *p)
{
    const struct shape *point = operand(p, 0), *line = operand(p, 1);
    double t = (point->at[0] - line->at[0]) * line->along[0] +
               (point->at[1] - line->at[1]) * line->along[1];
    p->shape->at[0] = line->at[0] + t * line->along[0];
    p->shape->at[1] = line->at[1] + t * line->along[1];
    return true;
}

/* The middle of those that reach equally far: a flat top has no one peak. */
static bool place_extreme(struct place *p)
{
    const struct shape *contour = operand(p, 0);
    double toward[2], farthest = -INFINITY, n = 0;
    double slack = 1e-6 * p->geometry->plane.pixel;
    plane_toward(&p->geometry->plane, p->object->toward, p->object->side,
                 toward);
    for (size_t i = 0; i < contour->n_points; i++)
        farthest = fmax(farthest, contour->points[i][0] * toward[0] +
                                      contour->points[i][1] * toward[1]);
    for (size_t i = 0; i < contour->n_points; i++) {
        const double *at = contour->points[i];
        if (!(at[0] * toward[0] + at[1] * toward[1] >= farthest - slack))
            continue;
        p->shape->at[0] += at[0];
        p->shape->at[1] += at[1];
        n++;
    }
    p->shape->at[0] /= n;
    p->shape->at[1] /= n;
    return n > 0;
}

static bool place_line(struct place *p)
{
    double points[RULES_OPERANDS][2];
    struct fit_line line;
    char first[65], last[65];
    gather(p, points);
    if (!fit_line((const double(*)[2])points, p->object->n_of, &line) ||
        !(line.length >= LEAST_PIXELS * p->geometry->plane.pixel)) {
        snprintf(p->shape->reason, sizeof p->shape->reason,
                 "%.60s and %.60s are too close to give a line",
                 operand_words(p, 0, first),
                 operand_words(p, p->object->n_of - 1, last));
        return false;
    }
    if (!(line.slim <= MOST_SLIM))
        return geometry_fail(p, "is no line: its points do not lie along one");
    memcpy(p->shape->at, line.ends[0], sizeof p->shape->at);
    memcpy(p->shape->end, line.ends[1], sizeof p->shape->end);
    memcpy(p->shape->along, line.along, sizeof p->shape->along);
    p->shape->n_fitted = p->object->n_of;
    return true;
}

/* A line through a point; vertical ones point down, horizontal ones right. */
static bool place_axis(struct place *p)
{
    bool by_line =
        p->object->how == HOW_PARALLEL || p->object->how == HOW_PERPENDICULAR;
    const double *through = operand(p, by_line ? 1 : 0)->at;
    const double *of = by_line ? operand(p, 0)->along : NULL;
    double half = DRAWN_PIXELS * p->geometry->plane.pixel;
    double x = p->object->how == HOW_HORIZONTAL      ? 1
               : p->object->how == HOW_VERTICAL      ? 0
               : p->object->how == HOW_PERPENDICULAR ? -of[1]
                                                     : of[0];
    double y = p->object->how == HOW_HORIZONTAL      ? 0
               : p->object->how == HOW_VERTICAL      ? 1
               : p->object->how == HOW_PERPENDICULAR ? of[0]
                                                     : of[1];
    p->shape->along[0] = x;
    p->shape->along[1] = y;
    for (size_t i = 0; i < 2; i++) {
        p->shape->at[i] = through[i] - half * p->shape->along[i];
        p->shape->end[i] = through[i] + half * p->shape->along[i];
    }
    return true;
}

static bool place_circle(struct place *p)
{
    double points[RULES_OPERANDS][2];
    struct fit_circle circle;
    gather(p, points);
    if (!fit_circle((const double(*)[2])points, p->object->n_of, &circle) ||
        !(circle.radius >= LEAST_PIXELS * p->geometry->plane.pixel))
        return geometry_fail(p, "is no circle: its points lie along a line");
    memcpy(p->shape->at, circle.center, sizeof p->shape->at);
    p->shape->radius = circle.radius;
    p->shape->aspect = circle.aspect;
    p->shape->n_fitted = p->object->n_of;
    return true;
}

static bool place_contour(struct place *p)
{
    double points[RULES_OPERANDS][2];
    size_t n = p->object->n_of;
    gather(p, points);
    p->shape->points = calloc(n ? n : 1, sizeof *p->shape->points);
    if (n < 2 || !p->shape->points)
        return geometry_fail(p, "has too few points");
    memcpy(p->shape->points, points, n * sizeof points[0]);
    p->shape->n_points = n;
    return true;
}

static bool place(struct place *p)
{
    switch (p->object->how) {
    case HOW_LANDMARK:
        return geometry_landmark(p);
    case HOW_CENTROID_LABEL:
        return geometry_label(p);
    case HOW_EDGE:
        return geometry_edge(p);
    default:
        break;
    }
    if (!operands_good(p))
        return false;
    switch (p->object->how) {
    case HOW_INTERSECTION:
        return place_intersection(p);
    case HOW_FOOT:
        return place_foot(p);
    case HOW_EXTREME:
        return place_extreme(p);
    case HOW_LINE:
        return place_line(p);
    case HOW_VERTICAL:
    case HOW_HORIZONTAL:
    case HOW_PARALLEL:
    case HOW_PERPENDICULAR:
        return place_axis(p);
    case HOW_CIRCLE:
        return place_circle(p);
    case HOW_CONTOUR:
        return place_contour(p);
    default:
        return place_mean(p); /* midpoint, centroid, center */
    }
}

static bool is_finite(const struct shape *s)
{
    return isfinite(s->at[0]) && isfinite(s->at[1]) && isfinite(s->end[0]) &&
           isfinite(s->end[1]);
}

void geometry_resolve(const struct rules *rules, const struct seen *seen,
                      const struct plane *plane, struct geometry *out)
{
    memset(out, 0, sizeof *out);
    out->plane = *plane;
    out->n_shapes = rules->n_objects;
    for (size_t i = 0; i < rules->n_objects; i++) {
        struct place p = {.rules = rules,
                          .seen = seen,
                          .geometry = out,
                          .object = &rules->objects[i],
                          .shape = &out->shapes[i]};
        p.shape->kind = p.object->kind;
        p.shape->confidence = 1;
        p.shape->weakest = SHAPE_NO_LANDMARK;
        p.shape->ok = place(&p);
        if (p.shape->ok && !is_finite(p.shape))
            p.shape->ok = geometry_fail(&p, "cannot be placed");
    }
}

void geometry_free(struct geometry *geometry)
{
    for (size_t i = 0; i < geometry->n_shapes; i++) {
        free(geometry->shapes[i].points);
        geometry->shapes[i].points = NULL;
    }
}
