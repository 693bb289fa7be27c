/* From points to numbers, and when to give none. Anything doubtful (an
 * uncertain or absent landmark, a leg upside down, a value no leg has) is
 * refused with a reason a person understands: a missing number is read again
 * by eye, a wrong one is not. Every comparison is written so that NaN fails. */
#include "inference/measure.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "inference/measure_view.h"

size_t measure_rows(const struct rules *rules)
{
    size_t n = rules->n_measures + rules->n_findings;
    return n ? n : 1;
}

static double on_curve(const struct rule_curve *curve, double certainty)
{
    const double(*at)[2] = curve->at;
    if (curve->n == 0)
        return certainty;
    if (!(certainty > at[0][0]))
        return at[0][1];
    for (size_t i = 1; i < curve->n; i++) {
        double step = at[i][0] - at[i - 1][0];
        if (certainty <= at[i][0] && step > 0)
            return at[i - 1][1] + (certainty - at[i - 1][0]) / step *
                                      (at[i][1] - at[i - 1][1]);
    }
    return at[curve->n - 1][1];
}

double measure_confidence(const struct rules *rules,
                          const struct rule_measure *rule, double certainty)
{
    if (rule->confidence.n > 0 || rule->kind == RULE_GRADE)
        return on_curve(&rule->confidence, certainty);
    return on_curve(&rules->confidence, certainty);
}

void measure_describe(const struct rule_measure *rule, size_t image,
                      struct measurement *out)
{
    *out = (struct measurement){.own = rule->own,
                                .side = rule->side,
                                .confidence = 1,
                                .image = image,
                                .has_normal = rule->has_normal};
    memcpy(out->id, rule->id, sizeof out->id);
    memcpy(out->concept, rule->concept, sizeof out->concept);
    memcpy(out->label, rule->label, sizeof out->label);
    memcpy(out->site, rule->site, sizeof out->site);
    memcpy(out->modifier, rule->modifier, sizeof out->modifier);
    memcpy(out->normal, rule->normal, sizeof out->normal);
}

bool measure_limits(struct making *m)
{
    double value = m->out->value;
    if (value >= m->rule->min && value <= m->rule->max && isfinite(value))
        return true;
    return making_refuse(m, "%.1f %s is outside %g to %g %s", value,
                         m->out->unit, m->rule->min, m->rule->max,
                         m->out->unit);
}

static bool run_rule(struct making *m)
{
    switch (m->rule->kind) {
    case RULE_ANGLE:
        return measure_angle(m);
    case RULE_ANGLE_AXIS:
        return measure_angle_axis(m);
    case RULE_SIGNED_ANGLE:
        return measure_signed_angle(m);
    case RULE_DISTANCE:
        return measure_distance(m);
    case RULE_PERPENDICULAR:
        return measure_perpendicular(m);
    case RULE_RATIO:
        return measure_ratio(m);
    case RULE_COBB:
        return measure_cobb(m);
    case RULE_WIDTH:
        return measure_width(m);
    case RULE_AREA:
        return measure_area(m);
    case RULE_GRADE:
        return measure_grade(m);
    case RULE_SCALAR:
        return measure_scalar(m);
    case RULE_DIFFERENCE:
        break;
    }
    m->absent = true; /* of the whole job */
    return false;
}

static bool wrong_side(struct making *m)
{
    enum side only = m->view->only;
    if (only == SIDE_NONE || m->rule->side == SIDE_NONE ||
        m->rule->side == only)
        return false;
    making_refuse(m, "the image shows the %s side only", side_name(only));
    return true;
}

static void measure_one(const struct view *view,
                        const struct rule_measure *rule,
                        const struct gate *unusable, struct findings *findings)
{
    struct measurement out;
    struct making m = {.view = view, .rule = rule, .out = &out};
    struct gate gate = {0};
    measure_describe(rule, view->index, &out);
    bool ok = run_rule(&m);
    if (m.absent)
        return;
    if (unusable->reason[0]) {
        refuse_measure(rule, view->index, unusable->quality, unusable->reason,
                       findings);
    } else if (wrong_side(&m)) {
        refuse_measure(rule, view->index, "", m.reason, findings);
    } else if (!gate_checks(view, rule->side, true, &gate) ||
               (ok && !gate_checks(view, rule->side, false, &gate))) {
        refuse_measure(rule, view->index, gate.quality, gate.reason, findings);
    } else if (!ok || !measure_limits(&m)) {
        refuse_measure(rule, view->index, "", m.reason, findings);
    } else if (findings->n_measurements < FINDINGS_MEASUREMENTS) {
        out.certainty = out.confidence;
        out.confidence = measure_confidence(view->rules, rule, out.certainty);
        findings->measurements[findings->n_measurements++] = out;
    }
}

static void fill_landmarks(const struct rules *rules, const struct seen *seen,
                           struct findings_image *image)
{
    size_t n = rules->n_landmarks < FINDINGS_LANDMARKS ? rules->n_landmarks
                                                       : FINDINGS_LANDMARKS;
    for (size_t i = 0; i < n; i++) {
        struct landmark *out = &image->landmarks[i];
        *out = (struct landmark){0};
        for (size_t k = 0; k < seen->n_landmarks; k++)
            if (strcmp(seen->landmarks[k].name, rules->objects[i].name) == 0)
                *out = seen->landmarks[k];
        memcpy(out->name, rules->objects[i].name, sizeof out->name);
    }
    image->n_landmarks = n;
}

static void resolve(struct view *view, const struct measure_how *how,
                    struct geometry *geometry, double unit[2])
{
    const struct findings_image *image = view->image;
    view->millimeters = image->calibration != CALIBRATION_NONE;
    if (view->millimeters || how->aspect > 0) {
        unit[0] = view->millimeters ? image->spacing_mm[1] : 1;
        unit[1] = view->millimeters ? image->spacing_mm[0] : how->aspect;
    } else {
        unit[0] = unit[1] = 1;
    }
    struct plane plane =
        plane_make(unit, how->turn, image->rows, image->columns);
    if (view->seen->film[2] > view->seen->film[0])
        memcpy(plane.film, view->seen->film, sizeof plane.film);
    plane.from_behind = how->from_behind;
    plane.partial = how->partial;
    geometry_resolve(view->rules, view->seen, &plane, geometry);
}

static void calibrate(struct view *view, const struct measure_how *how,
                      struct geometry *geometry, double unit[2],
                      struct findings_image *image)
{
    char why[FINDINGS_REASON] = "";
    bool had = view->millimeters;
    enum calibrate_result result =
        calibrate_ball(view->rules, geometry, unit, image, why);
    if (result == CALIBRATE_NO_BALL) {
        if (!had)
            snprintf(view->no_spacing, sizeof view->no_spacing, "%.79s; %.79s",
                     how->no_spacing, why);
        return;
    }
    memcpy(view->no_spacing, why, sizeof why);
    struct measure_how again = *how;
    if (result == CALIBRATE_CONTRADICTION) /* its shape still holds */
        again.aspect = unit[1] / unit[0];
    geometry_free(geometry);
    resolve(view, &again, geometry, unit);
}

void measure_image(const struct rules *rules, const struct seen *seen,
                   size_t image, const struct measure_how *how,
                   struct findings *findings)
{
    struct geometry geometry;
    struct gate unusable = {.quality = ""};
    double unit[2];
    struct view view = {.rules = rules,
                        .seen = seen,
                        .how = how,
                        .geometry = &geometry,
                        .image = &findings->images[image],
                        .index = image,
                        .only = how->only};
    snprintf(view.no_spacing, sizeof view.no_spacing, "%s", how->no_spacing);
    fill_landmarks(rules, seen, &findings->images[image]);
    resolve(&view, how, &geometry, unit);
    if (rules->has_ball)
        calibrate(&view, how, &geometry, unit, &findings->images[image]);
    gate_side(&view, &view.only, &unusable);
    for (size_t i = 0; i < rules->n_measures; i++)
        measure_one(&view, &rules->measures[i], &unusable, findings);
    found_image(&view, &unusable, findings);
    geometry_free(&geometry);
}
