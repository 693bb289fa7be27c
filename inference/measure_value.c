/* Numbers that a network says itself, or that are read off a mask. They have
 * no points of their own: a grade is drawn as where it looked, a plain number
 * only where the bundle says what it belongs to. */
#include "inference/measure_view.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "inference/label.h"

#define MARGIN 0.2 /* around the points of a grade, of their larger extent */

static bool not_seen(struct making *m, const char *what)
{
    m->absent = m->view->how->partial;
    return making_refuse(m, "%s was not looked at", what);
}

bool measure_area(struct making *m)
{
    const struct plane *plane = &m->view->geometry->plane;
    const struct seen_mask *mask =
        label_mask(m->view->seen, m->rule->mask, m->rule->side);
    double outline[FINDINGS_POINTS][2];
    m->out->kind = MEASURE_AREA;
    strcpy(m->out->unit, "mm2");
    if (!mask)
        return not_seen(m, m->rule->output);
    m->out->value =
        label_area(mask, m->rule->label_index, plane, &m->out->confidence);
    size_t n = label_outline(mask, m->rule->label_index, plane, outline);
    if (n == 0)
        return making_refuse(m, "%s was not found on the image",
                             m->rule->output);
    if (!(m->out->confidence >= m->view->rules->mask_least))
        return making_refuse(
            m, "%s is uncertain (confidence %.2f, at least %.2f is wanted)",
            m->rule->output, m->out->confidence, m->view->rules->mask_least);
    if (!making_millimeters(m))
        return false;
    for (size_t i = 0; i < n; i++) { /* half a cell may reach over the border */
        double *out = m->out->points[i];
        plane_source(plane, outline[i], out);
        out[0] = fmin(fmax(out[0], plane->film[0]), plane->film[2]);
        out[1] = fmin(fmax(out[1], plane->film[1]), plane->film[3]);
    }
    m->out->n_points = n;
    return true;
}

static bool draw_around(struct making *m)
{
    const struct plane *plane = &m->view->geometry->plane;
    double box[4] = {INFINITY, INFINITY, -INFINITY, -INFINITY}, at[2];
    const struct shape *s;
    double confidence = m->out->confidence;
    for (size_t i = 0; i < m->rule->n_objects; i++) {
        if (!making_operand(m, i, OBJECT_POINT, &s))
            return false;
        plane_source(plane, s->at, at);
        box[0] = fmin(box[0], at[0]);
        box[1] = fmin(box[1], at[1]);
        box[2] = fmax(box[2], at[0]);
        box[3] = fmax(box[3], at[1]);
    }
    m->out->confidence = confidence; /* they only say where */
    double margin = MARGIN * fmax(fmax(box[2] - box[0], box[3] - box[1]), 10);
    return making_draw_box(m, (double[4]){box[0] - margin, box[1] - margin,
                                          box[2] + margin, box[3] + margin});
}

/* Around the rule's points, else where its stage looked, else the film. */
static bool draw_place(struct making *m, const char *output)
{
    const struct plane *plane = &m->view->geometry->plane;
    const struct seen_region *region =
        view_region(m->view->seen, output, m->rule->side);
    if (m->rule->n_objects > 0)
        return draw_around(m);
    if (region)
        return making_draw_box(m, region->box);
    return making_draw_box(m, plane->film);
}

bool measure_grade(struct making *m)
{
    size_t index = 0;
    const struct seen_class *grade =
        view_class(m->view->seen, m->rule->output, m->rule->side, &index);
    m->out->kind = MEASURE_GRADE;
    strcpy(m->out->unit, "grade");
    if (!grade)
        return not_seen(m, "the joint to be graded");
    m->out->value = (double)index;
    m->out->confidence = grade->probability;
    snprintf(m->out->grade, sizeof m->out->grade, "%.32s", grade->name);
    return draw_place(m, m->rule->output);
}

bool measure_scalar(struct making *m)
{
    const struct seen_scalar *found = NULL;
    for (size_t i = 0; i < m->view->seen->n_scalars; i++)
        if (strcmp(m->view->seen->scalars[i].name, m->rule->output) == 0)
            found = &m->view->seen->scalars[i];
    m->out->kind = MEASURE_AREA; /* of `around`, else no place at all */
    memcpy(m->out->unit, m->rule->unit, sizeof m->out->unit);
    if (!found)
        return not_seen(m, "what the network measures itself");
    if (strcmp(m->rule->unit, "mm") == 0 && !making_millimeters(m))
        return false;
    m->out->value = found->value;
    snprintf(m->out->note, sizeof m->out->note,
             "the network gives this number itself, not where it was measured");
    return m->rule->n_objects == 0 || draw_around(m);
}
