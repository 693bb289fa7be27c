/* `osteon show` for a person: the study in the order in which things
 * happened, from receipt to delivery. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "cli/findings.h"
#include "cli/study.h"
#include "cli/table.h"
#include "cli/text.h"
#include "conf/json_line.h"

#define STORAGE "1.2.840.10008.5.1.4.1.1."

static void titles(struct table *table, const char *const *title)
{
    for (; *title; title++)
        table_cell(table, TABLE_BOLD, "%s", *title);
}

static enum table_tone tone_of(enum job_state state)
{
    switch (state) {
    case JOB_DEAD:
        return TABLE_BAD;
    case JOB_HELD:
        return TABLE_WARN;
    case JOB_DONE:
        return TABLE_GOOD;
    default:
        return TABLE_PLAIN;
    }
}

/* The classes of our trade by the name people use, others by their UID. */
static const char *class_name(const char *uid)
{
    static const char *const names[][2] = {
        {"1", "CR image"},         {"1.1", "DX image"},
        {"1.1.1", "DX raw image"}, {"2", "CT image"},
        {"4", "MR image"},         {"7", "secondary capture"},
        {"88.33", "SR"},           {"88.34", "3D SR"},
        {"88.11", "basic SR"},     {"88.22", "enh. SR"},
        {"66.4", "SEG"},           {"2.1", "enh. CT image"},
        {"4.1", "enh. MR image"}};
    size_t i, n = strlen(STORAGE);

    if (strncmp(uid, STORAGE, n) == 0)
        for (i = 0; i < sizeof names / sizeof *names; i++)
            if (strcmp(uid + n, names[i][0]) == 0)
                return names[i][1];
    return uid;
}

static const char *word_of(const struct study_job *of)
{
    const char *outcome = study_outcome(of);

    return outcome && strcmp(outcome, "manual") == 0
               ? outcome
               : job_state_name(of->job.state);
}

static void objects(const struct study *study, enum object_kind kind)
{
    static const char *const received[] = {"OBJECT", "TIME", "SIZE", "CLASS",
                                           "FROM",   "TOOK", NULL};
    static const char *const result[] = {"OBJECT", "TIME", "SIZE", "CLASS",
                                         NULL};
    bool in = kind == OBJECT_RECEIVED;
    struct table *table = table_new(in ? 6 : 4, "r r  r");
    char a[TEXT_TIME], b[TEXT_TIME];
    size_t i, n = 0;

    titles(table, in ? received : result);
    for (i = 0; i < study->n_objects; i++) {
        const struct object *object = &study->objects[i];

        if (object->kind != kind)
            continue;
        n++;
        table_cell(table, TABLE_PLAIN, "%" PRId64, object->id);
        table_cell(table, TABLE_PLAIN, "%s",
                   text_local(a, object->received_ms));
        table_cell(table, TABLE_PLAIN, "%s", text_bytes(b, object->data_bytes));
        table_cell(table, TABLE_PLAIN, "%s", class_name(object->sop_class));
        if (in) {
            table_cell(table, TABLE_PLAIN, "%s", object->calling_ae);
            table_cell(table, TABLE_PLAIN, "%" PRId64 " ms",
                       object->receive_ms);
        }
    }
    printf("\n%s\n", in ? "received" : "results");
    if (n == 0)
        puts("none");
    table_print(table, n > 0 ? stdout : NULL);
}

static void analysis(const struct study_job *of)
{
    const struct job *job = &of->job;
    enum table_tone tone = tone_of(job->state);
    char when[TEXT_TIME];

    printf("job %" PRId64 ": %s for route %s, revision %" PRId64 ": %s%s%s",
           job->id, job->key, job->route, job->revision,
           table_tone(stdout, tone), word_of(of), table_tone_end(stdout, tone));
    if (job->state == JOB_DONE || job->state == JOB_DEAD)
        printf(" at %s", text_local(when, job->done_ms));
    else if (job->state == JOB_QUEUED)
        printf(", due %s", text_local(when, job->due_ms));
    if (job->attempts > 0)
        printf(", %" PRId64 " attempt%s", job->attempts,
               job->attempts == 1 ? "" : "s");
    putchar('\n');
    if (*job->why && job->state != JOB_DONE) {
        char why[sizeof job->why];

        text_printable(why, sizeof why, job->why);
        printf("    %s\n", why);
    }
    findings_print(stdout, "    ", of->summary);
}

static void analyses(const struct study *study)
{
    size_t i, n = 0;

    puts("\nanalyses");
    for (i = 0; i < study->n_jobs; i++) {
        if (study->jobs[i].job.stage == JOB_ANALYSE) {
            analysis(&study->jobs[i]);
            n++;
        }
    }
    if (n == 0)
        puts("none: no route with a model took an image");
}

/* What the destination said, or why it was not asked yet. */
static void answer_cell(struct table *table, const struct study_job *of)
{
    json_t *summary = NULL;
    const char *status = "", *meaning = "";

    if (of->job.state == JOB_DONE)
        summary = json_line_read(of->summary);
    json_unpack(summary, "{s?s,s?s}", "status", &status, "meaning", &meaning);
    if (summary)
        table_cell(table, TABLE_PLAIN, "%s %s", status, meaning);
    else
        table_cell(table, TABLE_PLAIN, "%s", of->job.why);
    json_decref(summary);
}

static void deliveries(const struct study *study)
{
    static const char *const title[] = {"JOB",      "OBJECT", "TO",     "STATE",
                                        "ATTEMPTS", "TIME",   "ANSWER", NULL};
    struct table *table = table_new(7, "rr  r");
    char when[TEXT_TIME];
    size_t i, n = 0;

    titles(table, title);
    for (i = 0; i < study->n_jobs; i++) {
        const struct job *job = &study->jobs[i].job;

        if (job->stage == JOB_ANALYSE)
            continue;
        n++;
        table_cell(table, TABLE_PLAIN, "%" PRId64, job->id);
        if (job->stage == JOB_SEND)
            table_cell(table, TABLE_PLAIN, "%" PRId64, job->object_id);
        else
            table_cell(table, TABLE_PLAIN, "kept?");
        table_cell(table, TABLE_PLAIN, "%s", job->key);
        table_cell(table, tone_of(job->state), "%s",
                   job_state_name(job->state));
        table_cell(table, TABLE_PLAIN, "%" PRId64, job->attempts);
        table_cell(
            table, TABLE_PLAIN, "%s",
            text_local(when, job->done_ms ? job->done_ms : job->created_ms));
        answer_cell(table, &study->jobs[i]);
    }
    puts("\ndeliveries");
    if (n == 0)
        puts("none");
    table_print(table, n > 0 ? stdout : NULL);
}

void study_text(const struct study *study)
{
    printf("study %s (study=%s in the log)\n", study->uid, study->key);
    objects(study, OBJECT_RECEIVED);
    analyses(study);
    objects(study, OBJECT_RESULT);
    deliveries(study);
}

void study_list(const struct study *study)
{
    static const char *const title[] = {"JOB",   "STAGE",    "FOR",
                                        "STATE", "ATTEMPTS", "CREATED",
                                        "STUDY", "WHY",      NULL};
    struct table *table = table_new(8, "r   r");
    char when[TEXT_TIME];
    size_t i;

    titles(table, title);
    for (i = 0; i < study->n_jobs; i++) {
        const struct job *job = &study->jobs[i].job;

        table_cell(table, TABLE_PLAIN, "%" PRId64, job->id);
        table_cell(table, TABLE_PLAIN, "%s", job_stage_name(job->stage));
        table_cell(table, TABLE_PLAIN, "%s", job->key);
        table_cell(table, tone_of(job->state), "%s", word_of(&study->jobs[i]));
        table_cell(table, TABLE_PLAIN, "%" PRId64, job->attempts);
        table_cell(table, TABLE_PLAIN, "%s", text_local(when, job->created_ms));
        table_cell(table, TABLE_PLAIN, "%s", job->study_uid);
        table_cell(table, TABLE_PLAIN, "%s", job->why);
    }
    if (study->n_jobs == 0)
        puts("every job is done");
    table_print(table, study->n_jobs > 0 ? stdout : NULL);
}
