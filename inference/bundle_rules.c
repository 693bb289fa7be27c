/* What must hold before a number leaves: `confidence`, `calibration` and
 * `checks` of model.yaml. */
#include "inference/bundle_names.h"

#include <string.h>

/* confidence */

struct confidence {
    double least;
    const struct yaml_node *landmarks, *curve;
};

static const struct yaml_key confidence_keys[] = {
    KEY_NUMBER("least", struct confidence, least, 0.001, 1, true),
    KEY_ANY("landmarks", struct confidence, landmarks, false),
    KEY_ANY("curve", struct confidence, curve, false), KEY_END};

static const struct yaml_key share = {.name = "confidence",
                                      .type = YAML_NUMBER,
                                      .size = sizeof(double),
                                      .min = 0.0,
                                      .max = 1};

/* Of that landmark, or of both sides' when no side is written. */
static size_t set_least(struct rules *rules, const char *name, double least)
{
    size_t n = 0;
    for (size_t i = 0; i < rules->n_landmarks; i++) {
        struct rule_object *object = &rules->objects[i];
        char right[65], left[65];
        names_full(SIDE_RIGHT, name, right);
        names_full(SIDE_LEFT, name, left);
        if (strcmp(object->name, name) == 0 ||
            strcmp(object->name, right) == 0 ||
            strcmp(object->name, left) == 0) {
            object->least = least;
            n++;
        }
    }
    return n;
}

static bool unknown_landmark(const struct bundle_reader *reader,
                             const struct yaml_node *key, struct err *err)
{
    const struct rules *rules = &reader->out->rules;
    const char *names[2 * FINDINGS_LANDMARKS + 1];
    size_t n = 0;
    for (size_t i = 0; i < rules->n_landmarks; i++) {
        const char *name = rules->objects[i].name;
        names[n++] = name;
        if (names_side(name) != SIDE_NONE)
            names[n++] = strchr(name, '.') + 1;
    }
    names[n] = NULL;
    const char *near = yaml_nearest(key->text, names);
    return yaml_error(reader->file, key, err,
                      near ? "\"%.64s\" is no landmark; did you mean \"%s\"?"
                           : "\"%.64s\" is no landmark",
                      key->text, near);
}

static bool read_landmarks(const struct bundle_reader *reader,
                           const struct yaml_node *mapping, struct err *err)
{
    if (mapping->kind != YAML_MAPPING)
        return yaml_error(reader->file, mapping, err,
                          "landmarks wants {name: least confidence}");
    for (size_t i = 0; i < mapping->count; i++) {
        double least;
        if (!yaml_scalar(reader->file, &mapping->items[i], &share, &least, err))
            return false;
        if (set_least(&reader->out->rules, mapping->keys[i].text, least) == 0)
            return unknown_landmark(reader, &mapping->keys[i], err);
    }
    return true;
}

bool bundle_curve(const struct bundle_reader *reader,
                  const struct yaml_node *list, struct rule_curve *out,
                  struct err *err)
{
    if (!names_list(reader, list, "curve", 2, RULES_CURVE, "pairs", err))
        return false;
    for (size_t i = 0; i < list->count; i++) {
        const struct yaml_node *pair = &list->items[i];
        double *at = out->at[i];
        if (!names_list(reader, pair, "each of curve", 2, 2, "numbers", err) ||
            !yaml_scalar(reader->file, &pair->items[0], &share, &at[0], err) ||
            !yaml_scalar(reader->file, &pair->items[1], &share, &at[1], err))
            return false;
        if (i > 0 && !(at[0] > out->at[i - 1][0]))
            return yaml_error(reader->file, pair, err,
                              "curve: confidences ascend");
    }
    out->n = list->count;
    return true;
}

bool bundle_confidence(const struct bundle_reader *reader,
                       const struct yaml_node *mapping, struct err *err)
{
    struct confidence item = {0};
    struct bundle *out = reader->out;
    if (!yaml_apply(reader->file, mapping, confidence_keys, &item, err))
        return false;
    out->min_confidence = out->rules.mask_least = item.least;
    for (size_t i = 0; i < out->rules.n_landmarks; i++)
        out->rules.objects[i].least = item.least;
    for (size_t i = 0; i < out->n_stages; i++)
        out->stages[i].least = item.least;
    return (!item.landmarks || read_landmarks(reader, item.landmarks, err)) &&
           (!item.curve ||
            bundle_curve(reader, item.curve, &out->rules.confidence, err));
}

/* calibration */

struct ball {
    const struct yaml_node *ball;
    double mm;
};

static const struct yaml_key ball_keys[] = {
    KEY_ANY("ball", struct ball, ball, true),
    KEY_NUMBER("diameter_mm", struct ball, mm, 1, 200, true), KEY_END};

bool bundle_calibration(const struct bundle_reader *reader,
                        const struct yaml_node *mapping, struct err *err)
{
    struct ball item = {0};
    struct rules *rules = &reader->out->rules;
    if (!mapping)
        return true;
    if (!yaml_apply(reader->file, mapping, ball_keys, &item, err) ||
        !names_object(reader, item.ball, SIDE_NONE, OBJECT_CIRCLE, &rules->ball,
                      err))
        return false;
    rules->has_ball = true;
    rules->ball_mm = item.mm;
    return true;
}

/* checks */

struct check {
    const struct yaml_node *sides, *how, *is, *right, *left;
    int quality;
    double min, max, margin, least;
};

static const char *const qualities[] = {
    "positioning", "motion", "over_exposed", "under_exposed", "artifact",
    "scale",       NULL};
static const char *const kinds[] = {"descending", "length_ratio", "inside",
                                    "class",      "side",         NULL};

#define HOW(key) KEY_ANY(key, struct check, how, false)
static const struct yaml_key check_keys[] = {
    HOW("descending"),
    HOW("length_ratio"),
    HOW("inside"),
    HOW("class"),
    HOW("side"),
    KEY_ANY("sides", struct check, sides, false),
    KEY_CHOICE("quality", struct check, quality, qualities, false),
    KEY_NUMBER("min", struct check, min, 0, 0, false),
    KEY_NUMBER("max", struct check, max, 0, 0, false),
    KEY_NUMBER("margin", struct check, margin, 0, 0.5, false),
    KEY_NUMBER("least", struct check, least, 0.001, 1, false),
    KEY_ANY("is", struct check, is, false),
    KEY_ANY("right", struct check, right, false),
    KEY_ANY("left", struct check, left, false),
    KEY_END};

/* Which keys a kind wants beside its own, all of them. */
static const char *const wanted[][4] = {{NULL},
                                        {"min", "max", NULL},
                                        {"margin", NULL},
                                        {"is", "least", NULL},
                                        {"right", "left", "least", NULL}};
static const char *const all_wanted[] = {"min",   "max",   "margin", "is",
                                         "least", "right", "left",   NULL};

static bool has(const char *const *list, const char *word)
{
    for (; *list; list++) {
        if (strcmp(*list, word) == 0)
            return true;
    }
    return false;
}

static bool check_wanted(const struct bundle_reader *reader,
                         const struct yaml_node *at, size_t kind,
                         struct err *err)
{
    for (const char *const *key = all_wanted; *key; key++) {
        const struct yaml_node *value = yaml_get(at, *key);
        bool wants = has(wanted[kind], *key);
        if (wants && !value)
            return yaml_error(reader->file, at, err, "%s wants %s too",
                              kinds[kind], *key);
        if (!wants && value)
            return yaml_error(reader->file, value, err,
                              "%s does not belong to %s", *key, kinds[kind]);
    }
    return true;
}

static bool read_points(const struct bundle_reader *reader,
                        const struct yaml_node *at, const struct check *item,
                        struct rule_check *out, struct err *err)
{
    bool four = out->kind == CHECK_LENGTH_RATIO;
    out->min = item->min;
    out->max = item->max;
    if (four && !(item->min < item->max))
        return yaml_error(reader->file, yaml_get(at, "min"), err,
                          "min must be below max");
    if (out->kind == CHECK_INSIDE)
        out->min = item->margin;
    return names_objects(
        reader, item->how, kinds[out->kind], out->side, OBJECT_POINT,
        four                            ? 4
        : out->kind == CHECK_DESCENDING ? 2
                                        : 1,
        four ? 4 : RULES_OPERANDS, out->objects, &out->n_objects, err);
}

static bool add_class(const struct bundle_reader *reader,
                      const struct yaml_node *node,
                      const struct network_output *output,
                      struct rule_check *out, struct err *err)
{
    size_t which;
    if (!names_class(reader, node, output, &which, err))
        return false;
    memcpy(out->classes[out->n_classes++], output->names[which],
           sizeof out->classes[0]);
    return true;
}

static bool read_classes(const struct bundle_reader *reader,
                         const struct check *item, struct rule_check *out,
                         struct err *err)
{
    const struct stage *stage;
    const struct network_output *output;
    size_t most = sizeof out->classes / sizeof out->classes[0];
    out->min = item->least;
    if (!names_output(reader, item->how, OUTPUT_CLASSES, &stage, &output,
                      err) ||
        !names_output_side(reader, item->how, stage, out->side, err))
        return false;
    memcpy(out->output, output->name, sizeof out->output);
    if (out->kind == CHECK_SIDE)
        return add_class(reader, item->right, output, out, err) &&
               add_class(reader, item->left, output, out, err);
    if (!names_list(reader, item->is, "is", 1, most, "classes", err))
        return false;
    for (size_t i = 0; i < item->is->count; i++) {
        if (!add_class(reader, &item->is->items[i], output, out, err))
            return false;
    }
    return true;
}

static bool read_check(const struct bundle_reader *reader,
                       const struct yaml_node *at, struct err *err)
{
    struct check item = {0};
    struct rules *rules = &reader->out->rules;
    enum side sides[2];
    size_t n, kind;
    if (!yaml_apply(reader->file, at, check_keys, &item, err) ||
        !names_kind(reader, at, kinds, "a check", &kind, err) ||
        !check_wanted(reader, at, kind, err) ||
        !names_sides(reader, item.sides, sides, &n, err))
        return false;
    for (size_t i = 0; i < n; i++) {
        if (rules->n_checks == RULES_CHECKS)
            return yaml_error(reader->file, at, err,
                              "more than %d checks, sides counted",
                              RULES_CHECKS);
        struct rule_check *out = &rules->checks[rules->n_checks++];
        *out = (struct rule_check){.kind = (enum check_kind)kind,
                                   .side = sides[i]};
        strcpy(out->quality, qualities[item.quality]);
        if (!(kind < CHECK_CLASS ? read_points(reader, at, &item, out, err)
                                 : read_classes(reader, &item, out, err)))
            return false;
    }
    return true;
}

bool bundle_checks(const struct bundle_reader *reader,
                   const struct yaml_node *list, struct err *err)
{
    if (list && !names_mappings(reader, list, "checks", err))
        return false;
    for (size_t i = 0; list && i < list->count; i++) {
        if (!read_check(reader, &list->items[i], err))
            return false;
    }
    return true;
}
