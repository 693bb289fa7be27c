#ifndef DB_AUDIT_H
#define DB_AUDIT_H

#include <jansson.h>

#include "db/queue.h"

/* What happened, for whoever asks later (PS3.15 A.5). An event is a row of the
 * outbox, committed together with the change that it reports, so that neither
 * is ever without the other; osteon-keeper alone moves the rows to the ledger
 * (db/ledger.h). Fields may hold UIDs, AE titles, addresses, digests and ids
 * of ours; never a name, a patient's id or any other text of an image. */
enum audit_event {
    AUDIT_NODE_STARTED,
    AUDIT_NODE_STOPPED,
    AUDIT_CALLER_REFUSED,
    AUDIT_OBJECT_RECEIVED, /* receipt: new, duplicate, replaced, restored */
    AUDIT_OBJECT_REFUSED,
    AUDIT_STUDY_ANALYSED, /* model and its digests, inputs, results */
    AUDIT_STUDY_MANUAL,   /* the analysis failed: read as without AI */
    AUDIT_OBJECT_SENT,
    AUDIT_OBJECT_COMMITTED,
    AUDIT_OBJECT_UNCOMMITTED, /* the destination said no; sent again */
    AUDIT_JOB_HELD,
    AUDIT_JOB_RELEASED,
    AUDIT_JOB_RETRIED,
    AUDIT_JOB_DROPPED,
    AUDIT_DELIVERY_FAILED, /* dead letter */
    AUDIT_STUDY_PURGED,
    AUDIT_HISTORY_SHOWN, /* of which patient: the keyed hash */
    AUDIT_CONFIGURATION_CHANGED,
    AUDIT_MODEL_REFUSED,
    AUDIT_STORAGE_DEGRADED,
    AUDIT_STORAGE_RESTORED,
    AUDIT_DATABASE_REBUILT,
    AUDIT_SEGMENT_CLOSED,
    AUDIT_CHAIN_VERIFIED,
    AUDIT_LEDGER_EXPORTED
};

const char *audit_name(enum audit_event event); /* "object.received" */

/* Inside or outside of a transaction. fields: an object, given away; NULL (no
 * memory) ends the process like every small allocation. The program's name is
 * that of log_start(). */
bool audit_add(struct db *db, enum audit_event event, json_t *fields,
               struct err *err);

/* What this connection records from now on happened before: the database is
 * made again from the spool. Its records say "rebuilt". */
void audit_rebuilding(struct db *db);

/* The same, except that an equal event still in the outbox is counted up: for
 * what a stranger can cause as often as he likes. */
bool audit_count(struct db *db, enum audit_event event, json_t *fields,
                 struct err *err);

#endif
