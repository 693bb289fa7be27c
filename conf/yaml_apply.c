/* A mapping read by a table of its keys. The table is the whole truth: a key
 * that is not in it is a mistake of the person who wrote the file, most often
 * a slip of the keyboard, so the refusal names the nearest key there is. */
#include "conf/yaml.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

enum { WORD_CHARACTERS = 63 };

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* Edit distance with transposition of neighbors (Damerau 1964, optimal string
 * alignment), case ignored. Both are at most WORD_CHARACTERS long. */
static size_t distance(const char *a, const char *b)
{
    size_t row[3][WORD_CHARACTERS + 1]; /* i-2, i-1, i in turns */
    size_t na = strlen(a), nb = strlen(b);

    for (size_t j = 0; j <= nb; j++)
        row[0][j] = j;
    for (size_t i = 1; i <= na; i++) {
        size_t *now = row[i % 3], *before = row[(i + 2) % 3];
        const size_t *earlier = row[(i + 1) % 3];
        int ca = tolower((unsigned char)a[i - 1]);

        now[0] = i;
        for (size_t j = 1; j <= nb; j++) {
            int cb = tolower((unsigned char)b[j - 1]);

            now[j] = least(before[j - 1] + (ca != cb),
                           least(before[j], now[j - 1]) + 1);
            if (i > 1 && j > 1 && ca == tolower((unsigned char)b[j - 2]) &&
                cb == tolower((unsigned char)a[i - 2]))
                now[j] = least(now[j], earlier[j - 2] + 1);
        }
    }
    return row[na % 3][nb];
}

const char *yaml_nearest(const char *word, const char *const *list)
{
    const char *best = NULL, *longer = NULL;
    /* One letter of a short word may be wrong, two of a longer one, then a
     * third of them. */
    size_t n = strlen(word), limit = n < 5 ? 2 : n < 9 ? 3 : n / 3 + 1;

    if (n > WORD_CHARACTERS)
        return NULL;
    for (; *list; list++) {
        size_t d;

        if (strlen(*list) > WORD_CHARACTERS)
            continue;
        d = distance(word, *list);
        if (d < limit && d < strlen(*list)) {
            best = *list;
            limit = d;
        }
        /* BodyPart is far from BodyPartExamined, and still meant */
        if (!longer && n >= 4 && strncasecmp(word, *list, n) == 0)
            longer = *list;
    }
    return best ? best : longer;
}

static bool unknown_key(const struct yaml_file *file,
                        const struct yaml_node *key,
                        const struct yaml_key *keys, struct err *err)
{
    const char *names[64] = {NULL}, *near;
    char known[320] = "";
    size_t used = 0;

    for (size_t i = 0; i < 63 && keys[i].name; i++) {
        names[i] = keys[i].name;
        if (used < sizeof known)
            used += (size_t)snprintf(known + used, sizeof known - used, "%s%s",
                                     i ? ", " : "", keys[i].name);
    }
    near = yaml_nearest(key->text, names);
    if (near)
        return yaml_error(file, key, err,
                          "unknown key \"%.64s\"; did you mean \"%s\"?",
                          key->text, near);
    return yaml_error(file, key, err, "unknown key \"%.64s\"; known here: %s",
                      key->text, known);
}

static const struct yaml_key *find(const struct yaml_key *keys,
                                   const char *name)
{
    for (; keys->name; keys++)
        if (strcmp(keys->name, name) == 0)
            return keys;
    return NULL;
}

static bool apply_one(const struct yaml_file *file,
                      const struct yaml_node *value, const struct yaml_key *row,
                      void *member, struct err *err)
{
    if (row->type == YAML_ANY) {
        *(const struct yaml_node **)member = value;
        return true;
    }
    if (row->type != YAML_NESTED)
        return yaml_scalar(file, value, row, member, err);
    if (value->kind != YAML_MAPPING)
        return yaml_error(file, value, err,
                          "%s: wants a mapping; write `%s: {key: value}`",
                          row->name, row->name);
    return yaml_apply(file, value, row->nested, member, err);
}

bool yaml_apply(const struct yaml_file *file, const struct yaml_node *mapping,
                const struct yaml_key *keys, void *out, struct err *err)
{
    if (mapping->kind != YAML_MAPPING)
        return yaml_error(file, mapping, err,
                          "wants a mapping; write `key: value`");
    for (size_t i = 0; i < mapping->count; i++) {
        const struct yaml_node *key = &mapping->keys[i];
        const struct yaml_key *row = find(keys, key->text);

        if (!row)
            return unknown_key(file, key, keys, err);
        if (!apply_one(file, &mapping->items[i], row, (char *)out + row->offset,
                       err))
            return false;
    }
    for (; keys->name; keys++)
        if (keys->required && !yaml_get(mapping, keys->name))
            return yaml_error(file, mapping, err, "key \"%s\" is missing",
                              keys->name);
    return true;
}
