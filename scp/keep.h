#ifndef SCP_KEEP_H
#define SCP_KEEP_H

#include "conf/conf.h"
#include "db/queue.h"

/* From a file in the spool to its row and jobs: the same for what just came in
 * and for what a rebuild finds. */
struct kept {
    enum receipt receipt;
    size_t routes; /* that took it */
};

/* ERR_RETRY and ERR_FATAL: no row names the file, or, after ERR_FATAL, perhaps
 * one does. Headers that cannot be read are no error: the object is stored and
 * takes no route. A duplicate's second file is removed. Sets object->id. */
bool keep_object(const struct conf *conf, struct db *db, struct object *object,
                 struct kept *out, struct err *err);

#endif
