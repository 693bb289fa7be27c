/* `osteon explain`: why was this film analysed, or not? The routes are asked
 * exactly as the receiver asks them (dicom/match.h), and each one that says no
 * names its first condition that failed and what the file has instead. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/cli.h"
#include "cli/explain.h"
#include "conf/mem.h"

static const char usage[] =
    "usage: osteon explain [-c FILE] [--calling AE] [--called AE] [--json]\n"
    "                      FILE...\n\n"
    "For each route: does it take the file, or which condition does not, and\n"
    "what would happen. Nothing is sent or stored.\n\n"
    "  -c FILE      configuration (default " CONF_DEFAULT_PATH ")\n"
    "  --calling AE as if this AE title had sent it (default none)\n"
    "  --called AE  as if sent to this one (default the node's first)\n"
    "  --json       print JSON, one line a file\n" CLI_HELP;

/* The same checks as for an object from the network. */
static struct dcm *examine(const char *path, struct scan *scan, struct err *err)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    char syntax[65];
    off_t offset;
    bool good;

    if (fd < 0) {
        err_set(err, ERR_REJECT, "%s", strerror(errno));
        return NULL;
    }
    good = scan_part10(fd, syntax, &offset, err) &&
           scan_data_set(fd, offset, syntax, &scan_limits_default, scan, err);
    close(fd);
    return good ? dcm_read(path, err) : NULL;
}

/* What no route can change: only images go to a model, and none of our own
 * results. */
static const char *barred(const struct dcm *set, const struct scan *scan)
{
    char maker[17], model[17];

    if (scan->rows == 0 || scan->columns == 0)
        return "it has no pixels";
    if (dcm_text(set, "Manufacturer", maker, sizeof maker) &&
        dcm_text(set, "ManufacturerModelName", model, sizeof model) &&
        strcmp(maker, "osteon") == 0 && strcmp(model, "osteon") == 0)
        return "it is a result of osteon";
    return NULL;
}

static void ask_routes(const struct conf *conf, const struct match_input *in,
                       struct explain_route *routes)
{
    bool *selected = mem_calloc(conf->n_routes + 1, sizeof *selected);
    const struct conf_route *last = NULL;
    size_t i;

    match_routes(conf, in, selected);
    for (i = 0; i < conf->n_routes; i++) {
        routes[i].route = &conf->routes[i];
        routes[i].needs_met = match_needs(&conf->routes[i].complete, in);
        if (last) {
            routes[i].outcome = EXPLAIN_NOT_REACHED;
            snprintf(routes[i].why, sizeof routes[i].why,
                     "route %s before it is final", last->name);
        } else if (selected[i]) {
            routes[i].outcome = EXPLAIN_TAKES;
            if (conf->routes[i].final)
                last = &conf->routes[i];
        } else {
            routes[i].outcome = EXPLAIN_DIFFERS;
            match_image(&conf->routes[i].match, in, routes[i].why,
                        sizeof routes[i].why);
        }
    }
    free(selected);
}

static bool explain_file(const struct conf *conf, const char *path,
                         const char *calling_ae, const char *called_ae,
                         bool as_json)
{
    struct explain explain = {.path = path, .conf = conf};
    struct match_input in = {.calling_ae = calling_ae, .called_ae = called_ae};
    struct err err = {0};
    struct dcm *set;

    set = examine(path, &explain.scan, &err);
    if (set) {
        in.set = set;
        explain.barred = barred(set, &explain.scan);
        explain.routes = mem_calloc(conf->n_routes + 1, sizeof *explain.routes);
        ask_routes(conf, &in, explain.routes);
    } else {
        explain.error = err.msg;
    }
    if (as_json)
        explain_json(&explain);
    else
        explain_text(&explain);
    free(explain.routes);
    dcm_free(set);
    return !explain.error;
}

int explain_command(int argc, char **argv)
{
    const char *calling_ae = "", *called_ae = NULL;
    const struct cli_option own[] = {
        {"--calling", &calling_ae}, {"--called", &called_ae}, {NULL, NULL}};
    struct cli_args args;
    struct err err = {0};
    struct conf *conf;
    bool good = true;
    int i;

    cli_parse(argc, argv, usage, true, own, &args);
    if (args.n_operands == 0)
        return cli_usage(usage, "which file?");
    conf = cli_load(&args, &err);
    if (!conf)
        return cli_fail(CONF_EXIT, "%s", err.msg);
    if (!called_ae)
        called_ae = conf->node.ae_titles[0];
    for (i = 0; i < args.n_operands; i++)
        good &= explain_file(conf, args.operands[i], calling_ae, called_ae,
                             args.json);
    conf_free(conf);
    return good ? CLI_DONE : CLI_FAILED;
}
