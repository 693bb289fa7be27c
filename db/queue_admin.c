/* What a person may do to a job. A refusal says what the job is instead, so
 * that nobody has to look it up. */
#include "conf/clock.h"
#include "db/audit.h"
#include "db/audit_fields.h"
#include "db/queue.h"
#include "db/rows.h"
#include "db/sql.h"

/* Nothing changed: why? */
static bool refuse(struct db *db, int64_t id, const char *verb, struct err *err)
{
    struct sql q = SQL(db, "SELECT state FROM job WHERE id = ?");
    int64_t state;
    bool found;

    sql_int(&q, id);
    if (!sql_number(&q, &state, &found, err))
        return false;
    if (!found)
        return err_set(err, ERR_REJECT, "there is no job %lld", (long long)id);
    return err_set(err, ERR_REJECT, "job %lld is %s: cannot %s it",
                   (long long)id, job_state_name((enum job_state)state), verb);
}

static bool change(struct db *db, struct sql *q, int64_t id, const char *verb,
                   struct err *err)
{
    sql_int(q, id);
    sql_int(q, clock_wall_ms());
    if (!sql_run(q, err)) {
        if (q->rc == SQLITE_CONSTRAINT_UNIQUE)
            return err_set(err, ERR_REJECT,
                           "job %lld: a newer revision of the same study, "
                           "route and model is waiting already",
                           (long long)id);
        return false;
    }
    return sql_changes(db) == 1 ? true : refuse(db, id, verb, err);
}

static bool record(struct db *db, int64_t id, enum audit_event event,
                   struct err *err)
{
    struct sql q = SQL(db, "SELECT " JOB_COLUMNS " FROM job WHERE id = ?");
    struct job job;
    json_t *fields;

    sql_int(&q, id);
    if (sql_step(&q, err) != SQL_ROW)
        return false;
    rows_job(&q, &job);
    sql_end(&q);
    fields = audit_fields_job(&job);
    audit_fields_person(fields);
    return audit_add(db, event, fields, err);
}

static bool apply(struct db *db, struct sql *q, int64_t id, const char *verb,
                  enum audit_event event, struct err *err)
{
    if (!sql_begin(db, err))
        return false;
    return change(db, q, id, verb, err) && record(db, id, event, err)
               ? sql_commit(db, err)
               : sql_rollback(db);
}

bool queue_retry(struct db *db, int64_t id, struct err *err)
{
    /* A new life: deliveries that grew too old count their age anew. */
    struct sql q = SQL(db, "UPDATE job SET state = 1, attempts = 0, "
                           "due_ms = ?2, stamp_ms = ?2, created_ms = ?2, "
                           "done_ms = NULL, hold_at_cap = 0, rounds = 0 "
                           "WHERE id = ?1 AND state IN (1, 4, 5)");

    return apply(db, &q, id, "retry", AUDIT_JOB_RETRIED, err);
}

bool queue_hold(struct db *db, int64_t id, struct err *err)
{
    struct sql q = SQL(db, "UPDATE job SET state = 5, stamp_ms = ?2 "
                           "WHERE id = ?1 AND state = 1");

    return apply(db, &q, id, "hold", AUDIT_JOB_HELD, err);
}

bool queue_release(struct db *db, int64_t id, struct err *err)
{
    struct sql q = SQL(db, "UPDATE job SET state = 1, due_ms = ?2, "
                           "stamp_ms = ?2, hold_at_cap = 0 "
                           "WHERE id = ?1 AND state = 5");

    return apply(db, &q, id, "release", AUDIT_JOB_RELEASED, err);
}

bool queue_drop(struct db *db, int64_t id, struct err *err)
{
    struct sql q = SQL(db, "UPDATE job SET state = 4, done_ms = ?2, "
                           "why = 'dropped by a person' "
                           "WHERE id = ?1 AND state IN (1, 4, 5)");

    return apply(db, &q, id, "drop", AUDIT_JOB_DROPPED, err);
}
