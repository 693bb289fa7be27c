/* Periodic work has one place, and the WAL one checkpointer: SQLite before
 * 3.51.3 can damage a database when checkpoints and commits race (db.c). */
#include "db/keeper.h"

#include <stdio.h>
#include <sys/stat.h>

#include "conf/clock.h"
#include "conf/log.h"
#include "db/spool_space.h"
#include "db/sweep.h"
#include "db/upkeep.h"

#define WAL_BYTES       (4 << 20)
#define WAL_HUGE_BYTES  (64 << 20)
#define CHECKPOINT_MS   60000
#define CHORES_MS       60000
#define GARBAGE_MS      3600000
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

static void watch_space(struct keeper *keeper)
{
    const struct conf_node *node = keeper->node;
    struct spool_space space;
    struct err err = {0};
    bool low = !spool_space_check(node->spool, node->limits.free_bytes, &err);

    if (low == keeper->low)
        return;
    keeper->low = low;
    if (low)
        log_warn("space.low", KV_STR("reason", err.msg));
    else if (spool_space(node->spool, &space, &err))
        log_info("space.enough", KV_INT("free_bytes", space.free_bytes));
}

static int64_t wal_bytes(const struct conf_node *node)
{
    char path[CONF_PATH + 8];
    struct stat st;

    snprintf(path, sizeof path, "%s-wal", node->database);
    return stat(path, &st) == 0 ? (int64_t)st.st_size : 0;
}

static bool checkpoint(struct keeper *keeper, int64_t now_ms, struct err *err)
{
    int64_t bytes = wal_bytes(keeper->node);
    bool done;

    if (bytes == 0 || (bytes <= WAL_BYTES && keeper->started &&
                       now_ms - keeper->checkpoint_ms < CHECKPOINT_MS))
        return true;
    if (!upkeep_checkpoint(keeper->db, &done, err))
        return false;
    if (done)
        keeper->checkpoint_ms = now_ms;
    else if (bytes > WAL_HUGE_BYTES)
        log_warn("wal.blocked", KV_INT("bytes", bytes),
                 KV_STR("reason", "a process reads the database all the time"));
    return true;
}

static bool purge(struct keeper *keeper, struct err *err)
{
    int64_t files, studies = 0, all = 0;

    do {
        if (!upkeep_purge(keeper->db, keeper->node->keep_ms, &files, err))
            return false;
        if (files > 0) {
            studies++;
            all += files;
        }
    } while (files >= 0 && studies < STUDIES_A_ROUND);
    if (studies > 0)
        log_info("studies.purged", KV_INT("studies", studies),
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
static bool sweep(struct keeper *keeper, const char *folder, int64_t *removed,
                  struct err *err)
{
    int64_t wall_ms = clock_wall_ms();
    int64_t steady_ms = clock_mono_ms() + keeper->clock.skew_ms;
    int64_t now_ms = wall_ms < steady_ms ? wall_ms : steady_ms;

    return sweep_folder(keeper->db, keeper->node->spool, folder,
                        now_ms - GARBAGE_MS, removed, err);
}

static bool sweep_some(struct keeper *keeper, bool everything, bool chores,
                       struct err *err)
{
    unsigned n = everything ? FOLDERS : 1;
    int64_t removed = 0;
    char folder[8];
    bool ok = true;

    if (chores)
        ok = sweep(keeper, "tmp", &removed, err);
    while (ok && n-- > 0) {
        snprintf(folder, sizeof folder, "obj/%02x", keeper->folder);
        keeper->folder = (keeper->folder + 1) % FOLDERS;
        ok = sweep(keeper, folder, &removed, err);
    }
    if (removed > 0)
        log_info("garbage.removed", KV_INT("files", removed));
    return ok;
}

bool keeper_round(struct keeper *keeper, bool everything, struct err *err)
{
    int64_t now_ms = clock_mono_ms();
    bool steady = clock_steady(keeper);
    bool chores = !keeper->started || now_ms - keeper->chores_ms >= CHORES_MS;
    struct err why = {0};

    watch_space(keeper);
    if (chores) {
        keeper->chores_ms = now_ms;
        if (steady && !purge(keeper, &why) && !note(&why, err))
            return false;
    }
    if (steady && !sweep_some(keeper, everything, chores, &why) &&
        !note(&why, err))
        return false;
    if (!checkpoint(keeper, now_ms, &why) && !note(&why, err))
        return false;
    keeper->started = true;
    return true;
}
