#ifndef INFERENCE_FINDINGS_JSON_H
#define INFERENCE_FINDINGS_JSON_H

#include <jansson.h>

#include "db/findings.h"

/* Findings as JSON, all that db/findings.h holds but what names an object:
 * nothing here names a patient, study, object or file, except the file that
 * is handed in; of an earlier study there is its date.
 * docs/findings.schema.json is the contract; a key is never renamed, and
 * another meaning needs another version. */
#define FINDINGS_JSON_SCHEMA "osteon.findings/1"

/* An object that begins with "schema". With a file there are also "file" and
 * "landmarks" (of the first image). With several images each entry carries
 * "image", counted from 1. */
json_t *findings_json(const struct findings *findings, const char *file);

/* The same shape for a file that no model could look at: one refusal without
 * id. model and version may be NULL. */
json_t *findings_json_refused(const char *file, const char *model,
                              const char *version, const char *reason);

#endif
