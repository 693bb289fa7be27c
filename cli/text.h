#ifndef CLI_TEXT_H
#define CLI_TEXT_H

#include <jansson.h>
#include <stddef.h>
#include <stdint.h>

/* Values as a person reads them. A function with `out` fills and returns it. */
#define TEXT_TIME 32

/* 2026-05-01 12:00:00, local time; "-" for 0. */
char *text_local(char out[static TEXT_TIME], int64_t wall_ms);
/* For JSON: "2026-05-01T10:00:00.123Z"; null for 0. */
json_t *text_utc(int64_t wall_ms);
/* 250 ms, 12 s, 5 min, 3 h, 2 d: the largest unit that says it exactly, or
 * with one decimal. */
char *text_duration(char out[static TEXT_TIME], int64_t ms);
/* 512 B, 1.5 KiB, 2 GiB */
char *text_bytes(char out[static TEXT_TIME], int64_t bytes);

/* Copies text with everything that could disturb a terminal replaced by '?':
 * control characters (C0, DEL, C1) and what is not UTF-8. Returns the number
 * of characters, for columns. */
size_t text_printable(char *out, size_t size, const char *text);

/* How many single-character edits apart: for "did you mean". */
size_t text_distance(const char *a, const char *b);

#endif
