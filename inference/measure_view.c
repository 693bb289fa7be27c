/* What every kind of measurement needs: its operands, with the reason when one
 * is not there, and the points to be drawn. */
#include "inference/measure_view.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

bool making_refuse(struct making *m, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    vsnprintf(m->reason, sizeof m->reason, format, args);
    va_end(args);
    return false;
}

void making_words(const struct making *m, size_t i, char out[static 65])
{
    geometry_words(m->view->rules->objects[m->rule->objects[i]].name, out);
}

bool making_operand(struct making *m, size_t i, enum rule_object_kind kind,
                    const struct shape **out)
{
    const struct shape *s = &m->view->geometry->shapes[m->rule->objects[i]];
    char words[65];
    *out = s;
    if (!s->ok) {
        m->absent = s->absent;
        return making_refuse(m, "%s", s->reason);
    }
    if (s->kind != kind &&
        !(kind == OBJECT_POINT && s->kind == OBJECT_CIRCLE)) {
        making_words(m, i, words);
        return making_refuse(m, "%s is not what is measured here", words);
    }
    m->out->confidence = fmin(m->out->confidence, s->confidence);
    return true;
}

bool making_operands(struct making *m, enum rule_object_kind kind, size_t n,
                     const struct shape **out)
{
    for (size_t i = 0; i < n; i++)
        if (!making_operand(m, i, kind, &out[i]))
            return false;
    return true;
}

bool making_draw(struct making *m, const double p[2])
{
    double source[2];
    plane_source(&m->view->geometry->plane, p, source);
    if (!plane_inside(&m->view->geometry->plane, source))
        return making_refuse(m, "a point of it lies outside the image");
    if (m->out->n_points == FINDINGS_POINTS)
        return making_refuse(m, "it has too many points");
    memcpy(m->out->points[m->out->n_points++], source, sizeof source);
    return true;
}

/* Liang and Barsky, ACM TOG 1984;3:1: *from and *to shrink to what is on the
 * near side of one border. */
static bool cut(double step, double room, double *from, double *to)
{
    if (step == 0)
        return room >= 0;
    double t = room / step;
    if (step < 0)
        *from = fmax(*from, t);
    else
        *to = fmin(*to, t);
    return *from <= *to;
}

bool making_draw_line(struct making *m, const double a[2], const double b[2])
{
    const struct plane *plane = &m->view->geometry->plane;
    double p[2], q[2], from = 0, to = 1;
    const double *least = plane->film, *most = plane->film + 2;
    plane_source(plane, a, p);
    plane_source(plane, b, q);
    for (size_t i = 0; i < 2; i++)
        if (!cut(p[i] - q[i], p[i] - least[i], &from, &to) ||
            !cut(q[i] - p[i], most[i] - p[i], &from, &to))
            return making_refuse(m, "a line of it lies outside the image");
    if (m->out->n_points + 2 > FINDINGS_POINTS)
        return making_refuse(m, "it has too many points");
    for (size_t k = 0; k < 2; k++) {
        double *out = m->out->points[m->out->n_points++];
        for (size_t i = 0; i < 2; i++) /* rounding may step over the border */
            out[i] =
                fmin(fmax(p[i] + (k ? to : from) * (q[i] - p[i]), least[i]),
                     most[i]);
    }
    return true;
}

bool making_draw_box(struct making *m, const double box[4])
{
    const struct plane *plane = &m->view->geometry->plane;
    double x0 = fmax(box[0], plane->film[0]), x1 = fmin(box[2], plane->film[2]);
    double y0 = fmax(box[1], plane->film[1]), y1 = fmin(box[3], plane->film[3]);
    if (!(x1 > x0 && y1 > y0))
        return making_refuse(m, "its place lies outside the image");
    double corners[4][2] = {{x0, y0}, {x1, y0}, {x1, y1}, {x0, y1}};
    memcpy(m->out->points, corners, sizeof corners);
    m->out->n_points = 4;
    return true;
}

bool making_millimeters(struct making *m)
{
    if (m->view->millimeters)
        return true;
    return making_refuse(m, "no millimeters: %.140s", m->view->no_spacing);
}

enum side making_side(const struct making *m)
{
    return m->rule->side == SIDE_NONE ? m->view->only : m->rule->side;
}

static const char *without_side(const char *name)
{
    return strncmp(name, "right.", 6) == 0  ? name + 6
           : strncmp(name, "left.", 5) == 0 ? name + 5
                                            : name;
}

bool view_is_output(const char *name, enum side side, const char *output,
                    enum side output_side)
{
    if (output_side != SIDE_NONE && side != output_side)
        return false;
    return strcmp(name, output) == 0 ||
           strcmp(without_side(name), without_side(output)) == 0;
}

const struct seen_class *view_class(const struct seen *seen, const char *output,
                                    enum side side, size_t *index)
{
    const struct seen_class *best = NULL;
    size_t n = 0;
    for (size_t i = 0; i < seen->n_classes; i++) {
        const struct seen_class *c = &seen->classes[i];
        if (!view_is_output(output, side, c->output, c->side))
            continue;
        if (!best || c->probability > best->probability) {
            best = c;
            *index = n;
        }
        n++;
    }
    return best;
}

const struct seen_region *view_region(const struct seen *seen,
                                      const char *output, enum side side)
{
    for (size_t i = 0; i < seen->n_regions; i++)
        if (view_is_output(output, side, seen->regions[i].output,
                           seen->regions[i].side))
            return &seen->regions[i];
    return NULL;
}
