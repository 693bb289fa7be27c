#ifndef INFERENCE_BOXES_H
#define INFERENCE_BOXES_H

#include "inference/decode.h"

/* An OUTPUT_BOXES tensor: peaks of the centre maps (highest of their 3 x 3
 * cells, at least output->threshold), each with its size; of two of a class
 * that overlap by output->overlap (intersection over union) the more certain
 * one; the output->most best of all. In source pixels, cut at the image's
 * border, best first. ERR_REJECT: more than BOXES_PEAKS peaks. */
#define BOXES_PEAKS 4096

bool boxes_decode(const struct network_output *output, const float *values,
                  const struct decode_at *at, struct seen *seen,
                  struct err *err);

#endif
