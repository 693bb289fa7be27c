#ifndef SR_WRITER_GROUP_CHECK_H
#define SR_WRITER_GROUP_CHECK_H

#include "conf/err.h"
#include "db/findings.h"
#include "dicom/srdoc.h"

/* What a bundle or its model can influence, before anything is written: known
 * or admissible codes, finite numbers, points on the image, units that fit
 * the concept and the kind, millimeters only where there is a scale.
 * ERR_REJECT names what is wrong, never a value of a patient's. */
bool group_check(const struct findings *findings, size_t i, struct err *err);
bool group_check_found(const struct findings *findings, size_t i,
                       struct err *err);
bool group_check_refusal(const struct findings *findings, size_t i,
                         struct err *err);

/* All of them; measurements were checked. */
bool group_check_changes(const struct findings *findings, struct err *err);

/* Counts, and each of them. */
bool group_check_all(const struct findings *findings, struct err *err);

/* The bundle's own code, else that of the table; false: there is none. The
 * strings are those of *own or of the table. */
bool group_code(const struct own_code *own, const char *concept,
                struct dcm_code *out);
bool group_finding_code(const struct found *found, struct dcm_code *out);
/* Of a measurement or of a finding. */
bool group_refusal_code(const struct refusal *refusal, struct dcm_code *out);

#endif
