/* Storage commitment (PS3.4 J) as rows. What a destination was sent waits for
 * its word in the SEND job that sent it; one COMMIT job per destination and
 * study asks for all of them, and is itself the memory of what was asked: its
 * Transaction UID is committed before it leaves, and the day until it is asked
 * again is a due time. A crash at any moment loses no question and no answer.
 */
#include "db/queue_commit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "conf/clock.h"
#include "conf/json_line.h"
#include "conf/mem.h"
#include "db/audit.h"
#include "db/audit_fields.h"
#include "db/queue_record.h"
#include "db/rows.h"
#include "db/sql.h"
#include "db/uid.h"

/* One question per study and moment: a delivery that follows within
 * commit_ms puts it off, and one that comes while the destination thinks asks
 * for everything anew. */
bool queue_commit_mark(struct db *db, const struct job *job, int64_t now_ms,
                       struct err *err)
{
    struct sql q =
        SQL(db, "UPDATE job SET sent_id = ?2, committed = ?3 WHERE id = ?1");

    sql_int(&q, job->id);
    sql_id(&q, job->sent_id);
    sql_int(&q, job->commit_ms > 0);
    if (!sql_run(&q, err))
        return false;
    if (job->commit_ms == 0)
        return true;
    q = SQL(db, "INSERT INTO job (stage, state, key, route, study_uid, "
                "priority, created_ms, due_ms, stamp_ms) "
                "VALUES (3, 1, ?1, ?2, ?3, ?4, ?5, ?5 + ?6, ?5) "
                "ON CONFLICT (key, study_uid) "
                "WHERE stage = 3 AND state IN (1, 5) "
                "DO UPDATE SET due_ms = ?5 + ?6, stamp_ms = ?5, "
                "created_ms = ?5, attempts = 0, rounds = 0");
    sql_text(&q, job->key);
    sql_text(&q, job->route);
    sql_text(&q, job->study_uid);
    sql_int(&q, job->priority);
    sql_int(&q, now_ms);
    sql_int(&q, job->commit_ms);
    return sql_run(&q, err);
}

bool queue_commit_due(struct db *db, const char *key, bool *due,
                      struct err *err)
{
    struct sql q =
        SQL(db, "SELECT id FROM job WHERE state IN (1, 2) AND stage = 3 AND "
                "key = ?1 AND due_ms <= ?2 LIMIT 1");
    int64_t id;

    sql_text(&q, key);
    sql_int(&q, clock_wall_ms());
    return sql_number(&q, &id, due, err);
}

bool queue_commit_objects(struct db *db, const struct job *job,
                          struct commit_object **objects, size_t *n,
                          struct err *err)
{
    struct sql q =
        SQL(db, "SELECT o.sop_class, o.sop_uid, o.series_uid FROM job j "
                "JOIN object o ON o.id = j.sent_id WHERE j.stage = 2 AND "
                "j.committed = 1 AND j.state = 3 AND j.key = ?1 AND "
                "j.study_uid = ?2 GROUP BY o.sop_uid ORDER BY j.id LIMIT ?3");
    enum sql_step step;

    *objects = mem_calloc(COMMIT_OBJECTS, sizeof **objects);
    *n = 0;
    sql_text(&q, job->key);
    sql_text(&q, job->study_uid);
    sql_int(&q, COMMIT_OBJECTS);
    while ((step = sql_step(&q, err)) == SQL_ROW) {
        struct commit_object *object = &(*objects)[(*n)++];

        sql_get_text(&q, object->sop_class, sizeof object->sop_class);
        sql_get_text(&q, object->sop_uid, sizeof object->sop_uid);
        sql_get_text(&q, object->series_uid, sizeof object->series_uid);
    }
    if (step == SQL_END)
        return true;
    free(*objects);
    *objects = NULL;
    return false;
}

/* Nobody can guess it: knowing it is part of a report's right to be heard. */
static bool new_request(char out[static 65], struct err *err)
{
    unsigned char random[16];
    char text[sizeof "commit " + 2 * sizeof random];
    size_t n = sizeof "commit " - 1;

    if (getrandom(random, sizeof random, 0) != (ssize_t)sizeof random)
        return err_set(err, ERR_RETRY, "no random bytes");
    strcpy(text, "commit ");
    for (size_t i = 0; i < sizeof random; i++)
        snprintf(text + n + 2 * i, 3, "%02x", random[i]);
    uid_derive(out, text);
    return true;
}

bool queue_commit_ask(struct db *db, const struct job *job,
                      char request[static 65], struct err *err)
{
    struct sql q;

    if (!new_request(request, err))
        return false;
    q = SQL(db, "UPDATE job SET request = ?1 "
                "WHERE id = ?2 AND state = 2 AND attempts = ?3");
    sql_text(&q, request);
    sql_int(&q, job->id);
    sql_int(&q, job->attempts);
    if (!sql_run(&q, err))
        return false;
    return sql_changes(db) == 1 ||
           err_set(err, ERR_RETRY,
                   "job %lld is no longer ours: attempt %lld lost its lease",
                   (long long)job->id, (long long)job->attempts);
}

bool queue_commit_asked(struct db *db, const struct job *job, int64_t wait_ms,
                        struct err *err)
{
    /* No row: the answer was faster, and has settled the job. */
    struct sql q =
        SQL(db, "UPDATE job SET state = 1, due_ms = ?1 + ?2, stamp_ms = ?1, "
                "attempts = 0, rounds = rounds + 1, why = '' "
                "WHERE id = ?3 AND state = 2 AND attempts = ?4");

    sql_int(&q, clock_wall_ms());
    sql_int(&q, wait_ms);
    sql_int(&q, job->id);
    sql_int(&q, job->attempts);
    return sql_run(&q, err);
}

bool queue_commit_find(struct db *db, const char *request, struct job *job,
                       bool *found, struct err *err)
{
    struct sql q = SQL(db, "SELECT " JOB_COLUMNS " FROM job WHERE "
                           "request = ?1 AND request <> '' AND stage = 3");
    enum sql_step step;

    sql_text(&q, request);
    step = sql_step(&q, err);
    *found = step == SQL_ROW;
    if (step != SQL_ROW)
        return step == SQL_END;
    rows_job(&q, job);
    return sql_run(&q, err);
}

/* The deliveries that a word is about: only those that await one. */
#define AWAITING                                                               \
    "WHERE committed = 1 AND stage = 2 AND state = 3 AND key = ?1 AND "        \
    "study_uid = ?2 AND sent_id IN (SELECT id FROM object WHERE "              \
    "sop_uid = ?3) RETURNING " JOB_COLUMNS

static struct sql taken(struct db *db)
{
    return SQL(db, "UPDATE job SET committed = 2 " AWAITING);
}

/* Sent anew, as a delivery of its own age; in the end a person has to look. */
static struct sql refused(struct db *db)
{
    return SQL(db, "UPDATE job SET committed = 3, "
                   "state = CASE WHEN rounds < ?6 THEN 1 ELSE 4 END, "
                   "done_ms = CASE WHEN rounds < ?6 THEN NULL ELSE ?4 END, "
                   "rounds = min(rounds + 1, ?6), attempts = 0, "
                   "created_ms = ?4, due_ms = ?4 + ?5, stamp_ms = ?4, "
                   "why = ?7 " AWAITING);
}

static bool record(struct db *db, const struct job *send, const char *reason,
                   struct err *err)
{
    struct object object;
    json_t *fields;

    if (!queue_object(db, send->sent_id, &object, err))
        return false;
    fields = audit_fields_object(&object);
    json_line_set(fields, "job", json_integer(send->id));
    json_line_set(fields, "destination", json_line_text(send->key));
    if (reason[0] == '\0')
        return audit_add(db, AUDIT_OBJECT_COMMITTED, fields, err);
    json_line_set(fields, "reason", json_line_text(reason));
    return audit_add(db, AUDIT_OBJECT_UNCOMMITTED, fields, err) &&
           (send->state != JOB_DEAD ||
            queue_record_dead(db, send, send->why, err));
}

static bool apply(struct db *db, const struct job *job, const char *sop_uid,
                  uint16_t failure, int64_t now_ms, int64_t resend_ms,
                  struct commit_words *out, struct err *err)
{
    struct sql q = failure ? refused(db) : taken(db);
    char reason[8] = "", why[160] = "";
    enum sql_step step;

    sql_text(&q, job->key);
    sql_text(&q, job->study_uid);
    sql_text(&q, sop_uid);
    if (failure) {
        snprintf(reason, sizeof reason, "%04X", failure);
        snprintf(why, sizeof why,
                 "destination %s does not keep it: failure reason %s", job->key,
                 reason);
        sql_int(&q, now_ms);
        sql_int(&q, resend_ms);
        sql_int(&q, COMMIT_ROUNDS);
        sql_text(&q, why);
    }
    while ((step = sql_step(&q, err)) == SQL_ROW) {
        struct job send;

        rows_job(&q, &send);
        if (!failure)
            out->committed++;
        else if (send.state == JOB_DEAD)
            out->dead++;
        else
            out->resent++;
        if (!record(db, &send, reason, err)) {
            sql_end(&q);
            return false;
        }
    }
    return step == SQL_END;
}

/* Nothing is awaited any more: DONE. Something was said, and something is
 * still awaited: it is asked for soon, unless a sender is at it (BUSY). */
static bool settle(struct db *db, const struct job *job, int64_t now_ms,
                   int64_t resend_ms, bool progress, struct err *err)
{
    struct sql q =
        SQL(db, "SELECT id FROM job WHERE stage = 2 AND committed = 1 AND "
                "key = ?1 AND study_uid = ?2 LIMIT 1");
    int64_t id;
    bool awaited;

    sql_text(&q, job->key);
    sql_text(&q, job->study_uid);
    if (!sql_number(&q, &id, &awaited, err))
        return false;
    if (awaited && !progress)
        return true;
    q = awaited ? SQL(db, "UPDATE job SET due_ms = ?1 + ?3, stamp_ms = ?1, "
                          "attempts = 0, rounds = 0 "
                          "WHERE id = ?2 AND state = 1")
                : SQL(db, "UPDATE job SET state = 3, done_ms = ?1, why = '' "
                          "WHERE id = ?2 AND state <> 3");
    sql_int(&q, now_ms);
    sql_int(&q, job->id);
    if (awaited)
        sql_int(&q, resend_ms);
    return sql_run(&q, err);
}

static bool words(struct db *db, const struct job *job,
                  const char (*sop_uids)[65], const uint16_t *failures,
                  size_t n, int64_t resend_ms, struct commit_words *out,
                  struct err *err)
{
    int64_t now_ms = clock_wall_ms();

    for (size_t i = 0; i < n; i++)
        if (!apply(db, job, sop_uids[i], failures[i], now_ms, resend_ms, out,
                   err))
            return false;
    return settle(db, job, now_ms, resend_ms,
                  out->committed + out->resent + out->dead > 0, err);
}

/* A job that has had its answer hears no more: a duplicate may not speak for
 * what was sent since. */
static bool answered(struct db *db, const struct job *job, bool *yes,
                     struct err *err)
{
    struct sql q = SQL(db, "SELECT state FROM job WHERE id = ?");
    int64_t state = 0;
    bool found;

    sql_int(&q, job->id);
    if (!sql_number(&q, &state, &found, err))
        return false;
    *yes = !found || state == JOB_DONE;
    return true;
}

bool queue_commit_words(struct db *db, const struct job *job,
                        const char (*sop_uids)[65], const uint16_t *failures,
                        size_t n, int64_t resend_ms, struct commit_words *out,
                        struct err *err)
{
    struct commit_words result = {0};

    if (!sql_begin(db, err))
        return false;
    if (!answered(db, job, &result.duplicate, err) ||
        (!result.duplicate &&
         !words(db, job, sop_uids, failures, n, resend_ms, &result, err)))
        return sql_rollback(db);
    *out = result;
    return sql_commit(db, err);
}
