/* osteon-keeper: the janitor. It starts before the others, so that nothing is
 * built on a damaged database. */
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "conf/clock.h"
#include "conf/harden.h"
#include "conf/log.h"
#include "db/keeper.h"
#include "db/trail.h"

#define ROUND_MS 1000

static const char usage[] =
    "usage: osteon-keeper [-c FILE] [--state DIR] [--once]\n"
    "\n"
    "Checks the database at start; then keeps it and the spool small: "
    "checkpoints,\n"
    "purges studies that are delivered and older than node.keep, removes "
    "what crashes\n"
    "left, watches the space.\n"
    "\n"
    "  --once   check, replace a damaged database, make one round and exit\n";

static volatile sig_atomic_t stopping;

static void on_stop(int signal_number)
{
    (void)signal_number;
    stopping = 1;
}

static void catch_signals(void)
{
    struct sigaction action = {.sa_handler = on_stop};

    sigemptyset(&action.sa_mask);
    sigaction(SIGTERM, &action, NULL);
    sigaction(SIGINT, &action, NULL);
    signal(SIGPIPE, SIG_IGN); /* a log that nobody reads is no reason to end */
}

static bool options(int argc, char **argv, struct conf_options *common,
                    bool *once)
{
    int at = conf_options(argc, argv, usage, common);

    *once = false;
    while (at < argc) {
        if (strcmp(argv[at], "--once") != 0) {
            fprintf(stderr, "osteon-keeper: unknown argument %s\n%s", argv[at],
                    usage);
            return false;
        }
        *once = true;
        at += conf_options(argc - at, argv + at, usage, common);
    }
    return true;
}

static bool run(const struct conf *conf, struct keeper *keeper,
                struct trail *trail, bool once, struct err *err)
{
    if (!trail_start(trail, conf, keeper->db, !once, err))
        return false;
    if (!once)
        log_info("ready", KV_STR("database", keeper->conf->node.database));
    while (!stopping) {
        if (!keeper_round(keeper, err) || !trail_round(trail, err))
            return false;
        if (once)
            return true;
        clock_sleep_ms(ROUND_MS);
    }
    return true;
}

int main(int argc, char **argv)
{
    struct keeper keeper = {0};
    struct trail trail = {0};
    struct conf_options common = {0};
    struct err err = {0};
    struct conf *conf;
    bool once, ok;

    log_start("osteon-keeper");
    harden();
    if (!options(argc, argv, &common, &once))
        return 2;
    umask(0077);
    catch_signals();
    conf = conf_load(common.path, &common.over, &err);
    if (!conf || !conf_may_run(conf, &err)) {
        log_error("conf.refused", KV_STR("reason", err.msg));
        conf_free(conf);
        return CONF_EXIT;
    }
    ok = keeper_start(&keeper, conf, once, &err) &&
         run(conf, &keeper, &trail, once, &err);
    trail_stop(&trail, !once);
    if (!ok)
        log_error("keeper.ended", KV_STR("reason", err.msg));
    db_close(keeper.db);
    conf_free(conf);
    return ok ? 0 : 1;
}
