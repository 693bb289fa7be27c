#ifndef SCP_REPORT_H
#define SCP_REPORT_H

#include "dicom/event_report.h"

/* What an N-EVENT-REPORT on an association of the destination's own does; ctx
 * is a struct receive. A report is heard when it names a transaction of ours
 * and the caller's title is that of the destination that was asked; who may
 * have which title, from which address and with which certificate, is what
 * `callers` says. Durable when the answer is Success. */
uint16_t report_take(void *ctx, enum commitment_event event,
                     const struct commitment *report, char comment[65]);

#endif
