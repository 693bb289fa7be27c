/* What lies behind the lines of a panel: ranges, both axes, and where the model
 * was another one. */
#include "sr_writer/chart_parts.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "conf/date.h"
#include "sr_writer/wording.h"

static void between(const struct chart_frame *frame, double low, double high,
                    double *top, double *bottom)
{
    double end = frame->top + frame->height;

    *top = fmin(fmax(chart_y(frame, high), frame->top), end);
    *bottom = fmin(fmax(chart_y(frame, low), frame->top), end);
}

static void normal(const struct chart_sheet *page,
                   const struct chart_panel *panel,
                   const struct chart_frame *frame)
{
    const struct measurement *m = panel->of;
    cairo_t *cr = page->pen.cr;
    double top, bottom;

    if (!m->has_normal)
        return;
    between(frame, m->normal[0], m->normal[1], &top, &bottom);
    if (bottom - top < 1)
        return;
    cairo_set_source_rgba(cr, 1, 1, 1, 0.13);
    cairo_rectangle(cr, frame->left, top, frame->width, bottom - top);
    cairo_fill(cr);
}

/* Around the first value, only its edges where both sides have one: two shades
 * on each other would be a third. */
void chart_band(const struct chart_sheet *page, const struct chart_line *line,
                const struct chart_frame *frame)
{
    double least = line->change->detectable, first = line->points[0].value;
    double top, bottom, unit = 0.12 * page->pen.font;
    cairo_t *cr = page->pen.cr;

    if (!(least > 0))
        return;
    between(frame, first - least, first + least, &top, &bottom);
    chart_ink(cr, pen_ink(line->side), 0.16);
    cairo_rectangle(cr, frame->left, top, frame->width, bottom - top);
    cairo_fill(cr);
    chart_ink(cr, pen_ink(line->side), 0.75);
    cairo_set_line_width(cr, fmax(1, 0.05 * page->pen.font));
    cairo_set_dash(cr, (const double[]){unit, 2 * unit}, 2,
                   line->side == SIDE_LEFT ? 1.5 * unit : 0);
    chart_stroke(cr, frame->left, top, frame->left + frame->width, top);
    chart_stroke(cr, frame->left, bottom, frame->left + frame->width, bottom);
    cairo_set_dash(cr, NULL, 0, 0);
}

void chart_value_axis(const struct chart_sheet *page,
                      const struct chart_panel *panel,
                      const struct chart_frame *frame)
{
    const struct pen *pen = &page->pen;
    double step = frame->step;
    int digits = (int)fmax(0, -floor(log10(step) + 1e-9));
    char text[40];

    cairo_set_source_rgb(pen->cr, 0.05, 0.05, 0.06);
    cairo_rectangle(pen->cr, frame->left, frame->top, frame->width,
                    frame->height);
    cairo_fill(pen->cr);
    normal(page, panel, frame);
    for (double k = ceil(frame->low / step); k * step <= frame->high; k++) {
        double y = chart_y(frame, k * step);
        snprintf(text, sizeof(text), "%.*f", digits, k == 0 ? 0 : k * step);
        cairo_set_source_rgb(pen->cr, 0.30, 0.30, 0.32);
        cairo_set_line_width(pen->cr, 1);
        chart_stroke(pen->cr, frame->left, y, frame->left + frame->width, y);
        pen_text(pen, FACE_DETAIL,
                 frame->left - 0.35 * pen->font -
                     pen_width(pen, FACE_DETAIL, text),
                 y + 0.28 * pen->font, text, INK_NONE);
    }
}

struct times {
    const char *dates[CHART_LINES * CHART_POINTS]; /* ascending, each once */
    size_t n;
};

static void add_time(struct times *times, const char *date)
{
    size_t at = 0;

    while (at < times->n && strcmp(times->dates[at], date) < 0)
        at++;
    if (at < times->n && strcmp(times->dates[at], date) == 0)
        return;
    memmove(&times->dates[at + 1], &times->dates[at],
            (times->n - at) * sizeof(times->dates[0]));
    times->dates[at] = date;
    times->n++;
}

/* The first and the last date always, the others where there is room. */
void chart_time_axis(const struct chart_sheet *page,
                     const struct chart_panel *panel,
                     const struct chart_frame *frame)
{
    const struct pen *pen = &page->pen;
    double bottom = frame->top + frame->height, width, until, last;
    struct times times = {.n = 0};
    char text[DATE_TEXT];

    for (size_t i = 0; i < panel->n_lines; i++)
        for (size_t k = 0; k < panel->lines[i].n; k++)
            add_time(&times, panel->lines[i].points[k].date);
    width = pen_width(pen, FACE_DETAIL, "2026-00-00");
    last = chart_x(frame, times.dates[times.n - 1]) - width / 2;
    until = frame->left - width;
    for (size_t i = 0; i < times.n; i++) {
        double x = chart_x(frame, times.dates[i]), left = x - width / 2;
        cairo_set_source_rgb(pen->cr, 0.6, 0.6, 0.62);
        cairo_set_line_width(pen->cr, 1.5);
        chart_stroke(pen->cr, x, bottom, x, bottom + 0.25 * pen->font);
        bool ends = i + 1 == times.n;
        if (left < until || (!ends && left + 1.08 * width > last))
            continue;
        pen_text(pen, FACE_DETAIL, left, bottom + 1.1 * pen->font,
                 date_text(times.dates[i], "", text), INK_NONE);
        until = left + 1.08 * width;
    }
}

/* Between two points of another version: what lies on both sides of it was
 * not measured in the same way. */
void chart_versions(const struct chart_sheet *page,
                    const struct chart_line *line,
                    const struct chart_frame *frame, size_t *n)
{
    const struct pen *pen = &page->pen;
    double unit = 0.1 * pen->font;
    char text[80];

    for (size_t i = 1; i < line->n; i++) {
        const struct chart_point *a = &line->points[i - 1], *b = a + 1;
        double x, width, left;
        if (strcmp(a->version, b->version) == 0)
            continue;
        x = (chart_x(frame, a->date) + chart_x(frame, b->date)) / 2;
        cairo_set_source_rgb(pen->cr, 0.75, 0.75, 0.75);
        cairo_set_line_width(pen->cr, fmax(1.5, 0.07 * pen->font));
        cairo_set_dash(pen->cr, (const double[]){unit, 2 * unit}, 2, 0);
        chart_stroke(pen->cr, x, frame->top, x, frame->top + frame->height);
        cairo_set_dash(pen->cr, NULL, 0, 0);
        snprintf(text, sizeof(text), "model %.12s | %.12s", a->version,
                 b->version);
        wording_ascii(text);
        width = pen_width(pen, FACE_DETAIL, text);
        left = fmin(fmax(x - width / 2, frame->left + 2),
                    frame->left + frame->width - width - 2);
        pen_text(pen, FACE_DETAIL, left,
                 frame->top + (0.85 + 0.9 * (double)(*n)++) * pen->font, text,
                 INK_NONE);
    }
}

bool chart_same_versions(const struct chart_line *a, const struct chart_line *b)
{
    if (a->n != b->n)
        return false;
    for (size_t i = 0; i < a->n; i++)
        if (strcmp(a->points[i].date, b->points[i].date) != 0 ||
            strcmp(a->points[i].version, b->points[i].version) != 0)
            return false;
    return true;
}
