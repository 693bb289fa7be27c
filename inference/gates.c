/* Whether an image is what the rules were made for: the right view, the side
 * that the header says, joints that are not cut off, a leg that is not upside
 * down. What an uncertain landmark seems to confirm confirms nothing. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "inference/measure_view.h"

static const struct shape *at(const struct view *view,
                              const struct rule_check *check, size_t i)
{
    return &view->geometry->shapes[check->objects[i]];
}

static const char *words(const struct view *view,
                         const struct rule_check *check, size_t i,
                         char out[static 65])
{
    geometry_words(view->rules->objects[check->objects[i]].name, out);
    return out;
}

/* False with an empty reason: another input's check. */
static bool operands_good(const struct view *view,
                          const struct rule_check *check, char *reason)
{
    for (size_t i = 0; i < check->n_objects; i++) {
        const struct shape *s = at(view, check, i);
        if (s->ok)
            continue;
        if (!s->absent)
            memcpy(reason, s->reason, FINDINGS_REASON);
        return false;
    }
    return true;
}

static bool descending(const struct view *view, const struct rule_check *check,
                       char *reason)
{
    char upper[65], lower[65];
    for (size_t i = 1; i < check->n_objects; i++) {
        if (at(view, check, i)->at[1] > at(view, check, i - 1)->at[1])
            continue;
        snprintf(reason, FINDINGS_REASON, "%s is not below %s in the image",
                 words(view, check, i, lower),
                 words(view, check, i - 1, upper));
        return false;
    }
    return true;
}

static double length(const struct view *view, const struct rule_check *check,
                     size_t a, size_t b)
{
    return hypot(at(view, check, a)->at[0] - at(view, check, b)->at[0],
                 at(view, check, a)->at[1] - at(view, check, b)->at[1]);
}

static bool length_ratio(const struct view *view,
                         const struct rule_check *check, char *reason)
{
    char w[4][65];
    double ratio = length(view, check, 0, 1) / length(view, check, 2, 3);
    if (ratio >= check->min && ratio <= check->max)
        return true;
    return snprintf(
               reason, FINDINGS_REASON,
               "the length of %.24s-%.24s is %.2f times that of %.24s-%.24s, "
               "outside %g to %g",
               words(view, check, 0, w[0]), words(view, check, 1, w[1]), ratio,
               words(view, check, 2, w[2]), words(view, check, 3, w[3]),
               check->min, check->max) < 0;
}

static bool inside(const struct view *view, const struct rule_check *check,
                   char *reason)
{
    const struct plane *plane = &view->geometry->plane;
    const double *film = plane->film;
    double x = check->min * (film[2] - film[0]);
    double y = check->min * (film[3] - film[1]);
    char name[65];
    for (size_t i = 0; i < check->n_objects; i++) {
        double p[2];
        plane_source(plane, at(view, check, i)->at, p);
        if (p[0] >= film[0] + x && p[0] <= film[2] - x && p[1] >= film[1] + y &&
            p[1] <= film[3] - y)
            continue;
        snprintf(reason, FINDINGS_REASON,
                 "%s lies at the border of the image; what belongs to it may "
                 "be cut off",
                 words(view, check, i, name));
        return false;
    }
    return true;
}

static bool class_wanted(const struct view *view,
                         const struct rule_check *check, char *reason)
{
    size_t index;
    char seen[65], wanted[65];
    const struct seen_class *c =
        view_class(view->seen, check->output, check->side, &index);
    if (!c) {
        if (!view->how->partial)
            snprintf(reason, FINDINGS_REASON,
                     "whether the image is what is wanted was not looked at");
        return view->how->partial;
    }
    for (size_t i = 0; i < check->n_classes; i++)
        if (strcmp(check->classes[i], c->name) == 0 &&
            c->probability >= check->min)
            return true;
    geometry_words(c->name, seen);
    geometry_words(check->classes[0], wanted);
    snprintf(reason, FINDINGS_REASON,
             "the image looks like %.49s (confidence %.2f); wanted is %.49s",
             seen, c->probability, wanted);
    return false;
}

static bool check_holds(const struct view *view, const struct rule_check *check,
                        char *reason)
{
    if (check->kind == CHECK_CLASS)
        return class_wanted(view, check, reason);
    if (check->kind == CHECK_SIDE) /* gate_side() */
        return true;
    if (!operands_good(view, check, reason))
        return reason[0] == '\0';
    return check->kind == CHECK_DESCENDING ? descending(view, check, reason)
           : check->kind == CHECK_LENGTH_RATIO
               ? length_ratio(view, check, reason)
               : inside(view, check, reason);
}

bool gate_checks(const struct view *view, enum side side, bool only_seen,
                 struct gate *out)
{
    for (size_t i = 0; i < view->rules->n_checks; i++) {
        const struct rule_check *check = &view->rules->checks[i];
        if ((check->side != SIDE_NONE && check->side != side) ||
            (only_seen && check->kind != CHECK_CLASS))
            continue;
        out->reason[0] = '\0';
        out->quality = check->quality;
        if (!check_holds(view, check, out->reason))
            return false;
    }
    out->reason[0] = '\0';
    return true;
}

/* What the model says for certain; false: nothing. */
static bool side_told(const struct view *view, const struct rule_check *check,
                      enum side *told)
{
    size_t index;
    const struct seen_class *c =
        view_class(view->seen, check->output, check->side, &index);
    if (!c || !(c->probability >= check->min))
        return false;
    *told = strcmp(c->name, check->classes[0]) == 0   ? SIDE_RIGHT
            : strcmp(c->name, check->classes[1]) == 0 ? SIDE_LEFT
                                                      : SIDE_NONE;
    return true;
}

bool gate_side(const struct view *view, enum side *only, struct gate *out)
{
    for (size_t i = 0; i < view->rules->n_checks; i++) {
        const struct rule_check *check = &view->rules->checks[i];
        enum side told = SIDE_NONE;
        size_t index;
        if (check->kind != CHECK_SIDE)
            continue;
        out->quality = check->quality;
        if (view->how->partial &&
            !view_class(view->seen, check->output, check->side, &index))
            continue; /* another input's */
        bool certain = side_told(view, check, &told);
        if (*only == SIDE_NONE && !certain) {
            snprintf(out->reason, sizeof out->reason,
                     "the header does not say which side the image shows, and "
                     "the model is not certain");
            return false;
        }
        if (*only != SIDE_NONE && told != SIDE_NONE && told != *only) {
            snprintf(out->reason, sizeof out->reason,
                     "the header says %s and the image looks like a %s one",
                     side_name(*only), side_name(told));
            return false;
        }
        if (*only == SIDE_NONE)
            *only = told;
    }
    return true;
}
