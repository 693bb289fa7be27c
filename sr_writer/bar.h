#ifndef SR_WRITER_BAR_H
#define SR_WRITER_BAR_H

#include "sr_writer/pen.h"

/* A bar of wrapped text above or below the image. */
#define BAR_LINES 128
#define BAR_TEXT  256

enum bar_tone { BAR_TITLE, BAR_WARNING, BAR_PLAIN };

struct bar {
    struct {
        char text[BAR_TEXT];
        enum bar_tone tone;
    } lines[BAR_LINES];
    size_t n;
    double width;
};

/* Breaks text at spaces to the bar's width; what exceeds the lines is lost. */
void bar_add(struct bar *bar, const struct pen *pen, enum bar_tone tone,
             const char *text);
double bar_height(const struct bar *bar, const struct pen *pen); /* 0: empty */
void bar_draw(const struct bar *bar, const struct pen *pen, double top);

#endif
