#ifndef DB_BALLAST_H
#define DB_BALLAST_H

#include <stdbool.h>

#include "conf/conf.h"

/* The file `ballast` in the spool, limits.ballast bytes that are given up when
 * the disk is nearly full: below a quarter of limits.free. What the node has
 * taken on can then be finished, and purging makes room. It is made again when
 * there is room for it beyond limits.free. */
enum ballast_change { BALLAST_SAME, BALLAST_GONE, BALLAST_MADE };

/* full: a commit of the database failed for want of space. Silent when it
 * cannot be made: the next round tries again. */
enum ballast_change ballast_keep(const struct conf_node *node, bool full);

/* At start, before anything is written: only gives up. */
enum ballast_change ballast_relieve(const struct conf_node *node);

#endif
