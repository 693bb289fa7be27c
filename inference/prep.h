#ifndef INFERENCE_PREP_H
#define INFERENCE_PREP_H

#include "dicom/pixels.h"
#include "inference/film.h"
#include "inference/letterbox.h"

/* Grey values become network input and a picture to draw on. */
struct prep_how {
    enum network_intensity intensity;
    double limits[2]; /* percentiles or window, as struct network */
};

/* input has box->rows x box->columns: the box's region of the image,
 * resampled, turned, its grey values scaled as `how` says, 0 where there is
 * padding or no film. Percentiles, mean and deviation are those of the film in
 * the region, after resampling. Percentiles and window clip to 0..1.
 * ERR_REJECT: no contrast, no part of the film, or grey values that are no
 * numbers. */
bool prep_input(const struct image *image, const struct film *film,
                const struct letterbox *box, const struct prep_how *how,
                float *input, struct err *err);

/* All of the image as it is stored, grey lo..hi becomes 0..255. */
bool prep_picture(const struct image *image, uint32_t rows, uint32_t columns,
                  unsigned char *picture, struct err *err);

#endif
