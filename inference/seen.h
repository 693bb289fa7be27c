#ifndef INFERENCE_SEEN_H
#define INFERENCE_SEEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "db/findings.h"

/* What the networks of a bundle saw on one image, all in source pixel-centre
 * coordinates (a region's mirroring undone). A stage that looks at one side
 * gives names with the side in front: right.hip_center. What a later stage
 * names again replaces the earlier. Nothing is judged here: confidences may
 * be 0 and points outside the film. All numbers are finite. */
#define SEEN_MASKS   16
#define SEEN_BOXES   64
#define SEEN_CLASSES 64
#define SEEN_SCALARS 32

struct seen_mask { /* of one output on one region */
    char output[33];
    enum side side;
    uint32_t rows, columns;
    uint8_t *labels;       /* index into the output's names; malloc'd */
    float *probability;    /* of the label in its cell, by a softmax over the
                              names; malloc'd. NULL: 1 */
    double x0, y0, dx, dy; /* centre of cell (row r, column c) is at
                              x0 + dx c, y0 + dy r; dx < 0: mirrored */
};

struct seen_box {
    char output[33], name[49];
    enum side side;
    double box[4]; /* x0 y0 x1 y1 */
    double confidence;
};

struct seen_class { /* one row per class, in the order of the network */
    char output[33], name[49];
    enum side side;
    double probability;
};

struct seen_scalar {
    char name[65]; /* with its side in front, as a landmark */
    double value;
};

/* Where a stage looked for classes or boxes, the whole image too: what has no
 * row was not looked at. A grade is drawn around it, and boxes that are absent
 * from it are absent. */
struct seen_region {
    char output[33];
    enum side side;
    double box[4];
};

struct seen {
    double film[4]; /* x0 y0 x1 y1, the outer corners of its outermost pixels;
                       all 0: nothing was looked at */
    struct landmark landmarks[FINDINGS_LANDMARKS];
    struct seen_mask masks[SEEN_MASKS];
    struct seen_box boxes[SEEN_BOXES];
    struct seen_class classes[SEEN_CLASSES];
    struct seen_scalar scalars[SEEN_SCALARS];
    struct seen_region regions[SEEN_MASKS];
    size_t n_landmarks, n_masks, n_boxes, n_classes, n_scalars, n_regions;
};

void seen_free(struct seen *seen); /* the masks; NULL is fine */

#endif
