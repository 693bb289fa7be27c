#ifndef CONF_JSON_LINE_H
#define CONF_JSON_LINE_H

#include <jansson.h>

/* The JSON (RFC 8259) that programs print, one value a line, and that the
 * queue keeps of a finished job: jansson, and what it leaves to its users.
 * As in conf/mem.h, memory that runs out ends the process: all of it is
 * small. A value that is passed on is given away, also where it is NULL
 * because jansson had no memory for it. */

/* A string; NULL: null. What is not UTF-8 becomes U+FFFD, where jansson would
 * make no string at all. */
json_t *json_line_text(const char *text);
/* Rounded to so many decimals; null when there is no such number in JSON. */
json_t *json_line_number(double value, int decimals);

void json_line_set(json_t *object, const char *key, json_t *value);
void json_line_append(json_t *list, json_t *value);

char *json_line_dump(json_t *value); /* malloc'd, without line feed */
void json_line_print(json_t *value); /* a line on stdout */

/* An object or array that a program of ours wrote. NULL: it did not, or it is
 * longer than 1 MiB. */
json_t *json_line_read(const char *text);

#endif
