#ifndef DB_QUEUE_RECORD_H
#define DB_QUEUE_RECORD_H

#include "db/job.h"
#include "db/sql.h"

/* The audit record of how a job ended, inside the transaction that ends it. */

/* ANALYSE: study.analysed with the images it covered, their digests, the
 * results (ids of objects), the model's digests and how many measurements, 0
 * for a study that is read as without AI, from the summary. SEND:
 * object.sent with the status; what was sent is the summary's "object", or
 * else the job's. Other stages record nothing here. */
bool queue_record_done(struct db *db, const struct job *job,
                       const int64_t *results, size_t n_results,
                       const char *summary, struct err *err);

/* ANALYSE: study.manual; others: delivery.failed. */
bool queue_record_dead(struct db *db, const struct job *job, const char *why,
                       struct err *err);

#endif
