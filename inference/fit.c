/* A surgeon's axis of a bone and the rim of a head rest on several landmarks,
 * each a little off. Both fits minimise distances across the line or circle,
 * so that they turn with the picture. */
#include "inference/fit.h"

#include <math.h>
#include <string.h>

#define NEWTON_STEPS 100
/* Variance product over the square of its sum: 0 on one line, 0.25 when round.
 * An arc of 20 degrees has 2e-3, of 10 degrees 5e-4: there the radius is a
 * guess. */
#define LEAST_BEND 1e-3

static void mean_of(const double (*points)[2], size_t n, double mean[2])
{
    mean[0] = mean[1] = 0;
    for (size_t i = 0; i < n; i++) {
        mean[0] += points[i][0] / (double)n;
        mean[1] += points[i][1] / (double)n;
    }
}

static double project(const struct fit_line *line, const double p[2],
                      double out[2])
{
    double t = (p[0] - line->at[0]) * line->along[0] +
               (p[1] - line->at[1]) * line->along[1];
    out[0] = line->at[0] + t * line->along[0];
    out[1] = line->at[1] + t * line->along[1];
    return t;
}

bool fit_line(const double (*points)[2], size_t n, struct fit_line *out)
{
    double xx = 0, xy = 0, yy = 0;
    if (n < 2)
        return false;
    mean_of(points, n, out->at);
    for (size_t i = 0; i < n; i++) {
        double x = points[i][0] - out->at[0], y = points[i][1] - out->at[1];
        xx += x * x;
        xy += x * y;
        yy += y * y;
    }
    double spread = hypot(xx - yy, 2 * xy);
    double large = (xx + yy + spread) / 2, small = (xx + yy - spread) / 2;
    if (!(large > 0) || !isfinite(large))
        return false;
    double turn = atan2(2 * xy, xx - yy) / 2;
    out->along[0] = cos(turn);
    out->along[1] = sin(turn);
    out->slim = sqrt(fmax(small, 0) / large);
    double first = project(out, points[0], out->ends[0]);
    double last = project(out, points[n - 1], out->ends[1]);
    if (last < first) {
        out->along[0] = -out->along[0];
        out->along[1] = -out->along[1];
    }
    out->length = fabs(last - first);
    return true;
}

struct moments { /* of points moved to their mean and scaled to size 1 */
    double xx, xy, yy, xz, yz, zz;
};

static struct moments moments_of(const double (*points)[2], size_t n,
                                 const double mean[2], double scale)
{
    struct moments m = {0};
    for (size_t i = 0; i < n; i++) {
        double x = (points[i][0] - mean[0]) / scale;
        double y = (points[i][1] - mean[1]) / scale;
        double z = x * x + y * y;
        m.xx += x * x / (double)n;
        m.xy += x * y / (double)n;
        m.yy += y * y / (double)n;
        m.xz += x * z / (double)n;
        m.yz += y * z / (double)n;
        m.zz += z * z / (double)n;
    }
    return m;
}

/* Newton from 0 goes up to the smallest root of the characteristic cubic. */
static double smallest_root(const struct moments *m)
{
    double z = m->xx + m->yy, cov = m->xx * m->yy - m->xy * m->xy;
    double var = m->zz - z * z;
    double a3 = 4 * z, a2 = -3 * z * z - m->zz;
    double a1 = var * z + 4 * cov * z - m->xz * m->xz - m->yz * m->yz;
    double a0 = m->xz * (m->xz * m->yy - m->yz * m->xy) +
                m->yz * (m->yz * m->xx - m->xz * m->xy) - var * cov;
    double x = 0, y = a0;
    for (int i = 0; i < NEWTON_STEPS; i++) {
        double next = x - y / (a1 + x * (2 * a2 + 3 * a3 * x));
        double value = a0 + next * (a1 + next * (a2 + next * a3));
        if (!isfinite(next) || !(fabs(value) < fabs(y)))
            break;
        x = next;
        y = value;
    }
    return x;
}

static void set_aspect(const double (*points)[2], size_t n,
                       struct fit_circle *out)
{
    double least = INFINITY, most = 0;
    for (size_t i = 0; i < n; i++) {
        double d =
            hypot(points[i][0] - out->center[0], points[i][1] - out->center[1]);
        least = fmin(least, d);
        most = fmax(most, d);
    }
    out->aspect = most / least;
}

bool fit_circle(const double (*points)[2], size_t n, struct fit_circle *out)
{
    double mean[2], scale = 0;
    if (n < 3)
        return false;
    mean_of(points, n, mean);
    for (size_t i = 0; i < n; i++)
        scale =
            fmax(scale, hypot(points[i][0] - mean[0], points[i][1] - mean[1]));
    if (!(scale > 0) || !isfinite(scale))
        return false;
    struct moments m = moments_of(points, n, mean, scale);
    double z = m.xx + m.yy, cov = m.xx * m.yy - m.xy * m.xy;
    if (!(cov >= LEAST_BEND * z * z))
        return false;
    double x = smallest_root(&m);
    double det = 2 * (x * x - x * z + cov);
    double cx = (m.xz * (m.yy - x) - m.yz * m.xy) / det;
    double cy = (m.yz * (m.xx - x) - m.xz * m.xy) / det;
    out->radius = scale * sqrt(cx * cx + cy * cy + z);
    out->center[0] = mean[0] + scale * cx;
    out->center[1] = mean[1] + scale * cy;
    set_aspect(points, n, out);
    return isfinite(out->radius) && isfinite(out->aspect);
}
