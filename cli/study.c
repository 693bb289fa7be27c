/* Gathers what `osteon show` prints, and writes it as JSON. */
#include "cli/study.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/text.h"
#include "conf/json_line.h"
#include "conf/mem.h"
#include "db/report.h"
#include "db/study_key.h"

static void keep_object(void *ctx, const struct object *object)
{
    struct study *study = ctx;

    study->objects =
        mem_grow(study->objects, study->n_objects + 1, sizeof *study->objects);
    study->objects[study->n_objects++] = *object;
}

static void keep_job(void *ctx, const struct job *job, const char *summary)
{
    struct study *study = ctx;

    study->jobs = mem_grow(study->jobs, study->n_jobs + 1, sizeof *study->jobs);
    study->jobs[study->n_jobs].job = *job;
    study->jobs[study->n_jobs++].summary = mem_strdup(summary ? summary : "");
}

bool study_read(struct db *db, const char *study_uid, struct study *out,
                struct err *err)
{
    memset(out, 0, sizeof *out);
    if (study_uid) {
        snprintf(out->uid, sizeof out->uid, "%s", study_uid);
        study_key(db, study_uid, out->key);
        if (!report_objects(db, study_uid, keep_object, out, err))
            return false;
    }
    return report_jobs(db, study_uid, keep_job, out, err);
}

void study_free(struct study *study)
{
    size_t i;

    for (i = 0; i < study->n_jobs; i++)
        free(study->jobs[i].summary);
    free(study->jobs);
    free(study->objects);
}

static json_t *object_json(const struct object *object)
{
    bool received = object->kind == OBJECT_RECEIVED;

    return json_pack(
        "{s:I,s:s,s:o,s:o,s:o,s:o,s:o,s:o,s:o,s:I,s:I,s:o,s:o}", "id",
        (json_int_t)object->id, "kind", received ? "received" : "result",
        "sop_class", json_line_text(object->sop_class), "sop_instance_uid",
        json_line_text(object->sop_uid), "series_uid",
        json_line_text(object->series_uid), "transfer_syntax",
        json_line_text(object->transfer_syntax), "calling_ae",
        json_line_text(object->calling_ae), "called_ae",
        json_line_text(object->called_ae), "time",
        text_utc(object->received_ms), "receive_ms",
        (json_int_t)object->receive_ms, "bytes", (json_int_t)object->data_bytes,
        "sha256", json_line_text(object->sha256), "path",
        json_line_text(object->path));
}

const char *study_outcome(const struct study_job *of)
{
    const json_t *list;
    json_t *summary;
    bool measured;

    if (of->job.stage != JOB_ANALYSE ||
        (of->job.state != JOB_DONE && of->job.state != JOB_DEAD))
        return NULL;
    summary = json_line_read(of->summary);
    list = json_object_get(summary, "measurements");
    measured =
        of->job.state == JOB_DONE && (!list || json_array_size(list) > 0);
    json_decref(summary);
    return measured ? "measured" : "manual";
}

static json_t *job_json(const struct study_job *of)
{
    const struct job *job = &of->job;
    bool send = job->stage != JOB_ANALYSE;
    json_t *summary = json_line_read(of->summary);

    return json_pack(
        "{s:I,s:s,s:s,s:o,s:o,s:o,s:o,s:I,s:I,s:I,s:o,s:o,s:o,s:o,s:o}", "id",
        (json_int_t)job->id, "stage", job_stage_name(job->stage), "state",
        job_state_name(job->state), "outcome",
        json_line_text(study_outcome(of)), send ? "destination" : "model",
        json_line_text(job->key), "route", json_line_text(job->route), "study",
        json_line_text(job->study_uid), send ? "object" : "revision",
        (json_int_t)(send ? job->object_id : job->revision), "priority",
        (json_int_t)job->priority, "attempts", (json_int_t)job->attempts,
        "created", text_utc(job->created_ms), "due", text_utc(job->due_ms),
        "done", text_utc(job->done_ms), "why", json_line_text(job->why),
        "summary", summary ? summary : json_null());
}

void study_json(const struct study *study)
{
    json_t *line = json_object(), *objects = json_array(), *jobs = json_array();
    size_t i;

    for (i = 0; i < study->n_objects; i++)
        json_line_append(objects, object_json(&study->objects[i]));
    for (i = 0; i < study->n_jobs; i++)
        json_line_append(jobs, job_json(&study->jobs[i]));
    if (*study->uid) {
        json_line_set(line, "study", json_line_text(study->uid));
        json_line_set(line, "key", json_line_text(study->key));
        json_line_set(line, "objects", objects);
    } else {
        json_decref(objects);
    }
    json_line_set(line, "jobs", jobs);
    json_line_print(line);
}
