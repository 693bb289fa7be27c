/* Prepares pixels exactly as training did, or every landmark is off by a
 * little: what is no film is left out, the rest resampled, then scaled by the
 * values there are. */
#include "inference/prep.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "inference/resample.h"
#include "inference/turn.h"

struct fitted { /* the region resampled, lying as the source does */
    struct grey_size size;
    struct resample_inside inside;
    float *grey;
    float *sorted; /* the n values that count */
    size_t n;
};

static void fitted_free(struct fitted *fitted)
{
    free(fitted->grey);
    free(fitted->sorted);
}

/* Of finite values, as an unsigned number that orders as they do. */
static uint32_t order_of(float value)
{
    uint32_t bits;
    memcpy(&bits, &value, sizeof bits);
    return bits & 0x80000000U ? ~bits : bits | 0x80000000U;
}

/* A byte at a time, the lowest first; 200,000 values take 2 ms, with qsort()
 * 40. An even number of passes: the result is where the values were. */
static void sort_floats(float *values, float *room, size_t n)
{
    for (unsigned shift = 0; shift < 32; shift += 8) {
        size_t starts[257] = {0};
        for (size_t i = 0; i < n; i++)
            starts[(order_of(values[i]) >> shift & 0xFF) + 1]++;
        for (size_t k = 1; k < 256; k++)
            starts[k] += starts[k - 1];
        for (size_t i = 0; i < n; i++)
            room[starts[order_of(values[i]) >> shift & 0xFF]++] = values[i];
        float *swap = values;
        values = room;
        room = swap;
    }
}

static bool sort_values(struct fitted *f, struct err *err)
{
    f->n = 0;
    for (uint32_t r = f->inside.row; r < f->inside.end_row; r++) {
        for (uint32_t c = f->inside.column; c < f->inside.end_column; c++) {
            float value = f->grey[(size_t)r * f->size.columns + c];
            if (!isfinite(value))
                return err_set(err, ERR_REJECT,
                               "the image has grey values that are no numbers");
            f->sorted[f->n++] = value;
        }
    }
    if (f->n == 0)
        return err_set(err, ERR_REJECT,
                       "no part of the image lies where the model looks");
    float *room = malloc(f->n * sizeof *room);
    if (!room)
        return err_set(err, ERR_RETRY, "no memory for the network input");
    sort_floats(f->sorted, room, f->n);
    free(room);
    return true;
}

static bool fit(const struct image *image, const struct film *film,
                const struct letterbox *box, struct fitted *f, struct err *err)
{
    struct grey_part from = {
        .grey = image->grey + (size_t)film->top * image->columns + film->left,
        .stride = image->columns,
        .size = {film->rows, film->columns}};
    struct region region = box->region;
    region.left -= film->left;
    region.top -= film->top;
    turn_size(box->turn, box->height, box->width, &f->size.rows,
              &f->size.columns);
    size_t n = (size_t)f->size.rows * f->size.columns;
    f->grey = calloc(n, sizeof *f->grey);
    f->sorted = calloc(n, sizeof *f->sorted);
    if (!f->grey || !f->sorted)
        return err_set(err, ERR_RETRY, "no memory for the network input");
    return resample_region(&from, &region, f->size, f->grey, &f->inside, err) &&
           sort_values(f, err);
}

static float percentile(const struct fitted *f, double percent)
{
    return f->sorted[(size_t)(percent / 100 * (double)(f->n - 1))];
}

static void mean_and_deviation(const struct fitted *f, float out[2])
{
    double sum = 0, squares = 0;
    for (size_t i = 0; i < f->n; i++)
        sum += (double)f->sorted[i];
    double mean = sum / (double)f->n;
    for (size_t i = 0; i < f->n; i++)
        squares +=
            ((double)f->sorted[i] - mean) * ((double)f->sorted[i] - mean);
    out[0] = (float)mean;
    out[1] = (float)sqrt(squares / (double)f->n);
}

/* Grey value g becomes (g - from) / over. */
struct scale {
    float from, over;
    bool clipped; /* to 0..1 */
};

static bool find_scale(const struct fitted *f, const struct prep_how *how,
                       struct scale *out, struct err *err)
{
    float pair[2] = {(float)how->limits[0], (float)how->limits[1]};
    out->clipped = how->intensity != INTENSITY_ZSCORE;
    if (how->intensity == INTENSITY_PERCENTILES) {
        pair[0] = percentile(f, how->limits[0]);
        pair[1] = percentile(f, how->limits[1]);
    } else if (how->intensity == INTENSITY_ZSCORE) {
        mean_and_deviation(f, pair);
    }
    out->from = pair[0];
    out->over = out->clipped ? pair[1] - pair[0] : pair[1];
    return out->over > 0 ||
           err_set(err, ERR_REJECT, "the image has no contrast");
}

static float scaled(float value, const struct scale *scale)
{
    float x = (value - scale->from) / scale->over;
    if (!scale->clipped)
        return x;
    return x > 1 ? 1 : x > 0 ? x : 0;
}

/* Where a position of the fitted region comes to lie in the input. */
static size_t place(const struct letterbox *box, uint32_t row, uint32_t column)
{
    bool across = box->turn & TURN_TRANSPOSE;
    uint32_t x = across ? row : column, y = across ? column : row;
    if (box->turn & TURN_FLIP_X)
        x = box->width - 1 - x;
    if (box->turn & TURN_FLIP_Y)
        y = box->height - 1 - y;
    return (size_t)(box->top + y) * box->columns + box->left + x;
}

bool prep_input(const struct image *image, const struct film *film,
                const struct letterbox *box, const struct prep_how *how,
                float *input, struct err *err)
{
    struct fitted f = {0};
    struct scale scale;
    if (!fit(image, film, box, &f, err) || !find_scale(&f, how, &scale, err)) {
        fitted_free(&f);
        return false;
    }
    memset(input, 0, (size_t)box->rows * box->columns * sizeof *input);
    for (uint32_t r = f.inside.row; r < f.inside.end_row; r++) {
        for (uint32_t c = f.inside.column; c < f.inside.end_column; c++)
            input[place(box, r, c)] =
                scaled(f.grey[(size_t)r * f.size.columns + c], &scale);
    }
    fitted_free(&f);
    return true;
}

bool prep_picture(const struct image *image, uint32_t rows, uint32_t columns,
                  unsigned char *picture, struct err *err)
{
    size_t n = (size_t)rows * columns;
    float *grey = calloc(n, sizeof *grey);
    if (!grey)
        return err_set(err, ERR_RETRY, "no memory for the picture");
    if (!resample_all(image->grey,
                      (struct grey_size){image->rows, image->columns},
                      (struct grey_size){rows, columns}, grey, err)) {
        free(grey);
        return false;
    }
    bool flat = !(image->hi > image->lo);
    struct scale scale = {image->lo, image->hi - image->lo, true};
    for (size_t i = 0; i < n; i++)
        picture[i] =
            flat ? 0 : (unsigned char)(scaled(grey[i], &scale) * 255 + 0.5F);
    free(grey);
    return true;
}
