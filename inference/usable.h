#ifndef INFERENCE_USABLE_H
#define INFERENCE_USABLE_H

#include "db/findings.h"
#include "dicom/dataset.h"
#include "dicom/scan.h"
#include "inference/bundle.h"

#define USABLE_REASON 161 /* as in struct refusal */

/* True with an empty reason: yes. Else reason says for a person why not. */
bool usable_image(const struct scan *scan, const struct dcm *set,
                  const struct bundle *bundle,
                  char reason[static USABLE_REASON]);

/* The side of a paired body part, where the image says it shows one only. */
enum side usable_side(const struct dcm *set);

#endif
