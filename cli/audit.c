/* `osteon audit`: what happened here, for an admin who asks (show), for an
 * auditor who doubts (verify), and for the hospital's audit repository
 * (export). The ledger is read as files: the node may be stopped, and its
 * database gone. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "cli/audit.h"
#include "cli/cli.h"
#include "db/audit_kind.h"

static const char usage[] =
    "usage: osteon audit [show] [-n N] [FILTER...] [--json]\n"
    "       osteon audit verify [--json]\n"
    "       osteon audit export [FILTER...] [--out FILE]\n"
    "       osteon audit events\n\n"
    "show prints the last records of the audit ledger, verify checks all of\n"
    "it, export writes it as DICOM audit messages (PS3.15 A.5, XML), one a\n"
    "line; events lists what is recorded, and as which message.\n\n"
    "  -n N         so many records (default 20)\n"
    "  --since T    FILTER: not before 2026-05-01 or 2026-05-01T10:00[:00][Z]\n"
    "  --until T    FILTER: before T\n"
    "  --event NAME FILTER: such as object.sent\n"
    "  --out FILE   a new file for the messages (default stdout)\n" CLI_OPTIONS
        CLI_JSON CLI_HELP;

/* Local time, or UTC with Z. */
static bool time_read(const char *text, int64_t *ms)
{
    static const char *const formats[] = {"%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M",
                                          "%Y-%m-%d"};

    for (size_t i = 0; i < sizeof formats / sizeof *formats; i++) {
        struct tm tm = {.tm_isdst = -1};
        const char *end = strptime(text, formats[i], &tm);
        time_t at;

        if (!end || (strcmp(end, "Z") != 0 && *end))
            continue;
        at = *end ? timegm(&tm) : mktime(&tm);
        *ms = (int64_t)at * 1000;
        return at >= 0;
    }
    return false;
}

static int wrong_time(const char *text)
{
    return cli_usage(usage, "\"%s\" is no time; write 2026-05-01T10:00", text);
}

static bool count_read(const char *text, int64_t *out)
{
    char *end;

    errno = 0;
    *out = strtoll(text, &end, 10);
    return !errno && end != text && !*end && *out > 0 && *out <= 1000000;
}

int audit_command(int argc, char **argv)
{
    const char *since = NULL, *until = NULL, *count = "20", *out = NULL;
    struct audit_filter filter = {0};
    const struct cli_option own[] = {
        {"-n", &count},      {"--since", &since},
        {"--until", &until}, {"--event", &filter.event},
        {"--out", &out},     {NULL, NULL}};
    const char *verb = "show";
    struct cli_args args;
    struct conf *conf;
    int status;

    cli_parse(argc, argv, usage, true, own, &args);
    if (args.n_operands > 0)
        verb = args.operands[0];
    if (args.n_operands > 1 ||
        (strcmp(verb, "show") != 0 && strcmp(verb, "verify") != 0 &&
         strcmp(verb, "export") != 0 && strcmp(verb, "events") != 0))
        return cli_usage(usage, "unknown argument %s",
                         args.operands[args.n_operands - 1]);
    if (strcmp(verb, "events") == 0) {
        audit_kind_print(stdout);
        return CLI_DONE;
    }
    if (since && !time_read(since, &filter.since_ms))
        return wrong_time(since);
    if (until && !time_read(until, &filter.until_ms))
        return wrong_time(until);
    if (!count_read(count, &filter.last))
        return cli_usage(usage, "-n: \"%s\" is no count", count);
    conf = cli_conf(&args);
    if (!conf)
        return CONF_EXIT;
    if (strcmp(verb, "verify") == 0) {
        status = audit_verify(conf, args.json);
    } else if (strcmp(verb, "export") == 0) {
        filter.last = 0;
        status = audit_export(conf, &filter, out);
    } else {
        status = audit_show(conf, &filter, args.json);
    }
    conf_free(conf);
    return status;
}
