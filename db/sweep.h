#ifndef DB_SWEEP_H
#define DB_SWEEP_H

#include "db/queue.h"

/* Files of tmp/ whose writer is gone (it held a lock) and that were last
 * written before before_ms. */
bool sweep_unfinished(const char *spool, int64_t before_ms, int64_t *removed,
                      struct err *err);

/* Removes what no row names: files of `folder` ("obj/3f") that were last
 * written before before_ms. Only names that the spool makes are touched.
 * *removed is counted up. */
bool sweep_folder(struct db *db, const char *spool, const char *folder,
                  int64_t before_ms, int64_t *removed, struct err *err);

/* <32 hex digits>.dcm: a name that the spool makes. */
bool sweep_is_ours(const char *name);

#endif
