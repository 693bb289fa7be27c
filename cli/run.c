/* `osteon run`: the node in the foreground, for containers, tests and a first
 * try. It makes sure that the node can start at all (configuration, folders,
 * no other node on them, a sound database that knows what the spool holds) and
 * then supervises; when the database is found damaged later, it goes through
 * the same start again. */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "cli/child.h"
#include "cli/cli.h"
#include "cli/program.h"
#include "cli/supervise.h"
#include "conf/clock.h"
#include "db/damage.h"
#include "db/spool.h"
#include "db/worker.h"

static const char usage[] =
    "usage: osteon run [-c FILE] [--state DIR] [--port N]\n\n"
    "Runs the node in the foreground and restarts what dies. SIGTERM ends "
    "it;\n"
    "SIGHUP reads the configuration again.\n\n" CLI_OPTIONS
    "  --port N     listen there\n" CLI_HELP;

/* The folder of --state, made when it is missing, by its absolute name. */
static bool state_folder(const char *state, char out[static PATH_MAX],
                         struct err *err)
{
    bool made = mkdir(state, 0700) == 0;

    if (!made && errno != EEXIST)
        return err_set(err, ERR_FATAL, "cannot make %s: %s", state,
                       strerror(errno));
    if (!realpath(state, out))
        return err_set(err, ERR_FATAL, "%s: %s", state, strerror(errno));
    /* Its name survives a power cut like all that is in it. */
    return !made || damage_sync_folder(out, err);
}

/* All programs are there: better said now than by a process that never
 * starts. */
static bool complete(struct err *err)
{
    static const char *const programs[] = {"osteon-keeper", "osteon-scp",
                                           "osteon-infer", "osteon-model",
                                           "osteon-scu"};
    char path[PROGRAM_PATH];
    size_t i;

    for (i = 0; i < sizeof programs / sizeof *programs; i++)
        if (!program_path(path, programs[i], err))
            return false;
    return true;
}

static bool single(const char *spool, struct err *err)
{
    if (worker_lock(spool, "run", err))
        return true;
    return err->code == ERR_RETRY
               ? err_wrap(err, "another osteon run works on %s", spool)
               : false;
}

/* The programs that go first, one after the other. */
static int prepare(const struct cli_args *args, bool *stop)
{
    static const struct {
        const char *program, *option, *does;
    } steps[] = {
        {"osteon-keeper", "--once", "the keeper's check"},
        {"osteon-scp", "--rebuild", "the rebuild from the spool"},
    };

    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
        int status =
            supervise_once(steps[i].program, steps[i].option, args, stop);

        if (*stop)
            return CLI_DONE;
        if (status != 0)
            return cli_fail(CLI_FAILED,
                            "%s failed (exit status %d), the node does not "
                            "start; see the lines before",
                            steps[i].does, status);
    }
    return CLI_DONE;
}

/* A database that is damaged again and again must not eat the machine. */
static int run(struct conf *conf, const struct cli_args *args)
{
    int64_t pause_ms = 0;
    bool stop = false;

    for (;;) {
        int64_t started_ms = clock_mono_ms();
        int status = prepare(args, &stop);

        if (stop || (status != CLI_DONE && pause_ms == 0)) {
            conf_free(conf);
            return status;
        }
        if (status == CLI_DONE) {
            status = supervise(&conf, args);
            if (status != SUPERVISE_DAMAGED) {
                conf_free(conf);
                return status;
            }
        }
        pause_ms = child_backoff(pause_ms, clock_mono_ms() - started_ms);
        if (supervise_pause(pause_ms)) {
            conf_free(conf);
            return CLI_DONE;
        }
    }
}

int run_command(int argc, char **argv)
{
    struct cli_args args;
    struct err err = {0};
    char state[PATH_MAX];
    struct conf *conf;

    cli_parse(argc, argv, usage, false, NULL, &args);
    if (args.n_operands > 0)
        return cli_usage(usage, "unknown argument %s", args.operands[0]);
    supervise_signals();
    umask(0077);
    if (args.common.over.state) {
        if (!state_folder(args.common.over.state, state, &err))
            return cli_fail(CLI_FAILED, "%s", err.msg);
        args.common.over.state = state;
    }
    conf = cli_load_node(&args, &err);
    if (!conf || !conf_may_run(conf, &err)) {
        conf_free(conf);
        return cli_fail(CONF_EXIT, "%s", err.msg);
    }
    if (!complete(&err) || !spool_prepare(conf->node.spool, &err) ||
        !single(conf->node.spool, &err)) {
        conf_free(conf);
        return cli_fail(CLI_FAILED, "%s", err.msg);
    }
    return run(conf, &args);
}
