/* One association, served with DCMTK's ACSE and DUL layers but not with its
 * DIMSE storage provider: that one parses what it receives, keeps it in
 * memory or writes it with unchecked stdio, and aborts the association over
 * one bad object. Here the fragments pass through untouched, a refused object
 * is read to its end, and the association lives on. */
#include "dcmtk/config/osconfig.h"

#include "dcmtk/dcmdata/dcuid.h"
#include "dcmtk/dcmnet/assoc.h"
#include "dcmtk/dcmnet/dul.h"

extern "C" {
#include "conf/clock.h"
#include "conf/err.h"
}
#include "dicom/accept.h"
#include "dicom/address.h"
#include "dicom/negotiate.h"
#include "dicom/net.h"

#include <cstdio>
#include <cstring>
#include <exception>

#include <unistd.h>

namespace
{
const int GRACE_MS = 2000; /* for a peer to close after our last word */

/* PS3.7 C.5 and PS3.4 B.2.3 */
const uint16_t SUCCESS = 0x0000;
const uint16_t CANNOT_UNDERSTAND = 0xC000;
const uint16_t SOP_CLASS_NOT_SUPPORTED = 0x0122;
const uint16_t UNRECOGNIZED_OPERATION = 0x0211;

struct session {
    T_ASC_Network *network;
    T_ASC_Association *assoc;
    struct net_guard guard;
    bool own_fd; /* DCMTK has not taken it over yet */
    struct dcm_peer peer;
    struct negotiated contexts[256];
    const struct dcm_scp_limits *limits;
    const char *const *sop_classes;
    const struct dcm_scp_ops *ops;
    void *ctx;

    void **dul()
    {
        return &assoc->DULassociation;
    }
};

void copy_title(char out[17], const char *title)
{
    while (*title == ' ')
        title++;
    size_t n = strnlen(title, 16);
    while (n > 0 && title[n - 1] == ' ')
        n--;
    memcpy(out, title, n);
    out[n] = '\0';
}

/* Waits for the peer to close first, so that no reset overtakes our last
 * PDU. */
void drop(struct session *s)
{
    if (s->assoc == NULL)
        return;
    net_within(&s->guard, GRACE_MS);
    (void)ASC_dropSCPAssociation(s->assoc, GRACE_MS / 1000);
    (void)ASC_destroyAssociation(&s->assoc);
}

void abort_association(struct session *s)
{
    net_within(&s->guard, GRACE_MS);
    (void)ASC_abortAssociation(s->assoc);
    (void)ASC_dropAssociation(s->assoc);
    (void)ASC_destroyAssociation(&s->assoc);
}

bool reject(struct session *s, T_ASC_RejectParametersResult result,
            T_ASC_RejectParametersSource source,
            T_ASC_RejectParametersReason reason)
{
    T_ASC_RejectParameters rj = {result, source, reason};

    net_within(&s->guard, GRACE_MS);
    (void)ASC_rejectAssociation(s->assoc, &rj);
    drop(s);
    return true;
}

/* Always false. A port scan that says nothing is not worth a report. */
bool unfit(struct session *s, const struct err *err)
{
    if (s->guard.heard)
        s->ops->unfit(s->ctx, &s->peer, err->msg);
    return false;
}

/* From the socket to an association that `admit` let in. *done: it was
 * rejected in order. */
bool associate(struct session *s, int fd, bool *done, struct err *err)
{
    const struct dcm_scp_limits *limits = s->limits;

    *done = false;
    address_of_peer(fd, s->peer.address);
    net_within(&s->guard, limits->associate_s * INT64_C(1000));
    s->guard.tls = limits->tls;
    dcmExternalSocketHandle.set(fd);
    if (ASC_initializeNetwork(NET_ACCEPTOR, 0, limits->associate_s, &s->network)
            .bad())
        return err_set(err, ERR_FATAL, "DCMTK cannot start its network");
    if (!net_install(s->network->network, &s->guard, err))
        return false;

    uint32_t pdu = limits->pdu_bytes & ~UINT32_C(1);
    if (pdu < ASC_MINIMUMPDUSIZE)
        pdu = ASC_MINIMUMPDUSIZE;
    if (pdu > ASC_MAXIMUMPDUSIZE)
        pdu = ASC_MAXIMUMPDUSIZE;
    s->own_fd = false;
    OFCondition cond = ASC_receiveAssociation(
        s->network, &s->assoc, static_cast<long>(pdu), NULL, NULL, OFFalse,
        DUL_NOBLOCK, limits->associate_s);
    memcpy(s->peer.certificate, s->guard.subject, sizeof s->peer.certificate);
    if (cond.bad()) {
        if (s->guard.expired)
            err_set(err, ERR_RETRY, "no complete A-ASSOCIATE-RQ within %d s",
                    limits->associate_s);
        else if (s->guard.failure.code != ERR_NONE)
            err_set(err, ERR_RETRY, "%s", s->guard.failure.msg);
        else
            err_set(err, ERR_RETRY, "no association: %s", cond.text());
        return unfit(s, err);
    }

    /* a close or another PDU in place of the request is no error to DUL */
    T_ASC_Parameters *params = s->assoc->params;
    if (params->DULparams.requestedPresentationContext == NULL) {
        err_set(err, ERR_RETRY,
                "no association: the peer sent no A-ASSOCIATE-RQ");
        return unfit(s, err);
    }
    net_identify(params);
    copy_title(s->peer.calling_ae, params->DULparams.callingAPTitle);
    copy_title(s->peer.called_ae, params->DULparams.calledAPTitle);

    *done = true;
    if (strcmp(params->DULparams.applicationContextName,
               UID_StandardApplicationContext) != 0) {
        s->ops->unfit(s->ctx, &s->peer, "another application context");
        return reject(s, ASC_RESULT_REJECTEDPERMANENT, ASC_SOURCE_SERVICEUSER,
                      ASC_REASON_SU_APPCONTEXTNAMENOTSUPPORTED);
    }
    switch (s->ops->admit(s->ctx, &s->peer)) {
    case DCM_ADMIT:
        break;
    case DCM_NO_CALLING_AE:
        return reject(s, ASC_RESULT_REJECTEDPERMANENT, ASC_SOURCE_SERVICEUSER,
                      ASC_REASON_SU_CALLINGAETITLENOTRECOGNIZED);
    case DCM_NO_CALLED_AE:
        return reject(s, ASC_RESULT_REJECTEDPERMANENT, ASC_SOURCE_SERVICEUSER,
                      ASC_REASON_SU_CALLEDAETITLENOTRECOGNIZED);
    case DCM_BUSY:
        return reject(s, ASC_RESULT_REJECTEDTRANSIENT,
                      ASC_SOURCE_SERVICEPROVIDER_PRESENTATION_RELATED,
                      ASC_REASON_SP_PRES_LOCALLIMITEXCEEDED);
    }
    if (!negotiate_contexts(params, s->sop_classes, s->ops->reported != NULL,
                            s->contexts)) {
        s->ops->unfit(s->ctx, &s->peer, "malformed presentation contexts");
        return reject(s, ASC_RESULT_REJECTEDPERMANENT, ASC_SOURCE_SERVICEUSER,
                      ASC_REASON_SU_NOREASON);
    }
    *done = false;
    cond = ASC_acknowledgeAssociation(s->assoc);
    if (cond.bad())
        return err_set(err, ERR_RETRY, "association lost: %s", cond.text());
    return true;
}

void idle_deadline(struct session *s)
{
    net_within(&s->guard, s->limits->idle_s * INT64_C(1000));
}

/* Reads the data set of a command to its last fragment. `take` false: the
 * bytes are thrown away. */
bool read_data(struct session *s, uint8_t context, bool take, struct err *err)
{
    int64_t end = clock_mono_ms() + s->limits->object_s * INT64_C(1000);
    struct net_pdv pdv;

    do {
        idle_deadline(s);
        if (s->guard.deadline_ms > end)
            s->guard.deadline_ms = end;
        enum net_event event = net_read_pdv(s->dul(), &s->guard, &pdv, err);
        if (event == NET_RELEASE)
            return err_set(err, ERR_RETRY, "released inside a data set");
        if (event == NET_GONE)
            return err_wrap(err, "inside a data set");
        if (pdv.command || pdv.context != context)
            return err_set(err, ERR_RETRY, "another message inside a data set");
        if (take && pdv.n > 0)
            take = s->ops->data(s->ctx, pdv.bytes, pdv.n);
    } while (!pdv.last);
    return true;
}

bool respond(struct session *s, uint8_t context, const struct command *request,
             uint16_t status, const char *comment, struct err *err)
{
    struct command response;

    memset(&response, 0, sizeof response);
    response.field = static_cast<uint16_t>(request->field | COMMAND_RESPONSE);
    response.message_id = request->message_id;
    response.status = status;
    memcpy(response.sop_class, request->sop_class, sizeof response.sop_class);
    memcpy(response.sop_uid, request->sop_uid, sizeof response.sop_uid);
    if (status != SUCCESS)
        snprintf(response.comment, sizeof response.comment, "%s", comment);
    idle_deadline(s);
    return net_write_command(s->dul(), &s->guard, context, &response, err);
}

bool echo(struct session *s, uint8_t context, const struct command *request,
          struct err *err)
{
    if (request->data_set && !read_data(s, context, false, err))
        return false;
    if (strcmp(s->contexts[context].sop_class, UID_VerificationSOPClass) != 0)
        return respond(s, context, request, SOP_CLASS_NOT_SUPPORTED,
                       "C-ECHO outside a Verification context", err);
    if (!respond(s, context, request, SUCCESS, "", err))
        return false;
    s->ops->echoed(s->ctx, &s->peer);
    return true;
}

bool store(struct session *s, uint8_t context, const struct command *request,
           struct err *err)
{
    const struct negotiated *c = &s->contexts[context];
    char comment[65] = "";

    if (strcmp(request->sop_class, c->sop_class) != 0 ||
        strcmp(c->sop_class, UID_VerificationSOPClass) == 0) {
        if (request->data_set && !read_data(s, context, false, err))
            return false;
        return respond(s, context, request, SOP_CLASS_NOT_SUPPORTED,
                       "SOP class is not that of the presentation context",
                       err);
    }
    if (!request->data_set)
        return respond(s, context, request, CANNOT_UNDERSTAND,
                       "C-STORE without a data set", err);

    struct dcm_store object;
    memcpy(object.sop_class, request->sop_class, sizeof object.sop_class);
    memcpy(object.sop_uid, request->sop_uid, sizeof object.sop_uid);
    memcpy(object.transfer_syntax, c->transfer_syntax,
           sizeof object.transfer_syntax);
    bool take = s->ops->begin(s->ctx, &s->peer, &object);
    if (!read_data(s, context, take, err)) {
        s->ops->cancel(s->ctx);
        return false;
    }
    uint16_t status = s->ops->end(s->ctx, comment);
    return respond(s, context, request, status, comment, err);
}

bool report(struct session *s, uint8_t context, const struct command *request,
            struct err *err)
{
    const struct negotiated *c = &s->contexts[context];

    net_within(&s->guard, s->limits->object_s * INT64_C(1000));
    return event_report_answer(s->dul(), &s->guard, context, c->transfer_syntax,
                               request, s->ops->reported, s->ctx, err);
}

bool reports(const struct session *s, uint8_t context)
{
    return strcmp(s->contexts[context].sop_class, COMMITMENT_CLASS) == 0;
}

/* Messages until release. */
bool converse(struct session *s, struct err *err)
{
    for (;;) {
        struct command request;
        uint8_t context = 0;

        idle_deadline(s);
        enum net_event event =
            net_read_command(s->dul(), &s->guard, &context, &request, err);
        if (event == NET_RELEASE) {
            net_within(&s->guard, GRACE_MS);
            if (ASC_acknowledgeRelease(s->assoc).bad())
                return err_set(err, ERR_RETRY, "release was not finished");
            drop(s);
            return true;
        }
        if (event == NET_GONE && s->guard.expired)
            return err_set(err, ERR_RETRY, "idle for %d s", s->limits->idle_s);
        if (event == NET_GONE)
            return false;
        if (!s->contexts[context].accepted)
            return err_set(err, ERR_RETRY,
                           "a command in presentation context %d, which was "
                           "not accepted",
                           context);
        bool alive = false;
        if (request.field & COMMAND_RESPONSE)
            return err_set(err, ERR_RETRY, "a response without a request");
        if (request.field == COMMAND_ECHO)
            alive = echo(s, context, &request, err);
        else if (request.field == COMMAND_STORE)
            alive = store(s, context, &request, err);
        else if (request.field == COMMAND_EVENT_REPORT && reports(s, context))
            alive = report(s, context, &request, err);
        else if (request.field == COMMAND_CANCEL) /* too late for C-STORE */
            alive = true;
        else
            alive = (!request.data_set || read_data(s, context, false, err)) &&
                    respond(s, context, &request, UNRECOGNIZED_OPERATION,
                            "only C-ECHO, C-STORE and N-EVENT-REPORT", err);
        if (!alive)
            return false;
    }
}

bool serve(struct session *s, int fd, struct err *err)
{
    bool done = false;
    bool good = associate(s, fd, &done, err);

    if (good && !done)
        good = converse(s, err);
    if (s->assoc)
        abort_association(s);
    if (s->network)
        (void)ASC_dropNetwork(&s->network);
    return good;
}
} // namespace

extern "C" bool dcm_scp_serve(int fd, const struct dcm_scp_limits *limits,
                              const char *const *sop_classes,
                              const struct dcm_scp_ops *ops, void *ctx,
                              struct err *err)
{
    struct session *s = NULL;
    bool good = false;

    net_start();
    try {
        s = new session();
        s->own_fd = true;
        s->limits = limits;
        s->sop_classes = sop_classes;
        s->ops = ops;
        s->ctx = ctx;
        good = serve(s, fd, err);
    } catch (const std::exception &e) {
        err_set(err, ERR_RETRY, "association: %s", e.what());
    } catch (...) {
        err_set(err, ERR_RETRY, "association: unknown C++ exception");
    }
    if (s == NULL || s->own_fd)
        close(fd);
    delete s;
    return good;
}
