/* Reads a landmark off a heatmap. The softmax over all cells gives the
 * confidence (a network that does not know the picture spreads its mass, and
 * the peak sinks far below that of a Gaussian of the trained width); the
 * position is the mean of the 7x7 cells around the highest one, which resists
 * a second, smaller hill elsewhere (local soft-argmax, as in Sun et al.,
 * Integral Human Pose Regression, ECCV 2018, cut to a window). */
#include "inference/heatmap.h"

#include <math.h>
#include <stddef.h>

#define WINDOW 3 /* cells to each side */
#define PI     3.14159265358979323846

static bool find_highest(const float *logits, size_t n, size_t *at)
{
    size_t best = 0;
    for (size_t i = 0; i < n; i++) {
        if (!isfinite(logits[i]))
            return false;
        if (logits[i] > logits[best])
            best = i;
    }
    *at = best;
    return true;
}

static uint32_t clip_low(uint32_t center)
{
    return center < WINDOW ? 0 : center - WINDOW;
}

static uint32_t clip_high(uint32_t center, uint32_t size)
{
    return size - center <= WINDOW ? size - 1 : center + WINDOW;
}

bool heatmap_decode(const float *logits, const struct heatmap_grid *grid,
                    struct heatmap_point *out)
{
    size_t n = (size_t)grid->rows * grid->columns, at;
    if (n == 0 || !find_highest(logits, n, &at))
        return false;
    double highest = logits[at], total = 0;
    for (size_t i = 0; i < n; i++)
        total += exp(logits[i] - highest);
    uint32_t row = (uint32_t)(at / grid->columns);
    uint32_t column = (uint32_t)(at % grid->columns);

    double mass = 0, sum_x = 0, sum_y = 0;
    for (uint32_t r = clip_low(row); r <= clip_high(row, grid->rows); r++) {
        for (uint32_t c = clip_low(column);
             c <= clip_high(column, grid->columns); c++) {
            double w = exp(logits[(size_t)r * grid->columns + c] - highest);
            mass += w;
            sum_x += w * c;
            sum_y += w * r;
        }
    }
    /* cell i covers input pixels stride*i .. stride*i + stride-1 */
    double center = (grid->stride - 1) / 2.0;
    letterbox_to_source(&grid->box, grid->stride * (sum_x / mass) + center,
                        grid->stride * (sum_y / mass) + center, &out->x,
                        &out->y);
    double perfect = 1 / (2 * PI * grid->sigma * grid->sigma);
    out->confidence = fmin(1, 1 / total / perfect);
    return true;
}
