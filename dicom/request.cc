/* The requesting half. DCMTK's own senders read an object into a data set and
 * encode it again; what was stored, hashed and logged would no longer be what
 * leaves. Here the file's bytes become PDVs as they are. */
#include "dcmtk/config/osconfig.h"

#include "dcmtk/dcmdata/dcuid.h"
#include "dcmtk/dcmnet/assoc.h"
#include "dcmtk/dcmnet/dul.h"

extern "C" {
#include "conf/err.h"
}
#include "dicom/address.h"
#include "dicom/net.h"
#include "dicom/request.h"
#include "dicom/request_cc.h"

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <exception>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace
{
const int MAX_CONTEXTS = 128;
const int RELEASE_MS = 5000;
const int ABORT_MS = 500; /* for a peer to close when we gave it up */
const int64_t MB = 1000000;

bool propose(T_ASC_Parameters *params, const struct dcm_context *contexts,
             size_t n)
{
    for (size_t i = 0; i < n; i++) {
        const char *syntax = contexts[i].transfer_syntax;
        T_ASC_PresentationContextID id =
            static_cast<T_ASC_PresentationContextID>(2 * i + 1);
        if (ASC_addPresentationContext(params, id, contexts[i].sop_class,
                                       &syntax, 1)
                .bad())
            return false;
    }
    return true;
}

bool rejected(const T_ASC_Parameters *params, struct err *err)
{
    const DUL_ASSOCIATESERVICEPARAMETERS *dul_params = &params->DULparams;
    bool permanent = dul_params->result == ASC_RESULT_REJECTEDPERMANENT;
    unsigned source = dul_params->resultSource;
    unsigned reason = dul_params->diagnostic;
    const char *why = "";

    if (source == 1 && reason == 3)
        why = ": our calling AE title is not known there";
    else if (source == 1 && reason == 7)
        why = ": the called AE title is not known there";
    else if (source == 3)
        why = ": too busy";
    return err_set(err, permanent ? ERR_REJECT : ERR_RETRY,
                   "association rejected (%u/%u/%u)%s", permanent ? 1U : 2U,
                   source, reason, why);
}

bool connect_to(struct dcm_scu *scu, const struct dcm_dest *dest,
                const struct dcm_context *contexts, size_t n, struct err *err)
{
    T_ASC_Parameters *params = NULL;
    char address[64], ours[64] = "";

    if (n < 1 || n > MAX_CONTEXTS)
        return err_set(err, ERR_REJECT, "%zu presentation contexts", n);
    if (!address_resolve(dest->host, dest->port, address, err))
        return false;
    dcmConnectionTimeout.set(dest->connect_s);
    if (ASC_initializeNetwork(NET_REQUESTOR, 0, dest->response_s, &scu->network)
            .bad())
        return err_set(err, ERR_FATAL, "DCMTK cannot start its network");
    scu->guard.tls = dest->tls;
    scu->guard.wanted = dest->certificate;
    if (!net_install(scu->network->network, &scu->guard, err))
        return false;
    uint32_t pdu = dest->pdu_bytes;
    if (pdu < ASC_MINIMUMPDUSIZE)
        pdu = ASC_MINIMUMPDUSIZE;
    if (pdu > ASC_MAXIMUMPDUSIZE)
        pdu = ASC_MAXIMUMPDUSIZE;
    if (ASC_createAssociationParameters(&params, static_cast<long>(pdu)).bad())
        return err_set(err, ERR_RETRY, "out of memory");
    net_identify(params);
    (void)ASC_setAPTitles(params, dest->calling_ae, dest->ae, NULL);
    (void)gethostname(ours, sizeof ours - 1);
    (void)ASC_setPresentationAddresses(params, ours, address);
    if (!propose(params, contexts, n)) {
        ASC_destroyAssociationParameters(&params);
        return err_set(err, ERR_REJECT, "a presentation context is malformed");
    }

    net_within(&scu->guard,
               (dest->connect_s + dest->response_s) * INT64_C(1000));
    OFCondition cond =
        ASC_requestAssociation(scu->network, params, &scu->assoc, NULL, NULL,
                               DUL_NOBLOCK, dest->response_s);
    scu->guard.wanted = NULL;
    if (cond.good())
        return true;
    if (cond == DUL_ASSOCIATIONREJECTED)
        rejected(params, err);
    else if (scu->guard.expired)
        err_set(err, ERR_RETRY, "no answer to the association request");
    else if (scu->guard.failure.code != ERR_NONE)
        *err = scu->guard.failure;
    else
        err_set(err, ERR_RETRY, "%s", cond.text());
    if (scu->assoc == NULL)
        ASC_destroyAssociationParameters(&params);
    return false;
}

bool allocate_chunk(struct dcm_scu *scu, struct err *err)
{
    unsigned long most = scu->assoc->params->theirMaxPDUReceiveSize;

    if (most == 0 || most > ASC_MAXIMUMPDUSIZE)
        most = ASC_MAXIMUMPDUSIZE;
    if (most < 16)
        return err_set(err, ERR_RETRY,
                       "the destination takes no PDU above %lu bytes", most);
    /* DUL's own margin: heads of the PDU and of the PDV. Even (PS3.8 E.2). */
    scu->chunk_bytes = (most - 12) & ~1UL;
    scu->chunk = static_cast<unsigned char *>(malloc(scu->chunk_bytes));
    return scu->chunk != NULL || err_set(err, ERR_RETRY, "out of memory");
}

void destroy(struct dcm_scu *scu)
{
    if (scu == NULL)
        return;
    try {
        if (scu->assoc) {
            (void)ASC_dropAssociation(scu->assoc);
            (void)ASC_destroyAssociation(&scu->assoc);
        }
        if (scu->network)
            (void)ASC_dropNetwork(&scu->network);
    } catch (...) {
        scu->assoc = NULL;
    }
    free(scu->chunk);
    free(scu);
}

bool send_data(struct dcm_scu *scu, int fd, int64_t left, uint8_t context,
               struct err *err)
{
    do {
        size_t want = scu->chunk_bytes;
        size_t n = 0;
        if (left < static_cast<int64_t>(want))
            want = static_cast<size_t>(left);
        while (n < want) {
            ssize_t got = read(fd, scu->chunk + n, want - n);
            if (got < 0 && errno == EINTR)
                continue;
            if (got <= 0)
                return err_set(err, ERR_RETRY, "the file cannot be read: %s",
                               got < 0 ? strerror(errno) : "it became shorter");
            n += static_cast<size_t>(got);
        }
        left -= static_cast<int64_t>(n);
        if (!net_write_pdv(request_dul(scu), &scu->guard, context, false,
                           left == 0, scu->chunk, n, err))
            return false;
    } while (left > 0);
    return true;
}

bool store(struct dcm_scu *scu, int fd, int64_t bytes, uint8_t context,
           const struct command *request, struct command *response,
           struct err *err)
{
    net_within(&scu->guard, (scu->response_s + bytes / MB) * INT64_C(1000));
    return net_write_command(request_dul(scu), &scu->guard, context, request,
                             err) &&
           send_data(scu, fd, bytes, context, err) &&
           request_await(scu, request, response, err);
}

bool open_data(const char *path, off_t offset, int *fd, int64_t *bytes,
               struct err *err)
{
    struct stat st;

    *fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (*fd < 0)
        return err_set(err, ERR_RETRY, "the file cannot be opened: %s",
                       strerror(errno));
    if (fstat(*fd, &st) == 0 && offset >= 0 && st.st_size > offset &&
        lseek(*fd, offset, SEEK_SET) == offset) {
        *bytes = st.st_size - offset;
        return true;
    }
    close(*fd);
    return err_set(err, ERR_REJECT, "the file holds no data set");
}
} // namespace

extern "C" struct dcm_scu *dcm_scu_open(const struct dcm_dest *dest,
                                        const struct dcm_context *contexts,
                                        size_t n, struct err *err)
{
    struct dcm_scu *scu =
        static_cast<struct dcm_scu *>(calloc(1, sizeof(struct dcm_scu)));

    if (scu == NULL) {
        err_set(err, ERR_RETRY, "out of memory");
        return NULL;
    }
    net_start();
    scu->response_s = dest->response_s;
    scu->message_id = 1;
    try {
        if (connect_to(scu, dest, contexts, n, err) && allocate_chunk(scu, err))
            return scu;
    } catch (const std::exception &e) {
        err_set(err, ERR_RETRY, "association: %s", e.what());
    } catch (...) {
        err_set(err, ERR_RETRY, "association: unknown C++ exception");
    }
    destroy(scu);
    return NULL;
}

extern "C" bool dcm_scu_accepts(const struct dcm_scu *scu,
                                const struct dcm_context *context)
{
    try {
        return request_context(scu, context) != 0;
    } catch (...) {
        return false;
    }
}

extern "C" bool dcm_scu_store(struct dcm_scu *scu, const char *path,
                              off_t offset, const struct dcm_context *context,
                              const char *sop_uid, uint16_t *status,
                              char comment[65], struct err *err)
{
    struct command request, response;
    int64_t bytes = 0;
    int fd = -1;
    bool good = false;

    try {
        uint8_t id = request_context(scu, context);
        if (id == 0)
            return err_set(err, ERR_REJECT,
                           "the presentation context is not accepted");
        if (!open_data(path, offset, &fd, &bytes, err))
            return false;
        request_new(scu, COMMAND_STORE, &request);
        request.data_set = true;
        snprintf(request.sop_class, sizeof request.sop_class, "%s",
                 context->sop_class);
        snprintf(request.sop_uid, sizeof request.sop_uid, "%s", sop_uid);
        good = store(scu, fd, bytes, id, &request, &response, err);
    } catch (const std::exception &e) {
        err_set(err, ERR_RETRY, "C-STORE: %s", e.what());
    } catch (...) {
        err_set(err, ERR_RETRY, "C-STORE: unknown C++ exception");
    }
    if (fd >= 0)
        close(fd);
    if (good) {
        *status = response.status;
        memcpy(comment, response.comment, sizeof response.comment);
    }
    return good;
}

extern "C" bool dcm_scu_echo(struct dcm_scu *scu, struct err *err)
{
    struct command request, response;
    struct dcm_context verification = {UID_VerificationSOPClass,
                                       UID_LittleEndianImplicitTransferSyntax};

    try {
        uint8_t id = request_context(scu, &verification);
        if (id == 0)
            return err_set(err, ERR_REJECT,
                           "the destination does not accept Verification");
        request_new(scu, COMMAND_ECHO, &request);
        snprintf(request.sop_class, sizeof request.sop_class, "%s",
                 verification.sop_class);
        net_within(&scu->guard, scu->response_s * INT64_C(1000));
        if (!net_write_command(request_dul(scu), &scu->guard, id, &request,
                               err) ||
            !request_await(scu, &request, &response, err))
            return false;
        if (response.status != 0)
            return err_set(err, ERR_RETRY, "C-ECHO status %04X",
                           response.status);
        return true;
    } catch (...) {
        return err_set(err, ERR_RETRY, "C-ECHO: C++ exception");
    }
}

extern "C" void dcm_scu_close(struct dcm_scu *scu)
{
    if (scu == NULL)
        return;
    try {
        bool mute = scu->guard.expired; /* it will not answer this, either */

        net_within(&scu->guard, RELEASE_MS);
        if (scu->assoc && !scu->over &&
            (mute || ASC_releaseAssociation(scu->assoc).bad())) {
            net_within(&scu->guard, ABORT_MS);
            (void)ASC_abortAssociation(scu->assoc);
        }
    } catch (...) {
        scu->guard.expired = true;
    }
    destroy(scu);
}
