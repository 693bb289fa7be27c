#ifndef INFERENCE_OFFLINE_PRINT_H
#define INFERENCE_OFFLINE_PRINT_H

#include "db/findings.h"
#include "inference/bundle.h"

/* What --analyse and --check show: JSON, or text for a person, colored only
 * on a terminal and never with NO_COLOR set. */
void offline_print_findings(bool json, const char *file,
                            const struct findings *findings);
/* model and version NULL: none. */
void offline_print_refused(bool json, const char *file, const char *model,
                           const char *version, const char *reason);

/* problem NULL: ok. Problems go to stderr as text. i: place in the array. */
void offline_print_check(bool json, size_t i, const struct bundle *bundle,
                         const char *problem);
void offline_print_check_end(bool json, size_t n);

#endif
