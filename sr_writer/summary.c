/* The table a surgeon reads before the pictures. Columns have fixed places, so
 * that pages look alike; names and notes wrap within theirs. */
#include "sr_writer/summary.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "sr_writer/bar.h"
#include "sr_writer/caption.h"
#include "sr_writer/naming.h"
#include "sr_writer/wording.h"

#define PAGE_SIDE    1500 /* letters as on a picture of that size */
#define PAD          14.0
#define LINE_OF_FONT 1.15
#define CELLS        8
#define WRAPPED      6 /* lines of a cell; what exceeds them is cut */

struct column {
    const char *title;
    double left, width;
};

static const struct column columns[CELLS] = {
    {"Measure or finding", PAD, 380},
    {"Side", 410, 65},
    {"Value", 480, 130},
    {"Unit", 615, 55},
    {"Normal range", 675, 160},
    {"Confidence", 840, 115},
    {"Image", 960, 65},
    {"Note", 1030, 556},
};

struct row {
    char cells[CELLS][WORDING_SIZE];
    enum ink ink;
};

static struct pen pen_of(cairo_t *cr)
{
    return pen_for(cr, PAGE_SIDE, PAGE_SIDE);
}

static void set_head(struct row *row, const struct findings *f, enum side side,
                     size_t image)
{
    snprintf(row->cells[1], WORDING_SIZE, "%s", side_name(side));
    if (f->n_images > 0)
        snprintf(row->cells[6], WORDING_SIZE, "%zu", image + 1);
}

/* "Joint space width, medial" */
static void set_name(struct row *row, const char *name, const char *modifier)
{
    snprintf(row->cells[0], WORDING_SIZE, "%s%s%s", name,
             modifier[0] == '\0' ? "" : ", ", modifier);
}

static void found_row(const struct findings *f, const struct found *found,
                      struct row *row)
{
    static const char *const words[] = {"", "high priority", "STAT"};
    char name[NAMING_SIZE];

    naming_long(&found->own, found->concept, found->id, name);
    set_name(row, name, "");
    set_head(row, f, found->side, found->image);
    snprintf(row->cells[2], WORDING_SIZE, "%s",
             found->present ? "found" : "not found");
    if (found->present) {
        wording_percent(found->confidence, row->cells[5]);
        snprintf(row->cells[7], WORDING_SIZE, "%s", words[found->priority]);
        row->ink = INK_ALERT;
    }
}

/* What became of it since the prior study, behind all else. */
static void add_change(const struct findings *f, const struct measurement *m,
                       char cell[static WORDING_SIZE])
{
    const struct change *c = findings_change(f, (size_t)(m - f->measurements));
    size_t n = strlen(cell);
    char words[WORDING_SIZE];

    if (c != NULL && wording_change(f, c, words) && n < WORDING_SIZE)
        snprintf(cell + n, WORDING_SIZE - n, "%s%.120s", n > 0 ? "; " : "",
                 words);
}

/* Behind the note of the bundle: where the value is out of its range. */
static void value_row(const struct findings *f, const struct measurement *m,
                      struct row *row)
{
    static const char *const words[] = {"below normal", "", "above normal"};
    const char *unit = wording_unit(m);
    int outside = wording_outside(m);
    char name[NAMING_SIZE], detail[WORDING_SIZE];
    struct measurement plain = *m;

    naming_long(&m->own, m->concept, m->id, name);
    set_name(row, name, m->modifier);
    set_head(row, f, m->side, m->image);
    wording_number(m, row->cells[2]);
    snprintf(row->cells[3], WORDING_SIZE, "%s", unit + (*unit == ' '));
    wording_normal(m, row->cells[4]);
    wording_percent(m->confidence, row->cells[5]);
    plain.confidence = -1; /* it has a column */
    wording_detail(&plain, detail);
    snprintf(row->cells[7], WORDING_SIZE, "%s%s%.160s%s%.200s",
             words[outside + 1], outside != 0 && m->note[0] ? "; " : "",
             m->note, (outside != 0 || m->note[0]) && detail[0] ? "; " : "",
             detail);
    wording_ascii(row->cells[7]);
    add_change(f, m, row->cells[7]);
    row->ink = outside != 0 ? INK_ALERT : INK_NONE;
}

static void refused_row(const struct findings *f, const struct refusal *r,
                        struct row *row)
{
    char name[NAMING_SIZE];

    naming_long(&r->own, r->concept, r->id, name);
    set_name(row, name, r->modifier);
    set_head(row, f, r->side, r->image);
    snprintf(row->cells[2], WORDING_SIZE, "refused");
    snprintf(row->cells[7], WORDING_SIZE, "%s", r->reason);
    wording_ascii(row->cells[7]);
}

static void row_of(const struct findings *f, const struct summary *s, size_t i,
                   struct row *row)
{
    size_t index = s->items[i].index;

    memset(row, 0, sizeof(*row));
    switch (s->items[i].kind) {
    case SUMMARY_FOUND:
        found_row(f, &f->found[index], row);
        break;
    case SUMMARY_VALUE:
        value_row(f, &f->measurements[index], row);
        break;
    case SUMMARY_REFUSED:
        refused_row(f, &f->refused[index], row);
        break;
    }
}

/* Bytes of text that fit; ends at a space where there is one. At least one
 * character (UTF-8). */
static size_t fitting(const struct pen *pen, const char *text, double width)
{
    char part[WORDING_SIZE];
    size_t best = 0, space = 0, n = strlen(text);

    for (size_t i = 1; i <= n; i++) {
        if (((unsigned char)text[i] & 0xC0) == 0x80)
            continue;
        memcpy(part, text, i);
        part[i] = '\0';
        if (best > 0 && pen_width(pen, FACE_DETAIL, part) > width)
            return space > 0 ? space : best;
        best = i;
        if (text[i] == ' ')
            space = i;
    }
    return best;
}

/* Lines of a cell, painted when y is not negative. */
static size_t cell(const struct pen *pen, const struct column *column,
                   const char *text, double y, enum ink ink)
{
    char line[WORDING_SIZE];
    size_t lines = 0;

    while (*text != '\0' && lines < WRAPPED) {
        size_t n = fitting(pen, text, column->width);
        memcpy(line, text, n);
        line[n] = '\0';
        if (y >= 0)
            pen_text(pen, FACE_DETAIL, column->left,
                     y + ((double)lines + 0.75) * LINE_OF_FONT * pen->font,
                     line, ink);
        text += n;
        text += strspn(text, " ");
        lines++;
    }
    return lines;
}

static double row_height(const struct pen *pen, const struct row *row, double y)
{
    size_t most = 1;

    for (size_t i = 0; i < CELLS; i++) {
        size_t n = cell(pen, &columns[i], row->cells[i], y, row->ink);
        most = n > most ? n : most;
    }
    return (double)most * LINE_OF_FONT * pen->font + 0.3 * pen->font;
}

static void add(struct summary *s, enum summary_kind kind, size_t index)
{
    s->items[s->n].kind = kind;
    s->items[s->n++].index = index;
}

static void order(const struct findings *f, struct summary *s)
{
    for (int priority = PRIORITY_STAT; priority >= PRIORITY_ROUTINE; priority--)
        for (size_t i = 0; i < f->n_found; i++)
            if (f->found[i].present &&
                f->found[i].priority == (enum priority)priority)
                add(s, SUMMARY_FOUND, i);
    for (size_t i = 0; i < f->n_measurements; i++)
        add(s, SUMMARY_VALUE, i);
    for (size_t i = 0; i < f->n_found; i++)
        if (!f->found[i].present)
            add(s, SUMMARY_FOUND, i);
    for (size_t i = 0; i < f->n_refused; i++)
        add(s, SUMMARY_REFUSED, i);
}

static double top_of(const struct pen *pen, const struct findings *f,
                     struct bar *bar)
{
    *bar = (struct bar){.width = SUMMARY_COLUMNS};
    caption_above(bar, pen, f);
    return bar_height(bar, pen) + 3.2 * pen->font;
}

void summary_plan(cairo_t *cr, const struct findings *f, struct summary *out)
{
    struct pen pen = pen_of(cr);
    struct bar bar;
    double top = top_of(&pen, f, &bar), bottom = 2 * pen.font, y = top;
    struct row row;

    memset(out, 0, sizeof(*out));
    order(f, out);
    for (size_t i = 0; i < out->n; i++) {
        double height;
        row_of(f, out, i, &row);
        height = row_height(&pen, &row, -1);
        if (y + height + bottom > SUMMARY_HEIGHT &&
            i > out->first[out->pages]) {
            out->height[out->pages] = y + bottom;
            if (out->pages + 1 == SUMMARY_PAGES) {
                out->first[++out->pages] = i;
                return;
            }
            out->first[++out->pages] = i;
            y = top;
        }
        y += height;
    }
    out->height[out->pages] = y + bottom;
    out->first[++out->pages] = out->n;
}

static void rule(cairo_t *cr, double y)
{
    cairo_set_source_rgb(cr, 0.35, 0.35, 0.37);
    cairo_set_line_width(cr, 1);
    cairo_move_to(cr, PAD, y);
    cairo_line_to(cr, SUMMARY_COLUMNS - PAD, y);
    cairo_stroke(cr);
}

void summary_paint(cairo_t *cr, const struct findings *f,
                   const struct summary *s, size_t page)
{
    struct pen pen = pen_of(cr);
    struct bar bar;
    double y = top_of(&pen, f, &bar);
    char text[96];
    struct row row;

    cairo_set_source_rgb(cr, 0.09, 0.09, 0.10);
    cairo_paint(cr);
    bar_draw(&bar, &pen, 0);
    snprintf(text, sizeof(text), "Summary, page %zu of %zu", page + 1,
             s->pages);
    pen_text(&pen, FACE_VALUE, PAD, y - 2 * pen.font, text, INK_NONE);
    for (size_t i = 0; i < CELLS; i++)
        pen_text(&pen, FACE_DETAIL, columns[i].left, y - 0.4 * pen.font,
                 columns[i].title, INK_NONE);
    for (size_t i = s->first[page]; i < s->first[page + 1]; i++) {
        rule(cr, y);
        row_of(f, s, i, &row);
        y += row_height(&pen, &row, y);
    }
    rule(cr, y);
    if (page + 1 < s->pages || s->first[s->pages] == s->n)
        return;
    snprintf(text, sizeof(text), "%zu more rows: see the report",
             s->n - s->first[s->pages]);
    pen_text(&pen, FACE_DETAIL, PAD, y + 1.2 * pen.font, text, INK_ALERT);
}
