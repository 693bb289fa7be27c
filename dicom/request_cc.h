#ifndef DICOM_REQUEST_CC_H
#define DICOM_REQUEST_CC_H

#include "dcmtk/config/osconfig.h"

#include "dcmtk/dcmnet/assoc.h"

extern "C" {
#include "conf/err.h"
}
#include "dicom/net.h"
#include "dicom/request.h"

/* What the units of the requesting side share. */
struct dcm_scu {
    T_ASC_Network *network;
    T_ASC_Association *assoc;
    struct net_guard guard;
    int response_s;
    uint16_t message_id;
    unsigned char *chunk;
    size_t chunk_bytes;
    event_report_take *take; /* what is done with a report; NULL: nothing */
    void *take_ctx;
    bool over; /* the destination released the association */
};

void **request_dul(struct dcm_scu *scu);

/* The ID of the accepted context, or 0. */
uint8_t request_context(const struct dcm_scu *scu,
                        const struct dcm_context *context);

void request_new(struct dcm_scu *scu, uint16_t field, struct command *out);

/* The command of the answer; its data set, if there is one, is still to be
 * read. Reports that come in between are taken. */
bool request_answer(struct dcm_scu *scu, const struct command *request,
                    struct command *response, struct err *err);

/* The whole answer; a data set is thrown away. */
bool request_await(struct dcm_scu *scu, const struct command *request,
                   struct command *response, struct err *err);

#endif
