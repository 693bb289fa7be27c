/* The resampling of torch.nn.functional.interpolate (mode=bilinear,
 * antialias=True, align_corners=False), since training used it: a separable
 * triangle filter as wide as the reduction, whose weights are normalized where
 * it hangs over the border (ATen/native/cpu/UpSampleKernel.cpp, which took it
 * from Pillow's Resample.c); the same within rounding for a whole image. A
 * region may begin and end anywhere. */
#include "inference/resample.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define LARGEST 1e6 /* pixels */
#define LEAST   1e-6

struct taps { /* one output position's weights */
    uint32_t first, count;
    float *weights;
};

struct filter { /* along one axis */
    struct taps *taps;
    float *storage;
    uint32_t first, end; /* positions that are inside */
};

struct axis {
    uint32_t size;       /* source pixels there are */
    double from, length; /* of which these */
    uint32_t to;         /* become so many */
};

bool resample_possible(const struct region *region)
{
    return fabs(region->left) <= LARGEST && fabs(region->top) <= LARGEST &&
           region->width >= LEAST && region->width <= LARGEST &&
           region->height >= LEAST && region->height <= LARGEST;
}

static void filter_free(struct filter *filter)
{
    free(filter->taps);
    free(filter->storage);
}

static uint32_t clip(double position, uint32_t size)
{
    return position < 0 ? 0 : position > size ? size : (uint32_t)position;
}

/* In the precision of the original, whose rounded centers shift the weights
 * of a strong reduction by more than the rest of the arithmetic does. */
static void fill_taps(const struct axis *axis, float scale, float support,
                      uint32_t i, struct taps *taps)
{
    float center = (float)(axis->from + scale * (i + 0.5)), total = 0;
    float narrow = scale >= 1 ? 1 / scale : 1;
    if (!(center >= 0 && center < (float)axis->size))
        return; /* outside: count stays 0 */
    double first = center - support + 0.5, end = center + support + 0.5;
    taps->first = clip(first, axis->size);
    taps->count = clip(end, axis->size) - taps->first;
    for (uint32_t j = 0; j < taps->count; j++) {
        double at = (double)j + taps->first - center + 0.5;
        float w = 1 - fabsf((float)(at * narrow));
        taps->weights[j] = w > 0 ? w : 0;
        total += taps->weights[j];
    }
    for (uint32_t j = 0; j < taps->count; j++)
        taps->weights[j] /= total;
}

static bool filter_make(const struct axis *axis, struct filter *out)
{
    float scale = (float)axis->length / (float)axis->to;
    float support = scale >= 1 ? scale : 1;
    size_t room = (size_t)ceilf(support) * 2 + 1;
    out->taps = calloc(axis->to, sizeof *out->taps);
    out->storage = calloc((size_t)axis->to * room, sizeof *out->storage);
    if (!out->taps || !out->storage)
        return false;
    out->first = axis->to;
    for (uint32_t i = 0; i < axis->to; i++) {
        out->taps[i].weights = out->storage + (size_t)i * room;
        fill_taps(axis, scale, support, i, &out->taps[i]);
        if (out->taps[i].count == 0)
            continue;
        if (out->first == axis->to)
            out->first = i;
        out->end = i + 1;
    }
    return true;
}

static void resample_row(const float *row, const struct filter *filter,
                         uint32_t n, float *out)
{
    for (uint32_t i = 0; i < n; i++) {
        const struct taps *t = &filter->taps[i];
        float sum = 0;
        for (uint32_t j = 0; j < t->count; j++)
            sum += row[t->first + j] * t->weights[j];
        out[i] = sum;
    }
}

/* narrow begins with source row first_row. */
static void resample_columns(const float *narrow, uint32_t first_row,
                             uint32_t columns, const struct taps *t, float *out)
{
    memset(out, 0, columns * sizeof *out);
    for (uint32_t j = 0; j < t->count; j++) {
        const float *row =
            narrow + (size_t)(t->first + j - first_row) * columns;
        for (uint32_t i = 0; i < columns; i++)
            out[i] += row[i] * t->weights[j];
    }
}

/* Only the source rows that the region reaches are looked at. */
static bool resample(const struct grey_part *from, const struct filter *across,
                     const struct filter *down, struct grey_size to, float *out)
{
    if (down->first >= down->end) {
        memset(out, 0, (size_t)to.rows * to.columns * sizeof *out);
        return true;
    }
    const struct taps *last = &down->taps[down->end - 1];
    uint32_t row = down->taps[down->first].first;
    uint32_t rows = last->first + last->count - row;
    float *narrow = calloc((size_t)rows * to.columns, sizeof *narrow);
    if (!narrow)
        return false;
    for (uint32_t r = 0; r < rows; r++)
        resample_row(from->grey + (row + r) * from->stride, across, to.columns,
                     narrow + (size_t)r * to.columns);
    for (uint32_t r = 0; r < to.rows; r++)
        resample_columns(narrow, row, to.columns, &down->taps[r],
                         out + (size_t)r * to.columns);
    free(narrow);
    return true;
}

bool resample_region(const struct grey_part *from, const struct region *region,
                     struct grey_size to, float *out,
                     struct resample_inside *inside, struct err *err)
{
    struct filter across = {0}, down = {0};
    struct axis x = {from->size.columns, region->left, region->width,
                     to.columns};
    struct axis y = {from->size.rows, region->top, region->height, to.rows};
    bool ok = filter_make(&x, &across) && filter_make(&y, &down) &&
              resample(from, &across, &down, to, out);
    if (ok)
        *inside = (struct resample_inside){down.first, down.end, across.first,
                                           across.end};
    filter_free(&across);
    filter_free(&down);
    return ok || err_set(err, ERR_RETRY, "no memory to resample the image");
}

bool resample_all(const float *grey, struct grey_size from, struct grey_size to,
                  float *out, struct err *err)
{
    struct region all = {.width = from.columns, .height = from.rows};
    struct grey_part part = {grey, from.columns, from};
    struct resample_inside inside;
    return resample_region(&part, &all, to, out, &inside, err);
}
