/* The ruler stands below the image and not on it: there it hides nothing, and
 * the picture above it has the same pixels. */
#include "sr_writer/scale.h"

#include <math.h>
#include <stdio.h>

#define LONGEST       0.25 /* of the picture's width */
#define SHORTEST      1e-3 /* mm */
#define STRIP_OF_FONT 1.8
#define PAD_OF_FONT   0.40
#define TICK_OF_FONT  0.35

struct scale scale_for(const struct findings_image *image, double columns)
{
    static const double steps[] = {5, 2, 1};
    double mm_per_pixel =
        columns > 0 ? image->spacing_mm[1] * image->columns / columns : 0;
    double most = LONGEST * columns * mm_per_pixel, power;

    if (image->calibration == CALIBRATION_NONE || !isfinite(most) ||
        most < SHORTEST)
        return (struct scale){0, 0};
    power = pow(10, floor(log10(most) + 1e-9));
    for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++)
        if (steps[i] * power <= most * (1 + 1e-9))
            return (struct scale){steps[i] * power,
                                  steps[i] * power / mm_per_pixel};
    return (struct scale){0, 0};
}

double scale_height(const struct scale *scale, const struct pen *pen)
{
    return scale->mm > 0 ? STRIP_OF_FONT * pen->font : 0;
}

void scale_draw(const struct scale *scale, const struct pen *pen, double top,
                double width, const char *words)
{
    double left = PAD_OF_FONT * pen->font;
    double y = top + STRIP_OF_FONT / 2 * pen->font;
    double tick = TICK_OF_FONT * pen->font;
    const double ends[][4] = {
        {left, y, left + scale->pixels, y},
        {left, y - tick, left, y + tick},
        {left + scale->pixels, y - tick, left + scale->pixels, y + tick},
    };
    char text[96];

    if (scale->mm <= 0)
        return;
    cairo_set_source_rgb(pen->cr, 0.09, 0.09, 0.10);
    cairo_rectangle(pen->cr, 0, top, width, scale_height(scale, pen));
    cairo_fill(pen->cr);
    for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
        const struct stroke s = {.kind = STROKE_LINE,
                                 .a = {ends[i][0], ends[i][1]},
                                 .b = {ends[i][2], ends[i][3]}};
        pen_stroke(pen, &s);
    }
    snprintf(text, sizeof(text), "%g mm%s%s", scale->mm,
             words[0] == '\0' ? "" : "  ", words);
    pen_text(pen, FACE_DETAIL, left + scale->pixels + 2 * tick,
             y + 0.3 * pen->font, text, INK_NONE);
}
