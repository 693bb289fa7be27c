#ifndef DICOM_COMMITMENT_H
#define DICOM_COMMITMENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "conf/err.h"

/* The data sets of storage commitment (PS3.4 J, PS3.3 C.14) and of the C-FIND
 * that stands in for it (PS3.4 C.6.2). Pure C. */
#ifdef __cplusplus
extern "C" {
#endif

#define COMMITMENT_CLASS    "1.2.840.10008.1.20.1" /* Push Model */
#define COMMITMENT_INSTANCE "1.2.840.10008.1.20.1.1"
#define COMMITMENT_FIND     "1.2.840.10008.5.1.4.1.2.2.1" /* Study Root */
#define COMMITMENT_SYNTAX   "1.2.840.10008.1.2"

#define COMMITMENT_BYTES   (1 << 20) /* of a report, at most */
#define COMMITMENT_OBJECTS 5000

enum commitment_event { /* Event Type ID: PS3.4 J.3.3.1 */
                        COMMITMENT_ALL = 1,
                        COMMITMENT_SOME_FAILED = 2
};

/* The objects of a question or of a report, in parallel. failures: 0 is
 * committed, else the Failure Reason (0008,1197). */
struct commitment {
    char transaction[65];
    size_t n;
    char (*sop_classes)[65], (*sop_uids)[65];
    uint16_t *failures;
};

void commitment_add(struct commitment *commitment, const char *sop_class,
                    const char *sop_uid, uint16_t failure);
void commitment_free(struct commitment *commitment);

/* The data set of an N-ACTION, in COMMITMENT_SYNTAX; malloc'd. */
unsigned char *commitment_build(const struct commitment *commitment,
                                size_t *n_bytes);

/* ERR_REJECT: not the data set of a report. *out is to be freed in any case
 * and must be zero before. */
bool commitment_parse(const void *bytes, size_t n, const char *transfer_syntax,
                      struct commitment *out, struct err *err);

/* The Identifier of a C-FIND at level IMAGE, in COMMITMENT_SYNTAX; returns how
 * many bytes. */
#define COMMITMENT_QUERY_BYTES 512
size_t commitment_query(unsigned char out[COMMITMENT_QUERY_BYTES],
                        const char *study_uid, const char *series_uid,
                        const char *sop_uid);

/* Does a response's Identifier, in COMMITMENT_SYNTAX, name sop_uid? */
bool commitment_names(const void *bytes, size_t n, const char *sop_uid);

#ifdef __cplusplus
}
#endif
#endif
