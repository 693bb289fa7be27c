#ifndef SR_WRITER_GROUP_H
#define SR_WRITER_GROUP_H

#include "dicom/srdoc.h"
#include "sr_writer/sources.h"

/* Checks measurement i of the findings: known codes, finite numbers, points
 * on the image. ERR_REJECT names it. */
bool group_check(const struct findings *findings, size_t i, struct err *err);

/* Adds the TID 1501 group of a checked measurement below the current item.
 * person: see uids_tracking(). */
void group_add(struct srdoc *doc, const struct result_request *request,
               const char *person, size_t i);

/* Below the current item: Finding Site, and Laterality below that. */
void group_site(struct srdoc *doc, const struct dcm_code *site, enum side side);

#endif
