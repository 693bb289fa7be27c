#ifndef SR_WRITER_REQUESTS_H
#define SR_WRITER_REQUESTS_H

#include "dicom/dataset.h"

/* ReferencedRequestSequence: the source's requests, or at least its accession
 * number. */
bool requests_write(struct dcm *set, const struct dcm *source, struct err *err);

#endif
