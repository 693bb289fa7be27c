/* The way to the queue for the subcommands that need one. */
#include "cli/database.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

struct db *database_open(const struct conf *conf)
{
    struct err err = {0};
    struct db *db = NULL;

    if (access(conf->node.database, R_OK | W_OK) == 0)
        db = db_open(conf->node.database, &err);
    else if (errno == ENOENT)
        err_set(&err, ERR_REJECT, "no database at %s: the node has not run yet",
                conf->node.database);
    else
        err_set(&err, ERR_REJECT,
                "%s: %s; osteon runs as the user of the node, or as root",
                conf->node.database, strerror(errno));
    if (!db)
        cli_fail(CLI_FAILED, "%s", err.msg);
    return db;
}

struct db *database_of(const struct cli_args *args, int *status)
{
    struct conf *conf = cli_conf(args);
    struct db *db = NULL;

    *status = CONF_EXIT;
    if (conf) {
        *status = CLI_FAILED;
        db = database_open(conf);
        conf_free(conf);
    }
    return db;
}
