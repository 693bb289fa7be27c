/* The trend chart on its page. Sides differ by mark and line as well as by
 * color: right is a full square on a solid line, left an empty ring on a broken
 * one, so that a grey screen shows them, too. Letters are sized for a viewport
 * of 512 pixels, half of the page. */
#include "sr_writer/chart_parts.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "sr_writer/bar.h"
#include "sr_writer/caption.h"
#include "sr_writer/wording.h"

#define LINE_OF_FONT 1.02 /* of the small letters */
#define MARK_OF_FONT 0.27
#define LETTERS_SIDE 1700 /* letters as on a picture of that size */

double chart_line_height(const struct chart_sheet *page)
{
    return LINE_OF_FONT * page->pen.font;
}

static void page_of(cairo_t *cr, const struct findings *f,
                    const struct chart *chart, struct bar *bar,
                    struct chart_sheet *out)
{
    *out = (struct chart_sheet){.pen = pen_for(cr, LETTERS_SIDE, LETTERS_SIDE),
                                .findings = f,
                                .chart = chart};
    *bar = (struct bar){.width = CHART_SIDE};
    caption_above(bar, &out->pen, f);
    out->top = bar_height(bar, &out->pen) + 1.7 * out->pen.font;
    out->bottom =
        CHART_SIDE - (CHART_FOOT_LINES + 0.5) * chart_line_height(out);
}

/* One or two panels have the whole width. */
static void slot_of(const struct chart_sheet *page, size_t n, size_t slot,
                    double *x, double *y, double *width, double *height)
{
    size_t columns = n > 2 ? 2 : 1, rows = n > 1 ? 2 : 1;

    *width = (double)CHART_SIDE / (double)columns;
    *height = (page->bottom - page->top) / (double)rows;
    *x = *width * (double)(slot % columns);
    *y = page->top + *height * (double)(slot / columns);
}

static size_t head_lines(const struct chart_panel *panel)
{
    return panel->n_lines + (panel->of->has_normal ? 1 : 0);
}

static void frame_of(const struct chart_sheet *page, size_t n, size_t slot,
                     const struct chart_panel *panel, struct chart_frame *out)
{
    double x, y, width, height, font = page->pen.font;

    slot_of(page, n, slot, &x, &y, &width, &height);
    *out = (struct chart_frame){0};
    chart_scale(panel, out);
    out->left = x + CHART_PAD + 3.0 * font;
    out->width = width - 2 * CHART_PAD - 6.6 * font;
    out->top = y + 1.4 * font +
               (double)head_lines(panel) * chart_line_height(page) + 0.6 * font;
    out->height = y + height - 1.7 * font - out->top;
}

void chart_frame(cairo_t *cr, const struct findings *f,
                 const struct chart *chart, size_t page, size_t slot,
                 struct chart_frame *out)
{
    struct chart_sheet its;
    struct bar bar;
    size_t first, n = chart_page(chart, page, &first);

    page_of(cr, f, chart, &bar, &its);
    frame_of(&its, n, slot, &chart->panels[first + slot], out);
}

void chart_ink(cairo_t *cr, enum ink ink, double alpha)
{
    const double *rgb = pen_rgb(ink);

    cairo_set_source_rgba(cr, rgb[0], rgb[1], rgb[2], alpha);
}

void chart_stroke(cairo_t *cr, double x0, double y0, double x1, double y1)
{
    cairo_move_to(cr, x0, y0);
    cairo_line_to(cr, x1, y1);
    cairo_stroke(cr);
}

/* Right: square, left: ring, no side: diamond. */
void chart_mark(const struct pen *pen, enum side side, double x, double y)
{
    double r = MARK_OF_FONT * pen->font;
    cairo_t *cr = pen->cr;

    cairo_set_dash(cr, NULL, 0, 0);
    cairo_new_path(cr);
    if (side == SIDE_RIGHT) {
        cairo_rectangle(cr, x - 0.9 * r, y - 0.9 * r, 1.8 * r, 1.8 * r);
    } else if (side == SIDE_LEFT) {
        cairo_arc(cr, x, y, 1.2 * r, 0, 2 * M_PI);
    } else {
        cairo_move_to(cr, x, y - 1.2 * r);
        cairo_line_to(cr, x + 1.2 * r, y);
        cairo_line_to(cr, x, y + 1.2 * r);
        cairo_line_to(cr, x - 1.2 * r, y);
        cairo_close_path(cr);
    }
    if (side == SIDE_LEFT) {
        cairo_set_source_rgb(cr, 0.05, 0.05, 0.06);
        cairo_fill_preserve(cr);
        chart_ink(cr, pen_ink(side), 1);
        cairo_set_line_width(cr, 0.13 * pen->font);
        cairo_stroke(cr);
        return;
    }
    chart_ink(cr, pen_ink(side), 1);
    cairo_fill(cr);
}

static void dashes(cairo_t *cr, enum side side, double unit)
{
    const double broken[] = {3 * unit, 2 * unit};

    cairo_set_dash(cr, broken, side == SIDE_LEFT ? 2 : 0, 0);
}

static void course(const struct chart_sheet *page,
                   const struct chart_line *line,
                   const struct chart_frame *frame)
{
    const struct pen *pen = &page->pen;
    cairo_t *cr = pen->cr;

    dashes(cr, line->side, 0.11 * pen->font);
    chart_ink(cr, pen_ink(line->side), 1);
    cairo_set_line_width(cr, 0.11 * pen->font);
    cairo_new_path(cr);
    for (size_t i = 0; i < line->n; i++)
        cairo_line_to(cr, chart_x(frame, line->points[i].date),
                      chart_y(frame, line->points[i].value));
    cairo_stroke(cr);
    for (size_t i = 0; i < line->n; i++)
        chart_mark(pen, line->side, chart_x(frame, line->points[i].date),
                   chart_y(frame, line->points[i].value));
}

/* The value of this study, right of its point, bold, with the letter of its
 * side; two that would touch give way. */
static void last_values(const struct chart_sheet *page,
                        const struct chart_panel *panel,
                        const struct chart_frame *frame)
{
    const struct pen *pen = &page->pen;
    int digits = wording_decimals(panel->of);
    double y[CHART_LINES];
    char text[48];

    for (size_t i = 0; i < panel->n_lines; i++) {
        const struct chart_line *line = &panel->lines[i];
        y[i] = chart_y(frame, line->points[line->n - 1].value);
    }
    for (size_t i = 1; i < panel->n_lines; i++) {
        double gap = 1.05 * pen->font, middle = (y[i] + y[i - 1]) / 2;
        if (fabs(y[i] - y[i - 1]) >= gap)
            continue;
        double up = y[i] <= y[i - 1] ? -1 : 1;
        y[i] = middle + up * gap / 2;
        y[i - 1] = middle - up * gap / 2;
    }
    for (size_t i = 0; i < panel->n_lines; i++) {
        const struct chart_line *line = &panel->lines[i];
        const struct chart_point *last = &line->points[line->n - 1];
        const char *letter = naming_letter(line->side);
        snprintf(text, sizeof(text), "%s%s%.*f", letter, *letter ? " " : "",
                 digits, last->value);
        pen_text(pen, FACE_VALUE, chart_x(frame, last->date) + 0.55 * pen->font,
                 y[i] + 0.36 * pen->font, text, pen_ink(line->side));
    }
}

/* Earlier ones above the upper line and below the lower one, where they do not
 * touch; back a little where the line goes their way. */
static void values(const struct chart_sheet *page,
                   const struct chart_panel *panel, size_t which,
                   const struct chart_frame *frame)
{
    const struct chart_line *line = &panel->lines[which];
    const struct chart_line *other = &panel->lines[which == 0 ? 1 : 0];
    const struct pen *pen = &page->pen;
    int digits = wording_decimals(panel->of);
    bool below = panel->n_lines > 1 &&
                 (line->points[0].value < other->points[0].value ||
                  (line->points[0].value == other->points[0].value && which));
    double until = frame->left;
    char text[40];

    for (size_t i = 0; i + 1 < line->n; i++) {
        const struct chart_point *p = &line->points[i];
        double x = chart_x(frame, p->date), y = chart_y(frame, p->value);
        snprintf(text, sizeof(text), "%.*f", digits, p->value);
        double width = pen_width(pen, FACE_DETAIL, text);
        bool toward = below ? p[1].value < p->value : p[1].value > p->value;
        double left = fmax(x - (toward ? 0.85 : 0.5) * width, frame->left);
        if (left < until)
            continue;
        pen_text(pen, FACE_DETAIL, left, y + (below ? 1.1 : -0.5) * pen->font,
                 text, pen_ink(line->side));
        until = left + width + 0.4 * pen->font;
    }
}

static void panel_paint(const struct chart_sheet *page, size_t n, size_t slot,
                        const struct chart_panel *panel)
{
    struct chart_frame frame;
    double x, y, width, height;
    size_t marked = 0;

    slot_of(page, n, slot, &x, &y, &width, &height);
    frame_of(page, n, slot, panel, &frame);
    chart_head(page, panel, x, y, width);
    chart_value_axis(page, panel, &frame);
    for (size_t i = 0; i < panel->n_lines; i++)
        chart_band(page, &panel->lines[i], &frame);
    for (size_t i = 0; i < panel->n_lines; i++)
        if (i == 0 || !chart_same_versions(&panel->lines[0], &panel->lines[i]))
            chart_versions(page, &panel->lines[i], &frame, &marked);
    chart_time_axis(page, panel, &frame);
    for (int full = 0; full < 2; full++) /* a square has room in a ring */
        for (size_t i = 0; i < panel->n_lines; i++)
            if ((panel->lines[i].side != SIDE_LEFT) == full)
                course(page, &panel->lines[i], &frame);
    for (size_t i = 0; i < panel->n_lines; i++)
        values(page, panel, i, &frame);
    last_values(page, panel, &frame);
}

void chart_paint(cairo_t *cr, const struct findings *f,
                 const struct chart *chart, size_t page)
{
    size_t first, n = chart_page(chart, page, &first);
    struct chart_sheet its;
    struct bar bar;
    char text[96];

    page_of(cr, f, chart, &bar, &its);
    cairo_set_source_rgb(cr, 0.09, 0.09, 0.10);
    cairo_paint(cr);
    bar_draw(&bar, &its.pen, 0);
    snprintf(text, sizeof(text), "Trend, page %zu of %zu (unverified)",
             page + 1, chart->pages);
    pen_text(&its.pen, FACE_VALUE, CHART_PAD, its.top - 0.6 * its.pen.font,
             text, INK_NONE);
    for (size_t i = 0; i < n; i++)
        panel_paint(&its, n, i, &chart->panels[first + i]);
    chart_foot(&its, page + 1 == chart->pages && chart->n > first + n
                         ? chart->n - first - n
                         : 0);
}
