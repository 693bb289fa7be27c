/* What the keeper does about a disk that is full or fails: the log says it once
 * when it begins and once when it is over, and the ledger keeps it. */
#include "conf/log.h"
#include "db/audit.h"
#include "db/ballast.h"
#include "db/keeper.h"
#include "db/spool.h"
#include "db/spool_health.h"
#include "db/spool_space.h"
#include "db/sql.h"

#define TEST_MS 10000

static void watch_space(struct keeper *keeper)
{
    const struct conf_node *node = &keeper->conf->node;
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

static void watch_ballast(struct keeper *keeper)
{
    const struct conf_node *node = &keeper->conf->node;
    struct kv bytes = KV_INT("bytes", node->limits.ballast_bytes);

    switch (ballast_keep(node, keeper->db->full)) {
    case BALLAST_GONE:
        log_warn("ballast.released", bytes);
        break;
    case BALLAST_MADE:
        log_info("ballast.made", bytes);
        break;
    case BALLAST_SAME:
        break;
    }
    keeper->db->full = false;
}

/* The ledger may have to wait for the same disk; the log does not. */
static void tell(struct keeper *keeper, enum audit_event event)
{
    struct err err = {0};

    if (!audit_add(keeper->db, event, json_object(), &err))
        log_warn("keeper.failed", KV_STR("reason", err.msg));
}

static void watch_health(struct keeper *keeper, int64_t now_ms)
{
    const char *spool = keeper->conf->node.spool;
    struct err err = {0};

    if (spool_degraded(spool) && !keeper->degraded) {
        keeper->degraded = true;
        keeper->degraded_ms = now_ms;
        keeper->test_ms = now_ms - TEST_MS;
        log_error("storage.degraded",
                  KV_STR("reason", "the disk failed a write: nothing is "
                                   "received until a test file succeeds"));
        tell(keeper, AUDIT_STORAGE_DEGRADED);
    }
    if (!keeper->degraded || now_ms - keeper->test_ms < TEST_MS)
        return;
    keeper->test_ms = now_ms;
    if (!spool_self_test(spool, &err)) {
        log_warn("keeper.failed", KV_STR("reason", err.msg));
        return;
    }
    keeper->degraded = false;
    log_info("storage.restored", KV_INT("ms", now_ms - keeper->degraded_ms));
    tell(keeper, AUDIT_STORAGE_RESTORED);
}

void keeper_watch(struct keeper *keeper, int64_t now_ms)
{
    watch_ballast(keeper);
    watch_health(keeper, now_ms);
    watch_space(keeper);
}
