#ifndef INFERENCE_TURN_H
#define INFERENCE_TURN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The eight ways a picture can lie (the symmetries of a rectangle). A turn is
 * a set of these bits and says how the upright picture, the one a model wants
 * to see, is read off the source: first its columns or rows are counted from
 * the other end, then rows and columns change places. */
#define TURN_NONE      0U
#define TURN_FLIP_X    1U /* upright x counts from the other end */
#define TURN_FLIP_Y    2U
#define TURN_TRANSPOSE 4U /* upright x runs along the source's rows */
#define TURN_ALL       7U

/* PatientOrientation (PS3.3 C.7.6.1.1.1) of an image, "R\F", and the one
 * wanted, "L\F". False: one is not two main directions, or they lie in
 * different planes; the turn is untouched. */
bool turn_between(const char *image, const char *wanted, uint32_t *turn);

/* Rows and columns of the upright picture of such a source. */
void turn_size(uint32_t turn, uint32_t rows, uint32_t columns,
               uint32_t *upright_rows, uint32_t *upright_columns);

/* A point of the source of rows x columns in the upright picture, and back.
 * Pixel-centre coordinates, exact. */
void turn_upright(uint32_t turn, uint32_t rows, uint32_t columns,
                  double point[2]);
void turn_back(uint32_t turn, uint32_t rows, uint32_t columns, double point[2]);

/* upright x, y = matrix times source x, y, but for where they begin. */
void turn_matrix(uint32_t turn, int matrix[2][2]);

#endif
