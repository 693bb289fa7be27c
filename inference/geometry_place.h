#ifndef INFERENCE_GEOMETRY_PLACE_H
#define INFERENCE_GEOMETRY_PLACE_H

#include "inference/geometry.h"

/* Inside of geometry.h: one object being placed. Each function fills the
 * shape; false with a reason: it cannot be placed. */
struct place { /* one object being placed */
    const struct rules *rules;
    const struct seen *seen;
    struct geometry *geometry;
    const struct rule_object *object;
    struct shape *shape;
};

bool geometry_landmark(struct place *p);
bool geometry_label(struct place *p);
bool geometry_edge(struct place *p);

/* False; the reason is the object's name and `what`. */
bool geometry_fail(struct place *p, const char *what);

#endif
