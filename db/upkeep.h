#ifndef DB_UPKEEP_H
#define DB_UPKEEP_H

#include "db/queue.h"

/* What only osteon-keeper does to the database. */

/* ERR_FATAL: the database is damaged, and marked so (damage.h). */
bool upkeep_check(struct db *db, struct err *err);

/* Moves the WAL into the database and empties it. *done false: a reader was
 * in the way for half a second; later, then. */
bool upkeep_checkpoint(struct db *db, bool *done, struct err *err);

/* Purges one study that ended more than keep_ms ago: each of its jobs is DONE
 * or DEAD, and neither they nor its objects are newer. The rows say so first,
 * in one transaction that looks at the jobs again; the files go after (P6).
 * *files -1: there is none. */
bool upkeep_purge(struct db *db, int64_t keep_ms, int64_t *files,
                  struct err *err);

/* The destinations that jobs wait for, by name: the one after `key`, "" behind
 * the last. */
bool upkeep_next_key(struct db *db, char key[static 65], struct err *err);

/* Buries what waits for a destination that nobody serves any more and is older
 * than age_ms. *n: how many. */
bool upkeep_strand(struct db *db, const char *key, int64_t age_ms, int64_t *n,
                   struct err *err);

/* The latest moment that a job or an object bears; 0: there is none. */
bool upkeep_last_ms(struct db *db, int64_t *last_ms, struct err *err);

/* Does an object that was not purged own this path? */
bool upkeep_named(struct db *db, const char *path, bool *named,
                  struct err *err);

#endif
