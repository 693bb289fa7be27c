#ifndef INFERENCE_SPAWN_H
#define INFERENCE_SPAWN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "conf/err.h"

/* Starting and ending the process osteon-model. */
struct spawned {
    pid_t pid; /* 0: none */
    int socket;
};

/* program NULL: osteon-model beside the running executable. The process has
 * the socket as descriptor 3 and no other open file, dies with us, and is the
 * first the kernel takes when memory runs out. ERR_FATAL: it is not there. */
bool spawn_model(const char *program, uint32_t threads, struct spawned *out,
                 struct err *err);

/* It may use so much processor time more; past that the kernel ends it. */
void spawn_allow_cpu(const struct spawned *process, int64_t ms);

bool spawn_alive(const struct spawned *process);

/* Kills if need be, reaps, closes, sets pid to 0. True: it had ended by
 * itself, and how says how ("was killed by signal 11 (Segmentation fault)").
 * how may be NULL. */
bool spawn_end(struct spawned *process, char *how, size_t size);

#endif
