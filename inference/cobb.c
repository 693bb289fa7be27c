/* A curve of the spine. Who measures by hand looks for the two most tilted
 * vertebrae; all pairs are tried here. One that cannot be seen might be one of
 * them: then there is no number, unless it lies beyond those that were seen
 * and not next to the curve; the number says that it was left out. */
#include "inference/cobb.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "inference/measure_view.h"

#define DEG_PER_RAD  57.29577951308232
#define LEAST_PIXELS 4.0 /* of an endplate */
#define MOST_TILT    80.0

static void find_apex(const struct cobb_vertebra *v, struct cobb *c)
{
    double far = -INFINITY;
    for (size_t i = c->upper + 1; i < c->lower; i++) {
        double off = c->to_right ? v[i].center[0] : -v[i].center[0];
        if (!v[i].good || !(off > far))
            continue;
        far = off;
        c->has_apex = true;
        c->apex = i;
    }
}

bool cobb_largest(const struct cobb_vertebra *v, size_t first, size_t last,
                  struct cobb *out)
{
    bool found = false;
    for (size_t i = first; i < last; i++)
        for (size_t k = i + 1; k <= last; k++) {
            if (!v[i].good || !v[k].good)
                continue;
            double deg = v[k].lower_deg - v[i].upper_deg;
            if (found && !(fabs(deg) > out->deg))
                continue;
            found = true;
            *out = (struct cobb){
                .upper = i, .lower = k, .deg = fabs(deg), .to_right = deg > 0};
        }
    if (found)
        find_apex(v, out);
    return found;
}

bool cobb_find(const struct cobb_vertebra *v, size_t n, enum cobb_curve curve,
               struct cobb *out)
{
    struct cobb largest;
    if (n < 2 || !cobb_largest(v, 0, n - 1, &largest))
        return false;
    if (curve == COBB_ABOVE)
        return cobb_largest(v, 0, largest.upper, out);
    if (curve == COBB_BELOW)
        return cobb_largest(v, largest.lower, n - 1, out);
    *out = largest;
    return true;
}

static bool tilt(const double left[2], const double right[2], double least,
                 double *deg)
{
    double x = right[0] - left[0], y = right[1] - left[1];
    *deg = atan2(y, x) * DEG_PER_RAD;
    return hypot(x, y) >= least && fabs(*deg) <= MOST_TILT;
}

static const struct shape *corner(const struct making *m, size_t vertebra,
                                  size_t which)
{
    return &m->view->geometry->shapes[m->rule->objects[vertebra * 4 + which]];
}

static struct cobb_vertebra read_vertebra(const struct making *m, size_t i)
{
    struct cobb_vertebra out = {.good = true};
    double least = LEAST_PIXELS * m->view->geometry->plane.pixel;
    const struct shape *c[4];
    for (size_t k = 0; k < 4; k++) {
        c[k] = corner(m, i, k);
        out.good = out.good && c[k]->ok;
        out.center[0] += c[k]->at[0] / 4;
        out.center[1] += c[k]->at[1] / 4;
    }
    out.good = out.good && tilt(c[0]->at, c[1]->at, least, &out.upper_deg) &&
               tilt(c[2]->at, c[3]->at, least, &out.lower_deg) &&
               c[0]->at[1] + c[1]->at[1] < c[2]->at[1] + c[3]->at[1];
    return out;
}

static void add_trait(struct measurement *out, const char *concept,
                      const char *value)
{
    struct trait *t = &out->traits[out->n_traits++];
    snprintf(t->concept, sizeof t->concept, "%s", concept);
    for (size_t i = 0; value[i] && i + 1 < sizeof t->value; i++)
        t->value[i] = (char)tolower((unsigned char)value[i]);
}

static void describe(struct making *m, const struct cobb *c)
{
    const char(*names)[9] = m->rule->vertebrae;
    bool right = c->to_right == m->view->geometry->plane.from_behind;
    add_trait(m->out, "upper_end_vertebra", names[c->upper]);
    add_trait(m->out, "lower_end_vertebra", names[c->lower]);
    if (c->has_apex)
        add_trait(m->out, "apical_vertebra", names[c->apex]);
    add_trait(m->out, "convexity", right ? "right" : "left");
}

static bool any_good(const struct cobb_vertebra *v, size_t from, size_t to)
{
    for (size_t i = from; i < to; i++)
        if (v[i].good)
            return true;
    return false;
}

/* Only beyond the ends of what was judged may there be others, and not next to
 * the curve: anywhere else one might be the most tilted. */
static bool all_near_good(struct making *m, const struct cobb_vertebra *v,
                          size_t n, const struct cobb *c)
{
    char out[64] = "";
    for (size_t i = 0; i < n; i++) {
        if (v[i].good)
            continue;
        if ((i + 1 >= c->upper && i <= c->lower + 1) ||
            (any_good(v, 0, i) && any_good(v, i + 1, n)))
            return making_refuse(m,
                                 "%s is not certain, and it might be an end "
                                 "vertebra",
                                 m->rule->vertebrae[i]);
        size_t used = strlen(out);
        snprintf(out + used, sizeof out - used, "%s%s", used ? ", " : "",
                 m->rule->vertebrae[i]);
    }
    if (out[0])
        snprintf(m->out->note, sizeof m->out->note,
                 "not judged for lack of certainty: %s", out);
    return true;
}

static bool draw(struct making *m, const struct cobb *c)
{
    for (size_t i = 0; i < 4; i++) {
        const struct shape *s = corner(m, i < 2 ? c->upper : c->lower, i);
        m->out->confidence = fmin(m->out->confidence, s->confidence);
        if (!making_draw(m, s->at))
            return false;
    }
    return true;
}

static bool all_absent(const struct making *m)
{
    for (size_t i = 0; i < m->rule->n_objects; i++)
        if (!m->view->geometry->shapes[m->rule->objects[i]].absent)
            return false;
    return true;
}

bool measure_cobb(struct making *m)
{
    struct cobb_vertebra v[COBB_VERTEBRAE];
    struct cobb c;
    size_t n = m->rule->n_objects / 4;
    bool largest = m->rule->curve == COBB_LARGEST;
    m->out->kind = MEASURE_LINES;
    strcpy(m->out->unit, "deg");
    m->absent = all_absent(m);
    for (size_t i = 0; i < n; i++)
        v[i] = read_vertebra(m, i);
    if (!cobb_find(v, n, m->rule->curve, &c) ||
        (!largest && !(c.deg >= m->rule->least))) {
        if (largest)
            return making_refuse(m, "fewer than two vertebrae are certain");
        return making_refuse(m, "no curve of %g degrees or more",
                             m->rule->least);
    }
    m->out->value = c.deg;
    describe(m, &c);
    return all_near_good(m, v, n, &c) && draw(m, &c);
}
