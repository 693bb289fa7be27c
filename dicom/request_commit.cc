/* Asking a destination whether it keeps what it was sent: storage commitment,
 * or a query for one object where the destination knows no commitment. */
#include "dicom/request_cc.h"

#include "dcmtk/dcmnet/dul.h"

#include <cstdlib>
#include <cstring>
#include <exception>

namespace
{
const uint16_t ACTION_REQUEST = 1; /* PS3.4 J.3.2 */
const uint16_t PENDING = 0xFF00;   /* PS3.4 C.4.1.1.4, and FF01 */
const size_t IDENTIFIER_BYTES = 65536;
const int MANY_ANSWERS = 64; /* to a question about one object */

uint8_t context_of(const struct dcm_scu *scu, const char *sop_class,
                   struct err *err)
{
    struct dcm_context context;

    memset(&context, 0, sizeof context);
    memcpy(context.sop_class, sop_class, strlen(sop_class));
    memcpy(context.transfer_syntax, COMMITMENT_SYNTAX,
           strlen(COMMITMENT_SYNTAX));
    uint8_t id = request_context(scu, &context);
    if (id == 0)
        err_set(err, ERR_REJECT,
                "it does not accept SOP class %s: see `commit` in its entry",
                sop_class);
    return id;
}

bool write_data(struct dcm_scu *scu, uint8_t context, const unsigned char *data,
                size_t n, struct err *err)
{
    do {
        size_t part = n < scu->chunk_bytes ? n : scu->chunk_bytes;
        if (!net_write_pdv(request_dul(scu), &scu->guard, context, false,
                           part == n, data, part, err))
            return false;
        data += part;
        n -= part;
    } while (n > 0);
    return true;
}

bool ask(struct dcm_scu *scu, const struct commitment *question,
         struct command *response, struct err *err)
{
    uint8_t context = context_of(scu, COMMITMENT_CLASS, err);
    struct command request;
    size_t n = 0;

    if (context == 0)
        return false;
    request_new(scu, COMMAND_ACTION, &request);
    request.type = ACTION_REQUEST;
    request.data_set = true;
    memcpy(request.sop_class, COMMITMENT_CLASS, sizeof COMMITMENT_CLASS);
    memcpy(request.sop_uid, COMMITMENT_INSTANCE, sizeof COMMITMENT_INSTANCE);
    net_within(&scu->guard, scu->response_s * INT64_C(1000));
    unsigned char *data = commitment_build(question, &n);
    bool good = net_write_command(request_dul(scu), &scu->guard, context,
                                  &request, err) &&
                write_data(scu, context, data, n, err) &&
                request_await(scu, &request, response, err);
    free(data);
    return good;
}

/* Larger ones are read to their end and name nothing. */
bool read_identifier(struct dcm_scu *scu, unsigned char *out, size_t *n,
                     struct err *err)
{
    struct net_pdv pdv;

    *n = 0;
    do {
        if (net_read_pdv(request_dul(scu), &scu->guard, &pdv, err) != NET_OK)
            return err_wrap(err, "inside an answer");
        if (pdv.n <= IDENTIFIER_BYTES - *n) {
            memcpy(out + *n, pdv.bytes, pdv.n);
            *n += pdv.n;
        } else {
            *n = 0;
        }
    } while (!pdv.last);
    return true;
}

bool answers(struct dcm_scu *scu, const struct command *request,
             const char *sop_uid, unsigned char *identifier, bool *found,
             uint16_t *status, struct err *err)
{
    for (int i = 0; i < MANY_ANSWERS; i++) {
        struct command response;
        size_t n = 0;

        if (!request_answer(scu, request, &response, err) ||
            (response.data_set && !read_identifier(scu, identifier, &n, err)))
            return false;
        if (n > 0 && commitment_names(identifier, n, sop_uid))
            *found = true;
        *status = response.status;
        if ((response.status & ~1) != PENDING)
            return true;
    }
    return err_set(err, ERR_RETRY, "over %d answers to a query for one object",
                   MANY_ANSWERS);
}

bool find(struct dcm_scu *scu, const struct dcm_instance *instance,
          unsigned char *identifier, bool *found, uint16_t *status,
          struct err *err)
{
    uint8_t context = context_of(scu, COMMITMENT_FIND, err);
    unsigned char query[COMMITMENT_QUERY_BYTES];
    struct command request;

    *found = false;
    if (context == 0)
        return false;
    request_new(scu, COMMAND_FIND, &request);
    request.data_set = true;
    memcpy(request.sop_class, COMMITMENT_FIND, sizeof COMMITMENT_FIND);
    size_t n = commitment_query(query, instance->study_uid,
                                instance->series_uid, instance->sop_uid);
    net_within(&scu->guard, scu->response_s * INT64_C(1000));
    return net_write_command(request_dul(scu), &scu->guard, context, &request,
                             err) &&
           write_data(scu, context, query, n, err) &&
           answers(scu, &request, instance->sop_uid, identifier, found, status,
                   err);
}
} // namespace

extern "C" bool dcm_scu_commit(struct dcm_scu *scu,
                               const struct commitment *question,
                               uint16_t *status, char comment[65],
                               struct err *err)
{
    try {
        struct command response;
        if (!ask(scu, question, &response, err))
            return false;
        *status = response.status;
        memcpy(comment, response.comment, sizeof response.comment);
        return true;
    } catch (const std::exception &e) {
        return err_set(err, ERR_RETRY, "N-ACTION: %s", e.what());
    } catch (...) {
        return err_set(err, ERR_RETRY, "N-ACTION: unknown C++ exception");
    }
}

extern "C" bool dcm_scu_find(struct dcm_scu *scu,
                             const struct dcm_instance *instance, bool *found,
                             uint16_t *status, struct err *err)
{
    unsigned char *identifier =
        static_cast<unsigned char *>(malloc(IDENTIFIER_BYTES));
    bool good = false;

    if (identifier == NULL)
        return err_set(err, ERR_RETRY, "out of memory");
    try {
        good = find(scu, instance, identifier, found, status, err);
    } catch (const std::exception &e) {
        err_set(err, ERR_RETRY, "C-FIND: %s", e.what());
    } catch (...) {
        err_set(err, ERR_RETRY, "C-FIND: unknown C++ exception");
    }
    free(identifier);
    return good;
}
