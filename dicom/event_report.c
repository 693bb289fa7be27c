/* A destination reports on the association on which it was asked or on one of
 * its own: both ends come here, so that what is checked before anybody
 * believes a report is written down once. */
#include "dicom/event_report.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FIRST_BYTES 4096U

struct body {
    unsigned char *bytes;
    size_t n, room;
    bool too_much;
};

static bool append(struct body *body, const struct net_pdv *pdv,
                   struct err *err)
{
    if (body->too_much || pdv->n > COMMITMENT_BYTES - body->n) {
        body->too_much = true;
        return true;
    }
    if (pdv->n > body->room - body->n) {
        size_t room = body->room ? 2 * body->room : FIRST_BYTES;
        unsigned char *grown;

        while (room < body->n + pdv->n)
            room *= 2;
        grown = realloc(body->bytes, room);
        if (grown == NULL)
            return err_set(err, ERR_RETRY, "out of memory");
        body->bytes = grown;
        body->room = room;
    }
    if (pdv->n > 0)
        memcpy(body->bytes + body->n, pdv->bytes, pdv->n);
    body->n += pdv->n;
    return true;
}

static bool read_body(void **association, struct net_guard *guard,
                      uint8_t context, struct body *body, struct err *err)
{
    struct net_pdv pdv;

    do {
        enum net_event event = net_read_pdv(association, guard, &pdv, err);

        if (event == NET_RELEASE)
            return err_set(err, ERR_RETRY, "released inside a report");
        if (event == NET_GONE)
            return err_wrap(err, "inside a report");
        if (pdv.command || pdv.context != context)
            return err_set(err, ERR_RETRY, "another message inside a report");
        if (!append(body, &pdv, err))
            return false;
    } while (!pdv.last);
    return true;
}

static uint16_t judge(const struct command *request, const struct body *body,
                      const char *transfer_syntax, event_report_take *take,
                      void *ctx, char comment[65])
{
    struct commitment report = {0};
    struct err why = {0};
    uint16_t status;

    if (strcmp(request->sop_class, COMMITMENT_CLASS) != 0)
        return EVENT_REPORT_NO_CLASS;
    if (strcmp(request->sop_uid, COMMITMENT_INSTANCE) != 0)
        return EVENT_REPORT_NO_INSTANCE;
    if (request->type != COMMITMENT_ALL &&
        request->type != COMMITMENT_SOME_FAILED)
        return EVENT_REPORT_NO_EVENT_TYPE;
    if (body->too_much) {
        snprintf(comment, 65, "larger than %d bytes", COMMITMENT_BYTES);
        return EVENT_REPORT_MISTYPED;
    }
    if (commitment_parse(body->bytes, body->n, transfer_syntax, &report,
                         &why)) {
        status =
            take(ctx, (enum commitment_event)request->type, &report, comment);
    } else {
        status =
            why.code == ERR_REJECT ? EVENT_REPORT_MISTYPED : EVENT_REPORT_LATER;
        snprintf(comment, 65, "%.64s", why.msg);
    }
    commitment_free(&report);
    return status;
}

bool event_report_answer(void **association, struct net_guard *guard,
                         uint8_t context, const char *transfer_syntax,
                         const struct command *request, event_report_take *take,
                         void *ctx, struct err *err)
{
    struct command response = {.field = COMMAND_EVENT_REPORT | COMMAND_RESPONSE,
                               .message_id = request->message_id,
                               .type = request->type};
    struct body body = {0};
    bool good = !request->data_set ||
                read_body(association, guard, context, &body, err);

    if (good) {
        response.status =
            judge(request, &body, transfer_syntax, take, ctx, response.comment);
        memcpy(response.sop_class, request->sop_class,
               sizeof response.sop_class);
        memcpy(response.sop_uid, request->sop_uid, sizeof response.sop_uid);
        good = net_write_command(association, guard, context, &response, err);
    }
    free(body.bytes);
    return good;
}
