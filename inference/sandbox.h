#ifndef INFERENCE_SANDBOX_H
#define INFERENCE_SANDBOX_H

#include <stdbool.h>
#include <stdint.h>

#include "conf/err.h"

/* Gives up, for this process and for good, everything that decoding and
 * libtorch do not need: the network, other processes, new programs, writing
 * any file, and reading any but system libraries. Open files stay usable. Call
 * before a byte of a model is looked at. gpu: the device files stay open to
 * it, and memory is not bounded, since CUDA reserves address space at will.
 * ERR_FATAL: a part the kernel offers could not be applied. *layers: what is
 * in force, of enum sandbox_layer. */
bool sandbox_enter(bool gpu, uint32_t *layers, struct err *err);

/* What is in force. Only seccomp is on every kernel that osteon runs on. */
enum sandbox_layer {
    SANDBOX_SECCOMP = 1,
    SANDBOX_LANDLOCK = 2,
    SANDBOX_NETWORK = 4 /* a network namespace without any network */
};
#define SANDBOX_ALL 7

/* "seccomp,landlock,network" */
#define SANDBOX_TEXT 32
void sandbox_text(uint32_t layers, char out[static SANDBOX_TEXT]);

/* Before the program is started, while there is one thread: a network
 * namespace of its own, in a user namespace where need be. False: the kernel
 * or its administrator allows neither; seccomp still refuses sockets. */
bool sandbox_leave_network(void);

#endif
