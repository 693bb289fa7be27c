/* The only place that knows in which order the columns of object and job come.
 */
#include "db/rows.h"

#include <string.h>

void rows_object(struct sql *q, struct object *out)
{
    memset(out, 0, sizeof *out);
    out->id = sql_get_int(q);
    out->kind = (enum object_kind)sql_get_int(q);
    sql_get_text(q, out->sop_class, sizeof out->sop_class);
    sql_get_text(q, out->sop_uid, sizeof out->sop_uid);
    sql_get_text(q, out->study_uid, sizeof out->study_uid);
    sql_get_text(q, out->series_uid, sizeof out->series_uid);
    sql_get_text(q, out->transfer_syntax, sizeof out->transfer_syntax);
    sql_get_text(q, out->calling_ae, sizeof out->calling_ae);
    sql_get_text(q, out->called_ae, sizeof out->called_ae);
    sql_get_text(q, out->path, sizeof out->path);
    out->data_offset = sql_get_int(q);
    out->data_bytes = sql_get_int(q);
    sql_get_text(q, out->sha256, sizeof out->sha256);
    out->received_ms = sql_get_int(q);
    out->receive_ms = sql_get_int(q);
}

void rows_job(struct sql *q, struct job *out)
{
    memset(out, 0, sizeof *out);
    out->id = sql_get_int(q);
    out->stage = (enum job_stage)sql_get_int(q);
    out->state = (enum job_state)sql_get_int(q);
    sql_get_text(q, out->key, sizeof out->key);
    sql_get_text(q, out->route, sizeof out->route);
    sql_get_text(q, out->study_uid, sizeof out->study_uid);
    out->object_id = sql_get_int(q);
    out->alternate_id = sql_get_int(q);
    out->revision = sql_get_int(q);
    out->priority = sql_get_int(q);
    out->attempts = sql_get_int(q);
    out->created_ms = sql_get_int(q);
    out->due_ms = sql_get_int(q);
    out->done_ms = sql_get_int(q);
    out->upto = sql_get_int(q);
    out->hold = sql_get_int(q);
    out->rounds = sql_get_int(q);
    out->sent_id = sql_get_int(q);
    sql_get_text(q, out->why, sizeof out->why);
}

bool rows_add_object(struct db *db, struct object *object, int64_t job_id,
                     struct err *err)
{
    struct sql q = SQL(
        db, "INSERT INTO object (kind, sop_class, sop_uid, study_uid, "
            "series_uid, transfer_syntax, calling_ae, called_ae, path, "
            "data_offset, data_bytes, sha256, received_ms, receive_ms, job_id) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");

    sql_int(&q, object->kind);
    sql_text(&q, object->sop_class);
    sql_text(&q, object->sop_uid);
    sql_text(&q, object->study_uid);
    sql_text(&q, object->series_uid);
    sql_text(&q, object->transfer_syntax);
    sql_text(&q, object->calling_ae);
    sql_text(&q, object->called_ae);
    sql_text(&q, object->path);
    sql_int(&q, object->data_offset);
    sql_int(&q, object->data_bytes);
    sql_text(&q, object->sha256);
    sql_int(&q, object->received_ms);
    sql_int(&q, object->receive_ms);
    sql_id(&q, job_id);
    if (!sql_run(&q, err))
        return false;
    object->id = sqlite3_last_insert_rowid(db->handle);
    return true;
}

bool rows_same_object(struct db *db, const struct object *object, int64_t *id,
                      struct err *err)
{
    struct sql q = SQL(db, "SELECT id FROM object WHERE sop_uid = ? AND "
                           "sha256 = ? AND purged_ms IS NULL");
    bool found;

    sql_text(&q, object->sop_uid);
    sql_text(&q, object->sha256);
    *id = 0;
    return sql_number(&q, id, &found, err);
}

bool rows_add_send(struct db *db, const struct job *send, int64_t now_ms,
                   struct err *err)
{
    struct sql q =
        SQL(db, "INSERT INTO job (stage, state, key, route, study_uid, "
                "object_id, alternate_id, revision, priority, created_ms, "
                "due_ms, stamp_ms) "
                "VALUES (2, 1, ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?8, ?8)");

    sql_text(&q, send->key);
    sql_text(&q, send->route);
    sql_text(&q, send->study_uid);
    sql_int(&q, send->object_id);
    sql_id(&q, send->alternate_id);
    sql_int(&q, send->revision);
    sql_int(&q, send->priority);
    sql_int(&q, now_ms);
    return sql_run(&q, err);
}
