#ifndef SR_WRITER_PEN_H
#define SR_WRITER_PEN_H

#include <cairo/cairo.h>
#include <stdbool.h>
#include <stddef.h>

#include "db/findings.h"

/* How everything on a picture is drawn: sizes that follow the picture, colors
 * for color-blind readers, a dark halo around whatever lies on the image. */
struct pen {
    cairo_t *cr;
    double font, line, ring; /* pixels */
};

/* What color means: the side, or a finding and a value out of its range. No
 * color stands alone: the side is in the text too, and what is out of range
 * has a frame and an arrow. */
enum ink { INK_NONE, INK_RIGHT, INK_LEFT, INK_ALERT, INK_MOST };

/* Red, green, blue, 0..1. */
const double *pen_rgb(enum ink ink);
#define PEN_HALO 0.75 /* how opaque the black behind it is */

enum ink pen_ink(enum side side);

/* One mark on the picture, in its pixels with 0,0 at its upper left corner. */
enum stroke_kind {
    STROKE_LINE, /* a to b */
    STROKE_ARC,  /* around a, clockwise on the picture from..to, radians */
    STROKE_RING, /* around a, open, so that what it marks stays visible */
    STROKE_DOT   /* at a */
};

enum stroke_dash { DASH_NONE, DASH_LONG, DASH_SHORT, DASH_DOTS };

struct stroke {
    enum stroke_kind kind;
    enum stroke_dash dash;
    enum ink ink;
    double a[2], b[2];
    double radius, from, to; /* arc */
    bool spare_a, spare_b;   /* the line stops short of a ring there */
};

/* Sizes for a picture of so many pixels; cr may be that of any surface. */
struct pen pen_for(cairo_t *cr, double width, double height);

void pen_stroke(const struct pen *pen, const struct stroke *stroke);

/* Text is bold in the size of the pen, details are smaller and plain. */
enum pen_face { FACE_VALUE, FACE_DETAIL, FACE_MARK };
double pen_width(const struct pen *pen, enum pen_face face, const char *text);
/* x, y: left end of the base line. */
void pen_text(const struct pen *pen, enum pen_face face, double x, double y,
              const char *text, enum ink ink);
void pen_frame(const struct pen *pen, double x, double y, double width,
               double height, enum ink ink);

#endif
