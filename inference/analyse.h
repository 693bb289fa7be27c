#ifndef INFERENCE_ANALYSE_H
#define INFERENCE_ANALYSE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "conf/conf.h"
#include "conf/err.h"
#include "db/findings.h"
#include "dicom/dataset.h"
#include "inference/bundle.h"
#include "inference/child.h"
#include "inference/stages.h"

/* The images of one job become findings. An image that cannot be used is a
 * finding too: each of its measurements is refused, with the reason. */
struct analyse_source {
    int fd;         /* Part 10 file, readable, not moved */
    int64_t offset; /* of the data set */
    char transfer_syntax[65];
};

struct analyse_picture { /* 8 bit; pixels NULL: none */
    uint32_t rows, columns;
    unsigned char *pixels;
};

struct analysis {
    struct findings findings;
    struct analyse_picture pictures[FINDINGS_IMAGES];
};

#define ANALYSE_PATH 32 /* of a source that is open, for who reads by name */
void analyse_path(const struct analyse_source *source,
                  char out[static ANALYSE_PATH]);

/* The headers of a source, up to its pixels; NULL with why, which names no
 * file. */
struct dcm *analyse_header(const struct analyse_source *source,
                           struct err *err);

struct analyse_how {
    uint32_t picture_pixels; /* longest side of the pictures; 0: none */
    int64_t image_ms;        /* the longest that one image may take */
    bool last; /* no attempt is left: an image that fails is refused alone */
    const struct conf_inference *inference; /* its devices; NULL: none */
};

/* ERR_RETRY and ERR_REJECT as child_run(), or too many images for one report.
 * An image over which the model fails is a refusal like another while others
 * were measured. On success and on failure the caller
 * frees with analyse_free(). */
bool analyse_images(struct child *child, const struct bundle *bundle,
                    const struct analyse_source *sources, size_t n,
                    const struct analyse_how *how, struct analysis *out,
                    struct err *err);

/* What can be said when the analysis as a whole failed: the model, the images
 * and why. Images whose header cannot be read are put last in sources, and *n
 * is the number of the others; 0 is possible. */
void analyse_failed(const struct bundle *bundle, struct analyse_source *sources,
                    size_t *n, const char *why, struct findings *out);
void analyse_free(struct analysis *analysis);

#endif
