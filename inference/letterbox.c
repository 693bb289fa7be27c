/* The geometry between a film and the network's input. It is a file of its
 * own because both halves need it: the sandboxed one to place the image, the
 * trusted one to bring landmarks back without believing what it is told.
 * models/ and scripts/train/ hold to the same formulas. */
#include "inference/letterbox.h"

#include <math.h>

#include "inference/turn.h"

static uint32_t fitted(double size, double scale, uint32_t limit)
{
    double n = nearbyint(size * scale);
    return n < 1 ? 1 : n > limit ? limit : (uint32_t)n;
}

struct letterbox letterbox_region(const struct region *region, double aspect,
                                  uint32_t turn, enum network_fit fit,
                                  uint32_t rows, uint32_t columns)
{
    bool across = turn & TURN_TRANSPOSE;
    double along[2] = {region->width, region->height}; /* upright x, y */
    double square[2] = {region->width, region->height * aspect};
    struct letterbox box = {.rows = rows,
                            .columns = columns,
                            .height = rows,
                            .width = columns,
                            .region = *region,
                            .turn = turn ^ (region->mirror ? TURN_FLIP_X : 0)};
    if (fit == FIT_LETTERBOX) {
        double scale = fmin(rows / square[!across], columns / square[across]);
        box.height = fitted(square[!across], scale, rows);
        box.width = fitted(square[across], scale, columns);
    }
    box.top = (rows - box.height) / 2;
    box.left = (columns - box.width) / 2;
    box.scale_x = box.width / along[across];
    box.scale_y = box.height / along[!across];
    return box;
}

struct letterbox letterbox_fit(uint32_t source_rows, uint32_t source_columns,
                               uint32_t rows, uint32_t columns)
{
    struct region all = {.width = source_columns, .height = source_rows};
    return letterbox_region(&all, 1, TURN_NONE, FIT_LETTERBOX, rows, columns);
}

void letterbox_to_source(const struct letterbox *box, double x_in, double y_in,
                         double *x, double *y)
{
    bool across = box->turn & TURN_TRANSPOSE;
    const struct region *region = &box->region;
    /* the left edge of pixel 0 is at -0.5 in both grids */
    double u = (x_in - box->left + 0.5) / box->scale_x;
    double v = (y_in - box->top + 0.5) / box->scale_y;
    if (box->turn & TURN_FLIP_X)
        u = (across ? region->height : region->width) - u;
    if (box->turn & TURN_FLIP_Y)
        v = (across ? region->width : region->height) - v;
    *x = region->left + (across ? v : u) - 0.5;
    *y = region->top + (across ? u : v) - 0.5;
}
