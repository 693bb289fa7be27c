/* Periodic work has one place, and the WAL one checkpointer: SQLite before
 * 3.51.3 can damage a database when checkpoints and commits race (db.c). */
#include "db/keeper.h"

#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "conf/clock.h"
#include "conf/log.h"
#include "db/damage.h"
#include "db/meta.h"
#include "db/spool.h"
#include "db/sql.h"
#include "db/sweep.h"
#include "db/upkeep.h"

#define WAL_BYTES      (4 << 20)
#define WAL_HUGE_BYTES (64 << 20)
#define CHECKPOINT_MS  60000
#define CHORES_MS      60000
#define GARBAGE_MS     3600000
#define UNFINISHED_MS  60000
/* A destination that left the configuration: as long as the default of
 * retry_for. */
#define STRANDED_MS     (72 * INT64_C(3600000))
#define STUDIES_A_ROUND 100
#define FOLDERS         256

static bool note(const struct err *err, struct err *out)
{
    log_error("keeper.failed", KV_STR("reason", err->msg));
    if (err->code != ERR_FATAL)
        return true;
    *out = *err;
    return false;
}

static int64_t wal_bytes(const struct conf_node *node)
{
    char path[CONF_PATH + 8];
    struct stat st;

    snprintf(path, sizeof path, "%s-wal", node->database);
    return stat(path, &st) == 0 ? (int64_t)st.st_size : 0;
}

/* The seal costs a look at the whole file: not while the log grows by the
 * second. */
static bool checkpoint_sealed(struct keeper *keeper, int64_t bytes, bool *done,
                              struct err *err)
{
    const char *database = keeper->conf->node.database;

    if (keeper->sealed && bytes <= WAL_BYTES && !seal_intact(database))
        return sql_damaged(keeper->db, "its file is not what was written", err);
    keeper->sealed = false;
    return seal_break(database, err) &&
           upkeep_checkpoint(keeper->db, done, err);
}

static void seal(struct keeper *keeper)
{
    seal_make(keeper->conf->node.database);
    keeper->sealed = true;
}

/* now: something was removed that shall not stay in the log either. */
static bool checkpoint(struct keeper *keeper, bool now, int64_t now_ms,
                       struct err *err)
{
    int64_t bytes = wal_bytes(&keeper->conf->node);
    bool due = now || !keeper->started ||
               now_ms - keeper->checkpoint_ms >= CHECKPOINT_MS;
    bool done = false;

    if (bytes > WAL_BYTES || (bytes > 0 && due)) {
        if (!checkpoint_sealed(keeper, bytes, &done, err))
            return false;
        if (!done && bytes > WAL_HUGE_BYTES)
            log_warn(
                "wal.blocked", KV_INT("bytes", bytes),
                KV_STR("reason", "a process reads the database all the time"));
    }
    if (done)
        keeper->checkpoint_ms = now_ms;
    if (due && !keeper->sealed)
        seal(keeper);
    return true;
}

static bool purge(struct keeper *keeper, int64_t *studies, struct err *err)
{
    int64_t files, all = 0;

    do {
        if (!upkeep_purge(keeper->db, keeper->conf->node.keep_ms, &files, err))
            return false;
        if (files > 0) {
            ++*studies;
            all += files;
        }
    } while (files >= 0 && *studies < STUDIES_A_ROUND);
    if (*studies > 0)
        log_info("studies.purged", KV_INT("studies", *studies),
                 KV_INT("files", all));
    return true;
}

/* May ages be believed? */
static bool clock_steady(struct keeper *keeper)
{
    int64_t jumped_ms;
    bool steady = clock_watch_steady(&keeper->clock, &jumped_ms);

    if (jumped_ms != 0)
        log_warn("clock.jumped", KV_INT("ms", jumped_ms));
    return steady;
}

/* The clock may also jump since this round looked at it: the earlier of what
 * it says and what it would say. */
static int64_t surely_past_ms(const struct keeper *keeper)
{
    int64_t wall_ms = clock_wall_ms();
    int64_t steady_ms = clock_mono_ms() + keeper->clock.skew_ms;

    return wall_ms < steady_ms ? wall_ms : steady_ms;
}

/* What no row names may also be what the rows have lost (rebuild.h): obj/ is
 * left alone until osteon-scp has looked, and for the first hour. */
static bool may_sweep(struct keeper *keeper, int64_t now_ms, bool *may,
                      struct err *err)
{
    char rebuild[4];
    bool found;

    *may = false;
    if (now_ms - keeper->started_ms < GARBAGE_MS)
        return true;
    if (!meta_get(keeper->db, META_REBUILD, rebuild, sizeof rebuild, &found,
                  err))
        return false;
    *may = rebuild[0] != '1';
    return true;
}

static bool sweep_some(struct keeper *keeper, bool chores, int64_t now_ms,
                       struct err *err)
{
    const char *spool = keeper->conf->node.spool;
    int64_t past_ms = surely_past_ms(keeper), removed = 0;
    char folder[8];
    bool ok = true, may;

    if (chores)
        ok = sweep_unfinished(spool, past_ms - UNFINISHED_MS, &removed, err);
    ok = ok && may_sweep(keeper, now_ms, &may, err);
    if (ok && may) {
        snprintf(folder, sizeof folder, "obj/%02x", keeper->folder);
        keeper->folder = (keeper->folder + 1) % FOLDERS;
        ok = sweep_folder(keeper->db, spool, folder, past_ms - GARBAGE_MS,
                          &removed, err);
    }
    if (removed > 0)
        log_info("garbage.removed", KV_INT("files", removed));
    return ok;
}

/* Deliveries that no configured destination will ever take. */
static bool expire(struct keeper *keeper, struct err *err)
{
    const struct conf *conf = keeper->conf;
    char key[65] = "";
    int64_t n;

    for (;;) {
        if (!upkeep_next_key(keeper->db, key, err))
            return false;
        if (key[0] == '\0')
            return true;
        if (conf_destination(conf, key))
            continue;
        if (!upkeep_strand(keeper->db, key, STRANDED_MS, &n, err))
            return false;
        if (n > 0)
            log_error("destination.expired", KV_STR("dest", key),
                      KV_INT("jobs", n));
    }
}

static bool chores(struct keeper *keeper, int64_t *studies, struct err *err)
{
    return expire(keeper, err) && purge(keeper, studies, err);
}

/* An empty folder is what somebody made who repairs a lost spool. */
static bool keep_folders(const struct conf_node *node, struct err *err)
{
    char path[CONF_PATH + 8];

    snprintf(path, sizeof path, "%s/tmp", node->spool);
    if (access(path, F_OK) == 0 || access(node->spool, F_OK) != 0)
        return true;
    return spool_prepare(node->spool, err);
}

bool keeper_round(struct keeper *keeper, struct err *err)
{
    const struct conf_node *node = &keeper->conf->node;
    int64_t now_ms = clock_mono_ms(), studies = 0;
    bool steady = clock_steady(keeper), due;
    struct err why = {0};

    if (!keeper->started)
        keeper->started_ms = now_ms;
    if (damage_marked(node->database))
        return err_set(err, ERR_FATAL, "the database %s is damaged",
                       node->database);
    if (!keep_folders(node, &why) && !note(&why, err))
        return false;
    keeper_watch(keeper, now_ms);
    due = !keeper->started || now_ms - keeper->chores_ms >= CHORES_MS;
    if (due) {
        keeper->chores_ms = now_ms;
        if (steady && !chores(keeper, &studies, &why) && !note(&why, err))
            return false;
    }
    if (steady && !sweep_some(keeper, due, now_ms, &why) && !note(&why, err))
        return false;
    if (!checkpoint(keeper, studies > 0, now_ms, &why) && !note(&why, err))
        return false;
    keeper->started = true;
    return true;
}
