/* One small reader per kind of output. Every number is finite when it comes
 * and is made to be in range: a network that says nonsense says it without
 * confidence. */
#include "inference/decode.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "inference/boxes.h"
#include "inference/heatmap.h"
#include "inference/turn.h"

void decode_name(enum side side, const char *name, char out[static 65])
{
    snprintf(out, 65, "%s%s%s", side_name(side), side ? "." : "", name);
}

static bool full(const char *what, size_t most, struct err *err)
{
    return err_set(err, ERR_REJECT, "the model sees more than %zu %s", most,
                   what);
}

static bool add_landmark(const struct network_output *output, size_t i,
                         enum side side, const struct heatmap_point *point,
                         struct seen *seen, struct err *err)
{
    char name[65];
    size_t at = 0;
    decode_name(side, output->names[i], name);
    while (at < seen->n_landmarks &&
           strcmp(seen->landmarks[at].name, name) != 0)
        at++;
    if (at == FINDINGS_LANDMARKS)
        return full("landmarks", at, err);
    if (at == seen->n_landmarks)
        seen->n_landmarks++;
    struct landmark *l = &seen->landmarks[at];
    memcpy(l->name, name, sizeof l->name);
    l->x = point->x;
    l->y = point->y;
    l->confidence = point->confidence;
    return true;
}

static bool heatmaps(const struct network_output *output, const float *values,
                     const struct decode_at *at, struct seen *seen,
                     struct err *err)
{
    struct heatmap_grid grid = {.rows = output->shape[1],
                                .columns = output->shape[2],
                                .stride = output->stride,
                                .sigma = output->sigma,
                                .box = at->box};
    size_t cells = (size_t)grid.rows * grid.columns;
    for (size_t i = 0; i < output->n_names; i++) {
        struct heatmap_point point;
        if (!heatmap_decode(values + i * cells, &grid, &point))
            return err_set(err, ERR_RETRY, "heatmap %zu cannot be read", i);
        if (!add_landmark(output, i, at->side, &point, seen, err))
            return false;
    }
    return true;
}

static double sigmoid(double logit)
{
    return 1 / (1 + exp(-logit));
}

/* Within the input and as much around it; else at its border, unsure. */
static double near_input(double at, double size, double *confidence)
{
    if (at >= -size && at <= 2 * size)
        return at;
    *confidence = 0;
    return at > 0 ? size : 0;
}

static bool points(const struct network_output *output, const float *values,
                   const struct decode_at *at, struct seen *seen,
                   struct err *err)
{
    for (size_t i = 0; i < output->n_names; i++) {
        const float *v = values + 3 * i;
        struct heatmap_point point;
        double confidence = sigmoid((double)v[2]);
        double x = near_input((double)v[0], at->box.columns, &confidence);
        double y = near_input((double)v[1], at->box.rows, &confidence);
        letterbox_to_source(&at->box, x, y, &point.x, &point.y);
        point.confidence = confidence;
        if (!add_landmark(output, i, at->side, &point, seen, err))
            return false;
    }
    return true;
}

/* *probability: of that label, by a softmax over all. */
static uint8_t best_label(const struct network_output *output,
                          const float *values, size_t cell, float *probability)
{
    size_t cells = (size_t)output->shape[1] * output->shape[2], best = 0;
    for (size_t i = 1; i < output->n_names; i++) {
        if (values[i * cells + cell] > values[best * cells + cell])
            best = i;
    }
    double total = 0;
    for (size_t i = 0; i < output->n_names; i++)
        total += exp((double)values[i * cells + cell] -
                     (double)values[best * cells + cell]);
    *probability = (float)(1 / total);
    return (uint8_t)best;
}

/* Where cell (row, column) of an output lies in the source. */
static void cell_place(const struct network_output *output,
                       const struct decode_at *at, uint32_t row,
                       uint32_t column, double place[2])
{
    double center = (output->stride - 1) / 2.0;
    letterbox_to_source(&at->box, output->stride * (double)column + center,
                        output->stride * (double)row + center, &place[0],
                        &place[1]);
}

static bool in_padding(const struct network_output *output,
                       const struct letterbox *box, uint32_t row,
                       uint32_t column)
{
    double half = output->stride / 2.0; /* cell centre from its outer corner */
    double y = output->stride * (double)row + half - box->top;
    double x = output->stride * (double)column + half - box->left;
    return y < 0 || x < 0 || y > box->height || x > box->width;
}

/* Rows and columns of the source's, whichever way the network saw it. */
static void fill_labels(const struct network_output *output,
                        const float *values, const struct decode_at *at,
                        struct seen_mask *mask)
{
    bool across = at->box.turn & TURN_TRANSPOSE;
    for (uint32_t r = 0; r < output->shape[1]; r++) {
        for (uint32_t c = 0; c < output->shape[2]; c++) {
            size_t cell = (size_t)r * output->shape[2] + c;
            size_t to = across ? (size_t)c * mask->columns + r : cell;
            mask->labels[to] =
                best_label(output, values, cell, &mask->probability[to]);
            if (in_padding(output, &at->box, r, c)) {
                mask->labels[to] = 0;
                mask->probability[to] = 1;
            }
        }
    }
}

static struct seen_mask *find_mask(const struct network_output *output,
                                   enum side side, struct seen *seen)
{
    for (size_t i = 0; i < seen->n_masks; i++) {
        struct seen_mask *mask = &seen->masks[i];
        if (mask->side == side && strcmp(mask->output, output->name) == 0) {
            free(mask->labels);
            free(mask->probability);
            return mask;
        }
    }
    return seen->n_masks < SEEN_MASKS ? &seen->masks[seen->n_masks++] : NULL;
}

static bool mask(const struct network_output *output, const float *values,
                 const struct decode_at *at, struct seen *seen, struct err *err)
{
    double first[2], across[2], down[2];
    size_t cells = (size_t)output->shape[1] * output->shape[2];
    uint8_t *labels = calloc(cells, 1);
    float *probability = calloc(cells, sizeof *probability);
    struct seen_mask *mask =
        labels && probability ? find_mask(output, at->side, seen) : NULL;
    if (!mask) {
        bool memory = labels && probability;
        free(labels);
        free(probability);
        return memory ? full("masks", SEEN_MASKS, err)
                      : err_set(err, ERR_RETRY, "no memory for a mask");
    }
    bool turned = at->box.turn & TURN_TRANSPOSE;
    cell_place(output, at, 0, 0, first);
    cell_place(output, at, turned, !turned, across); /* next along source x */
    cell_place(output, at, !turned, turned, down);
    *mask = (struct seen_mask){.side = at->side,
                               .rows = output->shape[turned ? 2 : 1],
                               .columns = output->shape[turned ? 1 : 2],
                               .labels = labels,
                               .probability = probability,
                               .x0 = first[0],
                               .y0 = first[1],
                               .dx = across[0] - first[0],
                               .dy = down[1] - first[1]};
    snprintf(mask->output, sizeof mask->output, "%s", output->name);
    fill_labels(output, values, at, mask);
    return true;
}

static bool classes(const struct network_output *output, const float *values,
                    enum side side, struct seen *seen, struct err *err)
{
    double highest = (double)values[0], total = 0;
    for (size_t i = 1; i < output->n_names; i++)
        highest = fmax(highest, (double)values[i]);
    for (size_t i = 0; i < output->n_names; i++)
        total += exp((double)values[i] - highest);
    for (size_t i = 0; i < output->n_names; i++) {
        if (seen->n_classes == SEEN_CLASSES)
            return full("classes", SEEN_CLASSES, err);
        struct seen_class *class = &seen->classes[seen->n_classes++];
        *class = (struct seen_class){
            .side = side,
            .probability = exp((double)values[i] - highest) / total};
        snprintf(class->output, sizeof class->output, "%s", output->name);
        snprintf(class->name, sizeof class->name, "%s", output->names[i]);
    }
    return true;
}

static bool scalars(const struct network_output *output, const float *values,
                    enum side side, struct seen *seen, struct err *err)
{
    for (size_t i = 0; i < output->n_names; i++) {
        if (seen->n_scalars == SEEN_SCALARS)
            return full("numbers", SEEN_SCALARS, err);
        struct seen_scalar *scalar = &seen->scalars[seen->n_scalars++];
        decode_name(side, output->names[i], scalar->name);
        scalar->value = (double)values[i];
    }
    return true;
}

bool decode_output(const struct network_output *output, const float *values,
                   const struct decode_at *at, struct seen *seen,
                   struct err *err)
{
    switch (output->kind) {
    case OUTPUT_HEATMAPS:
        return heatmaps(output, values, at, seen, err);
    case OUTPUT_POINTS:
        return points(output, values, at, seen, err);
    case OUTPUT_MASK:
        return mask(output, values, at, seen, err);
    case OUTPUT_BOXES:
        return boxes_decode(output, values, at, seen, err);
    case OUTPUT_CLASSES:
        return classes(output, values, at->side, seen, err);
    case OUTPUT_SCALAR:
        return scalars(output, values, at->side, seen, err);
    }
    return err_set(err, ERR_REJECT, "output %s is of no known kind",
                   output->name);
}

bool decode_nothing(const struct network_output *output, enum side side,
                    struct seen *seen, struct err *err)
{
    const struct heatmap_point nowhere = {0};
    if (output->kind != OUTPUT_HEATMAPS && output->kind != OUTPUT_POINTS)
        return true;
    for (size_t i = 0; i < output->n_names; i++) {
        if (!add_landmark(output, i, side, &nowhere, seen, err))
            return false;
    }
    return true;
}
