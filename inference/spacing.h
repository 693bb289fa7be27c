#ifndef INFERENCE_SPACING_H
#define INFERENCE_SPACING_H

#include "db/findings.h"
#include "dicom/dataset.h"

/* How large a pixel is, and at what plane: the only place that decides
 * whether millimeters may be reported. */
struct spacing {
    enum calibration calibration;
    double mm[2];     /* row, column; 0: none */
    char reason[161]; /* CALIBRATION_NONE: why no millimeters */
    double aspect;    /* without spacing: height of a pixel over its width, by
                         PixelAspectRatio; 0: nothing says that it is not 1 */
    bool skewed;      /* no spacing, and pixels that are not square or not
                         known to be, nobody knows how much: not even angles
                         can be measured */
};

/* Never fails: what is missing or malformed is CALIBRATION_NONE and a reason.
 * Anisotropic spacing is fine. */
void spacing_read(const struct dcm *set, struct spacing *out);

/* What the site knows of this device: detector millimeters become those of
 * what lies in the patient. 0: nothing; and a header that says more itself is
 * believed. */
void spacing_magnify(double magnification, struct spacing *spacing);

#endif
