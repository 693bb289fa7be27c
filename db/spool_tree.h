#ifndef DB_SPOOL_TREE_H
#define DB_SPOOL_TREE_H

#include <stdbool.h>

#include "conf/err.h"

/* Makes the spool's folders and those above it; removes nothing. */
bool spool_tree(const char *dir, struct err *err);

/* fsync of an open folder; a failure degrades the spool (spool_health.h). */
bool spool_sync_folder(int fd, const char *dir, struct err *err);

#endif
