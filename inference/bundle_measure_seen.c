/* Measurements of more than a few points: a spine's curves, a joint space, and
 * what a network says in labels, classes and numbers. */
#include <stdio.h>
#include <string.h>

#include "inference/bundle_measures.h"

/* Cobb */

struct cobb {
    const struct yaml_node *vertebrae;
    int curve;
    double least;
};

static const char *const curves[] = {"largest", "above", "below", NULL};

static const struct yaml_key cobb_keys[] = {
    KEY_ANY("vertebrae", struct cobb, vertebrae, true),
    KEY_CHOICE("curve", struct cobb, curve, curves, false),
    KEY_NUMBER("least", struct cobb, least, 0.1, 90, false), KEY_END};

#define VERTEBRAE_MOST                                                         \
    (sizeof((struct rule_measure *)0)->vertebrae /                             \
     sizeof((struct rule_measure *)0)->vertebrae[0])

static bool vertebra(const struct bundle_reader *reader,
                     const struct yaml_node *node, struct rule_measure *out,
                     size_t i, struct err *err)
{
    static const char *const corners[] = {"upper_left", "upper_right",
                                          "lower_left", "lower_right"};
    if (!names_read(reader, node, "vertebrae", out->vertebrae[i],
                    sizeof out->vertebrae[i], err))
        return false;
    for (size_t j = 0; j < 4; j++) {
        char name[32];
        struct yaml_node corner = *node;
        snprintf(name, sizeof name, "%s.%s", out->vertebrae[i], corners[j]);
        corner.text = name;
        if (!names_object(reader, &corner, out->side, OBJECT_POINT,
                          &out->objects[out->n_objects++], err))
            return false;
    }
    return true;
}

bool bundle_cobb(const struct bundle_reader *reader,
                 const struct measure_item *item, struct rule_measure *out,
                 struct err *err)
{
    struct cobb cobb = {.least = 10};
    strcpy(out->unit, "deg");
    if (item->sides)
        return yaml_error(reader->file, item->sides, err,
                          "a spine has no sides");
    if (!yaml_apply(reader->file, item->how, cobb_keys, &cobb, err) ||
        !names_list(reader, cobb.vertebrae, "vertebrae", 2, VERTEBRAE_MOST,
                    "vertebrae from the head down", err))
        return false;
    out->curve = (enum cobb_curve)cobb.curve;
    out->least = cobb.least;
    for (size_t i = 0; i < cobb.vertebrae->count; i++) {
        if (!vertebra(reader, &cobb.vertebrae->items[i], out, i, err))
            return false;
    }
    return true;
}

/* width */

struct width {
    const struct yaml_node *between, *at;
};

static const struct yaml_key width_keys[] = {
    KEY_ANY("between", struct width, between, true),
    KEY_ANY("at", struct width, at, true), KEY_END};

bool bundle_width(const struct bundle_reader *reader,
                  const struct measure_item *item, struct rule_measure *out,
                  struct err *err)
{
    static const struct yaml_key rule = {
        .name = "at", .type = YAML_NUMBER, .size = sizeof(double), .max = 1};
    struct width width = {0};
    strcpy(out->unit, "mm");
    if (!yaml_apply(reader->file, item->how, width_keys, &width, err) ||
        !names_objects(reader, width.between, "between", out->side,
                       OBJECT_CONTOUR, 2, 2, out->objects, &out->n_objects,
                       err))
        return false;
    out->at = -1;
    return strcmp(width.at->text, "minimum") == 0 ||
           yaml_scalar(reader->file, width.at, &rule, &out->at, err);
}

/* outputs */

bool bundle_area(const struct bundle_reader *reader,
                 const struct measure_item *item, struct rule_measure *out,
                 struct err *err)
{
    struct names_channel channel;
    strcpy(out->unit, "mm2");
    if (!names_channel(reader, item->how, out->side, OUTPUT_MASK, &channel,
                       err))
        return false;
    strcpy(out->output, channel.output->names[channel.index]);
    memcpy(out->mask, channel.output->name, sizeof out->mask);
    out->label_index = (uint8_t)channel.index;
    return true;
}

/* What a number without points of its own is drawn around. */
static bool around(const struct bundle_reader *reader,
                   const struct measure_item *item, struct rule_measure *out,
                   struct err *err)
{
    return !item->around ||
           names_objects(reader, item->around, "around", out->side,
                         OBJECT_POINT, 1, FINDINGS_POINTS, out->objects,
                         &out->n_objects, err);
}

bool bundle_grade(const struct bundle_reader *reader,
                  const struct measure_item *item, struct rule_measure *out,
                  struct err *err)
{
    const struct stage *stage;
    const struct network_output *output;
    char unit[9];
    strcpy(out->unit, "grade");
    if (!names_output(reader, item->how, OUTPUT_CLASSES, &stage, &output,
                      err) ||
        !names_output_side(reader, item->how, stage, out->side, err))
        return false;
    strcpy(out->output, output->name);
    for (size_t i = 0; i < output->n_names; i++) {
        if (!names_code(reader, item->how, "grade", output->names[i], unit,
                        err))
            return false;
    }
    return around(reader, item, out, err);
}

bool bundle_scalar(const struct bundle_reader *reader,
                   const struct measure_item *item, struct rule_measure *out,
                   struct err *err)
{
    struct names_channel channel;
    if (item->unit == 0)
        return bundle_mistake(reader, item, "unit", err,
                              "scalar wants unit: deg, mm or ratio");
    strcpy(out->unit, measure_units[item->unit]);
    if (!names_channel(reader, item->how, out->side, OUTPUT_SCALAR, &channel,
                       err))
        return false;
    memcpy(out->output, channel.name, sizeof out->output);
    return around(reader, item, out, err);
}
