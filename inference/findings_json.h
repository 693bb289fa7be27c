#ifndef INFERENCE_FINDINGS_JSON_H
#define INFERENCE_FINDINGS_JSON_H

#include <stdbool.h>
#include <stdio.h>

#include "db/findings.h"

/* Findings as JSON. Nothing here names a patient, study, object or file. */

/* A JSON string, quoted; bytes that are not UTF-8 come out as U+FFFD. */
void findings_json_string(FILE *out, const char *text);

/* Members without braces: "model", "version", "measurements", with landmarks
 * (of the first image) "landmarks", and "refused". With several images each
 * entry carries "image", counted from 1. */
void findings_json_members(FILE *out, const struct findings *findings,
                           bool landmarks);

/* The object kept with the job; malloc'd, NULL: no memory. */
char *findings_json_summary(const struct findings *findings);

#endif
