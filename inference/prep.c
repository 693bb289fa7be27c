/* Prepares pixels exactly as training did, or every landmark is off by a
 * little: the resampling is that of torch.nn.functional.interpolate
 * (mode=bilinear, antialias=True, align_corners=False), a separable triangle
 * filter as wide as the reduction, whose weights are normalized where it hangs
 * over the border (ATen/native/cpu/UpSampleKernel.cpp, which took it from
 * Pillow's Resample.c). */
#include "inference/prep.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

struct taps { /* one output position's weights */
    uint32_t first, count;
    float *weights;
};

struct filter {
    struct taps *taps;
    float *storage;
};

static void filter_free(struct filter *filter)
{
    free(filter->taps);
    free(filter->storage);
}

/* In the precision of the original, whose rounded centers shift the weights
 * of a strong reduction by more than the rest of the arithmetic does. */
static void fill_taps(uint32_t from, float scale, float support, uint32_t i,
                      struct taps *taps)
{
    float center = (float)(scale * (i + 0.5)), total = 0;
    float narrow = scale >= 1 ? 1 / scale : 1;
    double first = center - support + 0.5, end = center + support + 0.5;
    taps->first = first < 0 ? 0 : (uint32_t)first;
    taps->count = (end > from ? from : (uint32_t)end) - taps->first;
    for (uint32_t j = 0; j < taps->count; j++) {
        double at = (double)j + taps->first - center + 0.5;
        float w = 1 - fabsf((float)(at * narrow));
        taps->weights[j] = w > 0 ? w : 0;
        total += taps->weights[j];
    }
    for (uint32_t j = 0; j < taps->count; j++)
        taps->weights[j] /= total;
}

static bool filter_make(uint32_t from, uint32_t to, struct filter *out)
{
    float scale = (float)from / (float)to, support = scale >= 1 ? scale : 1;
    size_t room = (size_t)ceilf(support) * 2 + 1;
    out->taps = calloc(to, sizeof *out->taps);
    out->storage = calloc((size_t)to * room, sizeof *out->storage);
    if (!out->taps || !out->storage) {
        filter_free(out);
        return false;
    }
    for (uint32_t i = 0; i < to; i++) {
        out->taps[i].weights = out->storage + (size_t)i * room;
        fill_taps(from, scale, support, i, &out->taps[i]);
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

static void resample_columns(const float *wide, uint32_t columns,
                             const struct taps *t, float *out)
{
    memset(out, 0, columns * sizeof *out);
    for (uint32_t j = 0; j < t->count; j++) {
        const float *row = wide + (size_t)(t->first + j) * columns;
        for (uint32_t i = 0; i < columns; i++)
            out[i] += row[i] * t->weights[j];
    }
}

bool prep_resample(const float *grey, uint32_t rows, uint32_t columns,
                   uint32_t out_rows, uint32_t out_columns, float *out,
                   struct err *err)
{
    struct filter across = {0}, down = {0};
    float *narrow = calloc((size_t)rows * out_columns, sizeof *narrow);
    bool ok = narrow && filter_make(columns, out_columns, &across);
    if (ok && !filter_make(rows, out_rows, &down)) {
        filter_free(&across);
        ok = false;
    }
    if (!ok) {
        free(narrow);
        return err_set(err, ERR_RETRY, "no memory to resample the image");
    }
    for (uint32_t r = 0; r < rows; r++)
        resample_row(grey + (size_t)r * columns, &across, out_columns,
                     narrow + (size_t)r * out_columns);
    for (uint32_t r = 0; r < out_rows; r++)
        resample_columns(narrow, out_columns, &down.taps[r],
                         out + (size_t)r * out_columns);
    filter_free(&across);
    filter_free(&down);
    free(narrow);
    return true;
}

static int compare(const void *a, const void *b)
{
    float x = *(const float *)a, y = *(const float *)b;
    return (x > y) - (x < y);
}

static float percentile(const float *sorted, size_t n, double percent)
{
    return sorted[(size_t)(percent / 100 * (double)(n - 1))];
}

static bool find_range(const float *grey, size_t n, const double percents[2],
                       float range[2], struct err *err)
{
    float *sorted = malloc(n * sizeof *sorted);
    if (!sorted)
        return err_set(err, ERR_RETRY, "no memory to sort grey values");
    for (size_t i = 0; i < n; i++) {
        if (!isfinite(grey[i])) {
            free(sorted);
            return err_set(err, ERR_REJECT,
                           "the image has grey values that are no numbers");
        }
        sorted[i] = grey[i];
    }
    qsort(sorted, n, sizeof *sorted, compare);
    range[0] = percentile(sorted, n, percents[0]);
    range[1] = percentile(sorted, n, percents[1]);
    free(sorted);
    if (!(range[1] > range[0]))
        return err_set(err, ERR_REJECT, "the image has no contrast");
    return true;
}

static float unit(float value, float lo, float hi)
{
    float x = (value - lo) / (hi - lo);
    return x > 1 ? 1 : x > 0 ? x : 0;
}

bool prep_input(const struct image *image, const struct letterbox *box,
                const double percentiles[2], float *input, struct err *err)
{
    size_t n = (size_t)box->height * box->width;
    float range[2] = {0}, *fitted = calloc(n, sizeof *fitted);
    if (!fitted)
        return err_set(err, ERR_RETRY, "no memory for the network input");
    if (!prep_resample(image->grey, image->rows, image->columns, box->height,
                       box->width, fitted, err) ||
        !find_range(fitted, n, percentiles, range, err)) {
        free(fitted);
        return false;
    }
    memset(input, 0, (size_t)box->rows * box->columns * sizeof *input);
    for (uint32_t r = 0; r < box->height; r++) {
        float *to = input + (size_t)(box->top + r) * box->columns + box->left;
        for (uint32_t c = 0; c < box->width; c++)
            to[c] =
                unit(fitted[(size_t)r * box->width + c], range[0], range[1]);
    }
    free(fitted);
    return true;
}

bool prep_picture(const struct image *image, uint32_t rows, uint32_t columns,
                  unsigned char *picture, struct err *err)
{
    size_t n = (size_t)rows * columns;
    float *grey = calloc(n, sizeof *grey);
    if (!grey)
        return err_set(err, ERR_RETRY, "no memory for the picture");
    if (!prep_resample(image->grey, image->rows, image->columns, rows, columns,
                       grey, err)) {
        free(grey);
        return false;
    }
    bool flat = !(image->hi > image->lo);
    for (size_t i = 0; i < n; i++)
        picture[i] =
            flat ? 0
                 : (unsigned char)(unit(grey[i], image->lo, image->hi) * 255 +
                                   0.5F);
    free(grey);
    return true;
}
