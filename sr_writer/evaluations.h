#ifndef SR_WRITER_EVALUATIONS_H
#define SR_WRITER_EVALUATIONS_H

#include "dicom/srdoc.h"
#include "sr_writer/results.h"
#include "sr_writer/sources.h"

/* The container Qualitative Evaluations below the root, which is the current
 * item. The findings were checked. */
void evaluations_add(struct srdoc *doc, const struct result_request *request,
                     const struct sources *sources);

#endif
