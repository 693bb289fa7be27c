/* `geometry` of model.yaml: points, lines, circles and contours made of the
 * landmarks and of each other. An object is made of those before it, so that
 * there is never a circle of definitions. */
#include <string.h>

#include "inference/bundle_names.h"

struct item {
    const struct yaml_node *name, *sides, *how;
};
struct toward_of {
    const struct yaml_node *of;
    int toward;
};

/* What follows an object's key: OPERANDS_LIST is one list of points,
 * OPERANDS_PAIR one of two kinds. */
enum operands {
    OPERANDS_ONE,      /* a name */
    OPERANDS_LIST,     /* points, least..24 */
    OPERANDS_PAIR,     /* two names */
    OPERANDS_CENTROID, /* points, or a label */
    OPERANDS_EXTREME,  /* {of: contour, toward} */
    OPERANDS_EDGE      /* {of: label, toward} */
};

struct form {
    enum rule_object_kind kind;
    enum object_how how;
    enum operands operands;
    enum rule_object_kind of[2];
    size_t least, most; /* OPERANDS_LIST */
};

static const char *const hows[] = {
    "midpoint",      "centroid", "center",   "intersection", "foot",
    "extreme",       "line",     "vertical", "horizontal",   "parallel",
    "perpendicular", "circle",   "contour",  "edge",         NULL};

#define P OBJECT_POINT
#define L OBJECT_LINE
#define C OBJECT_CIRCLE
#define K OBJECT_CONTOUR
static const struct form forms[] = {
    {P, HOW_MIDPOINT, OPERANDS_LIST, {P, P}, 2, 2},
    {P, HOW_CENTROID, OPERANDS_CENTROID, {P, P}, 1, RULES_OPERANDS},
    {P, HOW_CENTER, OPERANDS_ONE, {C, C}, 0, 0},
    {P, HOW_INTERSECTION, OPERANDS_PAIR, {L, L}, 0, 0},
    {P, HOW_FOOT, OPERANDS_PAIR, {P, L}, 0, 0},
    {P, HOW_EXTREME, OPERANDS_EXTREME, {K, K}, 0, 0},
    {L, HOW_LINE, OPERANDS_LIST, {P, P}, 2, RULES_OPERANDS},
    {L, HOW_VERTICAL, OPERANDS_ONE, {P, P}, 0, 0},
    {L, HOW_HORIZONTAL, OPERANDS_ONE, {P, P}, 0, 0},
    {L, HOW_PARALLEL, OPERANDS_PAIR, {L, P}, 0, 0},
    {L, HOW_PERPENDICULAR, OPERANDS_PAIR, {L, P}, 0, 0},
    {C, HOW_CIRCLE, OPERANDS_LIST, {P, P}, 3, RULES_OPERANDS},
    {K, HOW_CONTOUR, OPERANDS_LIST, {P, P}, 2, RULES_OPERANDS},
    {K, HOW_EDGE, OPERANDS_EDGE, {P, P}, 0, 0},
};
#undef P
#undef L
#undef C
#undef K

static const char *const towards[] = {"up",     "down",    "left", "right",
                                      "medial", "lateral", NULL};

static const struct yaml_key toward_keys[] = {
    KEY_ANY("of", struct toward_of, of, true),
    KEY_CHOICE("toward", struct toward_of, toward, towards, true), KEY_END};

#define HOW(key) KEY_ANY(key, struct item, how, false)
static const struct yaml_key keys[] = {
    KEY_ANY("name", struct item, name, true),
    KEY_ANY("sides", struct item, sides, false),
    HOW("midpoint"),
    HOW("centroid"),
    HOW("center"),
    HOW("intersection"),
    HOW("foot"),
    HOW("extreme"),
    HOW("line"),
    HOW("vertical"),
    HOW("horizontal"),
    HOW("parallel"),
    HOW("perpendicular"),
    HOW("circle"),
    HOW("contour"),
    HOW("edge"),
    KEY_END};

static bool read_label(const struct bundle_reader *reader,
                       const struct yaml_node *node, struct rule_object *out,
                       struct err *err)
{
    struct names_channel channel;
    if (!names_channel(reader, node, out->side, OUTPUT_MASK, &channel, err))
        return false;
    if (channel.index == 0)
        return yaml_error(reader->file, node, err,
                          "\"%s\" is the background of mask \"%s\"",
                          channel.name, channel.output->name);
    memcpy(out->label, channel.output->names[channel.index], sizeof out->label);
    memcpy(out->mask, channel.output->name, sizeof out->mask);
    out->label_index = (uint8_t)channel.index;
    return true;
}

/* {of: ..., toward: ...} */
static bool read_toward(const struct bundle_reader *reader,
                        const struct yaml_node *node, const struct form *form,
                        struct rule_object *out, struct err *err)
{
    struct toward_of item = {0};
    if (!yaml_apply(reader->file, node, toward_keys, &item, err))
        return false;
    out->toward = (enum toward)(TOWARD_UP + item.toward);
    if ((out->toward == TOWARD_MEDIAL || out->toward == TOWARD_LATERAL) &&
        out->side == SIDE_NONE)
        return yaml_error(reader->file, yaml_get(node, "toward"), err,
                          "medial and lateral belong to an object with sides");
    if (form->operands == OPERANDS_EDGE)
        return read_label(reader, item.of, out, err);
    out->n_of = 1;
    return names_object(reader, item.of, out->side, OBJECT_CONTOUR, &out->of[0],
                        err);
}

static bool read_pair(const struct bundle_reader *reader,
                      const struct yaml_node *list, const char *key,
                      const struct form *form, struct rule_object *out,
                      struct err *err)
{
    if (list->kind != YAML_SEQUENCE || list->count != 2)
        return yaml_error(reader->file, list, err, "%s wants [%s, %s]", key,
                          names_object_kind(form->of[0]) + 2,
                          names_object_kind(form->of[1]) + 2);
    out->n_of = 2;
    for (size_t i = 0; i < 2; i++) {
        if (!names_object(reader, &list->items[i], out->side, form->of[i],
                          &out->of[i], err))
            return false;
    }
    return true;
}

static bool read_operands(const struct bundle_reader *reader,
                          const struct yaml_node *node, const char *key,
                          const struct form *form, struct rule_object *out,
                          struct err *err)
{
    switch (form->operands) {
    case OPERANDS_ONE:
        out->n_of = 1;
        return names_object(reader, node, out->side, form->of[0], &out->of[0],
                            err);
    case OPERANDS_PAIR:
        return read_pair(reader, node, key, form, out, err);
    case OPERANDS_EXTREME:
    case OPERANDS_EDGE:
        return read_toward(reader, node, form, out, err);
    case OPERANDS_CENTROID:
        if (node->kind == YAML_SCALAR) {
            out->how = HOW_CENTROID_LABEL;
            return read_label(reader, node, out, err);
        }
        break;
    case OPERANDS_LIST:
        break;
    }
    return names_objects(reader, node, key, out->side, form->of[0], form->least,
                         form->most, out->of, &out->n_of, err);
}

static bool check_new(const struct bundle_reader *reader,
                      const struct yaml_node *node, const char *name,
                      struct err *err)
{
    const struct rules *rules = &reader->out->rules;
    for (size_t i = 0; i < rules->n_objects; i++) {
        if (strcmp(rules->objects[i].name, name) == 0)
            return yaml_error(
                reader->file, node, err, "\"%s\" is the name of %s already",
                name, i < rules->n_landmarks ? "a landmark" : "an object");
    }
    return rules->n_objects < RULES_OBJECTS ||
           yaml_error(reader->file, node, err,
                      "more than %d landmarks and objects, sides counted",
                      RULES_OBJECTS);
}

static bool read_object(const struct bundle_reader *reader,
                        const struct yaml_node *at, struct err *err)
{
    struct item item = {0};
    struct rules *rules = &reader->out->rules;
    enum side sides[2];
    char name[49];
    size_t n, which;
    if (!yaml_apply(reader->file, at, keys, &item, err) ||
        !names_kind(reader, at, hows, "an object", &which, err) ||
        !names_read(reader, item.name, "name", name, sizeof name, err) ||
        !names_sides(reader, item.sides, sides, &n, err))
        return false;
    for (size_t i = 0; i < n; i++) {
        struct rule_object object = {.side = sides[i],
                                     .kind = forms[which].kind,
                                     .how = forms[which].how};
        names_full(sides[i], name, object.name);
        if (!check_new(reader, item.name, object.name, err) ||
            !read_operands(reader, item.how, hows[which], &forms[which],
                           &object, err))
            return false;
        rules->objects[rules->n_objects++] = object;
    }
    return true;
}

bool bundle_geometry(const struct bundle_reader *reader,
                     const struct yaml_node *list, struct err *err)
{
    if (list && !names_mappings(reader, list, "geometry", err))
        return false;
    for (size_t i = 0; list && i < list->count; i++) {
        if (!read_object(reader, &list->items[i], err))
            return false;
    }
    return true;
}
