/* Where results and originals go. A destination's name is what routes, jobs
 * and the log call it; its AE title is only how the peer is addressed. */
#include "conf/conf_read.h"

#include <stdio.h>
#include <string.h>

#include "conf/mem.h"

#define SECOND_MS 1000.0
#define HOUR_MS   (3600 * SECOND_MS)

/* Order of enum conf_commit. */
static const char *const commit_choices[] = {"none", "naction", "cfind", NULL};

static const struct yaml_key keys[] = {
    {.name = "ae",
     .type = YAML_AE,
     YAML_AT(struct conf_destination, ae),
     .required = true},
    {.name = "calling_ae",
     .type = YAML_AE,
     YAML_AT(struct conf_destination, calling_ae)},
    {.name = "host",
     .type = YAML_TEXT,
     YAML_AT(struct conf_destination, host),
     .min = 1,
     .max = 255,
     .required = true},
    {.name = "port",
     .type = YAML_INT,
     YAML_AT(struct conf_destination, port),
     .min = 1,
     .max = 65535,
     .required = true},
    {.name = "retry_for",
     .type = YAML_DURATION,
     YAML_AT(struct conf_destination, retry_for_ms),
     .min = SECOND_MS,
     .max = 365 * 24 * HOUR_MS},
    {.name = "connect",
     .type = YAML_DURATION,
     YAML_AT(struct conf_destination, connect_ms),
     .min = SECOND_MS,
     .max = HOUR_MS},
    {.name = "response",
     .type = YAML_DURATION,
     YAML_AT(struct conf_destination, response_ms),
     .min = SECOND_MS,
     .max = HOUR_MS},
    {.name = "idle",
     .type = YAML_DURATION,
     YAML_AT(struct conf_destination, idle_ms),
     .min = 0,
     .max = HOUR_MS},
    {.name = "tls", .type = YAML_BOOL, YAML_AT(struct conf_destination, tls)},
    {.name = "certificate",
     .type = YAML_TEXT,
     YAML_AT(struct conf_destination, certificate),
     .min = 1},
    {.name = "commit",
     .type = YAML_CHOICE,
     YAML_AT(struct conf_destination, commit),
     .choices = commit_choices},
    {.name = "commit_wait",
     .type = YAML_DURATION,
     YAML_AT(struct conf_destination, commit_wait_ms),
     .min = SECOND_MS,
     .max = 30 * 24 * HOUR_MS},
    {.name = NULL},
};

static bool read_one(const struct yaml_file *file, const struct yaml_node *name,
                     const struct yaml_node *value,
                     const struct conf_node *node, struct conf_destination *out,
                     struct err *err)
{
    static const char in_hosts[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                   "abcdefghijklmnopqrstuvwxyz"
                                   "0123456789_.:-";

    *out = (struct conf_destination){.retry_for_ms = 72LL * 3600 * 1000,
                                     .connect_ms = 10000,
                                     .response_ms = 60000,
                                     .idle_ms = 30000,
                                     .commit_wait_ms = 24LL * 3600 * 1000};
    strcpy(out->calling_ae, node->ae_titles[0]);
    if (!conf_list_name(file, name, "destination", err) ||
        !yaml_apply(file, value, keys, out, err))
        return false;
    strcpy(out->name, name->text);
    if (out->host[strspn(out->host, in_hosts)])
        return yaml_error(file, yaml_get(value, "host"), err,
                          "host: \"%.64s\" is not a host; write its name or "
                          "IP address, and the port apart",
                          out->host);
    if (out->tls && !node->tls.on)
        return yaml_error(file, yaml_get(value, "tls"), err,
                          "tls: needs the section node.tls, which says what "
                          "we show and whom we trust");
    if (out->certificate[0] && !out->tls)
        return yaml_error(file, yaml_get(value, "certificate"), err,
                          "certificate: is for tls: true");
    return true;
}

bool conf_destination_read(const struct yaml_file *file,
                           const struct yaml_node *node, struct conf *conf,
                           struct err *err)
{
    if (!node)
        return true;
    if (node->kind != YAML_MAPPING)
        return yaml_error(file, node, err,
                          "destinations: wants a mapping; write `pacs: {ae: "
                          "TITLE, host: ADDRESS, port: NUMBER}`");
    if (node->count > CONF_MOST_DESTINATIONS)
        return yaml_error(file, node, err,
                          "destinations: has %zu entries; at most %d are "
                          "allowed",
                          node->count, CONF_MOST_DESTINATIONS);
    conf->destinations = mem_calloc(node->count, sizeof *conf->destinations);
    for (size_t i = 0; i < node->count; i++) {
        if (!read_one(file, &node->keys[i], &node->items[i], &conf->node,
                      &conf->destinations[i], err))
            return false;
        conf->n_destinations++;
    }
    return true;
}

const struct conf_destination *conf_destination(const struct conf *conf,
                                                const char *name)
{
    for (size_t i = 0; i < conf->n_destinations; i++)
        if (strcmp(conf->destinations[i].name, name) == 0)
            return &conf->destinations[i];
    return NULL;
}
