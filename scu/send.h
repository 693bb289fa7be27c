#ifndef SCU_SEND_H
#define SCU_SEND_H

#include "conf/clock_watch.h"
#include "db/queue.h"
#include "scu/link.h"

/* What osteon-scu hands to worker_run: `ctx` is a struct send. send_work()
 * takes both stages. */
struct send {
    struct db *db;
    struct link link;
    int64_t expired_ms; /* monotonic: last look for jobs that are too old */
    struct clock_watch clock;
};

bool send_ready(void *ctx);
bool send_away(void *ctx);
bool send_work(void *ctx, const struct job *job, struct err *err);
void send_idle(void *ctx);

/* An association that proposes these first, and then what waits. */
bool send_open(struct send *send, const struct dcm_context *first, size_t n,
               struct err *err);

#endif
