#ifndef INFERENCE_GEOMETRY_H
#define INFERENCE_GEOMETRY_H

#include "inference/rules.h"
#include "inference/seen.h"
#include "inference/turn.h"

/* The objects of a bundle's rules, placed on one image.
 *
 * All is computed on a plane: the upright picture (x right, y down) in
 * millimeters, or, without spacing, in pixel widths. So neither pixels that
 * are not square nor a film that lies on its side bend an angle. Points go
 * back to source pixels to be drawn. */
struct plane {
    double to[2][2], back[2][2]; /* source pixels to plane, and back */
    double pixel;                /* a pixel's smaller side on the plane */
    double film[4];   /* x0 y0 x1 y1 of what there is, source pixels: seen.h */
    bool from_behind; /* the patient's right is on the right */
    bool partial;     /* measure.h */
};

/* unit: x and y of a source pixel; turn: turn.h. */
struct plane plane_make(const double unit[2], uint32_t turn, uint32_t rows,
                        uint32_t columns);
void plane_point(const struct plane *plane, double x, double y, double out[2]);
void plane_source(const struct plane *plane, const double p[2], double out[2]);
bool plane_inside(const struct plane *plane, const double source[2]);

/* A unit vector on the plane; side: whose medial and lateral. Zero for
 * TOWARD_NONE. */
void plane_toward(const struct plane *plane, enum toward toward, enum side side,
                  double out[2]);

#define SHAPE_NO_LANDMARK SIZE_MAX

struct shape {
    enum rule_object_kind kind;
    bool ok;
    bool absent;         /* not ok, and nothing of this image's looks for it */
    double at[2];        /* point; circle: center; line: its first end */
    double along[2];     /* line: unit vector */
    double end[2];       /* line: the other end, to be drawn */
    double radius;       /* circle */
    double aspect;       /* circle: 1 round; fit.h */
    size_t n_fitted;     /* circle, line: of how many points */
    double (*points)[2]; /* contour; malloc'd */
    size_t n_points;
    double confidence; /* least of its landmarks and masks (label.h) */
    size_t weakest;    /* the landmark that has it, or SHAPE_NO_LANDMARK */
    char reason[FINDINGS_REASON]; /* not ok: for a person */
};

struct geometry {
    struct plane plane;
    struct shape shapes[RULES_OBJECTS];
    size_t n_shapes;
};

/* Never fails: what cannot be placed is not ok, with a reason. */
void geometry_resolve(const struct rules *rules, const struct seen *seen,
                      const struct plane *plane, struct geometry *out);
void geometry_free(struct geometry *geometry);

/* left.ankle_center is an ankle center to who reads a reason. */
void geometry_words(const char *name, char out[static 65]);

#endif
