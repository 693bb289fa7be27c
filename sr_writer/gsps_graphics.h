#ifndef SR_WRITER_GSPS_GRAPHICS_H
#define SR_WRITER_GSPS_GRAPHICS_H

#include "db/findings.h"
#include "dicom/dataset.h"

#define GSPS_ANNOTATION "GraphicAnnotationSequence[0]."

/* Writes the lines and labels of one image's checked findings, and the banner,
 * into GSPS_ANNOTATION, in pixels of that image. */
bool gsps_graphics(struct dcm *set, const struct findings *findings,
                   size_t image, struct err *err);

#endif
