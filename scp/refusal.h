#ifndef SCP_REFUSAL_H
#define SCP_REFUSAL_H

#include "conf/conf.h"
#include "dicom/accept.h"

/* Into the ledger: somebody was not let in. brief: only that it happened; a
 * stranger chooses titles and can make a new one each time, which would fill
 * a disk. */
void refusal_record(const struct conf *conf, const struct dcm_peer *peer,
                    const char *why, bool brief);

#endif
