#ifndef SCU_SEND_H
#define SCU_SEND_H

#include "conf/clock_watch.h"
#include "db/queue.h"
#include "scu/link.h"

/* What osteon-scu hands to worker_run: `ctx` is a struct send. */
struct send {
    struct db *db;
    struct link link;
    int64_t expired_ms; /* monotonic: last look for jobs that are too old */
    struct clock_watch clock;
};

bool send_ready(void *ctx);
bool send_work(void *ctx, const struct job *job, struct err *err);
void send_idle(void *ctx);

#endif
