/* sr_writer/chart.c: which measures a trend chart has, that its axes hold every
 * value, and that each mark stands where its value is, in the shape and the
 * color of its side. With OSTEON_GOLDEN=DIR pages to look at are left there. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "test/unit/every_kind.h"
#include "test/unit/golden.h"

#include "sr_writer/chart.h"
#include "sr_writer/draw.h"

static struct findings findings;
static struct chart chart;

static void near(double value, double wanted)
{
    if (!(fabs(value - wanted) < 1e-6))
        fail_msg("%.9g is not %.9g", value, wanted);
}

static const double somewhere[4][2] = {
    {100, 100}, {100, 500}, {110, 505}, {105, 900}};

struct past {
    const char *date, *version;
    double value;
};

/* A measurement with earlier values, the last of which it is compared with. */
static struct change *measured(const char *concept, enum side side,
                               const char *unit, double now, double least,
                               const struct past *past, size_t n)
{
    struct findings *f = &findings;
    enum measure_kind kind = strcmp(unit, "grade") == 0 ? MEASURE_GRADE
                             : strcmp(unit, "mm") == 0  ? MEASURE_DISTANCE
                                                        : MEASURE_ANGLE;
    struct change *c = &f->changes[f->n_changes++];

    kind_add(f, kind, concept, side, now, unit, 4, somewhere);
    memset(c, 0, sizeof(*c));
    c->measurement = f->n_measurements - 1;
    c->n_earlier = n;
    for (size_t i = 0; i < n; i++) {
        struct earlier *e = &c->earlier[i];
        snprintf(e->date, sizeof(e->date), "%s", past[i].date);
        snprintf(e->version, sizeof(e->version), "%s", past[i].version);
        e->value = past[i].value;
    }
    c->prior = n - 1;
    c->difference = now - past[n - 1].value;
    c->detectable = least;
    c->kind = fabs(c->difference) < least ? CHANGE_STABLE
              : c->difference > 0         ? CHANGE_INCREASED
                                          : CHANGE_DECREASED;
    return c;
}

static void clear(void)
{
    memset(&findings, 0, sizeof(findings));
    snprintf(findings.model, sizeof(findings.model), "knee-oa");
    snprintf(findings.version, sizeof(findings.version), "1.1.0");
    snprintf(findings.study_date, sizeof(findings.study_date), "20260105");
    snprintf(findings.demonstration, sizeof(findings.demonstration),
             "trained on rendered phantoms only, not for clinical use");
    findings.n_images = 1;
    findings.images[0].rows = KIND_ROWS;
    findings.images[0].columns = KIND_COLUMNS;
}

static void knees(void)
{
    static const struct past right[] = {{"20230110", "1.0.0", 5.1},
                                        {"20240202", "1.0.0", 4.6},
                                        {"20250110", "1.1.0", 3.9}};
    static const struct past left[] = {{"20230110", "1.0.0", 5.4},
                                       {"20240202", "1.0.0", 5.3},
                                       {"20250110", "1.1.0", 5.5}};
    struct measurement *m;

    measured("joint_space_width", SIDE_RIGHT, "mm", 3.2, 0.4, right, 3);
    measured("joint_space_width", SIDE_LEFT, "mm", 5.4, 0.4, left, 3);
    for (size_t i = 0; i < 2; i++) {
        m = &findings.measurements[findings.n_measurements - 1 - i];
        snprintf(m->modifier, sizeof(m->modifier), "medial");
        m->has_normal = true;
        m->normal[0] = 3.5;
        m->normal[1] = 6.5;
    }
}

static void axes(void)
{
    static const struct past right[] = {{"20250301", "1.1.0", 176.2},
                                        {"20250601", "1.1.0", 176.0}};
    static const struct past left[] = {{"20250301", "1.1.0", 179.2}};

    measured("hip_knee_ankle_angle", SIDE_RIGHT, "deg", 176.4, 1.2, right, 2);
    measured("hip_knee_ankle_angle", SIDE_LEFT, "deg", 179.0, 1.2, left, 1);
}

static void grades(void)
{
    static const struct past before[] = {{"20230110", "1.1.0", 1},
                                         {"20250110", "1.1.0", 2}};

    measured("kellgren_lawrence_grade", SIDE_RIGHT, "grade", 3, 1, before, 2);
}

static void curve(void)
{
    static const struct past before[] = {
        {"20241001", "1.1.0", 24}, {"20250401", "1.1.0", 29},
        {"20250601", "1.1.0", 31}, {"20250801", "1.1.0", 33},
        {"20250901", "1.1.0", 34}, {"20251001", "1.1.0", 36},
        {"20251101", "1.1.0", 37}, {"20251201", "1.1.0", 38}};

    measured("cobb_angle", SIDE_NONE, "deg", 41.2, 3, before, 8);
}

static cairo_t *scratch(void)
{
    cairo_surface_t *surface =
        cairo_image_surface_create(CAIRO_FORMAT_RGB24, 1, 1);
    cairo_t *cr = cairo_create(surface);

    cairo_surface_destroy(surface);
    return cr;
}

/* Both sides in one panel; what changed first; what has no earlier value, or
 * none to compare with, is no course. */
static void test_plan(void **state)
{
    static const struct past one[] = {{"20250110", "1.1.0", 10}};

    (void)state;
    clear();
    axes();
    knees();
    measured("posterior_tibial_slope", SIDE_LEFT, "deg", 5, 1, one, 1)->kind =
        CHANGE_REFUSED;
    measured("tibiofemoral_angle", SIDE_LEFT, "deg", 5, 1, one, 1)->kind =
        CHANGE_NEW;
    chart_plan(&findings, &chart);
    assert_int_equal(chart.n, 2);
    assert_int_equal(chart.pages, 1);
    assert_string_equal(chart.panels[0].of->concept, "joint_space_width");
    assert_true(chart.panels[0].changed);
    assert_false(chart.panels[1].changed);
    assert_int_equal(chart.panels[0].n_lines, 2);
    assert_int_equal(chart.panels[0].lines[0].n, 4);
    assert_string_equal(chart.panels[0].lines[0].points[3].date, "20260105");
    near(chart.panels[0].lines[0].points[3].value, 3.2);
    /* another compartment is another measure */
    snprintf(findings.measurements[3].modifier, 17, "lateral");
    chart_plan(&findings, &chart);
    assert_int_equal(chart.n, 3);
    /* without a date nobody knows where this study stands */
    findings.study_date[0] = '\0';
    chart_plan(&findings, &chart);
    assert_int_equal(chart.n, 0);
    assert_int_equal(draw_chart_pages(&findings), 0);
}

static void many(void)
{
    static const struct past one[] = {{"20250110", "1.1.0", 10}};

    clear();
    for (size_t i = 0; i < FINDINGS_CHANGES; i++) {
        measured("cobb_angle", SIDE_NONE, "deg", 12, 1, one, 1);
        snprintf(findings.measurements[i].id, 33, "cobb_%zu", i);
    }
}

static void test_pages(void **state)
{
    struct err err = {0};
    size_t first, pages;

    (void)state;
    many();
    chart_plan(&findings, &chart);
    assert_int_equal(chart.n, FINDINGS_CHANGES);
    assert_int_equal(chart.pages, CHART_PAGES);
    assert_int_equal(chart_page(&chart, 0, &first), 4);
    assert_int_equal(chart_page(&chart, CHART_PAGES - 1, &first), 4);
    assert_int_equal(first, 4 * (CHART_PAGES - 1));
    assert_null(draw_chart(&findings, CHART_PAGES, &pages, &err));
    assert_int_equal(err.code, ERR_REJECT);
    assert_string_equal(err.msg, "no page 9");
    assert_int_equal(pages, CHART_PAGES);
}

/* Every point, band and date lies inside; the axis is never so narrow that what
 * the model cannot tell fills it. */
static void assert_frame(size_t page, size_t slot, struct chart_frame *frame)
{
    cairo_t *cr = scratch();
    size_t first;
    const struct chart_panel *panel;

    chart_page(&chart, page, &first);
    panel = &chart.panels[first + slot];
    chart_frame(cr, &findings, &chart, page, slot, frame);
    cairo_destroy(cr);
    assert_true(frame->left > 0 && frame->top > 0);
    assert_true(frame->left + frame->width < CHART_SIDE);
    assert_true(frame->top + frame->height < CHART_SIDE);
    assert_true(frame->width > 250 && frame->height > 120);
    for (size_t i = 0; i < panel->n_lines; i++)
        for (size_t k = 0; k < panel->lines[i].n; k++) {
            const struct chart_point *p = &panel->lines[i].points[k];
            double x = chart_x(frame, p->date), y = chart_y(frame, p->value);
            double least = panel->lines[i].change->detectable;
            assert_true(x > frame->left && x < frame->left + frame->width);
            assert_true(y > frame->top && y < frame->top + frame->height);
            assert_true(frame->high - frame->low > 2 * least);
        }
}

static void test_axes(void **state)
{
    struct chart_frame frame;

    (void)state;
    clear();
    knees();
    grades();
    curve();
    axes();
    chart_plan(&findings, &chart);
    assert_int_equal(chart.n, 4);
    for (size_t slot = 0; slot < 4; slot++)
        assert_frame(0, slot, &frame);
    assert_frame(0, 0, &frame);
    /* larger is higher, later is further right, by the day */
    assert_true(chart_y(&frame, 5.1) < chart_y(&frame, 3.2));
    near((chart_x(&frame, "20250110") - chart_x(&frame, "20240202")) /
             (chart_x(&frame, "20260105") - chart_x(&frame, "20240202")),
         343.0 / 703);
    assert_true(frame.low < 3.5 && frame.high > 5.8);
    assert_frame(0, 1, &frame); /* a grade has whole steps */
    assert_string_equal(chart.panels[1].of->concept, "kellgren_lawrence_grade");
    near(frame.step, 1);
}

/* A normal range far away does not flatten the course. */
static void test_far_range(void **state)
{
    struct chart_frame frame;

    (void)state;
    clear();
    axes();
    for (size_t i = 0; i < 2; i++) {
        findings.measurements[i].has_normal = true;
        findings.measurements[i].normal[0] = 300;
        findings.measurements[i].normal[1] = 400;
    }
    chart_plan(&findings, &chart);
    assert_frame(0, 0, &frame);
    assert_true(frame.high < 190);
}

/* Two studies of one day, and values that are all the same. */
static void test_no_span(void **state)
{
    static const struct past before[] = {{"20260105", "1.1.0", 7}};
    struct chart_frame frame;

    (void)state;
    clear();
    measured("tibiofemoral_angle", SIDE_LEFT, "deg", 7, 0, before, 1);
    chart_plan(&findings, &chart);
    assert_frame(0, 0, &frame);
    assert_true(frame.high > 7 && frame.low < 7 && frame.step > 0);
}

struct page {
    unsigned char rgb[CHART_SIDE * CHART_SIDE * 3];
};
static struct page page;

static void paint(const char *name, size_t which)
{
    struct err err = {0};
    size_t pages;
    struct drawing *drawing = draw_chart(&findings, which, &pages, &err);
    char path[320];

    if (drawing == NULL)
        fail_msg("%s", err.msg);
    assert_int_equal(draw_rows(drawing), CHART_SIDE);
    assert_int_equal(draw_columns(drawing), CHART_SIDE);
    draw_rgb(drawing, page.rgb);
    snprintf(path, sizeof(path), "%s/chart_%s.png", golden_dir, name);
    assert_true(draw_png(drawing, path, &err));
    draw_free(drawing);
}

static bool is_ink(double x, double y, enum ink ink)
{
    const unsigned char *at =
        page.rgb + 3 * ((size_t)y * CHART_SIDE + (size_t)x);
    const double *rgb = pen_rgb(ink);

    for (int i = 0; i < 3; i++)
        if (fabs(at[i] / 255.0 - rgb[i]) > 0.04)
            return false;
    return true;
}

static double brightness(double x, double y)
{
    const unsigned char *at =
        page.rgb + 3 * ((size_t)y * CHART_SIDE + (size_t)x);

    return (0.2126 * at[0] + 0.7152 * at[1] + 0.0722 * at[2]) / 255;
}

/* Right is full and left is empty, each at its value, so that they can be told
 * apart without any color. */
static void test_marks(void **state)
{
    struct chart_frame frame;
    size_t n = 0;

    (void)state;
    clear();
    knees();
    paint("knee", 0);
    chart_plan(&findings, &chart);
    assert_frame(0, 0, &frame);
    for (size_t i = 0; i < 2; i++)
        for (size_t k = 0; k < 4; k++) {
            const struct chart_line *line = &chart.panels[0].lines[i];
            double x = chart_x(&frame, line->points[k].date);
            double y = chart_y(&frame, line->points[k].value);
            bool right = line->side == SIDE_RIGHT;
            assert_int_equal(is_ink(x, y, INK_RIGHT), right);
            assert_int_equal(brightness(x, y) > 0.5, right);
            assert_int_equal(brightness(x, y) < 0.1, !right);
            n++;
        }
    assert_int_equal(n, 8);
}

/* Where both sides have one value neither hides the other. */
static void test_marks_on_each_other(void **state)
{
    static const struct past one[] = {{"20250110", "1.1.0", 5}};
    struct chart_frame frame;
    size_t left = 0;
    double x, y;

    (void)state;
    clear();
    measured("joint_space_width", SIDE_LEFT, "mm", 4, 0.4, one, 1);
    measured("joint_space_width", SIDE_RIGHT, "mm", 4, 0.4, one, 1);
    paint("same", 0);
    chart_plan(&findings, &chart);
    assert_frame(0, 0, &frame);
    x = chart_x(&frame, "20250110");
    y = chart_y(&frame, 5);
    assert_true(is_ink(x, y, INK_RIGHT));
    for (double down = 4; down < 12; down++)
        left += is_ink(x, y + down, INK_LEFT);
    assert_true(left > 0);
}

/* The band of what cannot be told is there, ends at first +- detectable, and
 * is that of the first value. */
static void test_band(void **state)
{
    struct chart_frame frame;
    double x, inside, outside, without;

    (void)state;
    clear();
    curve();
    findings.changes[0].detectable = 3;
    paint("cobb", 0);
    chart_plan(&findings, &chart);
    assert_frame(0, 0, &frame);
    x = frame.left + 0.03 * frame.width;
    inside = brightness(x, chart_y(&frame, 24 + 2.2));
    outside = brightness(x, chart_y(&frame, 24 + 3.9));
    assert_true(inside > outside + 0.05);
    findings.changes[0].detectable = 1e-9;
    paint("no_band", 0);
    chart_plan(&findings, &chart);
    assert_frame(0, 0, &frame);
    without =
        brightness(frame.left + 0.03 * frame.width, chart_y(&frame, 24 + 2.2));
    assert_true(without < inside - 0.05);
}

/* Upright marks between studies of another version, none where it is one. */
static size_t uprights(const struct chart_frame *frame)
{
    size_t n = 0;

    for (double x = frame->left + 3; x < frame->left + frame->width - 3; x++) {
        size_t bright = 0, rows = 0;
        for (double y = frame->top + 0.5 * frame->height;
             y < frame->top + frame->height - 2; y++, rows++)
            bright += brightness(x, y) > 0.55;
        if (10 * bright > 2 * rows)
            n++;
    }
    return n;
}

static void test_versions(void **state)
{
    struct chart_frame frame;

    (void)state;
    clear();
    curve();
    paint("one_version", 0);
    chart_plan(&findings, &chart);
    assert_frame(0, 0, &frame);
    size_t none = uprights(&frame);
    snprintf(findings.changes[0].earlier[0].version, 33, "1.0.0");
    paint("two_versions", 0);
    assert_true(uprights(&frame) > none);
}

/* A page with four measures, one with two, as a physician would get them. */
static void test_to_look_at(void **state)
{
    (void)state;
    clear();
    knees();
    grades();
    curve();
    axes();
    paint("four", 0);
    clear();
    knees();
    axes();
    paint("two", 0);
    many();
    paint("last_of_many", CHART_PAGES - 1);
}

/* What a database or a model could say to spoil it. */
static void test_nonsense(void **state)
{
    (void)state;
    clear();
    knees();
    grades();
    for (size_t i = 0; i < findings.n_changes; i++) {
        struct change *c = &findings.changes[i];
        c->detectable = i == 0 ? (double)NAN : 1e300;
        c->earlier[0].value = (double)INFINITY;
        c->earlier[1].value = -1e200;
        snprintf(c->earlier[1].version, 33, "\377\300\001");
        snprintf(c->earlier[1].date, 9, "zzzzzzzz");
    }
    paint("nonsense", 0);
    findings.n_changes = FINDINGS_CHANGES + 7;
    findings.changes[0].prior = 99;
    findings.changes[1].n_earlier = 99;
    assert_true(draw_chart_pages(&findings) <= 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_plan),
        cmocka_unit_test(test_pages),
        cmocka_unit_test(test_axes),
        cmocka_unit_test(test_far_range),
        cmocka_unit_test(test_no_span),
        cmocka_unit_test(test_marks),
        cmocka_unit_test(test_band),
        cmocka_unit_test(test_versions),
        cmocka_unit_test(test_to_look_at),
        cmocka_unit_test(test_nonsense),
        cmocka_unit_test(test_marks_on_each_other),
    };

    return cmocka_run_group_tests(tests, golden_start, golden_end);
}
