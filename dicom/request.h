#ifndef DICOM_REQUEST_H
#define DICOM_REQUEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "conf/err.h"
#include "dicom/event_report.h"
#include "dicom/tls.h"

/* The requesting side: one association to one destination, kept open while
 * there is something to send. The stored bytes go out as they are: no
 * parsing, no transcoding. */
#ifdef __cplusplus
extern "C" {
#endif

struct dcm_scu;

struct dcm_dest {
    char ae[17], calling_ae[17];
    char host[256];
    int port;
    int connect_s, response_s;
    uint32_t pdu_bytes;
    const struct dcm_tls *tls; /* DCM_TLS_CALL; NULL: plain */
    char certificate[256];     /* with tls: its subject; "": any trusted */
};

struct dcm_context {
    char sop_class[65], transfer_syntax[65];
};

/* Proposes exactly `contexts` (1..128; the same class may appear with several
 * syntaxes, each in its own context). ERR_RETRY: network, or rejected
 * transient; ERR_REJECT: rejected permanent (the AE title is not known
 * there), or TLS found no common version or did not like a certificate, on
 * either side; the caller treats it as a configuration fault, not as the
 * object's. dest is not kept, but its tls must live as long. */
struct dcm_scu *dcm_scu_open(const struct dcm_dest *dest,
                             const struct dcm_context *contexts, size_t n,
                             struct err *err);
bool dcm_scu_accepts(const struct dcm_scu *scu, const struct dcm_context *);

/* C-STORE of the data set at `offset` in the file. True: a status came back.
 * False: the association is gone (dcm_scu_close it). */
bool dcm_scu_store(struct dcm_scu *scu, const char *path, off_t offset,
                   const struct dcm_context *context, const char *sop_uid,
                   uint16_t *status, char comment[65], struct err *err);
bool dcm_scu_echo(struct dcm_scu *scu, struct err *err);

/* N-ACTION of storage commitment, in COMMITMENT_CLASS and COMMITMENT_SYNTAX.
 * True and false as above; ERR_REJECT: the context is not accepted, and the
 * association is as good as before. */
bool dcm_scu_commit(struct dcm_scu *scu, const struct commitment *question,
                    uint16_t *status, char comment[65], struct err *err);

/* What is done with reports that come on this association, at any time. */
void dcm_scu_on_report(struct dcm_scu *scu, event_report_take *take, void *ctx);

/* Takes what came unasked, and does not wait for it. False: the association is
 * gone. */
bool dcm_scu_listen(struct dcm_scu *scu, struct err *err);

/* C-FIND for one object, in COMMITMENT_FIND and COMMITMENT_SYNTAX; as
 * dcm_scu_commit(). *status is that of the last answer: 0000, or why *found
 * says nothing. */
struct dcm_instance {
    char study_uid[65], series_uid[65], sop_uid[65];
};
bool dcm_scu_find(struct dcm_scu *scu, const struct dcm_instance *instance,
                  bool *found, uint16_t *status, struct err *err);

void dcm_scu_close(struct dcm_scu *scu); /* releases; NULL is fine */

#ifdef __cplusplus
}
#endif
#endif
