/* The strokes of the overlay. Right and left are yellow and sky blue of the
 * palette of Okabe and Ito ("Color Universal Design", 2008), findings a light
 * vermilion: test_draw.c computes that they stay apart for the common kinds of
 * color blindness and stand out, with their halo, on black and on white. */
#include "sr_writer/pen.h"

#include <math.h>
#include <string.h>

/* Of the picture's longer side, because that is what a viewer fits to the
 * window; of the width too, so that a narrow picture has room for a label. */
#define FONT_OF_SIDE  0.014
#define FONT_OF_WIDTH 0.044
#define FONT_LEAST    9.0
#define LINE_OF_FONT  0.07
#define RING_OF_FONT  0.30
#define HALO_OF_FONT  0.22

struct pen pen_for(cairo_t *cr, double width, double height)
{
    double font =
        fmin(FONT_OF_SIDE * fmax(width, height), FONT_OF_WIDTH * width);
    struct pen pen = {.cr = cr, .font = fmax(font, FONT_LEAST)};

    pen.line = fmax(1.0, LINE_OF_FONT * pen.font);
    pen.ring = fmax(2.5, RING_OF_FONT * pen.font);
    if (cr == NULL)
        return pen;
    cairo_set_line_cap(cr, CAIRO_LINE_CAP_ROUND);
    cairo_set_line_join(cr, CAIRO_LINE_JOIN_ROUND);
    return pen;
}

const double *pen_rgb(enum ink ink)
{
    static const double colors[INK_MOST][3] = {
        [INK_NONE] = {0.90, 0.90, 0.90},
        [INK_RIGHT] = {0.94, 0.89, 0.26},
        [INK_LEFT] = {0.34, 0.71, 0.91},
        [INK_ALERT] = {1.00, 0.56, 0.32},
    };

    return colors[ink];
}

enum ink pen_ink(enum side side)
{
    if (side == SIDE_NONE)
        return INK_NONE;
    return side == SIDE_RIGHT ? INK_RIGHT : INK_LEFT;
}

static void halo(const struct pen *pen)
{
    cairo_set_source_rgba(pen->cr, 0, 0, 0, PEN_HALO);
}

static void color(const struct pen *pen, enum ink ink)
{
    const double *rgb = pen_rgb(ink);

    cairo_set_source_rgb(pen->cr, rgb[0], rgb[1], rgb[2]);
}

static void dash(const struct pen *pen, enum stroke_dash kind)
{
    const double lengths[][2] = {
        [DASH_NONE] = {0, 0},
        [DASH_LONG] = {5 * pen->line, 4 * pen->line},
        [DASH_SHORT] = {2.5 * pen->line, 3 * pen->line},
        [DASH_DOTS] = {0.01, 3 * pen->line},
    };

    cairo_set_dash(pen->cr, lengths[kind], kind == DASH_NONE ? 0 : 2, 0);
}

/* Strokes the path twice: dark and wide, then bright. */
static void paint(const struct pen *pen, enum ink ink)
{
    halo(pen);
    cairo_set_line_width(pen->cr, pen->line + fmax(1.5, pen->line));
    cairo_stroke_preserve(pen->cr);
    color(pen, ink);
    cairo_set_line_width(pen->cr, pen->line);
    cairo_stroke(pen->cr);
}

static void line(const struct pen *pen, const struct stroke *s)
{
    double dx = s->b[0] - s->a[0], dy = s->b[1] - s->a[1];
    double length = hypot(dx, dy), gap = pen->ring + pen->line;

    if (length <= gap * ((s->spare_a ? 1 : 0) + (s->spare_b ? 1 : 0)) ||
        length <= 0)
        return;
    dx *= gap / length;
    dy *= gap / length;
    cairo_move_to(pen->cr, s->a[0] + (s->spare_a ? dx : 0),
                  s->a[1] + (s->spare_a ? dy : 0));
    cairo_line_to(pen->cr, s->b[0] - (s->spare_b ? dx : 0),
                  s->b[1] - (s->spare_b ? dy : 0));
    paint(pen, s->ink);
}

static void dot(const struct pen *pen, const struct stroke *s)
{
    cairo_arc(pen->cr, s->a[0], s->a[1], 0.35 * pen->ring, 0, 2 * M_PI);
    halo(pen);
    cairo_set_line_width(pen->cr, pen->line);
    cairo_stroke_preserve(pen->cr);
    color(pen, s->ink);
    cairo_fill(pen->cr);
}

void pen_stroke(const struct pen *pen, const struct stroke *s)
{
    dash(pen, s->dash);
    cairo_new_sub_path(pen->cr);
    switch (s->kind) {
    case STROKE_LINE:
        line(pen, s);
        break;
    case STROKE_ARC:
        cairo_arc(pen->cr, s->a[0], s->a[1], s->radius, s->from, s->to);
        paint(pen, s->ink);
        break;
    case STROKE_RING:
        cairo_arc(pen->cr, s->a[0], s->a[1], pen->ring, 0, 2 * M_PI);
        paint(pen, s->ink);
        break;
    case STROKE_DOT:
        dot(pen, s);
        break;
    }
    cairo_new_path(pen->cr);
    dash(pen, DASH_NONE);
}

static void face_set(const struct pen *pen, enum pen_face face)
{
    static const double size[] = {
        [FACE_VALUE] = 1.0, [FACE_DETAIL] = 0.78, [FACE_MARK] = 1.5};

    cairo_select_font_face(pen->cr, "DejaVu Sans", CAIRO_FONT_SLANT_NORMAL,
                           face == FACE_DETAIL ? CAIRO_FONT_WEIGHT_NORMAL
                                               : CAIRO_FONT_WEIGHT_BOLD);
    cairo_set_font_size(pen->cr, size[face] * pen->font);
}

double pen_width(const struct pen *pen, enum pen_face face, const char *text)
{
    cairo_text_extents_t extents;

    face_set(pen, face);
    cairo_text_extents(pen->cr, text, &extents);
    return extents.x_advance;
}

void pen_text(const struct pen *pen, enum pen_face face, double x, double y,
              const char *text, enum ink ink)
{
    face_set(pen, face);
    cairo_move_to(pen->cr, x, y);
    cairo_text_path(pen->cr, text);
    halo(pen);
    cairo_set_line_width(pen->cr, fmax(2.0, HALO_OF_FONT * pen->font));
    cairo_stroke_preserve(pen->cr);
    color(pen, ink);
    cairo_fill(pen->cr);
}

void pen_frame(const struct pen *pen, double x, double y, double width,
               double height, enum ink ink)
{
    cairo_rectangle(pen->cr, x, y, width, height);
    paint(pen, ink);
}

#ifdef __SANITIZE_ADDRESS__
/* fontconfig keeps a fixed kilobyte of patterns for the life of the process,
 * which the leak checker cannot tell from a leak. */
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
    return "leak:libfontconfig.so";
}
#endif
