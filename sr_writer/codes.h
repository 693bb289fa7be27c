#ifndef SR_WRITER_CODES_H
#define SR_WRITER_CODES_H

#include <stdio.h>

#include "db/findings.h"
#include "dicom/srdoc.h"

/* The coded concepts results may use: what a model bundle calls them, and
 * what DICOM does. docs/RESULTS.md says where each code comes from. A value
 * of 99OSTEON is never renamed and never given another meaning. */
#define CODES_SCHEME     "99OSTEON"
#define CODES_SCHEME_UID "2.25.97406016135956178271582974662590690902"

struct codes_row {
    const char *key; /* hip_knee_ankle_angle, lower_limb, deg, DX */
    struct dcm_code code;
    const char *unit;       /* concepts: key of its unit, else "" */
    const char *label;      /* on a picture; units: behind a number */
    const char *definition; /* 99OSTEON: what is measured, with its sign */
};

/* NULL: no such row. */
const struct codes_row *codes_concept(const char *key);
const struct codes_row *codes_grade(const char *key);   /* kl_2 */
const struct codes_row *codes_finding(const char *key); /* fracture_of_bone */
const struct codes_row *codes_trait(const char *key);   /* convexity */
const struct codes_row *codes_site(const char *key);
const struct codes_row *codes_modifier(const char *key); /* medial */
const struct codes_row *codes_quality(const char *key);  /* CID 6135 */
const struct codes_row *codes_unit(const char *key);
const struct codes_row *codes_modality(const char *key);

/* Does another concept have the same code? */
bool codes_shared(const struct codes_row *concept);

/* Of the difference of two values of a concept; that of none in particular
 * when it has no row. Never NULL. */
const struct codes_row *codes_change(const char *concept);
const struct codes_row *codes_comparison(const char *key);
/* "mm/a" for mm. NULL: it has no rate. */
const struct codes_row *codes_per_year(const char *unit);

/* SIDE_NONE has none: NULL. */
const struct dcm_code *codes_side(enum side side);

/* What a trait may be: a site, right or left. NULL: none of them. */
const struct dcm_code *codes_trait_value(const char *value);

/* May a bundle bring it? Printable ASCII that fits, and a scheme that is
 * neither ours nor retired (SRT and its like). */
bool codes_own_valid(const struct own_code *own);

/* Every row, for the documents: table is "concept", "grade", "finding",
 * "trait", "site", "modifier", "quality", "unit", "rate", "modality", "change"
 * or "comparison". */
void codes_each(void (*each)(void *ctx, const char *table,
                             const struct codes_row *row),
                void *ctx);

/* The tables a bundle chooses from and those of changes, in Markdown, for
 * docs/CONFORMANCE.md. */
void codes_print(FILE *out);

#endif
