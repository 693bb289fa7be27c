#ifndef INFERENCE_LETTERBOX_H
#define INFERENCE_LETTERBOX_H

#include <stdbool.h>
#include <stdint.h>

#include "inference/network.h"

/* How a region of an image lies in the network's input: scaled to fit, with
 * one scale and centered (letterbox) or with two (stretch); the rest is
 * padding. Shared by who fills the input and who brings points back, so that
 * the two cannot disagree. Points are pixel-center coordinates. */
struct letterbox {
    uint32_t rows, columns;  /* network input */
    uint32_t height, width;  /* of the region inside it */
    uint32_t top, left;      /* padding before it */
    double scale_x, scale_y; /* input pixels per source pixel along the
                                input's axes */
    struct region region;    /* mirror is part of turn */
    uint32_t turn;           /* turn.h: how the input is read off the region */
};

/* aspect: height of a source pixel over its width. turn: of the image; the
 * region's mirroring comes on top. Sizes of region and input at least 1. */
struct letterbox letterbox_region(const struct region *region, double aspect,
                                  uint32_t turn, enum network_fit fit,
                                  uint32_t rows, uint32_t columns);

/* All of an image with square pixels that lies upright. */
struct letterbox letterbox_fit(uint32_t source_rows, uint32_t source_columns,
                               uint32_t rows, uint32_t columns);
void letterbox_to_source(const struct letterbox *box, double x_in, double y_in,
                         double *x, double *y);

#endif
