/* What the tensors of a network must look like follows from its outputs'
 * kinds, once, for who asks for them, who checks them and who reads them. */
#include "inference/network.h"

uint32_t network_dimensions(enum output_kind kind)
{
    switch (kind) {
    case OUTPUT_HEATMAPS:
    case OUTPUT_MASK:
    case OUTPUT_BOXES:
        return 4;
    case OUTPUT_POINTS:
        return 3;
    case OUTPUT_CLASSES:
    case OUTPUT_SCALAR:
        return 2;
    }
    return 0;
}

static void set_shape(const struct network *network,
                      struct network_output *output)
{
    uint32_t names = (uint32_t)output->n_names, dimensions;
    uint32_t stride = output->stride ? output->stride : 1;
    dimensions = network_dimensions(output->kind);
    output->shape[0] = output->kind == OUTPUT_BOXES ? names + 4 : names;
    output->shape[1] = dimensions == 4   ? network->rows / stride
                       : dimensions == 3 ? 3
                                         : 1;
    output->shape[2] = dimensions == 4 ? network->columns / stride : 1;
}

void network_shape(struct network *network)
{
    for (size_t i = 0; i < network->n_outputs; i++)
        set_shape(network, &network->outputs[i]);
}

size_t network_output_floats(const struct network_output *output)
{
    uint64_t n = output->shape[0];
    for (size_t i = 1; i < 3; i++) {
        if (n > NETWORK_FLOATS)
            return 0;
        n *= output->shape[i];
    }
    return n > NETWORK_FLOATS ? 0 : (size_t)n;
}

size_t network_floats(const struct network *network)
{
    size_t total = 0;
    for (size_t i = 0; i < network->n_outputs; i++) {
        size_t n = network_output_floats(&network->outputs[i]);
        if (n == 0 || total + n > NETWORK_FLOATS)
            return 0;
        total += n;
    }
    return total;
}
