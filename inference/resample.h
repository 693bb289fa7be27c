#ifndef INFERENCE_RESAMPLE_H
#define INFERENCE_RESAMPLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "conf/err.h"
#include "inference/network.h"

/* Grey values at another size. */
struct grey_size {
    uint32_t rows, columns;
};

/* Grey values to be read, row after row. */
struct grey_part {
    const float *grey;
    size_t stride; /* values from one row to the next, at least columns */
    struct grey_size size;
};

/* The positions of an output that lie on the source: rows row..end_row-1. */
struct resample_inside {
    uint32_t row, end_row, column, end_column;
};

/* Area-aware bilinear resampling of a region of `from` to to.rows x
 * to.columns; region->mirror is not looked at. An
 * output position is inside when its middle is; its weights are those of
 * source pixels, normalized; others are 0. The region is at least a millionth
 * of a pixel and at most a million wide and high, and so near. ERR_RETRY: no
 * memory. */
bool resample_region(const struct grey_part *from, const struct region *region,
                     struct grey_size to, float *out,
                     struct resample_inside *inside, struct err *err);

/* All of it. */
bool resample_all(const float *grey, struct grey_size from, struct grey_size to,
                  float *out, struct err *err);

/* Whether a region is one that resample_region() takes. */
bool resample_possible(const struct region *region);

#endif
