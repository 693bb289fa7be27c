/* The section `node.tls`. Whoever can read the key is us: a key file that
 * others may read is refused before anything listens. */
#include "conf/conf_read.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define OTHERS (S_IRWXG | S_IRWXO)

/* Order of enum conf_tls_profile. */
static const char *const profiles[] = {"nd", "ex", NULL};

static const struct yaml_key keys[] = {
    {.name = "port",
     .type = YAML_INT,
     YAML_AT(struct conf_tls, port),
     .min = 0,
     .max = 65535},
    {.name = "key",
     .type = YAML_PATH,
     YAML_AT(struct conf_tls, key),
     .min = 1,
     .required = true},
    {.name = "certificate",
     .type = YAML_PATH,
     YAML_AT(struct conf_tls, certificate),
     .min = 1,
     .required = true},
    {.name = "authorities",
     .type = YAML_PATH,
     YAML_AT(struct conf_tls, authorities),
     .min = 1,
     .required = true},
    {.name = "revoked",
     .type = YAML_PATH,
     YAML_AT(struct conf_tls, revoked),
     .min = 1},
    {.name = "profile",
     .type = YAML_CHOICE,
     YAML_AT(struct conf_tls, profile),
     .choices = profiles},
    {.name = NULL},
};

static bool check_file(const struct yaml_file *file,
                       const struct yaml_node *section, const char *name,
                       const char *path, bool secret, struct err *err)
{
    struct stat st;

    if (path[0] == '\0')
        return true;
    if (access(path, R_OK) != 0 || stat(path, &st) != 0)
        return yaml_error(file, yaml_get(section, name), err,
                          "%s: %s cannot be read: %s", name, path,
                          strerror(errno));
    if (!S_ISREG(st.st_mode))
        return yaml_error(file, yaml_get(section, name), err,
                          "%s: %s is not a file", name, path);
    if (secret && (st.st_mode & OTHERS))
        return yaml_error(file, yaml_get(section, name), err,
                          "%s: others can read %s (mode %03o); chmod 600 it",
                          name, path, (unsigned)(st.st_mode & 0777));
    return true;
}

bool conf_tls_read(const struct yaml_file *file, const struct yaml_node *node,
                   struct conf_tls *out, struct err *err)
{
    *out = (struct conf_tls){0};
    if (!node)
        return true;
    out->port = 2762;
    if (!yaml_apply(file, node, keys, out, err))
        return false;
    out->on = true;
    return check_file(file, node, "key", out->key, true, err) &&
           check_file(file, node, "certificate", out->certificate, false,
                      err) &&
           check_file(file, node, "authorities", out->authorities, false,
                      err) &&
           check_file(file, node, "revoked", out->revoked, false, err);
}
