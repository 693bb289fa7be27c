/* From points to numbers, and when to give none. Anything doubtful (an
 * uncertain or absent landmark, a leg upside down, a value no leg has) is
 * refused with a reason a person understands: a missing number is read again
 * by eye, a wrong one is not. Every comparison is written so that NaN fails.
 *
 * The hip-knee-ankle angle as swept through the medial side (180 neutral,
 * varus below) follows Cooke et al., J Rheumatol 2007;34:1796. */
#include "inference/measure_v1.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define DEG_PER_RAD 57.29577951308232
#define LEAST_RAY   2.0 /* pixels */

double measure_v1_angle_deg(const double a[2], const double v[2],
                            const double w[2], const double b[2])
{
    double ux = a[0] - v[0], uy = a[1] - v[1];
    double wx = b[0] - w[0], wy = b[1] - w[1];
    return atan2(fabs(ux * wy - uy * wx), ux * wx + uy * wy) * DEG_PER_RAD;
}

double measure_v1_sweep_deg(const double a[2], const double v[2],
                            const double w[2], const double b[2])
{
    /* y points down, so growing angles turn from up through +x to down */
    double from = atan2(a[1] - v[1], a[0] - v[0]);
    double to = atan2(b[1] - w[1], b[0] - w[0]);
    double deg = (to - from) * DEG_PER_RAD;
    return deg < 0 ? deg + 360 : deg;
}

struct view { /* one image, seen by one measurement or check */
    const struct bundle *bundle;
    const struct findings_image *image;
    double unit[2]; /* x, y: millimeters per pixel, or 1 */
    enum side only; /* the image shows no other; SIDE_NONE: it may */
};

static const char *landmark_name(const struct view *view, size_t at)
{
    const char *name = view->image->landmarks[at].name;
    const char *dot = strchr(name, '.');
    return dot ? dot + 1 : name;
}

/* ankle_center is an ankle center to who reads the reason. */
static void make_words(char *reason)
{
    for (; *reason; reason++)
        *reason = *reason == '_' ? ' ' : *reason;
}

/* Millimeters when the image has spacing, so that anisotropic pixels bend no
 * angle. mirror: +x becomes the medial side of a left leg. */
static void position(const struct view *view, size_t at, bool mirror,
                     double out[2])
{
    const struct landmark *l = &view->image->landmarks[at];
    out[0] = l->x * view->unit[0] * (mirror ? -1 : 1);
    out[1] = l->y * view->unit[1];
}

static double length(const struct view *view, size_t a, size_t b)
{
    double p[2], q[2];
    position(view, a, false, p);
    position(view, b, false, q);
    return hypot(p[0] - q[0], p[1] - q[1]);
}

static bool landmarks_good(const struct view *view, const size_t *points,
                           size_t n, char reason[static 161])
{
    const struct findings_image *image = view->image;
    double least = view->bundle->min_confidence;
    for (size_t i = 0; i < n; i++) {
        const struct landmark *l = &image->landmarks[points[i]];
        if (!(l->confidence >= least)) {
            snprintf(reason, 161,
                     "%s is uncertain (confidence %.2f, at least %.2f is "
                     "wanted)",
                     landmark_name(view, points[i]), l->confidence, least);
            return false;
        }
        if (!(l->x >= -0.5 && l->x <= image->columns - 0.5 && l->y >= -0.5 &&
              l->y <= image->rows - 0.5)) {
            snprintf(reason, 161, "%s lies outside the image",
                     landmark_name(view, points[i]));
            return false;
        }
    }
    return true;
}

static bool check_descending(const struct view *view,
                             const struct bundle_check *check,
                             char reason[static 161])
{
    for (size_t i = 1; i < check->n_points; i++) {
        size_t upper = check->points[i - 1], lower = check->points[i];
        if (!(view->image->landmarks[lower].y >
              view->image->landmarks[upper].y)) {
            snprintf(reason, 161, "%s is not below %s in the image",
                     landmark_name(view, lower), landmark_name(view, upper));
            return false;
        }
    }
    return true;
}

static bool check_ratio(const struct view *view,
                        const struct bundle_check *check,
                        char reason[static 161])
{
    const size_t *p = check->points;
    double ratio = length(view, p[0], p[1]) / length(view, p[2], p[3]);
    if (ratio >= check->min && ratio <= check->max)
        return true;
    snprintf(reason, 161,
             "the length of %s-%s is %.2f times that of %s-%s, outside "
             "%g to %g",
             landmark_name(view, p[0]), landmark_name(view, p[1]), ratio,
             landmark_name(view, p[2]), landmark_name(view, p[3]), check->min,
             check->max);
    return false;
}

static bool checks_hold(const struct view *view, enum side side,
                        char reason[static 161])
{
    for (size_t i = 0; i < view->bundle->n_checks; i++) {
        const struct bundle_check *check = &view->bundle->checks[i];
        if (check->side != SIDE_NONE && check->side != side)
            continue;
        /* what an uncertain landmark seems to confirm confirms nothing */
        if (!landmarks_good(view, check->points, check->n_points, reason) ||
            !(check->kind == BUNDLE_DESCENDING
                  ? check_descending(view, check, reason)
                  : check_ratio(view, check, reason)))
            return false;
    }
    return true;
}

/* Two landmarks in one place have no direction, and atan2(0, 0) is 0. */
static bool rays_good(const struct view *view,
                      const struct bundle_measure *rule,
                      char reason[static 161])
{
    const size_t *p = rule->points;
    for (size_t i = 0; i < 4; i += 2) {
        const struct landmark *a = &view->image->landmarks[p[i]];
        const struct landmark *b = &view->image->landmarks[p[i + 1]];
        if (!(hypot(a->x - b->x, a->y - b->y) >= LEAST_RAY)) {
            snprintf(reason, 161, "%s and %s are too close to give an angle",
                     landmark_name(view, p[i]), landmark_name(view, p[i + 1]));
            return false;
        }
    }
    return true;
}

static double angle(const struct view *view, const struct bundle_measure *rule)
{
    bool mirror = rule->medial && rule->side == SIDE_LEFT;
    double p[4][2];
    for (size_t i = 0; i < 4; i++)
        position(view, rule->points[i], mirror, p[i]);
    return rule->medial ? measure_v1_sweep_deg(p[0], p[1], p[2], p[3])
                        : measure_v1_angle_deg(p[0], p[1], p[2], p[3]);
}

static void fill(const struct view *view, const struct bundle_measure *rule,
                 size_t image, double value, struct measurement *out)
{
    *out = (struct measurement){.side = rule->side,
                                .kind = rule->kind,
                                .value = value,
                                .confidence = 1,
                                .image = image,
                                .n_points = rule->n_points};
    memcpy(out->id, rule->id, sizeof out->id);
    memcpy(out->concept, rule->concept, sizeof out->concept);
    memcpy(out->site, rule->site, sizeof out->site);
    strcpy(out->unit, rule->kind == MEASURE_ANGLE ? "deg" : "mm");
    for (size_t i = 0; i < rule->n_points; i++) {
        const struct landmark *l = &view->image->landmarks[rule->points[i]];
        out->points[i][0] = l->x;
        out->points[i][1] = l->y;
        out->confidence = fmin(out->confidence, l->confidence);
    }
}

static void refuse(const struct bundle_measure *rule, size_t image,
                   const char *reason, struct findings *findings)
{
    struct refusal *out = &findings->refused[findings->n_refused++];
    *out = (struct refusal){.side = rule->side, .image = image};
    memcpy(out->id, rule->id, sizeof out->id);
    memcpy(out->concept, rule->concept, sizeof out->concept);
    memcpy(out->site, rule->site, sizeof out->site);
    snprintf(out->reason, sizeof out->reason, "%s", reason);
}

static bool measure(const struct view *view, const struct bundle_measure *rule,
                    const char *no_spacing, double *value,
                    char reason[static 161])
{
    if (view->only != SIDE_NONE && rule->side != SIDE_NONE &&
        rule->side != view->only) {
        snprintf(reason, 161, "the image shows the %s side only",
                 side_name(view->only));
        return false;
    }
    if (!landmarks_good(view, rule->points, rule->n_points, reason) ||
        !checks_hold(view, rule->side, reason) ||
        (rule->kind == MEASURE_ANGLE && !rays_good(view, rule, reason)))
        return false;
    if (rule->kind == MEASURE_DISTANCE &&
        view->image->calibration == CALIBRATION_NONE) {
        snprintf(reason, 161, "no millimeters: %.140s", no_spacing);
        return false;
    }
    const char *unit = rule->kind == MEASURE_ANGLE ? "deg" : "mm";
    *value = rule->kind == MEASURE_ANGLE
                 ? angle(view, rule)
                 : length(view, rule->points[0], rule->points[1]);
    if (*value >= rule->min && *value <= rule->max)
        return true;
    snprintf(reason, 161, "%.1f %s is outside %g to %g %s", *value, unit,
             rule->min, rule->max, unit);
    return false;
}

void measure_v1_image(const struct bundle *bundle, size_t image, enum side only,
                      const char *no_spacing, struct findings *findings)
{
    const struct findings_image *seen = &findings->images[image];
    bool calibrated = seen->calibration != CALIBRATION_NONE;
    struct view view = {.bundle = bundle,
                        .image = seen,
                        .only = only,
                        .unit = {calibrated ? seen->spacing_mm[1] : 1,
                                 calibrated ? seen->spacing_mm[0] : 1}};
    for (size_t i = 0; i < bundle->n_measures; i++) {
        const struct bundle_measure *rule = &bundle->measures[i];
        double value;
        char reason[161];
        if (measure(&view, rule, no_spacing, &value, reason)) {
            fill(&view, rule, image, value,
                 &findings->measurements[findings->n_measurements++]);
        } else {
            make_words(reason);
            refuse(rule, image, reason, findings);
        }
    }
}

void measure_v1_refuse(const struct bundle *bundle, size_t image,
                       const char *reason, struct findings *findings)
{
    for (size_t i = 0; i < bundle->n_measures; i++)
        refuse(&bundle->measures[i], image, reason, findings);
}
