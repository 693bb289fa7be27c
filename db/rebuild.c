/* The spool outlives the database: every file says what its row said (part10.h)
 * and this puts the rows back. Images are simply received again; here is what
 * is not so simple, the analyses that were done already. */
#include "db/rebuild.h"

#include <stdlib.h>
#include <string.h>

#include "conf/clock.h"
#include "db/rows.h"
#include "db/sql.h"

#define OWNER    "rebuild"
#define LEASE_MS 600000

bool rebuild_known(struct db *db, const char *path, bool *known,
                   struct err *err)
{
    struct sql q = SQL(db, "SELECT id FROM object WHERE path = ?");
    int64_t id;

    sql_text(&q, path);
    return sql_number(&q, &id, known, err);
}

bool rebuild_stale(struct db *db, const struct object *object, bool *stale,
                   struct err *err)
{
    struct sql q = SQL(db, "SELECT id FROM object WHERE sop_uid = ? AND "
                           "sha256 = ? AND purged_ms >= ?");
    int64_t id;

    sql_text(&q, object->sop_uid);
    sql_text(&q, object->sha256);
    sql_int(&q, object->received_ms);
    return sql_number(&q, &id, stale, err);
}

struct want {
    const char *study_uid;
    const struct result_of *of;
    int64_t now_ms, upto;
};

/* The last of the selections that the job covered: the images-th. */
static bool find_upto(struct db *db, struct want *want, struct err *err)
{
    struct sql q = SQL(db, "SELECT coalesce((SELECT id FROM selection "
                           "WHERE study_uid = ?1 AND route = ?2 ORDER BY id "
                           "LIMIT 1 OFFSET ?3), (SELECT max(id) FROM selection "
                           "WHERE study_uid = ?1 AND route = ?2), 0)");
    bool found;

    want->upto = 0;
    if (want->of->images == 0)
        return true;
    sql_text(&q, want->study_uid);
    sql_text(&q, want->of->route);
    sql_int(&q, want->of->images - 1);
    return sql_number(&q, &want->upto, &found, err);
}

/* The job of this revision; *open: it, or else the study's open one, still
 * takes images. *id 0: neither. */
static bool find(struct db *db, const struct want *want, int64_t *id,
                 bool *ended, bool *open, struct err *err)
{
    struct sql q =
        SQL(db, "SELECT id, state IN (3, 4) OR (state = 2 AND owner <> '" OWNER
                "'), state IN (1, 5) AND upto IS NULL FROM job "
                "WHERE stage = 1 AND study_uid = ?1 AND route = ?2 AND "
                "key = ?3 AND (revision = ?4 OR "
                "(state IN (1, 5) AND upto IS NULL)) "
                "ORDER BY revision <> ?4 LIMIT 1");
    enum sql_step step;

    *id = 0;
    *ended = *open = false;
    sql_text(&q, want->study_uid);
    sql_text(&q, want->of->route);
    sql_text(&q, want->of->model);
    sql_int(&q, want->of->revision);
    step = sql_step(&q, err);
    if (step != SQL_ROW)
        return step == SQL_END;
    *id = sql_get_int(&q);
    *ended = sql_get_int(&q) != 0;
    *open = sql_get_int(&q) != 0;
    return sql_run(&q, err);
}

static bool add(struct db *db, const struct want *want, int64_t priority,
                int64_t *id, struct err *err)
{
    struct sql q =
        SQL(db, "INSERT INTO job (stage, state, key, route, study_uid, "
                "revision, priority, created_ms, due_ms, stamp_ms, upto) "
                "VALUES (1, 2, ?1, ?2, ?3, ?4, ?5, ?6, ?6, ?6, ?7)");

    sql_text(&q, want->of->model);
    sql_text(&q, want->of->route);
    sql_text(&q, want->study_uid);
    sql_int(&q, want->of->revision);
    sql_int(&q, priority);
    sql_int(&q, want->now_ms);
    sql_int(&q, want->upto);
    if (!sql_run(&q, err))
        return false;
    *id = sqlite3_last_insert_rowid(db->handle);
    return true;
}

static bool take(struct db *db, const struct want *want, int64_t id,
                 struct job *job, struct err *err)
{
    struct sql q =
        SQL(db, "UPDATE job SET state = 2, owner = '" OWNER "', revision = ?2, "
                "upto = coalesce(upto, ?3), attempts = attempts + 1, "
                "due_ms = ?4 + ?5, stamp_ms = ?4 WHERE id = ?1 "
                "RETURNING " JOB_COLUMNS);

    sql_int(&q, id);
    sql_int(&q, want->of->revision);
    sql_int(&q, want->upto);
    sql_int(&q, want->now_ms);
    sql_int(&q, LEASE_MS);
    if (sql_step(&q, err) != SQL_ROW)
        return false;
    rows_job(&q, job);
    return sql_run(&q, err);
}

/* Images that came after: what the open job would have been for. It has had
 * what its route needs. */
static bool open_next(struct db *db, const struct job *job, int64_t now_ms,
                      struct err *err)
{
    struct sql q =
        SQL(db, "INSERT INTO job (stage, state, key, route, study_uid, "
                "revision, priority, created_ms, due_ms, stamp_ms, first_ms, "
                "seen) SELECT 1, 1, key, route, study_uid, revision + 1, "
                "priority, ?2, ?2, ?2, ?2, n FROM job, "
                "(SELECT count(*) AS n FROM selection WHERE study_uid = ?3 AND "
                "route = ?4 AND id > ?5) WHERE id = ?1 AND n > 0");

    sql_int(&q, job->id);
    sql_int(&q, now_ms);
    sql_text(&q, job->study_uid);
    sql_text(&q, job->route);
    sql_int(&q, job->upto);
    return sql_run(&q, err);
}

static bool claim(struct db *db, struct want *want, int64_t priority,
                  struct job *job, struct err *err)
{
    bool ended, open;
    int64_t id;

    if (!find_upto(db, want, err) || !find(db, want, &id, &ended, &open, err))
        return false;
    if (ended)
        return true;
    if (id == 0 && !add(db, want, priority, &id, err))
        return false;
    return take(db, want, id, job, err) &&
           (!open || open_next(db, job, want->now_ms, err));
}

bool rebuild_claim(struct db *db, const char *study_uid,
                   const struct result_of *of, int64_t priority,
                   struct job *job, struct err *err)
{
    struct want want = {
        .study_uid = study_uid, .of = of, .now_ms = clock_wall_ms()};

    memset(job, 0, sizeof *job);
    if (!sql_begin(db, err))
        return false;
    return claim(db, &want, priority, job, err) ? sql_commit(db, err)
                                                : sql_rollback(db);
}
