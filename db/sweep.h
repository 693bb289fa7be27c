#ifndef DB_SWEEP_H
#define DB_SWEEP_H

#include "db/queue.h"

/* Removes what no row names and nobody is writing: files of `folder` ("tmp",
 * "obj/3f") that were last written before before_ms. Only names that the
 * spool makes are touched. *removed is counted up. */
bool sweep_folder(struct db *db, const char *spool, const char *folder,
                  int64_t before_ms, int64_t *removed, struct err *err);

#endif
