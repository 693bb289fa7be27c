/* The part of a bundle that one network of heatmaps and measurements of
 * landmarks alone can show, for an analysis that knows no stages. */
#include "inference/bundle_old.h"

#include <string.h>

static bool landmarks_only(const struct rules *rules, const size_t *objects,
                           size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (objects[i] >= rules->n_landmarks)
            return false;
    }
    return true;
}

static void add_check(const struct rule_check *from, struct bundle *out)
{
    if (from->kind > CHECK_LENGTH_RATIO || from->n_objects > BUNDLE_POINTS ||
        !landmarks_only(&out->rules, from->objects, from->n_objects))
        return;
    struct bundle_check *to = &out->checks[out->n_checks++];
    *to = (struct bundle_check){.kind = from->kind == CHECK_DESCENDING
                                            ? BUNDLE_DESCENDING
                                            : BUNDLE_LENGTH_RATIO,
                                .side = from->side,
                                .n_points = from->n_objects,
                                .min = from->min,
                                .max = from->max};
    memcpy(to->points, from->objects, from->n_objects * sizeof(size_t));
}

static void add_measure(const struct rule_measure *from, struct bundle *out)
{
    if ((from->kind != RULE_ANGLE && from->kind != RULE_DISTANCE) ||
        (from->kind == RULE_ANGLE && from->n_objects != 4) ||
        from->toward == TOWARD_LATERAL || from->own.value[0] ||
        !landmarks_only(&out->rules, from->objects, from->n_objects))
        return;
    struct bundle_measure *to = &out->measures[out->n_measures++];
    *to = (struct bundle_measure){
        .side = from->side,
        .kind = from->kind == RULE_ANGLE ? MEASURE_ANGLE : MEASURE_DISTANCE,
        .n_points = from->n_objects,
        .medial = from->toward == TOWARD_MEDIAL,
        .min = from->min,
        .max = from->max};
    memcpy(to->points, from->objects, from->n_objects * sizeof(size_t));
    memcpy(to->id, from->id, sizeof to->id);
    memcpy(to->concept, from->concept, sizeof to->concept);
    memcpy(to->site, from->site, sizeof to->site);
}

void bundle_old(struct bundle *out)
{
    const struct network *network = &out->stages[0].network;
    const struct network_output *output = &network->outputs[0];
    if (out->n_stages != 1 || network->n_outputs != 1 ||
        output->kind != OUTPUT_HEATMAPS ||
        network->intensity != INTENSITY_PERCENTILES)
        return;
    memcpy(out->weights_path, network->weights_path, sizeof out->weights_path);
    memcpy(out->percentiles, network->limits, sizeof out->percentiles);
    memcpy(out->orientation, out->inputs[0].orientation,
           sizeof out->orientation);
    out->rows = network->rows;
    out->columns = network->columns;
    out->stride = output->stride;
    out->sigma = output->sigma;
    out->n_landmarks = out->rules.n_landmarks;
    for (size_t i = 0; i < out->n_landmarks; i++)
        memcpy(out->landmarks[i], out->rules.objects[i].name,
               sizeof out->landmarks[i]);
    for (size_t i = 0; i < out->rules.n_checks; i++)
        add_check(&out->rules.checks[i], out);
    for (size_t i = 0; i < out->rules.n_measures; i++)
        add_measure(&out->rules.measures[i], out);
}
