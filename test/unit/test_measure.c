/* Angles and lengths: their values, signs, drawings, and every reason to give
 * none. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "inference/measure_view.h"
#include "test/unit/rules_case.h"

#define PI 3.14159265358979323846

/* Two straight legs, hips at 100, knees at 200, ankles at 300. */
static int legs(void **state)
{
    static const char *const names[] = {"hip_center", "femoral_knee_center",
                                        "tibial_knee_center", "ankle_center"};
    setup(state);
    for (size_t leg = 0; leg < 2; leg++) {
        size_t p[4];
        for (size_t i = 0; i < 4; i++) {
            char name[65];
            snprintf(name, sizeof name, "%s.%s", leg ? "left" : "right",
                     names[i]);
            p[i] =
                put(name, leg ? 200 : 100, 100.0 + 100 * (double)(i - i / 2));
        }
        struct rule_measure *m = rule("hka", leg ? SIDE_LEFT : SIDE_RIGHT,
                                      RULE_ANGLE, 4, p[0], p[1], p[2], p[3]);
        m->toward = TOWARD_MEDIAL;
        m->min = 160;
        m->max = 200;
        m->has_normal = true;
        m->normal[0] = 178;
        m->normal[1] = 182;
        strcpy(m->label, "HKA");
    }
    struct rule_measure *length =
        rule("leg_length", SIDE_RIGHT, RULE_DISTANCE, 2, (size_t)0, (size_t)3);
    length->min = 50;
    length->max = 500;
    return 0;
}

static struct landmark *seen_at(size_t i)
{
    return &seen.landmarks[i];
}

static void test_straight(void **state)
{
    (void)state;
    run();
    const struct measurement *m = measured("hka", SIDE_RIGHT);
    assert_near(m->value, 180);
    assert_near(measured("hka", SIDE_LEFT)->value, 180);
    assert_int_equal(m->kind, MEASURE_ANGLE);
    assert_string_equal(m->unit, "deg");
    assert_string_equal(m->label, "HKA");
    assert_true(m->has_normal);
    assert_near(m->normal[1], 182);
    assert_near(m->confidence, 0.9);
    assert_points(m, {{100, 100}, {100, 200}, {100, 200}, {100, 300}});
    assert_near(measured("leg_length", SIDE_RIGHT)->value, 200);
    assert_int_equal(findings.images[0].n_landmarks, 8);
    assert_string_equal(findings.images[0].landmarks[7].name,
                        "left.ankle_center");
    assert_near(findings.images[0].landmarks[7].x, 200);
}

/* Knees lateral of the line from hip to ankle: varus, below 180. */
static void test_varus(void **state)
{
    (void)state;
    double want = 180 - 2 * atan2(10, 100) * 180 / PI;
    for (size_t i = 1; i < 3; i++) {
        seen_at(i)->x = 90;      /* right knee to the picture's left */
        seen_at(4 + i)->x = 210; /* left knee to its right */
    }
    run();
    assert_near(measured("hka", SIDE_RIGHT)->value, want);
    assert_near(measured("hka", SIDE_LEFT)->value, want);
    for (size_t i = 1; i < 3; i++) {
        seen_at(i)->x = 110;
        seen_at(4 + i)->x = 190;
    }
    run();
    assert_near(measured("hka", SIDE_RIGHT)->value, 360 - want);
    assert_near(measured("hka", SIDE_LEFT)->value, 360 - want);
    rules.measures[0].toward = TOWARD_LATERAL;
    run();
    assert_near(measured("hka", SIDE_RIGHT)->value, want);
    rules.measures[0].toward = TOWARD_NONE; /* 0..180 */
    run();
    assert_near(measured("hka", SIDE_RIGHT)->value, want);
}

/* From the perpendicular: a sign that a mirrored film does not turn. */
static void test_less(void **state)
{
    (void)state;
    setup(state);
    size_t lower = put("shaft_lower", 100, 300);
    size_t upper = put("shaft_upper", 100, 200);
    size_t back = put("back", 120, 110);
    size_t front = put("front", 80, 100);
    rule("slope", SIDE_NONE, RULE_ANGLE, 4, lower, upper, back, front)->less =
        90;
    rules.measures[0].min = -90;
    double want = atan2(10, 40) * 180 / PI;
    run();
    assert_near(measured("slope", SIDE_NONE)->value, want);
    assert_int_equal(measured("slope", SIDE_NONE)->kind, MEASURE_ANGLE);
    seen_at(2)->x = 80;
    seen_at(3)->x = 120;
    run();
    assert_near(measured("slope", SIDE_NONE)->value, want);
    seen_at(3)->y = 120;
    run();
    assert_near(measured("slope", SIDE_NONE)->value, -want);
}

/* A film that is stored mirrored, upside down or lying says the same. */
static void test_turned_film(void **state)
{
    (void)state;
    double upright[8][2];
    for (size_t i = 0; i < 8; i++) {
        upright[i][0] = seen_at(i)->x + (i % 4 == 1 || i % 4 == 2 ? -7 : 0);
        upright[i][1] = seen_at(i)->y;
    }
    for (uint32_t turn = 0; turn <= TURN_ALL; turn++) {
        bool lying = turn & TURN_TRANSPOSE;
        findings.images[0].rows = lying ? 300 : 400;
        findings.images[0].columns = lying ? 400 : 300;
        /* columns of 1 mm and rows of 0.5 mm, wherever they are stored */
        findings.images[0].spacing_mm[0] = lying ? 1 : 0.5;
        findings.images[0].spacing_mm[1] = lying ? 0.5 : 1;
        for (size_t i = 0; i < 8; i++) {
            double p[2] = {upright[i][0], upright[i][1]};
            turn_back(turn, findings.images[0].rows, findings.images[0].columns,
                      p);
            seen_at(i)->x = p[0];
            seen_at(i)->y = p[1];
        }
        how.turn = turn;
        run();
        double off = 2 * atan2(7, 50) * 180 / PI;
        assert_near(measured("hka", SIDE_RIGHT)->value, 180 - off);
        assert_near(measured("hka", SIDE_LEFT)->value, 180 + off);
        assert_near(measured("leg_length", SIDE_RIGHT)->value, 100);
        assert_near(measured("hka", SIDE_RIGHT)->points[0][0], seen_at(0)->x);
    }
}

static void test_from_behind(void **state)
{
    (void)state;
    for (size_t i = 1; i < 3; i++)
        seen_at(i)->x = 90;
    how.from_behind = true; /* a right leg's medial side is to the left */
    run();
    assert_near(measured("hka", SIDE_RIGHT)->value,
                180 + 2 * atan2(10, 100) * 180 / PI);
}

/* A measurement without sides is of the side that the image shows. */
static void test_side_of_image(void **state)
{
    (void)state;
    double off = 2 * atan2(10, 100) * 180 / PI;
    for (size_t i = 1; i < 3; i++)
        seen_at(i)->x = 90;
    rules.measures[0].side = SIDE_NONE;
    how.only = SIDE_RIGHT;
    run();
    assert_near(measured("hka", SIDE_NONE)->value, 180 - off);
    how.only = SIDE_LEFT;
    run();
    assert_near(measured("hka", SIDE_NONE)->value, 180 + off);
}

/* Turned and scaled, an angle stays what it is. */
static void test_invariance(void **state)
{
    (void)state;
    static const double shape[4][2] = {{-8, -60}, {5, 2}, {7, 4}, {-4, 70}};
    double u = atan2(-62, -13), w = atan2(66, -11);
    double want = (w - u) * 180 / PI;
    rules.n_measures = 1;
    rules.measures[0].toward = TOWARD_NONE;
    rules.measures[0].min = 0;
    want = fabs(want) > 180 ? 360 - fabs(want) : fabs(want);
    for (double deg = 0; deg < 360; deg += 7) {
        double c = cos(deg * PI / 180), s = sin(deg * PI / 180);
        double scale = 0.5 + deg / 360;
        for (size_t i = 0; i < 4; i++) {
            seen_at(i)->x = 150 + scale * (c * shape[i][0] - s * shape[i][1]);
            seen_at(i)->y = 200 + scale * (s * shape[i][0] + c * shape[i][1]);
        }
        run();
        assert_near(measured("hka", SIDE_RIGHT)->value, want);
    }
}

static void test_anisotropic(void **state)
{
    (void)state;
    findings.images[0].spacing_mm[0] = 0.5; /* rows half as high */
    rules.measures[0].min = 150;
    for (size_t i = 1; i < 3; i++)
        seen_at(i)->x = 90;
    double want = 180 - 2 * atan2(10, 50) * 180 / PI;
    run();
    assert_near(measured("hka", SIDE_RIGHT)->value, want);
    assert_near(measured("leg_length", SIDE_RIGHT)->value, 100);
    /* without millimeters the shape of a pixel still counts */
    findings.images[0].calibration = CALIBRATION_NONE;
    how.aspect = 0.5;
    run();
    assert_near(measured("hka", SIDE_RIGHT)->value, want);
    assert_string_equal(refused("leg_length", SIDE_RIGHT),
                        "no millimeters: the image has no spacing");
}

static void test_refusals(void **state)
{
    (void)state;
    seen_at(3)->confidence = 0.49;
    run();
    assert_string_equal(
        refused("hka", SIDE_RIGHT),
        "ankle center is uncertain (confidence 0.49, at least 0.50 is wanted)");
    refused("leg_length", SIDE_RIGHT);
    measured("hka", SIDE_LEFT);
    seen_at(3)->confidence = NAN;
    run();
    refused("hka", SIDE_RIGHT);
    seen_at(3)->confidence = 0.9;
    seen_at(3)->y = NAN;
    run();
    assert_string_equal(refused("hka", SIDE_RIGHT),
                        "ankle center lies outside the image");
    seen_at(3)->y = 200.5;
    seen_at(3)->x = 100;
    run();
    assert_string_equal(
        refused("hka", SIDE_RIGHT),
        "tibial knee center and ankle center are too close to give an angle");
    seen_at(3)->y = 300;
    rules.measures[0].max = 179;
    run();
    assert_string_equal(refused("hka", SIDE_RIGHT),
                        "180.0 deg is outside 160 to 179 deg");
    how.only = SIDE_LEFT;
    run();
    assert_string_equal(refused("hka", SIDE_RIGHT),
                        "the image shows the left side only");
    assert_int_equal(findings.n_measurements + findings.n_refused, 3);
}

static void test_curve(void **state)
{
    (void)state;
    static const double curve[3][2] = {{0.5, 0.6}, {0.8, 0.9}, {1, 0.98}};
    static const double cases[][2] = {
        {0.5, 0.6}, {0.65, 0.75}, {0.8, 0.9}, {0.9, 0.94}, {1, 0.98}};
    memcpy(rules.confidence.at, curve, sizeof curve);
    rules.confidence.n = 3;
    for (size_t i = 0; i < 5; i++) {
        seen_at(2)->confidence = cases[i][0];
        for (size_t k = 0; k < 4; k++)
            seen_at(k)->confidence = fmax(seen_at(k)->confidence, cases[i][0]);
        run();
        assert_near(measured("hka", SIDE_RIGHT)->confidence, cases[i][1]);
        assert_near(measured("hka", SIDE_RIGHT)->certainty, cases[i][0]);
    }
    assert_near(measure_confidence(&rules, &rules.measures[0], 0.2), 0.6);
    assert_near(measure_confidence(&rules, &rules.measures[0], NAN), 0.6);
}

static void test_own_curve(void **state)
{
    (void)state;
    static const struct rule_curve of_all = {{{0.5, 0.1}, {1, 0.2}}, 2};
    static const struct rule_curve own = {{{0.5, 0.6}, {0.9, 0.8}}, 2};
    rules.confidence = of_all;
    rules.measures[0].confidence = own;
    seen_at(2)->confidence = 0.7;
    run();
    assert_near(measured("hka", SIDE_RIGHT)->confidence, 0.7);
    assert_near(measured("hka", SIDE_LEFT)->confidence, 0.18);
    assert_near(measured("leg_length", SIDE_RIGHT)->confidence, 0.18);
    rules.measures[1].kind = RULE_GRADE;
    assert_near(measure_confidence(&rules, &rules.measures[1], 0.7), 0.7);
    rules.measures[1].confidence = own;
    assert_near(measure_confidence(&rules, &rules.measures[1], 0.9), 0.8);
}

static void test_two_lines(void **state)
{
    (void)state;
    setup(NULL);
    size_t a = line("femur", put("a", 50, 100), put("b", 150, 100));
    size_t b = line("tibia", put("c", 50, 120), put("d", 150, 130));
    struct rule_measure *m =
        rule("jlca", SIDE_RIGHT, RULE_SIGNED_ANGLE, 2, a, b);
    m->clockwise = true;
    rule("plain", SIDE_NONE, RULE_ANGLE, 2, a, b);
    run();
    double want = atan2(10, 100) * 180 / PI;
    assert_near(measured("jlca", SIDE_RIGHT)->value, want);
    assert_int_equal(measured("jlca", SIDE_RIGHT)->kind, MEASURE_LINES);
    assert_points(measured("jlca", SIDE_RIGHT),
                  {{50, 100}, {150, 100}, {50, 120}, {150, 130}});
    assert_near(measured("plain", SIDE_NONE)->value, want);
    m->clockwise = false;
    run();
    assert_near(measured("jlca", SIDE_RIGHT)->value, -want);
    m->side = SIDE_LEFT;
    run();
    assert_near(measured("jlca", SIDE_LEFT)->value, want);
    how.from_behind = true;
    run();
    assert_near(measured("jlca", SIDE_LEFT)->value, -want);
    /* a line has no direction: the other way round it is the same */
    rules.objects[b].of[0] = 4;
    rules.objects[b].of[1] = 3;
    run();
    assert_near(measured("jlca", SIDE_LEFT)->value, -want);
}

static void test_axis(void **state)
{
    (void)state;
    setup(NULL);
    size_t a = line("cup", put("a", 100, 100), put("b", 130, 140));
    struct rule_measure *m = rule("tilt", SIDE_NONE, RULE_ANGLE_AXIS, 1, a);
    m->toward = TOWARD_UP;
    run();
    assert_near(measured("tilt", SIDE_NONE)->value, atan2(30, 40) * 180 / PI);
    assert_points(measured("tilt", SIDE_NONE),
                  {{100, 100}, {130, 140}, {100, 100}, {100, 150}});
    m->toward = TOWARD_LEFT;
    run();
    assert_near(measured("tilt", SIDE_NONE)->value, atan2(40, 30) * 180 / PI);
    assert_near(measured("tilt", SIDE_NONE)->points[3][0], 150);
}

/* What reaches over the border is drawn as far as the image goes. */
static void test_line_cut(void **state)
{
    (void)state;
    setup(NULL);
    size_t p = put("p", 10, 20), q = put("q", 200, 300);
    size_t down = make("plumb", OBJECT_LINE, HOW_VERTICAL, 1, p);
    size_t level = make("level", OBJECT_LINE, HOW_HORIZONTAL, 1, q);
    rule("right_angle", SIDE_NONE, RULE_ANGLE, 2, down, level);
    run();
    const struct measurement *m = measured("right_angle", SIDE_NONE);
    assert_near(m->value, 90);
    assert_points(m, {{10, -0.5}, {10, 80}, {140, 300}, {260, 300}});
}

static void test_perpendicular(void **state)
{
    (void)state;
    setup(NULL);
    findings.images[0].spacing_mm[0] = findings.images[0].spacing_mm[1] = 0.5;
    size_t knee = put("right.knee", 120, 200);
    size_t axis = line("right.axis", put("right.hip", 100, 100),
                       put("right.ankle", 100, 300));
    struct rule_measure *m =
        rule("mad", SIDE_RIGHT, RULE_PERPENDICULAR, 2, knee, axis);
    run();
    assert_near(measured("mad", SIDE_RIGHT)->value, 10);
    assert_points(measured("mad", SIDE_RIGHT), {{120, 200}, {100, 200}});
    static const struct {
        enum toward toward;
        double value;
    } cases[] = {{TOWARD_MEDIAL, 10},
                 {TOWARD_LATERAL, -10},
                 {TOWARD_RIGHT, 10},
                 {TOWARD_LEFT, -10}};
    for (size_t i = 0; i < 4; i++) {
        m->toward = cases[i].toward;
        run();
        assert_near(measured("mad", SIDE_RIGHT)->value, cases[i].value);
    }
    m->toward = TOWARD_UP;
    run();
    assert_string_equal(
        refused("mad", SIDE_RIGHT),
        "the line lies so that neither side of it is the positive one");
    m->toward = TOWARD_MEDIAL;
    m->side = SIDE_LEFT;
    run();
    assert_near(measured("mad", SIDE_LEFT)->value, -10);
    seen_at(knee)->y = 350; /* its foot is on the line's continuation */
    run();
    assert_near(measured("mad", SIDE_LEFT)->points[1][1], 350);
    assert_false(measured("mad", SIDE_LEFT)->has_plumb);
}

/* The vertical is drawn from its point to the foot. */
static void test_plumb(void **state)
{
    (void)state;
    setup(NULL);
    findings.images[0].spacing_mm[0] = findings.images[0].spacing_mm[1] = 0.5;
    size_t neck = put("neck", 120, 40), sacrum = put("sacrum", 100, 250);
    size_t plumb = make("plumb", OBJECT_LINE, HOW_VERTICAL, 1, sacrum);
    rule("balance", SIDE_NONE, RULE_PERPENDICULAR, 2, neck, plumb);
    run();
    const struct measurement *m = measured("balance", SIDE_NONE);
    assert_points(m, {{120, 40}, {100, 40}});
    assert_true(m->has_plumb);
    assert_near(m->plumb[0], 100);
    assert_near(m->plumb[1], 250);
}

static void test_ratio(void **state)
{
    (void)state;
    setup(NULL);
    size_t a = put("a", 100, 100), b = put("b", 100, 160);
    size_t c = put("c", 110, 160), d = put("d", 110, 210);
    rule("isr", SIDE_NONE, RULE_RATIO, 4, c, d, a, b);
    findings.images[0].spacing_mm[0] = 0.2;
    run();
    const struct measurement *m = measured("isr", SIDE_NONE);
    assert_near(m->value, 50.0 / 60);
    assert_near(m->parts[0], 10);
    assert_near(m->parts[1], 12);
    assert_string_equal(m->parts_unit, "mm");
    assert_string_equal(m->unit, "ratio");
    assert_points(m, {{110, 160}, {110, 210}, {100, 100}, {100, 160}});
    findings.images[0].calibration = CALIBRATION_NONE;
    run();
    assert_near(measured("isr", SIDE_NONE)->value, 50.0 / 60);
    assert_string_equal(measured("isr", SIDE_NONE)->parts_unit, "");
    seen_at(1)->y = 101;
    run();
    assert_string_equal(refused("isr", SIDE_NONE),
                        "a and b are too close to give a ratio");
}

/* A circle is its center where a point is wanted; one outside the image is
 * not what a report may point at. */
static void test_circle_as_point(void **state)
{
    (void)state;
    setup(NULL);
    size_t p = put("p", 20, 100), q = put("q", 10, 110), r = put("r", 0, 100);
    size_t head = make("head", OBJECT_CIRCLE, HOW_CIRCLE, 3, p, q, r);
    rule("d", SIDE_NONE, RULE_DISTANCE, 2, head, put("e", 10, 130));
    run();
    assert_near(measured("d", SIDE_NONE)->value, 30);
    seen_at(p)->x = seen_at(r)->x = 3; /* about -20, 100 */
    seen_at(p)->y = 119.3;
    seen_at(r)->y = 80.7;
    seen_at(q)->y = 100;
    run();
    assert_string_equal(refused("d", SIDE_NONE),
                        "a point of it lies outside the image");
    rules.objects[head].kind = OBJECT_LINE; /* rules that contradict */
    rule("e", SIDE_NONE, RULE_DISTANCE, 2, line("l", p, r), p);
    run();
    assert_string_equal(refused("e", SIDE_NONE),
                        "l is not what is measured here");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_straight, legs),
        cmocka_unit_test_setup(test_varus, legs),
        cmocka_unit_test_setup(test_less, legs),
        cmocka_unit_test_setup(test_turned_film, legs),
        cmocka_unit_test_setup(test_from_behind, legs),
        cmocka_unit_test_setup(test_side_of_image, legs),
        cmocka_unit_test_setup(test_invariance, legs),
        cmocka_unit_test_setup(test_anisotropic, legs),
        cmocka_unit_test_setup(test_refusals, legs),
        cmocka_unit_test_setup(test_curve, legs),
        cmocka_unit_test_setup(test_own_curve, legs),
        cmocka_unit_test(test_two_lines),
        cmocka_unit_test(test_axis),
        cmocka_unit_test(test_line_cut),
        cmocka_unit_test(test_perpendicular),
        cmocka_unit_test(test_plumb),
        cmocka_unit_test(test_ratio),
        cmocka_unit_test(test_circle_as_point),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
