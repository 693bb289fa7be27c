/* PDVs and commands, in both roles. They sit on the DUL layer because DIMSE
 * would parse what must pass untouched. */
#include "dcmtk/config/osconfig.h"

#include "dcmtk/dcmdata/dcuid.h"
#include "dcmtk/dcmnet/assoc.h"
#include "dcmtk/dcmnet/cond.h"
#include "dcmtk/dcmnet/dul.h"

extern "C" {
#include "conf/clock.h"
#include "conf/err.h"
}
#include "conf/version.h"
#include "dicom/net.h"
#include "dicom/quiet.h"

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <exception>

namespace
{
/* DUL adds its own timeout arithmetic on the wall clock; the guard decides. */
const int DUL_PATIENCE_S = 86400;

enum net_event gone(const net_guard *guard, const OFCondition &cond, err *err)
{
    if (guard->expired)
        err_set(err, ERR_RETRY, "no answer in time");
    else if (guard->failure.code != ERR_NONE)
        err_set(err, ERR_RETRY, "%s", guard->failure.msg);
    else if (cond == DUL_PEERABORTEDASSOCIATION)
        err_set(err, ERR_RETRY, "the peer aborted the association");
    else if (cond == DUL_NETWORKCLOSED || cond.code() == DULC_NETWORKCLOSED)
        err_set(err, ERR_RETRY, "the peer closed the connection");
    else
        err_set(err, ERR_RETRY, "%s", cond.text());
    return NET_GONE;
}
} // namespace

extern "C" void net_start(void)
{
    static bool started;

    if (started)
        return;
    started = true;
    dicom_quiet();
    try {
        (void)setenv("TCP_NODELAY", "1", 1);
        (void)signal(SIGPIPE, SIG_IGN); /* OpenSSL writes without flags */
        dcmDisableGethostbyaddr.set(OFTrue);
        /* 128 contexts of 16 syntaxes fit four times */
        dcmAssociatePDUSizeLimit.set(1 << 20);
    } catch (...) {
        started = false;
    }
}

extern "C" void net_identify(void *params)
{
    T_ASC_Parameters *ours = static_cast<T_ASC_Parameters *>(params);

    snprintf(ours->ourImplementationClassUID,
             sizeof ours->ourImplementationClassUID, "%s",
             OSTEON_IMPLEMENTATION_UID);
    snprintf(ours->ourImplementationVersionName,
             sizeof ours->ourImplementationVersionName, "%s",
             OSTEON_IMPLEMENTATION_NAME);
}

extern "C" void net_within(struct net_guard *guard, int64_t ms)
{
    guard->deadline_ms = clock_mono_ms() + ms;
    guard->expired = false;
}

extern "C" enum net_event net_read_pdv(void **association,
                                       struct net_guard *guard,
                                       struct net_pdv *out, struct err *err)
{
    try {
        DUL_PDV pdv;
        memset(&pdv, 0, sizeof pdv);
        OFCondition cond = DUL_NextPDV(association, &pdv);
        if (cond.bad()) {
            cond = DUL_ReadPDVs(association, NULL, DUL_NOBLOCK, DUL_PATIENCE_S);
            if (cond == DUL_PEERREQUESTEDRELEASE)
                return NET_RELEASE;
            if (cond != DUL_PDATAPDUARRIVED)
                return gone(guard, cond, err);
            cond = DUL_NextPDV(association, &pdv);
            if (cond.bad())
                return gone(guard, cond, err);
        }
        out->bytes = static_cast<const unsigned char *>(pdv.data);
        out->n = pdv.fragmentLength;
        out->context = pdv.presentationContextID;
        out->command = pdv.pdvType == DUL_COMMANDPDV;
        out->last = pdv.lastPDV;
        return NET_OK;
    } catch (const std::exception &e) {
        err_set(err, ERR_RETRY, "network: %s", e.what());
    } catch (...) {
        err_set(err, ERR_RETRY, "network: unknown C++ exception");
    }
    return NET_GONE;
}

extern "C" enum net_event net_read_command(void **association,
                                           struct net_guard *guard,
                                           uint8_t *context,
                                           struct command *out, struct err *err)
{
    unsigned char bytes[COMMAND_BYTES];
    size_t n = 0;
    struct net_pdv pdv;

    do {
        enum net_event event = net_read_pdv(association, guard, &pdv, err);
        if (event != NET_OK)
            return event;
        if (!pdv.command) {
            err_set(err, ERR_RETRY, "a data set without a command");
            return NET_GONE;
        }
        if (n > 0 && pdv.context != *context) {
            err_set(err, ERR_RETRY, "a command in two presentation contexts");
            return NET_GONE;
        }
        if (pdv.n > sizeof bytes - n) {
            err_set(err, ERR_RETRY, "a command set above %d bytes",
                    COMMAND_BYTES);
            return NET_GONE;
        }
        memcpy(bytes + n, pdv.bytes, pdv.n);
        n += pdv.n;
        *context = pdv.context;
    } while (!pdv.last);
    return command_parse(bytes, n, out, err) ? NET_OK : NET_GONE;
}

extern "C" bool net_write_pdv(void **association, struct net_guard *guard,
                              uint8_t context, bool command, bool last,
                              const void *bytes, size_t n, struct err *err)
{
    try {
        DUL_PDV pdv;
        memset(&pdv, 0, sizeof pdv);
        pdv.fragmentLength = n;
        pdv.presentationContextID = context;
        pdv.pdvType = command ? DUL_COMMANDPDV : DUL_DATASETPDV;
        pdv.lastPDV = last;
        pdv.data = const_cast<void *>(bytes);

        DUL_PDVLIST list;
        memset(&list, 0, sizeof list);
        list.count = 1;
        list.pdv = &pdv;
        OFCondition cond = DUL_WritePDVs(association, &list);
        if (cond.good())
            return true;
        (void)gone(guard, cond, err);
    } catch (const std::exception &e) {
        err_set(err, ERR_RETRY, "network: %s", e.what());
    } catch (...) {
        err_set(err, ERR_RETRY, "network: unknown C++ exception");
    }
    return false;
}

extern "C" bool net_write_command(void **association, struct net_guard *guard,
                                  uint8_t context,
                                  const struct command *command,
                                  struct err *err)
{
    unsigned char bytes[COMMAND_BYTES];
    size_t n = command_build(command, bytes);

    return net_write_pdv(association, guard, context, true, true, bytes, n,
                         err);
}
