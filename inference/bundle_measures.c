/* `measurements` of model.yaml: what each is called, coded and limited to; of
 * what it is made stands in bundle_measure_operands.c. One row per side. */
#include "inference/bundle_measures.h"

#include <string.h>

static const char *const modifiers[] = {"",         "medial",    "lateral",
                                        "anterior", "posterior", NULL};
static const char *const towards[] = {"", "medial", "lateral", NULL};
static const char *const tos[] = {"", "vertical", "horizontal", NULL};

#define HOW(key) KEY_ANY(key, struct measure_item, how, false)
static const struct yaml_key keys[] = {
    KEY_TEXT("id", struct measure_item, rule.id, 1, true),
    KEY_TEXT("concept", struct measure_item, rule.concept, 1, false),
    KEY_ANY("code", struct measure_item, code, false),
    KEY_TEXT("label", struct measure_item, rule.label, 1, false),
    KEY_TEXT("site", struct measure_item, rule.site, 1, true),
    KEY_CHOICE("modifier", struct measure_item, modifier, modifiers, false),
    KEY_ANY("sides", struct measure_item, sides, false),
    HOW("angle"),
    HOW("signed_angle"),
    HOW("distance"),
    HOW("perpendicular_distance"),
    HOW("ratio"),
    HOW("difference"),
    HOW("max_cobb"),
    HOW("width_profile"),
    HOW("area"),
    HOW("grade"),
    HOW("scalar"),
    KEY_CHOICE("toward", struct measure_item, toward, towards, false),
    KEY_CHOICE("to", struct measure_item, to, tos, false),
    KEY_NUMBER("less", struct measure_item, rule.less, 0, 360, false),
    KEY_CHOICE("positive", struct measure_item, positive, measure_positives,
               false),
    KEY_CHOICE("unit", struct measure_item, unit, measure_units, false),
    KEY_ANY("around", struct measure_item, around, false),
    KEY_NUMBER("min", struct measure_item, rule.min, 0, 0, false),
    KEY_NUMBER("max", struct measure_item, rule.max, 0, 0, false),
    KEY_ANY("normal", struct measure_item, normal, false),
    KEY_TEXT("definition", struct measure_item, rule.definition, 1, false),
    KEY_TEXT("source", struct measure_item, rule.source, 1, false),
    KEY_NUMBER("detectable", struct measure_item, rule.detectable, 0, 1000,
               false),
    {.name = "implant",
     .type = YAML_BOOL,
     YAML_AT(struct measure_item, rule.implant)},
    KEY_ANY("needs", struct measure_item, needs, false),
    KEY_ANY("curve", struct measure_item, curve, false),
    KEY_END};

/* A key that only some ways of measuring have. */
static const struct {
    const char *key;
    unsigned hows;      /* bits: 1 << enum measure_how */
    const char *belong; /* "toward belongs to ..." */
} special[] = {
    {"toward", 1U << MEASURE_HOW_ANGLE, "angle"},
    {"to", 1U << MEASURE_HOW_ANGLE | 1U << MEASURE_HOW_SIGNED_ANGLE, "angle"},
    {"less", 1U << MEASURE_HOW_ANGLE, "angle"},
    {"positive",
     1U << MEASURE_HOW_SIGNED_ANGLE | 1U << MEASURE_HOW_PERPENDICULAR,
     "signed_angle and perpendicular_distance"},
    {"unit", 1U << MEASURE_HOW_SCALAR, "scalar"},
    {"around", 1U << MEASURE_HOW_GRADE | 1U << MEASURE_HOW_SCALAR,
     "grade or scalar"},
};

static bool check_special(const struct bundle_reader *reader,
                          const struct yaml_node *at, size_t how,
                          struct err *err)
{
    for (size_t i = 0; i < sizeof special / sizeof special[0]; i++) {
        const struct yaml_node *node = yaml_get(at, special[i].key);
        if (node && !(special[i].hows >> how & 1))
            return yaml_error(reader->file, node, err, "%s belongs to %s",
                              special[i].key, special[i].belong);
    }
    return true;
}

/* A grade is one of its classes; every other number has limits. */
static bool check_limits(const struct bundle_reader *reader,
                         const struct measure_item *item, size_t how,
                         struct rule_measure *rule, struct err *err)
{
    const struct yaml_node *min = yaml_get(item->at, "min");
    const struct yaml_node *max = yaml_get(item->at, "max");
    if (how == MEASURE_HOW_GRADE && !min && !max) {
        rule->max = NETWORK_NAMES;
        return true;
    }
    if (!min || !max)
        return yaml_error(reader->file, item->at, err,
                          "min and max are wanted: outside them there is no "
                          "number");
    if (!(rule->min < rule->max))
        return yaml_error(reader->file, min, err, "min must be below max");
    rule->has_normal = item->normal != NULL;
    return !item->normal ||
           names_range(reader, item->normal, "normal", rule->min, rule->max,
                       rule->normal, err);
}

static bool same_unit(const char *a, const char *b)
{
    static const char *const units[] = {"deg", "mm", "mm2", "ratio", NULL};
    bool known[2] = {false, false};
    for (size_t i = 0; units[i]; i++) {
        known[0] |= strcmp(units[i], a) == 0;
        known[1] |= strcmp(units[i], b) == 0;
    }
    return strcmp(a, b) == 0 || !known[0] || !known[1];
}

static bool check_codes(const struct bundle_reader *reader,
                        struct measure_item *item, char unit[static 9],
                        struct err *err)
{
    struct rule_measure *rule = &item->rule;
    char none[9];
    if (!names_id(reader, yaml_get(item->at, "id"), rule->id, err) ||
        !names_concept(reader, item->at, "concept", rule->concept, &rule->own,
                       unit, err) ||
        !names_code(reader, yaml_get(item->at, "site"), "site", rule->site,
                    none, err))
        return false;
    if (strncmp(rule->own.scheme, "99", 2) == 0 && !rule->definition[0])
        return yaml_error(reader->file, item->code, err,
                          "a code of one's own wants a definition: what is "
                          "measured, with its sign");
    if (item->code && !rule->label[0])
        strcpy(rule->label, rule->own.value);
    strcpy(rule->modifier, modifiers[item->modifier]);
    return true;
}

static bool add(const struct bundle_reader *reader,
                const struct measure_item *item, size_t how, enum side side,
                const char *unit, struct err *err)
{
    struct rules *rules = &reader->out->rules;
    struct rule_measure rule = item->rule;
    rule.side = side;
    if (rules->n_measures == RULES_MEASURES)
        return yaml_error(reader->file, item->at, err,
                          "more than %d measurements, sides counted",
                          RULES_MEASURES);
    if (!bundle_measure_operands(reader, item, (enum measure_how)how, &rule,
                                 err))
        return false;
    if (!same_unit(unit, rule.unit))
        return yaml_error(reader->file, yaml_get(item->at, "concept"), err,
                          "%s is in %s, but %s gives %s", rule.concept, unit,
                          measure_hows[how], rule.unit);
    rules->measures[rules->n_measures++] = rule;
    return true;
}

static bool check_twice(const struct bundle_reader *reader,
                        const struct measure_item *item, struct err *err)
{
    const struct rules *rules = &reader->out->rules;
    for (size_t i = 0; i < rules->n_measures; i++) {
        if (strcmp(rules->measures[i].id, item->rule.id) == 0)
            return yaml_error(reader->file, yaml_get(item->at, "id"), err,
                              "measurement \"%s\" is there twice",
                              item->rule.id);
    }
    return true;
}

static bool read_measure(const struct bundle_reader *reader,
                         const struct yaml_node *at, struct err *err)
{
    struct measure_item item = {.at = at};
    enum side sides[2];
    char unit[9];
    size_t n, how;
    if (!yaml_apply(reader->file, at, keys, &item, err) ||
        !names_kind(reader, at, measure_hows, "a measurement", &how, err) ||
        !check_special(reader, at, how, err) ||
        !check_codes(reader, &item, unit, err) ||
        !check_twice(reader, &item, err) ||
        !check_limits(reader, &item, how, &item.rule, err) ||
        (item.curve &&
         !bundle_curve(reader, item.curve, &item.rule.confidence, err)) ||
        !names_sides(reader, item.sides, sides, &n, err))
        return false;
    for (size_t i = 0; i < n; i++) {
        if (!add(reader, &item, how, sides[i], unit, err))
            return false;
    }
    return true;
}

/* Ids of others, for all rows of this one: after all of them were read. */
static bool read_needs(const struct bundle_reader *reader,
                       const struct yaml_node *at, struct err *err)
{
    struct rules *rules = &reader->out->rules;
    const struct yaml_node *list = yaml_get(at, "needs");
    size_t first, other;
    if (!list)
        return true;
    if (!names_list(reader, list, "needs", 1,
                    sizeof rules->measures[0].needs /
                        sizeof rules->measures[0].needs[0],
                    "ids", err) ||
        !names_measure(reader, yaml_get(at, "id"), &first, err))
        return false;
    for (size_t i = 0; i < list->count; i++) {
        if (!names_measure(reader, &list->items[i], &other, err))
            return false;
        if (other == first)
            return yaml_error(reader->file, &list->items[i], err,
                              "a measurement cannot need itself");
        for (size_t j = first;
             j < rules->n_measures &&
             strcmp(rules->measures[j].id, rules->measures[first].id) == 0;
             j++)
            strcpy(rules->measures[j].needs[rules->measures[j].n_needs++],
                   rules->measures[other].id);
    }
    return true;
}

bool bundle_measures(const struct bundle_reader *reader,
                     const struct yaml_node *list, struct err *err)
{
    if (list && !names_mappings(reader, list, "measurements", err))
        return false;
    for (size_t i = 0; list && i < list->count; i++) {
        if (!read_measure(reader, &list->items[i], err))
            return false;
    }
    for (size_t i = 0; list && i < list->count; i++) {
        if (!read_needs(reader, &list->items[i], err))
            return false;
    }
    return true;
}
