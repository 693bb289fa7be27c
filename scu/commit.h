#ifndef SCU_COMMIT_H
#define SCU_COMMIT_H

#include "scu/send.h"

/* One COMMIT job: does the destination keep what it was sent of one study?
 * Asked by N-ACTION the answer comes later, to commit_report() or to
 * osteon-scp; asked by C-FIND it is there at once. */
bool commit_work(struct send *send, const struct job *job, struct err *err);

/* An N-EVENT-REPORT on our own association; `ctx` is a struct send. */
uint16_t commit_report(void *ctx, enum commitment_event event,
                       const struct commitment *report, char comment[65]);

/* The SOP class of the question; NULL: none is put. */
const char *commit_context(const struct conf_destination *dest);

/* From a delivery to the question: the study's other deliveries follow within
 * that, and are asked for together. 0: no question. */
int64_t commit_delay_ms(const struct conf_destination *dest);

/* Questions that could not be put for longer than all patience. */
void commit_expire(struct send *send);

#endif
