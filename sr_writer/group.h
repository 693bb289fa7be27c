#ifndef SR_WRITER_GROUP_H
#define SR_WRITER_GROUP_H

#include "dicom/srdoc.h"
#include "sr_writer/geometry.h"
#include "sr_writer/sources.h"

/* The measurement groups of a report. Findings were checked (group_check.h).
 * person: see db/tracking.h. */

/* Adds measurement i below the current item: a TID 1501 group, or TID 1410
 * for a grade. */
void group_add(struct srdoc *doc, const struct result_request *request,
               const char *person, size_t i);
/* Adds finding i, which has a box: a TID 1410 group. */
void group_add_found(struct srdoc *doc, const struct result_request *request,
                     const char *person, size_t i);

/* Where a finding is told: in a group of its own, in that of the measurement
 * it follows from, or, having no place on the image, among the evaluations. */
enum group_place { GROUP_OWN, GROUP_OF_MEASUREMENT, GROUP_NONE };
enum group_place group_found_place(const struct findings *findings, size_t i);

/* Below the current item: Finding Site, and below that Laterality and
 * Topographical modifier. modifier: a key, "": none. */
void group_site(struct srdoc *doc, const char *site, enum side side,
                const char *modifier);

/* The parts both templates share, below the current item. */
struct group_track {
    const char *key; /* of the tracking UID: the id, marked for a finding */
    const char *id, *site;
    enum side side;
    size_t ordinal;   /* 1 for the first of its kind */
    const char *tool; /* of OHIF, "Angle"; NULL: none */
};
void group_tracking(struct srdoc *doc, const struct result_request *request,
                    const char *person, const struct group_track *track);
void group_line(struct srdoc *doc, enum srdoc_rel rel, struct dcm_code purpose,
                const struct findings_image *image,
                const struct geometry_line *line);
/* (111012,DCM,"Certainty of Finding") in percent, read from that line. */
void group_certainty(struct srdoc *doc, double share,
                     const struct findings_image *image,
                     const struct geometry_line *line);
void group_comment(struct srdoc *doc, const char *words);

/* As a DS: angles and ratios to 0.01, millimeters to 0.1. */
void group_number(double value, const char *unit, char out[static 32]);

/* Finding of the measurement i, when one follows from it: else NULL. */
const struct found *group_found_of(const struct findings *findings, size_t i);
/* Of the current item, the group of measurement i: the date it is of, where it
 * has a change; at its end what changed, or why nothing was compared. */
void group_time_point(struct srdoc *doc, const struct findings *findings,
                      size_t i);
void group_change(struct srdoc *doc, const struct findings *findings, size_t i);
/* The images and reports that earlier values are of. study_uid: ours. */
void group_change_evidence(struct srdoc *doc, const struct findings *findings,
                           const char *study_uid);
/* TID 1410 of a grade. */
void group_grade(struct srdoc *doc, const struct result_request *request,
                 const char *person, size_t i);

#endif
