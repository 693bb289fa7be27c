#ifndef SR_WRITER_LAYOUT_H
#define SR_WRITER_LAYOUT_H

#include "sr_writer/pen.h"
#include "sr_writer/place.h"
#include "sr_writer/results.h"

/* What lies on the picture of one image, before anything is painted: strokes,
 * and labels that do not touch each other. */
#define LAYOUT_STROKES 4096
#define LAYOUT_LABELS  1024
#define LAYOUT_TEXT    160

struct layout_label {
    char text[LAYOUT_TEXT];   /* "R HKA 171.2\302\260" */
    char detail[LAYOUT_TEXT]; /* "84 %", smaller; "" */
    enum pen_face face;
    enum ink ink;
    bool framed; /* outside the normal range, or found */
    bool placed; /* else the picture was full: it belongs below */
    struct place_label at;
};

struct layout {
    struct pen pen; /* sizes; its cr measures text */
    double scale[2];
    struct place place;
    struct stroke strokes[LAYOUT_STROKES];
    size_t n_strokes;
    struct layout_label labels[LAYOUT_LABELS];
    size_t n_labels;
};

/* cr: of any surface, to measure text with. NULL: no memory. */
struct layout *layout_new(cairo_t *cr, const struct findings *findings,
                          size_t image, const struct grey *picture);
void layout_free(struct layout *layout);

/* Paints it with cr, whose origin is the picture's upper left corner. */
void layout_paint(const struct layout *layout, cairo_t *cr);

#endif
