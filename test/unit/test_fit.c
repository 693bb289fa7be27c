/* Lines and circles through points that do and do not lie on one. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "inference/fit.h"

#define PI 3.14159265358979323846

static double noise(unsigned *seed) /* -1..1, the same every time */
{
    *seed = *seed * 1664525U + 1013904223U;
    return (double)(*seed >> 8) / (1 << 23) - 1;
}

static void assert_close(double got, double want, double by)
{
    if (!(fabs(got - want) <= by))
        fail_msg("%.9f instead of %.9f", got, want);
}

static void test_two_points(void **state)
{
    (void)state;
    struct fit_line l;
    assert_true(fit_line((const double[][2]){{1, 2}, {4, 6}}, 2, &l));
    assert_close(l.along[0], 0.6, 1e-12);
    assert_close(l.along[1], 0.8, 1e-12);
    assert_close(l.length, 5, 1e-12);
    assert_close(l.ends[1][0], 4, 1e-12);
    assert_true(fit_line((const double[][2]){{4, 6}, {1, 2}}, 2, &l));
    assert_close(l.along[0], -0.6, 1e-12);
    assert_close(l.ends[0][1], 6, 1e-12);
}

/* Regression of y on x would turn with the picture; this does not. */
static void test_line_turns(void **state)
{
    (void)state;
    unsigned seed = 7;
    double points[9][2];
    for (int i = 0; i < 9; i++) {
        points[i][0] = 10 * i;
        points[i][1] = 3 * noise(&seed);
    }
    struct fit_line flat, turned;
    assert_true(fit_line((const double(*)[2])points, 9, &flat));
    assert_true(flat.slim > 0.01 && flat.slim < 0.1);
    for (double deg = 5; deg < 360; deg += 35) {
        double c = cos(deg * PI / 180), s = sin(deg * PI / 180), other[9][2];
        for (int i = 0; i < 9; i++) {
            other[i][0] = c * points[i][0] - s * points[i][1];
            other[i][1] = s * points[i][0] + c * points[i][1];
        }
        assert_true(fit_line((const double(*)[2])other, 9, &turned));
        assert_close(turned.along[0], c * flat.along[0] - s * flat.along[1],
                     1e-9);
        assert_close(turned.along[1], s * flat.along[0] + c * flat.along[1],
                     1e-9);
    }
}

static void test_no_line(void **state)
{
    (void)state;
    struct fit_line l;
    assert_false(fit_line((const double[][2]){{1, 2}}, 1, &l));
    assert_false(fit_line((const double[][2]){{1, 2}, {1, 2}}, 2, &l));
    assert_false(fit_line((const double[][2]){{1, 2}, {NAN, 2}}, 2, &l));
}

static void test_exact_circles(void **state)
{
    (void)state;
    static const size_t counts[] = {3, 4, 7, 24};
    for (size_t k = 0; k < 4; k++) {
        size_t n = counts[k];
        double points[24][2];
        struct fit_circle c;
        for (size_t i = 0; i < n; i++) { /* an arc of 120 degrees */
            double a = 2 * PI / 3 * (double)i / (double)(n - 1);
            points[i][0] = 1000 + 25 * cos(a);
            points[i][1] = -300 + 25 * sin(a);
        }
        assert_true(fit_circle((const double(*)[2])points, n, &c));
        assert_close(c.center[0], 1000, 1e-6);
        assert_close(c.center[1], -300, 1e-6);
        assert_close(c.radius, 25, 1e-6);
        assert_close(c.aspect, 1, 1e-6);
    }
}

/* Kasa's algebraic fit would be far too small on such an arc. */
static void test_noisy_arc(void **state)
{
    (void)state;
    unsigned seed = 3;
    double error = 0;
    for (int trial = 0; trial < 200; trial++) {
        double points[12][2];
        struct fit_circle c;
        for (int i = 0; i < 12; i++) {
            double a = PI / 2 * i / 11, r = 24 + 0.2 * noise(&seed);
            points[i][0] = r * cos(a);
            points[i][1] = r * sin(a);
        }
        assert_true(fit_circle((const double(*)[2])points, 12, &c));
        error += (c.radius - 24) / 200;
        assert_close(c.radius, 24, 1.5);
    }
    assert_close(error, 0, 0.1); /* unbiased */
}

static void test_oval(void **state)
{
    (void)state;
    double points[16][2];
    struct fit_circle c;
    for (int i = 0; i < 16; i++) {
        points[i][0] = 22 * cos(2 * PI * i / 16);
        points[i][1] = 20 * sin(2 * PI * i / 16);
    }
    assert_true(fit_circle((const double(*)[2])points, 16, &c));
    assert_close(c.aspect, 1.1, 1e-6);
}

static void test_no_circle(void **state)
{
    (void)state;
    struct fit_circle c;
    assert_false(fit_circle((const double[][2]){{0, 0}, {1, 1}}, 2, &c));
    assert_false(
        fit_circle((const double[][2]){{0, 0}, {1, 1}, {2, 2}}, 3, &c));
    assert_false(
        fit_circle((const double[][2]){{5, 5}, {5, 5}, {5, 5}}, 3, &c));
    assert_false(
        fit_circle((const double[][2]){{0, 0}, {1, 0}, {NAN, 1}}, 3, &c));
    /* 5 degrees of arc */
    assert_false(fit_circle(
        (const double[][2]){{100, 0}, {99.9, 4.36}, {99.62, 8.72}}, 3, &c));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_two_points), cmocka_unit_test(test_line_turns),
        cmocka_unit_test(test_no_line),    cmocka_unit_test(test_exact_circles),
        cmocka_unit_test(test_noisy_arc),  cmocka_unit_test(test_oval),
        cmocka_unit_test(test_no_circle),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
