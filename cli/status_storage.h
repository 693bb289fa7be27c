#ifndef CLI_STATUS_STORAGE_H
#define CLI_STATUS_STORAGE_H

#include <jansson.h>

#include "conf/conf.h"
#include "db/rebuild.h"

/* What is wrong with disk or database, for `osteon status`. */
struct status_storage {
    bool degraded;                 /* a write failed: nothing is received */
    bool damaged;                  /* the database cannot be used */
    bool rebuilding;               /* not all of the spool is taken up yet */
    struct rebuild_report rebuilt; /* within the last day, else at_ms 0 */
};

void status_storage_look(const struct conf *conf, struct status_storage *out);
bool status_storage_read(struct db *db, int64_t now_ms,
                         struct status_storage *out, struct err *err);
void status_storage_print(const struct status_storage *storage);
json_t *status_storage_json(const struct status_storage *storage);

#endif
