#ifndef SR_WRITER_PEN_H
#define SR_WRITER_PEN_H

#include <cairo/cairo.h>
#include <stddef.h>

#include "db/findings.h"

/* How everything on a picture is drawn: sizes that follow the picture, colors
 * for color-blind readers, a dark halo around whatever lies on the image. */
struct pen {
    cairo_t *cr;
    double font, line, ring; /* pixels */
};

/* Sizes for a picture of so many pixels; cr may be that of any surface. */
struct pen pen_for(cairo_t *cr, double width, double height);

void pen_color(const struct pen *pen, enum side side);

/* Between the rings around its ends, so that a joint stays visible. */
void pen_line(const struct pen *pen, const double from[2], const double to[2],
              enum side side, bool dashed);
void pen_ring(const struct pen *pen, const double at[2], enum side side);
void pen_dot(const struct pen *pen, const double at[2], enum side side);

double pen_width(const struct pen *pen, const char *text);
/* x, y: left end of the base line. */
void pen_text(const struct pen *pen, double x, double y, const char *text,
              enum side side);

#endif
