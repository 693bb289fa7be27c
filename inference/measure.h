#ifndef INFERENCE_MEASURE_H
#define INFERENCE_MEASURE_H

#include "db/findings.h"
#include "inference/rules.h"
#include "inference/seen.h"
#include "inference/turn.h"

/* From what networks saw to numbers and findings, or refusals that say why.
 * Once per image of the job measure_image() or measure_refuse(), then once
 * measure_job(). Nothing is read but the arguments, nothing allocated stays.
 *
 * findings->images[image] holds size, calibration and spacing. Room: an image
 * needs measure_rows() of measurements and as many refusals; more images than
 * FINDINGS_MEASUREMENTS / measure_rows() are the caller's to refuse. */
struct measure_how {
    enum side only;         /* the side the header says; the other is refused */
    const char *no_spacing; /* why there are no millimeters; never NULL */
    double aspect;    /* height of a pixel over its width, where there are no
                         millimeters; 0: as 1 */
    uint32_t turn;    /* turn.h: the upright picture that the rules speak of */
    bool from_behind; /* the upright picture has the patient's right on its
                         right (PatientOrientation R\F) */
    bool partial;     /* other inputs of the bundle see other things: what seen
                         does not name at all was not looked for here */
};

size_t measure_rows(const struct rules *rules);

/* Fills images[image].landmarks (source pixels, in the order of the rules),
 * sharpens its calibration when the ball is found, and adds rows. */
void measure_image(const struct rules *rules, const struct seen *seen,
                   size_t image, const struct measure_how *how,
                   struct findings *findings);

/* The image cannot be used at all: all that would be looked for on it is
 * refused. quality: a row of CID 6135, or "". */
void measure_refuse(const struct rules *rules, size_t image,
                    const char *quality, const char *reason,
                    struct findings *findings);

/* What needs all images: differences of sides, measurements that need others,
 * findings that follow from measurements, and what no image showed. */
void measure_job(const struct rules *rules, struct findings *findings);

#endif
