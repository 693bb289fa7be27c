#ifndef DB_KEEPER_H
#define DB_KEEPER_H

#include "conf/clock_watch.h"
#include "conf/conf.h"
#include "db/queue.h"

/* The keeper's rounds, one a second. Nothing here is urgent: what fails is
 * logged and tried again. */
struct keeper {
    const struct conf_node *node;
    struct db *db;
    bool started;
    bool low;              /* space.low was logged */
    int64_t checkpoint_ms; /* monotonic: last one that was done */
    int64_t chores_ms;     /* monotonic: last purge and sweep of tmp/ */
    struct clock_watch clock;
    unsigned folder; /* of obj/ to be swept next */
};

/* everything: all folders of obj/ and not the next one. False: ERR_FATAL. */
bool keeper_round(struct keeper *keeper, bool everything, struct err *err);

#endif
