#ifndef INFERENCE_NETWORK_H
#define INFERENCE_NETWORK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* One TorchScript network of a bundle: what it wants to see and what each of
 * its outputs means. Plain values, read from model.yaml(5) (bundle.h) and
 * used by who runs it (stages.h). */
#define NETWORK_OUTPUTS 6
#define NETWORK_NAMES   128 /* of one output */
#define NETWORK_PATH    512

/* Tensors, float32, batch 1. */
enum output_kind {
    OUTPUT_HEATMAPS, /* [1, names, rows/stride, columns/stride] logits, one
                        softmax per channel */
    OUTPUT_POINTS,   /* [1, names, 3]: x, y in input pixel centres, logit of
                        the confidence */
    OUTPUT_MASK,     /* [1, names, rows/stride, columns/stride] logits; the
                        first name is the background */
    OUTPUT_BOXES,    /* [1, names + 4, rows/stride, columns/stride]: per class
                        a logit of "a centre is here", then log(width/stride),
                        log(height/stride), and the centre's offset x, y from
                        the cell's in cells */
    OUTPUT_CLASSES,  /* [1, names] logits, one softmax */
    OUTPUT_SCALAR    /* [1, names] numbers */
};

struct network_output {
    char name[33]; /* the key, when the network answers with a dictionary */
    enum output_kind kind;
    char names[NETWORK_NAMES][49]; /* landmarks, labels, classes, scalars */
    size_t n_names;
    uint32_t stride;
    double sigma;      /* heatmaps: of a perfect peak, in cells */
    double threshold;  /* boxes: least probability kept */
    double overlap;    /* boxes: intersection over union that is a double */
    uint32_t most;     /* boxes kept, 1..64 */
    uint32_t shape[3]; /* channels, rows, columns (1 where it has none): what
                          the tensor must hold, network_shape() */
};

enum network_fit {
    FIT_LETTERBOX, /* one scale, all of the region, centred, rest 0 */
    FIT_STRETCH    /* two scales, the region fills the input */
};

enum network_intensity {
    INTENSITY_PERCENTILES, /* those two of the region's values become 0, 1 */
    INTENSITY_WINDOW,      /* these two values after the modality LUT do */
    INTENSITY_ZSCORE       /* (x - mean) / standard deviation of the region */
};

struct network {
    char model[65], version[33]; /* of its bundle: for messages and the log */
    char weights_path[NETWORK_PATH], weights_sha256[65];
    char where[NETWORK_PATH + 32]; /* FILE:LINE:COLUMN of what asks for it */
    uint32_t rows, columns;        /* input: 1 x 1 x rows x columns */
    enum network_fit fit;
    enum network_intensity intensity;
    double limits[2]; /* percentiles, or the window's ends */
    struct network_output outputs[NETWORK_OUTPUTS];
    size_t n_outputs;
};

/* Fills shape of every output. */
void network_shape(struct network *network);

/* Dimensions of an output's tensor, with that of the batch: 2, 3 or 4. */
uint32_t network_dimensions(enum output_kind kind);

/* Floats of one output, of all; shapes filled. 0: a size that no bundle may
 * ask for. */
#define NETWORK_FLOATS (64 * 1024 * 1024)
size_t network_output_floats(const struct network_output *output);
size_t network_floats(const struct network *network);

/* What part of an image a network sees, in source pixels: 0,0 is the outer
 * corner of the first pixel. May reach over the border, where the input is 0.
 * mirror: left and right are exchanged for the network. */
struct region {
    double left, top, width, height;
    bool mirror;
};

#endif
