/* Most PACS report storage commitment minutes later and on a connection of
 * their own: so it arrives where images arrive, and changes rows that belong
 * to osteon-scu. */
#include "scp/report.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "conf/log.h"
#include "db/queue_commit.h"
#include "db/study_key.h"
#include "scp/receive.h"

#define PATIENCE_S 60 /* for the database */

static uint16_t turn_down(const struct receive *r, uint16_t status,
                          const char *why, char comment[65])
{
    char text[5];

    snprintf(text, sizeof text, "%04X", status);
    /* what is wrong here is the admin's to read, not the sender's */
    snprintf(comment, 65, "%.64s",
             status == EVENT_REPORT_LATER ? "cannot be taken now"
                                          : "transaction not known here");
    log_warn("commit.refused", KV_STR("status", text), KV_STR("reason", why),
             KV_STR("calling_ae", r->peer.calling_ae),
             KV_STR("address", r->peer.address));
    return status;
}

/* May this caller speak for the destination that was asked? */
static bool speaks_for(const struct receive *r, const struct job *job)
{
    const struct conf_destination *dest = conf_destination(r->conf, job->key);

    return dest != NULL && strcmp(dest->ae, r->peer.calling_ae) == 0;
}

static void log_answered(const struct receive *r, const struct job *job,
                         const struct commit_words *words)
{
    char study[STUDY_KEY];

    study_key(r->db, job->study_uid, study);
    log_event(words->dead ? LOG_LEVEL_ERROR : LOG_LEVEL_INFO, "commit.answered",
              (const struct kv[]){
                  KV_INT("job", job->id), KV_STR("study", study),
                  KV_STR("dest", job->key),
                  KV_INT("committed", words->committed),
                  KV_INT("resent", words->resent), KV_INT("dead", words->dead),
                  KV_INT("duplicate", words->duplicate),
                  KV_STR("calling_ae", r->peer.calling_ae), KV_END});
}

static uint16_t hear(struct receive *r, const struct commitment *report,
                     char comment[65])
{
    struct commit_words words;
    struct err err = {0};
    struct job job;
    bool found;

    if (r->db == NULL)
        r->db = db_open(r->conf->node.database, &err);
    if (r->db == NULL ||
        !queue_commit_find(r->db, report->transaction, &job, &found, &err))
        return turn_down(r, EVENT_REPORT_LATER, err.msg, comment);
    if (!found)
        return turn_down(r, EVENT_REPORT_INVALID, "no such transaction",
                         comment);
    if (!speaks_for(r, &job))
        return turn_down(r, EVENT_REPORT_INVALID,
                         "the transaction is another destination's", comment);
    if (!queue_commit_words(r->db, &job, (const char(*)[65])report->sop_uids,
                            report->failures, report->n,
                            r->conf->node.retry.first_ms, &words, &err))
        return turn_down(r, EVENT_REPORT_LATER, err.msg, comment);
    log_answered(r, &job, &words);
    return EVENT_REPORT_TAKEN;
}

uint16_t report_take(void *ctx, enum commitment_event event,
                     const struct commitment *report, char comment[65])
{
    uint16_t status;

    (void)event; /* what it says of each object counts */
    alarm(PATIENCE_S);
    status = hear(ctx, report, comment);
    alarm(0);
    return status;
}
