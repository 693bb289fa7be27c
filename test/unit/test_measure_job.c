/* What needs all images of a job: differences, needs, findings; and what a
 * network says itself: grades, numbers, areas, boxes. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "test/unit/rules_case.h"

static void two_images(void)
{
    findings.n_images = 2;
    findings.images[1] = findings.images[0];
}

/* A leg of that length on the image; the other side was not seen there. */
static void leg(enum side side, double length)
{
    size_t i = side == SIDE_RIGHT ? 0 : 2;
    seen.landmarks[i + 1].y = seen.landmarks[i].y + length;
    for (size_t k = 0; k < 2; k++)
        seen.landmarks[i + k].confidence = 0.9;
}

static struct rule_measure *difference;

static int legs(void **state)
{
    setup(state);
    put("right.hip", 100, 50);
    put("right.ankle", 100, 250);
    put("left.hip", 200, 50);
    put("left.ankle", 200, 250);
    rule("length", SIDE_RIGHT, RULE_DISTANCE, 2, (size_t)0, (size_t)1);
    rule("length", SIDE_LEFT, RULE_DISTANCE, 2, (size_t)2, (size_t)3);
    difference = rule("lld", SIDE_NONE, RULE_DIFFERENCE, 0);
    strcpy(difference->other, "length");
    return 0;
}

static void test_difference(void **state)
{
    (void)state;
    leg(SIDE_RIGHT, 207);
    seen.landmarks[0].confidence = 0.7;
    run();
    const struct measurement *m = measured("lld", SIDE_NONE);
    assert_near(m->value, 7);
    assert_int_equal(m->kind, MEASURE_DIFFERENCE);
    assert_near(m->parts[0], 207);
    assert_near(m->parts[1], 200);
    assert_string_equal(m->parts_unit, "mm");
    assert_string_equal(m->unit, "mm");
    assert_near(m->confidence, 0.7);
    assert_near(m->certainty, 0.7);
    assert_points(m, {{100, 50}, {100, 257}, {200, 50}, {200, 250}});
    rules.confidence = (struct rule_curve){{{0.5, 0.3}, {0.9, 0.5}}, 2};
    run();
    assert_near(measured("lld", SIDE_NONE)->confidence, 0.4);
    difference->confidence = (struct rule_curve){{{0.5, 0}, {0.9, 1}}, 2};
    run();
    assert_near(measured("lld", SIDE_NONE)->confidence, 0.5);
    rules.confidence.n = difference->confidence.n = 0;
    difference->max = 5;
    run();
    assert_string_equal(refused("lld", SIDE_NONE),
                        "7.0 mm is outside -1e+06 to 5 mm");
    seen.landmarks[0].confidence = 0.1;
    run();
    assert_string_equal(refused("lld", SIDE_NONE),
                        "length was not measured on the right side");
    assert_int_equal(findings.n_measurements + findings.n_refused, 3);
}

static void test_across_images(void **state)
{
    (void)state;
    two_images();
    seen.landmarks[2].confidence = 0;
    measure_image(&rules, &seen, 0, &how, &findings);
    seen.landmarks[0].confidence = 0;
    leg(SIDE_LEFT, 190);
    measure_image(&rules, &seen, 1, &how, &findings);
    struct findings before = findings;
    measure_job(&rules, &findings);
    const struct measurement *m = measured("lld", SIDE_NONE);
    assert_near(m->value, 10);
    assert_int_equal(m->image, 0);
    assert_int_equal(m->n_points, 2);
    assert_string_equal(m->note,
                        "right and left were measured on different images");
    findings = before;
    findings.images[1].calibration = CALIBRATION_DETECTOR;
    measure_job(&rules, &findings);
    assert_string_equal(refused("lld", SIDE_NONE),
                        "the two sides lie on images whose millimeters come "
                        "from different sources");
}

static void test_refused_image(void **state)
{
    (void)state;
    measure_refuse(&rules, 0, "motion", "it is blurred", &findings);
    measure_job(&rules, &findings);
    assert_int_equal(findings.n_refused, 3);
    assert_string_equal(refused("length", SIDE_LEFT), "it is blurred");
    assert_string_equal(findings.refused[0].quality, "motion");
    assert_string_equal(refused("lld", SIDE_NONE),
                        "length was not measured on the right or left side");
}

static void test_needs(void **state)
{
    (void)state;
    strcpy(rules.measures[0].needs[0], "axis");
    strcpy(difference->needs[0], "length");
    rules.measures[0].n_needs = difference->n_needs = 1;
    struct rule_measure *axis =
        rule("axis", SIDE_RIGHT, RULE_DISTANCE, 2, (size_t)0, (size_t)1);
    run();
    measured("length", SIDE_RIGHT);
    measured("lld", SIDE_NONE);
    axis->max = 10;
    run();
    assert_string_equal(
        refused("length", SIDE_RIGHT),
        "it means nothing without axis, which was not measured");
    measured("length", SIDE_LEFT);
    assert_string_equal(refused("lld", SIDE_NONE),
                        "length was not measured on the right side");
}

static struct rule_finding *finding(enum finding_kind kind, enum side side)
{
    struct rule_finding *f = &rules.findings[rules.n_findings++];
    *f = (struct rule_finding){.kind = kind,
                               .side = side,
                               .min = -INFINITY,
                               .max = INFINITY,
                               .least = 0.5};
    strcpy(f->id, "f");
    return f;
}

static void test_follows(void **state)
{
    (void)state;
    struct rule_finding *f = finding(FINDING_MEASURE, SIDE_RIGHT);
    strcpy(f->measure, "length");
    f->min = 205;
    f->priority = PRIORITY_HIGH;
    run();
    assert_int_equal(findings.n_found, 1);
    assert_true(findings.found[0].present);
    assert_int_equal(findings.found[0].side, SIDE_RIGHT);
    assert_int_equal(findings.found[0].priority, PRIORITY_HIGH);
    assert_string_equal(findings.found[0].measure, "length");
    assert_near(findings.found[0].confidence, 0.9);
    leg(SIDE_RIGHT, 205);
    run(); /* not below: absent, and it says so */
    assert_int_equal(findings.n_found, 1);
    assert_false(findings.found[0].present);
    f->min = -INFINITY;
    f->max = 204;
    run();
    assert_true(findings.found[0].present);
    seen.landmarks[0].confidence = 0; /* unknown is not absent */
    run();
    assert_int_equal(findings.n_found, 0);
}

static void region(const char *output, double x0, double y0, double x1,
                   double y1)
{
    struct seen_region *r = &seen.regions[seen.n_regions++];
    snprintf(r->output, sizeof r->output, "%s", output);
    memcpy(r->box, (double[4]){x0, y0, x1, y1}, sizeof r->box);
}

static void box(const char *name, double x0, double x1, double confidence)
{
    struct seen_box *b = &seen.boxes[seen.n_boxes++];
    strcpy(b->output, "lesions");
    snprintf(b->name, sizeof b->name, "%s", name);
    memcpy(b->box, (double[4]){x0, 10, x1, 30}, sizeof b->box);
    b->confidence = confidence;
}

static void test_boxes(void **state)
{
    (void)state;
    struct rule_finding *f = finding(FINDING_BOXES, SIDE_NONE);
    strcpy(f->output, "lesions");
    strcpy(f->name, "fracture");
    run(); /* nobody looked */
    assert_int_equal(findings.n_found, 0);
    region("lesions", -0.5, -0.5, 299.5, 399.5);
    box("fracture", 10, 20, 0.49);
    box("implant", 10, 20, 0.9);
    box("fracture", 10, 20, NAN);
    run();
    assert_int_equal(findings.n_found, 1);
    assert_false(findings.found[0].present);
    assert_false(findings.found[0].has_box);
    assert_near(findings.found[0].least, 0.5);
    box("fracture", 280, 320, 0.5); /* cut to the image */
    box("fracture", 400, 420, 0.9); /* all of it outside */
    run();
    assert_int_equal(findings.n_found, 1);
    assert_true(findings.found[0].present);
    assert_near(findings.found[0].box[2], 299.5);
    assert_near(findings.found[0].confidence, 0.5);
    /* the wrong view: neither found nor absent */
    struct rule_check *c = &rules.checks[rules.n_checks++];
    *c = (struct rule_check){.kind = CHECK_CLASS, .min = 0.8, .n_classes = 1};
    strcpy(c->output, "view");
    run();
    assert_int_equal(findings.n_found, 0);
    assert_non_null(strstr(refused("f", SIDE_NONE), "was not looked at"));
}

static void classes(const char *output, const double *p, size_t n)
{
    seen.n_classes = 0;
    for (size_t i = 0; i < n; i++) {
        struct seen_class *c = &seen.classes[seen.n_classes++];
        *c = (struct seen_class){.probability = p[i], .side = SIDE_RIGHT};
        snprintf(c->output, sizeof c->output, "%s", output);
        snprintf(c->name, sizeof c->name, "kl_%zu", i);
    }
}

static void test_class_and_grade(void **state)
{
    (void)state;
    struct rule_measure *m = rule("kl", SIDE_RIGHT, RULE_GRADE, 0);
    struct rule_finding *f = finding(FINDING_GRADE, SIDE_RIGHT);
    strcpy(m->output, "grade");
    strcpy(f->measure, "kl");
    f->min = 2;
    run();
    assert_string_equal(refused("kl", SIDE_RIGHT),
                        "the joint to be graded was not looked at");
    region("grade", 50, 60, 400, 120);
    classes("grade", (const double[]){0.05, 0.1, 0.2, 0.6, 0.05}, 5);
    run();
    const struct measurement *g = measured("kl", SIDE_RIGHT);
    assert_near(g->value, 3);
    assert_string_equal(g->grade, "kl_3");
    assert_string_equal(g->unit, "grade");
    assert_int_equal(g->kind, MEASURE_GRADE);
    assert_near(g->confidence, 0.6);
    assert_points(g, {{50, 60}, {299.5, 60}, {299.5, 120}, {50, 120}});
    assert_true(findings.found[0].present);
    classes("grade", (const double[]){0.2, 0.8}, 2);
    run();
    assert_false(findings.found[0].present);
    m->objects[0] = 0; /* around hip and ankle of the right side */
    m->objects[1] = 1;
    m->n_objects = 2;
    run();
    assert_points(measured("kl", SIDE_RIGHT),
                  {{60, 10}, {140, 10}, {140, 290}, {60, 290}});
    rules.findings[0].kind = FINDING_CLASS;
    strcpy(f->output, "grade");
    strcpy(f->name, "kl_1");
    run();
    assert_true(findings.found[0].present);
    assert_near(findings.found[0].confidence, 0.8);
}

static void test_scalar(void **state)
{
    (void)state;
    struct rule_measure *m = rule("tilt", SIDE_RIGHT, RULE_SCALAR, 0);
    strcpy(m->output, "right.tilt");
    strcpy(m->unit, "mm");
    strcpy(seen.scalars[0].name, "right.tilt");
    seen.scalars[0].value = 12.5;
    run();
    refused("tilt", SIDE_RIGHT);
    seen.n_scalars = 1;
    run();
    assert_near(measured("tilt", SIDE_RIGHT)->value, 12.5);
    assert_int_equal(measured("tilt", SIDE_RIGHT)->n_points, 0);
    m->objects[0] = 0;
    m->n_objects = 1;
    put("right.a", 100, 100);
    run();
    assert_int_equal(measured("tilt", SIDE_RIGHT)->n_points, 4);
    m->n_objects = 0;
    seen.scalars[0].value = NAN;
    run();
    refused("tilt", SIDE_RIGHT);
    seen.scalars[0].value = 12.5;
    findings.images[0].calibration = CALIBRATION_NONE;
    run();
    assert_string_equal(refused("tilt", SIDE_RIGHT),
                        "no millimeters: the image has no spacing");
}

/* 12 cells of 4 x 4 pixels of 0.5 x 0.25 mm. */
static void test_area(void **state)
{
    (void)state;
    uint8_t labels[10 * 10] = {0};
    for (size_t r = 3; r < 6; r++)
        for (size_t c = 2; c < 6; c++)
            labels[r * 10 + c] = 1;
    seen.masks[seen.n_masks++] = (struct seen_mask){.output = "bones",
                                                    .rows = 10,
                                                    .columns = 10,
                                                    .labels = labels,
                                                    .x0 = 1.5,
                                                    .y0 = 1.5,
                                                    .dx = 4,
                                                    .dy = 4};
    struct rule_measure *m = rule("area", SIDE_NONE, RULE_AREA, 0);
    strcpy(m->mask, "bones");
    strcpy(m->output, "talus");
    m->label_index = 1;
    findings.images[0].spacing_mm[0] = 0.5;
    findings.images[0].spacing_mm[1] = 0.25;
    run();
    const struct measurement *a = measured("area", SIDE_NONE);
    assert_near(a->value, 12 * 16 * 0.125);
    assert_string_equal(a->unit, "mm2");
    assert_points(a, {{23.5, 11.5}, {23.5, 23.5}, {7.5, 23.5}, {7.5, 11.5}});
    assert_near(a->confidence, 1);
    float probability[10 * 10] = {0};
    for (size_t i = 0; i < 100; i++)
        probability[i] = i % 10 == 2 ? 0.5F : 0.75F;
    seen.masks[0].probability = probability;
    run();
    assert_near(measured("area", SIDE_NONE)->confidence,
                (3 * 0.5 + 9 * 0.75) / 12);
    rules.mask_least = 0.7;
    run();
    assert_string_equal(refused("area", SIDE_NONE),
                        "talus is uncertain (confidence 0.69, at least 0.70 "
                        "is wanted)");
    m->label_index = 2;
    run();
    assert_string_equal(refused("area", SIDE_NONE),
                        "talus was not found on the image");
}

static void put_ball(double rx, double ry)
{
    size_t p[6];
    setup(NULL);
    for (size_t i = 0; i < 6; i++) {
        double a = 6.283185307179586 * (double)i / 6 + 0.2;
        char name[65];
        snprintf(name, sizeof name, "ball_%zu", i);
        p[i] = put(name, 250 + rx * cos(a), 350 + ry * sin(a));
    }
    size_t a = put("a", 100, 100), b = put("b", 100, 200);
    rules.ball = make("ball", OBJECT_CIRCLE, HOW_CIRCLE, 6, p[0], p[1], p[2],
                      p[3], p[4], p[5]);
    rules.has_ball = true;
    rules.ball_mm = 25;
    rule("d", SIDE_NONE, RULE_DISTANCE, 2, a, b);
}

/* A ball of 25 mm that measures 50 pixels. */
static void test_ball(void **state)
{
    (void)state;
    put_ball(25, 25);
    findings.images[0].calibration = CALIBRATION_NONE;
    run();
    assert_near(measured("d", SIDE_NONE)->value, 50);
    assert_int_equal(findings.images[0].calibration, CALIBRATION_BALL);
    assert_near(findings.images[0].spacing_mm[0], 0.5);
    /* of the header's 0.6 mm at the detector, 0.5 are left at the ball */
    findings.images[0].calibration = CALIBRATION_DETECTOR;
    findings.images[0].spacing_mm[0] = findings.images[0].spacing_mm[1] = 0.6;
    run();
    assert_near(measured("d", SIDE_NONE)->value, 50);
    findings.images[0].calibration = CALIBRATION_DETECTOR;
    findings.images[0].spacing_mm[0] = findings.images[0].spacing_mm[1] = 1.5;
    run();
    assert_string_equal(
        refused("d", SIDE_NONE),
        "no millimeters: the calibration ball and the header's pixel size "
        "differ by the factor 3.00");
    assert_int_equal(findings.images[0].calibration, CALIBRATION_NONE);
    put_ball(25, 12.5); /* rows twice as high: still a ball */
    findings.images[0].calibration = CALIBRATION_DETECTOR;
    findings.images[0].spacing_mm[0] = 1.2;
    findings.images[0].spacing_mm[1] = 0.6;
    run();
    assert_near(measured("d", SIDE_NONE)->value, 100);
    assert_near(findings.images[0].spacing_mm[1], 0.5);
}

static void test_no_ball(void **state)
{
    (void)state;
    static const struct {
        double rx, ry, confidence;
        const char *why;
    } cases[] = {
        {25, 22, 0.9, "not round"},
        {8, 8, 0.9, "too small"},
        {25, 25, 0.3, "is uncertain"},
    };
    for (size_t i = 0; i < 3; i++) {
        put_ball(cases[i].rx, cases[i].ry);
        seen.landmarks[2].confidence = cases[i].confidence;
        findings.images[0].calibration = CALIBRATION_NONE;
        run();
        const char *reason = refused("d", SIDE_NONE);
        assert_non_null(strstr(reason, "no millimeters: the image has no"));
        assert_non_null(strstr(reason, cases[i].why));
        findings.images[0].calibration = CALIBRATION_DETECTOR;
        run(); /* the header's hold on */
        assert_near(measured("d", SIDE_NONE)->value, 100);
        assert_int_equal(findings.images[0].calibration, CALIBRATION_DETECTOR);
    }
}

/* As many images as one report holds, and more findings than it has rows. */
static void test_full(void **state)
{
    (void)state;
    struct rule_finding *f = finding(FINDING_BOXES, SIDE_NONE);
    strcpy(f->output, "lesions");
    region("lesions", 0, 0, 299, 399);
    for (size_t i = 0; i < SEEN_BOXES; i++)
        box("fracture", 10, 20, i % 2 ? 0.8 : 0.6);
    findings.n_images = 3;
    for (size_t i = 0; i < 3; i++) {
        findings.images[i] = findings.images[0];
        measure_image(&rules, &seen, i, &how, &findings);
    }
    measure_job(&rules, &findings);
    assert_int_equal(findings.n_found, FINDINGS_FOUND);
    for (size_t i = 0; i < FINDINGS_FOUND; i++) /* the surest stay */
        assert_near(findings.found[i].confidence, 0.8);
    for (size_t i = 0; i < 400; i++)
        measure_refuse(&rules, 0, "", "no", &findings);
    assert_int_equal(findings.n_refused, FINDINGS_MEASUREMENTS);
    assert_int_equal(measure_rows(&rules), 4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_difference, legs),
        cmocka_unit_test_setup(test_across_images, legs),
        cmocka_unit_test_setup(test_refused_image, legs),
        cmocka_unit_test_setup(test_needs, legs),
        cmocka_unit_test_setup(test_follows, legs),
        cmocka_unit_test_setup(test_boxes, legs),
        cmocka_unit_test_setup(test_class_and_grade, legs),
        cmocka_unit_test_setup(test_scalar, legs),
        cmocka_unit_test_setup(test_area, legs),
        cmocka_unit_test(test_ball),
        cmocka_unit_test(test_no_ball),
        cmocka_unit_test_setup(test_full, legs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
