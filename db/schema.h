#ifndef DB_SCHEMA_H
#define DB_SCHEMA_H

#include "db/sql.h"

/* Brings the database to this program's version, forward only and in one
 * transaction, however many processes ask at once. ERR_FATAL: it was made by
 * a newer osteon. */
#define SCHEMA_VERSION 3
bool schema_migrate(struct db *db, struct err *err);

#endif
