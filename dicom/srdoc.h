#ifndef DICOM_SRDOC_H
#define DICOM_SRDOC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "conf/err.h"

/* Builds the content tree of an SR document (PS3.3 C.17.3) over DCMTK's
 * DSRDocument, which refuses what the IOD does not allow. There is one
 * current item, at first the root: an add puts a new item below it, behind
 * its other children, and makes that the current one; srdoc_up() goes back.
 *
 * The first failure stays in the document, later calls do nothing, and
 * srdoc_finish() reports it: callers need not check each add. Strings are
 * copied. Texts are in the character set the finished data set will name. */
#ifdef __cplusplus
extern "C" {
#endif

struct srdoc;
struct dcm;

enum srdoc_class {
    SRDOC_COMPREHENSIVE,    /* 1.2.840.10008.5.1.4.1.1.88.33 */
    SRDOC_COMPREHENSIVE_3D, /* 1.2.840.10008.5.1.4.1.1.88.34 */
    SRDOC_KEY_OBJECTS       /* 1.2.840.10008.5.1.4.1.1.88.59 */
};

enum srdoc_rel {
    SRDOC_CONTAINS,
    SRDOC_OBS_CONTEXT,
    SRDOC_ACQ_CONTEXT,
    SRDOC_CONCEPT_MOD,
    SRDOC_PROPERTIES,
    SRDOC_INFERRED_FROM,
    SRDOC_SELECTED_FROM
};

struct dcm_code {
    const char *value, *scheme, *meaning;
};

/* The root is a container, template identifier `tid` of DCMR. NULL: no
 * memory, or the study UID is not one. */
struct srdoc *srdoc_open(enum srdoc_class sr_class, const char *study_uid,
                         struct dcm_code root, const char *tid,
                         struct err *err);
void srdoc_free(struct srdoc *doc); /* NULL is fine */

void srdoc_up(struct srdoc *doc);

/* tid NULL: no template. */
void srdoc_container(struct srdoc *doc, enum srdoc_rel rel,
                     struct dcm_code name, const char *tid);
void srdoc_code(struct srdoc *doc, enum srdoc_rel rel, struct dcm_code name,
                struct dcm_code value);
void srdoc_text(struct srdoc *doc, enum srdoc_rel rel, struct dcm_code name,
                const char *text);
void srdoc_uidref(struct srdoc *doc, enum srdoc_rel rel, struct dcm_code name,
                  const char *uid);
/* number: a DS value, at most 16 characters (PS3.5 6.2). */
void srdoc_num(struct srdoc *doc, enum srdoc_rel rel, struct dcm_code name,
               const char *number, struct dcm_code unit);
/* One point is a POINT, more are a POLYLINE. xy: n_points pairs of column and
 * row as SCOORD has them, 0,0 being the outer corner of the first pixel
 * (PS3.3 C.18.6). */
void srdoc_scoord(struct srdoc *doc, enum srdoc_rel rel, struct dcm_code name,
                  const float *xy, size_t n_points);
/* No concept name. frame 1-based, 0: single-frame. */
void srdoc_image(struct srdoc *doc, enum srdoc_rel rel, const char *sop_class,
                 const char *sop_uid, uint32_t frame);
void srdoc_image_named(struct srdoc *doc, enum srdoc_rel rel,
                       struct dcm_code name, const char *sop_class,
                       const char *sop_uid, uint32_t frame);

/* An entry of CurrentRequestedProcedureEvidenceSequence. */
void srdoc_evidence(struct srdoc *doc, const char *study_uid,
                    const char *series_uid, const char *sop_class,
                    const char *sop_uid);
/* An entry of PertinentOtherEvidenceSequence: what is not of this study. */
void srdoc_other_evidence(struct srdoc *doc, const char *study_uid,
                          const char *series_uid, const char *sop_class,
                          const char *sop_uid);

/* The document as a data set, for patching: its patient and study modules are
 * empty, its series and SOP instance UIDs are random, it is UNVERIFIED and
 * PARTIAL. NULL: the first failure of any call. */
struct dcm *srdoc_finish(struct srdoc *doc, struct err *err);

#ifdef __cplusplus
}
#endif
#endif
