/* `osteon audit export`: the ledger for an audit repository, in the words of
 * PS3.15 A.5. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/audit.h"
#include "cli/cli.h"
#include "conf/json_line.h"
#include "db/audit.h"
#include "db/audit_fields.h"
#include "db/audit_message.h"

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
