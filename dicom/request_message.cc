/* Messages on a requested association. The destination may talk, too: a report
 * of storage commitment can come between our question and its answer, or while
 * we have nothing to say. */
#include "dicom/request_cc.h"

#include "dcmtk/dcmnet/dul.h"

#include <cstring>
#include <exception>

void **request_dul(struct dcm_scu *scu)
{
    return &scu->assoc->DULassociation;
}

uint8_t request_context(const struct dcm_scu *scu,
                        const struct dcm_context *context)
{
    T_ASC_Parameters *params = scu->assoc->params;
    int n = ASC_countPresentationContexts(params);

    for (int i = 0; i < n; i++) {
        T_ASC_PresentationContext pc;
        if (ASC_getPresentationContext(params, i, &pc).good() &&
            pc.resultReason == ASC_P_ACCEPTANCE &&
            strcmp(pc.abstractSyntax, context->sop_class) == 0 &&
            strcmp(pc.acceptedTransferSyntax, context->transfer_syntax) == 0)
            return pc.presentationContextID;
    }
    return 0;
}

void request_new(struct dcm_scu *scu, uint16_t field, struct command *out)
{
    memset(out, 0, sizeof *out);
    out->field = field;
    out->message_id = scu->message_id++;
}

namespace
{
/* Commitment has one syntax with us, so the context needs no look. */
bool report(struct dcm_scu *scu, uint8_t context, const struct command *request,
            struct err *err)
{
    struct dcm_context ours = {COMMITMENT_CLASS, COMMITMENT_SYNTAX};

    if (scu->take == NULL || request_context(scu, &ours) != context)
        return err_set(err, ERR_RETRY,
                       "the destination sent a report nobody asked for");
    return event_report_answer(request_dul(scu), &scu->guard, context,
                               COMMITMENT_SYNTAX, request, scu->take,
                               scu->take_ctx, err);
}

/* Without waiting: has it said something? */
bool waiting(struct dcm_scu *scu)
{
    net_within(&scu->guard, 1);
    bool data = ASC_dataWaiting(scu->assoc, 0);
    scu->guard.expired = false;
    return data;
}

bool listen(struct dcm_scu *scu, struct err *err)
{
    while (waiting(scu)) {
        struct command request;
        uint8_t context = 0;

        net_within(&scu->guard, scu->response_s * INT64_C(1000));
        enum net_event event = net_read_command(request_dul(scu), &scu->guard,
                                                &context, &request, err);
        if (event == NET_RELEASE) {
            scu->over = true;
            (void)ASC_acknowledgeRelease(scu->assoc);
            return err_set(err, ERR_RETRY, "released by the destination");
        }
        if (event == NET_GONE)
            return false;
        if (request.field != COMMAND_EVENT_REPORT)
            return err_set(err, ERR_RETRY,
                           "the destination sent message %04X unasked",
                           request.field);
        if (!report(scu, context, &request, err))
            return false;
    }
    return true;
}
} // namespace

bool request_answer(struct dcm_scu *scu, const struct command *request,
                    struct command *response, struct err *err)
{
    for (;;) {
        uint8_t context = 0;
        enum net_event event = net_read_command(request_dul(scu), &scu->guard,
                                                &context, response, err);

        if (event == NET_RELEASE) {
            scu->over = true;
            (void)ASC_acknowledgeRelease(scu->assoc);
            return err_set(err, ERR_RETRY,
                           "released by the destination instead of an answer");
        }
        if (event == NET_GONE) {
            err->code = ERR_RETRY; /* what nobody can read rejects nothing */
            return false;
        }
        if (response->field != COMMAND_EVENT_REPORT)
            break;
        if (!report(scu, context, response, err))
            return false;
    }
    if (response->field != (request->field | COMMAND_RESPONSE) ||
        response->message_id != request->message_id)
        return err_set(err, ERR_RETRY,
                       "the destination answered with message %04X of %u",
                       response->field, response->message_id);
    return true;
}

bool request_await(struct dcm_scu *scu, const struct command *request,
                   struct command *response, struct err *err)
{
    if (!request_answer(scu, request, response, err))
        return false;
    while (response->data_set) {
        struct net_pdv pdv;
        if (net_read_pdv(request_dul(scu), &scu->guard, &pdv, err) != NET_OK)
            return err_wrap(err, "inside an answer");
        response->data_set = !pdv.last;
    }
    return true;
}

extern "C" void dcm_scu_on_report(struct dcm_scu *scu, event_report_take *take,
                                  void *ctx)
{
    scu->take = take;
    scu->take_ctx = ctx;
}

extern "C" bool dcm_scu_listen(struct dcm_scu *scu, struct err *err)
{
    try {
        return listen(scu, err);
    } catch (const std::exception &e) {
        return err_set(err, ERR_RETRY, "association: %s", e.what());
    } catch (...) {
        return err_set(err, ERR_RETRY, "association: unknown C++ exception");
    }
}
