#ifndef INFERENCE_TORCH_MODEL_H
#define INFERENCE_TORCH_MODEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The C face of libtorch: one frozen TorchScript network, float32 in, float32
 * out. Never logs, decides nothing, lets no C++ exception out. Only
 * osteon-model may link it: loading a TorchScript file runs its code. */
#ifdef __cplusplus
extern "C" {
#endif

#include "conf/err.h"

struct torch_model;

struct torch_shape {
    uint32_t rows, columns;                   /* input 1 x 1 x rows x columns */
    uint32_t channels, map_rows, map_columns; /* output 1 x channels x ... */
};

/* From memory: the bytes were checked by the caller. threads: within one
 * operation; the first load decides for the process. device: cpu, cuda,
 * cuda:N. ERR_REJECT: not a TorchScript network that this libtorch can run;
 * ERR_RETRY: memory or device. */
struct torch_model *torch_model_load(const void *bytes, size_t n,
                                     const char *device, uint32_t threads,
                                     struct err *err);

/* ERR_REJECT: the network throws, or answers with another type or shape. */
bool torch_model_run(struct torch_model *model, const struct torch_shape *shape,
                     const float *input, float *output, struct err *err);

void torch_model_free(struct torch_model *model);

#ifdef __cplusplus
}
#endif
#endif
