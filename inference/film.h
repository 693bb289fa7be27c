#ifndef INFERENCE_FILM_H
#define INFERENCE_FILM_H

#include "dicom/pixels.h"
#include "inference/network.h"

/* The part of an image that shows something: without plain margins, the white
 * frame of a digitised film, the black one of a shutter. Source pixels. */
struct film {
    uint32_t top, left, rows, columns;
};

/* Outermost rows and columns are left out while their grey values are all the
 * same, twice: first those whose values are equal; then those whose values
 * differ by at most FILM_NOISE of the range (highest - lowest) of what the
 * first left over. A row is looked at between the columns that are left, and
 * the other way round, until nothing more can go: what is left depends
 * neither on the order nor on how wide a plain margin is. All of the image
 * when less than 1/FILM_LEAST of its rows or columns would be left, which is
 * a spot and no film; values that are no numbers are no frame.
 *
 * FILM_NOISE is that of a shutter after near-lossless compression (2 of 255)
 * and of a light box: without it frames with such noise moved 3 of 32 angles
 * of test/fixtures/legs by 0.2 to 0.6 degrees, with it none by 0.01. */
#define FILM_NOISE 0.01F
#define FILM_LEAST 4

struct film film_find(const struct image *image);
struct film film_all(uint32_t rows, uint32_t columns);
struct region film_region(const struct film *film);

/* What film_find() may answer for an image of rows x columns. */
bool film_possible(const struct film *film, uint32_t rows, uint32_t columns);

#endif
