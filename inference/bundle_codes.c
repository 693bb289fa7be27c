/* The codes that model.yaml names: keys of the table of codes that results
 * know, or a code of the bundle's own. Ours and the retired SRT cannot be
 * brought along: a bundle would give a known code another meaning. */
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "inference/bundle_names.h"

#define KEYS_MOST 256 /* of one table */

struct look {
    const char *table, *key;
    bool found;
    char unit[9];
    const char *keys[KEYS_MOST + 1];
    size_t n;
};

static void look_at(void *ctx, const char *table, const char *key,
                    const char *unit)
{
    struct look *look = ctx;
    if (strcmp(table, look->table) != 0)
        return;
    if (look->n < KEYS_MOST)
        look->keys[look->n++] = key;
    if (strcmp(key, look->key) == 0) {
        look->found = true;
        snprintf(look->unit, sizeof look->unit, "%s", unit);
    }
}

bool names_code(const struct bundle_reader *reader,
                const struct yaml_node *node, const char *table,
                const char *key, char unit[static 9], struct err *err)
{
    struct look look = {.table = table, .key = key};
    unit[0] = '\0';
    if (!reader->codes)
        return true;
    reader->codes->each(look_at, &look);
    memcpy(unit, look.unit, sizeof look.unit);
    if (look.found || look.n == 0)
        return true;
    const char *near = yaml_nearest(key, look.keys);
    if (near)
        return yaml_error(reader->file, node, err,
                          "no code is known for %s \"%s\"; did you mean "
                          "\"%s\"?",
                          table, key, near);
    return yaml_error(reader->file, node, err,
                      "no code is known for %s \"%s\"; the table is in "
                      "docs/CONFORMANCE.md",
                      table, key);
}

static const struct yaml_key own_keys[] = {
    KEY_TEXT("value", struct own_code, value, 1, true),
    KEY_TEXT("scheme", struct own_code, scheme, 1, true),
    KEY_TEXT("meaning", struct own_code, meaning, 1, true), KEY_END};

static bool read_own(const struct bundle_reader *reader,
                     const struct yaml_node *at, struct own_code *own,
                     struct err *err)
{
    if (at->kind != YAML_MAPPING)
        return yaml_error(reader->file, at, err,
                          "code wants {value: ..., scheme: 99..., meaning: "
                          "...}");
    if (!yaml_apply(reader->file, at, own_keys, own, err))
        return false;
    if (strncasecmp(own->scheme, "99OSTEON", 8) == 0)
        return yaml_error(reader->file, yaml_get(at, "scheme"), err,
                          "codes of scheme 99OSTEON are osteon's; name one "
                          "with concept, or use a scheme of your own, such as "
                          "99FOOT");
    if (strcasecmp(own->scheme, "SRT") == 0)
        return yaml_error(reader->file, yaml_get(at, "scheme"), err,
                          "scheme SRT is retired; SCT has its concepts");
    for (size_t i = 0; i < 2; i++) {
        static const char *const keys[] = {"value", "scheme"};
        const char *text = i == 0 ? own->value : own->scheme;
        if (text[strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                              "abcdefghijklmnopqrstuvwxyz0123456789_-.")])
            return yaml_error(reader->file, yaml_get(at, keys[i]), err,
                              "%s: a code has letters, digits, '_', '-' and "
                              "'.' only",
                              keys[i]);
    }
    return strchr(own->meaning, '\\') == NULL ||
           yaml_error(reader->file, yaml_get(at, "meaning"), err,
                      "meaning: no backslash");
}

bool names_concept(const struct bundle_reader *reader,
                   const struct yaml_node *at, const char *table,
                   char concept[static 49], struct own_code *own,
                   char unit[static 9], struct err *err)
{
    static const char *const keys[] = {"concept", "code", NULL};
    size_t which;
    unit[0] = '\0';
    if (!names_kind(reader, at, keys,
                    strcmp(table, "finding") == 0 ? "a finding"
                                                  : "a measurement",
                    &which, err))
        return false;
    const struct yaml_node *node = yaml_get(at, keys[which]);
    if (which == 1)
        return read_own(reader, node, own, err);
    return names_code(reader, node, table, concept, unit, err);
}
