/* How a job ends. Each of these applies only to the attempt that was claimed:
 * a worker that was slow enough to lose its lease changes nothing (P4), for
 * another one has the job. */
#include <stdio.h>
#include <stdlib.h>

#include "conf/clock.h"
#include "conf/mem.h"
#include "db/history.h"
#include "db/queue_commit.h"
#include "db/queue_record.h"
#include "db/rows.h"
#include "db/sql.h"

#define EXPIRED_AT_ONCE 1000

/* Exactly one row, or the job is no longer the caller's. */
static bool ours(struct db *db, const struct job *job, struct err *err)
{
    if (sql_changes(db) == 1)
        return true;
    return err_set(err, ERR_RETRY,
                   "job %lld is no longer ours: attempt %lld lost its lease",
                   (long long)job->id, (long long)job->attempts);
}

static bool end_job(struct db *db, const struct job *job, const char *summary,
                    int64_t now_ms, struct err *err)
{
    struct sql q = SQL(db, "UPDATE job SET state = 3, done_ms = ?1, "
                           "summary = ?2, why = '' "
                           "WHERE id = ?3 AND state = 2 AND attempts = ?4");

    sql_int(&q, now_ms);
    sql_text(&q, summary ? summary : "");
    sql_int(&q, job->id);
    sql_int(&q, job->attempts);
    return sql_run(&q, err) && ours(db, job, err);
}

/* A result that is already there, byte for byte, is not stored twice: the new
 * file has no row then, and the keeper removes it. */
static bool add_result(struct db *db, const struct job *job,
                       const struct object *result, int64_t *id,
                       struct err *err)
{
    struct object stored = *result;

    if (!rows_same_object(db, result, id, err))
        return false;
    if (*id != 0)
        return true;
    stored.kind = OBJECT_RESULT;
    if (!rows_add_object(db, &stored, job->id, err))
        return false;
    *id = stored.id;
    return true;
}

static bool add_send(struct db *db, const struct job *job,
                     const struct job *wanted, const int64_t *ids,
                     size_t n_results, int64_t now_ms, struct err *err)
{
    struct job send = *job;

    if (wanted->object_id < 1 || (uint64_t)wanted->object_id > n_results ||
        wanted->alternate_id < 0 || (uint64_t)wanted->alternate_id > n_results)
        return err_set(
            err, ERR_FATAL, "job %lld: a delivery names result %lld of %zu",
            (long long)job->id, (long long)wanted->object_id, n_results);
    snprintf(send.key, sizeof send.key, "%s", wanted->key);
    send.object_id = ids[wanted->object_id - 1];
    send.alternate_id =
        wanted->alternate_id ? ids[wanted->alternate_id - 1] : 0;
    return rows_add_send(db, &send, now_ms, err);
}

static bool add_all(struct db *db, const struct job *job,
                    const struct object *results, int64_t *ids,
                    size_t n_results, const struct job *sends, size_t n_sends,
                    int64_t now_ms, struct err *err)
{
    for (size_t i = 0; i < n_results; i++)
        if (!add_result(db, job, &results[i], &ids[i], err))
            return false;
    for (size_t i = 0; i < n_sends; i++)
        if (!add_send(db, job, &sends[i], ids, n_results, now_ms, err))
            return false;
    return true;
}

struct finish { /* as queue_finish_measured() */
    struct object *results;
    size_t n_results;
    const struct job *sends;
    size_t n_sends;
    const char *summary;
    const struct history *history;
};

static bool finish(struct db *db, const struct job *job,
                   const struct finish *with, int64_t *ids, struct err *err)
{
    int64_t now_ms = clock_wall_ms();

    return end_job(db, job, with->summary, now_ms, err) &&
           (job->stage != JOB_SEND ||
            queue_commit_mark(db, job, now_ms, err)) &&
           add_all(db, job, with->results, ids, with->n_results, with->sends,
                   with->n_sends, now_ms, err) &&
           (with->history == NULL ||
            history_write(db, with->history, job, now_ms, err)) &&
           queue_record_done(db, job, ids, with->n_results, with->summary, err);
}

bool queue_finish_measured(struct db *db, const struct job *job,
                           struct object *results, size_t n_results,
                           const struct job *sends, size_t n_sends,
                           const char *summary, const struct history *history,
                           struct err *err)
{
    const struct finish with = {results, n_results, sends,
                                n_sends, summary,   history};
    int64_t *ids;
    bool ok;

    if (!sql_begin(db, err))
        return false;
    ids = mem_calloc(n_results, sizeof *ids);
    ok = finish(db, job, &with, ids, err) ? sql_commit(db, err)
                                          : sql_rollback(db);
    for (size_t i = 0; ok && i < n_results; i++)
        results[i].id = ids[i];
    free(ids);
    return ok;
}

bool queue_finish(struct db *db, const struct job *job, struct object *results,
                  size_t n_results, const struct job *sends, size_t n_sends,
                  const char *summary, struct err *err)
{
    return queue_finish_measured(db, job, results, n_results, sends, n_sends,
                                 summary, NULL, err);
}

bool queue_defer(struct db *db, const struct job *job, int64_t delay_ms,
                 const char *why, struct err *err)
{
    struct sql q = SQL(db, "UPDATE job SET state = 1, due_ms = ?1 + ?2, "
                           "stamp_ms = ?1, why = ?3 "
                           "WHERE id = ?4 AND state = 2 AND attempts = ?5");

    sql_int(&q, clock_wall_ms());
    sql_int(&q, delay_ms);
    sql_text(&q, why);
    sql_int(&q, job->id);
    sql_int(&q, job->attempts);
    return sql_run(&q, err) && ours(db, job, err);
}

bool queue_give_back(struct db *db, const struct job *job, struct err *err)
{
    struct sql q = SQL(db, "UPDATE job SET state = 1, due_ms = ?1, "
                           "stamp_ms = ?1, attempts = attempts - 1 "
                           "WHERE id = ?2 AND state = 2 AND attempts = ?3");

    sql_int(&q, clock_wall_ms());
    sql_int(&q, job->id);
    sql_int(&q, job->attempts);
    return sql_run(&q, err) && ours(db, job, err);
}

static bool bury(struct db *db, const struct job *job, const char *why,
                 struct err *err)
{
    struct sql q = SQL(db, "UPDATE job SET state = 4, done_ms = ?1, why = ?2 "
                           "WHERE id = ?3 AND state = 2 AND attempts = ?4");

    sql_int(&q, clock_wall_ms());
    sql_text(&q, why);
    sql_int(&q, job->id);
    sql_int(&q, job->attempts);
    return sql_run(&q, err) && ours(db, job, err) &&
           queue_record_dead(db, job, why, err);
}

bool queue_bury_with(struct db *db, const struct job *job, const char *why,
                     const struct object *results, size_t n_results,
                     const struct job *sends, size_t n_sends, struct err *err)
{
    int64_t *ids;
    bool ok;

    if (!sql_begin(db, err))
        return false;
    ids = mem_calloc(n_results + 1, sizeof *ids);
    ok = bury(db, job, why, err) &&
         add_all(db, job, results, ids, n_results, sends, n_sends,
                 clock_wall_ms(), err);
    free(ids);
    return ok ? sql_commit(db, err) : sql_rollback(db);
}

bool queue_bury(struct db *db, const struct job *job, const char *why,
                struct err *err)
{
    return queue_bury_with(db, job, why, NULL, 0, NULL, 0, err);
}

#define EXPIRED "state = 1 AND stage = ?1 AND key = ?2 AND created_ms < ?3"

static bool bury_expired(struct db *db, int64_t id, int64_t now_ms,
                         const char *why, struct err *err)
{
    struct sql q = SQL(db, "UPDATE job SET state = 4, done_ms = ?2, why = ?3 "
                           "WHERE id = ?1 RETURNING " JOB_COLUMNS);
    struct job job;

    sql_int(&q, id);
    sql_int(&q, now_ms);
    sql_text(&q, why);
    if (sql_step(&q, err) != SQL_ROW)
        return false;
    rows_job(&q, &job);
    return sql_run(&q, err) && queue_record_dead(db, &job, why, err);
}

/* Up to a thousand in one transaction: others want the lock as well. */
static bool find_expired(struct db *db, enum job_stage stage, const char *key,
                         int64_t before_ms, int64_t *id, bool *found,
                         struct err *err)
{
    struct sql q = SQL(db, "SELECT id FROM job WHERE " EXPIRED " LIMIT 1");

    sql_int(&q, stage);
    sql_text(&q, key);
    sql_int(&q, before_ms);
    return sql_number(&q, id, found, err);
}

static bool expire(struct db *db, enum job_stage stage, const char *key,
                   int64_t now_ms, int64_t age_ms, const char *why, int64_t *n,
                   struct err *err)
{
    int64_t id;
    bool found = true;

    for (*n = 0; *n < EXPIRED_AT_ONCE; (*n)++) {
        if (!find_expired(db, stage, key, now_ms - age_ms, &id, &found, err))
            return false;
        if (!found)
            return true;
        if (!bury_expired(db, id, now_ms, why, err))
            return false;
    }
    return true;
}

bool queue_expire(struct db *db, enum job_stage stage, const char *key,
                  int64_t age_ms, const char *why, int64_t *n, struct err *err)
{
    int64_t now_ms = clock_wall_ms(), id;
    bool found;

    /* Asked often and rarely true: the write lock is taken for a reason. */
    *n = 0;
    if (!find_expired(db, stage, key, now_ms - age_ms, &id, &found, err))
        return false;
    if (!found)
        return true;
    if (!sql_begin(db, err))
        return false;
    return expire(db, stage, key, now_ms, age_ms, why, n, err)
               ? sql_commit(db, err)
               : sql_rollback(db);
}
