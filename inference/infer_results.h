#ifndef INFERENCE_INFER_RESULTS_H
#define INFERENCE_INFER_RESULTS_H

#include "inference/outcome.h"
#include "sr_writer/results.h"

/* Findings to DICOM objects: where this folder meets sr_writer. */

/* As struct service and its build. outcome_free() afterwards, on failure
 * too. */
bool infer_build(const struct outcome_request *request, struct outcome *outcome,
                 struct err *err);

/* What sr_writer wants to know; both keep pointers into their argument. */
struct result_request infer_request(const struct outcome_request *request);
struct grey infer_grey(const struct analyse_picture *picture);

/* ctx of infer_save(). */
struct infer_saver {
    const struct conf *conf;
    const char *folder; /* exists */
};

/* As struct offline and its save: what the node would send, as files beside
 * pictures; also the report of a refusal, which the node sends only where the
 * route says so. */
bool infer_save(void *ctx, const struct conf_route *route,
                const struct analysis *analysis,
                const struct analyse_source *source, const char *file,
                struct err *err);

#endif
