#ifndef DB_SPOOL_SPACE_H
#define DB_SPOOL_SPACE_H

#include <stdbool.h>
#include <stdint.h>

#include "conf/err.h"

/* What the spool's file system has left for us. A file system that does not
 * count inodes reports INT64_MAX of them. */
struct spool_space {
    int64_t free_bytes, free_inodes;
};
bool spool_space(const char *dir, struct spool_space *out, struct err *err);

/* ERR_RETRY: less than free_bytes, or too few inodes, are left (P6). */
bool spool_space_check(const char *dir, int64_t free_bytes, struct err *err);

#endif
