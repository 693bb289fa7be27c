#ifndef DB_OUTBOX_H
#define DB_OUTBOX_H

#include "db/ledger.h"
#include "db/queue.h"

/* The keeper's side of the table audit. */

/* What the database remembers of the ledger's end; *found false: it has never
 * seen one. */
bool outbox_head(struct db *db, struct ledger_head *out, bool *found,
                 struct err *err);

/* After outbox_head(), before the first outbox_move(): rows that are in the
 * ledger already go, since a crash, or a backup that was restored, came
 * between. */
bool outbox_settle(struct db *db, const struct ledger *ledger, struct err *err);

/* Moves the oldest rows to the ledger, some hundreds at once. *moved 0: there
 * was none. False: at most the ledger has them; outbox_settle() before the
 * next call. */
bool outbox_move(struct db *db, struct ledger *ledger, size_t *moved,
                 struct err *err);

#endif
