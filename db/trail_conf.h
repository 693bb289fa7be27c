#ifndef DB_TRAIL_CONF_H
#define DB_TRAIL_CONF_H

#include "conf/conf.h"
#include "db/queue.h"

/* Compares the SHA-256 of the configuration and of each model.yaml that it
 * names with what the database remembers; each that differs is recorded
 * (configuration.changed) and remembered. */
bool trail_conf_compare(struct db *db, const struct conf *conf,
                        struct err *err);

#endif
