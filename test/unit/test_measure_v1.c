/* Angles with their sign, distances, and every reason to give no number. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "inference/measure_v1.h"

enum { HIP, FEMUR, TIBIA, ANKLE };
static struct bundle bundle;
static struct findings findings;
static struct findings_image *image = &findings.images[0];
static enum side only;

static void put(size_t at, double x, double y)
{
    static const char *const names[] = {"hip_center", "femoral_knee_center",
                                        "tibial_knee_center", "ankle_center"};
    struct landmark *l = &image->landmarks[at];
    l->x = x;
    l->y = y;
    l->confidence = 0.9;
    snprintf(l->name, sizeof l->name, "%s.%s", at < 4 ? "right" : "left",
             names[at % 4]);
}

static struct bundle_measure angle(enum side side, size_t first)
{
    return (struct bundle_measure){
        .id = "hka",
        .concept = "hip_knee_ankle_angle",
        .site = "lower_limb",
        .side = side,
        .kind = MEASURE_ANGLE,
        .points = {first, first + 1, first + 2, first + 3},
        .n_points = 4,
        .medial = true,
        .min = 160,
        .max = 200};
}

/* Two straight legs, hips at 100, knees at 200, ankles at 300. */
static int setup(void **state)
{
    (void)state;
    memset(&bundle, 0, sizeof bundle);
    memset(&findings, 0, sizeof findings);
    only = SIDE_NONE;
    bundle.min_confidence = 0.4;
    bundle.measures[0] = angle(SIDE_RIGHT, 0);
    bundle.measures[1] = angle(SIDE_LEFT, 4);
    bundle.measures[2] = (struct bundle_measure){.id = "leg_length",
                                                 .side = SIDE_RIGHT,
                                                 .kind = MEASURE_DISTANCE,
                                                 .points = {HIP, ANKLE},
                                                 .n_points = 2,
                                                 .min = 50,
                                                 .max = 500};
    bundle.n_measures = 3;
    findings.n_images = 1;
    image->rows = 400;
    image->columns = 300;
    image->n_landmarks = 8;
    image->calibration = CALIBRATION_OBJECT;
    image->spacing_mm[0] = image->spacing_mm[1] = 0.5;
    for (size_t leg = 0; leg < 2; leg++) {
        double x = leg ? 200 : 100;
        put(leg * 4 + HIP, x, 100);
        put(leg * 4 + FEMUR, x, 200);
        put(leg * 4 + TIBIA, x, 200);
        put(leg * 4 + ANKLE, x, 300);
    }
    return 0;
}

static const struct measurement *measured(const char *id, enum side side)
{
    for (size_t i = 0; i < findings.n_measurements; i++) {
        const struct measurement *m = &findings.measurements[i];
        if (strcmp(m->id, id) == 0 && m->side == side)
            return m;
    }
    fail_msg("%s %d is not measured", id, side);
    return NULL;
}

static const char *refused(const char *id, enum side side)
{
    for (size_t i = 0; i < findings.n_refused; i++) {
        const struct refusal *r = &findings.refused[i];
        if (strcmp(r->id, id) == 0 && r->side == side)
            return r->reason;
    }
    fail_msg("%s %d is not refused", id, side);
    return NULL;
}

static void run(void)
{
    measure_v1_image(&bundle, 0, only, "the image has no spacing", &findings);
    assert_int_equal(findings.n_measurements + findings.n_refused, 3);
}

static void assert_near(double got, double want)
{
    if (!(fabs(got - want) < 1e-6))
        fail_msg("%.9f instead of %.9f", got, want);
}

static void test_straight(void **state)
{
    (void)state;
    run();
    assert_near(measured("hka", SIDE_RIGHT)->value, 180);
    assert_near(measured("hka", SIDE_LEFT)->value, 180);
    const struct measurement *m = measured("leg_length", SIDE_RIGHT);
    assert_near(m->value, 100);
    assert_string_equal(m->unit, "mm");
    assert_int_equal(m->n_points, 2);
    assert_near(m->points[1][1], 300);
    assert_string_equal(measured("hka", SIDE_LEFT)->unit, "deg");
    assert_int_equal(measured("hka", SIDE_LEFT)->n_points, 4);
}

/* Knees apart, away from the midline: bow legs, below 180 on both sides. */
static void test_varus(void **state)
{
    (void)state;
    put(FEMUR, 90, 200);
    put(TIBIA, 90, 200);
    put(4 + FEMUR, 210, 200);
    put(4 + TIBIA, 210, 200);
    run();
    double want = 180 - 2 * atan(0.1) * 57.29577951308232;
    assert_near(measured("hka", SIDE_RIGHT)->value, want);
    assert_near(measured("hka", SIDE_LEFT)->value, want);
}

static void test_valgus(void **state)
{
    (void)state;
    put(FEMUR, 110, 200);
    put(TIBIA, 110, 200);
    put(4 + FEMUR, 190, 200);
    put(4 + TIBIA, 190, 200);
    run();
    double want = 180 + 2 * atan(0.1) * 57.29577951308232;
    assert_near(measured("hka", SIDE_RIGHT)->value, want);
    assert_near(measured("hka", SIDE_LEFT)->value, want);
}

static void test_unsigned(void **state)
{
    (void)state;
    const double a[] = {1, 0}, v[] = {0, 0}, b[] = {0, 1}, c[] = {-1, 1e-9};
    assert_near(measure_v1_angle_deg(a, v, v, b), 90);
    assert_near(measure_v1_angle_deg(b, v, v, a), 90);
    assert_true(measure_v1_angle_deg(a, v, v, c) > 179.99);
}

static void test_anisotropic(void **state)
{
    (void)state;
    image->spacing_mm[0] = 1; /* rows twice as far apart as columns */
    put(FEMUR, 80, 200);
    put(TIBIA, 80, 200);
    run();
    double want = 180 - 2 * atan(0.1) * 57.29577951308232;
    assert_near(measured("hka", SIDE_RIGHT)->value, want);
    assert_near(measured("leg_length", SIDE_RIGHT)->value, 200);
}

static void test_confidence_is_the_lowest(void **state)
{
    (void)state;
    image->landmarks[TIBIA].confidence = 0.41;
    run();
    assert_near(measured("hka", SIDE_RIGHT)->confidence, 0.41);
    assert_near(measured("leg_length", SIDE_RIGHT)->confidence, 0.9);
}

static void test_uncertain(void **state)
{
    (void)state;
    image->landmarks[TIBIA].confidence = 0.12;
    run();
    assert_string_equal(refused("hka", SIDE_RIGHT),
                        "tibial knee center is uncertain (confidence 0.12, at "
                        "least 0.40 is wanted)");
    measured("hka", SIDE_LEFT);
    measured("leg_length", SIDE_RIGHT);
}

static void test_nan_fails(void **state)
{
    (void)state;
    image->landmarks[HIP].confidence = NAN;
    image->landmarks[4 + HIP].x = NAN;
    run();
    assert_non_null(strstr(refused("hka", SIDE_RIGHT), "uncertain"));
    assert_string_equal(refused("hka", SIDE_LEFT),
                        "hip center lies outside the image");
}

static void test_outside(void **state)
{
    (void)state;
    put(ANKLE, 100, 399.6);
    run();
    assert_string_equal(refused("leg_length", SIDE_RIGHT),
                        "ankle center lies outside the image");
}

static void test_upside_down(void **state)
{
    (void)state;
    bundle.checks[0] = (struct bundle_check){.kind = BUNDLE_DESCENDING,
                                             .side = SIDE_RIGHT,
                                             .points = {HIP, FEMUR, ANKLE},
                                             .n_points = 3};
    bundle.n_checks = 1;
    put(HIP, 100, 300);
    put(ANKLE, 100, 100);
    run();
    assert_string_equal(
        refused("hka", SIDE_RIGHT),
        "femoral knee center is not below hip center in the image");
    refused("leg_length", SIDE_RIGHT);
    measured("hka", SIDE_LEFT);
}

static void test_ratio(void **state)
{
    (void)state;
    bundle.checks[0] =
        (struct bundle_check){.kind = BUNDLE_LENGTH_RATIO,
                              .side = SIDE_NONE,
                              .points = {HIP, FEMUR, TIBIA, ANKLE},
                              .n_points = 4,
                              .min = 0.9,
                              .max = 1.5};
    bundle.n_checks = 1;
    put(ANKLE, 100, 240);
    run();
    assert_string_equal(refused("hka", SIDE_LEFT),
                        "the length of hip center-femoral knee center is 2.50 "
                        "times that of tibial knee center-ankle center, "
                        "outside 0.9 to 1.5");
    assert_int_equal(findings.n_refused, 3);
}

/* The check cannot vouch for a length when it does not know the knee. */
static void test_check_of_uncertain(void **state)
{
    (void)state;
    bundle.checks[0] = (struct bundle_check){.kind = BUNDLE_DESCENDING,
                                             .side = SIDE_RIGHT,
                                             .points = {HIP, FEMUR, ANKLE},
                                             .n_points = 3};
    bundle.n_checks = 1;
    image->landmarks[FEMUR].confidence = 0.1;
    run();
    assert_string_equal(refused("leg_length", SIDE_RIGHT),
                        "femoral knee center is uncertain (confidence 0.10, at "
                        "least 0.40 is wanted)");
    measured("hka", SIDE_LEFT);
}

static void test_ray_of_nothing(void **state)
{
    (void)state;
    bundle.measures[0].medial = false;
    bundle.measures[0].min = 0;
    put(HIP, 100, 199);
    run();
    assert_string_equal(
        refused("hka", SIDE_RIGHT),
        "hip center and femoral knee center are too close to give an angle");
}

static void test_other_side(void **state)
{
    (void)state;
    only = SIDE_LEFT;
    run();
    assert_string_equal(refused("hka", SIDE_RIGHT),
                        "the image shows the left side only");
    refused("leg_length", SIDE_RIGHT);
    measured("hka", SIDE_LEFT);
}

static void test_ratio_of_nothing(void **state)
{
    (void)state;
    test_ratio(state);
    findings.n_refused = findings.n_measurements = 0;
    put(ANKLE, 100, 200); /* 0 / 0 */
    put(HIP, 100, 200);
    run();
    assert_int_equal(findings.n_refused, 3);
}

static void test_no_spacing(void **state)
{
    (void)state;
    image->calibration = CALIBRATION_NONE;
    image->spacing_mm[0] = image->spacing_mm[1] = 0;
    run();
    assert_string_equal(refused("leg_length", SIDE_RIGHT),
                        "no millimeters: the image has no spacing");
    assert_near(measured("hka", SIDE_RIGHT)->value, 180);
}

static void test_range(void **state)
{
    (void)state;
    bundle.measures[2].max = 99.5;
    put(FEMUR, 60, 200);
    put(TIBIA, 60, 200);
    run();
    assert_string_equal(refused("leg_length", SIDE_RIGHT),
                        "100.0 mm is outside 50 to 99.5 mm");
    assert_non_null(
        strstr(refused("hka", SIDE_RIGHT), "deg is outside 160 to 200 deg"));
}

static void test_refuse_all(void **state)
{
    (void)state;
    measure_v1_refuse(&bundle, 0, "cannot be decoded", &findings);
    assert_int_equal(findings.n_refused, 3);
    assert_string_equal(refused("hka", SIDE_LEFT), "cannot be decoded");
    assert_string_equal(findings.refused[0].concept, "hip_knee_ankle_angle");
}

#define TEST(f) cmocka_unit_test_setup(f, setup)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_straight),
        TEST(test_varus),
        TEST(test_check_of_uncertain),
        TEST(test_ray_of_nothing),
        TEST(test_other_side),
        TEST(test_valgus),
        TEST(test_unsigned),
        TEST(test_anisotropic),
        TEST(test_confidence_is_the_lowest),
        TEST(test_uncertain),
        TEST(test_nan_fails),
        TEST(test_outside),
        TEST(test_upside_down),
        TEST(test_ratio),
        TEST(test_ratio_of_nothing),
        TEST(test_no_spacing),
        TEST(test_range),
        TEST(test_refuse_all),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
