/* `osteon history`: what was measured of a patient over time. The one command
 * that is asked by a patient's name, so that every look is a record of the
 * audit trail, and what cannot be recorded is not shown. */
#include "cli/history.h"

#include <stdio.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/database.h"
#include "cli/text.h"
#include "conf/json_line.h"
#include "db/audit.h"
#include "db/audit_fields.h"

static const char usage[] =
    "usage: osteon history [-c FILE] [--state DIR] [--json | --csv]\n"
    "                      [--issuer ISSUER] [--measure ID]\n"
    "                      [--side right|left] PATIENT_ID\n\n"
    "What was measured of a patient over time. Each look is recorded in the\n"
    "audit trail.\n\n" CLI_OPTIONS
    "  --issuer ISSUER  who gave the id, where several did; \"\": nobody said\n"
    "  --measure ID     this measure only, such as hka\n"
    "  --side SIDE      right or left only\n"
    "  --csv            print CSV (RFC 4180)\n" CLI_JSON CLI_HELP;

#define ISSUERS 16

struct question {
    const char *id, *issuer, *measure, *side;
    bool csv, json;
};

bool history_wanted(const struct history_view *view,
                    const struct history_row *row)
{
    return (!view->measure || strcmp(view->measure, row->measure) == 0) &&
           (view->side == SIDE_NONE || view->side == row->side);
}

static size_t wanted(const struct history_view *view)
{
    size_t n = 0;

    for (size_t i = 0; i < view->history->n; i++)
        n += history_wanted(view, &view->history->rows[i]);
    return n;
}

/* Measurements of two people in one table would be read as those of one. */
static bool ambiguous(const struct history_patient *patients, size_t n)
{
    char list[ISSUERS * (HISTORY_NAME + 16)] = "", clean[HISTORY_NAME];
    size_t used = 0;

    if (n < 2)
        return false;
    for (size_t i = 0; i < n; i++) {
        text_printable(clean, sizeof clean, patients[i].issuer);
        used += (size_t)snprintf(list + used, sizeof list - used, "%s\"%s\"",
                                 i ? ", " : "", clean);
    }
    cli_fail(CLI_FAILED,
             "%zu issuers have this patient id: %s; say which with --issuer", n,
             list);
    return true;
}

static bool record(struct db *db, const struct history_patient *patient,
                   size_t n, struct err *err)
{
    json_t *fields = json_object();

    json_line_set(fields, "patient",
                  json_line_text(patient->key[0] ? patient->key : NULL));
    json_line_set(fields, "measurements", json_integer((json_int_t)n));
    audit_fields_person(fields);
    return audit_add(db, AUDIT_HISTORY_SHOWN, fields, err);
}

static void say_nothing_known(const struct question *q, size_t known)
{
    char id[HISTORY_NAME], measure[80];

    text_printable(id, sizeof id, q->id);
    if (known == 0) {
        cli_fail(CLI_FAILED, "nothing is known of patient %s%s", id,
                 q->issuer ? " of that issuer" : "");
        return;
    }
    text_printable(measure, sizeof measure, q->measure ? q->measure : "");
    cli_fail(CLI_FAILED,
             "%s%s%s%s is not among the %zu measurements of patient %s; "
             "without --measure and --side all are shown",
             measure, q->measure && q->side ? ", " : "", q->side ? q->side : "",
             q->measure || q->side ? "" : "that", known, id);
}

static int print(const struct history_view *view, const struct question *q)
{
    struct err err = {0};
    size_t n = wanted(view);

    if (!record(view->db, &view->history->patient, n, &err))
        return cli_fail(CLI_FAILED, "this look cannot be recorded: %s",
                        err.msg);
    if (q->json)
        history_json(view);
    else if (n == 0)
        say_nothing_known(q, view->history->n);
    else if (q->csv)
        history_csv(view, stdout);
    else
        history_text(view, stdout);
    return n > 0 ? CLI_DONE : CLI_FAILED;
}

static int show(struct db *db, const struct question *q)
{
    struct history_patient patients[ISSUERS];
    struct history history = {0};
    struct history_view view = {.db = db,
                                .history = &history,
                                .measure = q->measure,
                                .side = !q->side ? SIDE_NONE
                                        : strcmp(q->side, "left") == 0
                                            ? SIDE_LEFT
                                            : SIDE_RIGHT};
    struct err err = {0};
    size_t n = ISSUERS;
    int status;

    if (!history_patients(db, q->id, q->issuer, patients, &n, &err))
        return cli_fail(CLI_FAILED, "%s", err.msg);
    if (ambiguous(patients, n))
        return CLI_FAILED;
    if (n == 1 && !history_of(db, patients[0].key, &history, &err))
        return cli_fail(CLI_FAILED, "%s", err.msg);
    if (n == 1)
        history.patient = patients[0];
    else
        snprintf(history.patient.id, HISTORY_NAME, "%s", q->id);
    status = print(&view, q);
    history_free(&history);
    return status;
}

int history_command(int argc, char **argv)
{
    struct question q = {0};
    const struct cli_option own[] = {{"--issuer", &q.issuer},
                                     {"--measure", &q.measure},
                                     {"--side", &q.side},
                                     {NULL, NULL}};
    const struct cli_flag flags[] = {{"--csv", &q.csv}, {NULL, NULL}};
    struct cli_args args;
    struct db *db;
    int status;

    cli_parse_flags(argc, argv, usage, true, own, flags, &args);
    if (args.n_operands != 1 || args.operands[0][0] == '\0')
        return cli_usage(usage, "one patient id, please");
    if (args.json && q.csv)
        return cli_usage(usage, "--json or --csv, not both");
    if (q.side && strcmp(q.side, "right") != 0 && strcmp(q.side, "left") != 0)
        return cli_usage(usage, "--side is right or left");
    q.id = args.operands[0];
    q.json = args.json;
    db = database_of(&args, &status);
    if (!db)
        return status;
    status = show(db, &q);
    db_close(db);
    return status;
}
