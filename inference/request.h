#ifndef INFERENCE_REQUEST_H
#define INFERENCE_REQUEST_H

#include "inference/protocol.h"
#include "inference/torch_model.h"

/* What osteon-model may be asked. */

/* False: the request to load is malformed, or for more than there may be. */
bool request_shape(const struct protocol_load *load, struct torch_shape *out);

/* Every number of the request to run lies within bounds. */
bool request_possible(const struct protocol_run *request);
/* What to look at of an image whose film this is. */
struct region request_region(const struct protocol_run *request,
                             const struct film *film);

#endif
