#ifndef DB_WORKER_H
#define DB_WORKER_H

#include "db/queue.h"

/* The loop every worker shares: claim, alarm, work, finish | defer | bury.
 * work() does its own queue_finish() on success, so that results and DONE are
 * one transaction. Looks when something was written (db/wake.h). Returns at
 * SIGTERM/SIGINT with 0, or 1 on ERR_FATAL. Hang = crash: alarm(job_ms) kills
 * the process. */
struct worker_limits {
    int64_t job_ms;           /* one job, wall clock; also the lease */
    int64_t first_ms, cap_ms; /* back-off: first * 2^(n-1), +-20 % */
    int64_t attempts;         /* bury after so many; 0: no count */
};

struct worker {
    struct db *db;
    enum job_stage stage, also; /* also: another one, in turn; 0: none */
    const char *key;            /* NULL: any */
    const char *owner;          /* "infer.1", "scu.pacs" */
    struct worker_limits limits;
    bool (*work)(void *ctx, const struct job *job, struct err *err);
    /* Instead of queue_bury(), for who tells others that a job failed: must
     * bury it, and what stands in the way of telling must not stand in the
     * way of that. May be NULL. */
    bool (*bury)(void *ctx, const struct job *job, const char *why,
                 struct err *err);
    void (*idle)(void *ctx); /* nothing was due; may be NULL */
    /* asked before a claim; false: leave the queue alone for now (the
     * destination is down). May be NULL. */
    bool (*ready)(void *ctx);
    /* asked after ERR_RETRY: was it for want of what every job needs (the
     * destination is down)? Then the attempt does not count. May be NULL. */
    bool (*away)(void *ctx);
    void *ctx;
};

int worker_run(struct worker *worker);

/* SIGTERM came long enough ago: a work() that can tell returns with ERR_RETRY
 * now, and its job is given back without a loss of an attempt. */
bool worker_must_end(void);

/* Takes the lock that makes `owner` unique on this spool; held until exit.
 * ERR_RETRY: another process is that owner. */
bool worker_lock(const char *spool, const char *owner, struct err *err);

#endif
