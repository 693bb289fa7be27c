/* What an image must be before its numbers count. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "test/unit/rules_case.h"

enum { HIP, KNEE, ANKLE };

static int legs(void **state)
{
    setup(state);
    put("right.hip_center", 100, 100);
    put("right.knee_center", 100, 200);
    put("right.ankle_center", 100, 300);
    put("left.hip_center", 200, 100);
    put("left.ankle_center", 200, 300);
    rule("length", SIDE_RIGHT, RULE_DISTANCE, 2, (size_t)0, (size_t)2);
    rule("length", SIDE_LEFT, RULE_DISTANCE, 2, (size_t)3, (size_t)4);
    return 0;
}

static struct rule_check *check(enum check_kind kind, enum side side, size_t n)
{
    struct rule_check *c = &rules.checks[rules.n_checks++];
    *c = (struct rule_check){.kind = kind, .side = side, .n_objects = n};
    strcpy(c->quality, "positioning");
    for (size_t i = 0; i < n; i++)
        c->objects[i] = i;
    return c;
}

static void see_class(const char *output, const char *name, double p)
{
    struct seen_class *c = &seen.classes[seen.n_classes++];
    snprintf(c->output, sizeof c->output, "%s", output);
    snprintf(c->name, sizeof c->name, "%s", name);
    c->probability = p;
}

static const char *quality(void)
{
    return findings.refused[0].quality;
}

static void test_descending(void **state)
{
    (void)state;
    check(CHECK_DESCENDING, SIDE_RIGHT, 3);
    run();
    assert_int_equal(findings.n_measurements, 2);
    seen.landmarks[KNEE].y = 300;
    run();
    assert_string_equal(refused("length", SIDE_RIGHT),
                        "ankle center is not below knee center in the image");
    assert_string_equal(quality(), "positioning");
    measured("length", SIDE_LEFT);
    seen.landmarks[KNEE].confidence = 0.2; /* confirms nothing */
    seen.landmarks[KNEE].y = 200;
    run();
    assert_non_null(strstr(refused("length", SIDE_RIGHT), "is uncertain"));
    /* a film that lies upside down, and says so, is upright */
    for (size_t i = 0; i < 5; i++) {
        seen.landmarks[i].x = 299 - seen.landmarks[i].x;
        seen.landmarks[i].y = 399 - seen.landmarks[i].y;
    }
    seen.landmarks[KNEE].confidence = 0.9;
    run();
    refused("length", SIDE_RIGHT);
    how.turn = TURN_FLIP_X | TURN_FLIP_Y;
    run();
    measured("length", SIDE_RIGHT);
}

static void test_length_ratio(void **state)
{
    (void)state;
    struct rule_check *c = check(CHECK_LENGTH_RATIO, SIDE_RIGHT, 4);
    c->objects[2] = KNEE;
    c->objects[3] = ANKLE;
    c->min = 0.9;
    c->max = 1.1;
    run();
    measured("length", SIDE_RIGHT);
    seen.landmarks[KNEE].y = 220;
    run();
    assert_string_equal(
        refused("length", SIDE_RIGHT),
        "the length of hip center-knee center is 1.50 times that of knee "
        "center-ankle center, outside 0.9 to 1.1");
    c->objects[2] = ANKLE; /* no length: NaN or infinite */
    run();
    refused("length", SIDE_RIGHT);
}

static void test_inside(void **state)
{
    (void)state;
    struct rule_check *c = check(CHECK_INSIDE, SIDE_NONE, 1);
    c->min = 0.02; /* 6 columns, 8 rows */
    seen.landmarks[HIP].x = 5.5;
    run();
    measured("length", SIDE_RIGHT);
    seen.landmarks[HIP].x = 5.4;
    run();
    assert_string_equal(refused("length", SIDE_RIGHT),
                        "hip center lies at the border of the image; what "
                        "belongs to it may be cut off");
    refused("length", SIDE_LEFT); /* a check of no side is of all */
    seen.landmarks[HIP].x = 100;
    seen.landmarks[HIP].y = 391.6;
    run();
    refused("length", SIDE_RIGHT);
}

static void test_class(void **state)
{
    (void)state;
    struct rule_check *c = check(CHECK_CLASS, SIDE_NONE, 0);
    strcpy(c->output, "view");
    strcpy(c->classes[0], "knee_ap");
    strcpy(c->classes[1], "knee_pa");
    c->n_classes = 2;
    c->min = 0.8;
    strcpy(c->quality, "artifact");
    run();
    assert_string_equal(
        refused("length", SIDE_LEFT),
        "whether the image is what is wanted was not looked at");
    see_class("view", "knee_ap", 0.1);
    see_class("view", "knee_pa", 0.9);
    run();
    assert_int_equal(findings.n_measurements, 2);
    seen.classes[1].probability = 0.7; /* the most probable, but not certain */
    run();
    assert_string_equal(
        refused("length", SIDE_LEFT),
        "the image looks like knee pa (confidence 0.70); wanted is knee ap");
    assert_string_equal(quality(), "artifact");
    strcpy(seen.classes[1].name, "hand");
    seen.classes[1].probability = 0.99;
    run();
    refused("length", SIDE_RIGHT);
    seen.classes[1].probability = NAN;
    run();
    refused("length", SIDE_RIGHT);
}

static void test_side(void **state)
{
    (void)state;
    struct rule_check *c = check(CHECK_SIDE, SIDE_NONE, 0);
    strcpy(c->output, "side");
    strcpy(c->classes[0], "r");
    strcpy(c->classes[1], "l");
    c->n_classes = 2;
    c->min = 0.8;
    see_class("side", "r", 0.95);
    see_class("side", "l", 0.05);
    run(); /* the header is silent: the model decides */
    measured("length", SIDE_RIGHT);
    assert_string_equal(refused("length", SIDE_LEFT),
                        "the image shows the right side only");
    how.only = SIDE_RIGHT;
    run();
    measured("length", SIDE_RIGHT);
    how.only = SIDE_LEFT; /* a marker on the wrong side: nothing counts */
    run();
    assert_int_equal(findings.n_measurements, 0);
    assert_string_equal(refused("length", SIDE_LEFT),
                        "the header says left and the image looks like a "
                        "right one");
    assert_string_equal(quality(), "positioning");
    seen.classes[0].probability = 0.6;
    run(); /* uncertain does not contradict */
    measured("length", SIDE_LEFT);
    how.only = SIDE_NONE;
    run();
    assert_int_equal(findings.n_measurements, 0);
    assert_non_null(
        strstr(refused("length", SIDE_RIGHT), "the model is not certain"));
}

/* Another view's checks and measurements say nothing of this image; what no
 * image shows is refused once. */
static void test_partial(void **state)
{
    (void)state;
    struct rule_check *c = check(CHECK_CLASS, SIDE_NONE, 0);
    strcpy(c->output, "lateral_view");
    c->n_classes = 1;
    how.partial = true;
    strcpy(seen.landmarks[3].name, "of_this_view");
    run();
    measured("length", SIDE_RIGHT);
    assert_int_equal(findings.n_refused, 1);
    assert_string_equal(refused("length", SIDE_LEFT),
                        "no image shows the view that it is measured on");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_descending, legs),
        cmocka_unit_test_setup(test_length_ratio, legs),
        cmocka_unit_test_setup(test_inside, legs),
        cmocka_unit_test_setup(test_class, legs),
        cmocka_unit_test_setup(test_side, legs),
        cmocka_unit_test_setup(test_partial, legs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
