#ifndef SCP_KEEP_H
#define SCP_KEEP_H

#include "conf/conf.h"
#include "db/queue.h"
#include "scp/routing_apart.h"

/* From a file in the spool to its row and jobs: the same for what just came in
 * and for what a rebuild finds. */
struct kept {
    enum receipt receipt;
    size_t routes; /* that took it */
};

/* Asks a parser which routes want the object, whose file is object->path. */
bool keep_ask(const struct conf *conf, struct db *db, struct apart *apart,
              const struct object *object, struct err *err);

/* Its answer; before the file gets another name. Headers that cannot be read
 * are no error: the object is stored and takes no route. */
bool keep_hear(const struct conf *conf, struct db *db, struct apart *apart,
               const struct object *object, struct routing *routing,
               struct err *err);

/* ERR_RETRY and ERR_FATAL: no row names the file, or, after ERR_FATAL, perhaps
 * one does. A duplicate's second file is removed. Sets object->id. */
bool keep_object(struct db *db, struct object *object,
                 const struct routing *routing, struct kept *out,
                 struct err *err);

#endif
