/* What a model found, readable: one line a measurement, one a refusal. Keys
 * it does not know are shown too, so that a stage can say more without a
 * change here. */
#include "cli/findings.h"

#include <string.h>

#include "cli/table.h"
#include "cli/text.h"
#include "conf/json_line.h"

#define LINE_BYTES 512

static void print_text(FILE *out, const char *text)
{
    char clean[LINE_BYTES];

    text_printable(clean, sizeof clean, text);
    fputs(clean, out);
}

static const char *text_of(const json_t *item, const char *key,
                           const char *otherwise)
{
    const char *text = json_string_value(json_object_get(item, key));

    return text ? text : otherwise;
}

static void print_subject(FILE *out, const char *indent, const json_t *item)
{
    const char *side = text_of(item, "side", "");

    fputs(indent, out);
    if (*side && strcmp(side, "none") != 0) {
        print_text(out, side);
        fputc(' ', out);
    }
    print_text(out, text_of(item, "id", "all measurements"));
}

/* Numbers with as many decimals as mean something to a person. */
static void print_number(FILE *out, const json_t *item, const char *key,
                         int decimals)
{
    const json_t *value = json_object_get(item, key);

    if (json_is_number(value))
        fprintf(out, "%.*f", decimals, json_number_value(value));
    else
        print_text(out, text_of(item, key, "?"));
}

static void print_measurement(FILE *out, const char *indent, const json_t *item)
{
    print_subject(out, indent, item);
    fputs(": ", out);
    print_number(out, item, "value", 1);
    fputc(' ', out);
    print_text(out, text_of(item, "unit", ""));
    if (json_object_get(item, "confidence")) {
        fputs(", confidence ", out);
        print_number(out, item, "confidence", 2);
    }
    fputc('\n', out);
}

static void print_refusal(FILE *out, const char *indent, const json_t *item)
{
    print_subject(out, indent, item);
    fprintf(out, ": %sno value%s, ", table_tone(out, TABLE_WARN),
            table_tone_end(out, TABLE_WARN));
    print_text(out, text_of(item, "reason", "no reason given"));
    fputc('\n', out);
}

static void print_list(FILE *out, const char *indent, const json_t *list,
                       void (*print)(FILE *out, const char *indent,
                                     const json_t *item))
{
    json_t *item;
    size_t i;

    json_array_foreach(list, i, item)
    {
        if (json_is_object(item))
            print(out, indent, item);
    }
}

static void print_members(FILE *out, const char *indent, json_t *summary)
{
    const char *key, *before = indent;
    json_t *value;

    json_object_foreach(summary, key, value)
    {
        if (json_is_array(value) || json_is_object(value) ||
            json_is_null(value) ||
            (json_is_string(value) && json_string_length(value) == 0))
            continue;
        fputs(before, out);
        print_text(out, key);
        fputc(' ', out);
        if (json_is_string(value))
            print_text(out, json_string_value(value));
        else
            json_dumpf(value, out, JSON_ENCODE_ANY | JSON_REAL_PRECISION(15));
        before = ", ";
    }
    if (before != indent)
        fputc('\n', out);
}

void findings_print(FILE *out, const char *indent, const char *text)
{
    json_t *summary = json_line_read(text);

    if (summary) {
        print_members(out, indent, summary);
        print_list(out, indent, json_object_get(summary, "measurements"),
                   print_measurement);
        print_list(out, indent, json_object_get(summary, "refused"),
                   print_refusal);
    } else if (*text) {
        fputs(indent, out);
        print_text(out, text);
        fputc('\n', out);
    }
    json_decref(summary);
}
