#ifndef CONF_YAML_H
#define CONF_YAML_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "conf/err.h"

/* The one reader of our YAML files (osteon.yaml, model.yaml): libyaml's
 * events under a table-driven schema that keeps line and column.
 * Bounded: 64 KiB, depth 16; NUL, aliases, anchors, tags and duplicate keys
 * are refused. Every error reads
 *
 *   FILE:LINE:COLUMN: what is wrong; what would be right
 */
enum yaml_kind { YAML_SCALAR, YAML_SEQUENCE, YAML_MAPPING };

struct yaml_node {
    enum yaml_kind kind;
    int line, column;        /* 1-based */
    const char *text;        /* scalar's value, else "" */
    bool quoted;             /* scalar was written in quotes */
    size_t count;            /* items or pairs */
    struct yaml_node *items; /* sequence: items; mapping: values */
    struct yaml_node *keys;  /* mapping: its keys, same order; else NULL */
};

struct yaml_file {
    char path[256];
    struct yaml_node root;
    void *text; /* owned storage behind every node */
};

/* ERR_REJECT: the file is absent or bad, and out needs no yaml_free(). */
bool yaml_read(const char *path, struct yaml_file *out, struct err *err);

/* libyaml exports a yaml_free() of its own and calls it through the dynamic
 * linker: ours must have another name there. */
void yaml_free(struct yaml_file *file) __asm__("osteon_yaml_free");

/* Always false: err becomes "FILE:LINE:COLUMN: message", ERR_REJECT. */
bool yaml_error(const struct yaml_file *file, const struct yaml_node *at,
                struct err *err, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));

const struct yaml_node *yaml_get(const struct yaml_node *mapping,
                                 const char *key); /* NULL when absent */

/* The schema: one row a key, read into a struct at an offset. */
enum yaml_type {
    YAML_TEXT,     /* char[size]; min = least length */
    YAML_AE,       /* char[17]: 1..16 characters, PS3.5 6.2 */
    YAML_INT,      /* int64_t, min..max */
    YAML_NUMBER,   /* double, min..max */
    YAML_BOOL,     /* bool: true or false */
    YAML_DURATION, /* int64_t milliseconds: 250ms 20s 5m 72h 7d 5y */
    YAML_BYTES,    /* int64_t bytes: 512, 128KiB, 64MiB, 2GiB */
    YAML_CHOICE,   /* int: index into choices (NULL-terminated) */
    YAML_PATH,     /* char[size], relative to the file's own folder */
    YAML_NESTED,   /* a mapping read by another schema at this offset */
    YAML_ANY       /* const struct yaml_node *: the caller reads it */
};

struct yaml_key {
    const char *name;
    enum yaml_type type;
    size_t offset, size; /* of the member */
    double min, max;     /* inclusive; both 0: no limit */
    const char *const *choices;
    const struct yaml_key *nested;
    bool required; /* absent: error; else the member keeps its default */
};

/* .offset and .size of a row: {.name = "port", ..., YAML_AT(struct x, port)} */
#define YAML_AT(type, member)                                                  \
    .offset = offsetof(type, member), .size = sizeof(((type *)0)->member)

/* keys ends with a row whose name is NULL. Unknown keys are errors that name
 * the nearest known key. */
bool yaml_apply(const struct yaml_file *file, const struct yaml_node *mapping,
                const struct yaml_key *keys, void *out, struct err *err);

/* One scalar by the same rules, for lists and free keys. rule->name opens the
 * message; min and max hold for each type: least and greatest number, length,
 * milliseconds or bytes. */
bool yaml_scalar(const struct yaml_file *file, const struct yaml_node *node,
                 const struct yaml_key *rule, void *out, struct err *err);

/* The list's item most like the word, for `did you mean`, or NULL when none
 * is near. The list ends with NULL. */
const char *yaml_nearest(const char *word, const char *const *list);

#endif
