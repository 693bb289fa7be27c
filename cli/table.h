#ifndef CLI_TABLE_H
#define CLI_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/* Aligned columns on stdout. Cells are added row by row; the table is printed
 * at once, when widths are known. Text is made harmless for a terminal. */
enum table_tone { TABLE_PLAIN, TABLE_BOLD, TABLE_GOOD, TABLE_WARN, TABLE_BAD };

struct table;
/* right[i] != ' ': column i is aligned right; NULL or shorter: left. */
struct table *table_new(size_t columns, const char *right);
void table_cell(struct table *table, enum table_tone tone, const char *format,
                ...) __attribute__((format(printf, 3, 4)));
/* out NULL: prints nothing. */
void table_print(struct table *table, FILE *out); /* frees it */

/* Escape sequences for a tone and back, "" unless out is a terminal and
 * NO_COLOR (no-color.org) is unset. */
const char *table_tone(FILE *out, enum table_tone tone);
const char *table_tone_end(FILE *out, enum table_tone tone);

#endif
