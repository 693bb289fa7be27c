#ifndef INFERENCE_LETTERBOX_H
#define INFERENCE_LETTERBOX_H

#include <stdbool.h>
#include <stdint.h>

/* How an image lies in the network's input: scaled uniformly to fit and
 * centered; the rest is padding. Shared by who fills the input and who brings
 * points back, so that the two cannot disagree. Points are pixel-center
 * coordinates. */
struct letterbox {
    uint32_t rows, columns;  /* network input */
    uint32_t height, width;  /* of the image inside it */
    uint32_t top, left;      /* padding before it */
    double scale_x, scale_y; /* input pixels per source pixel */
};

/* All four must be at least 1. */
struct letterbox letterbox_fit(uint32_t source_rows, uint32_t source_columns,
                               uint32_t rows, uint32_t columns);
void letterbox_to_source(const struct letterbox *box, double x_in, double y_in,
                         double *x, double *y);

#endif
