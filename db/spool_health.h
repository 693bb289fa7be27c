#ifndef DB_SPOOL_HEALTH_H
#define DB_SPOOL_HEALTH_H

#include <stdbool.h>

#include "conf/err.h"

/* A disk that failed a write or a sync once has lost something, and the next
 * sync may succeed without it. The spool is then degraded: a file of that name
 * in it makes every new object ERR_RETRY (A700), in all processes, until the
 * keeper has written, synced and read back a file of its own. */
bool spool_degraded(const char *dir);

/* After a failure with `error` (errno): EIO and its like degrade the spool. A
 * full disk, a read-only file system, too many open files lose nothing. Where
 * not even the mark can be made, new files fail as well. */
void spool_degrade(const char *dir, int error);

/* ERR_RETRY: still broken. Else the mark is gone. */
bool spool_self_test(const char *dir, struct err *err);

#endif
