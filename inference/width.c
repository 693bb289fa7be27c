/* A joint space, measured between two contours in the frame of the joint. */
#include "inference/width.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "inference/fit.h"
#include "inference/measure_view.h"

#define SAMPLES     201  /* of the profile */
#define MOST_SLIM   0.8  /* contours as tall as wide have no direction */
#define LEAST_ALONG 1.73 /* sum of two unit vectors 60 degrees apart */
#define MOST_CROSS  0.5  /* mm: bone on bone, drawn a little into each other */

struct joint { /* along, across: the frame; y across grows downward */
    double at[2], along[2];
};

static double along(const struct joint *j, const double p[2])
{
    return (p[0] - j->at[0]) * j->along[0] + (p[1] - j->at[1]) * j->along[1];
}

static double across(const struct joint *j, const double p[2])
{
    return (p[1] - j->at[1]) * j->along[0] - (p[0] - j->at[0]) * j->along[1];
}

static bool find_joint(const double (*upper)[2], size_t n_upper,
                       const double (*lower)[2], size_t n_lower,
                       struct joint *out)
{
    struct fit_line line[2];
    if (!fit_line(upper, n_upper, &line[0]) ||
        !fit_line(lower, n_lower, &line[1]) || !(line[0].slim <= MOST_SLIM) ||
        !(line[1].slim <= MOST_SLIM))
        return false;
    for (size_t i = 0; i < 2; i++) { /* both from left to right */
        double sign = line[i].along[0] < 0 ? -1 : 1;
        line[i].along[0] *= sign;
        line[i].along[1] *= sign;
    }
    for (size_t i = 0; i < 2; i++) {
        out->at[i] = (line[0].at[i] + line[1].at[i]) / 2;
        out->along[i] = line[0].along[i] + line[1].along[i];
    }
    double size = hypot(out->along[0], out->along[1]);
    out->along[0] /= size;
    out->along[1] /= size;
    return size > LEAST_ALONG;
}

static void reach(const struct joint *j, const double (*points)[2], size_t n,
                  double *from, double *to)
{
    double least = INFINITY, most = -INFINITY;
    for (size_t i = 0; i < n; i++) {
        least = fmin(least, along(j, points[i]));
        most = fmax(most, along(j, points[i]));
    }
    *from = fmax(*from, least);
    *to = fmin(*to, most);
}

/* Where a contour is at t: of several places (an overhang) the one nearest to
 * the joint, that is lowest on the upper contour. */
static bool point_at(const struct joint *j, const double (*points)[2], size_t n,
                     double t, bool lowest, double out[2])
{
    bool found = false;
    double best = 0;
    for (size_t i = 0; i + 1 < n; i++) {
        double a = along(j, points[i]), b = along(j, points[i + 1]);
        double slack = 1e-9 * (1 + fabs(t));
        if (!(fmin(a, b) <= t + slack && fmax(a, b) >= t - slack))
            continue;
        double share = a == b ? 0 : fmin(fmax((t - a) / (b - a), 0), 1);
        double p[2];
        for (size_t k = 0; k < 2; k++)
            p[k] = points[i][k] + share * (points[i + 1][k] - points[i][k]);
        double y = across(j, p);
        if (found && (lowest ? y <= best : y >= best))
            continue;
        found = true;
        best = y;
        memcpy(out, p, sizeof p);
    }
    return found;
}

static double nearest(const double (*points)[2], size_t n, const double p[2],
                      double out[2])
{
    double best = INFINITY;
    for (size_t i = 0; i + 1 < n; i++) {
        const double *a = points[i], *b = points[i + 1];
        double x = b[0] - a[0], y = b[1] - a[1];
        double size = x * x + y * y;
        double t =
            size > 0 ? ((p[0] - a[0]) * x + (p[1] - a[1]) * y) / size : 0;
        t = fmin(fmax(t, 0), 1);
        double q[2] = {a[0] + t * x, a[1] + t * y};
        double d = hypot(q[0] - p[0], q[1] - p[1]);
        if (d < best) {
            best = d;
            memcpy(out, q, sizeof q);
        }
    }
    return best;
}

enum width_result width_profile(const double (*upper)[2], size_t n_upper,
                                const double (*lower)[2], size_t n_lower,
                                double at, bool from_left, struct width *out)
{
    struct joint j;
    double from = -INFINITY, to = INFINITY;
    bool found = false;
    if (!find_joint(upper, n_upper, lower, n_lower, &j))
        return WIDTH_NO_DIRECTION;
    reach(&j, upper, n_upper, &from, &to);
    reach(&j, lower, n_lower, &from, &to);
    if (!(to > from))
        return WIDTH_NO_OVERLAP;
    for (size_t i = 0; i < SAMPLES; i++) {
        double share =
            at < 0 ? (double)i / (SAMPLES - 1) : (from_left ? at : 1 - at);
        double t = from + share * (to - from);
        struct width w = {0};
        if (!point_at(&j, upper, n_upper, t, true, w.points[0]) ||
            !point_at(&j, lower, n_lower, t, false, w.points[1]))
            continue;
        w.value = across(&j, w.points[1]) - across(&j, w.points[0]);
        if (at < 0 && w.value > 0)
            w.value = nearest(lower, n_lower, w.points[0], w.points[1]);
        if (!found || w.value < out->value)
            *out = w;
        found = true;
        if (at >= 0)
            break;
    }
    return found ? WIDTH_GOOD : WIDTH_NO_OVERLAP;
}

bool measure_width(struct making *m)
{
    const struct shape *of[2];
    struct width w;
    double medial[2];
    m->out->kind = MEASURE_DISTANCE;
    strcpy(m->out->unit, "mm");
    if (!making_operands(m, OBJECT_CONTOUR, 2, of) || !making_millimeters(m))
        return false;
    plane_toward(&m->view->geometry->plane, TOWARD_MEDIAL, making_side(m),
                 medial);
    bool from_left = making_side(m) == SIDE_NONE || medial[0] < 0;
    enum width_result result =
        width_profile((const double(*)[2])of[0]->points, of[0]->n_points,
                      (const double(*)[2])of[1]->points, of[1]->n_points,
                      m->rule->at, from_left, &w);
    if (result == WIDTH_NO_DIRECTION)
        return making_refuse(m, "the contours do not run side by side");
    if (result == WIDTH_NO_OVERLAP)
        return making_refuse(m, "the contours do not lie one above the other");
    if (!(w.value >= -MOST_CROSS))
        return making_refuse(m, "the contours cross each other");
    m->out->value = fmax(w.value, 0);
    return making_draw(m, w.points[0]) && making_draw(m, w.points[1]);
}
