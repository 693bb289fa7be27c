#ifndef INFERENCE_DECODE_H
#define INFERENCE_DECODE_H

#include "conf/err.h"
#include "inference/letterbox.h"
#include "inference/network.h"
#include "inference/seen.h"

/* What a network answered becomes what was seen. The numbers come from the
 * sandboxed half: they are finite, and may be anything else. */
struct decode_at {
    struct letterbox box; /* where the network looked */
    enum side side;       /* whose names get it in front; SIDE_NONE: none */
    double film[4];       /* as that of struct seen */
};

/* values: of the output's shape. Adds to seen; what has the same name and side
 * is replaced. ERR_REJECT: more than seen holds, or boxes without end;
 * ERR_RETRY: no memory. */
bool decode_output(const struct network_output *output, const float *values,
                   const struct decode_at *at, struct seen *seen,
                   struct err *err);

/* The output of a region that could not be placed: landmarks without
 * confidence, nothing else; earlier ones of these names are gone. */
bool decode_nothing(const struct network_output *output, enum side side,
                    struct seen *seen, struct err *err);

/* name with its side in front. */
void decode_name(enum side side, const char *name, char out[static 65]);

#endif
