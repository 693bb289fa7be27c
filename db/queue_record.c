/* How a job ended, for the ledger. What only the stage knows (which weights,
 * which status) comes in the summary that it hands over with its results. */
#include "db/queue_record.h"

#include <stdlib.h>

#include "conf/json_line.h"
#include "db/audit.h"
#include "db/audit_fields.h"
#include "db/queue.h"

static json_t *brief(const struct object *object)
{
    return json_pack("{s:o,s:o,s:o}", "sop_class",
                     json_line_text(object->sop_class), "sop_uid",
                     json_line_text(object->sop_uid), "sha256",
                     json_line_text(object->sha256));
}

/* Texts and numbers of the summary that the record has too. */
static void copy(json_t *fields, const json_t *summary, const char *key)
{
    const json_t *value = json_object_get(summary, key);

    if (json_is_string(value) || json_is_integer(value))
        json_line_set(fields, key, json_copy((json_t *)value));
}

static bool add_inputs(struct db *db, const struct job *job, json_t *fields,
                       struct err *err)
{
    struct object *objects;
    json_t *list;
    size_t n;

    if (!queue_objects(db, job, &objects, &n, err))
        return false;
    list = json_array();
    for (size_t i = 0; i < n; i++)
        json_line_append(list, brief(&objects[i]));
    free(objects);
    json_line_set(fields, "inputs", list);
    return true;
}

static bool add_results(struct db *db, const int64_t *ids, size_t n,
                        json_t *fields, struct err *err)
{
    json_t *list = json_array();
    struct object object;
    bool ok = true;

    for (size_t i = 0; ok && i < n; i++) {
        ok = queue_object(db, ids[i], &object, err);
        if (ok)
            json_line_append(list, brief(&object));
    }
    json_line_set(fields, "results", list);
    return ok;
}

static bool analysed(struct db *db, const struct job *job,
                     const int64_t *results, size_t n_results,
                     const json_t *summary, struct err *err)
{
    const json_t *measured = json_object_get(summary, "measurements");
    json_t *fields = audit_fields_job(job);

    copy(fields, summary, "version");
    copy(fields, summary, "weights_sha256");
    copy(fields, summary, "config_sha256");
    if (measured)
        json_line_set(fields, "measured",
                      json_integer((json_int_t)json_array_size(measured)));
    if (!add_inputs(db, job, fields, err) ||
        !add_results(db, results, n_results, fields, err)) {
        json_decref(fields);
        return false;
    }
    return audit_add(db, AUDIT_STUDY_ANALYSED, fields, err);
}

static bool sent(struct db *db, const struct job *job, const json_t *summary,
                 struct err *err)
{
    const json_t *id = json_object_get(summary, "object");
    struct object object;
    json_t *fields;

    if (!queue_object(
            db, json_is_integer(id) ? json_integer_value(id) : job->object_id,
            &object, err))
        return false;
    fields = audit_fields_object(&object);
    json_line_set(fields, "job", json_integer(job->id));
    json_line_set(fields, "destination", json_line_text(job->key));
    copy(fields, summary, "status");
    return audit_add(db, AUDIT_OBJECT_SENT, fields, err);
}

bool queue_record_done(struct db *db, const struct job *job,
                       const int64_t *results, size_t n_results,
                       const char *summary, struct err *err)
{
    json_t *said = json_line_read(summary ? summary : "");
    bool ok = true;

    if (job->stage == JOB_ANALYSE)
        ok = analysed(db, job, results, n_results, said, err);
    else if (job->stage == JOB_SEND)
        ok = sent(db, job, said, err);
    json_decref(said);
    return ok;
}

/* What was not delivered. */
static bool add_object(struct db *db, int64_t id, json_t *fields,
                       struct err *err)
{
    struct object object;

    if (!queue_object(db, id, &object, err))
        return false;
    json_line_set(fields, "sop_class", json_line_text(object.sop_class));
    json_line_set(fields, "sop_uid", json_line_text(object.sop_uid));
    json_line_set(fields, "sha256", json_line_text(object.sha256));
    return true;
}

bool queue_record_dead(struct db *db, const struct job *job, const char *why,
                       struct err *err)
{
    json_t *fields = audit_fields_job(job);

    if (job->object_id != 0 && !add_object(db, job->object_id, fields, err)) {
        json_decref(fields);
        return false;
    }
    json_line_set(fields, "attempts", json_integer(job->attempts));
    json_line_set(fields, "reason", json_line_text(why));
    return audit_add(db,
                     job->stage == JOB_ANALYSE ? AUDIT_STUDY_MANUAL
                                               : AUDIT_DELIVERY_FAILED,
                     fields, err);
}
