#ifndef CLI_JSON_READ_H
#define CLI_JSON_READ_H

#include <stdbool.h>
#include <stddef.h>

#include "conf/err.h"

/* Reads JSON of our own programs (summaries, `osteon-infer --check`) for
 * printing it. Strict RFC 8259, at most 1 MiB, 16 deep. */
#define JSON_READ_BYTES ((size_t)1 << 20)

enum json_kind {
    JSON_NULL,
    JSON_BOOL,
    JSON_NUMBER,
    JSON_STRING,
    JSON_ARRAY,
    JSON_OBJECT
};

struct json_value {
    enum json_kind kind;
    const char *key;  /* in an object, else NULL */
    const char *text; /* scalars: as written, strings unescaped; else "" */
    const struct json_value *child, *next;
};

struct json_tree;
/* NULL and ERR_REJECT: not JSON. Text is copied. */
struct json_tree *json_parse(const char *text, struct err *err);
void json_tree_free(struct json_tree *tree);
const struct json_value *json_root(const struct json_tree *tree);

/* NULL when value is NULL, no object, or has no such key. */
const struct json_value *json_get(const struct json_value *value,
                                  const char *key);
/* The scalar's text, or `otherwise`; null counts as absent. */
const char *json_get_text(const struct json_value *value, const char *key,
                          const char *otherwise);

#endif
