/* One SEND job: the stored bytes, checked against their digest, to one
 * destination. What the destination says decides between done, later and
 * never; what happens to the network decides only between now and later. */
#include "scu/send.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "conf/clock.h"
#include "conf/json_line.h"
#include "conf/log.h"
#include "db/queue_commit.h"
#include "db/spool.h"
#include "db/study_key.h"
#include "scu/commit.h"
#include "scu/outcome.h"

#define EXPIRE_EVERY_MS 10000

static void expire(struct send *send)
{
    const struct conf_destination *dest = send->link.dest;
    int64_t now = clock_mono_ms(), n = 0, jumped_ms;
    struct err err = {0};

    if (send->expired_ms != 0 && now - send->expired_ms < EXPIRE_EVERY_MS)
        return;
    send->expired_ms = now;
    if (!clock_watch_steady(&send->clock, &jumped_ms))
        return;
    if (!queue_expire(send->db, JOB_SEND, dest->name, dest->retry_for_ms,
                      "not delivered within retry_for", &n, &err))
        log_warn("queue.failed", KV_STR("reason", err.msg));
    else if (n > 0)
        log_error("destination.expired", KV_STR("dest", dest->name),
                  KV_INT("jobs", n));
    commit_expire(send);
}

static void add_context(struct dcm_context *contexts, size_t *n,
                        const char *sop_class, const char *transfer_syntax)
{
    struct dcm_context *new = &contexts[*n];
    size_t i;

    if (*n == LINK_CONTEXTS)
        return;
    for (i = 0; i < *n; i++)
        if (strcmp(contexts[i].sop_class, sop_class) == 0 &&
            strcmp(contexts[i].transfer_syntax, transfer_syntax) == 0)
            return;
    snprintf(new->sop_class, sizeof new->sop_class, "%s", sop_class);
    snprintf(new->transfer_syntax, sizeof new->transfer_syntax, "%s",
             transfer_syntax);
    (*n)++;
}

/* What waits in the queue comes after what the caller put in already. */
static bool add_waiting(struct send *send, struct dcm_context *contexts,
                        size_t *n, bool *due, struct err *err)
{
    const struct conf_destination *dest = send->link.dest;
    const char *question = commit_context(dest);
    struct send_context waiting[LINK_CONTEXTS];
    size_t found = LINK_CONTEXTS, i;

    if (question != NULL)
        add_context(contexts, n, question, COMMITMENT_SYNTAX);
    if (!queue_send_contexts(send->db, dest->name, waiting, &found, err) ||
        !queue_commit_due(send->db, dest->name, due, err))
        return false;
    *due = *due || found > 0;
    for (i = 0; i < found; i++)
        add_context(contexts, n, waiting[i].sop_class,
                    waiting[i].transfer_syntax);
    return true;
}

static bool open_link(struct send *send, const struct dcm_context *contexts,
                      size_t n, struct err *err)
{
    if (!link_open(&send->link, contexts, n, err))
        return false;
    dcm_scu_on_report(send->link.scu, commit_report, send);
    return true;
}

bool send_open(struct send *send, const struct dcm_context *first, size_t n,
               struct err *err)
{
    struct dcm_context contexts[LINK_CONTEXTS];
    size_t all = 0;
    bool due;

    for (size_t i = 0; i < n; i++)
        add_context(contexts, &all, first[i].sop_class,
                    first[i].transfer_syntax);
    return add_waiting(send, contexts, &all, &due, err) &&
           open_link(send, contexts, all, err);
}

bool send_ready(void *ctx)
{
    struct send *send = ctx;
    struct dcm_context contexts[LINK_CONTEXTS];
    struct err err = {0};
    size_t n = 0;
    bool due;

    expire(send);
    if (send->link.scu)
        return true;
    if (link_resting(&send->link))
        return false;
    if (!add_waiting(send, contexts, &n, &due, &err)) {
        log_warn("queue.failed", KV_STR("reason", err.msg));
        return false;
    }
    return !due || open_link(send, contexts, n, &err);
}

bool send_away(void *ctx)
{
    const struct send *send = ctx;

    return link_away(&send->link);
}

/* What the destination says while we have nothing to say. */
void send_idle(void *ctx)
{
    struct send *send = ctx;
    struct err err = {0};

    if (send->link.scu && !dcm_scu_listen(send->link.scu, &err))
        link_close(&send->link);
    link_close_idle(&send->link);
}

/* An object that may be sent for the job. */
struct candidate {
    struct object object;
    struct dcm_context context;
};

static bool load(struct send *send, int64_t id, struct candidate *out,
                 struct err *err)
{
    struct dcm_context *context = &out->context;
    int fd;

    if (!queue_object(send->db, id, &out->object, err) ||
        !spool_verify(&out->object, &fd, err))
        return false;
    close(fd);
    /* PS3.8 E.2: fragments are even. DCMTK's peers do not even answer. */
    if (out->object.data_bytes % 2 != 0)
        return err_set(err, ERR_REJECT,
                       "the data set has an odd number of bytes: it is damaged "
                       "and no destination can take it");
    memcpy(context->sop_class, out->object.sop_class,
           sizeof context->sop_class);
    memcpy(context->transfer_syntax, out->object.transfer_syntax,
           sizeof context->transfer_syntax);
    return true;
}

static bool reopen(struct send *send, const struct candidate *candidates,
                   size_t n, struct err *err)
{
    struct dcm_context contexts[2];
    size_t i;

    for (i = 0; i < n; i++)
        contexts[i] = candidates[i].context;
    return send_open(send, contexts, n, err);
}

static bool proposed(const struct link *link,
                     const struct candidate *candidates, size_t n)
{
    size_t i;

    for (i = 0; i < n; i++)
        if (!link_proposed(link, &candidates[i].context))
            return false;
    return true;
}

static const struct candidate *choose(const struct link *link,
                                      const struct candidate *candidates,
                                      size_t n, struct err *err)
{
    size_t i;

    for (i = 0; i < n; i++)
        if (dcm_scu_accepts(link->scu, &candidates[i].context))
            return &candidates[i];
    err_set(err, ERR_REJECT,
            "destination %s does not accept SOP class %s in transfer syntax "
            "%s",
            link->dest->name, candidates[0].context.sop_class,
            candidates[0].context.transfer_syntax);
    return NULL;
}

static bool transmit(struct link *link, const struct candidate *candidate,
                     uint16_t *status, struct err *err)
{
    const struct object *object = &candidate->object;
    char path[SPOOL_PATH], comment[65];

    spool_path(object, path);
    if (dcm_scu_store(link->scu, path, (off_t)object->data_offset,
                      &candidate->context, object->sop_uid, status, comment,
                      err)) {
        link->answered = true;
        link->used_ms = clock_mono_ms();
        return true;
    }
    link_close(link);
    return err_wrap(err, "destination %s", link->dest->name);
}

/* Sends the first candidate that the destination accepts. An association that
 * has worked before may have been closed by the destination meanwhile: that is
 * no failure, one fresh one is tried. */
static const struct candidate *deliver(struct send *send,
                                       const struct candidate *candidates,
                                       size_t n, uint16_t *status,
                                       struct err *err)
{
    struct link *link = &send->link;
    const struct candidate *chosen;

    for (;;) {
        struct err failure = {0};
        bool fresh;

        if ((link->scu == NULL || !proposed(link, candidates, n)) &&
            !reopen(send, candidates, n, err))
            return NULL;
        fresh = !link->answered;
        chosen = choose(link, candidates, n, err);
        if (chosen == NULL || transmit(link, chosen, status, &failure))
            return chosen;
        if (fresh || failure.code != ERR_RETRY) {
            *err = failure;
            if (failure.code == ERR_RETRY)
                link_trouble(link, failure.msg);
            return NULL;
        }
    }
}

static bool conclude(struct send *send, const struct job *job,
                     const struct candidate *sent, uint16_t status,
                     int64_t begun_ms, struct err *err)
{
    const char *dest = send->link.dest->name;
    int64_t send_ms = clock_mono_ms() - begun_ms;
    enum outcome outcome = outcome_of(status);
    struct job done = *job;
    char text[5], study[STUDY_KEY], *summary;
    bool kept;

    snprintf(text, sizeof text, "%04X", status);
    if (outcome == OUTCOME_RETRY || outcome == OUTCOME_REJECT)
        err_set(err, outcome == OUTCOME_RETRY ? ERR_RETRY : ERR_REJECT,
                "destination %s answered %s: %s", dest, text,
                outcome_text(status));
    if (outcome == OUTCOME_RETRY)
        link_trouble(&send->link, err->msg);
    else
        link_fine(&send->link);
    if (err->code != ERR_NONE)
        return false;
    summary = json_line_dump(json_pack(
        "{s:s,s:s,s:I,s:I,s:I}", "status", text, "meaning",
        outcome_text(status), "object", (json_int_t)sent->object.id, "bytes",
        (json_int_t)sent->object.data_bytes, "send_ms", (json_int_t)send_ms));
    done.sent_id = sent->object.id;
    done.commit_ms = commit_delay_ms(send->link.dest);
    kept = queue_finish(send->db, &done, NULL, 0, NULL, 0, summary, err);
    free(summary);
    if (!kept)
        return false;
    study_key(send->db, job->study_uid, study);
    log_event(
        outcome == OUTCOME_WARNING ? LOG_LEVEL_WARN : LOG_LEVEL_INFO,
        "object.sent",
        (const struct kv[]){
            KV_INT("job", job->id), KV_INT("object", sent->object.id),
            KV_STR("study", study), KV_STR("dest", dest),
            KV_STR("status", text), KV_INT("bytes", sent->object.data_bytes),
            KV_INT(sent->object.kind == OBJECT_RESULT ? "infer_ms" : "recv_ms",
                   sent->object.receive_ms),
            KV_INT("wait_ms", clock_wall_ms() - send_ms - job->created_ms),
            KV_INT("send_ms", send_ms), KV_END});
    return true;
}

static bool send_object(struct send *send, const struct job *job,
                        struct err *err)
{
    struct candidate candidates[2];
    const struct candidate *sent;
    int64_t begun_ms = clock_mono_ms();
    uint16_t status = 0;
    size_t n = 1;

    if (!load(send, job->object_id, &candidates[0], err))
        return false;
    if (job->alternate_id != 0) {
        struct err why = {0};

        /* A damaged stand-in is no reason to keep back the real one. */
        if (load(send, job->alternate_id, &candidates[1], &why))
            n = 2;
        else if (why.code != ERR_REJECT) {
            *err = why;
            return false;
        }
    }
    sent = deliver(send, candidates, n, &status, err);
    return sent != NULL && conclude(send, job, sent, status, begun_ms, err);
}

bool send_work(void *ctx, const struct job *job, struct err *err)
{
    return job->stage == JOB_COMMIT ? commit_work(ctx, job, err)
                                    : send_object(ctx, job, err);
}
