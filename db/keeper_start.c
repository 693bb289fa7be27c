/* The one moment at which a damaged database can be replaced: before any other
 * program runs. What is lost with it is in the spool (scp/rebuild.c). */
#include <stdio.h>
#include <string.h>

#include "conf/clock.h"
#include "conf/log.h"
#include "db/ballast.h"
#include "db/damage.h"
#include "db/keeper.h"
#include "db/meta.h"
#include "db/secret.h"
#include "db/spool.h"
#include "db/upkeep.h"
#include "db/worker.h"

#define PATH_BYTES 512
/* The others may be in the middle of ending. */
#define ALONE_MS 15000
/* Nothing came for so long: switched off, or the clock is wrong. */
#define LONG_MS (24 * INT64_C(3600000))

static struct db *try_open(const struct conf_node *node, struct err *err)
{
    struct db *db;

    if (!damage_marked(node->database) && !seal_intact(node->database))
        damage_mark(node->database, "its file is not what was written");
    db = db_open(node->database, err);
    if (db && upkeep_check(db, err))
        return db;
    db_close(db);
    return NULL;
}

static struct db *start_anew(const struct conf_node *node, struct err *err)
{
    char aside[PATH_BYTES], what[256];
    struct db *db = NULL;
    int lock = damage_lock(node->database, true, ALONE_MS, err);

    if (lock < 0)
        return NULL;
    damage_what(node->database, what, sizeof what);
    if (damage_set_aside(node->database, aside, sizeof aside, err)) {
        log_error("database.damaged", KV_STR("reason", what),
                  KV_STR("aside", aside));
        damage_unlock(lock);
        db = db_open(node->database, err);
        if (db && meta_set(db, META_ASIDE, aside, err))
            return db;
    } else {
        damage_unlock(lock);
    }
    db_close(db);
    return NULL;
}

/* A clock that was wrong at boot makes all look old. A single round, when
 * nothing else runs, can tell by what it finds. */
static bool watch_clock(struct keeper *keeper, bool once, struct err *err)
{
    int64_t last_ms = 0, calm_ms = keeper->conf->node.keep_ms;

    if (once && !upkeep_last_ms(keeper->db, &last_ms, err))
        return false;
    if (once && (last_ms == 0 || clock_wall_ms() - last_ms < LONG_MS))
        calm_ms = 0;
    clock_watch_start(&keeper->clock, calm_ms);
    return true;
}

bool keeper_start(struct keeper *keeper, const struct conf *conf, bool once,
                  struct err *err)
{
    const struct conf_node *node = &conf->node;
    struct err why = {0};

    keeper->conf = conf;
    if (ballast_relieve(node) == BALLAST_GONE)
        log_warn("ballast.released",
                 KV_INT("bytes", node->limits.ballast_bytes));
    if (!spool_prepare(node->spool, err) ||
        !worker_lock(node->spool, "keeper", err))
        return false;
    keeper->db = try_open(node, &why);
    if (!keeper->db && once && damage_marked(node->database))
        keeper->db = start_anew(node, err);
    else if (!keeper->db)
        *err = why;
    return keeper->db && watch_clock(keeper, once, err) &&
           secret_keep(keeper->db, node->spool, err);
}
