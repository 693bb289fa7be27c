#ifndef CLI_DATABASE_H
#define CLI_DATABASE_H

#include "conf/conf.h"
#include "db/queue.h"

/* Opens the node's database for a subcommand, but never makes one: it would
 * belong to the admin and not to the node. NULL: the reason was printed. */
struct db *database_open(const struct conf *conf);

#endif
