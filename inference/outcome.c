/* What a finished analysis leaves behind and where it goes: each object to each
 * destination as a job of its own, so that one dead destination delays only
 * itself (P5 of docs/ARCHITECTURE.md). */
#include "inference/outcome.h"

#include <stdlib.h>
#include <string.h>

size_t outcome_sends(const struct outcome *outcome,
                     const struct conf_route *route, const struct job *job,
                     struct job *sends)
{
    size_t n = 0;
    for (size_t i = 1; i <= outcome->n; i++) {
        if (i == outcome->alternate)
            continue;
        for (size_t j = 0; j < route->n_send; j++) {
            struct job *send = &sends[n++];
            *send = (struct job){.stage = JOB_SEND,
                                 .state = JOB_QUEUED,
                                 .priority = job->priority,
                                 .object_id = (int64_t)i};
            if (i == outcome->sr)
                send->alternate_id = (int64_t)outcome->alternate;
            memcpy(send->key, route->send[j], sizeof send->key);
            memcpy(send->route, job->route, sizeof send->route);
            memcpy(send->study_uid, job->study_uid, sizeof send->study_uid);
        }
    }
    return n;
}

struct result_of outcome_result(const struct outcome *outcome, size_t i,
                                const struct job *job, int64_t covered)
{
    struct result_of result = {.revision = job->revision,
                               .images = covered,
                               .part = (unsigned)i,
                               .parts = (unsigned)outcome->n,
                               .role = RESULT_PLAIN};
    memcpy(result.route, job->route, sizeof result.route);
    memcpy(result.model, job->key, sizeof result.model);
    if (i == outcome->alternate)
        result.role = RESULT_ALTERNATE;
    else if (i == outcome->sr && outcome->alternate)
        result.role = RESULT_MAIN;
    return result;
}

void outcome_free(struct outcome *outcome)
{
    for (size_t i = 0; i < outcome->n; i++)
        free(outcome->items[i].bytes);
    outcome->n = 0;
}
