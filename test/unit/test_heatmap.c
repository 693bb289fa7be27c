/* Peaks, their confidence, and the way back to source pixels. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "inference/heatmap.h"

#define ROWS    30
#define COLUMNS 20

static float logits[ROWS * COLUMNS];

static struct heatmap_grid grid_of(uint32_t source_rows,
                                   uint32_t source_columns)
{
    return (struct heatmap_grid){
        .rows = ROWS,
        .columns = COLUMNS,
        .stride = 4,
        .sigma = 1.5,
        .box =
            letterbox_fit(source_rows, source_columns, 4 * ROWS, 4 * COLUMNS)};
}

/* logits whose softmax is a Gaussian around a cell, as in training */
static void gaussian(double row, double column, double sigma)
{
    for (int r = 0; r < ROWS; r++) {
        for (int c = 0; c < COLUMNS; c++)
            logits[r * COLUMNS + c] =
                (float)(-((r - row) * (r - row) + (c - column) * (c - column)) /
                        (2 * sigma * sigma));
    }
}

static void test_perfect_peak(void **state)
{
    (void)state;
    struct heatmap_grid grid = grid_of(4 * ROWS, 4 * COLUMNS);
    struct heatmap_point p;
    gaussian(12, 9, 1.5);
    assert_true(heatmap_decode(logits, &grid, &p));
    /* cell i is centered on input pixel 4i + 1.5 */
    assert_true(fabs(p.x - 37.5) < 1e-6);
    assert_true(fabs(p.y - 49.5) < 1e-6);
    assert_true(fabs(p.confidence - 1) < 0.01);
}

static void test_subcell(void **state)
{
    (void)state;
    struct heatmap_grid grid = grid_of(4 * ROWS, 4 * COLUMNS);
    struct heatmap_point p;
    gaussian(12.3, 8.8, 1);
    assert_true(heatmap_decode(logits, &grid, &p));
    assert_true(fabs(p.x - (4 * 8.8 + 1.5)) < 0.05);
    assert_true(fabs(p.y - (4 * 12.3 + 1.5)) < 0.05);
}

static void test_far_hill_is_not_averaged(void **state)
{
    (void)state;
    struct heatmap_grid grid = grid_of(4 * ROWS, 4 * COLUMNS);
    struct heatmap_point p;
    gaussian(5, 5, 0.5);
    logits[25 * COLUMNS + 15] = -0.1F;
    assert_true(heatmap_decode(logits, &grid, &p));
    assert_true(fabs(p.x - 21.5) < 1e-3);
    assert_true(fabs(p.y - 21.5) < 1e-3);
}

static void test_corners_stay_inside(void **state)
{
    (void)state;
    struct heatmap_grid grid = grid_of(4 * ROWS, 4 * COLUMNS);
    struct heatmap_point p;
    memset(logits, 0, sizeof logits);
    logits[ROWS * COLUMNS - 1] = 100;
    assert_true(heatmap_decode(logits, &grid, &p));
    assert_true(fabs(p.x - (4 * 19 + 1.5)) < 1e-6);
    assert_true(fabs(p.y - (4 * 29 + 1.5)) < 1e-6);
    assert_true(p.confidence == 1);
}

static void test_flat_is_no_confidence(void **state)
{
    (void)state;
    struct heatmap_grid grid = grid_of(4 * ROWS, 4 * COLUMNS);
    struct heatmap_point p;
    memset(logits, 0, sizeof logits);
    assert_true(heatmap_decode(logits, &grid, &p));
    /* 1/600 of the mass, against 1/(2 pi 1.5^2) of a perfect peak */
    assert_true(fabs(p.confidence - 14.1372 / 600) < 1e-4);
}

static void test_not_finite(void **state)
{
    (void)state;
    struct heatmap_grid grid = grid_of(4 * ROWS, 4 * COLUMNS);
    struct heatmap_point p = {.x = 7};
    memset(logits, 0, sizeof logits);
    logits[77] = NAN;
    assert_false(heatmap_decode(logits, &grid, &p));
    logits[77] = INFINITY;
    assert_false(heatmap_decode(logits, &grid, &p));
    assert_true(p.x == 7);
}

static void test_letterbox(void **state)
{
    (void)state;
    struct letterbox box = letterbox_fit(2016, 864, 672, 288);
    assert_int_equal(box.height, 672);
    assert_int_equal(box.width, 288);
    box = letterbox_fit(1343, 575, 672, 288);
    assert_int_equal(box.height, 672);
    assert_int_equal(box.width, 288);
    box = letterbox_fit(1000, 3, 672, 288);
    assert_int_equal(box.width, 2);
    assert_int_equal(box.left, 143);
    box = letterbox_fit(1, 100000, 672, 288);
    assert_int_equal(box.height, 1);
    assert_int_equal(box.top, 335);
}

static void test_back_to_source(void **state)
{
    (void)state;
    double x, y;
    /* half size, 40 columns of padding on each side */
    struct letterbox box = letterbox_fit(200, 40, 100, 100);
    assert_int_equal(box.left, 40);
    /* input pixels 40 and 41 cover source pixels 0,1 and 2,3 */
    letterbox_to_source(&box, 40, 0, &x, &y);
    assert_true(fabs(x - 0.5) < 1e-9);
    assert_true(fabs(y - 0.5) < 1e-9);
    letterbox_to_source(&box, 41, 99, &x, &y);
    assert_true(fabs(x - 2.5) < 1e-9);
    assert_true(fabs(y - 198.5) < 1e-9);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_perfect_peak),
        cmocka_unit_test(test_subcell),
        cmocka_unit_test(test_far_hill_is_not_averaged),
        cmocka_unit_test(test_corners_stay_inside),
        cmocka_unit_test(test_flat_is_no_confidence),
        cmocka_unit_test(test_not_finite),
        cmocka_unit_test(test_letterbox),
        cmocka_unit_test(test_back_to_source),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
