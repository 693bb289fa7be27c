#ifndef INFERENCE_OUTCOME_H
#define INFERENCE_OUTCOME_H

#include "conf/conf.h"
#include "db/job.h"
#include "db/object.h"
#include "inference/analyse.h"

/* The DICOM objects that one analysis leads to. Who builds them is handed in
 * (infer_results.c, over sr_writer), so that the rest of this folder needs
 * findings only. */
#define OUTCOME_PAGES  16 /* of a summary */
#define OUTCOME_CHARTS 8  /* pages of a trend */
/* Two SRs; a capture and a presentation state for each image; key objects. */
#define OUTCOME_MOST                                                           \
    (2 + 2 * FINDINGS_IMAGES + OUTCOME_PAGES + OUTCOME_CHARTS + 1)

struct outcome_object {
    struct object object;
    unsigned char *bytes; /* data set, malloc'd */
    size_t n_bytes;
};

struct outcome {
    struct outcome_object items[OUTCOME_MOST];
    size_t n;
    size_t sr, alternate;  /* 1-based: the SR, and what goes out instead where
                              its class is refused; 0: none */
    size_t summary, pages; /* 1-based: its first page; how many follow on */
    size_t chart, charts;  /* likewise */
};

struct outcome_request {
    const struct analysis *analysis;
    const struct conf_results *options;
    const char *const *source_paths;
    const char *const *source_sha256; /* NULL: not known */
    const char *node_ae, *secret;
    const struct object *predecessor; /* or NULL */
    int64_t content_ms;
    int on_failure; /* enum conf_on_failure: when nothing was measured */
};

/* The SEND jobs of `job`: every object but the alternate to every destination
 * of the route. sends has room for outcome->n x route->n_send; returns how
 * many. */
size_t outcome_sends(const struct outcome *outcome,
                     const struct conf_route *route, const struct job *job,
                     struct job *sends);

/* What object i (1-based) of the outcome says of itself in the spool. */
struct result_of outcome_result(const struct outcome *outcome, size_t i,
                                const struct job *job, int64_t covered);
void outcome_free(struct outcome *outcome);

#endif
