/* `osteon analyse`: the admin knows one command; the work, and the options,
 * are osteon-infer's. */
#include <stdio.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/program.h"
#include "conf/mem.h"

static const char usage[] =
    "usage: osteon analyse [-c FILE] [--json] [--model NAME] [--out DIR]\n"
    "                      FILE...\n\n"
    "Runs a model on DICOM files. Nothing is sent, stored or queued.\n\n"
    "  -c FILE      configuration (default " CONF_DEFAULT_PATH ")\n"
    "  --model NAME this model instead of those of the matching routes\n"
    "  --out DIR    write the result objects there\n" CLI_JSON CLI_HELP;

int analyse_command(int argc, char **argv)
{
    char path[PROGRAM_PATH];
    struct err err = {0};
    char **args;
    int i;

    for (i = 1; i < argc && strcmp(argv[i], "--") != 0; i++) {
        if (strcmp(argv[i], "--help") == 0) {
            fputs(usage, stdout);
            return CLI_DONE;
        }
    }
    if (!program_path(path, "osteon-infer", &err))
        return cli_fail(CLI_FAILED, "%s", err.msg);
    args = mem_calloc((size_t)argc + 2, sizeof *args);
    args[0] = path;
    args[1] = mem_strdup("--analyse");
    for (i = 1; i < argc; i++)
        args[i + 1] = argv[i];
    program_exec(path, args, &err);
    return cli_fail(CLI_FAILED, "%s", err.msg);
}
