/* Each object of a bundle's geometry, where it must lie. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "inference/geometry.h"
#include "test/unit/rules_case.h"

static struct geometry geometry;
static struct plane plane;

static int begin(void **state)
{
    plane = plane_make((const double[2]){1, 1}, TURN_NONE, 400, 300);
    return setup(state);
}

static void resolve(void)
{
    geometry_resolve(&rules, &seen, &plane, &geometry);
}

static const struct shape *good(size_t i)
{
    if (!geometry.shapes[i].ok)
        fail_msg("%s: %s", rules.objects[i].name, geometry.shapes[i].reason);
    return &geometry.shapes[i];
}

static void assert_at(size_t i, double x, double y)
{
    assert_near(good(i)->at[0], x);
    assert_near(good(i)->at[1], y);
}

static void assert_bad(size_t i, const char *reason)
{
    assert_false(geometry.shapes[i].ok);
    assert_string_equal(geometry.shapes[i].reason, reason);
}

static void test_points(void **state)
{
    (void)state;
    size_t a = put("a", 10, 20), b = put("b", 30, 40), c = put("c", 50, 0);
    size_t middle = make("m", OBJECT_POINT, HOW_MIDPOINT, 2, a, b);
    size_t mean = make("n", OBJECT_POINT, HOW_CENTROID, 3, a, b, c);
    seen.landmarks[1].confidence = 0.6;
    resolve();
    assert_at(middle, 20, 30);
    assert_at(mean, 30, 20);
    assert_near(good(mean)->confidence, 0.6);
    assert_int_equal(good(mean)->weakest, b);
}

static void test_lines(void **state)
{
    (void)state;
    size_t a = put("a", 100, 100), b = put("b", 100, 200);
    size_t c = put("c", 50, 250), d = put("d", 150, 250);
    size_t p = put("p", 130, 140);
    size_t shaft = line("shaft", a, b), base = line("base", c, d);
    size_t cross = make("x", OBJECT_POINT, HOW_INTERSECTION, 2, shaft, base);
    size_t foot = make("f", OBJECT_POINT, HOW_FOOT, 2, p, shaft);
    size_t down = make("v", OBJECT_LINE, HOW_VERTICAL, 1, p);
    size_t level = make("h", OBJECT_LINE, HOW_HORIZONTAL, 1, p);
    size_t along = make("par", OBJECT_LINE, HOW_PARALLEL, 2, base, p);
    size_t across = make("per", OBJECT_LINE, HOW_PERPENDICULAR, 2, base, p);
    resolve();
    assert_at(cross, 100, 250);
    assert_at(foot, 100, 140);
    assert_near(good(shaft)->along[1], 1);
    assert_near(good(down)->along[1], 1);
    assert_near(good(level)->along[0], 1);
    assert_near(good(along)->along[0], 1);
    assert_near(fabs(good(across)->along[1]), 1);
    assert_near((good(along)->at[1] + good(along)->end[1]) / 2, 140);
}

static void test_fitted(void **state)
{
    (void)state;
    size_t p[5];
    static const double at[5][2] = {
        {100, 100}, {102, 120}, {98, 140}, {102, 160}, {98, 180}};
    for (size_t i = 0; i < 5; i++) {
        char name[65];
        snprintf(name, sizeof name, "p%zu", i);
        p[i] = put(name, at[i][0], at[i][1]);
    }
    size_t axis =
        make("axis", OBJECT_LINE, HOW_LINE, 5, p[0], p[1], p[2], p[3], p[4]);
    size_t round = make("head", OBJECT_CIRCLE, HOW_CIRCLE, 3, put("q", 60, 100),
                        put("r", 50, 110), put("s", 40, 100));
    size_t center = make("c", OBJECT_POINT, HOW_CENTER, 1, round);
    resolve();
    assert_true(good(axis)->along[1] > 0.999);
    assert_near(good(round)->radius, 10);
    assert_at(center, 50, 100);
}

static void test_degenerate(void **state)
{
    (void)state;
    size_t a = put("knee_center", 10, 10), b = put("ankle_center", 10, 11);
    size_t c = put("c", 50, 10), d = put("d", 90, 10), e = put("e", 50, 50);
    size_t f = put("f", 90, 50);
    size_t shaft = line("shaft", a, b);
    size_t round = make("head", OBJECT_CIRCLE, HOW_CIRCLE, 3, a, c, d);
    size_t one = line("one", c, d), two = line("two", e, f);
    size_t meet = make("x", OBJECT_POINT, HOW_INTERSECTION, 2, one, two);
    size_t square = make("square", OBJECT_LINE, HOW_LINE, 4, c, d, f, e);
    size_t late = make("late", OBJECT_POINT, HOW_CENTER, 1, round);
    resolve();
    assert_bad(shaft,
               "knee center and ankle center are too close to give a line");
    assert_bad(round, "head is no circle: its points lie along a line");
    assert_bad(meet, "one and two are nearly parallel");
    assert_false(geometry.shapes[square].ok);
    assert_bad(late, "head is no circle: its points lie along a line");
}

static void test_landmark_gate(void **state)
{
    (void)state;
    size_t a = put("right.hip_center", 10, 10), b = put("b", 300, 10);
    size_t c = put("c", -0.5, 399.5), d = put("d", 5, 5);
    size_t e = put("e", 5, 5);
    size_t m = make("m", OBJECT_POINT, HOW_MIDPOINT, 2, d, a);
    seen.landmarks[a].confidence = 0.49;
    seen.landmarks[d].confidence = NAN;
    seen.landmarks[e].name[0] = 'z';
    resolve();
    assert_bad(a, "hip center is uncertain (confidence 0.49, at least 0.50 is "
                  "wanted)");
    assert_bad(b, "b lies outside the image");
    assert_at(c, -0.5, 399.5);
    assert_bad(d, "d is uncertain (confidence nan, at least 0.50 is wanted)");
    assert_bad(e, "e was not looked for");
    assert_false(geometry.shapes[e].absent);
    assert_false(geometry.shapes[m].ok);
    plane.partial = true;
    resolve();
    assert_true(geometry.shapes[e].absent);
    assert_false(geometry.shapes[a].absent);
    seen.landmarks[b].x = NAN;
    resolve();
    assert_bad(b, "b lies outside the image");
}

/* Rows 2 mm, columns 1 mm: a square of 20 x 10 pixels. */
static void test_anisotropic(void **state)
{
    (void)state;
    plane = plane_make((const double[2]){1, 2}, TURN_NONE, 400, 300);
    size_t a = put("a", 10, 10), b = put("b", 30, 20);
    size_t diagonal = line("l", a, b);
    double source[2];
    resolve();
    assert_near(good(diagonal)->along[0], good(diagonal)->along[1]);
    plane_source(&plane, good(diagonal)->end, source);
    assert_near(source[0], 30);
    assert_near(source[1], 20);
}

/* Wherever the film lies, up is up. */
static void test_turned(void **state)
{
    (void)state;
    size_t top = put("top", 0, 0), bottom = put("bottom", 0, 0);
    size_t shaft = line("shaft", top, bottom);
    for (uint32_t turn = 0; turn <= TURN_ALL; turn++) {
        double head[2] = {100, 50}, foot[2] = {120, 350}, back[2];
        uint32_t rows = turn & TURN_TRANSPOSE ? 300 : 400;
        uint32_t columns = turn & TURN_TRANSPOSE ? 400 : 300;
        double want = hypot(20, 300);
        turn_back(turn, rows, columns, head);
        turn_back(turn, rows, columns, foot);
        seen.landmarks[0].x = head[0];
        seen.landmarks[0].y = head[1];
        seen.landmarks[1].x = foot[0];
        seen.landmarks[1].y = foot[1];
        plane = plane_make((const double[2]){1, 1}, turn, rows, columns);
        resolve();
        assert_near(good(shaft)->along[0], 20 / want);
        assert_near(good(shaft)->along[1], 300 / want);
        plane_source(&plane, good(shaft)->at, back);
        assert_near(back[0], head[0]);
        assert_near(back[1], head[1]);
    }
}

static void test_medial(void **state)
{
    (void)state;
    double v[2];
    plane_toward(&plane, TOWARD_MEDIAL, SIDE_RIGHT, v);
    assert_near(v[0], 1);
    plane_toward(&plane, TOWARD_MEDIAL, SIDE_LEFT, v);
    assert_near(v[0], -1);
    plane_toward(&plane, TOWARD_LATERAL, SIDE_LEFT, v);
    assert_near(v[0], 1);
    plane.from_behind = true;
    plane_toward(&plane, TOWARD_MEDIAL, SIDE_RIGHT, v);
    assert_near(v[0], -1);
    plane_toward(&plane, TOWARD_UP, SIDE_RIGHT, v);
    assert_near(v[1], -1);
}

/* 12 x 10 cells of 4 pixels: a bone of 5 x 4 cells and a stray cell. */
static void add_mask(double x0, double dx, enum side side)
{
    struct seen_mask *m = &seen.masks[seen.n_masks++];
    *m = (struct seen_mask){.output = "bones",
                            .side = side,
                            .rows = 12,
                            .columns = 10,
                            .labels = calloc(120, 1),
                            .x0 = x0,
                            .y0 = 1.5,
                            .dx = dx,
                            .dy = 4};
    for (size_t r = 4; r < 8; r++)
        for (size_t c = 2; c < 7; c++)
            m->labels[r * 10 + c] = 2;
    m->labels[3 * 10 + 2] = 2; /* a bump on its upper edge, at its left */
    m->labels[11 * 10 + 9] = 2;
    m->labels[0] = 1;
}

static size_t of_mask(const char *name, enum rule_object_kind kind,
                      enum object_how made, enum toward toward, uint8_t label)
{
    size_t i = make(name, kind, made, 0);
    struct rule_object *o = &rules.objects[i];
    strcpy(o->mask, "bones");
    o->label_index = label;
    o->toward = toward;
    return i;
}

static void test_edges(void **state)
{
    (void)state;
    add_mask(1.5, 4, SIDE_NONE);
    size_t up = of_mask("up", OBJECT_CONTOUR, HOW_EDGE, TOWARD_UP, 2);
    size_t down = of_mask("down", OBJECT_CONTOUR, HOW_EDGE, TOWARD_DOWN, 2);
    size_t left = of_mask("le", OBJECT_CONTOUR, HOW_EDGE, TOWARD_LEFT, 2);
    size_t middle =
        of_mask("bone", OBJECT_POINT, HOW_CENTROID_LABEL, TOWARD_NONE, 2);
    size_t none =
        of_mask("tibia", OBJECT_POINT, HOW_CENTROID_LABEL, TOWARD_NONE, 3);
    size_t dot = of_mask("dot", OBJECT_CONTOUR, HOW_EDGE, TOWARD_UP, 1);
    size_t top = make("t", OBJECT_POINT, HOW_EXTREME, 1, up);
    rules.objects[top].toward = TOWARD_UP;
    size_t low = make("w", OBJECT_POINT, HOW_EXTREME, 1, down);
    rules.objects[low].toward = TOWARD_DOWN;
    resolve();
    assert_int_equal(good(up)->n_points, 5);
    assert_near(good(up)->points[0][0], 9.5);  /* column 2 */
    assert_near(good(up)->points[0][1], 11.5); /* border above row 3 */
    assert_near(good(up)->points[4][1], 15.5);
    assert_near(good(down)->points[0][1], 31.5); /* border below row 7 */
    assert_int_equal(good(left)->n_points, 5);
    assert_near(good(left)->points[0][0], 7.5);
    assert_at(top, 9.5, 11.5);
    assert_at(low, 17.5, 31.5); /* the middle of a flat edge */
    assert_near(good(middle)->at[0], 1.5 + 4 * (20 * 4 + 2) / 21.0);
    assert_int_equal(good(middle)->weakest, SHAPE_NO_LANDMARK);
    assert_bad(none, "tibia was not found on the image");
    assert_bad(dot, "dot was not found on the image");
    assert_near(good(up)->confidence, 1); /* no probability is told */
    geometry_free(&geometry);
    seen_free(&seen);
}

/* The mean of those cells that an edge or a centroid is made of, and what is
 * made of these inherits it. */
static void test_certainty_of_masks(void **state)
{
    (void)state;
    add_mask(1.5, 4, SIDE_NONE);
    struct seen_mask *m = &seen.masks[0];
    m->probability = calloc(120, sizeof *m->probability);
    for (size_t i = 0; i < 120; i++)
        m->probability[i] = 0.125F; /* not of the part */
    for (size_t r = 4; r < 8; r++)
        for (size_t c = 2; c < 7; c++)
            m->probability[r * 10 + c] = r == 4 ? 0.75F : r == 7 ? 0.5F : 1;
    m->probability[3 * 10 + 2] = 0.25F;
    size_t up = of_mask("up", OBJECT_CONTOUR, HOW_EDGE, TOWARD_UP, 2);
    size_t down = of_mask("down", OBJECT_CONTOUR, HOW_EDGE, TOWARD_DOWN, 2);
    size_t left = of_mask("le", OBJECT_CONTOUR, HOW_EDGE, TOWARD_LEFT, 2);
    size_t middle =
        of_mask("bone", OBJECT_POINT, HOW_CENTROID_LABEL, TOWARD_NONE, 2);
    size_t top = make("t", OBJECT_POINT, HOW_EXTREME, 1, up);
    rules.objects[top].toward = TOWARD_UP;
    rules.mask_least = 0.6;
    resolve();
    assert_near(good(up)->confidence, (4 * 0.75 + 0.25) / 5);
    assert_bad(down, "down is uncertain (confidence 0.50, at least 0.60 is "
                     "wanted)");
    assert_near(good(left)->confidence, (0.25 + 0.75 + 1 + 1 + 0.5) / 5);
    assert_near(good(middle)->confidence,
                (0.25 + 5 * 0.75 + 10 + 5 * 0.5) / 21);
    assert_near(good(top)->confidence, good(up)->confidence);
    geometry_free(&geometry);
    seen_free(&seen);
}

/* What a left side's region saw in a mirror comes back in order. */
static void test_mirrored_mask(void **state)
{
    (void)state;
    add_mask(101.5, -4, SIDE_LEFT);
    size_t up = of_mask("left.up", OBJECT_CONTOUR, HOW_EDGE, TOWARD_UP, 2);
    size_t other = of_mask("right.up", OBJECT_CONTOUR, HOW_EDGE, TOWARD_UP, 2);
    size_t medial = make("left.m", OBJECT_POINT, HOW_EXTREME, 1, up);
    rules.objects[medial].toward = TOWARD_MEDIAL;
    resolve();
    assert_near(good(up)->points[0][0], 101.5 - 24);
    assert_near(good(up)->points[4][0], 101.5 - 8);
    assert_near(good(up)->points[4][1], 11.5);
    assert_at(medial, 101.5 - 24, 15.5);
    assert_bad(other, "up was not looked for");
    geometry_free(&geometry);
    free(seen.masks[0].labels);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_points, begin),
        cmocka_unit_test_setup(test_lines, begin),
        cmocka_unit_test_setup(test_fitted, begin),
        cmocka_unit_test_setup(test_degenerate, begin),
        cmocka_unit_test_setup(test_landmark_gate, begin),
        cmocka_unit_test_setup(test_anisotropic, begin),
        cmocka_unit_test_setup(test_turned, begin),
        cmocka_unit_test_setup(test_medial, begin),
        cmocka_unit_test_setup(test_edges, begin),
        cmocka_unit_test_setup(test_certainty_of_masks, begin),
        cmocka_unit_test_setup(test_mirrored_mask, begin),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
