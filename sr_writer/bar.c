/* Text that must be read but must not lie on the patient: what the picture is
 * (above) and what was not measured (below). Orange on near black: it stands
 * out without lighting up a dark reading room. */
#include "sr_writer/bar.h"

#include <string.h>

#define LINE_OF_FONT  1.35
#define SMALL_OF_FONT 0.78 /* below the title */
#define PAD_OF_FONT   0.40

static double tone_size(const struct pen *pen, enum bar_tone tone)
{
    return pen->font * (tone == BAR_TITLE ? 1.0 : SMALL_OF_FONT);
}

static void tone_font(const struct pen *pen, enum bar_tone tone)
{
    cairo_select_font_face(pen->cr, "DejaVu Sans", CAIRO_FONT_SLANT_NORMAL,
                           tone == BAR_TITLE ? CAIRO_FONT_WEIGHT_BOLD
                                             : CAIRO_FONT_WEIGHT_NORMAL);
    cairo_set_font_size(pen->cr, tone_size(pen, tone));
}

static double part_width(const struct pen *pen, const char *text)
{
    cairo_text_extents_t extents;

    cairo_text_extents(pen->cr, text, &extents);
    return extents.x_advance;
}

/* Bytes of text that fit: up to the last space, or else up to the last whole
 * character (UTF-8). At least one character, so that the caller comes on. */
static size_t fitting(const struct pen *pen, const char *text, double width)
{
    char part[BAR_TEXT];
    size_t best = 0, space = 0, n = strlen(text);

    for (size_t i = 1; i <= n && i < sizeof(part); i++) {
        if (((unsigned char)text[i] & 0xC0) == 0x80)
            continue;
        memcpy(part, text, i);
        part[i] = '\0';
        if (best > 0 && part_width(pen, part) > width)
            return space > 0 ? space : best;
        best = i;
        if (text[i] == ' ')
            space = i;
    }
    return best;
}

void bar_add(struct bar *bar, const struct pen *pen, enum bar_tone tone,
             const char *text)
{
    double width = bar->width - 2 * PAD_OF_FONT * pen->font;

    tone_font(pen, tone);
    while (*text != '\0' && bar->n < BAR_LINES) {
        size_t n = fitting(pen, text, width);
        memcpy(bar->lines[bar->n].text, text, n);
        bar->lines[bar->n].text[n] = '\0';
        bar->lines[bar->n++].tone = tone;
        text += n;
        text += strspn(text, " ");
    }
}

double bar_height(const struct bar *bar, const struct pen *pen)
{
    double sum = 0;

    for (size_t i = 0; i < bar->n; i++)
        sum += tone_size(pen, bar->lines[i].tone);
    if (bar->n == 0)
        return 0;
    return sum * LINE_OF_FONT + 2 * PAD_OF_FONT * pen->font;
}

void bar_draw(const struct bar *bar, const struct pen *pen, double top)
{
    double y = top + PAD_OF_FONT * pen->font;

    cairo_set_source_rgb(pen->cr, 0.09, 0.09, 0.10);
    cairo_rectangle(pen->cr, 0, top, bar->width, bar_height(bar, pen));
    cairo_fill(pen->cr);
    for (size_t i = 0; i < bar->n; i++) {
        double size = tone_size(pen, bar->lines[i].tone);
        tone_font(pen, bar->lines[i].tone);
        if (bar->lines[i].tone != BAR_PLAIN)
            cairo_set_source_rgb(pen->cr, 1.0, 0.65, 0.15);
        else
            cairo_set_source_rgb(pen->cr, 0.85, 0.85, 0.85);
        cairo_move_to(pen->cr, PAD_OF_FONT * pen->font, y + size);
        cairo_show_text(pen->cr, bar->lines[i].text);
        y += LINE_OF_FONT * size;
    }
}
