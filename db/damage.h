#ifndef DB_DAMAGE_H
#define DB_DAMAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "conf/err.h"

/* A database that is damaged gets a mark beside it, <database>.damaged, by
 * whoever noticed; the programs end, and the keeper's next start sets it aside
 * and makes a new one, which osteon-scp --rebuild fills from the spool. */
void damage_mark(const char *database, const char *what);
bool damage_marked(const char *database);

/* What the mark says; "" when it cannot be read. */
void damage_what(const char *database, char *out, size_t size);

/* Whoever has the database open holds <database>.lock shared; exclusive means
 * that nobody has. A descriptor, or -1: ERR_RETRY after patience_ms. */
int damage_lock(const char *database, bool exclusive, int64_t patience_ms,
                struct err *err);
void damage_unlock(int lock);

/* Renames database, -wal and -shm to <database>.damaged-<UTC time>, removes
 * the mark, and makes the names durable. The caller holds the exclusive lock.
 * aside: the new name. */
bool damage_set_aside(const char *database, char *aside, size_t size,
                      struct err *err);

/* The file's folder is synced. */
bool damage_sync_folder(const char *database, struct err *err);

/* The seal, <database>.seal, is the SHA-256 of the database's main file, which
 * only the keeper's checkpoints change. break: before one; make: after. */
bool seal_break(const char *database, struct err *err);
void seal_make(const char *database);

/* False: the file is not what was sealed. Without a seal there is nothing to
 * compare, nor when another program (sqlite3) was the last to close the
 * database: it checkpoints then, and leaves no -wal. */
bool seal_intact(const char *database);

#endif
