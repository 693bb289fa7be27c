#ifndef DICOM_ACCEPT_H
#define DICOM_ACCEPT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "conf/err.h"
#include "dicom/event_report.h"
#include "dicom/tls.h"

/* Serves one association on a connected socket, then returns; closes fd.
 * C-ECHO is answered here; C-STORE data sets are handed over as the PDV
 * fragments arrive, byte for byte. Never logs, never touches files. Meant for
 * a child process: DCMTK's leaks per association die with it. */
#ifdef __cplusplus
extern "C" {
#endif

struct dcm_peer {
    char calling_ae[17], called_ae[17];
    char address[64];
    char certificate[256]; /* verified subject (RFC 2253), or "": no TLS */
};

struct dcm_store {
    char sop_class[65], sop_uid[65], transfer_syntax[65];
};

enum dcm_admit { DCM_ADMIT, DCM_NO_CALLING_AE, DCM_NO_CALLED_AE, DCM_BUSY };

struct dcm_scp_ops {
    /* before the association is acknowledged; else A-ASSOCIATE-RJ:
     * permanent 1/1/3, 1/1/7, or transient 2/3/2 */
    enum dcm_admit (*admit)(void *ctx, const struct dcm_peer *);
    /* the peer said something, but TLS failed, or it is no association that
     * DICOM allows; what is known of it */
    void (*unfit)(void *ctx, const struct dcm_peer *, const char *why);
    void (*echoed)(void *ctx, const struct dcm_peer *);
    /* false: the rest of the data set is read and thrown away, and the status
     * of `end` still answers; the association lives on */
    bool (*begin)(void *ctx, const struct dcm_peer *, const struct dcm_store *);
    bool (*data)(void *ctx, const void *bytes, size_t n);
    /* the data set is complete: makes it durable and returns the C-STORE
     * status; comment goes into Error Comment (0000,0902) */
    uint16_t (*end)(void *ctx, char comment[65]);
    void (*cancel)(void *ctx); /* aborted or lost in the middle */
    /* a report of storage commitment; NULL: the SOP class is not accepted */
    event_report_take *reported;
};

struct dcm_scp_limits {
    int associate_s, idle_s, object_s;
    uint32_t pdu_bytes;
    const struct dcm_tls *tls; /* DCM_TLS_ACCEPT; NULL: plain */
};

/* sop_classes: what to accept, ends with NULL. In each context the first
 * proposed transfer syntax that DCMTK knows is accepted. Storage commitment is
 * accepted from who offers to be its SCP. TCP_NODELAY is set.
 * True: released or rejected in order; false: aborted, timed out or broken. */
bool dcm_scp_serve(int fd, const struct dcm_scp_limits *limits,
                   const char *const *sop_classes,
                   const struct dcm_scp_ops *ops, void *ctx, struct err *err);

#ifdef __cplusplus
}
#endif
#endif
