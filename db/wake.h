#ifndef DB_WAKE_H
#define DB_WAKE_H

#include "db/queue.h"

/* Who waits for work need not look at the queue all the time: the kernel says
 * when somebody writes to the database's log. That is before the commit, so
 * that whoever is woken looks every 2 ms for a while; without a word, or where
 * the kernel has none to give, every 50 ms as ever. */
struct wake {
    int fd;            /* -1: the kernel tells nothing */
    int64_t lively_ms; /* until then somebody may be about to commit */
};

void wake_open(struct wake *wake, struct db *db);
void wake_rest(struct wake *wake); /* until it is worth a look */
void wake_close(struct wake *wake);

#endif
