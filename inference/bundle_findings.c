/* `findings` of model.yaml: what the bundle looks for, in boxes, numbers,
 * grades and classes. */
#include <math.h>
#include <string.h>

#include "inference/bundle_names.h"

struct item {
    struct rule_finding rule;
    const struct yaml_node *at, *code, *sides, *how, *class, *is, *at_least;
    double below, above;
    int priority;
};

/* class: is the key of a kind, but names what boxes are when they are one */
static const char *const kinds[] = {"boxes", "measurement", "grade", "class",
                                    NULL};
static const char *const priorities[] = {"routine", "high", "stat", NULL};

#define HOW(key) KEY_ANY(key, struct item, how, false)
static const struct yaml_key keys[] = {
    KEY_TEXT("id", struct item, rule.id, 1, true),
    KEY_TEXT("concept", struct item, rule.concept, 1, false),
    KEY_ANY("code", struct item, code, false),
    KEY_TEXT("site", struct item, rule.site, 1, true),
    KEY_ANY("sides", struct item, sides, false),
    HOW("boxes"),
    HOW("measurement"),
    HOW("grade"),
    KEY_ANY("class", struct item, class, false),
    KEY_NUMBER("least", struct item, rule.least, 0.001, 1, false),
    KEY_NUMBER("below", struct item, below, 0, 0, false),
    KEY_NUMBER("above", struct item, above, 0, 0, false),
    KEY_ANY("at_least", struct item, at_least, false),
    KEY_ANY("is", struct item, is, false),
    KEY_CHOICE("priority", struct item, priority, priorities, false),
    KEY_END};

static bool wants(const struct bundle_reader *reader,
                  const struct yaml_node *at, const char *kind, const char *key,
                  struct err *err)
{
    return yaml_get(at, key) ||
           yaml_error(reader->file, at, err, "%s wants %s too", kind, key);
}

static bool read_boxes(const struct bundle_reader *reader,
                       const struct item *item, struct rule_finding *out,
                       struct err *err)
{
    const struct stage *stage;
    const struct network_output *output;
    size_t class;
    if (!wants(reader, item->at, "boxes", "least", err) ||
        !names_output(reader, item->how, OUTPUT_BOXES, &stage, &output, err) ||
        !names_output_side(reader, item->how, stage, out->side, err))
        return false;
    if (out->least < output->threshold)
        return yaml_error(reader->file, yaml_get(item->at, "least"), err,
                          "least is below the threshold %g of output \"%s\": "
                          "such boxes are never kept",
                          output->threshold, output->name);
    strcpy(out->output, output->name);
    if (item->class && !names_class(reader, item->class, output, &class, err))
        return false;
    if (item->class)
        memcpy(out->name, output->names[class], sizeof out->name);
    return true;
}

/* The row of that id and side. */
static bool measure_of(const struct bundle_reader *reader,
                       const struct item *item, enum side side,
                       const struct rule_measure **found, struct err *err)
{
    const struct rules *rules = &reader->out->rules;
    size_t first;
    if (!names_measure(reader, item->how, &first, err))
        return false;
    for (size_t i = first; i < rules->n_measures; i++) {
        *found = &rules->measures[i];
        if (strcmp((*found)->id, rules->measures[first].id) == 0 &&
            (*found)->side == side)
            return true;
    }
    return yaml_error(reader->file, item->how, err,
                      "measurement \"%s\" is not of %s",
                      rules->measures[first].id,
                      side == SIDE_NONE ? "no side" : side_name(side));
}

static bool read_measurement(const struct bundle_reader *reader,
                             const struct item *item, struct rule_finding *out,
                             struct err *err)
{
    const struct rule_measure *measure;
    const struct yaml_node *below = yaml_get(item->at, "below");
    const struct yaml_node *above = yaml_get(item->at, "above");
    if (!below && !above)
        return yaml_error(reader->file, item->at, err,
                          "measurement wants below or above too");
    if (!measure_of(reader, item, out->side, &measure, err))
        return false;
    if (measure->kind == RULE_GRADE)
        return yaml_error(reader->file, item->how, err,
                          "\"%s\" is a grade; write grade: %s and at_least",
                          measure->id, measure->id);
    if (below && above && !(item->below <= item->above))
        return yaml_error(reader->file, below, err,
                          "below must not be more than above");
    out->min = below ? item->below : -INFINITY;
    out->max = above ? item->above : INFINITY;
    strcpy(out->measure, measure->id);
    return true;
}

static bool read_grade(const struct bundle_reader *reader,
                       const struct item *item, struct rule_finding *out,
                       struct err *err)
{
    const struct rule_measure *measure;
    const struct stage *stage;
    const struct network_output *output;
    size_t class;
    if (!wants(reader, item->at, "grade", "at_least", err) ||
        !measure_of(reader, item, out->side, &measure, err))
        return false;
    if (measure->kind != RULE_GRADE)
        return yaml_error(reader->file, item->how, err,
                          "\"%s\" is no grade; write measurement: %s and "
                          "below or above",
                          measure->id, measure->id);
    struct yaml_node name = *item->how;
    name.text = measure->output;
    if (!names_output(reader, &name, OUTPUT_CLASSES, &stage, &output, err) ||
        !names_class(reader, item->at_least, output, &class, err))
        return false;
    out->min = (double)class;
    strcpy(out->measure, measure->id);
    memcpy(out->name, output->names[class], sizeof out->name);
    strcpy(out->output, output->name);
    return true;
}

static bool read_class(const struct bundle_reader *reader,
                       const struct item *item, struct rule_finding *out,
                       struct err *err)
{
    const struct stage *stage;
    const struct network_output *output;
    size_t class;
    if (!wants(reader, item->at, "class", "is", err) ||
        !wants(reader, item->at, "class", "least", err) ||
        !names_output(reader, item->class, OUTPUT_CLASSES, &stage, &output,
                      err) ||
        !names_output_side(reader, item->class, stage, out->side, err) ||
        !names_class(reader, item->is, output, &class, err))
        return false;
    strcpy(out->output, output->name);
    memcpy(out->name, output->names[class], sizeof out->name);
    return true;
}

static const struct {
    bool (*read)(const struct bundle_reader *, const struct item *,
                 struct rule_finding *, struct err *);
    const char *keys[4]; /* that it has beside those of all */
} forms[] = {
    [FINDING_BOXES] = {read_boxes, {"class", "least", NULL}},
    [FINDING_MEASURE] = {read_measurement, {"below", "above", NULL}},
    [FINDING_GRADE] = {read_grade, {"at_least", NULL}},
    [FINDING_CLASS] = {read_class, {"class", "is", "least", NULL}},
};

static bool find_kind(const struct bundle_reader *reader,
                      const struct yaml_node *at, size_t *kind, struct err *err)
{
    static const char *const others[] = {"boxes", "measurement", "grade", NULL};
    bool boxes = yaml_get(at, "boxes") != NULL; /* may have a class */
    return names_kind(reader, at, boxes ? others : kinds, "a finding", kind,
                      err);
}

static bool check_keys(const struct bundle_reader *reader,
                       const struct yaml_node *at, size_t kind, struct err *err)
{
    static const char *const some[] = {"class", "least",    "below",
                                       "above", "at_least", "is"};
    for (size_t i = 0; i < sizeof some / sizeof some[0]; i++) {
        bool has = false;
        for (size_t j = 0; forms[kind].keys[j]; j++)
            has |= strcmp(forms[kind].keys[j], some[i]) == 0;
        if (!has && yaml_get(at, some[i]))
            return yaml_error(reader->file, yaml_get(at, some[i]), err,
                              "%s does not belong to %s", some[i], kinds[kind]);
    }
    return true;
}

/* Those it names; else those of what it looks at. */
static bool find_sides(const struct bundle_reader *reader,
                       const struct item *item, size_t kind,
                       enum side sides[static 2], size_t *n, struct err *err)
{
    const struct rules *rules = &reader->out->rules;
    const struct stage *stage;
    const struct network_output *output;
    size_t first;
    if (item->sides)
        return names_sides(reader, item->sides, sides, n, err);
    if (kind == FINDING_MEASURE || kind == FINDING_GRADE) {
        if (!names_measure(reader, item->how, &first, err))
            return false;
        *n = 0;
        for (size_t i = first; i < rules->n_measures && *n < 2; i++) {
            if (strcmp(rules->measures[i].id, rules->measures[first].id) == 0)
                sides[(*n)++] = rules->measures[i].side;
        }
        return true;
    }
    if (!names_output(reader, kind == FINDING_CLASS ? item->class : item->how,
                      kind == FINDING_CLASS ? OUTPUT_CLASSES : OUTPUT_BOXES,
                      &stage, &output, err))
        return false;
    sides[0] = stage->n_sides ? stage->sides[0] : SIDE_NONE;
    sides[1] = stage->n_sides == 2 ? stage->sides[1] : SIDE_NONE;
    *n = stage->n_sides ? stage->n_sides : 1;
    return true;
}

static bool check_codes(const struct bundle_reader *reader, struct item *item,
                        struct err *err)
{
    struct rule_finding *rule = &item->rule;
    const struct rules *rules = &reader->out->rules;
    char unit[9];
    if (!names_id(reader, yaml_get(item->at, "id"), rule->id, err) ||
        !names_concept(reader, item->at, "finding", rule->concept, &rule->own,
                       unit, err) ||
        !names_code(reader, yaml_get(item->at, "site"), "site", rule->site,
                    unit, err))
        return false;
    for (size_t i = 0; i < rules->n_findings; i++) {
        if (strcmp(rules->findings[i].id, rule->id) == 0)
            return yaml_error(reader->file, yaml_get(item->at, "id"), err,
                              "finding \"%s\" is there twice", rule->id);
    }
    return true;
}

static bool read_finding(const struct bundle_reader *reader,
                         const struct yaml_node *at, struct err *err)
{
    struct item item = {.at = at};
    struct rules *rules = &reader->out->rules;
    enum side sides[2];
    size_t n, kind;
    if (!yaml_apply(reader->file, at, keys, &item, err) ||
        !find_kind(reader, at, &kind, err) ||
        !check_keys(reader, at, kind, err) ||
        !check_codes(reader, &item, err) ||
        !find_sides(reader, &item, kind, sides, &n, err))
        return false;
    for (size_t i = 0; i < n; i++) {
        struct rule_finding rule = item.rule;
        rule.side = sides[i];
        rule.kind = (enum finding_kind)kind;
        rule.priority = (enum priority)item.priority;
        rule.min = -INFINITY;
        rule.max = INFINITY;
        if (rules->n_findings == RULES_FINDINGS)
            return yaml_error(reader->file, at, err,
                              "more than %d findings, sides counted",
                              RULES_FINDINGS);
        if (!forms[kind].read(reader, &item, &rule, err))
            return false;
        rules->findings[rules->n_findings++] = rule;
    }
    return true;
}

bool bundle_findings(const struct bundle_reader *reader,
                     const struct yaml_node *list, struct err *err)
{
    if (list && !names_mappings(reader, list, "findings", err))
        return false;
    for (size_t i = 0; list && i < list->count; i++) {
        if (!read_finding(reader, &list->items[i], err))
            return false;
    }
    return true;
}
