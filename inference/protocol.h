#ifndef INFERENCE_PROTOCOL_H
#define INFERENCE_PROTOCOL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "conf/err.h"
#include "inference/film.h"
#include "inference/network.h"

/* What osteon-infer and osteon-model say to each other over a socketpair: one
 * request, one answer, in fixed-size structs behind a head that names version,
 * kind and length. The sandboxed side is not believed: the receiver knows what
 * it expects, and anything else ends the conversation. No identifier of a
 * patient, study or object has a field here.
 *
 *   LOAD + weights file   ->  LOADED | FAULT
 *   RUN  + pixel file     ->  RESULT, outputs (float), picture (8 bit) | FAULT
 *
 * Both sides are the same build: byte order and layout are the machine's. */
#define PROTOCOL_MAGIC   UINT32_C(0x4f53544e) /* OSTN */
#define PROTOCOL_VERSION 3
#define PROTOCOL_FD      3   /* osteon-model's end */
#define PROTOCOL_MODELS  128 /* networks; slots */

enum protocol_kind {
    PROTOCOL_LOAD = 1,
    PROTOCOL_RUN,
    PROTOCOL_LOADED,
    PROTOCOL_RESULT,
    PROTOCOL_FAULT
};

struct protocol_output { /* of a network, in the order of its answer */
    char name[33];       /* the key of an answer that is a dictionary */
    uint32_t dimensions; /* with that of the batch: 2, 3, 4 */
    uint32_t shape[3];   /* after the batch; 1 beyond the dimensions */
};

/* All zero where nothing is said, so that two can be compared as bytes. */
struct protocol_load {
    uint32_t slot; /* 0..PROTOCOL_MODELS-1 */
    uint32_t rows, columns, threads, n_outputs;
    char sha256[65], device[16];
    struct protocol_output outputs[NETWORK_OUTPUTS];
};

struct protocol_loaded {
    int64_t load_ms, warmup_ms;
    uint32_t layers, zero; /* enum sandbox_layer */
};

struct protocol_run {
    uint64_t image;                       /* which; never twice the same */
    uint32_t slot, frame;                 /* 0-based */
    uint32_t source_rows, source_columns; /* what the header claims */
    uint32_t picture_pixels;              /* longest side; 0: no picture */
    uint32_t fit, intensity;              /* enums of network.h */
    uint32_t turn, mirror;                /* turn.h; struct region */
    uint32_t keep;  /* 1: more of this image follows, do not forget it */
    uint32_t whole; /* 1: the region is all of the film, and left to width say
                       nothing but the image */
    double limits[2], aspect;
    double left, top, width, height; /* struct region */
};

/* Followed by the floats of the load's outputs in their order, then
 * picture_rows x picture_columns bytes. */
struct protocol_result {
    uint32_t picture_rows, picture_columns;
    struct film film;
    int64_t decode_ms, prepare_ms, run_ms; /* decode_ms 0: was kept */
};

enum protocol_blame {
    PROTOCOL_IMAGE = 1, /* this image cannot be used; the model may be fine */
    PROTOCOL_MODEL,     /* this model cannot be used */
    PROTOCOL_LATER      /* memory, device: may work in a fresh process */
};

struct protocol_fault {
    uint32_t blame;
    char text[512];
};

union protocol_body {
    struct protocol_load load;
    struct protocol_loaded loaded;
    struct protocol_run run;
    struct protocol_result result;
    struct protocol_fault fault;
};

struct protocol_message {
    enum protocol_kind kind;
    union protocol_body body;
    int fd; /* received with it, close-on-exec; -1: none */
};

/* Times are of clock_mono_ms(); PROTOCOL_FOREVER: no deadline. False with
 * ERR_RETRY: the other side is gone, is late, or does not speak this. */
#define PROTOCOL_FOREVER INT64_MAX

bool protocol_send(int socket, enum protocol_kind kind, const void *body,
                   int fd, int64_t deadline_ms, struct err *err);
/* Text of a FAULT comes out terminated and in printable ASCII. take_fd: a file
 * may come along; else none is ever received. */
bool protocol_receive(int socket, bool take_fd, int64_t deadline_ms,
                      struct protocol_message *out, struct err *err);
bool protocol_write(int socket, const void *bytes, size_t n,
                    int64_t deadline_ms, struct err *err);
bool protocol_read(int socket, void *bytes, size_t n, int64_t deadline_ms,
                   struct err *err);

/* 8-bit picture of a source of rows x columns, never enlarged. */
void protocol_picture_size(uint32_t rows, uint32_t columns, uint32_t longest,
                           uint32_t *picture_rows, uint32_t *picture_columns);

#endif
