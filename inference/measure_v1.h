#ifndef INFERENCE_MEASURE_V1_H
#define INFERENCE_MEASURE_V1_H

#include "db/findings.h"
#include "inference/bundle.h"

/* Landmarks become measurements, or refusals that say why. The image (its
 * landmarks in the order of the bundle's, size, spacing) is already in
 * findings; there is room for bundle->n_measures more of either.
 * only: the side the image says it shows, whose other side is refused.
 * no_spacing: why there are no millimeters. */
void measure_v1_image(const struct bundle *bundle, size_t image, enum side only,
                      const char *no_spacing, struct findings *findings);

/* The image cannot be used at all: every measurement of it is refused. */
void measure_v1_refuse(const struct bundle *bundle, size_t image,
                       const char *reason, struct findings *findings);

/* Degrees between ray v->a and ray w->b, 0..180; or, swept from the first
 * through +x to the second, 0..360. In image axes (y down). */
double measure_v1_angle_deg(const double a[2], const double v[2],
                            const double w[2], const double b[2]);
double measure_v1_sweep_deg(const double a[2], const double v[2],
                            const double w[2], const double b[2]);

#endif
