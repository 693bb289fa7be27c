/* osteon.yaml as one checked value. A program that has it can rely on every
 * bound of conf.h and on every name leading somewhere; a file with one
 * mistake is refused whole. */
#include "conf/conf.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "conf/conf_read.h"
#include "conf/mem.h"

struct sections {
    const struct yaml_node *node, *callers, *destinations, *routes, *audit;
    char models[CONF_PATH];
};

static const struct yaml_key keys[] = {
    {.name = "node",
     .type = YAML_ANY,
     YAML_AT(struct sections, node),
     .required = true},
    {.name = "callers",
     .type = YAML_ANY,
     YAML_AT(struct sections, callers),
     .required = true},
    {.name = "destinations",
     .type = YAML_ANY,
     YAML_AT(struct sections, destinations)},
    {.name = "models",
     .type = YAML_PATH,
     YAML_AT(struct sections, models),
     .min = 1},
    {.name = "routes",
     .type = YAML_ANY,
     YAML_AT(struct sections, routes),
     .required = true},
    {.name = "audit", .type = YAML_ANY, YAML_AT(struct sections, audit)},
    {.name = NULL},
};

static bool read_sections(const struct yaml_file *file, struct conf *conf,
                          struct err *err)
{
    struct sections s = {0};

    if (!yaml_apply(file, &file->root, keys, &s, err))
        return false;
    strcpy(conf->models, s.models);
    return conf_node_read(file, s.node, conf, err) &&
           conf_caller_read(file, s.callers, conf, err) &&
           conf_destination_read(file, s.destinations, conf, err) &&
           conf_route_read(file, s.routes, conf, err) &&
           conf_audit_read(file, s.audit, conf, err);
}

static bool join(char out[CONF_PATH], const char *folder, const char *state,
                 const char *name)
{
    int n = snprintf(out, CONF_PATH, "%s%s/%s", folder, state, name);

    return n > 0 && n < CONF_PATH;
}

static bool override_state(struct conf *conf, const char *state,
                           struct err *err)
{
    struct conf_node *node = &conf->node;
    char here[CONF_PATH] = "";

    /* A program's children may have another current folder. */
    if (state[0] != '/') {
        if (!getcwd(here, sizeof here - 1))
            return err_set(err, ERR_REJECT,
                           "--state %.128s: the current folder has no usable "
                           "path (%s); give an absolute one",
                           state, strerror(errno));
        strcat(here, "/");
    }
    if (!join(node->spool, here, state, "spool") ||
        !join(node->database, here, state, "osteon.db") ||
        !join(conf->audit.ledger, here, state, "audit"))
        return err_set(err, ERR_REJECT,
                       "--state %.128s: the path is longer than %zu characters",
                       state, sizeof node->database - sizeof "/osteon.db");
    return true;
}

bool conf_may_run(const struct conf *conf, struct err *err)
{
    if (geteuid() != 0 || conf->node.allow_root)
        return true;
    return err_set(err, ERR_REJECT,
                   "osteon does not run as root: start it as a user of its "
                   "own, as the systemd units do, or set node.allow_root: "
                   "true");
}

struct conf *conf_load(const char *path, const struct conf_override *over,
                       struct err *err)
{
    struct yaml_file file;
    struct conf *conf;
    bool ok;

    if (!yaml_read(path, &file, err))
        return NULL;
    conf = mem_calloc(1, sizeof *conf);
    strcpy(conf->path, file.path);
    ok = read_sections(&file, conf, err);
    yaml_free(&file);
    if (ok && over && over->state)
        ok = override_state(conf, over->state, err);
    if (ok && over && over->port)
        conf->node.port = over->port;
    if (ok)
        return conf;
    conf_free(conf);
    return NULL;
}

static void free_route(struct conf_route *route)
{
    conf_match_free(&route->match);
    for (size_t i = 0; i < route->complete.n_needs; i++)
        conf_match_free(&route->complete.needs[i]);
    free(route->complete.needs);
    free(route->models);
    free(route->send);
    free(route->forward);
}

void conf_free(struct conf *conf)
{
    if (!conf)
        return;
    for (size_t i = 0; i < conf->n_routes; i++)
        free_route(&conf->routes[i]);
    free(conf->routes);
    free(conf->destinations);
    free(conf->callers);
    free(conf->node.ae_titles);
    conf_device_free(&conf->node.inference);
    free(conf);
}
