#ifndef INFERENCE_STAGES_H
#define INFERENCE_STAGES_H

#include "inference/child.h"
#include "inference/network.h"
#include "inference/seen.h"
#include "inference/stage.h"

struct stage_image {
    int fd;                        /* from scan_copy_pixels(): no identifiers */
    uint32_t rows, columns, frame; /* frame 0-based */
    double spacing_mm[2];          /* row, column; 0: none. Pixels that are not
                                      square are squared before a network sees them */
    double aspect;                 /* height of a pixel over its width where
                                      there is no spacing; 0: as 1 */
    uint32_t turn;                 /* turn.h: how it lies for the bundle */
    uint32_t picture_pixels;       /* longest side of the picture; 0: none */
};

struct stage_picture { /* 8 bit, malloc'd; pixels NULL: none */
    uint32_t rows, columns;
    unsigned char *pixels;
};

/* Loads the networks of all stages, as child_load(); loaded: of the last one
 * that was not loaded before, times added. */
bool stages_load(struct child *child, const struct stage *stages, size_t n,
                 int64_t deadline_ms, struct protocol_loaded *loaded,
                 struct err *err);

/* Runs those stages whose input this image is. A region that cannot be placed
 * gives its landmarks with confidence 0, and no boxes, masks, classes.
 * True with a reason: the image cannot be used. ERR_RETRY and ERR_REJECT as
 * child_run(). The caller frees seen and picture->pixels either way. */
bool stages_run(struct child *child, const struct stage *stages, size_t n,
                size_t input, const struct stage_image *image,
                int64_t deadline_ms, struct seen *seen,
                struct stage_picture *picture,
                char reason[static FINDINGS_REASON], struct err *err);

#endif
