#ifndef SR_WRITER_DRAW_SURFACE_H
#define SR_WRITER_DRAW_SURFACE_H

#include <cairo/cairo.h>

#include "sr_writer/draw.h"

/* What draw.c and draw_pages.c share. */
struct drawing {
    cairo_surface_t *surface;
    int rows, columns;
};

#endif
