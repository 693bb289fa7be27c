/* `osteon show`: where is this study, and what became of it? Also by the
 * number of an object or job, or the key of a study, that a log line named,
 * since the log holds no study UID. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/database.h"
#include "cli/study.h"
#include "db/study_key.h"
#include "dicom/scan.h"

static const char usage[] =
    "usage: osteon show [-c FILE] [--state DIR] [--json]\n"
    "                   [STUDY_UID | study=KEY | object=N | job=N]\n\n"
    "One study from receipt to delivery; without an argument, every job that\n"
    "is not done. KEY is what a log line calls the study; job=N finds a job\n"
    "that is not done.\n\n" CLI_OPTIONS CLI_JSON CLI_HELP;

static bool read_number(const char *text, int64_t *number, struct err *err)
{
    char *end;

    errno = 0;
    *number = strtoll(text, &end, 10);
    return !errno && end != text && !*end && *number > 0
               ? true
               : err_set(err, ERR_REJECT, "\"%s\" is no number of ours", text);
}

static bool find_by_object(struct db *db, const char *text, char uid[65],
                           struct err *err)
{
    struct object object;
    int64_t id;

    if (!read_number(text, &id, err) || !queue_object(db, id, &object, err))
        return false;
    memcpy(uid, object.study_uid, sizeof object.study_uid);
    return true;
}

static bool find_by_job(struct db *db, const char *text, char uid[65],
                        struct err *err)
{
    struct study jobs;
    int64_t id;
    size_t i;
    bool good;

    if (!read_number(text, &id, err))
        return false;
    good = study_read(db, NULL, &jobs, err);
    *uid = '\0';
    for (i = 0; good && i < jobs.n_jobs; i++)
        if (jobs.jobs[i].job.id == id)
            memcpy(uid, jobs.jobs[i].job.study_uid, 65);
    study_free(&jobs);
    if (good && !*uid)
        return err_set(err, ERR_REJECT, "job %s is done or does not exist",
                       text);
    return good;
}

static bool find_by_key(struct db *db, const char *text, char uid[65],
                        struct err *err)
{
    bool found;

    return study_key_find(db, text, uid, &found, err) &&
           (found ||
            err_set(err, ERR_REJECT, "no study here has the key %s", text));
}

/* The bare key as well: 16 hex digits are no UID. */
static bool is_key(const char *text)
{
    return strlen(text) == STUDY_KEY - 1 &&
           strspn(text, "0123456789abcdef") == STUDY_KEY - 1 &&
           strspn(text, "0123456789") < STUDY_KEY - 1;
}

static bool find(struct db *db, const char *what, char uid[65], struct err *err)
{
    if (strncmp(what, "object=", 7) == 0)
        return find_by_object(db, what + 7, uid, err);
    if (strncmp(what, "job=", 4) == 0)
        return find_by_job(db, what + 4, uid, err);
    if (strncmp(what, "study=", 6) == 0)
        return find_by_key(db, what + 6, uid, err);
    if (is_key(what))
        return find_by_key(db, what, uid, err);
    if (!scan_uid_valid(what))
        return err_set(err, ERR_REJECT,
                       "\"%s\" is no UID; see osteon show --help", what);
    snprintf(uid, 65, "%s", what);
    return true;
}

static int show(struct db *db, const char *what, bool as_json)
{
    struct err err = {0};
    struct study study;
    char uid[65];
    bool nothing;

    if (what && !find(db, what, uid, &err))
        return cli_fail(CLI_FAILED, "%s", err.msg);
    if (!study_read(db, what ? uid : NULL, &study, &err)) {
        study_free(&study);
        return cli_fail(CLI_FAILED, "%s", err.msg);
    }
    nothing = what && study.n_objects == 0 && study.n_jobs == 0;
    if (as_json)
        study_json(&study);
    else if (nothing)
        cli_fail(CLI_FAILED, "nothing of study %s arrived here", uid);
    else if (what)
        study_text(&study);
    else
        study_list(&study);
    study_free(&study);
    return nothing ? CLI_FAILED : CLI_DONE;
}

int show_command(int argc, char **argv)
{
    struct cli_args args;
    struct db *db;
    int status;

    cli_parse(argc, argv, usage, true, NULL, &args);
    if (args.n_operands > 1)
        return cli_usage(usage, "one study at a time");
    db = database_of(&args, &status);
    if (!db)
        return status;
    status = show(db, args.n_operands ? args.operands[0] : NULL, args.json);
    db_close(db);
    return status;
}
