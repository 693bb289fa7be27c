#ifndef INFERENCE_PREP_H
#define INFERENCE_PREP_H

#include "dicom/pixels.h"
#include "inference/letterbox.h"

/* Grey values become network input and a picture to draw on. */

/* Area-aware bilinear resampling; out has out_rows x out_columns. ERR_RETRY:
 * no memory. */
bool prep_resample(const float *grey, uint32_t rows, uint32_t columns,
                   uint32_t out_rows, uint32_t out_columns, float *out,
                   struct err *err);

/* input has box->rows x box->columns: the image resampled, its percentiles at
 * 0 and 1, clipped, padded with 0. ERR_REJECT: no contrast, or grey values
 * that are no numbers. */
bool prep_input(const struct image *image, const struct letterbox *box,
                const double percentiles[2], float *input, struct err *err);

/* grey lo..hi becomes 0..255. */
bool prep_picture(const struct image *image, uint32_t rows, uint32_t columns,
                  unsigned char *picture, struct err *err);

#endif
