/* The section `audit`: where the ledger is, and which collector hears of it.
 * There is always a ledger. */
#include "conf/conf_read.h"

#include <stdio.h>
#include <string.h>

#define MIB (1024.0 * 1024.0)

enum { PORT_UDP = 514, PORT_TLS = 6514 };

/* Order of enum conf_syslog. */
static const char *const transports[] = {"none", "udp", "tls", NULL};

static const struct yaml_key syslog_keys[] = {
    {.name = "transport",
     .type = YAML_CHOICE,
     YAML_AT(struct conf_audit, syslog.transport),
     .choices = transports,
     .required = true},
    {.name = "host",
     .type = YAML_TEXT,
     YAML_AT(struct conf_audit, syslog.host),
     .min = 1,
     .required = true},
    {.name = "port",
     .type = YAML_INT,
     YAML_AT(struct conf_audit, syslog.port),
     .min = 1,
     .max = 65535},
    {.name = "authorities",
     .type = YAML_PATH,
     YAML_AT(struct conf_audit, syslog.authorities),
     .min = 1},
    {.name = NULL},
};

struct parts {
    struct conf_audit audit;
    const struct yaml_node *syslog;
};

static const struct yaml_key keys[] = {
    {.name = "ledger", .type = YAML_TEXT, YAML_AT(struct parts, audit.ledger)},
    {.name = "segment",
     .type = YAML_BYTES,
     YAML_AT(struct parts, audit.segment_bytes),
     .min = 4096,
     .max = 1024 * MIB},
    {.name = "syslog", .type = YAML_ANY, YAML_AT(struct parts, syslog)},
    {.name = NULL},
};

/* `audit` beside the database. */
static bool default_folder(const struct conf *conf, char out[CONF_PATH])
{
    const char *slash = strrchr(conf->node.database, '/');
    int n = snprintf(out, CONF_PATH, "%.*s/audit",
                     (int)(slash - conf->node.database), conf->node.database);

    return n > 0 && n < CONF_PATH;
}

static bool read_syslog(const struct yaml_file *file,
                        const struct yaml_node *node, struct conf_audit *out,
                        struct err *err)
{
    if (!yaml_apply(file, node, syslog_keys, out, err))
        return false;
    if (out->syslog.transport == CONF_SYSLOG_TLS && !out->syslog.authorities[0])
        return yaml_error(file, node, err,
                          "syslog: transport tls needs authorities, who "
                          "signed the collector's certificate");
    if (out->syslog.port == 0)
        out->syslog.port =
            out->syslog.transport == CONF_SYSLOG_TLS ? PORT_TLS : PORT_UDP;
    return true;
}

bool conf_audit_read(const struct yaml_file *file, const struct yaml_node *node,
                     struct conf *conf, struct err *err)
{
    struct parts parts = {.audit = {.segment_bytes = 16LL << 20}};

    if (node && !yaml_apply(file, node, keys, &parts, err))
        return false;
    conf->audit = parts.audit;
    if (conf->audit.ledger[0] == '\0' &&
        !default_folder(conf, conf->audit.ledger))
        return err_set(err, ERR_REJECT,
                       "node.database: the path is too long for an audit "
                       "folder beside it");
    if (conf->audit.ledger[0] != '/')
        return yaml_error(file, yaml_get(node, "ledger"), err,
                          "ledger: \"%s\" is not an absolute path; start it "
                          "with /",
                          conf->audit.ledger);
    return !parts.syslog || read_syslog(file, parts.syslog, &conf->audit, err);
}
