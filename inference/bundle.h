#ifndef INFERENCE_BUNDLE_H
#define INFERENCE_BUNDLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "conf/err.h"
#include "db/findings.h"

/* One model bundle: a folder with model.yaml (model.yaml(5)) and a TorchScript
 * file. Everything is checked while it is read; names of landmarks are
 * resolved to channel numbers and `sides` expanded, so that whoever measures
 * needs neither. A plain value: nothing to free. */
#define BUNDLE_NAME     65 /* as CONF_NAME */
#define BUNDLE_PATH     512
#define BUNDLE_CHECKS   32 /* each × side */
#define BUNDLE_MEASURES 32 /* each × side */
#define BUNDLE_POINTS   FINDINGS_POINTS

enum bundle_check_kind { BUNDLE_DESCENDING, BUNDLE_LENGTH_RATIO };

struct bundle_check {
    enum bundle_check_kind kind;
    enum side side; /* whose measurements need it; SIDE_NONE: all */
    size_t points[BUNDLE_POINTS], n_points; /* landmark channels */
    double min, max;                        /* length ratio */
};

struct bundle_measure {
    char id[33], concept[49], site[33];
    enum side side;
    enum measure_kind kind;
    size_t points[4], n_points; /* angle: A V V B; distance: 2 */
    bool medial;     /* angle swept through the medial side, 0..360 */
    double min, max; /* deg or mm; outside: no number */
};

struct bundle {
    char name[BUNDLE_NAME], version[33], manufacturer[65], description[161];
    char demonstration[161]; /* "": a clinical model */
    char weights_path[BUNDLE_PATH], weights_sha256[65];
    char config_sha256[65]; /* of model.yaml as it is */
    uint32_t rows, columns; /* network input */
    double percentiles[2];
    char orientation[17]; /* PatientOrientation wanted; "": any */
    uint32_t stride;
    double sigma; /* of a perfect peak, in cells */
    char landmarks[FINDINGS_LANDMARKS][65];
    size_t n_landmarks;
    double min_confidence;
    struct bundle_check checks[BUNDLE_CHECKS];
    size_t n_checks;
    struct bundle_measure measures[BUNDLE_MEASURES];
    size_t n_measures;
};

/* Who knows which concepts and sites have codes (sr_writer, which this folder
 * does not include). */
struct bundle_codes {
    bool (*concept_known)(const char *concept);
    bool (*site_known)(const char *site);
};

/* Reads <models>/<name>/model.yaml. codes may be NULL: not checked. ERR_REJECT
 * with FILE:LINE:COLUMN for every mistake. Weights are not opened. */
bool bundle_read(const char *models, const char *name,
                 const struct bundle_codes *codes, struct bundle *out,
                 struct err *err);

/* Opens the weights read-only, close-on-exec, after a look at their SHA-256.
 * ERR_REJECT: absent, or not the bytes that model.yaml promises. */
bool bundle_open_weights(const struct bundle *bundle, int *fd, struct err *err);

/* Letters, digits and . _ - only, 1..64, not starting with a dot. */
bool bundle_name_valid(const char *name);

#endif
