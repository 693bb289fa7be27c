#ifndef SR_WRITER_OBSERVER_H
#define SR_WRITER_OBSERVER_H

#include "dicom/srdoc.h"
#include "sr_writer/results.h"

/* Language and observer context (TID 1204 and 1002) below the root, which is
 * the current item: a device. */
void observer_add(struct srdoc *doc, const struct result_request *request);

#endif
