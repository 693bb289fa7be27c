/* The space between two contours whose distance is known. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "inference/width.h"
#include "test/unit/rules_case.h"

#define PI 3.14159265358979323846
#define N  61

static double upper[N][2], lower[N][2];

static void assert_close(double got, double want, double by)
{
    if (!(fabs(got - want) <= by))
        fail_msg("%.6f instead of %.6f", got, want);
}

/* The lower arc of a circle above and the upper arc of one below: their
 * distance is that of the centers less the radii. */
static void circles(double gap, double tilt_deg)
{
    double c = cos(tilt_deg * PI / 180), s = sin(tilt_deg * PI / 180);
    for (size_t i = 0; i < N; i++) {
        double a = (30 + 120 * (double)i / (N - 1)) * PI / 180;
        double p[2][2] = {{-60 * cos(a), -60 - gap / 2 + 60 * sin(a)},
                          {-80 * cos(a), 80 + gap / 2 - 80 * sin(a)}};
        for (size_t k = 0; k < 2; k++) {
            double *out = k ? lower[i] : upper[i];
            out[0] = 150 + c * p[k][0] - s * p[k][1];
            out[1] = 200 + s * p[k][0] + c * p[k][1];
        }
    }
}

static enum width_result profile(double at, bool from_left, struct width *out)
{
    return width_profile((const double(*)[2])upper, N,
                         (const double(*)[2])lower, N, at, from_left, out);
}

static void test_two_circles(void **state)
{
    (void)state;
    for (double tilt = -40; tilt <= 40; tilt += 10) {
        struct width w;
        circles(5, tilt);
        assert_int_equal(profile(-1, true, &w), WIDTH_GOOD);
        assert_close(w.value, 5, 0.02);
        assert_close(hypot(w.points[0][0] - w.points[1][0],
                           w.points[0][1] - w.points[1][1]),
                     w.value, 1e-9);
        assert_int_equal(profile(0.5, true, &w), WIDTH_GOOD);
        assert_close(w.value, 5, 0.05);
    }
}

/* A wedge: 2 mm at its left end, 12 mm at its right end. */
static void wedge(void)
{
    for (size_t i = 0; i < N; i++) {
        double t = (double)i / (N - 1);
        upper[i][0] = lower[i][0] = 100 + 100 * t;
        upper[i][1] = 199 - 5 * t;
        lower[i][1] = 201 + 5 * t;
    }
}

static void test_at(void **state)
{
    (void)state;
    struct width w;
    wedge();
    assert_int_equal(profile(0.25, true, &w), WIDTH_GOOD);
    assert_close(w.value, 4.5, 1e-6);
    assert_close(w.points[0][0], 125, 1e-6);
    assert_int_equal(profile(0.25, false, &w), WIDTH_GOOD);
    assert_close(w.value, 9.5, 1e-6);
    assert_int_equal(profile(0, true, &w), WIDTH_GOOD);
    assert_close(w.value, 2, 1e-6);
    assert_int_equal(profile(1, true, &w), WIDTH_GOOD);
    assert_close(w.value, 12, 1e-6);
    assert_int_equal(profile(-1, true, &w), WIDTH_GOOD);
    assert_close(w.value, 2, 0.01);
}

/* Only the width that both share counts; the order of points does not. */
static void test_common(void **state)
{
    (void)state;
    struct width w;
    wedge();
    for (size_t i = 0; i < N / 2; i++) {
        double swap[2] = {upper[i][0], upper[i][1]};
        memcpy(upper[i], upper[N - 1 - i], sizeof swap);
        memcpy(upper[N - 1 - i], swap, sizeof swap);
    }
    assert_int_equal(profile(0.25, true, &w), WIDTH_GOOD);
    assert_close(w.value, 4.5, 1e-6);
    assert_int_equal(width_profile((const double(*)[2])upper, N / 2,
                                   (const double(*)[2])lower, N, 0, true, &w),
                     WIDTH_GOOD); /* its right half */
    assert_true(w.value > 7);
}

static void test_none(void **state)
{
    (void)state;
    struct width w;
    static const double left[][2] = {{0, 0}, {10, 0}};
    static const double right[][2] = {{20, 5}, {30, 5}};
    static const double down[][2] = {{5, 0}, {5, 40}};
    static const double dot[][2] = {{5, 5}, {5, 5}};
    assert_int_equal(width_profile(left, 2, right, 2, -1, true, &w),
                     WIDTH_NO_OVERLAP);
    assert_int_equal(width_profile(left, 2, dot, 2, -1, true, &w),
                     WIDTH_NO_DIRECTION);
    assert_int_equal(width_profile(left, 2, down, 2, -1, true, &w),
                     WIDTH_NO_DIRECTION);
}

static size_t contour(const char *name, double y0, double y1)
{
    char points[2][65];
    snprintf(points[0], 65, "%s_a", name);
    snprintf(points[1], 65, "%s_b", name);
    size_t a = put(points[0], 100, y0), b = put(points[1], 200, y1);
    return make(name, OBJECT_CONTOUR, HOW_CONTOUR, 2, a, b);
}

static void test_measured(void **state)
{
    (void)state;
    setup(NULL);
    findings.images[0].spacing_mm[0] = findings.images[0].spacing_mm[1] = 0.2;
    size_t femur = contour("right.femur", 200, 200);
    size_t tibia = contour("right.tibia", 230, 230);
    struct rule_measure *m =
        rule("jsw", SIDE_RIGHT, RULE_WIDTH, 2, femur, tibia);
    m->at = -1;
    run();
    assert_near(measured("jsw", SIDE_RIGHT)->value, 6);
    assert_int_equal(measured("jsw", SIDE_RIGHT)->kind, MEASURE_DISTANCE);
    m->at = 0.25; /* from the medial end: on a right side the right one */
    run();
    assert_points(measured("jsw", SIDE_RIGHT), {{175, 200}, {175, 230}});
    m->side = SIDE_LEFT;
    run();
    assert_points(measured("jsw", SIDE_LEFT), {{125, 200}, {125, 230}});
    m->side = SIDE_NONE;
    run();
    assert_near(measured("jsw", SIDE_NONE)->points[0][0], 125);
    how.only = SIDE_RIGHT; /* the image's side */
    run();
    assert_near(measured("jsw", SIDE_NONE)->points[0][0], 175);
    how.only = SIDE_LEFT;
    run();
    assert_near(measured("jsw", SIDE_NONE)->points[0][0], 125);
    findings.images[0].calibration = CALIBRATION_NONE;
    run();
    assert_string_equal(refused("jsw", SIDE_NONE),
                        "no millimeters: the image has no spacing");
}

/* Bone on bone is 0; bone far within bone is a mistake. */
static void test_crossing(void **state)
{
    (void)state;
    setup(NULL);
    size_t femur = contour("femur", 200, 200.2);
    size_t tibia = contour("tibia", 210, 200);
    struct rule_measure *m =
        rule("jsw", SIDE_NONE, RULE_WIDTH, 2, femur, tibia);
    m->at = -1;
    run();
    assert_near(measured("jsw", SIDE_NONE)->value, 0);
    seen.landmarks[1].y = 202;
    run();
    assert_string_equal(refused("jsw", SIDE_NONE),
                        "the contours cross each other");
}

/* Masks: a gap of three cells of 2 mm. */
static void test_masks(void **state)
{
    (void)state;
    setup(NULL);
    uint8_t labels[20 * 12] = {0};
    for (size_t r = 2; r < 10; r++)
        for (size_t c = 1; c < 11; c++)
            labels[r * 12 + c] = 1;
    for (size_t r = 13; r < 18; r++)
        for (size_t c = 1; c < 11; c++)
            labels[r * 12 + c] = 2;
    seen.masks[seen.n_masks++] = (struct seen_mask){.output = "bones",
                                                    .rows = 20,
                                                    .columns = 12,
                                                    .labels = labels,
                                                    .x0 = 50,
                                                    .y0 = 60,
                                                    .dx = 4,
                                                    .dy = 4};
    findings.images[0].spacing_mm[0] = findings.images[0].spacing_mm[1] = 0.5;
    size_t edges[2];
    for (uint8_t i = 0; i < 2; i++) {
        edges[i] = make(i ? "tibia" : "femur", OBJECT_CONTOUR, HOW_EDGE, 0);
        strcpy(rules.objects[edges[i]].mask, "bones");
        rules.objects[edges[i]].label_index = (uint8_t)(i + 1);
        rules.objects[edges[i]].toward = i ? TOWARD_UP : TOWARD_DOWN;
    }
    rule("jsw", SIDE_NONE, RULE_WIDTH, 2, edges[0], edges[1])->at = -1;
    rule("half", SIDE_NONE, RULE_WIDTH, 2, edges[0], edges[1])->at = 0.5;
    run();
    assert_near(measured("jsw", SIDE_NONE)->value, 6);
    assert_near(measured("half", SIDE_NONE)->value, 6);
    assert_near(measured("half", SIDE_NONE)->points[0][1], 60 + 4 * 9.5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_two_circles), cmocka_unit_test(test_at),
        cmocka_unit_test(test_common),      cmocka_unit_test(test_none),
        cmocka_unit_test(test_measured),    cmocka_unit_test(test_crossing),
        cmocka_unit_test(test_masks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
