#ifndef TEST_RULES_CASE_H
#define TEST_RULES_CASE_H

/* One image, the rules of a bundle and what networks saw, built point by
 * point; for tests of geometry and measuring. Include after cmocka.h. */
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "inference/measure.h"

static struct rules rules;
static struct seen seen;
static struct findings findings;
static struct measure_how how;

static int setup(void **state)
{
    (void)state;
    memset(&rules, 0, sizeof rules);
    memset(&seen, 0, sizeof seen);
    memset(&findings, 0, sizeof findings);
    how = (struct measure_how){.no_spacing = "the image has no spacing"};
    findings.n_images = 1;
    findings.images[0] =
        (struct findings_image){.rows = 400,
                                .columns = 300,
                                .calibration = CALIBRATION_OBJECT,
                                .spacing_mm = {1, 1}};
    return 0;
}

static enum side side_in(const char *name)
{
    return strstr(name, "right.")  ? SIDE_RIGHT
           : strstr(name, "left.") ? SIDE_LEFT
                                   : SIDE_NONE;
}

/* A landmark of the rules, seen there with confidence 0.9. */
static inline size_t put(const char *name, double x, double y)
{
    struct rule_object *o = &rules.objects[rules.n_objects];
    struct landmark *l = &seen.landmarks[seen.n_landmarks++];
    o->how = HOW_LANDMARK;
    o->kind = OBJECT_POINT;
    o->side = side_in(name);
    o->least = 0.5;
    snprintf(o->name, sizeof o->name, "%s", name);
    snprintf(l->name, sizeof l->name, "%s", name);
    l->x = x;
    l->y = y;
    l->confidence = 0.9;
    rules.n_landmarks++;
    return rules.n_objects++;
}

/* An object made of n others. */
static inline size_t make(const char *name, enum rule_object_kind kind,
                          enum object_how made, size_t n, ...)
{
    struct rule_object *o = &rules.objects[rules.n_objects];
    va_list args;
    o->how = made;
    o->kind = kind;
    o->side = side_in(name);
    snprintf(o->name, sizeof o->name, "%s", name);
    va_start(args, n);
    while (o->n_of < n)
        o->of[o->n_of++] = va_arg(args, size_t);
    va_end(args);
    return rules.n_objects++;
}

static inline size_t line(const char *name, size_t a, size_t b)
{
    return make(name, OBJECT_LINE, HOW_LINE, 2, a, b);
}

/* n objects; limits so wide that nothing falls out of them. */
static inline struct rule_measure *rule(const char *id, enum side side,
                                        enum rule_kind kind, size_t n, ...)
{
    struct rule_measure *m = &rules.measures[rules.n_measures++];
    va_list args;
    snprintf(m->id, sizeof m->id, "%s", id);
    m->side = side;
    m->kind = kind;
    m->min = -1e6;
    m->max = 1e6;
    va_start(args, n);
    while (m->n_objects < n)
        m->objects[m->n_objects++] = va_arg(args, size_t);
    va_end(args);
    return m;
}

static inline void run(void)
{
    findings.n_measurements = findings.n_refused = findings.n_found = 0;
    measure_image(&rules, &seen, 0, &how, &findings);
    measure_job(&rules, &findings);
}

static inline const struct measurement *measured(const char *id, enum side side)
{
    for (size_t i = 0; i < findings.n_measurements; i++) {
        const struct measurement *m = &findings.measurements[i];
        if (strcmp(m->id, id) == 0 && m->side == side)
            return m;
    }
    for (size_t i = 0; i < findings.n_refused; i++)
        if (strcmp(findings.refused[i].id, id) == 0)
            print_message("%s\n", findings.refused[i].reason);
    fail_msg("%s %d is not measured", id, side);
    return NULL;
}

static inline const char *refused(const char *id, enum side side)
{
    for (size_t i = 0; i < findings.n_refused; i++) {
        const struct refusal *r = &findings.refused[i];
        if (strcmp(r->id, id) == 0 && r->side == side)
            return r->reason;
    }
    fail_msg("%s %d is not refused", id, side);
    return NULL;
}

static inline void assert_near(double got, double want)
{
    if (!(fabs(got - want) < 1e-6))
        fail_msg("%.9f instead of %.9f", got, want);
}

#define assert_points(m, ...)                                                  \
    do {                                                                       \
        const double want_[][2] = __VA_ARGS__;                                 \
        assert_int_equal((m)->n_points, sizeof want_ / sizeof want_[0]);       \
        for (size_t i_ = 0; i_ < sizeof want_ / sizeof want_[0]; i_++) {       \
            assert_near((m)->points[i_][0], want_[i_][0]);                     \
            assert_near((m)->points[i_][1], want_[i_][1]);                     \
        }                                                                      \
    } while (0)

#endif
