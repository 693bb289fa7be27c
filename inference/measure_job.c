/* What needs all images of a job: the difference of two sides, which may lie
 * on two films; numbers that are worth nothing without another; and what no
 * film showed. And the rows that say why there is no number. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "inference/measure_view.h"

void refuse_measure(const struct rule_measure *rule, size_t image,
                    const char *quality, const char *reason,
                    struct findings *findings)
{
    if (findings->n_refused == FINDINGS_MEASUREMENTS)
        return;
    struct refusal *out = &findings->refused[findings->n_refused++];
    *out =
        (struct refusal){.image = image, .side = rule->side, .own = rule->own};
    memcpy(out->id, rule->id, sizeof out->id);
    memcpy(out->concept, rule->concept, sizeof out->concept);
    memcpy(out->site, rule->site, sizeof out->site);
    memcpy(out->modifier, rule->modifier, sizeof out->modifier);
    snprintf(out->quality, sizeof out->quality, "%s", quality ? quality : "");
    snprintf(out->reason, sizeof out->reason, "%s", reason);
}

/* A finding is refused as a measurement is; it has no modifier. */
void refuse_finding(const struct rule_finding *rule, size_t image,
                    const char *quality, const char *reason,
                    struct findings *findings)
{
    struct rule_measure same = {.side = rule->side, .own = rule->own};
    memcpy(same.id, rule->id, sizeof same.id);
    memcpy(same.concept, rule->concept, sizeof same.concept);
    memcpy(same.site, rule->site, sizeof same.site);
    refuse_measure(&same, image, quality, reason, findings);
}

void measure_refuse(const struct rules *rules, size_t image,
                    const char *quality, const char *reason,
                    struct findings *findings)
{
    for (size_t i = 0; i < rules->n_measures; i++)
        if (rules->measures[i].kind != RULE_DIFFERENCE)
            refuse_measure(&rules->measures[i], image, quality, reason,
                           findings);
    for (size_t i = 0; i < rules->n_findings; i++)
        if (rules->findings[i].kind == FINDING_BOXES ||
            rules->findings[i].kind == FINDING_CLASS)
            refuse_finding(&rules->findings[i], image, quality, reason,
                           findings);
}

static const struct rule_measure *rule_of(const struct rules *rules,
                                          const char *id, enum side side)
{
    for (size_t i = 0; i < rules->n_measures; i++)
        if (strcmp(rules->measures[i].id, id) == 0 &&
            rules->measures[i].side == side)
            return &rules->measures[i];
    return NULL;
}

/* A difference holds for the job, whatever image it names; a sideless number
 * for both sides. */
static bool need_met(const struct rules *rules, const char *id,
                     const struct measurement *m,
                     const struct findings *findings)
{
    for (size_t i = 0; i < findings->n_measurements; i++) {
        const struct measurement *other = &findings->measurements[i];
        if (strcmp(other->id, id) != 0 ||
            (other->side != SIDE_NONE && m->side != SIDE_NONE &&
             other->side != m->side))
            continue;
        const struct rule_measure *rule = rule_of(rules, id, other->side);
        if (other->image == m->image || (rule && rule->kind == RULE_DIFFERENCE))
            return true;
    }
    return false;
}

static const char *unmet(const struct rules *rules,
                         const struct rule_measure *rule,
                         const struct measurement *m, bool differences,
                         const struct findings *findings)
{
    for (size_t i = 0; i < rule->n_needs; i++) {
        const struct rule_measure *need =
            rule_of(rules, rule->needs[i], SIDE_NONE);
        if (need && need->kind == RULE_DIFFERENCE && !differences)
            continue; /* not computed yet */
        if (!need_met(rules, rule->needs[i], m, findings))
            return rule->needs[i];
    }
    return NULL;
}

/* One that falls may be what another needs: until all stand. */
static void apply_needs(const struct rules *rules, bool differences,
                        struct findings *f)
{
    size_t i = 0;
    while (i < f->n_measurements) {
        const struct measurement *m = &f->measurements[i];
        const struct rule_measure *rule = rule_of(rules, m->id, m->side);
        const char *need = rule ? unmet(rules, rule, m, differences, f) : NULL;
        char reason[FINDINGS_REASON], words[65];
        if (!need) {
            i++;
            continue;
        }
        geometry_words(need, words);
        snprintf(reason, sizeof reason,
                 "it means nothing without %s, which was not measured", words);
        refuse_measure(rule, m->image, "", reason, f);
        f->n_measurements--;
        memmove(&f->measurements[i], &f->measurements[i + 1],
                (f->n_measurements - i) * sizeof f->measurements[0]);
        i = 0;
    }
}

/* image: FINDINGS_IMAGES for any; of several the most certain. */
static const struct measurement *
side_of(const struct findings *f, const char *id, enum side side, size_t image)
{
    const struct measurement *best = NULL;
    for (size_t i = 0; i < f->n_measurements; i++) {
        const struct measurement *m = &f->measurements[i];
        if (strcmp(m->id, id) == 0 && m->side == side &&
            (image == FINDINGS_IMAGES || m->image == image) &&
            (!best || m->confidence > best->confidence))
            best = m;
    }
    return best;
}

/* Two lengths are drawn both, where they lie on one image; else the right one
 * alone, in four points: a length twice. */
static void draw(const struct measurement *right,
                 const struct measurement *left, struct measurement *out)
{
    size_t n = right->n_points < 4 ? right->n_points : 4;
    memcpy(out->points, right->points, n * sizeof right->points[0]);
    out->n_points = n;
    if (n == 2 && left->n_points == 2 && left->image == right->image) {
        memcpy(out->points + 2, left->points, 2 * sizeof left->points[0]);
        out->n_points = 4;
    }
}

static bool subtract(const struct measurement *right,
                     const struct measurement *left,
                     const struct findings *findings, struct making *m)
{
    struct measurement *out = m->out;
    bool length = strcmp(right->unit, "mm") == 0;
    if (length && findings->images[right->image].calibration !=
                      findings->images[left->image].calibration)
        return making_refuse(m, "the two sides lie on images whose millimeters "
                                "come from different sources");
    out->kind = MEASURE_DIFFERENCE;
    out->value = right->value - left->value;
    out->certainty = fmin(right->certainty, left->certainty);
    out->confidence = m->rule->confidence.n > 0
                          ? measure_confidence(NULL, m->rule, out->certainty)
                          : fmin(right->confidence, left->confidence);
    out->parts[0] = right->value;
    out->parts[1] = left->value;
    memcpy(out->unit, right->unit, sizeof out->unit);
    if (length)
        strcpy(out->parts_unit, "mm");
    if (right->image != left->image)
        snprintf(out->note, sizeof out->note,
                 "right and left were measured on different images");
    draw(right, left, out);
    return measure_limits(m);
}

static void take_difference(const struct rule_measure *rule,
                            const struct measurement *right,
                            const struct measurement *left,
                            struct findings *findings)
{
    struct measurement out;
    struct making m = {.rule = rule, .out = &out};
    measure_describe(rule, right->image, &out);
    if (!subtract(right, left, findings, &m))
        refuse_measure(rule, right->image, "", m.reason, findings);
    else if (findings->n_measurements < FINDINGS_MEASUREMENTS)
        findings->measurements[findings->n_measurements++] = out;
}

/* One for each image that has both sides; without such, one across images. */
static void differences(const struct rule_measure *rule,
                        struct findings *findings)
{
    const struct measurement *right, *left;
    char reason[FINDINGS_REASON], words[65];
    bool any = false;
    for (size_t i = 0; i < findings->n_images; i++) {
        right = side_of(findings, rule->other, SIDE_RIGHT, i);
        left = side_of(findings, rule->other, SIDE_LEFT, i);
        if (right && left) {
            take_difference(rule, right, left, findings);
            any = true;
        }
    }
    if (any)
        return;
    right = side_of(findings, rule->other, SIDE_RIGHT, FINDINGS_IMAGES);
    left = side_of(findings, rule->other, SIDE_LEFT, FINDINGS_IMAGES);
    if (right && left) {
        take_difference(rule, right, left, findings);
        return;
    }
    geometry_words(rule->other, words);
    snprintf(reason, sizeof reason, "%s was not measured on the %s", words,
             right  ? "left side"
             : left ? "right side"
                    : "right or left side");
    refuse_measure(rule,
                   right  ? right->image
                   : left ? left->image
                          : 0,
                   "", reason, findings);
}

static bool mentioned(const struct rule_measure *rule, const struct findings *f)
{
    for (size_t i = 0; i < f->n_measurements; i++)
        if (strcmp(f->measurements[i].id, rule->id) == 0 &&
            f->measurements[i].side == rule->side)
            return true;
    for (size_t i = 0; i < f->n_refused; i++)
        if (strcmp(f->refused[i].id, rule->id) == 0 &&
            f->refused[i].side == rule->side)
            return true;
    return false;
}

void measure_job(const struct rules *rules, struct findings *findings)
{
    apply_needs(rules, false, findings);
    for (size_t i = 0; i < rules->n_measures; i++)
        if (rules->measures[i].kind == RULE_DIFFERENCE)
            differences(&rules->measures[i], findings);
    apply_needs(rules, true, findings);
    for (size_t i = 0; i < rules->n_measures; i++)
        if (!mentioned(&rules->measures[i], findings))
            refuse_measure(&rules->measures[i], 0, "",
                           "no image shows the view that it is measured on",
                           findings);
    found_job(rules, findings);
}
