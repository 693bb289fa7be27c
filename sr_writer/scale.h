#ifndef SR_WRITER_SCALE_H
#define SR_WRITER_SCALE_H

#include "sr_writer/pen.h"

/* A ruler below the picture: a round number of millimeters, as long as that
 * many are across the picture. */
struct scale {
    double mm;     /* 1, 2 or 5 times a power of ten; 0: none */
    double pixels; /* of the picture */
};

/* columns: of the picture. None when the image is not calibrated, or when it
 * is so coarse that no round number is a quarter of the picture or less. */
struct scale scale_for(const struct findings_image *image, double columns);

double scale_height(const struct scale *scale, const struct pen *pen);
/* In a strip that begins at top, as wide as the picture, with words on how
 * far the millimeters can be trusted. */
void scale_draw(const struct scale *scale, const struct pen *pen, double top,
                double width, const char *words);

#endif
