/* How work gets its one worker: a claim is one UPDATE under SQLite's write
 * lock, and it is a lease, so that a worker that vanished gives its job back.
 * An empty look, twenty times a second by every worker, writes nothing. */
#include <string.h>

#include "conf/clock.h"
#include "db/queue.h"
#include "db/queue_clock.h"
#include "db/rows.h"
#include "db/sql.h"

/* The job to take: one index look-up per priority, the highest first (CROSS
 * JOIN keeps the order), however many jobs of a higher one wait for their
 * time. ?1 now, ?2 stage, ?3 key. */
#define PRIORITIES                                                             \
    "(VALUES (9), (8), (7), (6), (5), (4), (3), (2), (1), (0)) AS p "
#define MOST_URGENT(key)                                                       \
    "SELECT coalesce((SELECT j.id FROM " PRIORITIES "CROSS JOIN job j "        \
    "WHERE j.id = (SELECT id FROM job WHERE state IN (1, 2) AND stage = "      \
    "?2 " key "AND priority = p.column1 AND due_ms <= ?1 "                     \
    "ORDER BY due_ms, id LIMIT 1) LIMIT 1), 0), "                              \
    "coalesce((SELECT max(stamp_ms) FROM job WHERE state IN (1, 2)), 0)"

/* *id 0: nothing is due. */
static bool look(struct db *db, enum job_stage stage, const char *key,
                 int64_t now_ms, int64_t *id, int64_t *newest_stamp_ms,
                 struct err *err)
{
    struct sql q;

    if (key)
        q = SQL(db, MOST_URGENT("AND key = ?3 "));
    else
        q = SQL(db, MOST_URGENT(""));
    sql_int(&q, now_ms);
    sql_int(&q, stage);
    if (key)
        sql_text(&q, key);
    if (sql_step(&q, err) != SQL_ROW)
        return false;
    *id = sql_get_int(&q);
    *newest_stamp_ms = sql_get_int(&q);
    return sql_run(&q, err);
}

/* A study that reached `cap` without what its route needs, where the route
 * holds such studies: HELD, not BUSY, and open for more images. */
#define HOLDS                                                                  \
    "(stage = 1 AND hold_at_cap = 1 AND upto IS NULL AND "                     \
    "NOT (needs_met & needs_all = needs_all AND seen >= wanted))"

/* *job has id 0 when another worker was faster. */
static bool take(struct db *db, int64_t id, const char *owner, int64_t lease_ms,
                 int64_t now_ms, struct job *job, struct err *err)
{
    struct sql q =
        SQL(db, "UPDATE job SET "
                "state = CASE WHEN " HOLDS " THEN 5 ELSE 2 END, "
                "why = CASE WHEN " HOLDS " THEN "
                "'cap has passed without what the route needs' ELSE why END, "
                "attempts = attempts + NOT " HOLDS ", "
                "upto = CASE WHEN stage <> 1 OR " HOLDS " THEN upto ELSE "
                "coalesce(upto, (SELECT max(s.id) FROM selection s WHERE "
                "s.study_uid = job.study_uid AND s.route = job.route), 0) END, "
                "owner = ?3, due_ms = ?1 + ?4, stamp_ms = ?1 "
                "WHERE id = ?2 AND state IN (1, 2) AND due_ms <= ?1 "
                "RETURNING " JOB_COLUMNS);
    enum sql_step step;

    sql_int(&q, now_ms);
    sql_int(&q, id);
    sql_text(&q, owner);
    sql_int(&q, lease_ms);
    step = sql_step(&q, err);
    job->id = 0;
    if (step != SQL_ROW)
        return step == SQL_END;
    rows_job(&q, job);
    return sql_run(&q, err);
}

bool queue_claim(struct db *db, enum job_stage stage, const char *key,
                 const char *owner, int64_t lease_ms, struct job *job,
                 struct err *err)
{
    int64_t id, newest_stamp_ms;
    struct job taken;

    for (;;) {
        int64_t now_ms = clock_wall_ms();
        bool moved;

        if (!look(db, stage, key, now_ms, &id, &newest_stamp_ms, err) ||
            !queue_clock_check(db, newest_stamp_ms, now_ms, &moved, err))
            return false;
        if (moved)
            continue;
        if (id == 0) {
            err->code = ERR_NONE;
            return false;
        }
        if (!take(db, id, owner, lease_ms, now_ms, &taken, err))
            return false;
        if (taken.id != 0 && taken.state == JOB_BUSY) {
            *job = taken;
            return true;
        }
    }
}

bool queue_reclaim(struct db *db, const char *owner, struct err *err)
{
    int64_t now_ms = clock_wall_ms();
    struct sql q = SQL(db, "UPDATE job SET state = 1, due_ms = ?1, "
                           "stamp_ms = ?1, why = 'its worker ended in the "
                           "middle of it' WHERE state = 2 AND owner = ?2");

    sql_int(&q, now_ms);
    sql_text(&q, owner);
    return sql_run(&q, err);
}

/* Due SEND jobs of one destination, most urgent first: the outer loop goes
 * through the priorities in this order (CROSS JOIN keeps it), the inner one
 * through the index, and 256 jobs are enough to know what to propose. */
#define DUE_SENDS                                                              \
    "SELECT j.object_id, j.alternate_id FROM " PRIORITIES "CROSS JOIN job j "  \
    "WHERE j.state IN (1, 2) AND j.stage = 2 AND j.key = ?2 AND "              \
    "j.priority = p.column1 AND j.due_ms <= ?1 LIMIT 256"

static void add_context(struct send_context *contexts, size_t *n, size_t room,
                        const struct send_context *context)
{
    if (context->sop_class[0] == '\0' || *n == room)
        return;
    for (size_t i = 0; i < *n; i++)
        if (strcmp(contexts[i].sop_class, context->sop_class) == 0 &&
            strcmp(contexts[i].transfer_syntax, context->transfer_syntax) == 0)
            return;
    contexts[(*n)++] = *context;
}

bool queue_send_contexts(struct db *db, const char *key,
                         struct send_context *contexts, size_t *n,
                         struct err *err)
{
    struct sql q = SQL(db, "SELECT a.sop_class, a.transfer_syntax, "
                           "b.sop_class, b.transfer_syntax "
                           "FROM (" DUE_SENDS ") d "
                           "CROSS JOIN object a ON a.id = d.object_id "
                           "LEFT JOIN object b ON b.id = d.alternate_id");
    struct send_context context;
    size_t room = *n;
    enum sql_step step;

    *n = 0;
    sql_int(&q, clock_wall_ms());
    sql_text(&q, key);
    while ((step = sql_step(&q, err)) == SQL_ROW) {
        for (int i = 0; i < 2; i++) {
            sql_get_text(&q, context.sop_class, sizeof context.sop_class);
            sql_get_text(&q, context.transfer_syntax,
                         sizeof context.transfer_syntax);
            add_context(contexts, n, room, &context);
        }
    }
    return step == SQL_END;
}
