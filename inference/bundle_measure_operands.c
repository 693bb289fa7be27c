/* What a measurement is made of: one function for each key that says how. Those
 * of points and lines; bundle_measure_seen.c has the others. */
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

bool bundle_mistake(const struct bundle_reader *reader,
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
        return bundle_mistake(reader, item, "angle", err,
                              "an angle of one line is to: vertical or to: "
                              "horizontal");
    if (out->kind == RULE_SIGNED_ANGLE || out->toward != TOWARD_NONE)
        return bundle_mistake(
            reader, item, "to", err,
            "an angle to the vertical or horizontal has no sign; "
            "make that a line of geometry");
    if (out->less != 0)
        return bundle_mistake(
            reader, item, "less", err,
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
        return bundle_mistake(reader, item, "to", err,
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
        return bundle_mistake(reader, item, "positive", err,
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
        return bundle_mistake(
            reader, item, "positive", err,
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
        return bundle_cobb(reader, item, out, err);
    case MEASURE_HOW_WIDTH:
        return bundle_width(reader, item, out, err);
    case MEASURE_HOW_AREA:
        return bundle_area(reader, item, out, err);
    case MEASURE_HOW_GRADE:
        return bundle_grade(reader, item, out, err);
    case MEASURE_HOW_SCALAR:
        break;
    }
    return bundle_scalar(reader, item, out, err);
}
