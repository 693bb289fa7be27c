/* What all subcommands share: options, the configuration, how an error is
 * said. The common options are conf/'s; this adds --json, a subcommand's own
 * options, and operands anywhere on the line. */
#include "cli/cli.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dicom/match.h"
#include "dicom/tls.h"

/* argv[at] is an own option or --json; returns how many words it takes, 0
 * when it is neither. */
static int own_option(int argc, char **argv, int at, const char *usage,
                      bool json, const struct cli_option *own,
                      const struct cli_flag *flags, struct cli_args *out)
{
    if (json && strcmp(argv[at], "--json") == 0) {
        out->json = true;
        return 1;
    }
    for (; flags && flags->name; flags++) {
        if (strcmp(argv[at], flags->name) == 0) {
            *flags->given = true;
            return 1;
        }
    }
    for (; own && own->name; own++) {
        if (strcmp(argv[at], own->name) != 0)
            continue;
        if (at + 1 >= argc)
            exit(cli_usage(usage, "no value for %s", argv[at]));
        *own->value = argv[at + 1];
        return 2;
    }
    return 0;
}

void cli_parse(int argc, char **argv, const char *usage, bool json,
               const struct cli_option *own, struct cli_args *out)
{
    cli_parse_flags(argc, argv, usage, json, own, NULL, out);
}

void cli_parse_flags(int argc, char **argv, const char *usage, bool json,
                     const struct cli_option *own, const struct cli_flag *flags,
                     struct cli_args *out)
{
    int at = 1, operands = 0, words;

    memset(out, 0, sizeof *out);
    for (;;) {
        /* conf_options() looks behind the word it is given first */
        at +=
            conf_options(argc - at + 1, argv + at - 1, usage, &out->common) - 1;
        if (at >= argc)
            break;
        words = own_option(argc, argv, at, usage, json, own, flags, out);
        if (words == 0) {
            if (strcmp(argv[at], "--") == 0)
                break;
            if (argv[at][0] == '-' && argv[at][1])
                exit(cli_usage(usage, "unknown option %s", argv[at]));
            argv[operands++] = argv[at];
            words = 1;
        }
        at += words;
    }
    for (at++; at < argc; at++)
        argv[operands++] = argv[at];
    out->operands = argv;
    out->n_operands = operands;
}

struct conf *cli_load(const struct cli_args *args, struct err *err)
{
    struct conf *conf = conf_load(args->common.path, &args->common.over, err);

    if (conf && !match_check(conf, err)) {
        conf_free(conf);
        conf = NULL;
    }
    return conf;
}

struct conf *cli_load_node(const struct cli_args *args, struct err *err)
{
    struct conf *conf = cli_load(args, err);

    if (conf && !dcm_tls_check(&conf->node.tls, err)) {
        conf_free(conf);
        conf = NULL;
    }
    return conf;
}

struct conf *cli_conf(const struct cli_args *args)
{
    struct err err = {0};
    struct conf *conf = conf_load(args->common.path, &args->common.over, &err);

    if (!conf)
        cli_fail(CONF_EXIT, "%s", err.msg);
    return conf;
}

static void say(const char *format, va_list args)
{
    /* What was printed before comes first, also into one file. */
    fflush(stdout);
    fputs("osteon: ", stderr);
    vfprintf(stderr, format, args);
    fputc('\n', stderr);
}

int cli_fail(int status, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    say(format, args);
    va_end(args);
    return status;
}

int cli_usage(const char *usage, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    say(format, args);
    va_end(args);
    fputs(usage, stderr);
    return CLI_USAGE;
}
