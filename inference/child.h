#ifndef INFERENCE_CHILD_H
#define INFERENCE_CHILD_H

#include <stdbool.h>
#include <stdint.h>

#include "conf/err.h"
#include "inference/network.h"
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
 * had no memory; ERR_REJECT: the network cannot be used. Already loaded:
 * true, and loaded->load_ms is -1. The network's shapes are filled. */
bool child_load(struct child *child, const struct network *network,
                int64_t deadline_ms, struct protocol_loaded *loaded,
                struct err *err);

struct child_image {
    int fd;                        /* from scan_copy_pixels(): no identifiers */
    uint32_t rows, columns, frame; /* what its header says; frame 0-based */
    uint32_t picture_pixels;
    uint32_t turn;        /* turn.h: how the network is to see it */
    double aspect;        /* height of a pixel over its width */
    struct region region; /* that the network looks at */
    bool whole;           /* it looks at all of the film instead */
    uint64_t serial;      /* child_serial(); the same file and frame */
    bool keep;            /* more of it will be asked: it stays decoded */
};

struct child_answer {
    float *outputs[NETWORK_OUTPUTS]; /* of the network's shapes, all finite;
                                        one allocation, [0] */
    unsigned char *picture;          /* as the source lies */
    uint32_t picture_rows, picture_columns;
    struct film film; /* possible: film.h */
    int64_t decode_ms, prepare_ms, run_ms;
    bool unusable;    /* the image cannot be used; nothing else is set */
    char reason[161]; /* why */
};

/* A number that no image of this process had before. */
uint64_t child_serial(struct child *child);

/* Loads the network if need be. On true child_answer_free() the answer. */
bool child_run(struct child *child, const struct network *network,
               const struct child_image *image, int64_t deadline_ms,
               struct child_answer *out, struct err *err);
void child_answer_free(struct child_answer *answer);

#endif
