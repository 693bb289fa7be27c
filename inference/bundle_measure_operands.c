/* What a measurement is made of: one function for each key that says how. */
#include <stdio.h>
#include <string.h>

#include "inference/bundle_measures.h"

const char *const measure_hows[] = {
    "angle", "signed_angle", "distance", "perpendicular_distance",
    "ratio", "difference",   "max_cobb", "width_profile",
    "area",  "grade",        "scalar",   NULL};
/* "" stands for a key that is absent */
const char *const measure_positives[] = {
    "",        "up",        "down",
    "left",    "right",     "medial",
    "lateral", "clockwise", "counterclockwise",
    NULL};
const char *const measure_units[] = {"", "deg", "mm", "ratio", NULL};

#define POSITIVE_CLOCKWISE 7 /* index, and the next is the other */

static bool mistake(const struct bundle_reader *reader,
                    const struct measure_item *item, const char *key,
                    struct err *err, const char *message)
{
    const struct yaml_node *node = yaml_get(item->at, key);
    return yaml_error(reader->file, node ? node : item->at, err, "%s", message);
}

/* Where every image shows one side, a measurement without sides is of it. */
static bool one_side(const struct bundle_reader *reader)
{
    const struct bundle *bundle = reader->out;
    bool one = bundle->n_inputs > 0;
    for (size_t i = 0; i < bundle->n_inputs; i++)
        one = one && bundle->inputs[i].laterality == LATERALITY_ONE;
    return one;
}

/* Medial and lateral are of a side. */
static bool check_toward(const struct bundle_reader *reader,
                         const struct measure_item *item, const char *key,
                         const struct rule_measure *out, struct err *err)
{
    return out->side != SIDE_NONE || one_side(reader) ||
           (out->toward != TOWARD_MEDIAL && out->toward != TOWARD_LATERAL) ||
           yaml_error(reader->file, yaml_get(item->at, key), err,
                      "medial and lateral belong to a measurement with sides, "
                      "or to inputs of laterality one");
}

static bool add(const struct bundle_reader *reader,
                const struct yaml_node *node, enum rule_object_kind kind,
                struct rule_measure *out, struct err *err)
{
    return names_object(reader, node, out->side, kind,
                        &out->objects[out->n_objects++], err);
}

static bool axis(const struct bundle_reader *reader,
                 const struct measure_item *item, struct rule_measure *out,
                 struct err *err)
{
    if (item->to == 0)
        return mistake(reader, item, "angle", err,
                       "an angle of one line is to: vertical or to: "
                       "horizontal");
    if (out->kind == RULE_SIGNED_ANGLE || out->toward != TOWARD_NONE)
        return mistake(reader, item, "to", err,
                       "an angle to the vertical or horizontal has no sign; "
                       "make that a line of geometry");
    if (out->less != 0)
        return mistake(reader, item, "less", err,
                       "less belongs to an angle of points or of two lines");
    out->kind = RULE_ANGLE_AXIS;
    out->toward = item->to == 1 ? TOWARD_UP : TOWARD_LEFT;
    return add(reader, &item->how->items[0], OBJECT_LINE, out, err);
}

/* A V B, A V W B, or two lines */
static bool between(const struct bundle_reader *reader,
                    const struct measure_item *item, struct rule_measure *out,
                    struct err *err)
{
    static const size_t order[2][4] = {{0, 1, 1, 2}, {0, 1, 2, 3}};
    size_t n = item->how->count;
    if (item->to != 0)
        return mistake(reader, item, "to", err,
                       "to belongs to an angle of one line");
    for (size_t i = 0; n == 2 && i < 2; i++) {
        if (!add(reader, &item->how->items[i], OBJECT_LINE, out, err))
            return false;
    }
    for (size_t i = 0; n > 2 && i < 4; i++) {
        if (!add(reader, &item->how->items[order[n == 4][i]], OBJECT_POINT, out,
                 err))
            return false;
    }
    return true;
}

static bool angle(const struct bundle_reader *reader,
                  const struct measure_item *item, const char *key,
                  struct rule_measure *out, struct err *err)
{
    const struct yaml_node *list = item->how;
    if (list->kind != YAML_SEQUENCE || list->count == 0 || list->count > 4)
        return yaml_error(reader->file, list, err,
                          "%s wants points [A, V, B] or [A, V, W, B], lines "
                          "[line, line], or [line] and to",
                          key);
    strcpy(out->unit, "deg");
    out->toward = item->toward == 0   ? TOWARD_NONE
                  : item->toward == 1 ? TOWARD_MEDIAL
                                      : TOWARD_LATERAL;
    return check_toward(reader, item, "toward", out, err) &&
           (list->count == 1 ? axis(reader, item, out, err)
                             : between(reader, item, out, err));
}

static bool signed_angle(const struct bundle_reader *reader,
                         const struct measure_item *item,
                         struct rule_measure *out, struct err *err)
{
    if (item->positive < POSITIVE_CLOCKWISE)
        return mistake(reader, item, "positive", err,
                       "signed_angle wants positive: clockwise or "
                       "counterclockwise");
    out->clockwise = item->positive == POSITIVE_CLOCKWISE;
    return angle(reader, item, "signed_angle", out, err);
}

static bool distance(const struct bundle_reader *reader,
                     const struct measure_item *item, struct rule_measure *out,
                     struct err *err)
{
    strcpy(out->unit, "mm");
    return names_objects(reader, item->how, "distance", out->side, OBJECT_POINT,
                         2, 2, out->objects, &out->n_objects, err);
}

static bool perpendicular(const struct bundle_reader *reader,
                          const struct measure_item *item,
                          struct rule_measure *out, struct err *err)
{
    const struct yaml_node *list = item->how;
    strcpy(out->unit, "mm");
    if (list->kind != YAML_SEQUENCE || list->count != 2)
        return yaml_error(reader->file, list, err,
                          "perpendicular_distance wants [point, line]");
    if (item->positive >= POSITIVE_CLOCKWISE)
        return mistake(reader, item, "positive", err,
                       "a distance is positive toward medial, lateral, left, "
                       "right, up or down");
    out->toward = (enum toward)item->positive;
    return check_toward(reader, item, "positive", out, err) &&
           add(reader, &list->items[0], OBJECT_POINT, out, err) &&
           add(reader, &list->items[1], OBJECT_LINE, out, err);
}

static bool ratio(const struct bundle_reader *reader,
                  const struct measure_item *item, struct rule_measure *out,
                  struct err *err)
{
    strcpy(out->unit, "ratio");
    if (!names_list(reader, item->how, "ratio", 2, 2,
                    "lengths, as in [[p, q], [r, s]]", err))
        return false;
    for (size_t i = 0; i < 2; i++) {
        if (!names_objects(reader, &item->how->items[i], "a length", out->side,
                           OBJECT_POINT, 2, 2, out->objects, &out->n_objects,
                           err))
            return false;
    }
    return true;
}

/* Right less left of another, which has both. */
static bool difference(const struct bundle_reader *reader,
                       const struct measure_item *item,
                       struct rule_measure *out, struct err *err)
{
    const struct rules *rules = &reader->out->rules;
    size_t first;
    if (item->sides)
        return yaml_error(reader->file, item->sides, err,
                          "a difference is of both sides and has none");
    if (!names_measure(reader, item->how, &first, err))
        return false;
    const struct rule_measure *other = &rules->measures[first];
    bool both =
        first + 1 < rules->n_measures && strcmp(other[1].id, other->id) == 0;
    if (!both || other->kind == RULE_GRADE)
        return yaml_error(reader->file, item->how, err,
                          "difference wants a number of sides [right, left], "
                          "and \"%s\" is none",
                          other->id);
    memcpy(out->other, other->id, sizeof out->other);
    memcpy(out->unit, other->unit, sizeof out->unit);
    return true;
}

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
        if (!add(reader, &corner, OBJECT_POINT, out, err))
            return false;
    }
    return true;
}

static bool max_cobb(const struct bundle_reader *reader,
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

static bool width(const struct bundle_reader *reader,
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

static bool area(const struct bundle_reader *reader,
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

static bool grade(const struct bundle_reader *reader,
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

static bool scalar(const struct bundle_reader *reader,
                   const struct measure_item *item, struct rule_measure *out,
                   struct err *err)
{
    struct names_channel channel;
    if (item->unit == 0)
        return mistake(reader, item, "unit", err,
                       "scalar wants unit: deg, mm or ratio");
    strcpy(out->unit, measure_units[item->unit]);
    if (!names_channel(reader, item->how, out->side, OUTPUT_SCALAR, &channel,
                       err))
        return false;
    memcpy(out->output, channel.name, sizeof out->output);
    return around(reader, item, out, err);
}

bool bundle_measure_operands(const struct bundle_reader *reader,
                             const struct measure_item *item,
                             enum measure_how how, struct rule_measure *out,
                             struct err *err)
{
    static const enum rule_kind kinds[] = {
        RULE_ANGLE, RULE_SIGNED_ANGLE, RULE_DISTANCE, RULE_PERPENDICULAR,
        RULE_RATIO, RULE_DIFFERENCE,   RULE_COBB,     RULE_WIDTH,
        RULE_AREA,  RULE_GRADE,        RULE_SCALAR};
    out->kind = kinds[how];
    switch (how) {
    case MEASURE_HOW_ANGLE:
        return angle(reader, item, "angle", out, err);
    case MEASURE_HOW_SIGNED_ANGLE:
        return signed_angle(reader, item, out, err);
    case MEASURE_HOW_DISTANCE:
        return distance(reader, item, out, err);
    case MEASURE_HOW_PERPENDICULAR:
        return perpendicular(reader, item, out, err);
    case MEASURE_HOW_RATIO:
        return ratio(reader, item, out, err);
    case MEASURE_HOW_DIFFERENCE:
        return difference(reader, item, out, err);
    case MEASURE_HOW_COBB:
        return max_cobb(reader, item, out, err);
    case MEASURE_HOW_WIDTH:
        return width(reader, item, out, err);
    case MEASURE_HOW_AREA:
        return area(reader, item, out, err);
    case MEASURE_HOW_GRADE:
        return grade(reader, item, out, err);
    case MEASURE_HOW_SCALAR:
        break;
    }
    return scalar(reader, item, out, err);
}
