#ifndef SR_WRITER_PLACE_H
#define SR_WRITER_PLACE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Where a label goes on a picture: inside it and never on another label; off
 * the joints, off the lines, off the bones as far as there is room. */
#define PLACE_BOXES    1024
#define PLACE_JOINTS   2048
#define PLACE_SEGMENTS 4096
#define PLACE_CELLS    64 /* of the brightness, either way */

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
    float shade[PLACE_CELLS][PLACE_CELLS]; /* 0 black .. 1 white */
};

/* How bright the picture is: rows x columns grey values. */
void place_shade(struct place *place, const unsigned char *pixels,
                 uint32_t rows, uint32_t columns);

/* Both ignore what exceeds the capacity: only looks depend on it. */
void place_joint(struct place *place, const double at[2]);
void place_segment(struct place *place, const double from[2],
                   const double to[2]);

/* Keeps labels off it. False: no room left, or it lies on another. */
bool place_reserve(struct place *place, const struct place_box *box);

struct place_label {
    struct place_box box;
    struct place_segment leader; /* from its line to a label away from it */
    bool led;
};

/* The best box of out->box's size beside one of `n` lines, remembered. False:
 * there is none that lies inside the picture and on no other label. */
bool place_label(struct place *place, const struct place_segment *lines,
                 size_t n, struct place_label *out);

bool place_overlap(const struct place_box *a, const struct place_box *b);

#endif
