/* The strokes of the overlay. Right and left are yellow and sky blue of the
 * palette of Okabe and Ito ("Color Universal Design", 2008), which the common
 * kinds of color blindness keep apart; both are bright, so that the halo keeps
 * them readable on bone and on a grey print, where R and L in the text tell
 * them apart. */
#include "sr_writer/pen.h"

#include <math.h>
#include <string.h>

/* Of the picture's longer side, because that is what a viewer fits to the
 * window; of the width too, so that a narrow picture has room for a label. */
#define FONT_OF_SIDE  0.016
#define FONT_OF_WIDTH 0.050
#define FONT_LEAST    9.0
#define LINE_OF_FONT  0.075
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
    cairo_select_font_face(cr, "DejaVu Sans", CAIRO_FONT_SLANT_NORMAL,
                           CAIRO_FONT_WEIGHT_BOLD);
    cairo_set_font_size(cr, pen.font);
    cairo_set_line_cap(cr, CAIRO_LINE_CAP_ROUND);
    cairo_set_line_join(cr, CAIRO_LINE_JOIN_ROUND);
    return pen;
}

static void halo(const struct pen *pen)
{
    cairo_set_source_rgba(pen->cr, 0, 0, 0, 0.75);
}

void pen_color(const struct pen *pen, enum side side)
{
    static const double colors[][3] = {
        [SIDE_NONE] = {0.90, 0.90, 0.90},
        [SIDE_RIGHT] = {0.94, 0.89, 0.26},
        [SIDE_LEFT] = {0.34, 0.71, 0.91},
    };

    cairo_set_source_rgb(pen->cr, colors[side][0], colors[side][1],
                         colors[side][2]);
}

/* Strokes the path twice: dark and wide, then bright. */
static void stroke(const struct pen *pen, enum side side)
{
    halo(pen);
    cairo_set_line_width(pen->cr, pen->line + fmax(1.5, pen->line));
    cairo_stroke_preserve(pen->cr);
    pen_color(pen, side);
    cairo_set_line_width(pen->cr, pen->line);
    cairo_stroke(pen->cr);
}

void pen_line(const struct pen *pen, const double from[2], const double to[2],
              enum side side, bool dashed)
{
    double dx = to[0] - from[0], dy = to[1] - from[1];
    double length = hypot(dx, dy), gap = pen->ring + pen->line;
    const double dashes[] = {4 * pen->line, 4 * pen->line};

    if (length <= 2 * gap)
        return;
    dx *= gap / length;
    dy *= gap / length;
    cairo_set_dash(pen->cr, dashes, dashed ? 2 : 0, 0);
    cairo_move_to(pen->cr, from[0] + dx, from[1] + dy);
    cairo_line_to(pen->cr, to[0] - dx, to[1] - dy);
    stroke(pen, side);
    cairo_set_dash(pen->cr, NULL, 0, 0);
}

void pen_ring(const struct pen *pen, const double at[2], enum side side)
{
    cairo_new_sub_path(pen->cr);
    cairo_arc(pen->cr, at[0], at[1], pen->ring, 0, 2 * M_PI);
    stroke(pen, side);
}

void pen_dot(const struct pen *pen, const double at[2], enum side side)
{
    cairo_new_sub_path(pen->cr);
    cairo_arc(pen->cr, at[0], at[1], 0.35 * pen->ring, 0, 2 * M_PI);
    halo(pen);
    cairo_set_line_width(pen->cr, pen->line);
    cairo_stroke_preserve(pen->cr);
    pen_color(pen, side);
    cairo_fill(pen->cr);
}

double pen_width(const struct pen *pen, const char *text)
{
    cairo_text_extents_t extents;

    cairo_text_extents(pen->cr, text, &extents);
    return extents.x_advance;
}

void pen_text(const struct pen *pen, double x, double y, const char *text,
              enum side side)
{
    cairo_move_to(pen->cr, x, y);
    cairo_text_path(pen->cr, text);
    halo(pen);
    cairo_set_line_width(pen->cr, fmax(2.0, HALO_OF_FONT * pen->font));
    cairo_stroke_preserve(pen->cr);
    pen_color(pen, side);
    cairo_fill(pen->cr);
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
