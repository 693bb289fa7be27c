/* The outbox of the ledger. One INSERT in a transaction that is there anyway
 * costs a receiver no second sync, and an acknowledged object cannot be
 * without its record. */
#include "db/audit.h"

#include <stdlib.h>

#include "conf/clock.h"
#include "conf/json_line.h"
#include "conf/log.h"
#include "db/sql.h"

const char *audit_name(enum audit_event event)
{
    static const char *const names[] = {
        [AUDIT_NODE_STARTED] = "node.started",
        [AUDIT_NODE_STOPPED] = "node.stopped",
        [AUDIT_CALLER_REFUSED] = "caller.refused",
        [AUDIT_OBJECT_RECEIVED] = "object.received",
        [AUDIT_OBJECT_REFUSED] = "object.refused",
        [AUDIT_STUDY_ANALYSED] = "study.analysed",
        [AUDIT_STUDY_MANUAL] = "study.manual",
        [AUDIT_OBJECT_SENT] = "object.sent",
        [AUDIT_OBJECT_COMMITTED] = "object.committed",
        [AUDIT_OBJECT_UNCOMMITTED] = "object.uncommitted",
        [AUDIT_JOB_HELD] = "job.held",
        [AUDIT_JOB_RELEASED] = "job.released",
        [AUDIT_JOB_RETRIED] = "job.retried",
        [AUDIT_JOB_DROPPED] = "job.dropped",
        [AUDIT_DELIVERY_FAILED] = "delivery.failed",
        [AUDIT_STUDY_PURGED] = "study.purged",
        [AUDIT_HISTORY_SHOWN] = "history.shown",
        [AUDIT_CONFIGURATION_CHANGED] = "configuration.changed",
        [AUDIT_MODEL_REFUSED] = "model.refused",
        [AUDIT_STORAGE_DEGRADED] = "storage.degraded",
        [AUDIT_STORAGE_RESTORED] = "storage.restored",
        [AUDIT_DATABASE_REBUILT] = "database.rebuilt",
        [AUDIT_SEGMENT_CLOSED] = "segment.closed",
        [AUDIT_CHAIN_VERIFIED] = "chain.verified",
        [AUDIT_LEDGER_EXPORTED] = "ledger.exported",
    };

    return names[event];
}

static bool insert(struct db *db, const char *name, const char *fields,
                   struct err *err)
{
    struct sql q = SQL(db, "INSERT INTO audit (at_ms, event, prog, fields) "
                           "VALUES (?, ?, ?, ?)");

    sql_int(&q, clock_wall_ms());
    sql_text(&q, name);
    sql_text(&q, log_program());
    sql_text(&q, fields);
    return sql_run(&q, err);
}

static bool count_up(struct db *db, const char *name, const char *fields,
                     bool *done, struct err *err)
{
    struct sql q = SQL(db, "UPDATE audit SET times = times + 1 "
                           "WHERE event = ?1 AND prog = ?2 AND fields = ?3");

    sql_text(&q, name);
    sql_text(&q, log_program());
    sql_text(&q, fields);
    *done = sql_run(&q, err) && sql_changes(db) > 0;
    return err->code == ERR_NONE;
}

bool audit_add(struct db *db, enum audit_event event, json_t *fields,
               struct err *err)
{
    char *text;
    bool ok;

    if (db->rebuilding)
        json_line_set(fields, "rebuilt", json_true());
    text = json_line_dump(fields);
    ok = insert(db, audit_name(event), text, err);

    free(text);
    return ok;
}

void audit_rebuilding(struct db *db)
{
    db->rebuilding = true;
}

bool audit_count(struct db *db, enum audit_event event, json_t *fields,
                 struct err *err)
{
    char *text = json_line_dump(fields);
    struct err why = {0};
    bool done;
    bool ok = count_up(db, audit_name(event), text, &done, &why);

    if (ok && !done)
        ok = insert(db, audit_name(event), text, &why);
    if (!ok)
        *err = why;
    free(text);
    return ok;
}
