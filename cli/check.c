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
#include "cli/json.h"
#include "cli/json_read.h"
#include "cli/program.h"
#include "cli/text.h"

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
    printf(" on %s:%" PRId64 "\n", node->address, node->port);
    printf("spool         %s\n", node->spool);
    printf("database      %s\n", node->database);
    for (i = 0; i < conf->n_callers; i++)
        printf("%-14s%s from %s\n", i ? "" : "callers", conf->callers[i].ae,
               conf->callers[i].address);
    for (i = 0; i < conf->n_destinations; i++)
        printf("%-14s%s: %s@%s:%" PRId64 "\n", i ? "" : "destinations",
               conf->destinations[i].name, conf->destinations[i].ae,
               conf->destinations[i].host, conf->destinations[i].port);
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

/* One phrase of describe.h as a JSON string. */
static void json_phrase(struct json *json, const char *key,
                        void (*phrase)(FILE *out, const void *what),
                        const void *what)
{
    char *text = NULL;
    size_t n;
    FILE *out = open_memstream(&text, &n);

    if (!out)
        return;
    phrase(out, what);
    fclose(out);
    json_text(json, key, text);
    free(text);
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

static void json_conf(struct json *json, const struct conf *conf)
{
    size_t i;

    json_text(json, "file", conf->path);
    json_array(json, "ae_titles");
    for (i = 0; i < conf->node.n_ae_titles; i++)
        json_text(json, NULL, conf->node.ae_titles[i]);
    json_end(json);
    json_text(json, "address", conf->node.address);
    json_int(json, "port", conf->node.port);
    json_text(json, "spool", conf->node.spool);
    json_text(json, "database", conf->node.database);
    json_array(json, "callers");
    for (i = 0; i < conf->n_callers; i++) {
        json_object(json, NULL);
        json_text(json, "ae", conf->callers[i].ae);
        json_text(json, "address", conf->callers[i].address);
        json_end(json);
    }
    json_end(json);
    json_array(json, "destinations");
    for (i = 0; i < conf->n_destinations; i++) {
        json_object(json, NULL);
        json_text(json, "name", conf->destinations[i].name);
        json_text(json, "ae", conf->destinations[i].ae);
        json_text(json, "host", conf->destinations[i].host);
        json_int(json, "port", conf->destinations[i].port);
        json_end(json);
    }
    json_end(json);
    json_array(json, "routes");
    for (i = 0; i < conf->n_routes; i++) {
        const struct conf_route *route = &conf->routes[i];

        json_object(json, NULL);
        json_text(json, "name", route->name);
        json_int(json, "line", route->line);
        json_phrase(json, "if", phrase_match, &route->match);
        json_phrase(json, "then", phrase_effect, route);
        if (route->n_models > 0)
            json_phrase(json, "when", phrase_complete, &route->complete);
        json_bool(json, "final", route->final);
        json_end(json);
    }
    json_end(json);
}

/* Everything the child prints, at most what json_parse() takes. */
static char *read_all(int fd)
{
    char *text = calloc(1, JSON_READ_BYTES + 1);
    size_t used = 0;
    ssize_t n;

    while (text && used < JSON_READ_BYTES &&
           (n = read(fd, text + used, JSON_READ_BYTES - used)) > 0)
        used += (size_t)n;
    return text;
}

/* Runs osteon-infer --check; its exit status, -1: it did not run. output:
 * NULL, or gets what it printed (malloc'd). */
static int check_models(const struct cli_args *args, char **output,
                        struct err *err)
{
    const char *extra[] = {"--check", args->json ? "--json" : NULL, NULL};
    int ends[2] = {-1, -1}, status = 0;
    struct program program;
    pid_t pid;

    if (!program_prepare(&program, "osteon-infer", args, extra, err))
        return -1;
    if (output && pipe(ends) != 0) {
        err_set(err, ERR_RETRY, "no pipe for osteon-infer");
        return -1;
    }
    pid = program_start(&program, ends[1], err);
    if (output) {
        close(ends[1]);
        *output = pid > 0 ? read_all(ends[0]) : NULL;
        close(ends[0]);
    }
    if (pid < 0 || waitpid(pid, &status, 0) != pid)
        return -1;
    return program_status(status);
}

static int check_json(const struct cli_args *args, const struct conf *conf)
{
    struct json_tree *tree;
    struct err err = {0};
    char *models = NULL;
    struct json json;
    int status;

    status = check_models(args, &models, &err);
    json_start(&json, stdout);
    json_object(&json, NULL);
    json_bool(&json, "ok", status == 0);
    json_conf(&json, conf);
    tree = models ? json_parse(models, &err) : NULL;
    if (tree) {
        /* between values only: a string holds no bare line feed */
        for (char *at = models; (at = strchr(at, '\n'));)
            *at = ' ';
        json_raw(&json, "models", models);
    } else {
        json_null(&json, "models");
    }
    json_end(&json);
    json_tree_free(tree);
    free(models);
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
    struct json json;

    if (args->json) {
        json_start(&json, stdout);
        json_object(&json, NULL);
        json_bool(&json, "ok", false);
        json_text(&json, "file", args->common.path);
        json_text(&json, "error", err->msg);
        json_end(&json);
    }
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
    conf = cli_load(&args, &err);
    if (!conf)
        return refused(&args, &err);
    status = args.json ? check_json(&args, conf) : check_text(&args, conf);
    conf_free(conf);
    return status;
}
