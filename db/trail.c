/* The keeper alone writes the ledger, once a second, so that a hundred events
 * cost one sync, and no receiver one at all. */
#include "db/trail.h"

#include <stdio.h>
#include <unistd.h>

#include "conf/json_line.h"
#include "conf/log.h"
#include "conf/version.h"
#include "db/audit.h"
#include "db/outbox.h"
#include "db/trail_conf.h"

#define MOVES_A_ROUND 20

/* False: ERR_FATAL. Anything else is the next round's. */
static bool note(struct trail *trail, const struct err *why, struct err *err)
{
    if (!trail->failing)
        log_error("ledger.failed", KV_STR("reason", why->msg));
    trail->failing = true;
    trail->unsure = true;
    if (why->code != ERR_FATAL)
        return true;
    *err = *why;
    return false;
}

static void tell(const struct ledger *ledger,
                 const struct ledger_opening *found)
{
    if (found->torn_bytes > 0)
        log_warn(
            "ledger.repaired", KV_INT("bytes", found->torn_bytes),
            KV_STR("reason", "an unfinished line, of a crash, was removed"));
    if (found->damage[0] != '\0')
        log_error("ledger.damaged", KV_STR("folder", ledger->folder),
                  KV_STR("reason", found->damage));
}

static bool open_ledger(struct trail *trail, struct err *err)
{
    const struct conf_audit *conf = &trail->conf->audit;
    struct ledger_opening opening;
    struct ledger_head known;
    char secret[65];
    bool found;

    if (!outbox_head(trail->db, &known, &found, err) ||
        !db_secret(trail->db, secret, err) ||
        !ledger_open(&trail->ledger, conf->ledger, conf->segment_bytes, secret,
                     &known, &opening, err))
        return false;
    trail->open = true;
    trail->unsure = true;
    tell(&trail->ledger, &opening);
    return true;
}

static bool move_all(struct trail *trail, struct err *err)
{
    size_t moved = 1;

    if (!trail->open && !open_ledger(trail, err))
        return false;
    if (trail->unsure && !outbox_settle(trail->db, &trail->ledger, err))
        return false;
    trail->unsure = false;
    for (int i = 0; i < MOVES_A_ROUND && moved > 0; i++)
        if (!outbox_move(trail->db, &trail->ledger, &moved, err))
            return false;
    if (trail->failing)
        log_info("ledger.recovered", KV_INT("records", trail->ledger.head.seq));
    trail->failing = false;
    return true;
}

bool trail_round(struct trail *trail, struct err *err)
{
    struct err why = {0};

    if (!move_all(trail, &why) && !note(trail, &why, err))
        return false;
    if (trail->syslog)
        syslog_round(trail->syslog, trail->ledger.head.seq);
    return true;
}

/* node.started and node.stopped. */
static bool announce_node(struct db *db, enum audit_event event,
                          struct err *err)
{
    char host[256] = "";

    gethostname(host, sizeof host - 1);
    return audit_add(db, event,
                     json_pack("{s:s,s:o}", "version", OSTEON_VERSION, "host",
                               json_line_text(host)),
                     err);
}

bool trail_start(struct trail *trail, const struct conf *conf, struct db *db,
                 bool announce, struct err *err)
{
    struct err why = {0};

    *trail = (struct trail){.conf = conf, .db = db, .ledger = {.fd = -1}};
    if (((announce && !announce_node(db, AUDIT_NODE_STARTED, &why)) ||
         !trail_conf_compare(db, conf, &why)) &&
        !note(trail, &why, err))
        return false;
    if (announce && conf->audit.syslog.transport != CONF_SYSLOG_NONE)
        trail->syslog = syslog_open(conf, db);
    return trail_round(trail, err);
}

void trail_stop(struct trail *trail, bool announce)
{
    struct err ignored = {0};

    if (!trail->db)
        return;
    if (announce)
        announce_node(trail->db, AUDIT_NODE_STOPPED, &ignored);
    trail_round(trail, &ignored);
    syslog_close(trail->syslog);
    ledger_close(&trail->ledger);
}
