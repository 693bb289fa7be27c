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
    bool skewed;      /* no spacing, and pixels that are not square or not
                         known to be: not even angles can be measured */
};

/* Never fails: what is missing or malformed is CALIBRATION_NONE and a reason.
 * Anisotropic spacing is fine. */
void spacing_read(const struct dcm *set, struct spacing *out);

#endif
