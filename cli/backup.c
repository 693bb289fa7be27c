/* `osteon backup`: the queue in a file, while the node works. Objects are files
 * of the spool and are copied by whatever copies files. */
#include <stdio.h>

#include "cli/cli.h"
#include "cli/database.h"
#include "cli/text.h"
#include "conf/json_line.h"
#include "db/backup.h"

static const char usage[] =
    "usage: osteon backup [-c FILE] [--state DIR] [--json] FILE\n\n"
    "Copies the database into a new file, checked and synced, while the node\n"
    "works.\n\n" CLI_OPTIONS CLI_JSON CLI_HELP;

int backup_command(int argc, char **argv)
{
    struct cli_args args;
    struct err err = {0};
    char size[TEXT_TIME];
    int64_t bytes = 0;
    struct db *db;
    int status;
    bool ok;

    cli_parse(argc, argv, usage, true, NULL, &args);
    if (args.n_operands != 1)
        return cli_usage(usage, "one file, please");
    db = database_of(&args, &status);
    if (!db)
        return status;
    ok = backup_make(db, args.operands[0], &bytes, &err);
    db_close(db);
    if (!ok)
        return cli_fail(CLI_FAILED, "%s", err.msg);
    if (args.json)
        json_line_print(json_pack("{s:o,s:I}", "file",
                                  json_line_text(args.operands[0]), "bytes",
                                  (json_int_t)bytes));
    else
        printf("%s: %s, sound\n", args.operands[0], text_bytes(size, bytes));
    return CLI_DONE;
}
