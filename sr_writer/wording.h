#ifndef SR_WRITER_WORDING_H
#define SR_WRITER_WORDING_H

#include "db/findings.h"

/* The sentences a person reads, in the report and on the picture. All ASCII
 * except what stands beside a number, which is UTF-8. */
#define WORDING_NOT_VERIFIED                                                   \
    "AI-generated, not verified by a physician. Not for diagnostic use."
#define WORDING_NO_ORIENTATION                                                 \
    "The image has no Patient Orientation: right and left assume that it "     \
    "lies as the model expects. Check the side."
#define WORDING_BANNER "AI - NOT FOR DIAGNOSTIC USE"

#define WORDING_SIZE 512

/* "DEMONSTRATION: …", or "" for a clinical model. */
void wording_demonstration(const struct findings *findings,
                           char out[static WORDING_SIZE]);

/* Nothing was measured: what to do, and why when the analysis failed. The
 * reason may come from a model and is marked as not ours. */
void wording_failure(const struct findings *findings,
                     char out[static WORDING_SIZE]);

/* Which frame of several; "" for a single-frame image. */
void wording_frame(const struct findings_image *image,
                   char out[static WORDING_SIZE]);

/* How far the millimeters of an image can be trusted, or why there are
 * none. */
void wording_calibration(const struct findings_image *image,
                         char out[static WORDING_SIZE]);
/* The same in a few words, behind a number of mm; "" without spacing. */
void wording_calibration_short(const struct findings_image *image,
                               char out[static WORDING_SIZE]);

/* "R HKA 176.4Â°", "R KLG 2": as it stands on a picture. */
void wording_value(const struct measurement *m, char out[static WORDING_SIZE]);
/* "176.4" or "2", and "Â°", " mm", "": the columns of a table. */
void wording_number(const struct measurement *m, char out[static WORDING_SIZE]);
const char *wording_unit(const struct measurement *m);
/* Behind the value, smaller: "84 %", and what belongs to its kind: the parts
 * of a ratio or a difference, the curve of a Cobb angle. */
void wording_detail(const struct measurement *m, char out[static WORDING_SIZE]);
/* "178 to 182", or "". */
void wording_normal(const struct measurement *m, char out[static WORDING_SIZE]);
/* -1 below the normal range, 1 above it, 0 within or without one. */
int wording_outside(const struct measurement *m);
/* "84 %"; "" for what is no number. 100 % only when it is. */
void wording_percent(double share, char out[static WORDING_SIZE]);
/* "! L fracture of bone": priority high or stat has the mark. */
void wording_found(const struct found *found, char out[static WORDING_SIZE]);

/* Digits behind the point of a value. */
int wording_decimals(const struct measurement *m);
/* "-0.6 mm since 2026-01-10 (detectable 0.4)", or why it was not compared.
 * False: there is nothing to say. */
bool wording_change(const struct findings *findings,
                    const struct change *change, char out[static WORDING_SIZE]);
/* With what it was compared, in a sentence of ASCII. */
void wording_change_long(const struct findings *findings,
                         const struct change *change,
                         char out[static WORDING_SIZE]);

/* "Left hip-knee-ankle angle: no measurement (reason)" */
void wording_refusal(const struct refusal *refusal,
                     char out[static WORDING_SIZE]);

/* The same for a picture: "L: no measurement (reason)" when nothing was
 * measured on that side of that image, else "L HKA: no measurement …". */
void wording_refusal_short(const struct findings *findings,
                           const struct refusal *refusal,
                           char out[static WORDING_SIZE]);

/* In place: bytes above 127 and control characters become '?', so that a text
 * is right in any character set; a backslash, which separates values, becomes
 * a slash. */
void wording_ascii(char *text);

#endif
