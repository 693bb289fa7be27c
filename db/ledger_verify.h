#ifndef DB_LEDGER_VERIFY_H
#define DB_LEDGER_VERIFY_H

#include "db/ledger.h"
#include "db/ledger_segment.h"

/* Is the ledger what was written? Stops at the first record that is not. */
struct ledger_verdict {
    bool intact;
    int64_t records, segments; /* that are good, or were looked at */
    int64_t first_ms, last_ms; /* ts of the first and the last good record */
    bool unfinished;  /* a crash left part of a line at the end: no record */
    int64_t anchored; /* records that the anchor names; -1: no anchor */

    /* not intact: */
    int64_t seq;            /* first bad record; 0: no single one */
    char file[LEDGER_NAME]; /* where it is, or should be */
    int64_t line;           /* 0: the file as a whole */
    char why[LEDGER_WHY];
};

/* secret NULL: the anchor is believed. known: what the database remembers, or
 * NULL. False: the ledger cannot be read. */
bool ledger_verify(const char *folder, const char *secret,
                   const struct ledger_head *known, struct ledger_verdict *out,
                   struct err *err);

#endif
