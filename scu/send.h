#ifndef SCU_SEND_H
#define SCU_SEND_H

#include "db/queue.h"
#include "scu/link.h"

/* What osteon-scu hands to worker_run: `ctx` is a struct send. */
struct send {
    struct db *db;
    struct link link;
    int64_t expired_ms; /* monotonic: last look for jobs that are too old */
    bool started;
    int64_t skew_ms; /* wall clock minus monotonic, when last looked */
    int64_t jump_ms; /* monotonic: when the wall clock jumped */
};

bool send_ready(void *ctx);
bool send_work(void *ctx, const struct job *job, struct err *err);
void send_idle(void *ctx);

#endif
