/* The routes: which images, when they are complete, which models, where to.
 * Everything a route names must exist, and is checked here, where line and
 * column are known: a node that starts has no dangling route. */
#include "conf/conf_read.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "conf/mem.h"

static const char *const on_failure_choices[] = {"none", "sr", "note", NULL};

struct parts {
    char name[CONF_NAME];
    int64_t priority;
    int on_failure;
    bool final;
    const struct yaml_node *match, *complete, *models, *results;
    const struct yaml_node *send, *forward, *priors;
};

static const struct yaml_key keys[] = {
    {.name = "name",
     .type = YAML_TEXT,
     YAML_AT(struct parts, name),
     .required = true},
    {.name = "match",
     .type = YAML_ANY,
     YAML_AT(struct parts, match),
     .required = true},
    {.name = "complete", .type = YAML_ANY, YAML_AT(struct parts, complete)},
    {.name = "models", .type = YAML_ANY, YAML_AT(struct parts, models)},
    {.name = "results", .type = YAML_ANY, YAML_AT(struct parts, results)},
    {.name = "send", .type = YAML_ANY, YAML_AT(struct parts, send)},
    {.name = "forward", .type = YAML_ANY, YAML_AT(struct parts, forward)},
    {.name = "priors", .type = YAML_ANY, YAML_AT(struct parts, priors)},
    {.name = "priority",
     .type = YAML_INT,
     YAML_AT(struct parts, priority),
     .min = 0,
     .max = 9},
    {.name = "on_failure",
     .type = YAML_CHOICE,
     YAML_AT(struct parts, on_failure),
     .choices = on_failure_choices},
    {.name = "final", .type = YAML_BOOL, YAML_AT(struct parts, final)},
    {.name = NULL},
};

static bool check_name(const struct yaml_file *file,
                       const struct yaml_node *section, size_t index,
                       struct conf *conf, struct err *err)
{
    const struct yaml_node *name = yaml_get(&section->items[index], "name");

    if (!conf_list_name(file, name, "route", err))
        return false;
    for (size_t i = 0; i < index; i++)
        if (strcmp(conf->routes[i].name, name->text) == 0)
            return yaml_error(file, name, err,
                              "route \"%s\" is already in line %d; each needs "
                              "a name of its own",
                              name->text, conf->routes[i].line);
    return true;
}

static bool check_models(const struct yaml_file *file,
                         const struct yaml_node *list, const struct conf *conf,
                         struct err *err)
{
    for (size_t i = 0; list && i < list->count; i++) {
        const struct yaml_node *item = &list->items[i];
        char path[CONF_PATH + CONF_NAME + 16];

        if (!conf_list_name(file, item, "model", err))
            return false;
        if (conf->models[0] == '\0')
            return yaml_error(file, item, err,
                              "models: the file does not say where models "
                              "are; add `models: FOLDER` at its top level");
        snprintf(path, sizeof path, "%s/%s/model.yaml", conf->models,
                 item->text);
        if (access(path, R_OK) != 0)
            return yaml_error(file, item, err,
                              "models: no model \"%s\"; %s cannot be read: %s",
                              item->text, path, strerror(errno));
    }
    return true;
}

static bool check_sense(const struct yaml_file *file,
                        const struct conf_route *route,
                        const struct yaml_node *name, struct err *err)
{
    if (route->n_models > 0 && route->n_send == 0)
        return yaml_error(file, name, err,
                          "route \"%s\" has models but nowhere to send their "
                          "results; add `send: [DESTINATION]`",
                          route->name);
    if (route->n_models == 0 && route->n_send > 0)
        return yaml_error(file, name, err,
                          "route \"%s\" sends results but has no models; use "
                          "forward for the images themselves",
                          route->name);
    if (route->n_models == 0 && route->priors.on)
        return yaml_error(file, name, err,
                          "route \"%s\" has priors but no models whose numbers "
                          "they could be compared with; remove priors",
                          route->name);
    if (route->n_models == 0 && route->n_forward == 0 && !route->final)
        return yaml_error(file, name, err,
                          "route \"%s\" does nothing; give it models or "
                          "forward, or `final: true` to end the search",
                          route->name);
    return true;
}

static bool read_lists(const struct yaml_file *file, const struct parts *parts,
                       const struct conf *conf, struct conf_route *route,
                       struct err *err)
{
    struct yaml_key rule = {
        .name = "models", .type = YAML_TEXT, .size = CONF_NAME};

    if (!conf_list_read(file, parts->models, &rule, 0, CONF_MOST_MODELS,
                        &route->models, &route->n_models, err) ||
        !check_models(file, parts->models, conf, err))
        return false;
    rule.name = "send";
    if (!conf_list_read(file, parts->send, &rule, 0, CONF_MOST_DESTINATIONS,
                        &route->send, &route->n_send, err) ||
        !conf_list_destinations(file, parts->send, rule.name, conf, err))
        return false;
    rule.name = "forward";
    return conf_list_read(file, parts->forward, &rule, 0,
                          CONF_MOST_DESTINATIONS, &route->forward,
                          &route->n_forward, err) &&
           conf_list_destinations(file, parts->forward, rule.name, conf, err);
}

/* Whoever asks for priors wants to see the course. */
static bool read_chart(const struct yaml_file *file,
                       const struct yaml_node *results,
                       struct conf_route *route, struct err *err)
{
    const struct yaml_node *chart = results ? yaml_get(results, "chart") : NULL;

    if (!chart)
        route->results.chart = route->priors.on;
    else if (route->results.chart && !route->priors.on)
        return yaml_error(file, chart, err,
                          "chart: route \"%s\" has no earlier values to draw; "
                          "add `priors:`",
                          route->name);
    return true;
}

static bool read_one(const struct yaml_file *file,
                     const struct yaml_node *section, size_t index,
                     struct conf *conf, struct err *err)
{
    const struct yaml_node *item = &section->items[index];
    struct conf_route *route = &conf->routes[index];
    struct parts parts = {.priority = 5};

    if (!yaml_apply(file, item, keys, &parts, err) ||
        !check_name(file, section, index, conf, err))
        return false;
    strcpy(route->name, parts.name);
    route->line = item->line;
    route->column = item->column;
    route->priority = parts.priority;
    route->on_failure = parts.on_failure;
    route->final = parts.final;
    return conf_match_read(file, parts.match, &route->match, err) &&
           conf_complete_read(file, parts.complete, &route->complete, err) &&
           conf_results_read(file, parts.results, &route->results, err) &&
           read_lists(file, &parts, conf, route, err) &&
           conf_priors_read(file, parts.priors, &route->priors, err) &&
           read_chart(file, parts.results, route, err) &&
           check_sense(file, route, yaml_get(item, "name"), err);
}

bool conf_route_read(const struct yaml_file *file, const struct yaml_node *node,
                     struct conf *conf, struct err *err)
{
    if (!conf_list_check(file, node, "routes", 0, CONF_MOST_ROUTES, err))
        return false;
    conf->routes = mem_calloc(node->count, sizeof *conf->routes);
    conf->n_routes = node->count;
    for (size_t i = 0; i < node->count; i++)
        if (!read_one(file, node, i, conf, err))
            return false;
    return true;
}

const struct conf_route *conf_route(const struct conf *conf, const char *name)
{
    for (size_t i = 0; i < conf->n_routes; i++)
        if (strcmp(conf->routes[i].name, name) == 0)
            return &conf->routes[i];
    return NULL;
}
