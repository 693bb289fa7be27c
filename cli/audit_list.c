/* Records one after the other, without a judgment: for that there is verify.
 * A line that is no record is said and passed over. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/audit.h"
#include "cli/cli.h"
#include "cli/database.h"
#include "cli/table.h"
#include "cli/text.h"
#include "conf/json_line.h"
#include "db/audit.h"
#include "db/audit_fields.h"
#include "db/audit_message.h"
#include "db/ledger.h"
#include "db/ledger_reader.h"

static bool fits(const struct audit_filter *filter,
                 const struct ledger_event *event)
{
    return (filter->since_ms == 0 || event->at_ms >= filter->since_ms) &&
           (filter->until_ms == 0 || event->at_ms < filter->until_ms) &&
           (!filter->event || strcmp(filter->event, event->event) == 0);
}

/* Without a condition the last N records are the last N lines. */
static int64_t start_of(const char *ledger, const struct audit_filter *filter)
{
    struct ledger_head head;
    bool found;

    if (filter->last == 0 || filter->since_ms || filter->until_ms ||
        filter->event ||
        !ledger_anchor_read(ledger, NULL, &head, &found, &(struct err){0}) ||
        !found || head.seq <= filter->last)
        return 0;
    return head.seq - filter->last + 1;
}

bool audit_each(const char *ledger, const struct audit_filter *filter,
                bool (*each)(void *ctx, int64_t seq,
                             const struct ledger_event *event,
                             const char *line),
                void *ctx, struct err *err)
{
    int64_t from = start_of(ledger, filter), seq;
    struct ledger_reader *reader = ledger_reader_open(ledger, from, err);
    struct ledger_event event;
    enum ledger_read read;
    bool good = reader != NULL;

    while (good && (read = ledger_reader_next(reader, err)) != LEDGER_END) {
        if (read == LEDGER_FAIL) {
            good = false;
        } else if (!ledger_record_read(reader->text, reader->n, &seq, &event)) {
            cli_fail(0,
                     "%s, line %" PRId64 ": no record; see osteon audit "
                     "verify",
                     reader->name, reader->line);
        } else {
            if (seq >= from && fits(filter, &event))
                good = each(ctx, seq, &event, reader->text);
            free(event.fields);
        }
    }
    ledger_reader_close(reader);
    return good;
}

/* ---- show ------------------------------------------------------------ */

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

/* ---- export ---------------------------------------------------------- */

struct export
{
    const struct conf *conf;
    FILE *out;
    int64_t records;
};

static bool write_message(void *ctx, int64_t seq,
                          const struct ledger_event *event, const char *line)
{
    struct export *export = ctx;
    char *message = audit_message(export->conf, seq, event);
    bool good = fputs(message, export->out) >= 0;

    (void)line;
    free(message);
    export->records++;
    return good;
}

/* Who reads the log is part of it (A.5.3.2). */
static bool record(const struct conf *conf, int64_t records, struct err *err)
{
    struct db *db;
    json_t *fields;
    bool good;

    if (access(conf->node.database, R_OK | W_OK) != 0)
        return true;
    db = db_open(conf->node.database, err);
    if (!db)
        return false;
    fields = json_pack("{s:I}", "records", (json_int_t)records);
    audit_fields_person(fields);
    good = audit_add(db, AUDIT_LEDGER_EXPORTED, fields, err);
    db_close(db);
    return good;
}

int audit_export(const struct conf *conf, const struct audit_filter *filter,
                 const char *out)
{
    struct export export = {.conf = conf, .out = stdout};
    struct err err = {0};
    bool good;
    int fd;

    if (out) {
        fd = open(out, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
        export.out = fd >= 0 ? fdopen(fd, "w") : NULL;
        if (!export.out)
            return cli_fail(CLI_FAILED, "%s: %s", out, strerror(errno));
    }
    good = audit_each(conf->audit.ledger, filter, write_message, &export, &err);
    if (!good && err.code == ERR_NONE)
        err_set(&err, ERR_RETRY, "the output could not be written");
    if (out && fclose(export.out) != 0 && good)
        good = err_set(&err, ERR_RETRY, "%s: %s", out, strerror(errno));
    if (!good)
        return cli_fail(CLI_FAILED, "%s", err.msg);
    if (!record(conf, export.records, &err))
        return cli_fail(CLI_FAILED, "this export was not recorded: %s",
                        err.msg);
    return CLI_DONE;
}
