#ifndef DICOM_RLE_H
#define DICOM_RLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "conf/err.h"

#ifdef __cplusplus
extern "C" {
#endif

/* One RLE frame (PS3.5 Annex G) to samples of `bytes` bytes, little endian,
 * one plane for each sample. out has pixels * samples * bytes bytes.
 * ERR_REJECT: the frame does not hold that many. Never reads beyond n nor
 * writes beyond out. */
bool rle_decode(const unsigned char *frame, size_t n, size_t pixels,
                size_t samples, size_t bytes, unsigned char *out,
                struct err *err);

#ifdef __cplusplus
}
#endif
#endif
