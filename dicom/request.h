#ifndef DICOM_REQUEST_H
#define DICOM_REQUEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "conf/err.h"

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
};

struct dcm_context {
    char sop_class[65], transfer_syntax[65];
};

/* Proposes exactly `contexts` (1..128; the same class may appear with several
 * syntaxes, each in its own context). ERR_RETRY: network, or rejected
 * transient; ERR_REJECT: rejected permanent (the AE title is not known
 * there), which the caller treats as a configuration fault, not as the
 * object's. */
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
void dcm_scu_close(struct dcm_scu *scu); /* releases; NULL is fine */

#ifdef __cplusplus
}
#endif
#endif
