#ifndef DB_FINDINGS_H
#define DB_FINDINGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What a model said of the images of one job: what inference/ writes and
 * sr_writer/ reads. Points are source pixel-centre coordinates (x = column,
 * y = row; 0,0 is the middle of the first pixel); a SCOORD adds 0.5. */
#define FINDINGS_IMAGES       8
#define FINDINGS_LANDMARKS    64
#define FINDINGS_MEASUREMENTS 64
#define FINDINGS_POINTS       8

enum side { SIDE_NONE, SIDE_RIGHT, SIDE_LEFT };
const char *side_name(enum side side); /* "right" */

struct landmark {
    char name[65]; /* right.hip_center */
    double x, y;
    double confidence; /* 0..1 */
};

/* How far millimetres can be trusted (RESULTS.md 1.4). */
enum calibration {
    CALIBRATION_NONE,      /* no spacing: no millimetres */
    CALIBRATION_DETECTOR,  /* ImagerPixelSpacing: at the detector plane */
    CALIBRATION_MAGNIFIED, /* ImagerPixelSpacing / magnification factor */
    CALIBRATION_OBJECT     /* PixelSpacing */
};

struct findings_image {
    char sop_class[65], sop_uid[65];
    uint32_t rows, columns, frame; /* frame 1-based; 0: single-frame */
    enum calibration calibration;
    double spacing_mm[2]; /* row, column; 0: none */
    struct landmark landmarks[FINDINGS_LANDMARKS];
    size_t n_landmarks;
};

enum measure_kind { MEASURE_ANGLE, MEASURE_DISTANCE };

struct measurement {
    char id[33];      /* hka */
    char concept[49]; /* hip_knee_ankle_angle: a row of sr_writer/codes.c */
    char site[33];    /* lower_limb: likewise */
    enum side side;
    enum measure_kind kind;
    double value;
    char unit[9]; /* deg, mm */
    double confidence;
    size_t image; /* index into findings.images */
    double points[FINDINGS_POINTS][2];
    size_t n_points; /* angle: A V V B; distance: 2 */
};

struct refusal {
    char id[33];
    char concept[49];
    char site[33];
    enum side side;
    size_t image;
    char reason[161]; /* for a person */
};

struct findings {
    char model[65], version[33], manufacturer[65], description[161];
    char demonstration[161]; /* "": a clinical model */
    char weights_sha256[65], config_sha256[65];
    double min_confidence;
    char failure[161]; /* why nothing could be looked at; "": it could */
    struct findings_image images[FINDINGS_IMAGES];
    size_t n_images;
    struct measurement measurements[FINDINGS_MEASUREMENTS];
    size_t n_measurements;
    struct refusal refused[FINDINGS_MEASUREMENTS];
    size_t n_refused;
};

#endif
