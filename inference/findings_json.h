#ifndef INFERENCE_FINDINGS_JSON_H
#define INFERENCE_FINDINGS_JSON_H

#include <jansson.h>

#include "db/findings.h"

/* Findings as JSON. Nothing here names a patient, study, object or file. */

/* An object: "model", "version", "weights_sha256", "config_sha256" (of
 * model.yaml), "measurements" and "refused". With a file "file" comes first,
 * and there are "landmarks" (of the first image). With several images each
 * entry carries "image", counted from 1. */
json_t *findings_json(const struct findings *findings, const char *file);

#endif
