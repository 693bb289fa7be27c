#ifndef DB_QUEUE_CLOCK_H
#define DB_QUEUE_CLOCK_H

#include "db/sql.h"

/* The wall clock went back by more than a minute: the times of live jobs move
 * with it. newest_stamp_ms is the latest stamp_ms of them. *moved says whether
 * anything was done. */
bool queue_clock_check(struct db *db, int64_t newest_stamp_ms, int64_t now_ms,
                       bool *moved, struct err *err);

#endif
