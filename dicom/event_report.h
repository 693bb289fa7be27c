#ifndef DICOM_EVENT_REPORT_H
#define DICOM_EVENT_REPORT_H

#include "dicom/commitment.h"
#include "dicom/net.h"

/* An N-EVENT-REPORT of storage commitment, on whichever association it comes
 * (PS3.4 J.3.3.1): read, checked, told, answered. */
#ifdef __cplusplus
extern "C" {
#endif

/* Statuses of the answer: PS3.7 10.1.1.1.8. */
enum event_report_status {
    EVENT_REPORT_TAKEN = 0x0000,
    EVENT_REPORT_NO_INSTANCE = 0x0112,
    EVENT_REPORT_NO_EVENT_TYPE = 0x0113,
    EVENT_REPORT_INVALID = 0x0115, /* argument: transaction not known here */
    EVENT_REPORT_NO_CLASS = 0x0118,
    EVENT_REPORT_MISTYPED = 0x0212, /* argument: not a report */
    EVENT_REPORT_LATER = 0x0213     /* resource limitation */
};

/* What a report says. Durable when this returns EVENT_REPORT_TAKEN; comment
 * goes into the Error Comment of other answers. */
typedef uint16_t event_report_take(void *ctx, enum commitment_event event,
                                   const struct commitment *report,
                                   char comment[65]);

/* request: the command that was read in `context`; its data set follows, under
 * the guard's present deadline. False: the association is of no more use. */
bool event_report_answer(void **association, struct net_guard *guard,
                         uint8_t context, const char *transfer_syntax,
                         const struct command *request, event_report_take *take,
                         void *ctx, struct err *err);

#ifdef __cplusplus
}
#endif
#endif
