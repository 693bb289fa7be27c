#ifndef CLI_DATABASE_H
#define CLI_DATABASE_H

#include "cli/cli.h"
#include "db/queue.h"

/* Opens the node's database for a subcommand, but never makes one: it would
 * belong to the admin and not to the node. NULL: the reason was printed. */
struct db *database_open(const struct conf *conf);

/* The same from a subcommand's options. NULL: *status is what to exit with. */
struct db *database_of(const struct cli_args *args, int *status);

#endif
