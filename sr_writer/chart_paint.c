/* The trend chart on its page. Sides differ by mark and line as well as by
 * color: right is a full square on a solid line, left an empty ring on a broken
 * one, so that a grey screen shows them, too. Letters are sized for a viewport
 * of 512 pixels, half of the page. */
#include "sr_writer/chart.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "sr_writer/bar.h"
#include "sr_writer/caption.h"
#include "sr_writer/wording.h"

#define LETTERS_SIDE 1700 /* letters as on a picture of that size */
#define PAD          14.0
#define LINE_OF_FONT 1.02 /* of the small letters */
#define MARK_OF_FONT 0.27
#define FOOT_LINES   2

struct page {
    struct pen pen;
    const struct findings *findings;
    const struct chart *chart;
    double top, bottom; /* of the panels */
};

static double line_height(const struct page *page)
{
    return LINE_OF_FONT * page->pen.font;
}

static void page_of(cairo_t *cr, const struct findings *f,
                    const struct chart *chart, struct bar *bar,
                    struct page *out)
{
    *out = (struct page){.pen = pen_for(cr, LETTERS_SIDE, LETTERS_SIDE),
                         .findings = f,
                         .chart = chart};
    *bar = (struct bar){.width = CHART_SIDE};
    caption_above(bar, &out->pen, f);
    out->top = bar_height(bar, &out->pen) + 1.7 * out->pen.font;
    out->bottom = CHART_SIDE - (FOOT_LINES + 0.5) * line_height(out);
}

/* One or two panels have the whole width. */
static void slot_of(const struct page *page, size_t n, size_t slot, double *x,
                    double *y, double *width, double *height)
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

static void frame_of(const struct page *page, size_t n, size_t slot,
                     const struct chart_panel *panel, struct chart_frame *out)
{
    double x, y, width, height, font = page->pen.font;

    slot_of(page, n, slot, &x, &y, &width, &height);
    *out = (struct chart_frame){0};
    chart_scale(panel, out);
    out->left = x + PAD + 3.0 * font;
    out->width = width - 2 * PAD - 6.6 * font;
    out->top = y + 1.4 * font + (double)head_lines(panel) * line_height(page) +
               0.6 * font;
    out->height = y + height - 1.7 * font - out->top;
}

void chart_frame(cairo_t *cr, const struct findings *f,
                 const struct chart *chart, size_t page, size_t slot,
                 struct chart_frame *out)
{
    struct page its;
    struct bar bar;
    size_t first, n = chart_page(chart, page, &first);

    page_of(cr, f, chart, &bar, &its);
    frame_of(&its, n, slot, &chart->panels[first + slot], out);
}

static void ink_set(cairo_t *cr, enum ink ink, double alpha)
{
    const double *rgb = pen_rgb(ink);

    cairo_set_source_rgba(cr, rgb[0], rgb[1], rgb[2], alpha);
}

static void stroke(cairo_t *cr, double x0, double y0, double x1, double y1)
{
    cairo_move_to(cr, x0, y0);
    cairo_line_to(cr, x1, y1);
    cairo_stroke(cr);
}

/* Right: square, left: ring, no side: diamond. */
static void mark(const struct pen *pen, enum side side, double x, double y)
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
        ink_set(cr, pen_ink(side), 1);
        cairo_set_line_width(cr, 0.13 * pen->font);
        cairo_stroke(cr);
        return;
    }
    ink_set(cr, pen_ink(side), 1);
    cairo_fill(cr);
}

static void dashes(cairo_t *cr, enum side side, double unit)
{
    const double broken[] = {3 * unit, 2 * unit};

    cairo_set_dash(cr, broken, side == SIDE_LEFT ? 2 : 0, 0);
}

/* ---- what lies behind the lines -------------------------------------------
 */
static void between(const struct chart_frame *frame, double low, double high,
                    double *top, double *bottom)
{
    double end = frame->top + frame->height;

    *top = fmin(fmax(chart_y(frame, high), frame->top), end);
    *bottom = fmin(fmax(chart_y(frame, low), frame->top), end);
}

static void normal(const struct page *page, const struct chart_panel *panel,
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
static void band(const struct page *page, const struct chart_line *line,
                 const struct chart_frame *frame)
{
    double least = line->change->detectable, first = line->points[0].value;
    double top, bottom, unit = 0.12 * page->pen.font;
    cairo_t *cr = page->pen.cr;

    if (!(least > 0))
        return;
    between(frame, first - least, first + least, &top, &bottom);
    ink_set(cr, pen_ink(line->side), 0.16);
    cairo_rectangle(cr, frame->left, top, frame->width, bottom - top);
    cairo_fill(cr);
    ink_set(cr, pen_ink(line->side), 0.75);
    cairo_set_line_width(cr, fmax(1, 0.05 * page->pen.font));
    cairo_set_dash(cr, (const double[]){unit, 2 * unit}, 2,
                   line->side == SIDE_LEFT ? 1.5 * unit : 0);
    stroke(cr, frame->left, top, frame->left + frame->width, top);
    stroke(cr, frame->left, bottom, frame->left + frame->width, bottom);
    cairo_set_dash(cr, NULL, 0, 0);
}

static void value_axis(const struct page *page, const struct chart_panel *panel,
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
        stroke(pen->cr, frame->left, y, frame->left + frame->width, y);
        pen_text(pen, FACE_DETAIL,
                 frame->left - 0.35 * pen->font -
                     pen_width(pen, FACE_DETAIL, text),
                 y + 0.28 * pen->font, text, INK_NONE);
    }
}

/* ---- time -----------------------------------------------------------------
 */
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
static void time_axis(const struct page *page, const struct chart_panel *panel,
                      const struct chart_frame *frame)
{
    const struct pen *pen = &page->pen;
    double bottom = frame->top + frame->height, width, until, last;
    struct times times = {.n = 0};
    char text[WORDING_DATE];

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
        stroke(pen->cr, x, bottom, x, bottom + 0.25 * pen->font);
        bool ends = i + 1 == times.n;
        if (left < until || (!ends && left + 1.08 * width > last))
            continue;
        wording_date(times.dates[i], text);
        pen_text(pen, FACE_DETAIL, left, bottom + 1.1 * pen->font, text,
                 INK_NONE);
        until = left + 1.08 * width;
    }
}

/* Between two points of another version: what lies on both sides of it was
 * not measured in the same way. */
static void versions(const struct page *page, const struct chart_line *line,
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
        stroke(pen->cr, x, frame->top, x, frame->top + frame->height);
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

/* Both sides change their model in the same studies: that is told once. */
static bool same_versions(const struct chart_line *a,
                          const struct chart_line *b)
{
    if (a->n != b->n)
        return false;
    for (size_t i = 0; i < a->n; i++)
        if (strcmp(a->points[i].date, b->points[i].date) != 0 ||
            strcmp(a->points[i].version, b->points[i].version) != 0)
            return false;
    return true;
}

/* ---- lines ----------------------------------------------------------------
 */
static void course(const struct page *page, const struct chart_line *line,
                   const struct chart_frame *frame)
{
    const struct pen *pen = &page->pen;
    cairo_t *cr = pen->cr;

    dashes(cr, line->side, 0.11 * pen->font);
    ink_set(cr, pen_ink(line->side), 1);
    cairo_set_line_width(cr, 0.11 * pen->font);
    cairo_new_path(cr);
    for (size_t i = 0; i < line->n; i++)
        cairo_line_to(cr, chart_x(frame, line->points[i].date),
                      chart_y(frame, line->points[i].value));
    cairo_stroke(cr);
    for (size_t i = 0; i < line->n; i++)
        mark(pen, line->side, chart_x(frame, line->points[i].date),
             chart_y(frame, line->points[i].value));
}

/* The value of this study, right of its point, bold, with the letter of its
 * side; two that would touch give way. */
static void last_values(const struct page *page,
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
static void values(const struct page *page, const struct chart_panel *panel,
                   size_t which, const struct chart_frame *frame)
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

/* ---- words ----------------------------------------------------------------
 */
/* "Length" is what a leg, a femur and a tibia have: then the key says it. */
static void long_name(const struct measurement *m, char out[static NAMING_SIZE])
{
    naming_long(&m->own, m->concept, m->id, out);
    if (strcmp(out, "Length") != 0)
        return;
    snprintf(out, NAMING_SIZE, "%s", m->concept);
    for (char *c = out; *c != '\0'; c++)
        if (*c == '_')
            *c = ' ';
    out[0] = (char)toupper((unsigned char)out[0]);
}

/* The long name where it fits. */
static void title(const struct page *page, const struct chart_panel *panel,
                  double x, double y, double width)
{
    const struct measurement *m = panel->of;
    const char *unit = wording_unit(m), *rest;
    char name[NAMING_SIZE], text[3 * NAMING_SIZE];

    unit += *unit == ' ';
    for (int brief = 0; brief < 2; brief++) {
        if (brief)
            naming_short(m->label, &m->own, m->concept, m->id, name);
        else
            long_name(m, name);
        rest = m->modifier[0] != '\0' ? ", " : "";
        snprintf(text, sizeof(text), "%s%s%s%s%s%s", name, rest, m->modifier,
                 *unit ? " (" : "", unit, *unit ? ")" : "");
        if (pen_width(&page->pen, FACE_VALUE, text) <= width)
            break;
    }
    pen_text(&page->pen, FACE_VALUE, x, y, text, INK_NONE);
}

/* The band shows what the model can tell, where there is no room to say it. */
static void fit(const struct pen *pen, char *text, double width)
{
    char *cut = strstr(text, " (detectable");
    char *inner = strstr(text, ", detectable");

    if (pen_width(pen, FACE_DETAIL, text) <= width)
        return;
    if (cut != NULL)
        *cut = '\0';
    else if (inner != NULL)
        strcpy(inner, ")");
}

static void head(const struct page *page, const struct chart_panel *panel,
                 double x, double y, double width)
{
    const struct pen *pen = &page->pen;
    char words[WORDING_SIZE], text[WORDING_SIZE + 16];
    double indent = 1.0 * pen->font;

    x += PAD;
    width -= 2 * PAD;
    y += 1.1 * pen->font;
    title(page, panel, x, y, width);
    for (size_t i = 0; i < panel->n_lines; i++) {
        const struct chart_line *line = &panel->lines[i];
        const char *letter = naming_letter(line->side);
        y += line_height(page);
        wording_change(page->findings, line->change, words);
        snprintf(text, sizeof(text), "%s%s%s", letter, *letter ? ": " : "",
                 words);
        fit(pen, text, width - indent);
        mark(pen, line->side, x + 0.35 * pen->font, y - 0.27 * pen->font);
        pen_text(pen, FACE_DETAIL, x + indent, y, text, pen_ink(line->side));
    }
    if (!panel->of->has_normal)
        return;
    y += line_height(page);
    cairo_set_source_rgba(pen->cr, 1, 1, 1, 0.3);
    cairo_rectangle(pen->cr, x, y - 0.55 * pen->font, 0.7 * pen->font,
                    0.55 * pen->font);
    cairo_fill(pen->cr);
    wording_normal(panel->of, words);
    snprintf(text, sizeof(text), "normal range %s", words);
    pen_text(pen, FACE_DETAIL, x + indent, y, text, INK_NONE);
}

static void panel_paint(const struct page *page, size_t n, size_t slot,
                        const struct chart_panel *panel)
{
    struct chart_frame frame;
    double x, y, width, height;
    size_t marked = 0;

    slot_of(page, n, slot, &x, &y, &width, &height);
    frame_of(page, n, slot, panel, &frame);
    head(page, panel, x, y, width);
    value_axis(page, panel, &frame);
    for (size_t i = 0; i < panel->n_lines; i++)
        band(page, &panel->lines[i], &frame);
    for (size_t i = 0; i < panel->n_lines; i++)
        if (i == 0 || !same_versions(&panel->lines[0], &panel->lines[i]))
            versions(page, &panel->lines[i], &frame, &marked);
    time_axis(page, panel, &frame);
    for (int full = 0; full < 2; full++) /* a square has room in a ring */
        for (size_t i = 0; i < panel->n_lines; i++)
            if ((panel->lines[i].side != SIDE_LEFT) == full)
                course(page, &panel->lines[i], &frame);
    for (size_t i = 0; i < panel->n_lines; i++)
        values(page, panel, i, &frame);
    last_values(page, panel, &frame);
}

static void foot(const struct page *page, size_t more)
{
    const struct pen *pen = &page->pen;
    double y = CHART_SIDE - 0.5 * line_height(page) - line_height(page);
    char text[160] = "";

    pen_text(pen, FACE_DETAIL, PAD, y,
             "Dotted band: what the model cannot tell from the first value. "
             "Dotted upright:",
             INK_NONE);
    y += line_height(page);
    if (more > 0)
        snprintf(text, sizeof(text), " %zu more measures: see the report.",
                 more);
    char words[240];
    snprintf(words, sizeof(words), "another version of the model.%s", text);
    pen_text(pen, FACE_DETAIL, PAD, y, words, more > 0 ? INK_ALERT : INK_NONE);
}

void chart_paint(cairo_t *cr, const struct findings *f,
                 const struct chart *chart, size_t page)
{
    size_t first, n = chart_page(chart, page, &first);
    struct page its;
    struct bar bar;
    char text[96];

    page_of(cr, f, chart, &bar, &its);
    cairo_set_source_rgb(cr, 0.09, 0.09, 0.10);
    cairo_paint(cr);
    bar_draw(&bar, &its.pen, 0);
    snprintf(text, sizeof(text), "Trend, page %zu of %zu (unverified)",
             page + 1, chart->pages);
    pen_text(&its.pen, FACE_VALUE, PAD, its.top - 0.6 * its.pen.font, text,
             INK_NONE);
    for (size_t i = 0; i < n; i++)
        panel_paint(&its, n, i, &chart->panels[first + i]);
    foot(&its, page + 1 == chart->pages && chart->n > first + n
                   ? chart->n - first - n
                   : 0);
}
