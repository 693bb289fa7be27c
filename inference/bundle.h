#ifndef INFERENCE_BUNDLE_H
#define INFERENCE_BUNDLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "conf/err.h"
#include "db/findings.h"
#include "inference/rules.h"
#include "inference/stage.h"

/* One model bundle: a folder with model.yaml (model.yaml(5)) and TorchScript
 * files. Everything is checked while it is read: names are resolved to
 * indices and `sides` expanded, so that whoever runs and measures needs
 * neither. A plain value, nothing to free, but of more than half a megabyte:
 * on the heap, please. */
#define BUNDLE_NAME    65 /* as CONF_NAME */
#define BUNDLE_PATH    NETWORK_PATH
#define BUNDLE_INPUTS  4
#define BUNDLE_TERMS   16 /* of one list of an input */
#define BUNDLE_BRIDGES 16

enum bundle_laterality {
    LATERALITY_ANY,
    LATERALITY_ONE, /* of ImageLaterality and Laterality: R or L; absent, a
                       check of kind CHECK_SIDE decides */
    LATERALITY_BOTH /* neither R nor L */
};

/* What a header's attribute may say (CS, PS3.5 6.2); n 0: anything. */
struct bundle_terms {
    char terms[BUNDLE_TERMS][17];
    size_t n;
    bool needed; /* it must be there, not merely not contradict */
};

/* A view that the bundle takes. An image goes to the first input whose
 * conditions its header meets; one that meets none is refused. */
struct bundle_input {
    char name[33];
    struct bundle_terms modality, body_part, view;
    enum bundle_laterality laterality;
    bool laterality_needed;
    char orientation[17]; /* PatientOrientation wanted, L\F; "": any */
    bool orientation_needed;
    uint32_t rows[2], columns[2]; /* least and most; 0, 0: any */
    bool spacing_required;        /* without mm the whole image is refused */
};

struct bundle {
    char name[BUNDLE_NAME], version[33], manufacturer[65], description[161];
    char demonstration[161]; /* "": a clinical model */
    char weights_sha256[65]; /* of all stages' digests in their order as text;
                                with one stage that stage's */
    char config_sha256[65];  /* of model.yaml as it is */
    char bridges[BUNDLE_BRIDGES][33]; /* earlier versions whose numbers may be
                                         compared with this one's */
    size_t n_bridges;
    double min_confidence; /* confidence.least */
    struct bundle_input inputs[BUNDLE_INPUTS];
    size_t n_inputs;
    struct stage stages[STAGES];
    size_t n_stages;
    struct rules rules;
};

/* Who knows which keys have codes (sr_writer, which this folder does not
 * include): calls row for every key of its tables "concept", "site",
 * "finding", "grade", "modifier", "quality". unit is that of a concept, else
 * "". A table without rows is not checked. */
struct bundle_codes {
    void (*each)(void (*row)(void *ctx, const char *table, const char *key,
                             const char *unit),
                 void *ctx);
};

/* Reads <models>/<name>/model.yaml. codes may be NULL: not checked. ERR_REJECT
 * with FILE:LINE:COLUMN for every mistake. Weights are not opened. */
bool bundle_read(const char *models, const char *name,
                 const struct bundle_codes *codes, struct bundle *out,
                 struct err *err);

/* Looks at the SHA-256 of each stage's weights. ERR_REJECT: absent, or not the
 * bytes that model.yaml promises. */
bool bundle_weights_good(const struct bundle *bundle, struct err *err);

/* Letters, digits and . _ - only, 1..64, not starting with a dot. */
bool bundle_name_valid(const char *name);

#endif
