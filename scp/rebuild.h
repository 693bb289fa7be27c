#ifndef SCP_REBUILD_H
#define SCP_REBUILD_H

#include <signal.h>

#include "conf/conf.h"

/* osteon-scp --rebuild: rows for every file of the spool that the database does
 * not know (db/rebuild.h), before the other programs start. Images, oldest
 * first, take the routes of the configuration as when they came; results go
 * back to their analysis and are sent again as they are. A file whose digest
 * does not fit goes to <spool>/damaged. False: ERR_RETRY or ERR_FATAL, also
 * when *stop was set; running it again goes on where it ended. */
bool rebuild_run(const struct conf *conf, const volatile sig_atomic_t *stop,
                 struct err *err);

#endif
