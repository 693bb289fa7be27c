#ifndef INFERENCE_COBB_H
#define INFERENCE_COBB_H

#include <stdbool.h>
#include <stddef.h>

#include "inference/rules.h"

/* The angle between the upper endplate of one vertebra and the lower endplate
 * of one further down, at its largest (Cobb, Instr Course Lect 1948;5:261).
 * The apical vertebra is the one between them that lies farthest to the side
 * from the vertical, after the glossary of the Scoliosis Research Society.
 * Vertebrae count from the head down. */
#define COBB_VERTEBRAE 24

struct cobb_vertebra {
    bool good;
    double upper_deg, lower_deg; /* tilt of the endplates: positive when the
                                    right end of the picture is lower */
    double center[2];
};

struct cobb {
    size_t upper, lower; /* end vertebrae */
    double deg;          /* positive */
    bool to_right;       /* convex to the right of the picture */
    bool has_apex;       /* a vertebra lies between the ends */
    size_t apex;
};

/* The largest one with first <= upper < lower <= last among good vertebrae.
 * False: fewer than two. */
bool cobb_largest(const struct cobb_vertebra *v, size_t first, size_t last,
                  struct cobb *out);

/* curve as in struct rule_measure. */
bool cobb_find(const struct cobb_vertebra *v, size_t n, enum cobb_curve curve,
               struct cobb *out);

#endif
