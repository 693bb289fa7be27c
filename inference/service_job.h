#ifndef INFERENCE_SERVICE_JOB_H
#define INFERENCE_SERVICE_JOB_H

#include "db/queue.h"
#include "inference/service.h"

/* What the parts of the service share: one for the life of the process. */
struct service_context {
    const struct service *service;
    struct db *db;
    char secret[65];
};

/* Every object of the outcome into the spool, without a row yet: a failure
 * leaves files that the keeper removes. infer_ms: how long they took. */
bool service_spool(const struct service_context *ctx, const struct job *job,
                   struct outcome *outcome, int64_t infer_ms,
                   struct object objects[static OUTCOME_MOST], struct err *err);

/* struct worker's bury: what the route's on_failure asks for goes out with the
 * burial. Where that cannot be made the job is buried all the same. */
bool service_bury(void *context, const struct job *job, const char *why,
                  struct err *err);

#endif
