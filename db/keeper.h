#ifndef DB_KEEPER_H
#define DB_KEEPER_H

#include "conf/clock_watch.h"
#include "conf/conf.h"
#include "db/queue.h"

/* The keeper's rounds, one a second. Nothing here is urgent: what fails is
 * logged and tried again. */
struct keeper {
    const struct conf *conf;
    struct db *db;
    bool started;
    int64_t started_ms;           /* monotonic: first round */
    bool low;                     /* space.low was logged */
    bool degraded;                /* storage.degraded was logged */
    int64_t degraded_ms, test_ms; /* monotonic: since when; last self-test */
    int64_t checkpoint_ms;        /* monotonic: last one that was done */
    bool sealed;                  /* since then (damage.h) */
    int64_t chores_ms;            /* monotonic: last purge and sweep of tmp/ */
    struct clock_watch clock;
    unsigned folder; /* of obj/ to be swept next */
};

/* Spool, lock, a sound database, the node secret: ERR_FATAL where the database
 * is damaged, except that `once`, when no other program runs, sets it aside
 * and makes a new one. The caller closes keeper->db. */
bool keeper_start(struct keeper *keeper, const struct conf *conf, bool once,
                  struct err *err);

/* False: ERR_FATAL. */
bool keeper_round(struct keeper *keeper, struct err *err);

/* The disk's part of a round: space, ballast, degraded state. */
void keeper_watch(struct keeper *keeper, int64_t now_ms);

#endif
