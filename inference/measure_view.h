#ifndef INFERENCE_MEASURE_VIEW_H
#define INFERENCE_MEASURE_VIEW_H

#include "inference/geometry.h"
#include "inference/measure.h"

/* One image as the measurements of its rules see it; inside of measure.h. */
struct view {
    const struct rules *rules;
    const struct seen *seen;
    const struct measure_how *how;
    const struct geometry *geometry;
    const struct findings_image *image;
    size_t index;
    enum side only; /* of the header, else what the model saw */
    bool millimeters;
    char no_spacing[FINDINGS_REASON];
};

/* One number being made. What it rests on lowers the confidence. */
struct making {
    const struct view *view;
    const struct rule_measure *rule;
    struct measurement *out;
    bool absent;                  /* nothing of this image looks for it */
    char reason[FINDINGS_REASON]; /* why there is none */
};

/* Operand i of the rule, where it must be that kind (a circle may stand for a
 * point). False: reason or absent is set. */
bool making_operand(struct making *m, size_t i, enum rule_object_kind kind,
                    const struct shape **out);
bool making_operands(struct making *m, enum rule_object_kind kind, size_t n,
                     const struct shape **out);
void making_words(const struct making *m, size_t i, char out[static 65]);

/* Puts a point of the plane among those to draw, in source pixels. False: it
 * lies outside the image, where a report may name no point. */
bool making_draw(struct making *m, const double p[2]);
/* The part of a line that lies on the image: two points. */
bool making_draw_line(struct making *m, const double a[2], const double b[2]);
/* The four corners of a box in source pixels, cut to the image. */
bool making_draw_box(struct making *m, const double box[4]);

/* The side that medial and lateral are of: the rule's, else the image's. */
enum side making_side(const struct making *m);

/* False with a reason: `what` (a length) needs millimeters. */
bool making_millimeters(struct making *m);
bool making_refuse(struct making *m, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* "right.knee" or "knee" of side right: is it `output` of that side? */
bool view_is_output(const char *name, enum side side, const char *output,
                    enum side output_side);
/* The most probable class of an output; NULL: it was not looked at. *index:
 * its number. */
const struct seen_class *view_class(const struct seen *seen, const char *output,
                                    enum side side, size_t *index);
const struct seen_region *view_region(const struct seen *seen,
                                      const char *output, enum side side);

/* The rule kinds, in measure_angle.c, measure_length.c, measure_value.c,
 * cobb.c and width.c: value, kind, unit and points of m->out. */
bool measure_angle(struct making *m);
bool measure_angle_axis(struct making *m);
bool measure_signed_angle(struct making *m);
bool measure_distance(struct making *m);
bool measure_perpendicular(struct making *m);
bool measure_ratio(struct making *m);
bool measure_area(struct making *m);
bool measure_grade(struct making *m);
bool measure_scalar(struct making *m);
bool measure_cobb(struct making *m);
bool measure_width(struct making *m);

/* What the number may be reported for, from rule to row. */
void measure_describe(const struct rule_measure *rule, size_t image,
                      struct measurement *out);
bool measure_limits(struct making *m); /* min and max */
/* By the rule's own curve, else by that of the rules, which is not for the
 * probability of a grade. */
double measure_confidence(const struct rules *rules,
                          const struct rule_measure *rule, double certainty);

void refuse_measure(const struct rule_measure *rule, size_t image,
                    const char *quality, const char *reason,
                    struct findings *findings);
void refuse_finding(const struct rule_finding *rule, size_t image,
                    const char *quality, const char *reason,
                    struct findings *findings);

/* gates.c: the checks that a row of this side must pass. */
struct gate {
    const char *quality;          /* of the check that failed */
    char reason[FINDINGS_REASON]; /* "": all hold */
};
/* The side that the image shows when header and model are heard. False: they
 * contradict each other, and nothing on this image counts. */
bool gate_side(const struct view *view, enum side *only, struct gate *out);
/* only_seen: the checks of what the model sees, not those of landmarks. */
bool gate_checks(const struct view *view, enum side side, bool only_seen,
                 struct gate *out);

/* calibrate.c. unit: x and y of a pixel on the plane. */
enum calibrate_result {
    CALIBRATE_BALL,         /* image's spacing is the ball's now */
    CALIBRATE_NO_BALL,      /* with a reason; nothing changed */
    CALIBRATE_CONTRADICTION /* with a reason; image has no spacing now */
};
enum calibrate_result calibrate_ball(const struct rules *rules,
                                     const struct geometry *geometry,
                                     const double unit[2],
                                     struct findings_image *image,
                                     char reason[static FINDINGS_REASON]);

/* found.c: findings that need what was seen; and those that follow from
 * measurements. */
void found_image(const struct view *view, const struct gate *unusable,
                 struct findings *findings);
void found_job(const struct rules *rules, struct findings *findings);

#endif
