#ifndef DB_ROWS_H
#define DB_ROWS_H

#include "db/job.h"
#include "db/object.h"
#include "db/sql.h"

/* Rows as values. The columns, in the order the readers expect. */
#define OBJECT_COLUMNS                                                         \
    "o.id, o.kind, o.sop_class, o.sop_uid, o.study_uid, o.series_uid, "        \
    "o.transfer_syntax, o.calling_ae, o.called_ae, o.path, o.data_offset, "    \
    "o.data_bytes, o.sha256, o.received_ms, o.receive_ms"
void rows_object(struct sql *q, struct object *out);

#define JOB_COLUMNS                                                            \
    "id, stage, state, key, route, study_uid, object_id, alternate_id, "       \
    "revision, priority, attempts, created_ms, due_ms, done_ms, upto, "        \
    "hold_at_cap, rounds, sent_id, why"
void rows_job(struct sql *q, struct job *out);

/* A new row; sets object->id. job_id 0: received. */
bool rows_add_object(struct db *db, struct object *object, int64_t job_id,
                     struct err *err);

/* The object that is the same in UID and digest and not purged; *id 0: none.
 */
bool rows_same_object(struct db *db, const struct object *object, int64_t *id,
                      struct err *err);

/* A SEND job, due now. */
bool rows_add_send(struct db *db, const struct job *send, int64_t now_ms,
                   struct err *err);

#endif
