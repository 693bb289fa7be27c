/* Boxes by their centres: a peak of a map says that something is there, maps
 * beside it how large it is (Zhou et al., Objects as Points, 2019). Peaks
 * alone leave doubles where a map has two summits, so that overlapping boxes
 * are thinned as well. */
#include "inference/boxes.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define OFFSET_MOST 2.0 /* cells: a centre further away is another cell's */

struct peak {
    double confidence, box[4]; /* x0 y0 x1 y1 in source pixels */
    uint32_t class, cell;
};

struct maps {
    const struct network_output *output;
    const float *values;
    const struct decode_at *at;
    uint32_t rows, columns;
};

static float value(const struct maps *m, size_t channel, uint32_t cell)
{
    return m->values[channel * m->rows * m->columns + cell];
}

/* Of cells that are equal the first is the peak. */
static bool highest(const struct maps *m, size_t class, uint32_t row,
                    uint32_t column)
{
    uint32_t cell = row * m->columns + column;
    float here = value(m, class, cell);
    for (int dr = -1; dr <= 1; dr++) {
        for (int dc = -1; dc <= 1; dc++) {
            int64_t r = (int64_t)row + dr, c = (int64_t)column + dc;
            if (r < 0 || c < 0 || r >= m->rows || c >= m->columns)
                continue;
            uint32_t other = (uint32_t)(r * m->columns + c);
            float there = value(m, class, other);
            if (there > here || (there >= here && other < cell))
                return false;
        }
    }
    return true;
}

static double between(double x, double least, double most)
{
    return x < least ? least : x > most ? most : x;
}

/* False: no box at all, or none on the image. */
static bool place(const struct maps *m, struct peak *peak)
{
    const struct letterbox *in = &m->at->box;
    size_t n = m->output->n_names;
    double stride = m->output->stride, corner[2][2], half[2], center[2];
    half[0] = exp((double)value(m, n, peak->cell)) * stride / 2;
    half[1] = exp((double)value(m, n + 1, peak->cell)) * stride / 2;
    if (!(half[0] > 0 && half[0] <= in->columns && half[1] > 0 &&
          half[1] <= in->rows))
        return false;
    for (size_t i = 0; i < 2; i++) {
        uint32_t at =
            i == 0 ? peak->cell % m->columns : peak->cell / m->columns;
        double offset = (double)value(m, n + 2 + i, peak->cell);
        if (!(fabs(offset) <= OFFSET_MOST))
            return false;
        center[i] = stride * (at + offset) + (stride - 1) / 2;
    }
    letterbox_to_source(in, center[0] - half[0], center[1] - half[1],
                        &corner[0][0], &corner[0][1]);
    letterbox_to_source(in, center[0] + half[0], center[1] + half[1],
                        &corner[1][0], &corner[1][1]);
    for (size_t i = 0; i < 2; i++) {
        double low = fmin(corner[0][i], corner[1][i]);
        double high = fmax(corner[0][i], corner[1][i]);
        peak->box[i] = between(low, m->at->film[i], m->at->film[2 + i]);
        peak->box[2 + i] = between(high, m->at->film[i], m->at->film[2 + i]);
    }
    return peak->box[0] < peak->box[2] && peak->box[1] < peak->box[3];
}

static bool find_peaks(const struct maps *m, struct peak *peaks, size_t *n,
                       struct err *err)
{
    double p = m->output->threshold;
    double least = p > 0 ? log(p / (1 - p)) : -INFINITY; /* as a logit */
    *n = 0;
    for (uint32_t class = 0; class < m->output->n_names; class ++) {
        for (uint32_t cell = 0; cell < m->rows * m->columns; cell++) {
            double logit = (double)value(m, class, cell);
            if (!(logit >= least) ||
                !highest(m, class, cell / m->columns, cell % m->columns))
                continue;
            if (*n == BOXES_PEAKS)
                return err_set(err, ERR_REJECT,
                               "output %s has more than %d peaks",
                               m->output->name, BOXES_PEAKS);
            peaks[*n] = (struct peak){.confidence = 1 / (1 + exp(-logit)),
                                      .class = class,
                                      .cell = cell};
            *n += place(m, &peaks[*n]);
        }
    }
    return true;
}

static int more_certain(const void *a, const void *b)
{
    const struct peak *p = a, *q = b;
    if (p->confidence != q->confidence)
        return p->confidence < q->confidence ? 1 : -1;
    if (p->class != q->class)
        return p->class < q->class ? -1 : 1;
    return (p->cell > q->cell) - (p->cell < q->cell);
}

static double area(const double box[4])
{
    return (box[2] - box[0]) * (box[3] - box[1]);
}

static double overlap(const double a[4], const double b[4])
{
    double width = fmin(a[2], b[2]) - fmax(a[0], b[0]);
    double height = fmin(a[3], b[3]) - fmax(a[1], b[1]);
    if (!(width > 0 && height > 0))
        return 0;
    return width * height / (area(a) + area(b) - width * height);
}

static bool is_double(const struct network_output *output,
                      const struct peak *peaks, const size_t *kept, size_t n,
                      const struct peak *peak)
{
    for (size_t i = 0; i < n; i++) {
        const struct peak *other = &peaks[kept[i]];
        if (other->class == peak->class &&
            overlap(other->box, peak->box) >= output->overlap)
            return true;
    }
    return false;
}

static void add(const struct maps *m, const struct peak *peak,
                struct seen *seen)
{
    struct seen_box *box = &seen->boxes[seen->n_boxes++];
    memset(box, 0, sizeof *box);
    snprintf(box->output, sizeof box->output, "%s", m->output->name);
    snprintf(box->name, sizeof box->name, "%s", m->output->names[peak->class]);
    box->side = m->at->side;
    memcpy(box->box, peak->box, sizeof box->box);
    box->confidence = peak->confidence;
}

bool boxes_decode(const struct network_output *output, const float *values,
                  const struct decode_at *at, struct seen *seen,
                  struct err *err)
{
    struct maps maps = {.output = output,
                        .values = values,
                        .at = at,
                        .rows = output->shape[1],
                        .columns = output->shape[2]};
    struct peak *peaks = calloc(BOXES_PEAKS, sizeof *peaks);
    size_t kept[SEEN_BOXES], n_kept = 0, n;
    if (!peaks)
        return err_set(err, ERR_RETRY, "no memory for boxes");
    if (!find_peaks(&maps, peaks, &n, err)) {
        free(peaks);
        return false;
    }
    qsort(peaks, n, sizeof *peaks, more_certain);
    for (size_t i = 0; i < n && n_kept < output->most && n_kept < SEEN_BOXES &&
                       seen->n_boxes < SEEN_BOXES;
         i++) {
        if (is_double(output, peaks, kept, n_kept, &peaks[i]))
            continue;
        kept[n_kept++] = i;
        add(&maps, &peaks[i], seen);
    }
    free(peaks);
    return true;
}
