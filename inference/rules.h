#ifndef INFERENCE_RULES_H
#define INFERENCE_RULES_H

#include "db/findings.h"

/* The rules of a bundle after model.yaml(5) was read: names resolved to
 * indices, `sides` expanded to one row per side. Plain values.
 *
 * Objects are points, lines, circles and contours. The landmarks of all
 * stages come first, in the order of stages, sides and outputs, each name
 * once; then `geometry` in its order, each made of objects before it. */
#define RULES_OBJECTS  256
#define RULES_OPERANDS 24
#define RULES_CHECKS   32
#define RULES_MEASURES 96
#define RULES_FINDINGS 32
#define RULES_CURVE    12

enum rule_object_kind {
    OBJECT_POINT,
    OBJECT_LINE,
    OBJECT_CIRCLE, /* stands for its center where a point is wanted */
    OBJECT_CONTOUR
};

enum object_how {
    HOW_LANDMARK,
    HOW_MIDPOINT,
    HOW_CENTROID,       /* of points */
    HOW_CENTROID_LABEL, /* of a mask's label */
    HOW_CENTER,         /* of a circle */
    HOW_INTERSECTION,   /* of two lines */
    HOW_FOOT,           /* of the perpendicular from of[0] onto line of[1] */
    HOW_EXTREME,        /* of contour of[0], toward */
    HOW_LINE,           /* 2: through both; more: orthogonal least squares */
    HOW_VERTICAL,       /* through of[0] */
    HOW_HORIZONTAL,
    HOW_PARALLEL, /* to line of[0] through of[1] */
    HOW_PERPENDICULAR,
    HOW_CIRCLE,  /* least squares through 3 or more */
    HOW_CONTOUR, /* through these points, in this order */
    HOW_EDGE     /* of a mask's label, seen from toward */
};

enum toward {
    TOWARD_NONE,
    TOWARD_UP,
    TOWARD_DOWN,
    TOWARD_LEFT, /* of the picture */
    TOWARD_RIGHT,
    TOWARD_MEDIAL, /* of a side; on a picture that shows the patient's right
                      on its left (orientation L\F): right's is to the right */
    TOWARD_LATERAL
};

struct rule_object {
    char name[65]; /* with its side in front */
    enum side side;
    enum rule_object_kind kind;
    enum object_how how;
    size_t of[RULES_OPERANDS], n_of;
    char label[49];      /* of a mask */
    char mask[33];       /* the output it is of: seen_mask.output */
    uint8_t label_index; /* what its cells hold */
    enum toward toward;
    double least; /* landmark: its confidence below which there is no number */
};

enum check_kind {
    CHECK_DESCENDING,   /* each object lower than the one before */
    CHECK_LENGTH_RATIO, /* |0-1| / |2-3| within min..max */
    CHECK_INSIDE,       /* min = margin as a share of the image's size */
    CHECK_CLASS, /* output's most probable class is one of classes, >= min */
    CHECK_SIDE   /* output tells the side: classes[0] right, [1] left */
};

struct rule_check {
    enum check_kind kind;
    enum side side; /* whose measurements need it; SIDE_NONE: all */
    size_t objects[RULES_OPERANDS], n_objects;
    char output[33], classes[8][49];
    size_t n_classes;
    double min, max;
    char quality[25]; /* see struct refusal */
};

enum rule_kind {
    RULE_ANGLE,        /* objects: 4 points A V W B, or 2 lines */
    RULE_ANGLE_AXIS,   /* one line; toward UP: to the vertical, LEFT: to the
                          horizontal; 0..90 */
    RULE_SIGNED_ANGLE, /* as RULE_ANGLE; clockwise */
    RULE_DISTANCE,
    RULE_PERPENDICULAR, /* point, line; toward: positive there */
    RULE_RATIO,         /* 4 points */
    RULE_DIFFERENCE,    /* of other */
    RULE_COBB,          /* objects: 4 per vertebra, upper left, upper right,
                           lower left, lower right, from the head down */
    RULE_WIDTH,         /* two contours, upper and lower; at */
    RULE_AREA,          /* of label */
    RULE_GRADE,         /* of output; objects: what it is drawn around */
    RULE_SCALAR         /* of output: a scalar's name */
};

/* What the least confidence of its landmarks (of a grade: the probability of
 * its class) makes of a measurement's: straight lines between pairs of a
 * certainty, ascending, and the share within tolerance that was found at it. */
struct rule_curve {
    double at[RULES_CURVE][2];
    size_t n; /* 0: it stays what it is */
};

enum cobb_curve { COBB_LARGEST, COBB_ABOVE, COBB_BELOW };

struct rule_measure {
    char id[33], concept[49], label[25], site[33], modifier[17];
    struct own_code own;
    enum side side;
    enum rule_kind kind;
    char unit[9];
    size_t objects[4 * 24], n_objects; /* 24 vertebrae */
    char vertebrae[24][9];
    enum cobb_curve curve;
    enum toward toward; /* angle: swept through that side */
    bool clockwise;
    double less;     /* angle of points or lines: degrees taken off */
    double at;       /* width: fraction; negative: the minimum */
    double least;    /* Cobb */
    char other[33];  /* difference: an id */
    char output[65]; /* grade, scalar, area: output, name (as a landmark, its
                        side in front) or label */
    char mask[33];   /* area: the output of that label, */
    uint8_t label_index; /* and what its cells hold */
    double min, max;     /* outside: no number */
    double normal[2];
    bool has_normal;
    double detectable;            /* smallest detectable change; 0: unknown */
    bool implant;                 /* measured only where there is one */
    struct rule_curve confidence; /* n 0: that of the rules */
    char needs[4][33];
    size_t n_needs;
    char definition[401], source[161];
};

enum finding_kind {
    FINDING_BOXES,
    FINDING_MEASURE, /* of an id, below min or above max */
    FINDING_GRADE,   /* of an id, at least min */
    FINDING_CLASS    /* output says name with at least `least` */
};

struct rule_finding {
    char id[33], concept[49], site[33];
    struct own_code own;
    enum side side;
    enum finding_kind kind;
    char output[33], name[49];
    char measure[33];
    double least, min, max; /* unused limits: -/+ infinity */
    enum priority priority;
};

struct rules {
    double mask_least; /* a mask's confidence (label.h) below which there is no
                          number */
    struct rule_object objects[RULES_OBJECTS];
    size_t n_objects, n_landmarks;
    struct rule_check checks[RULES_CHECKS];
    size_t n_checks;
    struct rule_measure measures[RULES_MEASURES];
    size_t n_measures;
    struct rule_finding findings[RULES_FINDINGS];
    size_t n_findings;
    struct rule_curve confidence; /* of measurements without their own */
    bool has_ball;
    size_t ball; /* object: a circle */
    double ball_mm;
};

#endif
