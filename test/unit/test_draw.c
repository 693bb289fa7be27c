/* What lies on the overlay: labels that never touch, colors that everybody
 * can tell apart, strokes where a surgeon would put them, a ruler that is
 * right. With OSTEON_GOLDEN=DIR pictures to look at are left there. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>
#include <jansson.h>

#include "test/unit/every_kind.h"
#include "test/unit/golden.h"

#include "sr_writer/draw.h"
#include "sr_writer/layout.h"
#include "sr_writer/scale.h"
#include "sr_writer/shape.h"
#include "sr_writer/wording.h"

static struct findings findings;
static unsigned char pixels[2048 * 2048];

static struct grey gradient(uint32_t rows, uint32_t columns)
{
    for (uint32_t y = 0; y < rows; y++)
        for (uint32_t x = 0; x < columns; x++)
            pixels[(size_t)y * columns + x] =
                (unsigned char)(255 * x / columns);
    return (struct grey){rows, columns, pixels};
}

static void near(double value, double wanted)
{
    if (!(fabs(value - wanted) < 1e-6))
        fail_msg("%.9g is not %.9g", value, wanted);
}

static cairo_t *scratch(void)
{
    cairo_surface_t *surface =
        cairo_image_surface_create(CAIRO_FORMAT_RGB24, 1, 1);
    cairo_t *cr = cairo_create(surface);

    cairo_surface_destroy(surface);
    return cr;
}

/* Overlaps among the labels that stand on the picture. */
static size_t overlaps(const struct layout *l)
{
    size_t n = 0;

    for (size_t i = 0; i < l->n_labels; i++)
        for (size_t k = 0; k < i; k++)
            n += l->labels[i].placed && l->labels[k].placed &&
                 place_overlap(&l->labels[i].at.box, &l->labels[k].at.box);
    return n;
}

static void assert_inside(const struct layout *l)
{
    for (size_t i = 0; i < l->n_labels; i++) {
        const struct place_box *box = &l->labels[i].at.box;
        if (!l->labels[i].placed)
            continue;
        assert_true(box->width > 0 && box->height > 0);
        assert_true(box->x >= 0 && box->y >= 0);
        assert_true(box->x + box->width <= l->place.width);
        assert_true(box->y + box->height <= l->place.height);
    }
}

static size_t values(const struct layout *l, bool placed)
{
    size_t n = 0;

    for (size_t i = 0; i < l->n_labels; i++)
        n += l->labels[i].face == FACE_VALUE && l->labels[i].placed == placed;
    return n;
}

static size_t boxes(const struct findings *f)
{
    size_t n = 0;

    for (size_t i = 0; i < f->n_found; i++)
        n += f->found[i].present && f->found[i].has_box;
    return n;
}

/* Every value is either on the picture or listed below it. */
static void assert_layout(uint32_t rows, uint32_t columns)
{
    struct grey grey = gradient(rows, columns);
    cairo_t *cr = scratch();
    struct layout *l = layout_new(cr, &findings, 0, &grey);

    assert_non_null(l);
    assert_int_equal(overlaps(l), 0);
    assert_inside(l);
    assert_int_equal(values(l, true) + values(l, false),
                     findings.n_measurements + boxes(&findings));
    assert_int_equal(cairo_status(cr), CAIRO_STATUS_SUCCESS);
    layout_free(l);
    cairo_destroy(cr);
}

static void test_labels_never_touch(void **state)
{
    (void)state;
    for (unsigned seed = 1; seed <= 80; seed++) {
        kind_of_anything(&findings, seed);
        assert_layout(seed % 4 == 0 ? 200 : 1000, seed % 4 == 0 ? 160 : 800);
    }
}

static bool film_point(const json_t *landmarks, const char *side,
                       const char *name, double out[2])
{
    char key[65];
    const json_t *at;

    snprintf(key, sizeof(key), "%s.%s", side, name);
    at = json_object_get(landmarks, key);
    for (size_t i = 0; i < 2; i++)
        out[i] = json_number_value(json_array_get(at, i));
    return json_array_size(at) == 2;
}

/* The axes and lengths of a film's true landmarks. */
static size_t film(const json_t *landmarks)
{
    static const char *const sides[] = {"right", "left"};
    kind_of_everything(&findings);
    findings.images[0].rows = 2200;
    findings.images[0].columns = 900;
    findings.n_measurements = findings.n_found = 0;
    for (int i = 0; i < 2; i++) {
        double p[4][2], ends[2][2];
        if (!film_point(landmarks, sides[i], "hip_center", p[0]) ||
            !film_point(landmarks, sides[i], "femoral_knee_center", p[1]) ||
            !film_point(landmarks, sides[i], "tibial_knee_center", p[2]) ||
            !film_point(landmarks, sides[i], "ankle_center", p[3]))
            continue;
        memcpy(ends[0], p[0], sizeof(ends[0]));
        memcpy(ends[1], p[3], sizeof(ends[1]));
        kind_add(&findings, MEASURE_ANGLE, "hip_knee_ankle_angle",
                 i == 0 ? SIDE_RIGHT : SIDE_LEFT, 175, "deg", 4,
                 (const double(*)[2])p);
        kind_add(&findings, MEASURE_DISTANCE, "leg_length",
                 i == 0 ? SIDE_RIGHT : SIDE_LEFT, 700, "mm", 2,
                 (const double(*)[2])ends);
    }
    return findings.n_measurements;
}

static void test_labels_on_films(void **state)
{
    json_t *truth = json_load_file("test/fixtures/legs/truth.json", 0, NULL);
    const char *name;
    json_t *its;
    size_t films = 0;

    (void)state;
    assert_non_null(truth);
    json_object_foreach(truth, name, its)
    {
        if (film(json_object_get(its, "landmarks")) == 0)
            continue;
        films++;
        assert_layout(2048, 838);
        assert_layout(512, 209);
    }
    assert_true(films >= 25);
    json_decref(truth);
}

static void test_everything_has_room(void **state)
{
    struct grey grey = gradient(1500, 1200);
    cairo_t *cr = scratch();
    struct layout *l;

    (void)state;
    kind_of_everything(&findings);
    l = layout_new(cr, &findings, 0, &grey);
    assert_non_null(l);
    assert_int_equal(values(l, false), 0);
    /* R, L, T5, T12 beside the values */
    assert_int_equal(l->n_labels, findings.n_measurements + 1 + 4);
    assert_int_equal(overlaps(l), 0);
    layout_free(l);
    cairo_destroy(cr);
}

static const struct layout_label *labelled(const struct layout *l,
                                           const char *text)
{
    for (size_t i = 0; i < l->n_labels; i++)
        if (strcmp(l->labels[i].text, text) == 0)
            return &l->labels[i];
    fail_msg("no label %s", text);
    return NULL;
}

/* Out of the range: an arrow and a frame beside the color. */
static void test_labels_say_it(void **state)
{
    struct grey grey = gradient(1500, 1200);
    cairo_t *cr = scratch();
    const struct layout_label *label;
    struct layout *l;

    (void)state;
    kind_of_everything(&findings);
    l = layout_new(cr, &findings, 0, &grey);
    assert_non_null(l);
    label = labelled(l, "\342\226\274 R HKA 171.2\302\260");
    assert_true(label->framed && label->ink == INK_ALERT);
    assert_string_equal(label->detail, "84 %");
    label = labelled(l, "\342\226\262 R Insall-Salvati 1.25");
    assert_true(label->framed && label->ink == INK_ALERT);
    assert_string_equal(label->detail, "84 %, 50.6 : 40.4 mm");
    label = labelled(l, "L length 320.0 mm");
    assert_true(!label->framed && label->ink == INK_LEFT);
    label = labelled(l, "Cobb 43.9\302\260");
    assert_string_equal(label->detail, "84 %, convex right, apex T9");
    label = labelled(l, "LLD 0.0 mm");
    assert_string_equal(label->detail, "84 %, R 320.0, L 320.0 mm");
    labelled(l, "erosion med. 2250.0 mm\302\262");
    labelled(l, "L KL grade 3");
    label = labelled(l, "! L fracture");
    assert_true(label->framed && label->ink == INK_ALERT);
    assert_string_equal(label->detail, "91 %");
    labelled(l, "T5");
    labelled(l, "T12");
    assert_true(labelled(l, "R")->at.box.x < l->place.width / 2);
    assert_true(labelled(l, "L")->at.box.x > l->place.width / 2);
    layout_free(l);
    cairo_destroy(cr);
}

static size_t count(const struct shape *s, enum stroke_kind kind)
{
    size_t n = 0;

    for (size_t i = 0; i < s->n_strokes; i++)
        n += s->strokes[i].kind == kind;
    return n;
}

static const struct stroke *stroke(const struct shape *s, enum stroke_kind kind)
{
    for (size_t i = 0; i < s->n_strokes; i++)
        if (s->strokes[i].kind == kind)
            return &s->strokes[i];
    fail_msg("no such stroke");
    return NULL;
}

static void shape_of(struct measurement *m, struct shape *out)
{
    struct pen pen = pen_for(NULL, 800, 1000);

    shape_of_measurement(&pen, m, m->points, out);
    assert_true(out->n_strokes <= SHAPE_STROKES);
    assert_true(out->n_anchors <= SHAPE_ANCHORS);
}

/* The arc is swept on the side on which the angle was measured. */
static void test_angle(void **state)
{
    static const double points[4][2] = {{0, 0}, {0, 100}, {0, 100}, {100, 100}};
    struct measurement *m;
    struct shape s;

    (void)state;
    memset(&findings, 0, sizeof(findings));
    m = kind_add(&findings, MEASURE_ANGLE, "x", SIDE_RIGHT, 90, "deg", 4,
                 points);
    shape_of(m, &s);
    assert_int_equal(count(&s, STROKE_LINE), 2);
    assert_int_equal(count(&s, STROKE_RING), 3);
    near(stroke(&s, STROKE_ARC)->a[1], 100);
    near(stroke(&s, STROKE_ARC)->to - stroke(&s, STROKE_ARC)->from, M_PI / 2);
    m->value = 270;
    shape_of(m, &s);
    near(stroke(&s, STROKE_ARC)->to - stroke(&s, STROKE_ARC)->from,
         3 * M_PI / 2);
}

/* Both are extended to where they meet, with the angle between them there. */
static void test_two_lines(void **state)
{
    static const double meets[4][2] = {
        {100, 100}, {200, 100}, {100, 200}, {200, 150}};
    static const double apart[4][2] = {
        {100, 100}, {200, 100}, {100, 200}, {200, 200}};
    struct measurement *m;
    struct shape s;

    (void)state;
    memset(&findings, 0, sizeof(findings));
    m = kind_add(&findings, MEASURE_LINES, "x", SIDE_NONE, 26.565, "deg", 4,
                 meets);
    shape_of(m, &s);
    near(stroke(&s, STROKE_ARC)->a[0], 300);
    near(stroke(&s, STROKE_ARC)->a[1], 100);
    near(stroke(&s, STROKE_ARC)->to - stroke(&s, STROKE_ARC)->from, atan(0.5));
    assert_int_equal(s.n_tags, 2);
    assert_true(s.tags[0].from[0] < 100 && s.tags[1].from[0] < 100);
    memcpy(m->points, apart, sizeof(apart));
    shape_of(m, &s);
    assert_int_equal(count(&s, STROKE_ARC), 0);
    assert_int_equal(count(&s, STROKE_LINE), 6);
}

static void test_lengths(void **state)
{
    static const double points[6][2] = {{10, 10},  {110, 10}, {10, 50},
                                        {10, 150}, {5, 20},   {0, 0}};
    struct measurement *m;
    struct shape s;

    (void)state;
    memset(&findings, 0, sizeof(findings));
    m = kind_add(&findings, MEASURE_DISTANCE, "x", SIDE_LEFT, 1, "mm", 2,
                 points);
    shape_of(m, &s);
    assert_int_equal(s.n_strokes, 3); /* and a tick across each end */
    near(s.strokes[1].a[0], 10);
    near(s.strokes[1].b[0], 10);
    near(s.strokes[1].a[1] + s.strokes[1].b[1], 20);
    near(s.strokes[2].a[0], 110);
    m = kind_add(&findings, MEASURE_RATIO, "x", SIDE_LEFT, 1, "ratio", 4,
                 points);
    shape_of(m, &s);
    assert_int_equal(s.n_strokes, 6);
    assert_true(s.strokes[0].dash != s.strokes[3].dash);
    m->kind = MEASURE_DIFFERENCE;
    m->n_points = 2;
    shape_of(m, &s);
    assert_int_equal(s.n_strokes, 3);
    m->kind = MEASURE_AREA;
    m->n_points = 6;
    shape_of(m, &s);
    assert_int_equal(s.n_strokes, 6);
    assert_true(memcmp(s.strokes[5].b, s.strokes[0].a, sizeof(double[2])) == 0);
    m->n_points = 2; /* no outline */
    shape_of(m, &s);
    assert_int_equal(s.n_strokes, 0);
}

static const struct layout_label *mark(const struct layout *l, const char *text)
{
    for (size_t i = 0; i < l->n_labels; i++)
        if (l->labels[i].face == FACE_MARK &&
            strcmp(l->labels[i].text, text) == 0)
            return &l->labels[i];
    return NULL;
}

/* What has no side is drawn with the letters of both, where the image says
 * which is which, and with the line that it is measured from. */
static void test_no_side(void **state)
{
    static const double points[2][2] = {{300, 100}, {350, 100}};
    struct grey grey = gradient(1000, 800);
    cairo_t *cr = scratch();
    struct layout *l;
    struct measurement *m;
    size_t n;

    (void)state;
    kind_of_everything(&findings);
    findings.n_measurements = findings.n_found = 0;
    m = kind_add(&findings, MEASURE_DISTANCE, "coronal_balance", SIDE_NONE, 17,
                 "mm", 2, points);
    l = layout_new(cr, &findings, 0, &grey);
    assert_null(mark(l, "R"));
    n = l->n_strokes;
    layout_free(l);
    findings.images[0].left_edge = SIDE_RIGHT;
    m->has_plumb = true;
    m->plumb[0] = 350;
    m->plumb[1] = 900;
    l = layout_new(cr, &findings, 0, &grey);
    assert_int_equal(l->n_strokes, n + 1);
    assert_true(mark(l, "R")->at.box.x < mark(l, "L")->at.box.x);
    layout_free(l);
    findings.images[0].left_edge = SIDE_LEFT;
    l = layout_new(cr, &findings, 0, &grey);
    assert_true(mark(l, "R")->at.box.x > mark(l, "L")->at.box.x);
    layout_free(l);
    cairo_destroy(cr);
}

/* sRGB, IEC 61966-2-1. */
static double linear(double c)
{
    return c <= 0.04045 ? c / 12.92 : pow((c + 0.055) / 1.055, 2.4);
}

/* WCAG 2.2, relative luminance and contrast ratio. */
static double luminance(const double rgb[3])
{
    return 0.2126 * linear(rgb[0]) + 0.7152 * linear(rgb[1]) +
           0.0722 * linear(rgb[2]);
}

static double contrast(double a, double b)
{
    return (fmax(a, b) + 0.05) / (fmin(a, b) + 0.05);
}

/* Around every stroke lies the halo: black that lets some of the image
 * through. 4.5 is what WCAG 2.2 asks of text. */
static void test_colors_stand_out(void **state)
{
    (void)state;
    for (int ink = 0; ink < INK_MOST; ink++)
        for (int grey = 0; grey <= 255; grey++) {
            double under = grey / 255.0 * (1 - PEN_HALO);
            const double halo[3] = {under, under, under};
            double ratio =
                contrast(luminance(pen_rgb((enum ink)ink)), luminance(halo));
            if (ratio < 4.5)
                fail_msg("ink %d on grey %d: %.2f", ink, grey, ratio);
        }
}

static double lab_curve(double t)
{
    return t > 216.0 / 24389 ? cbrt(t) : t * 841 / 108 + 4.0 / 29;
}

/* Of a color as it is seen through `eye`, in CIE Lab under D65. */
static void seen(const double rgb[3], const double eye[3][3], double lab[3])
{
    static const double to_xyz[3][3] = {{0.4124, 0.3576, 0.1805},
                                        {0.2126, 0.7152, 0.0722},
                                        {0.0193, 0.1192, 0.9505}};
    static const double white[3] = {0.9505, 1, 1.089};
    double left[3], f[3];

    for (int i = 0; i < 3; i++) {
        left[i] = 0;
        for (int k = 0; k < 3; k++)
            left[i] += eye[i][k] * linear(rgb[k]);
        left[i] = fmin(fmax(left[i], 0), 1);
    }
    for (int i = 0; i < 3; i++)
        f[i] = lab_curve((to_xyz[i][0] * left[0] + to_xyz[i][1] * left[1] +
                          to_xyz[i][2] * left[2]) /
                         white[i]);
    lab[0] = 116 * f[1] - 16;
    lab[1] = 500 * (f[0] - f[1]);
    lab[2] = 200 * (f[1] - f[2]);
}

/* Protanopia and deuteranopia after Vienot, Brettel and Mollon, "Digital video
 * colourmaps for checking the legibility of displays by dichromats" (1999), on
 * linear RGB. A distance of 2.3 in CIE Lab is just noticeable; 20 is another
 * color. */
static void test_colors_stay_apart(void **state)
{
    static const double eyes[][3][3] = {
        {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}},
        {{0.11238, 0.88762, 0}, {0.11238, 0.88762, 0}, {0.00401, -0.00401, 1}},
        {{0.29275, 0.70725, 0}, {0.29275, 0.70725, 0}, {-0.02234, 0.02234, 1}},
    };

    (void)state;
    for (size_t eye = 0; eye < 3; eye++)
        for (int a = 0; a < INK_MOST; a++)
            for (int b = 0; b < a; b++) {
                double first[3], second[3], sum = 0;
                seen(pen_rgb((enum ink)a), eyes[eye], first);
                seen(pen_rgb((enum ink)b), eyes[eye], second);
                for (int i = 0; i < 3; i++)
                    sum += (first[i] - second[i]) * (first[i] - second[i]);
                if (sqrt(sum) < 20)
                    fail_msg("eye %zu, inks %d and %d: %.1f", eye, a, b,
                             sqrt(sum));
            }
}

/* A round number of millimeters, right by the spacing of the columns. */
static void test_scale(void **state)
{
    struct findings_image image = {.rows = 4000,
                                   .columns = 2000,
                                   .calibration = CALIBRATION_OBJECT,
                                   .spacing_mm = {0.3, 0.2}};
    struct scale scale = scale_for(&image, 1000);

    (void)state;
    near(scale.mm, 100);
    near(scale.pixels, 250); /* 0.4 mm a pixel */
    for (double spacing = 0.004; spacing < 9; spacing *= 1.13) {
        double digit;
        image.spacing_mm[1] = spacing;
        scale = scale_for(&image, 1000);
        digit = scale.mm / pow(10, floor(log10(scale.mm) + 1e-9));
        assert_true(fabs(digit - 1) < 1e-6 || fabs(digit - 2) < 1e-6 ||
                    fabs(digit - 5) < 1e-6);
        near(scale.pixels * 2 * spacing, scale.mm);
        assert_true(scale.pixels <= 250.001 && scale.pixels > 90);
    }
    image.calibration = CALIBRATION_NONE;
    assert_true(scale_for(&image, 1000).mm == 0);
    image.calibration = CALIBRATION_OBJECT;
    image.spacing_mm[1] = 0;
    assert_true(scale_for(&image, 1000).mm == 0);
    image.spacing_mm[1] = (double)NAN;
    assert_true(scale_for(&image, 1000).mm == 0);
}

static uint32_t rows_of(const struct grey *grey, const char *name)
{
    struct err err = {0};
    struct drawing *drawing = draw_findings(&findings, 0, grey, &err);
    char path[320];
    uint32_t rows;

    assert_non_null(drawing);
    snprintf(path, sizeof(path), "%s/%s.png", golden_dir, name);
    assert_true(draw_png(drawing, path, &err));
    rows = draw_rows(drawing);
    draw_free(drawing);
    return rows;
}

/* The ruler is there only with a calibration; what has no room is below. */
static void test_bars(void **state)
{
    struct grey grey = gradient(1500, 1200);
    uint32_t rows, without;

    (void)state;
    kind_of_everything(&findings);
    rows = rows_of(&grey, "every_kind");
    assert_true(rows > 1500);
    findings.images[0].calibration = CALIBRATION_NONE;
    without = rows_of(&grey, "no_ruler");
    assert_true(without < rows);
    kind_of_anything(&findings, 7);
    while (findings.n_measurements < FINDINGS_MEASUREMENTS) {
        findings.measurements[findings.n_measurements] =
            findings.measurements[0];
        findings.n_measurements++;
    }
    grey = gradient(400, 300);
    assert_true(rows_of(&grey, "crowded") > 800);
}

/* What a model could say to spoil a picture. */
static void test_nonsense(void **state)
{
    struct grey grey = gradient(300, 240);
    struct measurement *m;

    (void)state;
    kind_of_everything(&findings);
    for (size_t i = 0; i < findings.n_measurements; i++) {
        m = &findings.measurements[i];
        m->points[0][0] = i % 2 == 0 ? (double)NAN : 1e300;
        m->points[1][1] = -(double)INFINITY;
        m->value = 1e308;
        m->confidence = 7;
        m->n_traits = FINDINGS_TRAITS + 3;
        snprintf(m->label, sizeof(m->label), "\377\300\001\\");
        snprintf(m->grade, sizeof(m->grade), "\200");
    }
    findings.images[0].calibration = CALIBRATION_NONE;
    assert_true(rows_of(&grey, "nonsense") > 300);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_labels_never_touch),
        cmocka_unit_test(test_labels_on_films),
        cmocka_unit_test(test_everything_has_room),
        cmocka_unit_test(test_labels_say_it),
        cmocka_unit_test(test_angle),
        cmocka_unit_test(test_two_lines),
        cmocka_unit_test(test_lengths),
        cmocka_unit_test(test_no_side),
        cmocka_unit_test(test_colors_stand_out),
        cmocka_unit_test(test_colors_stay_apart),
        cmocka_unit_test(test_scale),
        cmocka_unit_test(test_bars),
        cmocka_unit_test(test_nonsense),
    };

    return cmocka_run_group_tests(tests, golden_start, golden_end);
}
