/* Stored samples to grey values, the same for every encoding. Grey is the
 * output of the Modality LUT; an inverted image (MONOCHROME1 or Presentation
 * LUT Shape INVERSE, PS3.3 C.7.6.3.1.2 and C.11.6) is mirrored in the range
 * its stored bits can express, lowest + highest - grey, so that the same
 * stored value has the same grey in every image of a series and the window
 * mirrors with it. Without a window black and white are the 1st and 99th
 * percentile of what is no padding. */
#include "dicom/pixels_raw.h"

#include <math.h>
#include <stdlib.h>

#define BINS    65536
#define LARGEST 1e12 /* a float, and so are sums and differences */

struct mapping {
    const struct pixel_format *format;
    const struct pixel_values *values;
    uint32_t shift;
    uint32_t mask;
    int64_t least, most; /* stored values the bits can express */
    double mirror;       /* lowest + highest grey */
    double largest;      /* grey without its sign */
};

static uint32_t cell(const unsigned char *p, uint32_t bits)
{
    if (bits == 8)
        return p[0];
    if (bits == 16)
        return (uint32_t)p[1] << 8 | p[0];
    return (uint32_t)p[3] << 24 | (uint32_t)p[2] << 16 | (uint32_t)p[1] << 8 |
           p[0];
}

static int64_t stored(const struct mapping *map, const unsigned char *p)
{
    const uint32_t value =
        cell(p, map->format->bits_allocated) >> map->shift & map->mask;

    if (map->format->is_signed && (int64_t)value > map->most)
        return (int64_t)value - (int64_t)map->mask - 1;
    return value;
}

static uint16_t look_up(const struct pixel_lut *lut, int64_t value)
{
    int64_t i = value - lut->first;

    if (i < 0)
        i = 0;
    if (i >= lut->n)
        i = (int64_t)lut->n - 1;
    return lut->entries[i];
}

static double modality(const struct mapping *map, int64_t value)
{
    const struct pixel_values *values = map->values;

    if (values->modality.n > 0)
        return look_up(&values->modality, value);
    return (double)value * values->slope + values->intercept;
}

static void lut_range(const struct pixel_lut *lut, double *least, double *most)
{
    *least = *most = lut->entries[0];
    for (uint32_t i = 1; i < lut->n; i++) {
        *least = fmin(*least, lut->entries[i]);
        *most = fmax(*most, lut->entries[i]);
    }
}

static void map_start(struct mapping *map, const struct pixel_header *header)
{
    const struct pixel_format *format = &header->format;
    const uint32_t bits = format->bits_stored;
    double a, b;

    map->format = format;
    map->values = &header->values;
    map->shift = format->high_bit + 1 - bits;
    map->mask = bits == 32 ? UINT32_MAX : (UINT32_C(1) << bits) - 1;
    map->least = format->is_signed ? -((int64_t)map->mask / 2) - 1 : 0;
    map->most = format->is_signed ? map->mask / 2 : map->mask;
    if (header->values.modality.n > 0) {
        lut_range(&header->values.modality, &a, &b);
    } else {
        a = modality(map, map->least);
        b = modality(map, map->most);
    }
    map->mirror = a + b;
    map->largest = fmax(fabs(a), fabs(b));
}

void pixels_voi_range(const struct pixel_lut *lut, double *lo, double *hi)
{
    const uint16_t black = lut->entries[0];
    const uint16_t white = lut->entries[lut->n - 1];
    uint32_t first = 0, last = lut->n - 1;

    if (black < white) {
        while (lut->entries[first + 1] == black)
            first++;
        while (lut->entries[last - 1] == white)
            last--;
    }
    *lo = (double)lut->first + first;
    *hi = (double)lut->first + last;
}

/* Of n grey values, those of padding left out (NaN). */
static bool percentiles(const float *grey, size_t n, float least, float most,
                        struct image *out, struct err *err)
{
    const double scale = (BINS - 1) / ((double)most - (double)least);
    uint32_t *bins;
    size_t total = 0, seen = 0;
    bool low = false;

    out->lo = least;
    out->hi = least + 1;
    if (!(most > least))
        return true;
    bins = calloc(BINS, sizeof(*bins));
    if (bins == NULL)
        return err_set(err, ERR_RETRY, "no memory for a histogram");
    for (size_t i = 0; i < n; i++) {
        if (isnan(grey[i]))
            continue;
        bins[(size_t)(((double)grey[i] - (double)least) * scale)]++;
        total++;
    }
    out->hi = most;
    for (size_t i = 0; i < BINS; i++) {
        const float at = (float)((double)i / scale + (double)least);

        seen += bins[i];
        if (!low && seen * 100 > total) {
            out->lo = at;
            low = true;
        }
        if (seen * 100 >= total * 99) {
            out->hi = at;
            break;
        }
    }
    free(bins);
    if (!(out->hi > out->lo)) {
        out->lo = least;
        out->hi = most;
    }
    return true;
}

static bool finish(const struct mapping *map, struct image *out, size_t n,
                   struct err *err)
{
    const struct pixel_values *values = map->values;
    float least = INFINITY, most = -INFINITY;

    for (size_t i = 0; i < n; i++) {
        if (isnan(out->grey[i]))
            continue;
        least = fminf(least, out->grey[i]);
        most = fmaxf(most, out->grey[i]);
    }
    if (!(least <= most)) /* nothing but padding */
        least = most = 0;
    if (values->window) {
        out->lo =
            (float)(values->inverse ? map->mirror - values->hi : values->lo);
        out->hi =
            (float)(values->inverse ? map->mirror - values->lo : values->hi);
    }
    if (!values->window || !(out->hi > out->lo))
        if (!percentiles(out->grey, n, least, most, out, err))
            return false;
    for (size_t i = 0; i < n; i++)
        if (isnan(out->grey[i]))
            out->grey[i] = least;
    out->inverted = values->inverse;
    return true;
}

static bool mono(const struct mapping *map, const unsigned char *frame,
                 struct image *out, size_t n, struct err *err)
{
    const struct pixel_values *values = map->values;
    const size_t step = map->format->bits_allocated / 8;

    for (size_t i = 0; i < n; i++) {
        const int64_t value = stored(map, frame + i * step);
        double grey = modality(map, value);

        if (values->inverse)
            grey = map->mirror - grey;
        if (values->padded && value >= values->padding_lo &&
            value <= values->padding_hi)
            out->grey[i] = NAN;
        else
            out->grey[i] = (float)grey;
    }
    return finish(map, out, n, err);
}

/* ITU-R BT.601, as PS3.3 C.7.6.3.1.2 does for YBR_FULL. */
static double luminance(double r, double g, double b)
{
    return 0.299 * r + 0.587 * g + 0.114 * b;
}

static double color_at(const struct mapping *map, const unsigned char *frame,
                       size_t i, size_t n)
{
    const size_t bytes = map->format->bits_allocated / 8;
    const size_t pixel = map->format->planar ? bytes : 3 * bytes;
    const size_t plane = map->format->planar ? n * bytes : bytes;
    const unsigned char *p = frame + i * pixel;
    const struct pixel_lut *lut = map->values->palette;
    int64_t value;

    switch (map->format->color) {
    case PIXEL_PALETTE:
        value = stored(map, frame + i * bytes);
        return luminance(look_up(&lut[0], value), look_up(&lut[1], value),
                         look_up(&lut[2], value));
    case PIXEL_YBR_422:
        return (double)stored(map, frame + (i / 2 * 4 + i % 2) * bytes);
    case PIXEL_YBR:
        return (double)stored(map, p);
    default:
        return luminance((double)stored(map, p), (double)stored(map, p + plane),
                         (double)stored(map, p + 2 * plane));
    }
}

bool pixels_grey(const struct pixel_header *header, const unsigned char *frame,
                 struct image *out, struct err *err)
{
    const struct pixel_format *format = &header->format;
    const size_t n = (size_t)format->rows * format->columns;
    struct mapping map;
    struct image image = {.rows = format->rows, .columns = format->columns};

    map_start(&map, header);
    if (format->color == PIXEL_GREY && !(map.largest <= LARGEST))
        return err_set(err, ERR_REJECT,
                       "RescaleSlope and RescaleIntercept make gray values of "
                       "up to %g",
                       map.largest);
    image.grey = malloc(n * sizeof(*image.grey));
    if (image.grey == NULL)
        return err_set(err, ERR_RETRY, "no memory for %u x %u grey values",
                       image.rows, image.columns);
    if (format->color == PIXEL_GREY) {
        if (!mono(&map, frame, &image, n, err)) {
            free(image.grey);
            return false;
        }
    } else {
        for (size_t i = 0; i < n; i++)
            image.grey[i] = (float)color_at(&map, frame, i, n);
        image.hi = format->color == PIXEL_PALETTE
                       ? (float)((1U << header->values.palette[0].bits) - 1)
                       : (float)map.most;
    }
    *out = image;
    return true;
}

void pixels_free(struct image *image)
{
    free(image->grey);
    image->grey = NULL;
}
