/* osteon(1): the admin's command. It only finds the subcommand; each has a
 * file of its own. It links neither libtorch nor cairo, so that it answers in
 * milliseconds. */
#include <stdio.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/text.h"
#include "conf/log.h"
#include "conf/version.h"

static const struct {
    const char *name, *summary;
    int (*run)(int argc, char **argv);
} commands[] = {
    {"run", "run the node in the foreground", run_command},
    {"check", "validate configuration and models", check_command},
    {"echo", "C-ECHO the destinations", echo_command},
    {"explain", "what the routes would do with a file", explain_command},
    {"analyse", "run a model on files, without a network", analyse_command},
    {"status", "queue, programs, space", status_command},
    {"show", "one study from receipt to delivery", show_command},
    {"history", "what was measured of a patient over time", history_command},
    {"backup", "copy the database while the node works", backup_command},
    {"retry", "queue jobs again at once", verb_command},
    {"hold", "keep jobs from being done", verb_command},
    {"release", "undo hold", verb_command},
    {"drop", "give jobs up", verb_command},
    {"audit", "the audit trail: show, verify, export", audit_command},
};

#define N_COMMANDS (sizeof commands / sizeof *commands)

static void print_usage(FILE *out)
{
    size_t i;

    fputs("usage: osteon [--help | --version] COMMAND [OPTION...]\n\n", out);
    for (i = 0; i < N_COMMANDS; i++)
        fprintf(out, "  %-8s  %s\n", commands[i].name, commands[i].summary);
    fputs("\nosteon COMMAND --help, or osteon-COMMAND(1), tells more.\n", out);
}

static int unknown(const char *name)
{
    size_t i, nearest = 0, distance, least = 3;

    for (i = 0; i < N_COMMANDS; i++) {
        distance = text_distance(name, commands[i].name);
        if (distance < least) {
            least = distance;
            nearest = i;
        }
    }
    if (least < 3)
        return cli_fail(CLI_USAGE,
                        "unknown command \"%s\"; did you mean \"%s\"?", name,
                        commands[nearest].name);
    return cli_fail(CLI_USAGE, "unknown command \"%s\"; see osteon --help",
                    name);
}

/* A full disk or a closed pipe must not look like success. */
static int finish(int status)
{
    if (fflush(stdout) == 0 && !ferror(stdout))
        return status;
    return cli_fail(CLI_FAILED, "the output could not be written");
}

int main(int argc, char **argv)
{
    const char *name = argc > 1 ? argv[1] : "";
    size_t i;

    log_start("osteon");
    if (strcmp(name, "--help") == 0 || strcmp(name, "-h") == 0) {
        print_usage(stdout);
        return finish(CLI_DONE);
    }
    if (strcmp(name, "--version") == 0) {
        puts("osteon " OSTEON_VERSION);
        return finish(CLI_DONE);
    }
    if (!*name) {
        print_usage(stderr);
        return CLI_USAGE;
    }
    for (i = 0; i < N_COMMANDS; i++)
        if (strcmp(name, commands[i].name) == 0)
            return finish(commands[i].run(argc - 1, argv + 1));
    return unknown(name);
}
