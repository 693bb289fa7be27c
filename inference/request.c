/* The sandboxed half trusts its parent, but not the wire to it: sizes are
 * looked at once more where memory is asked for. */
#include "inference/request.h"

#include <string.h>

#include "inference/resample.h"
#include "inference/turn.h"

#define INPUT_MOST   4096
#define THREADS_MOST 256

/* 0: an output that nobody may ask for. */
static uint64_t output_floats(const struct protocol_output *output)
{
    uint64_t n = 1;
    if (output->dimensions < 2 || output->dimensions > 4 ||
        !memchr(output->name, '\0', sizeof output->name))
        return 0;
    for (uint32_t i = 0; i < 3; i++) {
        if (output->shape[i] > NETWORK_FLOATS ||
            (i + 1 >= output->dimensions && output->shape[i] != 1))
            return 0;
        n *= output->shape[i];
        if (n > NETWORK_FLOATS)
            return 0;
    }
    return n;
}

bool request_shape(const struct protocol_load *load, struct torch_shape *out)
{
    uint64_t total = 0;
    if (load->slot >= PROTOCOL_MODELS || load->threads == 0 ||
        load->threads > THREADS_MOST ||
        !memchr(load->sha256, '\0', sizeof load->sha256) ||
        !memchr(load->device, '\0', sizeof load->device))
        return false;
    if (load->rows == 0 || load->columns == 0 || load->rows > INPUT_MOST ||
        load->columns > INPUT_MOST || load->n_outputs == 0 ||
        load->n_outputs > NETWORK_OUTPUTS)
        return false;
    *out = (struct torch_shape){.rows = load->rows,
                                .columns = load->columns,
                                .n_outputs = load->n_outputs};
    for (size_t i = 0; i < load->n_outputs; i++) {
        const struct protocol_output *from = &load->outputs[i];
        struct torch_output *to = &out->outputs[i];
        uint64_t floats = output_floats(from);
        total += floats;
        if (floats == 0 || total > NETWORK_FLOATS)
            return false;
        memcpy(to->name, from->name, sizeof to->name);
        to->dimensions = from->dimensions;
        memcpy(to->shape, from->shape, sizeof to->shape);
        to->floats = (size_t)floats;
    }
    return true;
}

struct region request_region(const struct protocol_run *request,
                             const struct film *film)
{
    if (request->whole)
        return film_region(film);
    return (struct region){.left = request->left,
                           .top = request->top,
                           .width = request->width,
                           .height = request->height,
                           .mirror = request->mirror != 0};
}

bool request_possible(const struct protocol_run *request)
{
    struct film all = film_all(request->source_rows, request->source_columns);
    struct region region = request_region(request, &all);
    return request->slot < PROTOCOL_MODELS && request->source_rows > 0 &&
           request->source_columns > 0 && request->fit <= FIT_STRETCH &&
           request->intensity <= INTENSITY_ZSCORE &&
           request->turn <= TURN_ALL && resample_possible(&region) &&
           request->aspect >= 1e-3 && request->aspect <= 1e3 &&
           (request->intensity != INTENSITY_PERCENTILES ||
            (request->limits[0] >= 0 &&
             request->limits[1] > request->limits[0] &&
             request->limits[1] <= 100));
}
