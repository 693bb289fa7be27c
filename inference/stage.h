#ifndef INFERENCE_STAGE_H
#define INFERENCE_STAGE_H

#include "db/findings.h"
#include "inference/network.h"

/* A bundle's networks one after another on one image: the first ones see all
 * of it, later ones a region around what was found before. */
#define STAGES       6
#define STAGE_AROUND 4

struct stage {
    char name[33];
    size_t input; /* index of the bundle's input it looks at */
    struct network network;
    /* n_around 0: the whole image, once. Else a region centred on the mean of
     * these points, for each of sides with the side's name in front. */
    char around[STAGE_AROUND][49];
    size_t n_around;
    enum side sides[2];
    size_t n_sides;     /* 0: names are written in full, one region */
    double width_mm;    /* of the region; 0: width_times */
    double width_times; /* times the distance of these two points */
    char width_of[2][49];
    bool mirror_left; /* the network knows right ones only */
    double least;     /* confidence of these points below which there is
                         no region */
};

#endif
