#ifndef SR_WRITER_CAPTION_H
#define SR_WRITER_CAPTION_H

#include "sr_writer/bar.h"

/* Fills the bars: above the picture what it is, below it what was not measured
 * on that image and how far millimeters can be trusted. */
void caption_above(struct bar *bar, const struct pen *pen,
                   const struct findings *f);
void caption_below(struct bar *bar, const struct pen *pen,
                   const struct findings *f, size_t image);

/* A page without a picture: nothing was measured, and why. */
void caption_note(struct bar *bar, const struct pen *pen,
                  const struct findings *f);

#endif
