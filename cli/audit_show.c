/* `osteon audit show`: the last records, as an admin asks for them; the whole
 * of each is in --json. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/audit.h"
#include "cli/cli.h"
#include "cli/table.h"
#include "cli/text.h"
#include "conf/json_line.h"

struct shown { /* the last so many, as a ring */
    struct shown_record {
        int64_t seq, at_ms, times;
        char event[64], *fields, *line;
    } * records;
    size_t room, count;
};

static bool keep(void *ctx, int64_t seq, const struct ledger_event *event,
                 const char *line)
{
    struct shown *shown = ctx;
    struct shown_record *record = &shown->records[shown->count++ % shown->room];

    free(record->fields);
    free(record->line);
    record->seq = seq;
    record->at_ms = event->at_ms;
    record->times = event->times;
    memcpy(record->event, event->event, sizeof record->event);
    record->fields = strdup(event->fields);
    record->line = strdup(line);
    return record->fields && record->line;
}

/* What an admin looks for first; UIDs and digests are in --json. */
static void describe(const char *fields, char *out, size_t size)
{
    static const char *const keys[] = {
        "receipt",     "calling_ae", "address", "model",  "version",
        "destination", "status",     "job",     "user",   "file",
        "records",     "intact",     "bad",     "reason", "host"};
    json_t *value = json_line_read(fields);
    size_t n = 0;

    out[0] = '\0';
    for (size_t i = 0; i < sizeof keys / sizeof *keys && n < size; i++) {
        const json_t *field = json_object_get(value, keys[i]);
        const char *text = json_string_value(field);
        const char *gap = n ? " " : "";

        if (text)
            n += (size_t)snprintf(out + n, size - n, "%s%s=%s", gap, keys[i],
                                  text);
        else if (json_is_integer(field))
            n += (size_t)snprintf(out + n, size - n,
                                  "%s%s=%" JSON_INTEGER_FORMAT, gap, keys[i],
                                  json_integer_value(field));
        else if (json_is_boolean(field))
            n += (size_t)snprintf(out + n, size - n, "%s%s=%s", gap, keys[i],
                                  json_is_true(field) ? "yes" : "no");
    }
    json_decref(value);
}

static void print_records(const struct shown *shown, bool json)
{
    size_t n = shown->count < shown->room ? shown->count : shown->room;
    struct table *table = json ? NULL : table_new(4, "r");
    char time[TEXT_TIME], what[512];

    if (table) {
        table_cell(table, TABLE_BOLD, "RECORD");
        table_cell(table, TABLE_BOLD, "TIME");
        table_cell(table, TABLE_BOLD, "EVENT");
        table_cell(table, TABLE_BOLD, "WHAT");
    }
    for (size_t i = shown->count - n; i < shown->count; i++) {
        const struct shown_record *record = &shown->records[i % shown->room];

        if (!table) {
            puts(record->line);
            continue;
        }
        describe(record->fields, what, sizeof what);
        table_cell(table, TABLE_PLAIN, "%" PRId64, record->seq);
        table_cell(table, TABLE_PLAIN, "%s", text_local(time, record->at_ms));
        table_cell(table, TABLE_PLAIN, "%s", record->event);
        if (record->times > 1)
            table_cell(table, TABLE_PLAIN, "%s (%" PRId64 " times)", what,
                       record->times);
        else
            table_cell(table, TABLE_PLAIN, "%s", what);
    }
    if (table)
        table_print(table, stdout);
}

int audit_show(const struct conf *conf, const struct audit_filter *filter,
               bool json)
{
    struct shown shown = {.room = (size_t)filter->last};
    struct err err = {0};
    bool good;

    shown.records = calloc(shown.room, sizeof *shown.records);
    if (!shown.records)
        return cli_fail(CLI_FAILED, "out of memory");
    good = audit_each(conf->audit.ledger, filter, keep, &shown, &err);
    print_records(&shown, json);
    for (size_t i = 0; i < shown.room; i++) {
        free(shown.records[i].fields);
        free(shown.records[i].line);
    }
    free(shown.records);
    return good ? CLI_DONE : cli_fail(CLI_FAILED, "%s", err.msg);
}
