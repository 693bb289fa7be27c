/* Purging and checkpoints. Files are removed by what the rows say and never
 * the other way round: a crash between the two leaves a file without a row,
 * which the sweep finds, and never a row without its file. */
#include "db/upkeep.h"

#include <string.h>
#include <unistd.h>

#include "conf/clock.h"
#include "conf/json_line.h"
#include "db/audit.h"
#include "db/rows.h"
#include "db/spool.h"
#include "db/sql.h"

/* Below the 5 s that writers wait for the lock which a checkpoint holds. */
#define READERS_MS 500

bool upkeep_check(struct db *db, struct err *err)
{
    struct sql q = SQL(db, "PRAGMA quick_check(1)");
    enum sql_step step = sql_step(&q, err);
    char verdict[200];

    if (step != SQL_ROW)
        return false;
    sql_get_text(&q, verdict, sizeof verdict);
    if (!sql_run(&q, err))
        return false;
    if (strcmp(verdict, "ok") != 0)
        return sql_damaged(db, verdict, err);
    return true;
}

bool upkeep_checkpoint(struct db *db, bool *done, struct err *err)
{
    int rc;

    db->patience_ms = READERS_MS;
    rc = sqlite3_wal_checkpoint_v2(db->handle, NULL, SQLITE_CHECKPOINT_TRUNCATE,
                                   NULL, NULL);
    db->patience_ms = SQL_PATIENCE_MS;
    *done = rc == SQLITE_OK;
    if (rc != SQLITE_OK && (rc & 0xFF) != SQLITE_BUSY)
        return sql_error(db, rc, err);
    return true;
}

/* No job of the study is QUEUED, BUSY or HELD, none ended and no object came
 * after ?1; and no delivery of another study needs one of its files. */
#define ENDED(study)                                                           \
    "NOT EXISTS (SELECT 1 FROM job j WHERE j.study_uid = " study               \
    " AND (j.state IN (1, 2, 5) OR j.done_ms >= ?1)) AND "                     \
    "NOT EXISTS (SELECT 1 FROM object s WHERE s.study_uid = " study            \
    " AND s.purged_ms IS NULL AND (s.received_ms >= ?1 OR "                    \
    "EXISTS (SELECT 1 FROM job k WHERE k.object_id = s.id AND "                \
    "k.state IN (1, 2, 5)) OR "                                                \
    "EXISTS (SELECT 1 FROM job k WHERE k.alternate_id = s.id AND "             \
    "k.state IN (1, 2, 5))))"

static bool find_ended(struct db *db, int64_t before_ms, char out[static 65],
                       struct err *err)
{
    struct sql q =
        SQL(db, "SELECT o.study_uid FROM object o WHERE o.purged_ms IS NULL "
                "AND o.received_ms < ?1 AND " ENDED(
                    "o.study_uid") " ORDER BY o.received_ms LIMIT 1");
    enum sql_step step;

    sql_int(&q, before_ms);
    step = sql_step(&q, err);
    out[0] = '\0';
    if (step != SQL_ROW)
        return step == SQL_END;
    sql_get_text(&q, out, 65);
    return sql_run(&q, err);
}

/* The summary may be long, and tells little when the files are gone. */
static bool mark(struct db *db, const char *study_uid, int64_t before_ms,
                 int64_t now_ms, int64_t *marked, struct err *err)
{
    struct sql q =
        SQL(db, "UPDATE object SET purged_ms = ?2 WHERE "
                "study_uid = ?3 AND purged_ms IS NULL AND " ENDED("?3"));

    sql_int(&q, before_ms);
    sql_int(&q, now_ms);
    sql_text(&q, study_uid);
    if (!sql_run(&q, err))
        return false;
    *marked = sql_changes(db);
    if (*marked == 0)
        return true;
    q = SQL(db, "UPDATE job SET summary = '' WHERE study_uid = ?");
    sql_text(&q, study_uid);
    return sql_run(&q, err) &&
           audit_add(db, AUDIT_STUDY_PURGED,
                     json_pack("{s:o,s:I}", "study_uid",
                               json_line_text(study_uid), "objects",
                               (json_int_t)*marked),
                     err);
}

static bool remove_files(struct db *db, const char *study_uid, int64_t now_ms,
                         struct err *err)
{
    struct sql q = SQL(db, "SELECT " OBJECT_COLUMNS " FROM object o WHERE "
                           "o.study_uid = ? AND o.purged_ms = ?");
    struct object object;
    enum sql_step step;

    sql_text(&q, study_uid);
    sql_int(&q, now_ms);
    while ((step = sql_step(&q, err)) == SQL_ROW) {
        rows_object(&q, &object);
        spool_remove(&object);
    }
    return step == SQL_END;
}

bool upkeep_purge(struct db *db, int64_t keep_ms, int64_t *files,
                  struct err *err)
{
    int64_t now_ms = clock_wall_ms(), before_ms = now_ms - keep_ms;
    char study_uid[65];

    *files = -1;
    if (!find_ended(db, before_ms, study_uid, err))
        return false;
    if (study_uid[0] == '\0')
        return true;
    if (!sql_begin(db, err))
        return false;
    if (!mark(db, study_uid, before_ms, now_ms, files, err))
        return sql_rollback(db);
    if (!sql_commit(db, err))
        return false;
    return remove_files(db, study_uid, now_ms, err);
}

bool upkeep_next_key(struct db *db, char key[static 65], struct err *err)
{
    struct sql q = SQL(db, "SELECT min(key) FROM job WHERE state = 1 AND "
                           "stage IN (2, 3) AND key > ?");
    enum sql_step step;
    char after[65];

    memcpy(after, key, sizeof after);
    sql_text(&q, after);
    step = sql_step(&q, err);
    key[0] = '\0';
    if (step != SQL_ROW)
        return step == SQL_END;
    sql_get_text(&q, key, 65);
    return sql_run(&q, err);
}

bool upkeep_strand(struct db *db, const char *key, int64_t age_ms, int64_t *n,
                   struct err *err)
{
    static const char why[] = "its destination is no longer in the "
                              "configuration";
    int64_t sends, commits;

    if (!queue_expire(db, JOB_SEND, key, age_ms, why, &sends, err) ||
        !queue_expire(db, JOB_COMMIT, key, age_ms, why, &commits, err))
        return false;
    *n = sends + commits;
    return true;
}

bool upkeep_last_ms(struct db *db, int64_t *last_ms, struct err *err)
{
    struct sql q =
        SQL(db, "SELECT max(coalesce((SELECT max(stamp_ms) FROM job), 0), "
                "coalesce((SELECT max(received_ms) FROM object), 0))");
    bool found;

    return sql_number(&q, last_ms, &found, err);
}

bool upkeep_named(struct db *db, const char *path, bool *named, struct err *err)
{
    struct sql q = SQL(db, "SELECT id FROM object WHERE path = ? AND "
                           "purged_ms IS NULL");
    int64_t id;

    sql_text(&q, path);
    return sql_number(&q, &id, named, err);
}
