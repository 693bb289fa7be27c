/* retry, hold, release, drop: the admin's four verbs on jobs. What a verb
 * means and when it is refused is db/queue.h's; here is one line for each. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/database.h"
#include "conf/json_line.h"

#define VERB_USAGE(name, text)                                                 \
    "usage: osteon " name " [-c FILE] [--state DIR] [--json] JOB...\n\n" text  \
    "\n\n" CLI_OPTIONS CLI_JSON CLI_HELP

static const struct verb {
    const char *name, *done, *usage;
    bool (*apply)(struct db *db, int64_t id, struct err *err);
} verbs[] = {
    {"retry", "queued again",
     VERB_USAGE("retry", "Queues dead, held or waiting jobs again at once."),
     queue_retry},
    {"hold", "held",
     VERB_USAGE("hold", "Keeps queued jobs from being done, until release."),
     queue_hold},
    {"release", "queued", VERB_USAGE("release", "Lets held jobs go."),
     queue_release},
    {"drop", "dropped",
     VERB_USAGE("drop", "Gives jobs up: they are dead, their files stay."),
     queue_drop},
};

static bool job_id(const char *text, int64_t *id, struct err *err)
{
    char *end;

    errno = 0;
    *id = strtoll(text, &end, 10);
    if (errno || end == text || *end || *id <= 0) {
        *id = 0;
        return err_set(err, ERR_REJECT,
                       "\"%s\" is no job number; osteon show lists the jobs",
                       text);
    }
    return true;
}

static bool apply(const struct verb *verb, struct db *db, const char *text,
                  json_t *list)
{
    struct err err = {0};
    int64_t id = 0;
    bool good;

    good = job_id(text, &id, &err) && verb->apply(db, id, &err);
    if (list) {
        json_line_append(
            list,
            json_pack("{s:o,s:b,s:o}", "job",
                      id > 0 ? json_integer(id) : json_line_text(text), "ok",
                      good, "error", json_line_text(good ? NULL : err.msg)));
    } else if (good) {
        printf("job %s: %s\n", text, verb->done);
    } else {
        cli_fail(CLI_FAILED, "%s", err.msg);
    }
    return good;
}

int verb_command(int argc, char **argv)
{
    const struct verb *verb = verbs;
    struct cli_args args;
    json_t *list;
    struct db *db;
    bool good = true;
    int i, status;

    while (strcmp(verb->name, argv[0]) != 0)
        verb++;
    cli_parse(argc, argv, verb->usage, true, NULL, &args);
    if (args.n_operands == 0)
        return cli_usage(verb->usage, "which job?");
    db = database_of(&args, &status);
    if (!db)
        return status;
    list = args.json ? json_array() : NULL;
    for (i = 0; i < args.n_operands; i++)
        good &= apply(verb, db, args.operands[i], list);
    if (list)
        json_line_print(list);
    db_close(db);
    return good ? CLI_DONE : CLI_FAILED;
}
