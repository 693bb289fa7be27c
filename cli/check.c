/* `osteon check`: what the node would do with this configuration, or what is
 * wrong with it and where. No network, no database. The bundles are judged by
 * osteon-infer, which is the one to load them. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cli/cli.h"
#include "cli/describe.h"
#include "cli/program.h"
#include "conf/json_line.h"

static const char usage[] =
    "usage: osteon check [-c FILE] [--state DIR] [--json]\n\n"
    "Validates the configuration and the model bundles it names, without a\n"
    "network.\n\n" CLI_OPTIONS CLI_JSON CLI_HELP;

static void print_node(const struct conf *conf)
{
    const struct conf_node *node = &conf->node;
    size_t i;

    printf("%s: ok\n\nnode          ", conf->path);
    for (i = 0; i < node->n_ae_titles; i++)
        printf("%s%s", i ? ", " : "", node->ae_titles[i]);
    if (node->port > 0)
        printf(" on %s:%" PRId64, node->address, node->port);
    if (node->tls.port > 0)
        printf("%s on %s:%" PRId64 " with TLS", node->port > 0 ? " and" : "",
               node->address, node->tls.port);
    putchar('\n');
    printf("spool         %s\n", node->spool);
    printf("database      %s\n", node->database);
    for (i = 0; i < conf->n_callers; i++)
        printf("%-14s%s from %s%s%s\n", i ? "" : "callers", conf->callers[i].ae,
               conf->callers[i].address,
               conf->callers[i].certificate[0] ? " with " : "",
               conf->callers[i].certificate);
    for (i = 0; i < conf->n_destinations; i++)
        printf("%-14s%s: %s@%s:%" PRId64 "%s\n", i ? "" : "destinations",
               conf->destinations[i].name, conf->destinations[i].ae,
               conf->destinations[i].host, conf->destinations[i].port,
               conf->destinations[i].tls ? " with TLS" : "");
}

static void print_routes(const struct conf *conf)
{
    size_t i;

    for (i = 0; i < conf->n_routes; i++) {
        const struct conf_route *route = &conf->routes[i];

        printf("\nroute %zu: %s (line %d)\n  if    ", i + 1, route->name,
               route->line);
        describe_match(stdout, &route->match);
        fputs("\n  then  ", stdout);
        describe_effect(stdout, route);
        if (route->n_models > 0) {
            fputs("\n  when  ", stdout);
            describe_complete(stdout, &route->complete);
        }
        if (route->final)
            fputs("\n  final: no later route sees the image", stdout);
        putchar('\n');
    }
}

static void phrase_match(FILE *out, const void *match)
{
    describe_match(out, match);
}

static void phrase_effect(FILE *out, const void *route)
{
    describe_effect(out, route);
}

static void phrase_complete(FILE *out, const void *complete)
{
    describe_complete(out, complete);
}

static json_t *callers_json(const struct conf *conf)
{
    json_t *list = json_array();
    size_t i;

    for (i = 0; i < conf->n_callers; i++)
        json_line_append(
            list,
            json_pack("{s:o,s:o}", "ae", json_line_text(conf->callers[i].ae),
                      "address", json_line_text(conf->callers[i].address)));
    return list;
}

static json_t *destinations_json(const struct conf *conf)
{
    json_t *list = json_array();
    size_t i;

    for (i = 0; i < conf->n_destinations; i++) {
        const struct conf_destination *destination = &conf->destinations[i];

        json_line_append(list,
                         json_pack("{s:o,s:o,s:o,s:I}", "name",
                                   json_line_text(destination->name), "ae",
                                   json_line_text(destination->ae), "host",
                                   json_line_text(destination->host), "port",
                                   (json_int_t)destination->port));
    }
    return list;
}

static json_t *routes_json(const struct conf *conf)
{
    json_t *list = json_array(), *item;
    size_t i;

    for (i = 0; i < conf->n_routes; i++) {
        const struct conf_route *route = &conf->routes[i];

        item = json_pack("{s:o,s:i,s:o,s:o}", "name",
                         json_line_text(route->name), "line", route->line, "if",
                         describe_json(phrase_match, &route->match), "then",
                         describe_json(phrase_effect, route));
        if (route->n_models > 0)
            json_line_set(item, "when",
                          describe_json(phrase_complete, &route->complete));
        json_line_set(item, "final", json_boolean(route->final));
        json_line_append(list, item);
    }
    return list;
}

static json_t *conf_json(const struct conf *conf, bool ok, json_t *models)
{
    const struct conf_node *node = &conf->node;
    json_t *titles = json_array();
    size_t i;

    for (i = 0; i < node->n_ae_titles; i++)
        json_line_append(titles, json_line_text(node->ae_titles[i]));
    return json_pack(
        "{s:b,s:o,s:o,s:o,s:I,s:o,s:o,s:o,s:o,s:o,s:o}", "ok", ok, "file",
        json_line_text(conf->path), "ae_titles", titles, "address",
        json_line_text(node->address), "port", (json_int_t)node->port, "spool",
        json_line_text(node->spool), "database", json_line_text(node->database),
        "callers", callers_json(conf), "destinations", destinations_json(conf),
        "routes", routes_json(conf), "models", models);
}

/* Runs osteon-infer --check; its exit status, -1: it did not run. output:
 * NULL, or gets the JSON it printed, null when there is none. */
static int check_models(const struct cli_args *args, json_t **output,
                        struct err *err)
{
    const char *extra[] = {"--check", args->json ? "--json" : NULL, NULL};
    int ends[2] = {-1, -1}, status = 0;
    struct program program;
    pid_t pid;

    if (output)
        *output = json_null();
    if (!program_prepare(&program, "osteon-infer", args, extra, err))
        return -1;
    if (output && pipe(ends) != 0) {
        err_set(err, ERR_RETRY, "no pipe for osteon-infer");
        return -1;
    }
    pid = program_start(&program, ends[1], err);
    if (output) {
        json_t *printed;

        close(ends[1]);
        printed =
            pid > 0 ? json_loadfd(ends[0], JSON_REJECT_DUPLICATES, NULL) : NULL;
        if (printed)
            *output = printed;
        close(ends[0]);
    }
    if (pid < 0 || waitpid(pid, &status, 0) != pid)
        return -1;
    return program_status(status);
}

static int check_json(const struct cli_args *args, const struct conf *conf)
{
    struct err err = {0};
    json_t *models;
    int status;

    status = check_models(args, &models, &err);
    json_line_print(conf_json(conf, status == 0, models));
    if (status < 0)
        return cli_fail(CLI_FAILED, "%s", err.msg);
    return status;
}

static int check_text(const struct cli_args *args, const struct conf *conf)
{
    struct err err = {0};
    int status;

    print_node(conf);
    print_routes(conf);
    putchar('\n');
    status = check_models(args, NULL, &err);
    if (status < 0)
        return cli_fail(CLI_FAILED, "models were not checked: %s", err.msg);
    if (status != 0)
        cli_fail(status, "a model is not valid; the node would not start");
    return status;
}

static int refused(const struct cli_args *args, const struct err *err)
{
    if (args->json)
        json_line_print(json_pack("{s:b,s:o,s:o}", "ok", false, "file",
                                  json_line_text(args->common.path), "error",
                                  json_line_text(err->msg)));
    return cli_fail(CONF_EXIT, "%s", err->msg);
}

int check_command(int argc, char **argv)
{
    struct cli_args args;
    struct err err = {0};
    struct conf *conf;
    int status;

    cli_parse(argc, argv, usage, true, NULL, &args);
    if (args.n_operands > 0)
        return cli_usage(usage, "unknown argument %s", args.operands[0]);
    conf = cli_load_node(&args, &err);
    if (!conf)
        return refused(&args, &err);
    status = args.json ? check_json(&args, conf) : check_text(&args, conf);
    conf_free(conf);
    return status;
}
