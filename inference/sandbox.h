#ifndef INFERENCE_SANDBOX_H
#define INFERENCE_SANDBOX_H

#include <stdbool.h>

#include "conf/err.h"

/* Gives up, for this process and for good, everything that decoding and
 * libtorch do not need: the network, other processes, new programs, writing
 * any file, and reading any but system libraries. Open files stay usable. Call
 * before a byte of a model is looked at. gpu: the device files stay open to
 * it, and memory is not bounded, since CUDA reserves address space at will.
 * ERR_FATAL: a part the kernel offers could not be applied. */
bool sandbox_enter(bool gpu, struct err *err);

#endif
