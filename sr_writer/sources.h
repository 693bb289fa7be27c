#ifndef SR_WRITER_SOURCES_H
#define SR_WRITER_SOURCES_H

#include "dicom/dataset.h"
#include "sr_writer/results.h"

/* The headers of the analyzed images, checked to belong together. */
struct sources {
    struct dcm *sets[FINDINGS_IMAGES]; /* same order as the findings */
    size_t n;
    char study_uid[65];
};

/* ERR_REJECT: a file is not the image the findings speak of, or the images
 * disagree about the patient or the study. */
bool sources_open(const struct result_request *request, struct sources *out,
                  struct err *err);
void sources_close(struct sources *sources);

/* PixelAspectRatio (PS3.3 C.7.6.3.1.7) of an image whose spacing is not told
 * on: "2\1" is twice as high as wide. False: square, "1\1". */
#define SOURCES_ASPECT 64
bool sources_aspect(const struct dcm *source,
                    const struct findings_image *image,
                    char out[static SOURCES_ASPECT]);

#endif
