/* What a model found, readable: one line a measurement, one a refusal. Keys
 * it does not know are shown too, so that a stage can say more without a
 * change here. */
#include "cli/findings.h"

#include <stdlib.h>
#include <string.h>

#include "cli/json_read.h"
#include "cli/table.h"
#include "cli/text.h"

#define LINE_BYTES 512

static void print_text(FILE *out, const char *text)
{
    char clean[LINE_BYTES];

    text_printable(clean, sizeof clean, text);
    fputs(clean, out);
}

static void print_subject(FILE *out, const char *indent,
                          const struct json_value *item)
{
    const char *side = json_get_text(item, "side", "");

    fputs(indent, out);
    if (*side && strcmp(side, "none") != 0) {
        print_text(out, side);
        fputc(' ', out);
    }
    print_text(out, json_get_text(item, "id", "all measurements"));
}

/* Numbers with as many decimals as mean something to a person. */
static void print_number(FILE *out, const struct json_value *item,
                         const char *key, int decimals)
{
    const struct json_value *value = json_get(item, key);

    if (value && value->kind == JSON_NUMBER)
        fprintf(out, "%.*f", decimals, strtod(value->text, NULL));
    else
        print_text(out, json_get_text(item, key, "?"));
}

static void print_measurement(FILE *out, const char *indent,
                              const struct json_value *item)
{
    print_subject(out, indent, item);
    fputs(": ", out);
    print_number(out, item, "value", 1);
    fputc(' ', out);
    print_text(out, json_get_text(item, "unit", ""));
    if (json_get(item, "confidence")) {
        fputs(", confidence ", out);
        print_number(out, item, "confidence", 2);
    }
    fputc('\n', out);
}

static void print_refusal(FILE *out, const char *indent,
                          const struct json_value *item)
{
    print_subject(out, indent, item);
    fprintf(out, ": %sno value%s, ", table_tone(out, TABLE_WARN),
            table_tone_end(out, TABLE_WARN));
    print_text(out, json_get_text(item, "reason", "no reason given"));
    fputc('\n', out);
}

static void print_list(FILE *out, const char *indent,
                       const struct json_value *list,
                       void (*print)(FILE *out, const char *indent,
                                     const struct json_value *item))
{
    const struct json_value *item;

    for (item = list ? list->child : NULL; item; item = item->next)
        if (item->kind == JSON_OBJECT)
            print(out, indent, item);
}

void findings_print(FILE *out, const char *indent, const char *summary)
{
    const struct json_value *root, *member;
    struct json_tree *tree;
    struct err err = {0};
    bool any = false;

    if (!*summary)
        return;
    tree = json_parse(summary, &err);
    if (!tree) {
        fputs(indent, out);
        print_text(out, summary);
        fputc('\n', out);
        return;
    }
    root = json_root(tree);
    for (member = root->kind == JSON_OBJECT ? root->child : root; member;
         member = member->next) {
        if (member->kind == JSON_ARRAY || member->kind == JSON_OBJECT ||
            member->kind == JSON_NULL || !*member->text)
            continue;
        fprintf(out, "%s", any ? ", " : indent);
        if (member->key)
            fprintf(out, "%s ", member->key);
        print_text(out, member->text);
        any = true;
    }
    if (any)
        fputc('\n', out);
    print_list(out, indent, json_get(root, "measurements"), print_measurement);
    print_list(out, indent, json_get(root, "refused"), print_refusal);
    json_tree_free(tree);
}
