/* Due times must mean the same after a reboot, so they are wall clock; and the
 * wall clock jumps. When it goes forward rows are due early, which is harmless
 * (attempts tell two workers apart). When it goes back rows would wait for the
 * hour or the years it went back. Each row therefore keeps the moment at which
 * its due time was set, and one from the future moves by the difference:
 * what was 20 s away is 20 s away again. */
#include "db/queue_clock.h"

#define JUMP_MS 60000 /* slower corrections are no jump */

bool queue_clock_check(struct db *db, int64_t newest_stamp_ms, int64_t now_ms,
                       bool *moved, struct err *err)
{
    struct sql q;

    *moved = newest_stamp_ms > now_ms + JUMP_MS;
    if (!*moved)
        return true;
    q = SQL(db, "UPDATE job SET due_ms = due_ms - (stamp_ms - ?1), "
                "first_ms = first_ms - (stamp_ms - ?1), "
                "created_ms = min(created_ms, ?1), stamp_ms = ?1 "
                "WHERE state IN (1, 2) AND stamp_ms > ?1 + ?2");
    sql_int(&q, now_ms);
    sql_int(&q, JUMP_MS);
    return sql_run(&q, err);
}
