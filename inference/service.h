#ifndef INFERENCE_SERVICE_H
#define INFERENCE_SERVICE_H

#include "inference/models.h"
#include "inference/outcome.h"

/* The worker: ANALYSE jobs become results and SEND jobs until SIGTERM. */
struct service {
    const struct conf *conf;
    const struct models *models;
    struct child *child;
    long slot; /* the owner is infer.<slot> */
    bool (*build)(const struct outcome_request *request,
                  struct outcome *outcome, struct err *err);
};

/* Exit status: 0 after SIGTERM, 1 on a fatal error (logged). */
int service_run(const struct service *service);

#endif
