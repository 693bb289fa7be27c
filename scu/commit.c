/* A PACS that answered Success may still lose what it took, before its own
 * disks and replicas have it. The question comes after the deliveries of a
 * study, and what is not kept is sent again. */
#include "scu/commit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "conf/clock.h"
#include "conf/log.h"
#include "db/queue_commit.h"
#include "db/study_key.h"
#include "scu/outcome.h"

#define DELAY_MS    2000   /* and at most a tenth of commit_wait */
#define REPORT_MS   10000  /* an idle association stays for the report */
#define NOT_FOUND   0x0112 /* no such object instance: PS3.3 C.14.1.1 */
#define MOST_ROUNDS (COMMIT_ROUNDS + 1)

const char *commit_context(const struct conf_destination *dest)
{
    static const char *const classes[] = {
        [CONF_COMMIT_NONE] = NULL,
        [CONF_COMMIT_NACTION] = COMMITMENT_CLASS,
        [CONF_COMMIT_CFIND] = COMMITMENT_FIND};

    return classes[dest->commit];
}

int64_t commit_delay_ms(const struct conf_destination *dest)
{
    int64_t ms = dest->commit_wait_ms / 10;

    if (dest->commit == CONF_COMMIT_NONE)
        return 0;
    return ms < DELAY_MS ? ms : DELAY_MS;
}

void commit_expire(struct send *send)
{
    const struct conf_destination *dest = send->link.dest;
    int64_t age_ms = dest->retry_for_ms + MOST_ROUNDS * dest->commit_wait_ms;
    struct err err = {0};
    int64_t n = 0;

    if (!queue_expire(send->db, JOB_COMMIT, dest->name, age_ms,
                      "could not be asked within retry_for", &n, &err))
        log_warn("queue.failed", KV_STR("reason", err.msg));
    else if (n > 0)
        log_error("destination.expired", KV_STR("dest", dest->name),
                  KV_INT("jobs", n));
}

static bool connect_for(struct send *send, struct err *err)
{
    const char *class = commit_context(send->link.dest);
    struct dcm_context context = {.transfer_syntax = COMMITMENT_SYNTAX};

    snprintf(context.sop_class, sizeof context.sop_class, "%s", class);
    return (send->link.scu && link_proposed(&send->link, &context)) ||
           send_open(send, &context, 1, err);
}

static bool refused(struct send *send, uint16_t status, struct err *err)
{
    bool later = outcome_of(status) == OUTCOME_RETRY;

    err_set(err, later ? ERR_RETRY : ERR_REJECT,
            "destination %s answered %04X when asked what it keeps: %s",
            send->link.dest->name, status, outcome_text(status));
    if (later)
        link_trouble(&send->link, err->msg);
    else
        link_fine(&send->link);
    return false;
}

/* No answer; or the question is not possible there. */
static bool lost(struct send *send, struct err *err)
{
    err_wrap(err, "destination %s", send->link.dest->name);
    if (err->code == ERR_RETRY) {
        link_close(&send->link);
        link_trouble(&send->link, err->msg);
    }
    return false;
}

static void used(struct link *link)
{
    link->answered = true;
    link->used_ms = clock_mono_ms();
    link_fine(link);
}

static void log_asked(struct send *send, const struct job *job, size_t n)
{
    char study[STUDY_KEY];

    study_key(send->db, job->study_uid, study);
    log_info("commit.asked", KV_INT("job", job->id), KV_STR("study", study),
             KV_STR("dest", job->key), KV_INT("objects", n));
}

static void log_answered(struct db *db, const struct job *job,
                         const struct commit_words *words)
{
    char study[STUDY_KEY];

    study_key(db, job->study_uid, study);
    log_event(words->dead ? LOG_LEVEL_ERROR : LOG_LEVEL_INFO, "commit.answered",
              (const struct kv[]){
                  KV_INT("job", job->id), KV_STR("study", study),
                  KV_STR("dest", job->key),
                  KV_INT("committed", words->committed),
                  KV_INT("resent", words->resent), KV_INT("dead", words->dead),
                  KV_INT("duplicate", words->duplicate), KV_END});
}

static bool ask(struct send *send, const struct job *job,
                const struct commit_object *objects, size_t n, struct err *err)
{
    const struct conf_destination *dest = send->link.dest;
    struct commitment question = {0};
    char comment[65];
    uint16_t status;
    bool answered;

    if (job->rounds >= COMMIT_ROUNDS)
        return err_set(err, ERR_REJECT,
                       "destination %s was asked %d times what it keeps and "
                       "did not report: see commit_wait, and whether it can "
                       "connect to us",
                       dest->name, COMMIT_ROUNDS);
    if (!connect_for(send, err) ||
        !queue_commit_ask(send->db, job, question.transaction, err))
        return false;
    for (size_t i = 0; i < n; i++)
        commitment_add(&question, objects[i].sop_class, objects[i].sop_uid, 0);
    answered = dcm_scu_commit(send->link.scu, &question, &status, comment, err);
    commitment_free(&question);
    if (!answered)
        return lost(send, err);
    if (outcome_of(status) == OUTCOME_RETRY ||
        outcome_of(status) == OUTCOME_REJECT)
        return refused(send, status, err);
    used(&send->link);
    send->link.keep_ms = clock_mono_ms() + REPORT_MS;
    log_asked(send, job, n);
    return queue_commit_asked(send->db, job, dest->commit_wait_ms, err);
}

/* One query per object, for as long as one answer may take: the rest of a
 * large study is asked for at the next turn. */
static bool look(struct send *send, const struct job *job,
                 const struct commit_object *objects, size_t n, bool give_up,
                 struct commitment *found, struct err *err)
{
    int64_t end_ms = clock_mono_ms() + send->link.dest->response_ms;

    for (size_t i = 0; i < n && clock_mono_ms() < end_ms; i++) {
        struct dcm_instance instance;
        uint16_t status;
        bool there;

        memcpy(instance.study_uid, job->study_uid, sizeof instance.study_uid);
        memcpy(instance.series_uid, objects[i].series_uid,
               sizeof instance.series_uid);
        memcpy(instance.sop_uid, objects[i].sop_uid, sizeof instance.sop_uid);
        if (!dcm_scu_find(send->link.scu, &instance, &there, &status, err))
            return lost(send, err);
        if (status != 0)
            return refused(send, status, err);
        if (there || give_up)
            commitment_add(found, objects[i].sop_class, objects[i].sop_uid,
                           there ? 0 : NOT_FOUND);
    }
    used(&send->link);
    return true;
}

static bool query(struct send *send, const struct job *job,
                  const struct commit_object *objects, size_t n,
                  struct err *err)
{
    const struct conf_destination *dest = send->link.dest;
    bool give_up = clock_wall_ms() - job->created_ms >= dest->commit_wait_ms;
    struct commitment found = {0};
    struct commit_words words = {0};
    size_t known;
    bool good;

    if (!connect_for(send, err))
        return false;
    log_asked(send, job, n);
    good = look(send, job, objects, n, give_up, &found, err) &&
           queue_commit_words(send->db, job, (const char(*)[65])found.sop_uids,
                              found.failures, found.n,
                              send->link.retry->first_ms, &words, err);
    known = found.n;
    commitment_free(&found);
    if (!good)
        return false;
    if (known > 0)
        log_answered(send->db, job, &words);
    return known == n || err_set(err, ERR_RETRY,
                                 "destination %s does not have %zu of %zu "
                                 "objects yet",
                                 dest->name, n - known, n);
}

bool commit_work(struct send *send, const struct job *job, struct err *err)
{
    const struct conf_destination *dest = send->link.dest;
    struct commit_object *objects;
    size_t n;
    bool good;

    if (!queue_commit_objects(send->db, job, &objects, &n, err))
        return false;
    if (n == 0 || dest->commit == CONF_COMMIT_NONE)
        good = queue_finish(send->db, job, NULL, 0, NULL, 0, "", err);
    else if (dest->commit == CONF_COMMIT_CFIND)
        good = query(send, job, objects, n, err);
    else
        good = ask(send, job, objects, n, err);
    free(objects);
    return good;
}

static uint16_t say(const char *dest, uint16_t status, const char *why,
                    char comment[65])
{
    char text[5];

    snprintf(text, sizeof text, "%04X", status);
    snprintf(comment, 65, "%.64s",
             status == EVENT_REPORT_LATER ? "cannot be taken now" : why);
    log_warn("commit.refused", KV_STR("status", text), KV_STR("reason", why),
             KV_STR("dest", dest));
    return status;
}

uint16_t commit_report(void *ctx, enum commitment_event event,
                       const struct commitment *report, char comment[65])
{
    struct send *send = ctx;
    const char *dest = send->link.dest->name;
    struct commit_words words;
    struct err err = {0};
    struct job job;
    bool found;

    (void)event; /* what it says of each object counts */
    if (!queue_commit_find(send->db, report->transaction, &job, &found, &err))
        return say(dest, EVENT_REPORT_LATER, err.msg, comment);
    if (!found || strcmp(job.key, dest) != 0)
        return say(dest, EVENT_REPORT_INVALID, "transaction not known here",
                   comment);
    if (!queue_commit_words(send->db, &job, (const char(*)[65])report->sop_uids,
                            report->failures, report->n,
                            send->link.retry->first_ms, &words, &err))
        return say(dest, EVENT_REPORT_LATER, err.msg, comment);
    log_answered(send->db, &job, &words);
    send->link.keep_ms = 0;
    return EVENT_REPORT_TAKEN;
}
