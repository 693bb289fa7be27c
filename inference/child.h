#ifndef INFERENCE_CHILD_H
#define INFERENCE_CHILD_H

#include <stdbool.h>
#include <stdint.h>

#include "conf/err.h"
#include "inference/bundle.h"
#include "inference/protocol.h"

/* The parent's side of osteon-model: one process, started when first needed,
 * with networks loaded when first needed; killed when it is late or talks
 * nonsense, started afresh at the next need. Nothing it says is believed:
 * shapes, sizes and numbers are compared with what they must be. */
struct child;

/* program NULL: osteon-model beside the running executable. Starts nothing.
 * log: model.loaded and model.stopped become events of the log. */
struct child *child_open(const char *program, const char *device,
                         uint32_t threads, bool log);
void child_close(struct child *child); /* NULL is fine */

/* stop is asked while an answer is awaited; once it says so, the request ends
 * with ERR_RETRY. */
void child_stop_when(struct child *child, bool (*stop)(void));
bool child_stopped(const struct child *child);

/* Deadlines are of clock_mono_ms(). ERR_RETRY: the child died, was late, or
 * had no memory; ERR_REJECT: the bundle cannot be used. Already loaded:
 * true, and loaded->load_ms is -1. */
bool child_load(struct child *child, const struct bundle *bundle,
                int64_t deadline_ms, struct protocol_loaded *loaded,
                struct err *err);

struct child_image {
    int fd;                 /* from scan_copy_pixels(): no identifiers */
    uint32_t rows, columns; /* what its header says */
    uint32_t picture_pixels;
};

struct child_answer {
    float *logits; /* landmarks x rows/stride x columns/stride, all finite */
    unsigned char *picture;
    uint32_t picture_rows, picture_columns;
    int64_t decode_ms, prepare_ms, run_ms;
    bool unusable;    /* the image cannot be used; nothing else is set */
    char reason[161]; /* why */
};

/* Loads the bundle if need be. On true child_answer_free() the answer. */
bool child_run(struct child *child, const struct bundle *bundle,
               const struct child_image *image, int64_t deadline_ms,
               struct child_answer *out, struct err *err);
void child_answer_free(struct child_answer *answer);

#endif
