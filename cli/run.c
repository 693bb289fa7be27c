/* `osteon run`: the node in the foreground, for containers, tests and a first
 * try. It makes sure that the node can start at all (configuration, folders,
 * no other node on them, a sound database) and then supervises. */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "cli/cli.h"
#include "cli/program.h"
#include "cli/supervise.h"
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
    if (mkdir(state, 0700) != 0 && errno != EEXIST)
        return err_set(err, ERR_FATAL, "cannot make %s: %s", state,
                       strerror(errno));
    if (!realpath(state, out))
        return err_set(err, ERR_FATAL, "%s: %s", state, strerror(errno));
    return true;
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

int run_command(int argc, char **argv)
{
    struct cli_args args;
    struct err err = {0};
    char state[PATH_MAX];
    struct conf *conf;
    bool stop = false;
    int status;

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
    status = supervise_once("osteon-keeper", "--once", &args, &stop);
    if (stop || status != 0) {
        conf_free(conf);
        if (stop)
            return CLI_DONE;
        return cli_fail(CLI_FAILED,
                        "the keeper's check failed (exit status %d), the "
                        "node does not start; see the lines before",
                        status);
    }
    return supervise(conf, &args);
}
