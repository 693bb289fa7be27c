/* What a bundle looks for. Found, or looked for in vain: a row that says
 * absent is written only where somebody looked. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "inference/measure_view.h"

static void describe(const struct rule_finding *rule, size_t image,
                     struct found *out)
{
    *out = (struct found){.side = rule->side,
                          .own = rule->own,
                          .priority = rule->priority,
                          .least = rule->least,
                          .image = image};
    memcpy(out->id, rule->id, sizeof out->id);
    memcpy(out->concept, rule->concept, sizeof out->concept);
    memcpy(out->site, rule->site, sizeof out->site);
}

static double weight(const struct found *f)
{
    return f->present ? 1 + f->priority + f->confidence : 0;
}

/* When there is no room, what matters least gives way. */
static void add(struct findings *findings, const struct found *found)
{
    if (findings->n_found < FINDINGS_FOUND) {
        findings->found[findings->n_found++] = *found;
        return;
    }
    struct found *least = &findings->found[0];
    for (size_t i = 1; i < FINDINGS_FOUND; i++)
        if (weight(&findings->found[i]) < weight(least))
            least = &findings->found[i];
    if (weight(found) > weight(least))
        *least = *found;
}

static bool cut_box(const struct findings_image *image, const double box[4],
                    double out[4])
{
    out[0] = fmax(box[0], -0.5);
    out[1] = fmax(box[1], -0.5);
    out[2] = fmin(box[2], image->columns - 0.5);
    out[3] = fmin(box[3], image->rows - 0.5);
    return out[2] > out[0] && out[3] > out[1];
}

static void find_boxes(const struct view *view, const struct rule_finding *rule,
                       struct findings *findings)
{
    bool any = false;
    struct found found;
    for (size_t i = 0; i < view->seen->n_boxes; i++) {
        const struct seen_box *b = &view->seen->boxes[i];
        describe(rule, view->index, &found);
        if (!view_is_output(rule->output, rule->side, b->output, b->side) ||
            (rule->name[0] && strcmp(rule->name, b->name) != 0) ||
            !(b->confidence >= rule->least) ||
            !cut_box(view->image, b->box, found.box))
            continue;
        found.present = found.has_box = any = true;
        found.confidence = b->confidence;
        add(findings, &found);
    }
    describe(rule, view->index, &found);
    if (!any && view_region(view->seen, rule->output, rule->side))
        add(findings, &found);
}

static void find_class(const struct view *view, const struct rule_finding *rule,
                       struct findings *findings)
{
    struct found found;
    for (size_t i = 0; i < view->seen->n_classes; i++) {
        const struct seen_class *c = &view->seen->classes[i];
        const struct seen_region *region;
        if (!view_is_output(rule->output, rule->side, c->output, c->side) ||
            strcmp(rule->name, c->name) != 0)
            continue;
        describe(rule, view->index, &found);
        region = view_region(view->seen, rule->output, rule->side);
        found.present = c->probability >= rule->least;
        if (found.present) {
            found.confidence = c->probability;
            found.has_box =
                region && cut_box(view->image, region->box, found.box);
        }
        add(findings, &found);
        return;
    }
}

/* Was it looked for on this image? Else its refusal would be noise. */
static bool looked_for(const struct view *view, const struct rule_finding *rule)
{
    size_t index;
    return !view->how->partial ||
           view_region(view->seen, rule->output, rule->side) ||
           view_class(view->seen, rule->output, rule->side, &index);
}

void found_image(const struct view *view, const struct gate *unusable,
                 struct findings *findings)
{
    for (size_t i = 0; i < view->rules->n_findings; i++) {
        const struct rule_finding *rule = &view->rules->findings[i];
        struct gate gate = {0};
        if ((rule->kind != FINDING_BOXES && rule->kind != FINDING_CLASS) ||
            !looked_for(view, rule) ||
            (view->only != SIDE_NONE && rule->side != SIDE_NONE &&
             rule->side != view->only))
            continue;
        if (unusable->reason[0])
            refuse_finding(rule, view->index, unusable->quality,
                           unusable->reason, findings);
        else if (!gate_checks(view, rule->side, true, &gate))
            refuse_finding(rule, view->index, gate.quality, gate.reason,
                           findings);
        else if (rule->kind == FINDING_BOXES)
            find_boxes(view, rule, findings);
        else
            find_class(view, rule, findings);
    }
}

static bool follows(const struct rule_finding *rule,
                    const struct measurement *m)
{
    if (rule->kind == FINDING_GRADE)
        return m->value >= rule->min;
    return m->value < rule->min || m->value > rule->max;
}

void found_job(const struct rules *rules, struct findings *findings)
{
    for (size_t i = 0; i < rules->n_findings; i++) {
        const struct rule_finding *rule = &rules->findings[i];
        if (rule->kind != FINDING_MEASURE && rule->kind != FINDING_GRADE)
            continue;
        for (size_t k = 0; k < findings->n_measurements; k++) {
            const struct measurement *m = &findings->measurements[k];
            struct found found;
            if (strcmp(m->id, rule->measure) != 0 ||
                (rule->side != SIDE_NONE && rule->side != m->side))
                continue;
            describe(rule, m->image, &found);
            found.side = m->side;
            found.present = follows(rule, m);
            found.confidence = found.present ? m->confidence : 0;
            memcpy(found.measure, m->id, sizeof found.measure);
            add(findings, &found);
        }
    }
}
