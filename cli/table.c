/* Columns that line up whatever the names are, with color that never changes
 * a width and only appears on a terminal. */
#include "cli/table.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/text.h"
#include "conf/mem.h"

#define CELL_BYTES 640
#define GAP        2

struct cell {
    enum table_tone tone;
    size_t characters;
    char *text;
};

struct table {
    size_t columns, count;
    const char *right;
    struct cell *cells;
};

static bool colored(FILE *out)
{
    const char *no = getenv("NO_COLOR");

    return (!no || !*no) && isatty(fileno(out));
}

const char *table_tone(FILE *out, enum table_tone tone)
{
    static const char *const start[] = {"", "\033[1m", "\033[32m", "\033[33m",
                                        "\033[1;31m"};

    return colored(out) ? start[tone] : "";
}

const char *table_tone_end(FILE *out, enum table_tone tone)
{
    return tone != TABLE_PLAIN && colored(out) ? "\033[0m" : "";
}

struct table *table_new(size_t columns, const char *right)
{
    struct table *table = mem_calloc(1, sizeof *table);

    table->columns = columns;
    table->right = right ? right : "";
    return table;
}

void table_cell(struct table *table, enum table_tone tone, const char *format,
                ...)
{
    char raw[CELL_BYTES], clean[CELL_BYTES];
    struct cell *cell;
    va_list args;

    va_start(args, format);
    vsnprintf(raw, sizeof raw, format, args);
    va_end(args);
    table->cells =
        mem_grow(table->cells, table->count + 1, sizeof *table->cells);
    cell = &table->cells[table->count++];
    cell->tone = tone;
    cell->characters = text_printable(clean, sizeof clean, raw);
    cell->text = mem_strdup(clean);
}

static void pad(FILE *out, size_t n)
{
    while (n-- > 0)
        fputc(' ', out);
}

/* No cell behind this one in its row has text: nothing to align. */
static bool row_ends(const struct table *table, size_t i)
{
    for (i++; i < table->count && i % table->columns != 0; i++)
        if (table->cells[i].characters > 0)
            return false;
    return true;
}

void table_print(struct table *table, FILE *out)
{
    size_t *width = mem_calloc(table->columns, sizeof *width);
    size_t i, column;
    bool last;

    for (i = 0; i < table->count; i++) {
        column = i % table->columns;
        if (table->cells[i].characters > width[column])
            width[column] = table->cells[i].characters;
    }
    for (i = 0; out && i < table->count; i++) {
        const struct cell *cell = &table->cells[i];
        size_t space;

        column = i % table->columns;
        last = column + 1 == table->columns || i + 1 == table->count;
        space = width[column] - cell->characters;
        if (column < strlen(table->right) && table->right[column] != ' ') {
            pad(out, space);
            space = 0;
        }
        fprintf(out, "%s%s%s", table_tone(out, cell->tone), cell->text,
                table_tone_end(out, cell->tone));
        if (last)
            fputc('\n', out);
        else if (!row_ends(table, i))
            pad(out, space + GAP);
    }
    for (i = 0; i < table->count; i++)
        free(table->cells[i].text);
    free(table->cells);
    free(width);
    free(table);
}
