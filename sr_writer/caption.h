#ifndef SR_WRITER_CAPTION_H
#define SR_WRITER_CAPTION_H

#include "sr_writer/bar.h"
#include "sr_writer/layout.h"

/* Fills the bars. Above the picture: what it is. */
void caption_above(struct bar *bar, const struct pen *pen,
                   const struct findings *f);

/* Above it too: what was found on that image that has no box on it, and what
 * a frame means. Below: values that found no place on the picture, and what
 * was not measured and why. */
void caption_image_above(struct bar *bar, const struct layout *layout,
                         const struct findings *f, size_t image);
void caption_below(struct bar *bar, const struct layout *layout,
                   const struct findings *f, size_t image);

/* A page without a picture: nothing was measured, and why. */
void caption_note(struct bar *bar, const struct pen *pen,
                  const struct findings *f);

#endif
