#ifndef DB_REBUILD_H
#define DB_REBUILD_H

#include "db/queue.h"

/* Rows for what the spool holds and the database does not: all of it after the
 * database was lost, what came since after an older backup was put back, and
 * what crashes left. Each step is repeatable. */

/* Does a row name this file, purged or not? Or was the same object purged
 * after this file was received, as one that a crash left behind? */
bool rebuild_known(struct db *db, const char *path, bool *known,
                   struct err *err);
bool rebuild_stale(struct db *db, const struct object *object, bool *stale,
                   struct err *err);

/* The job that made `of`, claimed so that queue_finish() ends it as it was. It
 * is the one of that revision, or the study's open one, or a new one; images
 * that it did not cover wait for the next revision. *job has id 0 when there is
 * nothing to do: it ended, or a worker has it, who makes the same again. */
bool rebuild_claim(struct db *db, const char *study_uid,
                   const struct result_of *of, int64_t priority,
                   struct job *job, struct err *err);

/* May rows be missing? Until rebuild_done() says they may not. */
bool rebuild_due(struct db *db, bool *due, struct err *err);

/* What was found: logged for good in the ledger, and shown by `osteon status`
 * for a day. */
struct rebuild_report {
    int64_t at_ms;
    int64_t images, results; /* that got their rows */
    int64_t damaged;         /* files that were moved out of the way */
    char aside[192];         /* the damaged database, or "" */
};
bool rebuild_done(struct db *db, const struct rebuild_report *report,
                  struct err *err);

/* The last one that found something; *out.at_ms 0: none. */
bool rebuild_last(struct db *db, struct rebuild_report *out, struct err *err);

#endif
