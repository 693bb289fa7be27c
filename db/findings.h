#ifndef DB_FINDINGS_H
#define DB_FINDINGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What a model said of the images of one job: what inference/ writes and
 * sr_writer/ reads. Complete: a writer looks nothing up in a bundle and
 * computes nothing. Points are source pixel-centre coordinates (x = column,
 * y = row; 0,0 is the middle of the first pixel); a SCOORD adds 0.5. Texts in
 * brackets are examples. */
#define FINDINGS_IMAGES       16
#define FINDINGS_LANDMARKS    128
#define FINDINGS_MEASUREMENTS 256 /* and as many refusals */
#define FINDINGS_FOUND        64
#define FINDINGS_POINTS       8
#define FINDINGS_TRAITS       4
#define FINDINGS_CHANGES      64
#define FINDINGS_EARLIER      8
#define FINDINGS_REASON       161

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
    CALIBRATION_OBJECT,    /* PixelSpacing */
    CALIBRATION_DEVICE,    /* ImagerPixelSpacing / the configured factor */
    CALIBRATION_BALL       /* a ball of known size on the image */
};
const char *calibration_name(enum calibration calibration); /* "magnified" */

struct findings_image {
    char sop_class[65], sop_uid[65], series_uid[65];
    char input[33]; /* of the bundle, as which it was taken; "": refused */
    char view[17], body_part[17];  /* ViewPosition, BodyPartExamined, where
                                      they are terms; "" */
    uint32_t rows, columns, frame; /* frame 1-based; 0: single-frame */
    enum calibration calibration;
    double spacing_mm[2]; /* row, column; 0: none */
    enum side left_edge;  /* the patient's side that the left edge of a frontal
                             image shows; SIDE_NONE: not known, none */
    struct landmark landmarks[FINDINGS_LANDMARKS];
    size_t n_landmarks;
};

/* A code that the bundle brings itself, of a scheme that is not ours. */
struct own_code {
    char value[17], scheme[17], meaning[65]; /* value "": none */
};

/* What the value is and how its points lie. */
enum measure_kind {
    MEASURE_ANGLE,      /* a vertex: A V V B; deg */
    MEASURE_DISTANCE,   /* 2 points; mm */
    MEASURE_LINES,      /* two lines that need not meet: A1 A2 B1 B2; deg */
    MEASURE_RATIO,      /* two lengths: A1 A2 over B1 B2; ratio */
    MEASURE_DIFFERENCE, /* right less left: 4 points, the two lengths, when
                           both lie on one image, else those of its image */
    MEASURE_AREA,       /* up to FINDINGS_POINTS of its outline, closed; mm2. In
                           another unit a number that the network gives itself:
                           without points it has no place on the image */
    MEASURE_GRADE       /* a box: 4 corners; the value is the grade's number */
};

/* More that is true of a measurement, each a code: {upper_end_vertebra, T5},
 * {convexity, right}. Keys of sr_writer/codes.c: traits, and sites or values.
 */
struct trait {
    char concept[33], value[33];
};

struct measurement {
    char id[33];         /* hka */
    char concept[49];    /* hip_knee_ankle_angle: a row of sr_writer/codes.c */
    struct own_code own; /* instead of a concept */
    char label[25];      /* on a picture; "": that of the concept */
    char site[33];       /* lower_limb: likewise */
    char modifier[17];   /* medial, lateral, anterior, posterior; "": none */
    enum side side;
    enum measure_kind kind;
    double value;
    char unit[9];      /* deg, mm, mm2, ratio, grade */
    double confidence; /* 0..1: the chance that it is right within tolerance,
                          as the bundle's evaluation found, else its least
                          certain landmark's */
    double certainty;  /* 0..1: that from which confidence follows: of its
                          least certain landmark, of a grade's class */
    size_t image;      /* index into findings.images */
    double points[FINDINGS_POINTS][2];
    size_t n_points;
    double plumb[2]; /* a distance from a vertical or a horizontal: where that
                        begins; drawn, not reported */
    bool has_plumb;
    double parts[2];    /* ratio: the two lengths, mm or pixels; difference:
                           right and left */
    char parts_unit[9]; /* mm, or "": pixels, not reported */
    char grade[33];     /* kl_2: a row of sr_writer/codes.c */
    struct trait traits[FINDINGS_TRAITS];
    size_t n_traits;
    double normal[2]; /* reference range, lowest and highest */
    bool has_normal;
    char note[FINDINGS_REASON]; /* for a person; "" */
};

/* What the bundle looks for: a fracture, a value beyond a limit. Found, or
 * looked for in vain: then it has no box, and present is false. */
enum priority { PRIORITY_ROUTINE, PRIORITY_HIGH, PRIORITY_STAT };

struct found {
    char id[33];      /* fracture */
    char concept[49]; /* fracture_of_bone: a row of sr_writer/codes.c */
    struct own_code own;
    char site[33];
    enum side side;
    enum priority priority;
    bool present;
    double confidence; /* present: 0..1 */
    double least;      /* the confidence from which it counts as found */
    size_t image;
    bool has_box;
    double box[4];    /* x0 y0 x1 y1, x0 < x1, y0 < y1 */
    char measure[33]; /* the measurement it follows from; "": none */
};

struct refusal {
    char id[33];
    char concept[49];
    struct own_code own;
    char site[33];
    char modifier[17];
    enum side side;
    size_t image;
    char quality[25]; /* positioning, exposure, …: a row of sr_writer/codes.c
                         (CID 6135); "": the number is in doubt, not the
                         image */
    char reason[FINDINGS_REASON]; /* for a person */
};

/* A value that the same measure of the same person had before. */
struct earlier {
    char date[9]; /* StudyDate */
    double value; /* in the measurement's unit */
    double confidence;
    char version[33]; /* of the model that measured it */
    char study_uid[65], series_uid[65], sop_class[65], sop_uid[65]; /* image */
    /* the report that it was read from; "": our history */
    char sr_class[65], sr_series_uid[65], sr_uid[65];
};

/* A measurement beside earlier ones. Nothing is computed from values that
 * cannot be compared (another view, side or spacing, a model version without a
 * bridging figure, an implant in between): reason says why. */
enum change_kind {
    CHANGE_REFUSED, /* not comparable: reason; no other number is set */
    CHANGE_STABLE,  /* less than the model can tell */
    CHANGE_INCREASED,
    CHANGE_DECREASED,
    CHANGE_NEW /* nothing earlier is known */
};

struct change {
    size_t measurement; /* index into findings.measurements */
    enum change_kind kind;
    struct earlier earlier[FINDINGS_EARLIER]; /* comparable, oldest first */
    size_t n_earlier;
    size_t prior;      /* index into earlier of the one compared with */
    double difference; /* now less prior, in the measurement's unit */
    double per_year;   /* NaN: less than 90 days apart */
    double detectable; /* the smallest change that the model can tell */
    char reason[FINDINGS_REASON];
};

struct findings {
    char study_date[9]; /* of the images; "": not known */
    char model[65], version[33], manufacturer[65], description[161];
    char demonstration[161]; /* "": a clinical model */
    char weights_sha256[65]; /* of all networks of the bundle */
    char config_sha256[65];
    double min_confidence;
    char failure[161]; /* why nothing could be looked at; "": it could */
    struct findings_image images[FINDINGS_IMAGES];
    size_t n_images;
    struct measurement measurements[FINDINGS_MEASUREMENTS];
    size_t n_measurements;
    struct refusal refused[FINDINGS_MEASUREMENTS];
    size_t n_refused;
    struct found found[FINDINGS_FOUND];
    size_t n_found;
    struct change changes[FINDINGS_CHANGES];
    size_t n_changes;
};

/* That of measurement i; NULL: it was not looked for. */
const struct change *findings_change(const struct findings *findings, size_t i);
/* Are there numbers in it? */
bool change_compared(const struct change *change);

#endif
