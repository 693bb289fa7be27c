#ifndef DICOM_PIXELS_H
#define DICOM_PIXELS_H

#include <stdbool.h>
#include <stdint.h>

#include "conf/err.h"

/* Decodes one frame to grey values. Every encoding: native (both byte
 * orders, deflated), RLE (our own decoder), JPEG baseline, extended,
 * lossless, JPEG-LS (DCMTK), JPEG 2000 (OpenJPEG). Runs only inside
 * osteon-model, whose parent survives whatever a codec does. */
#ifdef __cplusplus
extern "C" {
#endif

struct image {
    uint32_t rows, columns;
    float *grey;   /* rows x columns, malloc'd: modality LUT applied, high
                      values bright (MONOCHROME1 inverted), padding values
                      set to the darkest */
    float lo, hi;  /* VOI window of the object, or grey range: what a
                      person would see as black and white */
    bool inverted; /* was MONOCHROME1 / INVERSE */
};

/* Pixel claims (rows x columns x samples x frames) are checked in 64 bit
 * against `max_pixels` before any allocation. Colour becomes luminance.
 * frame is 0-based. ERR_REJECT: cannot be decoded, with the reason. */
bool pixels_read(const char *path, uint32_t frame, int64_t max_pixels,
                 struct image *out, struct err *err);
void pixels_free(struct image *image);

#ifdef __cplusplus
}
#endif
#endif
