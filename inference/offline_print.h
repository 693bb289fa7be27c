#ifndef INFERENCE_OFFLINE_PRINT_H
#define INFERENCE_OFFLINE_PRINT_H

#include <jansson.h>
#include <stdbool.h>

#include "db/findings.h"
#include "inference/bundle.h"

/* What --analyse and --check show: JSON, or text for a person, colored only
 * on a terminal and never with NO_COLOR set. */
void offline_print_findings(bool json, const char *file,
                            const struct findings *findings);
/* model and version NULL: none. */
void offline_print_refused(bool json, const char *file, const char *model,
                           const char *version, const char *reason);

#endif
