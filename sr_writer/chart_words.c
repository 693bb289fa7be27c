/* The words above a panel and below a page. */
#include "sr_writer/chart_parts.h"

#include <stdio.h>
#include <string.h>

#include "sr_writer/wording.h"

/* The long name where it fits. */
static void title(const struct chart_sheet *page,
                  const struct chart_panel *panel, double x, double y,
                  double width)
{
    const struct measurement *m = panel->of;
    const char *unit = wording_unit(m), *rest;
    char name[NAMING_SIZE], text[3 * NAMING_SIZE];

    unit += *unit == ' ';
    for (int brief = 0; brief < 2; brief++) {
        if (brief)
            naming_short(m->label, &m->own, m->concept, m->id, name);
        else
            naming_long(&m->own, m->concept, m->id, name);
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

void chart_head(const struct chart_sheet *page, const struct chart_panel *panel,
                double x, double y, double width)
{
    const struct pen *pen = &page->pen;
    char words[WORDING_SIZE], text[WORDING_SIZE + 16];
    double indent = 1.0 * pen->font;

    x += CHART_PAD;
    width -= 2 * CHART_PAD;
    y += 1.1 * pen->font;
    title(page, panel, x, y, width);
    for (size_t i = 0; i < panel->n_lines; i++) {
        const struct chart_line *line = &panel->lines[i];
        const char *letter = naming_letter(line->side);
        y += chart_line_height(page);
        wording_change(page->findings, line->change, words);
        snprintf(text, sizeof(text), "%s%s%s", letter, *letter ? ": " : "",
                 words);
        fit(pen, text, width - indent);
        chart_mark(pen, line->side, x + 0.35 * pen->font, y - 0.27 * pen->font);
        pen_text(pen, FACE_DETAIL, x + indent, y, text, pen_ink(line->side));
    }
    if (!panel->of->has_normal)
        return;
    y += chart_line_height(page);
    cairo_set_source_rgba(pen->cr, 1, 1, 1, 0.3);
    cairo_rectangle(pen->cr, x, y - 0.55 * pen->font, 0.7 * pen->font,
                    0.55 * pen->font);
    cairo_fill(pen->cr);
    wording_normal(panel->of, words);
    snprintf(text, sizeof(text), "normal range %s", words);
    pen_text(pen, FACE_DETAIL, x + indent, y, text, INK_NONE);
}

void chart_foot(const struct chart_sheet *page, size_t more)
{
    const struct pen *pen = &page->pen;
    double y =
        CHART_SIDE - 0.5 * chart_line_height(page) - chart_line_height(page);
    char text[160] = "";

    pen_text(pen, FACE_DETAIL, CHART_PAD, y,
             "Dotted band: what the model cannot tell from the first value. "
             "Dotted upright:",
             INK_NONE);
    y += chart_line_height(page);
    if (more > 0)
        snprintf(text, sizeof(text), " %zu more measures: see the report.",
                 more);
    char words[240];
    snprintf(words, sizeof(words), "another version of the model.%s", text);
    pen_text(pen, FACE_DETAIL, CHART_PAD, y, words,
             more > 0 ? INK_ALERT : INK_NONE);
}
