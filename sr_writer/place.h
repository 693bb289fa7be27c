#ifndef SR_WRITER_PLACE_H
#define SR_WRITER_PLACE_H

#include <stddef.h>

/* Where a label goes on a picture: beside its line, inside the picture, off
 * the joints, off other labels and off other lines as far as there is room. */
#define PLACE_BOXES    64
#define PLACE_JOINTS   512
#define PLACE_SEGMENTS 256

struct place_box {
    double x, y, width, height; /* upper left corner */
};

struct place_segment {
    double from[2], to[2];
};

struct place {
    double width, height; /* of the picture */
    double clearance;     /* around each joint */
    double gap;           /* between a line and its label */
    struct place_box boxes[PLACE_BOXES];
    double joints[PLACE_JOINTS][2];
    struct place_segment segments[PLACE_SEGMENTS];
    size_t n_boxes, n_joints, n_segments;
};

/* Both ignore what exceeds the capacity: only looks depend on it. */
void place_joint(struct place *place, const double at[2]);
void place_segment(struct place *place, const double from[2],
                   const double to[2]);

/* The best box of this size beside one of `n` lines; it is remembered. */
struct place_box place_label(struct place *place,
                             const struct place_segment *lines, size_t n,
                             double width, double height);

#endif
