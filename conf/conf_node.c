/* The section `node`: who we are, where we listen and keep our state, and how
 * much we take. The defaults here are those of osteon.yaml(5). */
#include "conf/conf_read.h"

#include <arpa/inet.h>
#include <string.h>

#define SECOND_MS 1000.0
#define MINUTE_MS (60 * SECOND_MS)
#define HOUR_MS   (60 * MINUTE_MS)
#define DAY_MS    (24 * HOUR_MS)
#define KIB       1024.0
#define GIB       (KIB * KIB * KIB)

struct inference_parts {
    struct conf_inference inference;
    const struct yaml_node *devices;
};

struct parts {
    struct conf_node node;
    struct inference_parts inference;
    const struct yaml_node *ae_titles, *tls;
};

static const struct yaml_key limits_keys[] = {
    {.name = "associations",
     .type = YAML_INT,
     YAML_AT(struct conf_limits, associations),
     .min = 1,
     .max = 1024},
    {.name = "associations_per_caller",
     .type = YAML_INT,
     YAML_AT(struct conf_limits, associations_per_caller),
     .min = 1,
     .max = 1024},
    /* PS3.8 D.1.1 sets no limit; these two are DCMTK's. */
    {.name = "pdu",
     .type = YAML_BYTES,
     YAML_AT(struct conf_limits, pdu_bytes),
     .min = 4 * KIB,
     .max = 128 * KIB},
    {.name = "object",
     .type = YAML_BYTES,
     YAML_AT(struct conf_limits, object_bytes),
     .min = 64 * KIB,
     .max = 64 * GIB},
    {.name = "associate",
     .type = YAML_DURATION,
     YAML_AT(struct conf_limits, associate_ms),
     .min = SECOND_MS,
     .max = 5 * MINUTE_MS},
    {.name = "idle",
     .type = YAML_DURATION,
     YAML_AT(struct conf_limits, idle_ms),
     .min = SECOND_MS,
     .max = HOUR_MS},
    {.name = "object_time",
     .type = YAML_DURATION,
     YAML_AT(struct conf_limits, object_ms),
     .min = SECOND_MS,
     .max = DAY_MS},
    {.name = "free",
     .type = YAML_BYTES,
     YAML_AT(struct conf_limits, free_bytes),
     .min = 0,
     .max = 1024 * GIB},
    {.name = "ballast",
     .type = YAML_BYTES,
     YAML_AT(struct conf_limits, ballast_bytes),
     .min = 0,
     .max = GIB},
    {.name = NULL},
};

static const struct yaml_key inference_keys[] = {
    {.name = "processes",
     .type = YAML_INT,
     YAML_AT(struct inference_parts, inference.processes),
     .min = 1,
     .max = 64},
    {.name = "threads",
     .type = YAML_INT,
     YAML_AT(struct inference_parts, inference.threads),
     .min = 1,
     .max = 256},
    {.name = "device",
     .type = YAML_TEXT,
     YAML_AT(struct inference_parts, inference.device)},
    {.name = "deadline",
     .type = YAML_DURATION,
     YAML_AT(struct inference_parts, inference.deadline_ms),
     .min = SECOND_MS,
     .max = DAY_MS},
    {.name = "demonstration_models",
     .type = YAML_BOOL,
     YAML_AT(struct inference_parts, inference.demonstration_models)},
    {.name = "devices",
     .type = YAML_ANY,
     YAML_AT(struct inference_parts, devices)},
    {.name = NULL},
};

static const struct yaml_key retry_keys[] = {
    {.name = "first",
     .type = YAML_DURATION,
     YAML_AT(struct conf_retry, first_ms),
     .min = 100,
     .max = HOUR_MS},
    {.name = "cap",
     .type = YAML_DURATION,
     YAML_AT(struct conf_retry, cap_ms),
     .min = 100,
     .max = DAY_MS},
    {.name = "attempts",
     .type = YAML_INT,
     YAML_AT(struct conf_retry, attempts),
     .min = 1,
     .max = 100},
    {.name = "parked",
     .type = YAML_DURATION,
     YAML_AT(struct conf_retry, parked_ms),
     .min = 100,
     .max = DAY_MS},
    {.name = NULL},
};

static const struct yaml_key node_keys[] = {
    {.name = "ae_titles",
     .type = YAML_ANY,
     YAML_AT(struct parts, ae_titles),
     .required = true},
    {.name = "address", .type = YAML_TEXT, YAML_AT(struct parts, node.address)},
    {.name = "port",
     .type = YAML_INT,
     YAML_AT(struct parts, node.port),
     .min = 0,
     .max = 65535},
    {.name = "allow_root",
     .type = YAML_BOOL,
     YAML_AT(struct parts, node.allow_root)},
    {.name = "tls", .type = YAML_ANY, YAML_AT(struct parts, tls)},
    {.name = "spool", .type = YAML_TEXT, YAML_AT(struct parts, node.spool)},
    {.name = "database",
     .type = YAML_TEXT,
     YAML_AT(struct parts, node.database)},
    {.name = "keep",
     .type = YAML_DURATION,
     YAML_AT(struct parts, node.keep_ms),
     .min = 0,
     .max = 3650 * DAY_MS},
    {.name = "limits",
     .type = YAML_NESTED,
     YAML_AT(struct parts, node.limits),
     .nested = limits_keys},
    {.name = "inference",
     .type = YAML_NESTED,
     YAML_AT(struct parts, inference),
     .nested = inference_keys},
    {.name = "retry",
     .type = YAML_NESTED,
     YAML_AT(struct parts, node.retry),
     .nested = retry_keys},
    {.name = NULL},
};

static const struct conf_node defaults = {
    .address = "0.0.0.0",
    .port = 11112,
    .spool = "/var/lib/osteon/spool",
    .database = "/var/lib/osteon/osteon.db",
    .keep_ms = 7LL * 24 * 3600 * 1000,
    .limits = {.associations = 32,
               .associations_per_caller = 8,
               .pdu_bytes = 128 * 1024,
               .object_bytes = 2LL << 30,
               .associate_ms = 10000,
               .idle_ms = 60000,
               .object_ms = 600000,
               .free_bytes = 512LL << 20,
               .ballast_bytes = 64LL << 20},
    .inference = {.processes = 1,
                  .threads = 1,
                  .device = "cpu",
                  .deadline_ms = 120000},
    .retry = {.first_ms = 30000,
              .cap_ms = 900000,
              .attempts = 3,
              .parked_ms = 3600000},
};

/* Where a key that may be absent stands; else its section. */
static const struct yaml_node *at(const struct yaml_node *section,
                                  const char *key)
{
    const struct yaml_node *value = yaml_get(section, key);

    return value ? value : section;
}

static bool is_device(const char *device)
{
    return strcmp(device, "cpu") == 0 ||
           (strncmp(device, "cuda:", 5) == 0 && device[5] &&
            strspn(device + 5, "0123456789") == strlen(device + 5));
}

static bool check(const struct yaml_file *file, const struct yaml_node *section,
                  const struct conf_node *node, struct err *err)
{
    unsigned char parsed[16];

    if (inet_pton(AF_INET, node->address, parsed) != 1 &&
        inet_pton(AF_INET6, node->address, parsed) != 1)
        return yaml_error(file, at(section, "address"), err,
                          "address: \"%s\" is not an IP address; 0.0.0.0 "
                          "listens on every interface",
                          node->address);
    if (node->spool[0] != '/')
        return yaml_error(file, at(section, "spool"), err,
                          "spool: \"%s\" is not an absolute path; start it "
                          "with /",
                          node->spool);
    if (node->database[0] != '/')
        return yaml_error(file, at(section, "database"), err,
                          "database: \"%s\" is not an absolute path; start it "
                          "with /",
                          node->database);
    if (!is_device(node->inference.device))
        return yaml_error(file, at(at(section, "inference"), "device"), err,
                          "device: \"%s\" is not a device; cpu or cuda:0",
                          node->inference.device);
    if (node->retry.cap_ms < node->retry.first_ms)
        return yaml_error(file, at(at(section, "retry"), "cap"), err,
                          "cap: is shorter than first; make it at least as "
                          "long");
    if (node->port == 0 && node->tls.port == 0)
        return yaml_error(file, at(section, "port"), err,
                          "port: 0 is for a node that listens with tls only; "
                          "add the section tls");
    if (node->port == node->tls.port)
        return yaml_error(file, at(at(section, "tls"), "port"), err,
                          "port: is the plain one, too; give TLS another");
    return true;
}

bool conf_node_read(const struct yaml_file *file, const struct yaml_node *node,
                    struct conf *conf, struct err *err)
{
    static const struct yaml_key title = {
        .name = "ae_titles", .type = YAML_AE, .size = CONF_AE};
    struct parts parts = {.node = defaults,
                          .inference.inference = defaults.inference};

    if (!yaml_apply(file, node, node_keys, &parts, err))
        return false;
    conf->node = parts.node;
    conf->node.inference = parts.inference.inference;
    return conf_tls_read(file, parts.tls, &conf->node.tls, err) &&
           conf_device_read(file, parts.inference.devices,
                            &conf->node.inference, err) &&
           conf_list_read(file, parts.ae_titles, &title, 1, CONF_MOST_TITLES,
                          &conf->node.ae_titles, &conf->node.n_ae_titles,
                          err) &&
           check(file, node, &conf->node, err);
}
