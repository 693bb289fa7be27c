/* Spines of known tilts: which curve, its ends, its apex and its side. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "inference/cobb.h"
#include "test/unit/rules_case.h"

#define PI 3.14159265358979323846

/* Vertebrae from the head down, each rotated by its tilt (degrees, positive:
 * the right end of the picture is lower); the spine follows its tilts. */
static void spine(const double *tilts, size_t n)
{
    static const double corner[4][2] = {{-12, -6}, {12, -6}, {-12, 6}, {12, 6}};
    static const char *const names[] = {"upper_left", "upper_right",
                                        "lower_left", "lower_right"};
    double x = 150, y = 30;
    setup(NULL);
    struct rule_measure *m = rule("cobb", SIDE_NONE, RULE_COBB, 0);
    m->least = 10;
    for (size_t i = 0; i < n; i++) {
        double c = cos(tilts[i] * PI / 180), s = sin(tilts[i] * PI / 180);
        snprintf(m->vertebrae[i], sizeof m->vertebrae[i], "T%d",
                 (int)(i + 1) % 100);
        for (size_t k = 0; k < 4; k++) {
            char name[65];
            snprintf(name, sizeof name, "T%zu.%s", i + 1, names[k]);
            m->objects[m->n_objects++] =
                put(name, x + c * corner[k][0] - s * corner[k][1],
                    y + s * corner[k][0] + c * corner[k][1]);
        }
        x -= 20 * s; /* down, across the endplates */
        y += 20 * c;
    }
}

static const char *trait(const struct measurement *m, const char *concept)
{
    for (size_t i = 0; i < m->n_traits; i++)
        if (strcmp(m->traits[i].concept, concept) == 0)
            return m->traits[i].value;
    return "";
}

/* 25 degrees one way at T2, 18 the other at T7: 43, convex to the right of
 * the picture, which is the patient's left. */
static void test_single(void **state)
{
    (void)state;
    spine((const double[]){-10, -25, -15, -3, 5, 12, 18, 8}, 8);
    run();
    const struct measurement *m = measured("cobb", SIDE_NONE);
    assert_near(m->value, 43);
    assert_int_equal(m->kind, MEASURE_LINES);
    assert_string_equal(trait(m, "upper_end_vertebra"), "t2");
    assert_string_equal(trait(m, "lower_end_vertebra"), "t7");
    assert_string_equal(trait(m, "apical_vertebra"), "t5");
    assert_string_equal(trait(m, "convexity"), "left");
    assert_int_equal(m->n_points, 4);
    assert_near(m->points[0][0], seen.landmarks[4].x);  /* T2, upper left */
    assert_near(m->points[3][1], seen.landmarks[27].y); /* T7, lower right */
    assert_string_equal(m->note, "");
}

static void test_other_way(void **state)
{
    (void)state;
    spine((const double[]){10, 25, 15, 3, -5, -12, -18, -8}, 8);
    run();
    assert_near(measured("cobb", SIDE_NONE)->value, 43);
    assert_string_equal(trait(measured("cobb", SIDE_NONE), "convexity"),
                        "right");
    how.from_behind = true;
    run();
    assert_string_equal(trait(measured("cobb", SIDE_NONE), "convexity"),
                        "left");
    how.from_behind = false;
    for (size_t i = 0; i < seen.n_landmarks; i++)
        seen.landmarks[i].x = 299 - seen.landmarks[i].x;
    how.turn = TURN_FLIP_X; /* stored mirrored, and the header says so */
    run();
    assert_near(measured("cobb", SIDE_NONE)->value, 43);
    assert_string_equal(trait(measured("cobb", SIDE_NONE), "convexity"),
                        "right");
}

/* Triple: 32 above, 45 in the middle, 30 below. */
static const double curves[] = {12, 2, -8, -20, -5, 10, 25, 10, -5, 0};

static void test_above_and_below(void **state)
{
    (void)state;
    spine(curves, 10);
    run();
    assert_near(measured("cobb", SIDE_NONE)->value, 45);
    rules.measures[0].curve = COBB_ABOVE;
    run();
    const struct measurement *m = measured("cobb", SIDE_NONE);
    assert_near(m->value, 32);
    assert_string_equal(trait(m, "upper_end_vertebra"), "t1");
    assert_string_equal(trait(m, "lower_end_vertebra"), "t4");
    assert_string_equal(trait(m, "convexity"), "right");
    rules.measures[0].curve = COBB_BELOW;
    run();
    m = measured("cobb", SIDE_NONE);
    assert_near(m->value, 30);
    assert_string_equal(trait(m, "upper_end_vertebra"), "t7");
    assert_string_equal(trait(m, "lower_end_vertebra"), "t9");
    assert_string_equal(trait(m, "apical_vertebra"), "t8");
}

static void test_no_curve(void **state)
{
    (void)state;
    spine((const double[]){-20, -10, 0, 10, 19}, 5);
    rules.measures[0].curve = COBB_ABOVE;
    run();
    assert_string_equal(refused("cobb", SIDE_NONE),
                        "no curve of 10 degrees or more");
    spine((const double[]){1, 0, -2, 1},
          4); /* straight: the largest is given */
    run();
    assert_near(measured("cobb", SIDE_NONE)->value, 3);
    spine((const double[]){2, 2}, 2); /* neighbors: no apex between them */
    run();
    assert_near(measured("cobb", SIDE_NONE)->value, 0);
    assert_string_equal(trait(measured("cobb", SIDE_NONE), "apical_vertebra"),
                        "");
}

/* A vertebra that nobody saw might be the most tilted. */
static void test_uncertain(void **state)
{
    (void)state;
    spine(curves, 10);
    seen.landmarks[4 * 9].confidence = 0.3; /* T10, two below the end T7 */
    run();
    assert_near(measured("cobb", SIDE_NONE)->value, 45);
    assert_string_equal(measured("cobb", SIDE_NONE)->note,
                        "not judged for lack of certainty: T10");
    seen.landmarks[4 * 9].confidence = 0.9;
    for (size_t i = 1; i < 9; i++) { /* between others */
        seen.landmarks[4 * i + 2].confidence = NAN;
        run();
        assert_non_null(strstr(refused("cobb", SIDE_NONE),
                               "is not certain, and it might be an end "
                               "vertebra"));
        seen.landmarks[4 * i + 2].confidence = 0.9;
    }
    for (size_t i = 0; i < 10; i++)
        seen.landmarks[4 * i].confidence = 0.1;
    run();
    assert_string_equal(refused("cobb", SIDE_NONE),
                        "fewer than two vertebrae are certain");
}

static void test_degenerate(void **state)
{
    (void)state;
    spine((const double[]){-20, 0, 20}, 3);
    seen.landmarks[1] = seen.landmarks[0]; /* an endplate of no length */
    strcpy(seen.landmarks[1].name, "T1.upper_right");
    run();
    assert_string_equal(refused("cobb", SIDE_NONE),
                        "T1 is not certain, and it might be an end vertebra");
    spine((const double[]){-20, 0, 20}, 3);
    double x = seen.landmarks[8].x; /* T3: left and right exchanged */
    seen.landmarks[8].x = seen.landmarks[9].x;
    seen.landmarks[9].x = x;
    run();
    refused("cobb", SIDE_NONE);
}

/* Least certain of the four points that make the angle. */
static void test_confidence(void **state)
{
    (void)state;
    spine(curves, 10);
    seen.landmarks[4 * 3 + 1].confidence = 0.7;
    seen.landmarks[4 * 4].confidence = 0.6; /* no end vertebra */
    run();
    assert_near(measured("cobb", SIDE_NONE)->confidence, 0.7);
}

/* Tilting the whole film changes nothing; nor does stretching, once the
 * spacing says so. */
static void test_invariance(void **state)
{
    (void)state;
    spine(curves, 10);
    for (size_t i = 0; i < seen.n_landmarks; i++) {
        double x = seen.landmarks[i].x - 150, y = seen.landmarks[i].y - 120;
        double c = cos(0.2), s = sin(0.2);
        seen.landmarks[i].x = 150 + c * x - s * y;
        seen.landmarks[i].y = (120 + s * x + c * y) * 1.5;
    }
    findings.images[0].spacing_mm[0] = 1 / 1.5;
    run();
    assert_near(measured("cobb", SIDE_NONE)->value, 45);
    assert_string_equal(
        trait(measured("cobb", SIDE_NONE), "upper_end_vertebra"), "t4");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_single),
        cmocka_unit_test(test_other_way),
        cmocka_unit_test(test_above_and_below),
        cmocka_unit_test(test_no_curve),
        cmocka_unit_test(test_uncertain),
        cmocka_unit_test(test_degenerate),
        cmocka_unit_test(test_confidence),
        cmocka_unit_test(test_invariance),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
