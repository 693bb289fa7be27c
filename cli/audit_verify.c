/* `osteon audit verify`. With the node's database at hand the anchor's code is
 * checked with the node's secret, and what the database remembers of the
 * ledger's end counts too; the look itself becomes a record. */
#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

#include "cli/audit.h"
#include "cli/cli.h"
#include "cli/database.h"
#include "cli/text.h"
#include "conf/json_line.h"
#include "db/audit.h"
#include "db/audit_fields.h"
#include "db/ledger_verify.h"
#include "db/outbox.h"

/* A file that stands alone, such as the anchor, has no line. */
static void place(const struct ledger_verdict *v)
{
    if (v->seq > 0)
        printf("first bad record: %" PRId64 "\n", v->seq);
    if (v->line > 0)
        printf("where:            %s, line %" PRId64 "\n", v->file, v->line);
    else
        printf("where:            %s\n", v->file);
    printf("what:             %s\n", v->why);
}

static void print_text(const char *folder, const struct ledger_verdict *v,
                       bool with_secret)
{
    char first[TEXT_TIME], last[TEXT_TIME];

    printf("audit ledger      %s\n", folder);
    printf("records           %" PRId64 " in %" PRId64 " segment%s\n",
           v->records, v->segments, v->segments == 1 ? "" : "s");
    if (v->records > 0)
        printf("from, to          %s, %s\n", text_local(first, v->first_ms),
               text_local(last, v->last_ms));
    if (v->unfinished)
        puts("an unfinished line stands at the end: a crash left it, it is no "
             "record");
    if (!v->intact) {
        puts("\nTHE CHAIN IS BROKEN");
        place(v);
        return;
    }
    puts("the chain is intact");
    if (!with_secret)
        puts("(without the node's database: that the anchor is this node's was "
             "not checked)");
}

static json_t *verdict_json(const struct ledger_verdict *v)
{
    json_t *out =
        json_pack("{s:b,s:I,s:I}", "intact", v->intact, "records",
                  (json_int_t)v->records, "segments", (json_int_t)v->segments);

    if (v->intact)
        return out;
    json_line_set(out, "bad", json_integer(v->seq));
    json_line_set(out, "file", json_line_text(v->file));
    json_line_set(out, "line", json_integer(v->line));
    json_line_set(out, "reason", json_line_text(v->why));
    return out;
}

static bool record(struct db *db, const struct ledger_verdict *verdict,
                   struct err *err)
{
    json_t *fields = verdict_json(verdict);

    audit_fields_person(fields);
    return audit_add(db, AUDIT_CHAIN_VERIFIED, fields, err);
}

static int print(const struct conf *conf, const struct ledger_verdict *verdict,
                 bool with_secret, bool json)
{
    json_t *out;

    if (json) {
        out = verdict_json(verdict);
        json_line_set(out, "ledger", json_line_text(conf->audit.ledger));
        json_line_set(out, "first", text_utc(verdict->first_ms));
        json_line_set(out, "last", text_utc(verdict->last_ms));
        json_line_set(out, "unfinished", json_boolean(verdict->unfinished));
        json_line_set(out, "secret", json_boolean(with_secret));
        json_line_print(out);
    } else {
        print_text(conf->audit.ledger, verdict, with_secret);
    }
    return verdict->intact ? CLI_DONE : CLI_FAILED;
}

int audit_verify(const struct conf *conf, bool json)
{
    struct db *db = NULL;
    struct ledger_head known = ledger_head_none;
    struct ledger_verdict verdict;
    struct err err = {0};
    char secret[65];
    bool found = false, good;
    int status;

    if (access(conf->node.database, R_OK | W_OK) == 0)
        db = database_open(conf);
    good = !db || (db_secret(db, secret, &err) &&
                   outbox_head(db, &known, &found, &err));
    good = good && ledger_verify(conf->audit.ledger, db ? secret : NULL,
                                 found ? &known : NULL, &verdict, &err);
    status = good ? print(conf, &verdict, db != NULL, json)
                  : cli_fail(CLI_FAILED, "%s", err.msg);
    if (good && db && !record(db, &verdict, &err))
        status =
            cli_fail(CLI_FAILED, "this look was not recorded: %s", err.msg);
    db_close(db);
    return status;
}
