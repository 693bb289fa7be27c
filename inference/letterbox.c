/* The geometry between a film and the network's input. It is a file of its
 * own because both halves need it: the sandboxed one to place the image, the
 * trusted one to bring landmarks back without believing what it is told.
 * models/ and scripts/train/ hold to the same formulas. */
#include "inference/letterbox.h"

#include <math.h>

static uint32_t fitted(uint32_t size, double scale, uint32_t limit)
{
    double n = nearbyint(size * scale);
    return n < 1 ? 1 : n > limit ? limit : (uint32_t)n;
}

struct letterbox letterbox_fit(uint32_t source_rows, uint32_t source_columns,
                               uint32_t rows, uint32_t columns)
{
    double scale =
        fmin((double)rows / source_rows, (double)columns / source_columns);
    struct letterbox box = {.rows = rows, .columns = columns};
    box.height = fitted(source_rows, scale, rows);
    box.width = fitted(source_columns, scale, columns);
    box.top = (rows - box.height) / 2;
    box.left = (columns - box.width) / 2;
    box.scale_x = (double)box.width / source_columns;
    box.scale_y = (double)box.height / source_rows;
    return box;
}

void letterbox_to_source(const struct letterbox *box, double x_in, double y_in,
                         double *x, double *y)
{
    /* the left edge of pixel 0 is at -0.5 in both grids */
    *x = (x_in - box->left + 0.5) / box->scale_x - 0.5;
    *y = (y_in - box->top + 0.5) / box->scale_y - 0.5;
}
