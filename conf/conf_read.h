#ifndef CONF_CONF_READ_H
#define CONF_CONF_READ_H

#include "conf/conf.h"
#include "conf/yaml.h"

/* The parts of conf_load(), one file each, in the order they run: a part may
 * look up what an earlier one read. What they allocate belongs to conf and is
 * released by conf_free(), also after a failure. */
enum {
    CONF_MOST_TITLES = 16,
    CONF_MOST_CALLERS = 256,
    CONF_MOST_DESTINATIONS = 64,
    CONF_MOST_ROUTES = 64,
    CONF_MOST_VALUES = 64, /* of a list in a condition */
    CONF_MOST_MODELS = 16, /* of a route */
    CONF_MOST_DEVICES = 64
};

bool conf_node_read(const struct yaml_file *file, const struct yaml_node *node,
                    struct conf *conf, struct err *err);
bool conf_caller_read(const struct yaml_file *file,
                      const struct yaml_node *node, struct conf *conf,
                      struct err *err);
bool conf_destination_read(const struct yaml_file *file,
                           const struct yaml_node *node, struct conf *conf,
                           struct err *err);
bool conf_route_read(const struct yaml_file *file, const struct yaml_node *node,
                     struct conf *conf, struct err *err);
bool conf_complete_read(const struct yaml_file *file,
                        const struct yaml_node *node, struct conf_complete *out,
                        struct err *err);
bool conf_results_read(const struct yaml_file *file,
                       const struct yaml_node *node, struct conf_results *out,
                       struct err *err);

/* After destinations, which `from` names. */
bool conf_priors_read(const struct yaml_file *file,
                      const struct yaml_node *node, struct conf_priors *out,
                      struct err *err);
bool conf_list_destinations(const struct yaml_file *file,
                            const struct yaml_node *list, const char *key,
                            const struct conf *conf, struct err *err);

/* node NULL: the section is absent. */
bool conf_device_read(const struct yaml_file *file,
                      const struct yaml_node *node, struct conf_inference *out,
                      struct err *err);
void conf_device_free(struct conf_inference *inference);
bool conf_tls_read(const struct yaml_file *file, const struct yaml_node *node,
                   struct conf_tls *out, struct err *err);
bool conf_audit_read(const struct yaml_file *file, const struct yaml_node *node,
                     struct conf *conf, struct err *err);

/* A mapping of conditions, all of which must hold. */
bool conf_match_read(const struct yaml_file *file, const struct yaml_node *node,
                     struct conf_match *out, struct err *err);
void conf_match_free(struct conf_match *match);

/* Is it a list of least..most items? */
bool conf_list_check(const struct yaml_file *file, const struct yaml_node *node,
                     const char *name, size_t least, size_t most,
                     struct err *err);

/* A list of different texts: *out is an array of *n elements of rule->size
 * bytes. node may be NULL: an empty list. */
bool conf_list_read(const struct yaml_file *file, const struct yaml_node *node,
                    const struct yaml_key *rule, size_t least, size_t most,
                    void *out, size_t *n, struct err *err);

/* Names of routes, destinations and models become arguments of programs and
 * parts of paths: [A-Za-z0-9][A-Za-z0-9_.-]{0,63}. */
bool conf_list_name(const struct yaml_file *file, const struct yaml_node *node,
                    const char *what, struct err *err);

#endif
