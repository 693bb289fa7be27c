#ifndef DB_QUEUE_H
#define DB_QUEUE_H

#include <stdbool.h>
#include <stddef.h>

#include "conf/err.h"
#include "db/job.h"
#include "db/object.h"

/* One struct db per process, opened after fork. Every function is one
 * transaction; when it returns true the commit is durable (WAL,
 * synchronous=FULL). ERR_RETRY: locked for 5 s or no space; ERR_FATAL: the
 * database is damaged. All SQL of the node stays in db/. */
struct db;
struct db *db_open(const char *path, struct err *err); /* creates, migrates */
void db_close(struct db *db);                          /* NULL is fine */

/* Instead of 5 s: for what need not be done. 0: 5 s again. */
void db_patience(struct db *db, int64_t patience_ms);

/* This node's secret (hex), made with the database: keys tracking UIDs. */
bool db_secret(struct db *db, char out[static 65], struct err *err);

enum receipt {
    RECEIPT_NEW,
    RECEIPT_DUPLICATE,
    RECEIPT_REPLACED,
    RECEIPT_RESTORED /* a duplicate, after queue_restore() */
};

/* An object that is already in the spool, what routes want of it, and where
 * its original goes (forwards: destination and route in struct job). A
 * duplicate (same UID, same SHA-256) changes nothing: the caller discards its
 * file. object->id is set. */
bool queue_receive(struct db *db, struct object *object,
                   const struct job_demand *demands, size_t n_demands,
                   const struct job *forwards, size_t n_forwards,
                   enum receipt *receipt, struct err *err);

/* The stored object of which object is a duplicate (object->id) has lost its
 * file, or the file its bytes: it gets that of `object`. */
bool queue_restore(struct db *db, const struct object *object, struct err *err);

/* Is this SOP Instance UID one of our own results? */
bool queue_is_result(struct db *db, const char *sop_uid);

/* True: job filled, BUSY, leased to `owner` for lease_ms. False with ERR_NONE
 * (err->code == ERR_NONE): nothing due. key NULL: any. */
bool queue_claim(struct db *db, enum job_stage stage, const char *key,
                 const char *owner, int64_t lease_ms, struct job *job,
                 struct err *err);

/* At start, after the owner's lock is held: its BUSY jobs of an earlier life
 * are QUEUED again at once. */
bool queue_reclaim(struct db *db, const char *owner, struct err *err);

/* The images an ANALYSE job covers, oldest first, newest version of each SOP
 * Instance UID; *objects is malloc'd. */
bool queue_objects(struct db *db, const struct job *job,
                   struct object **objects, size_t *n, struct err *err);
/* How many selections the job covers, versions of an image counted each: for
 * the header of its results (struct result_of). */
bool queue_covered(struct db *db, const struct job *job, int64_t *n,
                   struct err *err);
bool queue_object(struct db *db, int64_t id, struct object *out,
                  struct err *err);

/* The SR an earlier revision of this (study, route, model) produced, or this
 * job when it was buried before, for PredecessorDocumentsSequence. False with
 * ERR_NONE: none. */
bool queue_predecessor(struct db *db, const struct job *job, struct object *out,
                       struct err *err);

/* The job is DONE, its results (already spooled) are objects, and the SEND
 * jobs exist: one transaction. sends[i].object_id and alternate_id are
 * 1-based indexes into results. Of a SEND, job->sent_id says what went and
 * job->commit_ms whether the destination is asked for its storage commitment
 * (db/queue_commit.h). summary: JSON without identifiers, shown by
 * `osteon show`. */
bool queue_finish(struct db *db, const struct job *job, struct object *results,
                  size_t n_results, const struct job *sends, size_t n_sends,
                  const char *summary, struct err *err);

/* The same of an ANALYSE, and what it measured goes into the history. */
struct history;
bool queue_finish_measured(struct db *db, const struct job *job,
                           struct object *results, size_t n_results,
                           const struct job *sends, size_t n_sends,
                           const char *summary, const struct history *history,
                           struct err *err);

/* The distinct (SOP class, transfer syntax) of due SEND jobs for destination
 * `key`, alternates included, most urgent first: what to propose. *n is room
 * in, count out; 0: nothing to send. */
struct send_context {
    char sop_class[65], transfer_syntax[65];
};
bool queue_send_contexts(struct db *db, const char *key,
                         struct send_context *contexts, size_t *n,
                         struct err *err);

/* Buries QUEUED jobs created more than age_ms ago, up to a thousand at once.
 * *n: how many. */
bool queue_expire(struct db *db, enum job_stage stage, const char *key,
                  int64_t age_ms, const char *why, int64_t *n, struct err *err);

/* QUEUED again, due in delay_ms. */
bool queue_defer(struct db *db, const struct job *job, int64_t delay_ms,
                 const char *why, struct err *err);
/* QUEUED again at once, and the attempt does not count: its worker was asked
 * to end. */
bool queue_give_back(struct db *db, const struct job *job, struct err *err);
bool queue_bury(struct db *db, const struct job *job, const char *why,
                struct err *err);
/* The same, and what says so to others goes out: results and sends as of
 * queue_finish(), in the transaction that buries. */
bool queue_bury_with(struct db *db, const struct job *job, const char *why,
                     const struct object *results, size_t n_results,
                     const struct job *sends, size_t n_sends, struct err *err);

/* The admin's verbs, by job id. False with ERR_REJECT: no such job, or not in
 * a state that allows it. retry: DEAD|QUEUED|HELD -> QUEUED now, attempts 0;
 * hold: QUEUED -> HELD; release: HELD -> QUEUED; drop: not BUSY -> DEAD. */
bool queue_retry(struct db *db, int64_t id, struct err *err);
bool queue_hold(struct db *db, int64_t id, struct err *err);
bool queue_release(struct db *db, int64_t id, struct err *err);
bool queue_drop(struct db *db, int64_t id, struct err *err);

#endif
