/* What a name of model.yaml means. `sides` makes one name stand for two, so
 * every look-up has a side: the name is tried with the side in front, then as
 * it stands, so that a rule of each side may use what both share (the line
 * through the teardrops). */
#include "inference/bundle_names.h"

#include <stdio.h>
#include <string.h>

static const char *const side_words[] = {"right", "left", NULL};

bool names_list(const struct bundle_reader *reader,
                const struct yaml_node *list, const char *key, size_t least,
                size_t most, const char *what, struct err *err)
{
    if (list->kind == YAML_SEQUENCE && list->count >= least &&
        list->count <= most)
        return true;
    if (least == most)
        return yaml_error(reader->file, list, err, "%s wants a list of %zu %s",
                          key, most, what);
    return yaml_error(reader->file, list, err,
                      "%s wants a list of %zu to %zu %s", key, least, most,
                      what);
}

bool names_mappings(const struct bundle_reader *reader,
                    const struct yaml_node *list, const char *key,
                    struct err *err)
{
    if (list->kind != YAML_SEQUENCE)
        return yaml_error(reader->file, list, err, "%s wants a list", key);
    for (size_t i = 0; i < list->count; i++) {
        if (list->items[i].kind != YAML_MAPPING)
            return yaml_error(reader->file, &list->items[i], err,
                              "each of %s is a mapping of keys", key);
    }
    return true;
}

bool names_range(const struct bundle_reader *reader,
                 const struct yaml_node *list, const char *key, double least,
                 double most, double out[static 2], struct err *err)
{
    const struct yaml_key rule = {.name = key,
                                  .type = YAML_NUMBER,
                                  .size = sizeof(double),
                                  .min = least,
                                  .max = most};
    if (list->kind != YAML_SEQUENCE || list->count != 2)
        return yaml_error(reader->file, list, err,
                          "%s wants two numbers, as in [1, 99]", key);
    for (size_t i = 0; i < 2; i++) {
        if (!yaml_scalar(reader->file, &list->items[i], &rule, &out[i], err))
            return false;
    }
    return out[0] < out[1] ||
           yaml_error(reader->file, list, err,
                      "%s: the first must be below the second", key);
}

bool names_kind(const struct bundle_reader *reader, const struct yaml_node *at,
                const char *const *keys, const char *what, size_t *out,
                struct err *err)
{
    const char *first = NULL;
    char known[200] = "";
    size_t used = 0;
    for (size_t i = 0; keys[i]; i++) {
        const struct yaml_node *value = yaml_get(at, keys[i]);
        if (used < sizeof known)
            used += (size_t)snprintf(known + used, sizeof known - used, "%s%s",
                                     i ? ", " : "", keys[i]);
        if (value && first)
            return yaml_error(reader->file, value, err,
                              "%s has %s or %s, not both", what, first,
                              keys[i]);
        if (value) {
            first = keys[i];
            *out = i;
        }
    }
    return first ||
           yaml_error(reader->file, at, err, "%s wants one of %s", what, known);
}

bool names_sides(const struct bundle_reader *reader,
                 const struct yaml_node *list, enum side sides[static 2],
                 size_t *n, struct err *err)
{
    static const struct yaml_key rule = {.name = "sides",
                                         .type = YAML_CHOICE,
                                         .size = sizeof(int),
                                         .choices = side_words};
    sides[0] = SIDE_NONE;
    *n = 1;
    if (!list)
        return true;
    if (list->kind != YAML_SEQUENCE || list->count == 0 || list->count > 2)
        return yaml_error(reader->file, list, err,
                          "sides wants a list: [right, left], [right] or "
                          "[left]");
    for (size_t i = 0; i < list->count; i++) {
        int word;
        if (!yaml_scalar(reader->file, &list->items[i], &rule, &word, err))
            return false;
        sides[i] = word == 0 ? SIDE_RIGHT : SIDE_LEFT;
    }
    if (list->count == 2 && sides[0] == sides[1])
        return yaml_error(reader->file, list, err,
                          "sides names the same side twice");
    *n = list->count;
    return true;
}

enum side names_side(const char *name)
{
    return strncmp(name, "right.", 6) == 0  ? SIDE_RIGHT
           : strncmp(name, "left.", 5) == 0 ? SIDE_LEFT
                                            : SIDE_NONE;
}

void names_full(enum side side, const char *name, char out[static 65])
{
    snprintf(out, 65, "%s%s%.58s",
             side == SIDE_NONE ? "" : side_words[side == SIDE_LEFT],
             side == SIDE_NONE ? "" : ".", name);
}

bool names_read(const struct bundle_reader *reader,
                const struct yaml_node *node, const char *key, char *out,
                size_t size, struct err *err)
{
    const struct yaml_key rule = {
        .name = key, .type = YAML_TEXT, .min = 1, .size = size};
    return yaml_scalar(reader->file, node, &rule, out, err) &&
           (bundle_name_valid(out) ||
            yaml_error(reader->file, node, err,
                       "%s: a name has letters, digits, '.', '_' and '-' "
                       "only",
                       key));
}

bool names_id(const struct bundle_reader *reader, const struct yaml_node *node,
              const char *id, struct err *err)
{
    return id[strspn(id, "abcdefghijklmnopqrstuvwxyz0123456789_")] == '\0' ||
           yaml_error(reader->file, node, err,
                      "an id has small letters, digits and '_' only");
}

const char *names_bare(const char *name, enum side side)
{
    return side == SIDE_NONE || names_side(name) != side
               ? name
               : strchr(name, '.') + 1;
}

bool names_unknown(const struct bundle_reader *reader,
                   const struct yaml_node *node, enum side side,
                   const char *what, const char **names, size_t n,
                   struct err *err)
{
    char full[65];
    names[n] = NULL;
    names_full(side, node->text, full);
    const char *near = yaml_nearest(full, names);
    if (!near)
        near = yaml_nearest(node->text, names);
    if (near)
        return yaml_error(reader->file, node, err,
                          "\"%.64s\" is no %s; did you mean \"%s\"?", full,
                          what, names_bare(near, side));
    return yaml_error(reader->file, node, err, "\"%.64s\" is no %s", full,
                      what);
}

static bool find_object(const struct rules *rules, const char *name,
                        size_t *out)
{
    for (size_t i = 0; i < rules->n_objects; i++) {
        if (strcmp(rules->objects[i].name, name) == 0) {
            *out = i;
            return true;
        }
    }
    return false;
}

bool names_any_object(const struct bundle_reader *reader,
                      const struct yaml_node *node, enum side side, size_t *out,
                      struct err *err)
{
    const struct rules *rules = &reader->out->rules;
    const char *names[RULES_OBJECTS + 1];
    char full[65];
    if (node->kind != YAML_SCALAR)
        return yaml_error(reader->file, node, err, "one name is wanted");
    names_full(side, node->text, full);
    if (find_object(rules, full, out) || find_object(rules, node->text, out))
        return true;
    for (size_t i = 0; i < rules->n_objects; i++)
        names[i] = rules->objects[i].name;
    return names_unknown(
        reader, node, side,
        "landmark of the stages and no object of geometry before", names,
        rules->n_objects, err);
}

const char *names_object_kind(enum rule_object_kind kind)
{
    switch (kind) {
    case OBJECT_POINT:
        return "a point";
    case OBJECT_LINE:
        return "a line";
    case OBJECT_CIRCLE:
        return "a circle";
    case OBJECT_CONTOUR:
        break;
    }
    return "a contour";
}

bool names_object(const struct bundle_reader *reader,
                  const struct yaml_node *node, enum side side,
                  enum rule_object_kind kind, size_t *out, struct err *err)
{
    if (!names_any_object(reader, node, side, out, err))
        return false;
    const struct rule_object *found = &reader->out->rules.objects[*out];
    if (found->kind == kind ||
        (kind == OBJECT_POINT && found->kind == OBJECT_CIRCLE))
        return true;
    return yaml_error(reader->file, node, err, "\"%s\" is %s; %s is wanted",
                      found->name, names_object_kind(found->kind),
                      names_object_kind(kind));
}

bool names_objects(const struct bundle_reader *reader,
                   const struct yaml_node *list, const char *key,
                   enum side side, enum rule_object_kind kind, size_t least,
                   size_t most, size_t *objects, size_t *n, struct err *err)
{
    static const char *const whats[] = {"points", "lines", "circles",
                                        "contours"};
    if (!names_list(reader, list, key, least, most, whats[kind], err))
        return false;
    for (size_t i = 0; i < list->count; i++) {
        if (!names_object(reader, &list->items[i], side, kind, &objects[(*n)++],
                          err))
            return false;
    }
    return true;
}

bool names_measure(const struct bundle_reader *reader,
                   const struct yaml_node *node, size_t *out, struct err *err)
{
    const struct rules *rules = &reader->out->rules;
    const char *names[RULES_MEASURES + 1];
    if (node->kind != YAML_SCALAR)
        return yaml_error(reader->file, node, err,
                          "the id of one measurement is wanted");
    for (*out = 0; *out < rules->n_measures; (*out)++) {
        if (strcmp(rules->measures[*out].id, node->text) == 0)
            return true;
        names[*out] = rules->measures[*out].id;
    }
    return names_unknown(reader, node, SIDE_NONE, "measurement", names,
                         rules->n_measures, err);
}
