#ifndef INFERENCE_USABLE_H
#define INFERENCE_USABLE_H

#include "db/findings.h"
#include "dicom/dataset.h"
#include "dicom/scan.h"
#include "inference/bundle.h"
#include "inference/spacing.h"

#define USABLE_REASON 161 /* as in struct refusal */

/* An image as a bundle takes it. */
struct usable {
    size_t input;   /* of the bundle: which of its views this is */
    enum side only; /* the side of a paired body part, where the header says
                       that the image shows one only */
    uint32_t turn;  /* turn.h: how it lies for the bundle */
    char view[17], body_part[17]; /* ViewPosition and BodyPartExamined where
                                     they say what the bundle or DICOM names */
    bool from_behind; /* the upright picture has the patient's right on its
                         right */
    char quality[25]; /* why not, as struct refusal has it */
};

/* The frame to be looked at, from 1: RepresentativeFrameNumber where the object
 * has it, else the first. 0: the object has one only. */
uint32_t usable_frame(const struct scan *scan, const struct dcm *set);

/* True with an empty reason: yes. Else reason says for a person why not. */
bool usable_image(const struct scan *scan, const struct dcm *set,
                  const struct spacing *spacing, const struct bundle *bundle,
                  struct usable *out, char reason[static USABLE_REASON]);

#endif
