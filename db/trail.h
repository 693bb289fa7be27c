#ifndef DB_TRAIL_H
#define DB_TRAIL_H

#include "conf/conf.h"
#include "db/ledger.h"
#include "db/queue.h"
#include "db/syslog.h"

/* The audit trail, as the keeper runs it: outbox to ledger,
 * ledger to the collector. Nothing of the node waits for it: what fails is
 * logged once per change and tried again in the next round. */
struct trail {
    const struct conf *conf;
    struct db *db;
    struct ledger ledger;
    bool open;             /* the ledger is */
    bool unsure;           /* outbox_settle() is due */
    bool failing;          /* ledger.failed was logged */
    struct syslog *syslog; /* NULL: none configured */
};

/* Records what the configuration's files are, where they are not what they
 * were; announce: also that the node started. False: ERR_FATAL. */
bool trail_start(struct trail *trail, const struct conf *conf, struct db *db,
                 bool announce, struct err *err);
/* One round, at most some thousand records. False: ERR_FATAL. */
bool trail_round(struct trail *trail, struct err *err);
/* The last round; announce: the node stopped. */
void trail_stop(struct trail *trail, bool announce);

#endif
