#ifndef CLI_JSON_H
#define CLI_JSON_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

/* Writes one JSON value (RFC 8259) on one line. key is NULL inside arrays and
 * for the value itself. Text may hold anything: what is not UTF-8 comes out
 * as U+FFFD, control characters as \u00XX. */
#define JSON_DEPTH 16

struct json {
    FILE *out;
    int depth;
    char close[JSON_DEPTH];
    bool more[JSON_DEPTH]; /* something was written at this depth */
};

void json_start(struct json *json, FILE *out);
void json_object(struct json *json, const char *key);
void json_array(struct json *json, const char *key);
void json_end(struct json *json); /* the outermost end also ends the line */

void json_text(struct json *json, const char *key, const char *text);
void json_int(struct json *json, const char *key, int64_t number);
void json_bool(struct json *json, const char *key, bool yes);
void json_null(struct json *json, const char *key);
/* A wall-clock time as UTC, ISO 8601 with milliseconds; 0: null. */
void json_time(struct json *json, const char *key, int64_t wall_ms);
/* `value` is JSON already (json_parse accepted it). */
void json_raw(struct json *json, const char *key, const char *value);

#endif
