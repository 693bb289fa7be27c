/* `checks` and `measurements` of model.yaml: items whose meaning hangs on
 * which of several keys they carry, each written once for both sides. They
 * become one row per side, with channel numbers instead of names. */
#include "inference/bundle_rules.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>

struct item { /* union of what both lists may say */
    char id[33], concept[49], site[33];
    int toward;
    double min, max;
    const struct yaml_node *sides;
    const struct yaml_node *descending, *length_ratio; /* checks */
    const struct yaml_node *angle, *distance;          /* measurements */
};

static const char *const towards[] = {"", "medial", NULL};
static const char *const side_words[] = {"right", "left", NULL};

#define TEXT(key, member)                                                      \
    {                                                                          \
        .name = key, .type = YAML_TEXT, .min = 1, .required = true,            \
        .offset = offsetof(struct item, member),                               \
        .size = sizeof(((struct item *)0)->member)                             \
    }
#define NUMBER(key, member)                                                    \
    {                                                                          \
        .name = key, .type = YAML_NUMBER, .size = sizeof(double),              \
        .offset = offsetof(struct item, member)                                \
    }
#define ANY(key, member)                                                       \
    {                                                                          \
        .name = key, .type = YAML_ANY, .size = sizeof(void *),                 \
        .offset = offsetof(struct item, member)                                \
    }

static const struct yaml_key check_keys[] = {ANY("sides", sides),
                                             ANY("descending", descending),
                                             ANY("length_ratio", length_ratio),
                                             NUMBER("min", min),
                                             NUMBER("max", max),
                                             {.name = NULL}};

static const struct yaml_key measure_keys[] = {
    TEXT("id", id),
    TEXT("concept", concept),
    TEXT("site", site),
    ANY("sides", sides),
    ANY("angle", angle),
    ANY("distance", distance),
    {.name = "toward",
     .type = YAML_CHOICE,
     .offset = offsetof(struct item, toward),
     .size = sizeof(int),
     .choices = towards},
    NUMBER("min", min),
    NUMBER("max", max),
    {.name = NULL}};

static bool read_sides(const struct yaml_file *file,
                       const struct yaml_node *list, enum side sides[2],
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
        return yaml_error(file, list, err,
                          "sides wants a list: [right, left], [right] or "
                          "[left]");
    for (size_t i = 0; i < list->count; i++) {
        int word;
        if (!yaml_scalar(file, &list->items[i], &rule, &word, err))
            return false;
        sides[i] = word == 0 ? SIDE_RIGHT : SIDE_LEFT;
    }
    if (list->count == 2 && sides[0] == sides[1])
        return yaml_error(file, list, err, "sides names the same side twice");
    *n = list->count;
    return true;
}

static bool find_landmark(const struct yaml_file *file,
                          const struct yaml_node *name, enum side side,
                          const struct bundle *bundle, size_t *out,
                          struct err *err)
{
    char full[128];
    if (name->kind != YAML_SCALAR)
        return yaml_error(file, name, err, "a landmark's name was expected");
    snprintf(full, sizeof full, "%s%s%s",
             side == SIDE_NONE ? "" : side_words[side == SIDE_LEFT],
             side == SIDE_NONE ? "" : ".", name->text);
    for (size_t i = 0; i < bundle->n_landmarks; i++) {
        if (strcmp(bundle->landmarks[i], full) == 0) {
            *out = i;
            return true;
        }
    }
    return yaml_error(file, name, err,
                      "\"%s\" is none of the landmarks under output", full);
}

/* points[] has room for `most` names */
static bool find_points(const struct yaml_file *file,
                        const struct yaml_node *list, enum side side,
                        size_t least, size_t most, const struct bundle *bundle,
                        size_t *points, size_t *n, struct err *err)
{
    if (list->kind != YAML_SEQUENCE || list->count < least ||
        list->count > most)
        return least == most
                   ? yaml_error(file, list, err,
                                "a list of %zu landmarks was expected", most)
                   : yaml_error(file, list, err,
                                "a list of %zu to %zu landmarks was expected",
                                least, most);
    for (size_t i = 0; i < list->count; i++) {
        if (!find_landmark(file, &list->items[i], side, bundle, &points[i],
                           err))
            return false;
    }
    *n = list->count;
    return true;
}

static bool check_range(const struct yaml_file *file,
                        const struct yaml_node *at, const struct item *item,
                        struct err *err)
{
    if (!yaml_get(at, "min") || !yaml_get(at, "max"))
        return yaml_error(file, at, err,
                          "min and max are wanted: outside them there is no "
                          "number");
    if (!(item->min < item->max))
        return yaml_error(file, yaml_get(at, "min"), err,
                          "min must be below max");
    return true;
}

static bool read_check(const struct yaml_file *file, const struct yaml_node *at,
                       struct bundle *out, struct err *err)
{
    struct item item = {0};
    enum side sides[2];
    size_t n;
    if (!yaml_apply(file, at, check_keys, &item, err) ||
        !read_sides(file, item.sides, sides, &n, err))
        return false;
    if (!item.descending == !item.length_ratio)
        return yaml_error(file, at, err,
                          "a check is either descending or length_ratio");
    if (item.length_ratio && !check_range(file, at, &item, err))
        return false;
    if (item.descending && (yaml_get(at, "min") || yaml_get(at, "max")))
        return yaml_error(file, at, err,
                          "min and max belong to length_ratio only");
    for (size_t i = 0; i < n; i++) {
        if (out->n_checks == BUNDLE_CHECKS)
            return yaml_error(file, at, err,
                              "more than %d checks, sides "
                              "counted",
                              BUNDLE_CHECKS);
        struct bundle_check *check = &out->checks[out->n_checks++];
        *check = (struct bundle_check){
            .kind = item.descending ? BUNDLE_DESCENDING : BUNDLE_LENGTH_RATIO,
            .side = sides[i],
            .min = item.min,
            .max = item.max};
        if (!find_points(file,
                         item.descending ? item.descending : item.length_ratio,
                         sides[i], item.descending ? 2 : 4,
                         item.descending ? BUNDLE_POINTS : 4, out,
                         check->points, &check->n_points, err))
            return false;
    }
    return true;
}

static bool check_codes(const struct yaml_file *file,
                        const struct yaml_node *at, const struct item *item,
                        const struct bundle_codes *codes, struct err *err)
{
    if (item->id[strspn(item->id, "abcdefghijklmnopqrstuvwxyz0123456789_")])
        return yaml_error(file, yaml_get(at, "id"), err,
                          "an id has small letters, digits and '_' only");
    if (!codes)
        return true;
    if (!codes->concept_known(item->concept))
        return yaml_error(file, yaml_get(at, "concept"), err,
                          "no code is known for concept \"%s\"; the table is "
                          "in docs/RESULTS.md",
                          item->concept);
    if (!codes->site_known(item->site))
        return yaml_error(file, yaml_get(at, "site"), err,
                          "no code is known for site \"%s\"; the table is in "
                          "docs/RESULTS.md",
                          item->site);
    return true;
}

static bool add_measure(const struct yaml_file *file,
                        const struct yaml_node *at, const struct item *item,
                        enum side side, struct bundle *out, struct err *err)
{
    struct bundle_measure m = {.side = side,
                               .kind = item->angle ? MEASURE_ANGLE
                                                   : MEASURE_DISTANCE,
                               .medial = item->toward == 1,
                               .min = item->min,
                               .max = item->max};
    memcpy(m.id, item->id, sizeof m.id);
    memcpy(m.concept, item->concept, sizeof m.concept);
    memcpy(m.site, item->site, sizeof m.site);
    for (size_t i = 0; i < out->n_measures; i++) {
        if (strcmp(out->measures[i].id, m.id) == 0 &&
            out->measures[i].side == side)
            return yaml_error(file, at, err,
                              "measurement \"%s\" is there twice", m.id);
    }
    if (out->n_measures == BUNDLE_MEASURES)
        return yaml_error(file, at, err,
                          "more than %d measurements, sides counted",
                          BUNDLE_MEASURES);
    if (!find_points(file, item->angle ? item->angle : item->distance, side,
                     item->angle ? 3 : 2, item->angle ? 4 : 2, out, m.points,
                     &m.n_points, err))
        return false;
    if (m.kind == MEASURE_ANGLE && m.n_points == 3) { /* A V B: A V V B */
        m.points[3] = m.points[2];
        m.points[2] = m.points[1];
        m.n_points = 4;
    }
    out->measures[out->n_measures++] = m;
    return true;
}

static bool read_measure(const struct yaml_file *file,
                         const struct yaml_node *at,
                         const struct bundle_codes *codes, struct bundle *out,
                         struct err *err)
{
    struct item item = {0};
    enum side sides[2];
    size_t n;
    if (!yaml_apply(file, at, measure_keys, &item, err) ||
        !check_codes(file, at, &item, codes, err) ||
        !read_sides(file, item.sides, sides, &n, err))
        return false;
    if (!item.angle == !item.distance)
        return yaml_error(file, at, err,
                          "a measurement is either an angle or a distance");
    if (item.toward == 1 && (!item.angle || sides[0] == SIDE_NONE))
        return yaml_error(file, yaml_get(at, "toward"), err,
                          "toward belongs to an angle with sides");
    if (!check_range(file, at, &item, err))
        return false;
    for (size_t i = 0; i < n; i++) {
        if (!add_measure(file, at, &item, sides[i], out, err))
            return false;
    }
    return true;
}

static bool check_list(const struct yaml_file *file,
                       const struct yaml_node *list, const char *name,
                       struct err *err)
{
    if (list->kind != YAML_SEQUENCE)
        return yaml_error(file, list, err, "%s wants a list", name);
    for (size_t i = 0; i < list->count; i++) {
        if (list->items[i].kind != YAML_MAPPING)
            return yaml_error(file, &list->items[i], err,
                              "each of %s is a mapping of keys", name);
    }
    return true;
}

bool bundle_rules_checks(const struct yaml_file *file,
                         const struct yaml_node *list, struct bundle *out,
                         struct err *err)
{
    if (list && !check_list(file, list, "checks", err))
        return false;
    for (size_t i = 0; list && i < list->count; i++) {
        if (!read_check(file, &list->items[i], out, err))
            return false;
    }
    return true;
}

bool bundle_rules_measures(const struct yaml_file *file,
                           const struct yaml_node *list,
                           const struct bundle_codes *codes, struct bundle *out,
                           struct err *err)
{
    if (list && !check_list(file, list, "measurements", err))
        return false;
    for (size_t i = 0; list && i < list->count; i++) {
        if (!read_measure(file, &list->items[i], codes, out, err))
            return false;
    }
    return out->n_measures > 0 ||
           yaml_error(file, list ? list : &file->root, err,
                      "the bundle measures nothing");
}
