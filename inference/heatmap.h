#ifndef INFERENCE_HEATMAP_H
#define INFERENCE_HEATMAP_H

#include <stdbool.h>
#include <stdint.h>

#include "inference/letterbox.h"

/* One channel of logits becomes one point. */
struct heatmap_point {
    double x, y;       /* source pixel-center coordinates */
    double confidence; /* 0..1 */
};

struct heatmap_grid {
    uint32_t rows, columns; /* cells of a channel */
    uint32_t stride;        /* input pixels per cell */
    double sigma;           /* of a perfect peak, in cells */
    struct letterbox box;
};

/* False: a logit is not a finite number; out is untouched. */
bool heatmap_decode(const float *logits, const struct heatmap_grid *grid,
                    struct heatmap_point *out);

#endif
