/* The promise of this program lives here: 0000 is answered only after the
 * file is synced under its final name and the row that names it is committed.
 * Whatever goes wrong before that is an answer to the sender and leaves
 * nothing behind; whatever goes wrong with one object leaves the association
 * usable for the next. */
#include "scp/receive.h"

#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "conf/clock.h"
#include "conf/log.h"
#include "db/study_key.h"
#include "dicom/scan.h"
#include "scp/keep.h"
#include "scp/refusal.h"
#include "scp/report.h"

enum {
    STATUS_SUCCESS = 0x0000,
    STATUS_NO_RESOURCES = 0xA700,
    STATUS_MISMATCH = 0xA900,
    STATUS_NOT_UNDERSTOOD = 0xC000
};

/* Beyond object_time, for what follows the last fragment. */
#define COMMIT_PATIENCE_S 60
/* When leaving: for the answer to this object to go out. */
#define LAST_ANSWER_S 1

static volatile sig_atomic_t admitted, inside, leaving;

bool receive_admitted(void)
{
    return admitted != 0;
}

bool receive_inside(void)
{
    return inside != 0;
}

void receive_leave(void)
{
    leaving = 1;
}

uint16_t receive_status(enum err_code code)
{
    switch (code) {
    case ERR_NONE:
        return STATUS_SUCCESS;
    case ERR_REJECT:
        return STATUS_NOT_UNDERSTOOD;
    case ERR_RETRY:
    case ERR_FATAL:
        break;
    }
    return STATUS_NO_RESOURCES;
}

static bool knows_title(const struct conf *conf, const char *ae)
{
    size_t i;

    for (i = 0; i < conf->node.n_ae_titles; i++)
        if (strcmp(conf->node.ae_titles[i], ae) == 0)
            return true;
    return false;
}

static bool is_caller(const struct conf *conf, const struct dcm_peer *peer,
                      const char *called_ae)
{
    const char *certificate = peer->certificate[0] ? peer->certificate : NULL;

    return conf_caller(conf, peer->calling_ae, called_ae, peer->address,
                       certificate) != NULL;
}

static bool may_call_another_title(const struct conf *conf,
                                   const struct dcm_peer *peer)
{
    size_t i;

    for (i = 0; i < conf->node.n_ae_titles; i++)
        if (is_caller(conf, peer, conf->node.ae_titles[i]))
            return true;
    return false;
}

static void unfit(void *ctx, const struct dcm_peer *peer, const char *why)
{
    struct receive *r = ctx;

    r->peer = *peer;
    snprintf(r->refused, sizeof r->refused, "%s", why);
    log_warn("association.rejected", KV_STR("reason", r->refused),
             KV_STR("calling_ae", peer->calling_ae),
             KV_STR("called_ae", peer->called_ae),
             KV_STR("address", peer->address),
             KV_STR("certificate", peer->certificate));
}

static enum dcm_admit refuse(struct receive *r, enum dcm_admit answer,
                             const char *why)
{
    unfit(r, &r->peer, why);
    return answer;
}

/* From here on the place is the caller's own. */
static bool let_in(struct receive *r)
{
    ssize_t told;

    admitted = 1;
    alarm(0);
    do
        told = write(r->news, "", 1);
    while (told < 0 && errno == EINTR);
    return told == 1;
}

static enum dcm_admit admit(void *ctx, const struct dcm_peer *peer)
{
    struct receive *r = ctx;

    r->peer = *peer;
    if (!knows_title(r->conf, peer->called_ae))
        return refuse(r, DCM_NO_CALLED_AE, "no such AE title here");
    if (!is_caller(r->conf, peer, peer->called_ae))
        return may_call_another_title(r->conf, peer)
                   ? refuse(r, DCM_NO_CALLED_AE, "may not call this AE title")
                   : refuse(r, DCM_NO_CALLING_AE, "not one of the callers");
    if (r->busy)
        return refuse(r, DCM_BUSY, "too many associations");
    if (!let_in(r))
        return refuse(r, DCM_BUSY, "the node is ending");
    return DCM_ADMIT;
}

static void echoed(void *ctx, const struct dcm_peer *peer)
{
    (void)ctx;
    log_info("echo.answered", KV_STR("calling_ae", peer->calling_ae),
             KV_STR("address", peer->address));
}

static bool start(struct receive *r, const struct dcm_peer *peer,
                  const struct dcm_store *store)
{
    const struct conf_node *node = &r->conf->node;
    struct object *object = &r->object;

    if (leaving)
        return err_set(&r->failure, ERR_RETRY, "the node is shutting down");
    if (!scan_uid_valid(store->sop_uid))
        return err_set(&r->failure, ERR_REJECT,
                       "the SOP Instance UID of the command is malformed");
    object->kind = OBJECT_RECEIVED;
    memcpy(object->sop_class, store->sop_class, sizeof object->sop_class);
    memcpy(object->sop_uid, store->sop_uid, sizeof object->sop_uid);
    memcpy(object->transfer_syntax, store->transfer_syntax,
           sizeof object->transfer_syntax);
    memcpy(object->calling_ae, peer->calling_ae, sizeof object->calling_ae);
    memcpy(object->called_ae, peer->called_ae, sizeof object->called_ae);
    object->received_ms = clock_wall_ms();
    /* The least memory to copy is that of a process that has done nothing yet;
     * and it is ready by the time the object is here. */
    routing_apart_start(&r->apart, r->conf);
    if (r->db == NULL)
        r->db = db_open(node->database, &r->failure);
    if (r->db == NULL)
        return false;
    r->file =
        spool_create(node->spool, node->limits.free_bytes, object, &r->failure);
    return r->file != NULL;
}

static bool begin(void *ctx, const struct dcm_peer *peer,
                  const struct dcm_store *store)
{
    struct receive *r = ctx;

    inside = 1;
    if (!leaving)
        alarm((unsigned)(r->conf->node.limits.object_ms / 1000) +
              COMMIT_PATIENCE_S);
    r->begun_ms = clock_mono_ms();
    r->bytes = 0;
    memset(&r->object, 0, sizeof r->object);
    memset(&r->failure, 0, sizeof r->failure);
    return start(r, peer, store);
}

static bool data(void *ctx, const void *bytes, size_t n)
{
    struct receive *r = ctx;
    int64_t most = r->conf->node.limits.object_bytes;

    if ((int64_t)n > most - r->bytes)
        return err_set(&r->failure, ERR_REJECT,
                       "larger than limits.object: %" PRId64 " bytes", most);
    r->bytes += (int64_t)n;
    return spool_write(r->file, bytes, n, &r->failure);
}

/* Is it what the command said, and may DCMTK look at it? */
static uint16_t examine(struct receive *r)
{
    struct object *object = &r->object;
    struct scan scan;

    if (!scan_data_set(spool_fd(r->file), spool_data_offset(r->file),
                       object->transfer_syntax, &scan_limits_default, &scan,
                       &r->failure))
        return receive_status(r->failure.code);
    if (strcmp(scan.sop_class, object->sop_class) != 0) {
        err_set(&r->failure, ERR_REJECT,
                "the data set has another SOP class than the command");
        return STATUS_MISMATCH;
    }
    if (strcmp(scan.sop_uid, object->sop_uid) != 0) {
        err_set(&r->failure, ERR_REJECT,
                "the data set has another SOP instance than the command");
        return STATUS_MISMATCH;
    }
    memcpy(object->study_uid, scan.study_uid, sizeof object->study_uid);
    memcpy(object->series_uid, scan.series_uid, sizeof object->series_uid);
    return STATUS_SUCCESS;
}

static void log_stored(const struct receive *r, enum receipt receipt,
                       size_t routes, int64_t commit_ms)
{
    static const char *const receipts[] = {[RECEIPT_NEW] = "new",
                                           [RECEIPT_DUPLICATE] = "duplicate",
                                           [RECEIPT_REPLACED] = "replaced",
                                           [RECEIPT_RESTORED] = "restored"};
    char study[STUDY_KEY];

    study_key(r->db, r->object.study_uid, study);
    log_info("object.received", KV_INT("object", r->object.id),
             KV_STR("study", study), KV_STR("status", "0000"),
             KV_STR("receipt", receipts[receipt]), KV_INT("bytes", r->bytes),
             KV_INT("recv_ms", r->object.receive_ms),
             KV_INT("commit_ms", commit_ms), KV_INT("routes", routes),
             KV_STR("calling_ae", r->object.calling_ae));
}

/* The file is on the disk under its final name; while it gets there, the
 * parser reads it. */
static bool settle(struct receive *r, struct routing *routing)
{
    struct object *object = &r->object;
    struct err *err = &r->failure;
    bool good;

    if (!spool_complete(r->file, object, err) ||
        !keep_ask(r->conf, r->db, &r->apart, object, err) ||
        !spool_sync(r->file, err) ||
        !keep_hear(r->conf, r->db, &r->apart, object, routing, err))
        return false;
    good = spool_commit(r->file, object, err);
    r->file = NULL;
    return good;
}

static bool take_on(struct receive *r, const struct routing *routing,
                    struct kept *kept)
{
    if (keep_object(r->db, &r->object, routing, kept, &r->failure))
        return true;
    /* After a failed sync the row may be there all the same when the
     * journal is read again: its file stays, and is the keeper's if it is
     * not. Nor is a connection trusted that failed like that. */
    if (r->failure.code == ERR_FATAL)
        receive_close(r);
    else
        spool_remove(&r->object);
    return false;
}

/* From complete fragments to a durable object and its jobs. */
static uint16_t keep(struct receive *r)
{
    int64_t ended_ms = clock_mono_ms();
    struct routing routing = {0};
    struct kept kept = {0};
    uint16_t status = examine(r);
    bool good;

    if (status != STATUS_SUCCESS)
        return status;
    r->object.receive_ms = ended_ms - r->begun_ms;
    good = settle(r, &routing) && take_on(r, &routing, &kept);
    routing_free(&routing);
    if (!good)
        return receive_status(r->failure.code);
    r->objects++;
    log_stored(r, kept.receipt, kept.routes, clock_mono_ms() - ended_ms);
    return STATUS_SUCCESS;
}

static uint16_t end(void *ctx, char comment[65])
{
    struct receive *r = ctx;
    uint16_t status = receive_status(r->failure.code);
    char text[5];

    if (status == STATUS_SUCCESS)
        status = keep(r);
    spool_discard(r->file);
    r->file = NULL;
    alarm(leaving ? LAST_ANSWER_S : 0);
    inside = 0;
    if (status == STATUS_SUCCESS)
        return status;
    snprintf(text, sizeof text, "%04X", status);
    /* what is wrong here is the admin's to read, not the sender's */
    snprintf(comment, 65, "%.64s",
             status == STATUS_NO_RESOURCES
                 ? "cannot store now, send again later"
                 : r->failure.msg);
    log_warn("object.refused", KV_STR("status", text),
             KV_STR("reason", r->failure.msg), KV_INT("bytes", r->bytes),
             KV_INT("recv_ms", clock_mono_ms() - r->begun_ms),
             KV_STR("calling_ae", r->peer.calling_ae));
    /* That this node could not store is in its own records. */
    if (r->db != NULL && r->failure.code == ERR_REJECT)
        refusal_record_object(r->db, &r->peer, text, r->failure.msg);
    return status;
}

static void cancel(void *ctx)
{
    struct receive *r = ctx;

    spool_discard(r->file);
    r->file = NULL;
    alarm(0);
    inside = 0;
}

const struct dcm_scp_ops receive_ops = {.admit = admit,
                                        .unfit = unfit,
                                        .echoed = echoed,
                                        .begin = begin,
                                        .data = data,
                                        .end = end,
                                        .cancel = cancel,
                                        .reported = report_take};

void receive_close(struct receive *receive)
{
    routing_apart_end(&receive->apart);
    db_close(receive->db);
    receive->db = NULL;
}
