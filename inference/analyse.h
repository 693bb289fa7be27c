#ifndef INFERENCE_ANALYSE_H
#define INFERENCE_ANALYSE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "conf/err.h"
#include "db/findings.h"
#include "dicom/dataset.h"
#include "inference/bundle.h"
#include "inference/child.h"

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

/* picture_pixels: longest side of the pictures; 0: none. image_ms: the
 * longest one image may take. ERR_RETRY and ERR_REJECT as
 * child_run(), or too many images for one report. On success and on failure
 * the caller frees with analyse_free(). */
bool analyse_images(struct child *child, const struct bundle *bundle,
                    const struct analyse_source *sources, size_t n,
                    uint32_t picture_pixels, int64_t image_ms,
                    struct analysis *out, struct err *err);
void analyse_free(struct analysis *analysis);

#endif
