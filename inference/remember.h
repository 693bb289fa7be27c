#ifndef INFERENCE_REMEMBER_H
#define INFERENCE_REMEMBER_H

#include "db/history.h"
#include "inference/analyse.h"

/* Findings as rows of the history: what was measured, on which image, by
 * which weights, and of whom, which only the headers say. */
struct remember_how {
    const struct bundle *bundle;
    const struct analyse_source *sources; /* those of findings->images */
    const char *const *source_sha256;     /* of their data sets */
    const char *secret, *study_uid;
};

/* out->rows[i] is findings->measurements[i]; malloc'd, history_free(). An
 * image without a PatientID is of nobody: patient.id is "". ERR_REJECT: the
 * images are of different people. */
bool remember(const struct findings *findings, const struct remember_how *how,
              struct history *out, struct err *err);

#endif
