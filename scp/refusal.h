#ifndef SCP_REFUSAL_H
#define SCP_REFUSAL_H

#include "conf/conf.h"
#include "db/queue.h"
#include "dicom/accept.h"

/* Into the ledger: somebody was not let in. brief: only that it happened; a
 * stranger chooses titles and can make a new one each time, which would fill
 * a disk. */
void refusal_record(const struct conf *conf, const struct dcm_peer *peer,
                    const char *why, bool brief);

/* An object that was not taken for what it is. Without its UIDs, so that a
 * caller who sends a thousand of them makes one record a second. */
void refusal_record_object(struct db *db, const struct dcm_peer *peer,
                           const char *status, const char *why);

#endif
