#ifndef DB_BACKUP_H
#define DB_BACKUP_H

#include "db/queue.h"

/* A copy of the database in a new file (mode 0600), of one moment, while the
 * node works; checked, and durable when true comes back. A node that starts
 * with it takes up what the spool holds besides (rebuild.h). ERR_REJECT: the
 * file exists. *bytes: its size. */
bool backup_make(struct db *db, const char *path, int64_t *bytes,
                 struct err *err);

#endif
