#ifndef SR_WRITER_RESULTS_H
#define SR_WRITER_RESULTS_H

#include "conf/conf.h"
#include "db/findings.h"
#include "db/object.h"

/* Findings become DICOM objects of the same study: a Comprehensive SR
 * (TID 1500), secondary captures, presentation states and a key object
 * selection, as docs/RESULTS.md lays down. Nothing here decides what was
 * found. */
struct result_request {
    const struct findings *findings;
    const char *const *source_paths;  /* the images, same order as findings */
    const char *const *source_sha256; /* of their data sets; NULL: unknown */
    const struct conf_results *options;
    const char *node_ae;
    const char *site_secret;          /* keys the tracking UIDs */
    const struct object *predecessor; /* SR this one replaces, or NULL */
    int64_t content_ms;               /* analysis start, wall clock */
};

struct result {
    struct object object; /* classes, UIDs, transfer syntax: for the spool */
    unsigned char *bytes; /* data set, malloc'd */
    size_t n_bytes;
};

/* 8-bit picture of the source as a person would window it. */
struct grey {
    uint32_t rows, columns; /* may be smaller than the source */
    unsigned char *pixels;
};

/* comprehensive_3d: 88.34 instead of 88.33; the tree is the same. */
bool sr_build(const struct result_request *request, bool comprehensive_3d,
              struct result *out, struct err *err);
/* The image with index `image` of the findings, drawn on `picture`. */
bool sc_build(const struct result_request *request, size_t image,
              const struct grey *picture, struct result *out, struct err *err);
/* A page in words for viewers that show no SR: nothing was measured, and
 * why. */
bool sc_note(const struct result_request *request, struct result *out,
             struct err *err);
/* The same drawing as a PNG file, for `osteon analyse`. */
bool sc_png(const struct result_request *request, size_t image,
            const struct grey *picture, const char *path, struct err *err);
/* Has the image something to draw? */
bool image_has_findings(const struct findings *findings, size_t image);
/* The findings of that image as a Grayscale Softcopy Presentation State. True
 * with out->bytes NULL: the image is in colour, there is none for it. */
bool gsps_build(const struct result_request *request, size_t image,
                struct result *out, struct err *err);
/* Present findings name images worth a look: a Key Object Selection of them,
 * of those with a finding of priority high or stat, or, with results.kos, of
 * any. */
bool kos_wanted(const struct result_request *request);
bool kos_build(const struct result_request *request, struct result *out,
               struct err *err);
/* One page of the table of all findings, counted from 0; *pages says how many
 * there are. */
bool sc_summary(const struct result_request *request, size_t page,
                size_t *pages, struct result *out, struct err *err);
bool sc_summary_png(const struct result_request *request, size_t page,
                    size_t *pages, const char *path, struct err *err);
/* One page of how the measures went since earlier studies; 0 pages: none has
 * an earlier value that can be compared. */
size_t sc_chart_pages(const struct findings *findings);
bool sc_chart(const struct result_request *request, size_t page, size_t *pages,
              struct result *out, struct err *err);
bool sc_chart_png(const struct result_request *request, size_t page,
                  size_t *pages, const char *path, struct err *err);
void result_free(struct result *result);

/* Is there a code for it? For checking bundles. */
bool codes_concept_known(const char *concept);
bool codes_site_known(const char *site);
bool codes_finding_known(const char *finding);
bool codes_grade_known(const char *grade);

#endif
