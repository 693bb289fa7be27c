#ifndef INFERENCE_TORCH_MODEL_H
#define INFERENCE_TORCH_MODEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The C face of libtorch: one frozen TorchScript network, float32 in, one or
 * several float32 out. Never logs, decides nothing, lets no C++ exception out.
 * Only osteon-model may link it: loading a TorchScript file runs its code. */
#ifdef __cplusplus
extern "C" {
#endif

#include "conf/err.h"

struct torch_model;

struct torch_output {
    char name[33];
    uint32_t dimensions; /* 2..4 */
    uint32_t shape[3];   /* without the batch, which is 1 */
    size_t floats;       /* their product */
};

#define TORCH_OUTPUTS 6

struct torch_shape {
    uint32_t rows, columns; /* input 1 x 1 x rows x columns */
    struct torch_output outputs[TORCH_OUTPUTS];
    size_t n_outputs;
};

/* From memory: the bytes were checked by the caller. threads: within one
 * operation; the first load decides for the process. device: cpu, cuda,
 * cuda:N. ERR_REJECT: not a TorchScript network that this libtorch can run;
 * ERR_RETRY: memory or device. */
struct torch_model *torch_model_load(const void *bytes, size_t n,
                                     const char *device, uint32_t threads,
                                     struct err *err);

/* The network answers with a tensor (one output), a tuple in the order of
 * outputs, or a dictionary that has them by name (what else it has is ignored).
 * output: one after the other. ERR_REJECT: it throws, or answers with another
 * type or shape. */
bool torch_model_run(struct torch_model *model, const struct torch_shape *shape,
                     const float *input, float *output, struct err *err);

void torch_model_free(struct torch_model *model);

#ifdef __cplusplus
}
#endif
#endif
