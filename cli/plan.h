#ifndef CLI_PLAN_H
#define CLI_PLAN_H

#include "conf/conf.h"

/* The processes a configuration asks for. The name is the one under which the
 * process locks the spool (db/worker.h) and the log speaks of it. */
struct plan_entry {
    char name[CONF_NAME + 8];     /* scp, infer.1, scu.pacs, keeper */
    const char *program;          /* osteon-scp */
    char arguments[2][CONF_NAME]; /* "--slot" "1"; "" ends */
};

struct plan_entry *plan_make(const struct conf *conf, size_t *n);

#endif
