#ifndef DB_META_H
#define DB_META_H

#include "db/queue.h"

#define META_SECRET  "secret"
#define META_REBUILD "rebuild" /* "1": rows may be missing (rebuild.h) */
#define META_ASIDE   "aside"   /* where a damaged database went */
#define META_ADOPTED "adopted" /* the last rebuild that found something */

/* What the node remembers of itself, by key. Inside or outside of a
 * transaction. *found false: out is "". Longer values are cut. */
bool meta_get(struct db *db, const char *key, char *out, size_t size,
              bool *found, struct err *err);
bool meta_set(struct db *db, const char *key, const char *value,
              struct err *err);

#endif
