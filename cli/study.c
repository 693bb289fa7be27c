/* Gathers what `osteon show` prints, and writes it as JSON. */
#include "cli/study.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/json.h"
#include "cli/json_read.h"
#include "conf/mem.h"
#include "db/report.h"

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

static void json_of_object(struct json *json, const struct object *object)
{
    bool received = object->kind == OBJECT_RECEIVED;

    json_object(json, NULL);
    json_int(json, "id", object->id);
    json_text(json, "kind", received ? "received" : "result");
    json_text(json, "sop_class", object->sop_class);
    json_text(json, "sop_instance_uid", object->sop_uid);
    json_text(json, "series_uid", object->series_uid);
    json_text(json, "transfer_syntax", object->transfer_syntax);
    json_text(json, "calling_ae", object->calling_ae);
    json_text(json, "called_ae", object->called_ae);
    json_time(json, "time", object->received_ms);
    json_int(json, "receive_ms", object->receive_ms);
    json_int(json, "bytes", object->data_bytes);
    json_text(json, "sha256", object->sha256);
    json_text(json, "path", object->path);
    json_end(json);
}

static void json_summary(struct json *json, const char *summary)
{
    struct json_tree *tree;
    struct err err = {0};

    tree = *summary ? json_parse(summary, &err) : NULL;
    if (tree)
        json_raw(json, "summary", summary);
    else
        json_null(json, "summary");
    json_tree_free(tree);
}

static void json_of_job(struct json *json, const struct study_job *of)
{
    const struct job *job = &of->job;

    json_object(json, NULL);
    json_int(json, "id", job->id);
    json_text(json, "stage", job_stage_name(job->stage));
    json_text(json, "state", job_state_name(job->state));
    json_text(json, job->stage == JOB_SEND ? "destination" : "model", job->key);
    json_text(json, "route", job->route);
    json_text(json, "study", job->study_uid);
    if (job->stage == JOB_SEND)
        json_int(json, "object", job->object_id);
    else
        json_int(json, "revision", job->revision);
    json_int(json, "priority", job->priority);
    json_int(json, "attempts", job->attempts);
    json_time(json, "created", job->created_ms);
    json_time(json, "due", job->due_ms);
    json_time(json, "done", job->done_ms);
    json_text(json, "why", job->why);
    json_summary(json, of->summary);
    json_end(json);
}

void study_json(const struct study *study)
{
    struct json json;
    size_t i;

    json_start(&json, stdout);
    json_object(&json, NULL);
    if (*study->uid) {
        json_text(&json, "study", study->uid);
        json_array(&json, "objects");
        for (i = 0; i < study->n_objects; i++)
            json_of_object(&json, &study->objects[i]);
        json_end(&json);
    }
    json_array(&json, "jobs");
    for (i = 0; i < study->n_jobs; i++)
        json_of_job(&json, &study->jobs[i]);
    json_end(&json);
    json_end(&json);
}
