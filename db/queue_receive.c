/* What came in, and what follows from it, in one transaction: an acknowledged
 * image can not be without its jobs. "Study complete" is a deadline in a row
 * and not a timer in memory, which a crash would lose. */
#include <string.h>

#include "conf/clock.h"
#include "conf/json_line.h"
#include "db/audit.h"
#include "db/audit_fields.h"
#include "db/queue.h"
#include "db/rows.h"
#include "db/sql.h"

static bool receipt_of(struct db *db, struct object *object,
                       enum receipt *receipt, struct err *err)
{
    struct sql q;
    int64_t id, other;
    bool replaced;

    if (!rows_same_object(db, object, &id, err))
        return false;
    if (id != 0) {
        object->id = id;
        *receipt = RECEIPT_DUPLICATE;
        return true;
    }
    q = SQL(db, "SELECT id FROM object WHERE sop_uid = ? AND "
                "purged_ms IS NULL LIMIT 1");
    sql_text(&q, object->sop_uid);
    if (!sql_number(&q, &other, &replaced, err))
        return false;
    *receipt = replaced ? RECEIPT_REPLACED : RECEIPT_NEW;
    return true;
}

static bool select_image(struct db *db, const struct object *object,
                         const char *route, struct err *err)
{
    struct sql q = SQL(db, "INSERT INTO selection (route, study_uid, object_id)"
                           " VALUES (?, ?, ?) ON CONFLICT DO NOTHING");

    sql_text(&q, route);
    sql_text(&q, object->study_uid);
    sql_int(&q, object->id);
    return sql_run(&q, err);
}

/* When the job is due. What the route wants is there: at once. Else when
 * nothing came for `quiet`, at most `cap` after the first image; a route that
 * holds incomplete studies waits for `cap` in any case. */
#define DUE_MS(met, seen, hold, first)                                         \
    "CASE WHEN (?8 <> 0 OR ?9 > 0) AND ((" met ") & ?8) = ?8 AND "             \
    "(" seen ") >= ?9 THEN ?6 "                                                \
    "WHEN " hold " <> 0 THEN " first " + ?5 "                                  \
    "ELSE min(" first " + ?5, ?6 + ?4) END"

#define DUE_OF_FIRST DUE_MS("?7", "1", "p.hold", "?6")
#define DUE_OF_MORE                                                            \
    DUE_MS("needs_met | ?7", "seen + ?12", "hold_at_cap", "min(first_ms, ?6)")

/* Which study, route and model an image belongs to is the key of the open
 * job; an image that finds none open starts the next revision. A study that
 * was analysed before has had what the route needs: its late images are never
 * held. */
static const char demand_sql[] =
    "INSERT INTO job (stage, state, key, route, study_uid, revision, "
    "  priority, created_ms, due_ms, stamp_ms, first_ms, needs_met, "
    "  needs_all, wanted, seen, hold_at_cap) "
    "SELECT 1, 1, ?3, ?2, ?1, p.revision, ?11, ?6, " DUE_OF_FIRST ", "
    "  ?6, ?6, ?7, ?8, ?9, 1, p.hold "
    "FROM (SELECT coalesce(max(revision), 0) + 1 AS revision, "
    "    CASE WHEN count(upto) > 0 THEN 0 ELSE ?10 END AS hold FROM job "
    "    WHERE stage = 1 AND study_uid = ?1 AND route = ?2 AND key = ?3) p "
    "WHERE true "
    "ON CONFLICT (study_uid, route, key) "
    "  WHERE stage = 1 AND state IN (1, 5) AND upto IS NULL "
    "DO UPDATE SET needs_met = needs_met | ?7, needs_all = ?8, wanted = ?9, "
    "  seen = seen + ?12, first_ms = min(first_ms, ?6), stamp_ms = ?6, "
    "  priority = max(priority, ?11), due_ms = " DUE_OF_MORE;

static bool demand(struct db *db, const struct object *object,
                   const struct job_demand *d, bool another_image,
                   int64_t now_ms, struct err *err)
{
    struct sql q = sql_start(db, demand_sql);

    sql_text(&q, object->study_uid);
    sql_text(&q, d->route);
    sql_text(&q, d->model);
    sql_int(&q, d->quiet_ms);
    sql_int(&q, d->cap_ms);
    sql_int(&q, now_ms);
    sql_int(&q, d->needs_met);
    sql_int(&q, d->needs_all);
    sql_int(&q, d->count);
    sql_int(&q, d->hold_at_cap != 0);
    sql_int(&q, d->priority);
    sql_int(&q, another_image);
    return sql_run(&q, err);
}

static bool forward(struct db *db, const struct object *object,
                    const struct job *wanted, int64_t now_ms, struct err *err)
{
    struct job send = *wanted;

    send.object_id = object->id;
    send.alternate_id = 0;
    send.revision = 0;
    memcpy(send.study_uid, object->study_uid, sizeof send.study_uid);
    return rows_add_send(db, &send, now_ms, err);
}

static bool record(struct db *db, const struct object *object,
                   const char *receipt, struct err *err)
{
    json_t *fields = audit_fields_object(object);

    json_line_set(fields, "receipt", json_line_text(receipt));
    json_line_set(fields, "calling_ae", json_line_text(object->calling_ae));
    json_line_set(fields, "called_ae", json_line_text(object->called_ae));
    json_line_set(fields, "bytes", json_integer(object->data_bytes));
    return audit_add(db, AUDIT_OBJECT_RECEIVED, fields, err);
}

static bool receive(struct db *db, struct object *object,
                    const struct job_demand *demands, size_t n_demands,
                    const struct job *forwards, size_t n_forwards,
                    enum receipt *receipt, struct err *err)
{
    int64_t now_ms = clock_wall_ms();

    if (!receipt_of(db, object, receipt, err))
        return false;
    if (*receipt == RECEIPT_DUPLICATE)
        return record(db, object, "duplicate", err);
    if (!rows_add_object(db, object, 0, err))
        return false;
    for (size_t i = 0; i < n_demands; i++)
        if (!select_image(db, object, demands[i].route, err) ||
            !demand(db, object, &demands[i], *receipt == RECEIPT_NEW, now_ms,
                    err))
            return false;
    for (size_t i = 0; i < n_forwards; i++)
        if (!forward(db, object, &forwards[i], now_ms, err))
            return false;
    return record(db, object, *receipt == RECEIPT_NEW ? "new" : "replaced",
                  err);
}

bool queue_receive(struct db *db, struct object *object,
                   const struct job_demand *demands, size_t n_demands,
                   const struct job *forwards, size_t n_forwards,
                   enum receipt *receipt, struct err *err)
{
    struct object stored = *object;
    enum receipt result;

    if (!sql_begin(db, err))
        return false;
    if (!receive(db, &stored, demands, n_demands, forwards, n_forwards, &result,
                 err))
        return sql_rollback(db);
    if (!sql_commit(db, err))
        return false;
    object->id = stored.id;
    *receipt = result;
    return true;
}

static bool restore(struct db *db, const struct object *object, struct err *err)
{
    struct sql q = SQL(db, "UPDATE object SET path = ?1, data_offset = ?2, "
                           "data_bytes = ?3 WHERE id = ?4 AND sha256 = ?5 "
                           "AND purged_ms IS NULL");

    sql_text(&q, object->path);
    sql_int(&q, object->data_offset);
    sql_int(&q, object->data_bytes);
    sql_int(&q, object->id);
    sql_text(&q, object->sha256);
    if (!sql_run(&q, err))
        return false;
    if (sql_changes(db) != 1)
        return err_set(err, ERR_RETRY, "object %lld was purged meanwhile",
                       (long long)object->id);
    return record(db, object, "restored", err);
}

bool queue_restore(struct db *db, const struct object *object, struct err *err)
{
    if (!sql_begin(db, err))
        return false;
    return restore(db, object, err) ? sql_commit(db, err) : sql_rollback(db);
}

bool queue_is_result(struct db *db, const char *sop_uid)
{
    struct sql q = SQL(db, "SELECT id FROM object WHERE sop_uid = ? AND "
                           "kind = 2 LIMIT 1");
    struct err ignored;
    int64_t id;
    bool found;

    sql_text(&q, sop_uid);
    return sql_number(&q, &id, &found, &ignored) && found;
}
