#ifndef DB_SECRET_H
#define DB_SECRET_H

#include "db/queue.h"

/* The node secret keys tracking UIDs and the ledger's anchor: it must outlive
 * the database. Its copy is the file `secret` in the spool. A database that was
 * made anew (META_REBUILD) takes the secret from there; else the copy is made
 * to say what the database says. */
bool secret_keep(struct db *db, const char *spool, struct err *err);

#endif
