#ifndef INFERENCE_WIDTH_H
#define INFERENCE_WIDTH_H

#include <stdbool.h>
#include <stddef.h>

/* The space between two contours, as that of a joint between bones.
 *
 * The profile runs along the common direction of both (so that a tilted joint
 * is not too wide), over the width that they share. At a fixed place, the
 * width is that across the direction; the minimum is the shortest distance
 * (Duryea et al., Osteoarthritis Cartilage 2003;11:102, have both). */
struct width {
    double value;        /* negative: the contours have crossed there */
    double points[2][2]; /* on the upper and the lower contour */
};

enum width_result {
    WIDTH_GOOD,
    WIDTH_NO_OVERLAP, /* they do not lie one above the other */
    WIDTH_NO_DIRECTION
};

/* at: share of the common width from its end at smaller x (from_left), else
 * from the other; negative: the minimum. y grows downward. */
enum width_result width_profile(const double (*upper)[2], size_t n_upper,
                                const double (*lower)[2], size_t n_lower,
                                double at, bool from_left, struct width *out);

#endif
