/* What is on a trend chart and where: which measures, in which order, on axes
 * that show at least what the model can tell, so that noise does not look like
 * a course. */
#include "sr_writer/chart.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "conf/date.h"

#define TICKS   4   /* of the values' axis, about */
#define LARGEST 1e9 /* what group_check.c lets into a report */

static bool same_measure(const struct measurement *a,
                         const struct measurement *b)
{
    return strcmp(a->id, b->id) == 0 && strcmp(a->site, b->site) == 0 &&
           strcmp(a->modifier, b->modifier) == 0 &&
           strcmp(a->concept, b->concept) == 0 &&
           strcmp(a->own.value, b->own.value) == 0 &&
           strcmp(a->unit, b->unit) == 0;
}

static bool has_side(const struct chart_panel *panel, enum side side)
{
    for (size_t i = 0; i < panel->n_lines; i++)
        if (panel->lines[i].side == side)
            return true;
    return false;
}

/* The panel where the other side is, else another one. */
static struct chart_panel *panel_for(struct chart *chart,
                                     const struct measurement *m)
{
    for (size_t i = 0; i < chart->n; i++)
        if (same_measure(chart->panels[i].of, m) &&
            !has_side(&chart->panels[i], m->side))
            return &chart->panels[i];
    chart->panels[chart->n].of = m;
    return &chart->panels[chart->n++];
}

static void add_point(struct chart_line *line, const char *date, double value,
                      const char *version)
{
    struct chart_point *at = &line->points[line->n];
    int64_t day;

    if (line->n == CHART_POINTS || !date_days(date, &day) ||
        !(fabs(value) < LARGEST))
        return;
    snprintf(at->date, sizeof(at->date), "%s", date);
    snprintf(at->version, sizeof(at->version), "%s", version);
    at->value = value;
    line->n++;
}

static void add(struct chart *chart, const struct findings *f,
                const struct change *c)
{
    const struct measurement *m = &f->measurements[c->measurement];
    struct chart_line line = {.change = c, .side = m->side};
    struct chart_panel *panel;

    for (size_t i = 0; i < c->n_earlier; i++)
        add_point(&line, c->earlier[i].date, c->earlier[i].value,
                  c->earlier[i].version);
    if (line.n == 0)
        return;
    add_point(&line, f->study_date, m->value, f->version);
    if (line.n < 2)
        return;
    panel = panel_for(chart, m);
    panel->lines[panel->n_lines++] = line;
    if (c->kind == CHANGE_INCREASED || c->kind == CHANGE_DECREASED)
        panel->changed = true;
}

/* The order of the report within those that changed and those that did not. */
static void order(struct chart *chart)
{
    for (size_t i = 1; i < chart->n; i++)
        for (size_t k = i;
             k > 0 && chart->panels[k].changed && !chart->panels[k - 1].changed;
             k--) {
            struct chart_panel panel = chart->panels[k];
            chart->panels[k] = chart->panels[k - 1];
            chart->panels[k - 1] = panel;
        }
}

void chart_plan(const struct findings *f, struct chart *out)
{
    memset(out, 0, sizeof(*out));
    if (strlen(f->study_date) != 8)
        return; /* nobody knows where on the axis this study is */
    for (size_t i = 0; i < f->n_measurements; i++) {
        const struct change *c = findings_change(f, i);
        if (c != NULL && change_compared(c) && out->n < FINDINGS_CHANGES)
            add(out, f, c);
    }
    order(out);
    out->pages = (out->n + CHART_PANELS - 1) / CHART_PANELS;
    if (out->pages > CHART_PAGES)
        out->pages = CHART_PAGES;
}

size_t chart_page(const struct chart *chart, size_t page, size_t *first)
{
    size_t n;

    *first = page * CHART_PANELS;
    n = *first < chart->n ? chart->n - *first : 0;
    return n < CHART_PANELS ? n : CHART_PANELS;
}

double chart_day(const char *date)
{
    int64_t day = 0;

    (void)date_days(date, &day); /* add_point() let it in */
    return (double)day;
}

static void extend(struct chart_frame *frame, double low, double high)
{
    frame->low = fmin(frame->low, low);
    frame->high = fmax(frame->high, high);
}

static double nice(double step)
{
    static const double digits[] = {1, 2, 5, 10};
    double power = pow(10, floor(log10(step)));

    for (size_t i = 0; i < 4; i++)
        if (digits[i] * power >= step * (1 - 1e-9))
            return digits[i] * power;
    return 10 * power;
}

/* A limit of the normal range counts when it is as near as the values are to
 * each other: else a course would be flattened by it. */
static void normal_limits(const struct measurement *m,
                          struct chart_frame *frame)
{
    double span = frame->high - frame->low, low = frame->low,
           high = frame->high;

    for (int i = 0; m->has_normal && i < 2; i++)
        if (m->normal[i] > low - span && m->normal[i] < high + span)
            extend(frame, m->normal[i], m->normal[i]);
}

void chart_scale(const struct chart_panel *panel, struct chart_frame *frame)
{
    const struct measurement *m = panel->of;
    bool grade = m->kind == MEASURE_GRADE;

    frame->low = frame->first_day = INFINITY;
    frame->high = frame->last_day = -INFINITY;
    for (size_t i = 0; i < panel->n_lines; i++) {
        const struct chart_line *line = &panel->lines[i];
        double least = fmax(line->change->detectable, 0);
        extend(frame, line->points[0].value - least,
               line->points[0].value + least);
        for (size_t k = 0; k < line->n; k++) {
            double day = chart_day(line->points[k].date);
            extend(frame, line->points[k].value, line->points[k].value);
            frame->first_day = fmin(frame->first_day, day);
            frame->last_day = fmax(frame->last_day, day);
        }
    }
    normal_limits(m, frame);
    if (frame->high - frame->low < 1e-6 * fmax(1, fabs(frame->high)))
        extend(frame, frame->low - 1, frame->high + 1);
    frame->step = nice((frame->high - frame->low) / TICKS);
    if (grade && frame->step < 1)
        frame->step = 1;
    double room = 0.12 * (frame->high - frame->low);
    frame->low -= room;
    frame->high += room;
    if (frame->last_day - frame->first_day < 1) {
        frame->first_day -= 30;
        frame->last_day += 30;
    }
}

/* Points keep off the ends of the axis. */
double chart_x(const struct chart_frame *frame, const char *date)
{
    double share = (chart_day(date) - frame->first_day) /
                   (frame->last_day - frame->first_day);

    return frame->left + (0.07 + 0.86 * share) * frame->width;
}

double chart_y(const struct chart_frame *frame, double value)
{
    return frame->top +
           frame->height * (frame->high - value) / (frame->high - frame->low);
}
