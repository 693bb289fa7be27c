#ifndef DB_QUEUE_COMMIT_H
#define DB_QUEUE_COMMIT_H

#include <stdint.h>

#include "db/queue.h"

/* Storage commitment: what a destination said of what it was sent. A SEND
 * whose sender set commit_ms makes the COMMIT job of (destination, study) in
 * the transaction that makes it DONE. */
#define COMMIT_OBJECTS 500 /* in one question; the next asks for the rest */
#define COMMIT_ROUNDS  3   /* of sending anew, and of asking without answer */

struct commit_object {
    char sop_class[65], sop_uid[65], series_uid[65];
};

/* Part of queue_finish() of a SEND, in its transaction. */
bool queue_commit_mark(struct db *db, const struct job *job, int64_t now_ms,
                       struct err *err);

/* Does a COMMIT job of this destination wait to be claimed? */
bool queue_commit_due(struct db *db, const char *key, bool *due,
                      struct err *err);

/* What awaits the word of job's destination; *objects is malloc'd. */
bool queue_commit_objects(struct db *db, const struct job *job,
                          struct commit_object **objects, size_t *n,
                          struct err *err);

/* A new Transaction UID for the BUSY job, on record when this returns. */
bool queue_commit_ask(struct db *db, const struct job *job,
                      char request[static 65], struct err *err);

/* The destination took the question: QUEUED until wait_ms have passed, one
 * round more. Changes nothing when the answer came before. */
bool queue_commit_asked(struct db *db, const struct job *job, int64_t wait_ms,
                        struct err *err);

/* The COMMIT job that a Transaction UID belongs to. */
bool queue_commit_find(struct db *db, const char *request, struct job *job,
                       bool *found, struct err *err);

/* What the destination says of n objects: failures[i] 0, it has taken
 * responsibility; else the Failure Reason (PS3.3 C.14), and the object is sent
 * again in resend_ms, or DEAD after COMMIT_ROUNDS. Objects that await no word
 * in the study of the job are passed over. The job is DONE when nothing is
 * awaited any more. */
struct commit_words {
    bool duplicate; /* the job has had its answer: nothing changed */
    size_t committed, resent, dead;
};
bool queue_commit_words(struct db *db, const struct job *job,
                        const char (*sop_uids)[65], const uint16_t *failures,
                        size_t n, int64_t resend_ms, struct commit_words *out,
                        struct err *err);

#endif
