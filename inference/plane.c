/* Where source pixels lie on the upright picture, and back. */
#include "inference/geometry.h"

#include <math.h>

struct plane plane_make(const double unit[2], uint32_t turn, uint32_t rows,
                        uint32_t columns)
{
    double sign[2] = {turn & TURN_FLIP_X ? -1 : 1, turn & TURN_FLIP_Y ? -1 : 1};
    struct plane out = {.film = {-0.5, -0.5, columns - 0.5, rows - 0.5},
                        .pixel = fmin(unit[0], unit[1])};
    for (size_t i = 0; i < 2; i++) {
        size_t k = turn & TURN_TRANSPOSE ? 1 - i : i; /* the source's axis */
        out.to[i][k] = sign[i] * unit[k];
        out.back[k][i] = sign[i] / unit[k];
    }
    return out;
}

void plane_point(const struct plane *plane, double x, double y, double out[2])
{
    out[0] = plane->to[0][0] * x + plane->to[0][1] * y;
    out[1] = plane->to[1][0] * x + plane->to[1][1] * y;
}

void plane_source(const struct plane *plane, const double p[2], double out[2])
{
    double x = plane->back[0][0] * p[0] + plane->back[0][1] * p[1];
    out[1] = plane->back[1][0] * p[0] + plane->back[1][1] * p[1];
    out[0] = x;
}

bool plane_inside(const struct plane *plane, const double source[2])
{
    return source[0] >= plane->film[0] && source[0] <= plane->film[2] &&
           source[1] >= plane->film[1] && source[1] <= plane->film[3];
}

void plane_toward(const struct plane *plane, enum toward toward, enum side side,
                  double out[2])
{
    double inward = (side == SIDE_LEFT) != plane->from_behind ? -1 : 1;
    out[0] = toward == TOWARD_LEFT      ? -1
             : toward == TOWARD_RIGHT   ? 1
             : toward == TOWARD_MEDIAL  ? inward
             : toward == TOWARD_LATERAL ? -inward
                                        : 0;
    out[1] = toward == TOWARD_UP ? -1 : toward == TOWARD_DOWN ? 1 : 0;
}
