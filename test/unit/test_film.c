/* What is a frame around a film and what is not. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "inference/film.h"

#define ROWS    60
#define COLUMNS 50

static float grey[ROWS * COLUMNS];
static const struct image image = {
    .rows = ROWS, .columns = COLUMNS, .grey = grey};

static void fill(uint32_t top, uint32_t left, uint32_t rows, uint32_t columns,
                 float value)
{
    for (uint32_t r = top; r < top + rows; r++) {
        for (uint32_t c = left; c < left + columns; c++)
            grey[r * COLUMNS + c] = value;
    }
}

/* 0..1023; neighbors differ. */
static void draw_film(uint32_t top, uint32_t left, uint32_t rows,
                      uint32_t columns)
{
    for (uint32_t r = 0; r < rows; r++) {
        for (uint32_t c = 0; c < columns; c++)
            grey[(top + r) * COLUMNS + left + c] =
                (float)((r * 37 + c * 101) % 1024);
    }
}

static void assert_film(uint32_t top, uint32_t left, uint32_t rows,
                        uint32_t columns)
{
    struct film film = film_find(&image);
    assert_int_equal(film.top, top);
    assert_int_equal(film.left, left);
    assert_int_equal(film.rows, rows);
    assert_int_equal(film.columns, columns);
    assert_true(film_possible(&film, ROWS, COLUMNS));
}

static void test_margins(void **state)
{
    (void)state;
    static const float values[] = {-1000, 0, 512, 1023, 65535};
    for (size_t i = 0; i < sizeof values / sizeof values[0]; i++) {
        fill(0, 0, ROWS, COLUMNS, values[i]);
        draw_film(0, 0, ROWS, COLUMNS - 20);
        assert_film(0, 0, ROWS, COLUMNS - 20);
        fill(0, 0, ROWS, COLUMNS, values[i]);
        draw_film(7, 3, 40, 30);
        assert_film(7, 3, 40, 30);
    }
}

/* A shutter on the film, the light box around it. */
static void test_frame_in_a_frame(void **state)
{
    (void)state;
    fill(0, 0, ROWS, COLUMNS, 4095);
    fill(4, 5, 50, 40, 0);
    draw_film(10, 12, 30, 20);
    assert_film(10, 12, 30, 20);
    fill(4, 5, 50, 3, 700); /* of three greys */
    assert_film(10, 12, 30, 20);
}

/* 10 of 1023 is a compressed shutter, 11 may be the patient. What counts is the
 * range of the film, not of the white around it. */
static void test_noise(void **state)
{
    (void)state;
    fill(0, 0, ROWS, COLUMNS, 0);
    draw_film(6, 6, 40, 30);
    for (int i = 0; i < 6 * COLUMNS; i++)
        grey[i] = (float)(i % 11);
    assert_film(6, 6, 40, 30);
    grey[3 * COLUMNS + 20] = 11;
    assert_film(3, 6, 43, 30);
}

static void test_margin_is_no_measure_of_noise(void **state)
{
    (void)state;
    fill(0, 0, ROWS, COLUMNS, 65535);
    draw_film(6, 6, 40, 30);
    fill(6, 6, 40, 4, 100);
    grey[20 * COLUMNS + 9] = 120; /* noise beside 65535, not 1023 */
    assert_film(6, 9, 40, 27);
}

static void test_no_frame(void **state)
{
    (void)state;
    draw_film(0, 0, ROWS, COLUMNS);
    assert_film(0, 0, ROWS, COLUMNS);
    fill(0, 0, ROWS, COLUMNS, 7);
    assert_film(0, 0, ROWS, COLUMNS);
    grey[300] = NAN;
    assert_film(0, 0, ROWS, COLUMNS);
    fill(0, 0, ROWS, COLUMNS, NAN);
    assert_film(0, 0, ROWS, COLUMNS);
    fill(0, 0, ROWS, COLUMNS, INFINITY);
    assert_film(0, 0, ROWS, COLUMNS);
}

/* A quarter is a film, less a spot. */
static void test_spot(void **state)
{
    (void)state;
    fill(0, 0, ROWS, COLUMNS, 7);
    draw_film(10, 10, 15, 13);
    assert_film(10, 10, 15, 13);
    fill(0, 0, ROWS, COLUMNS, 7);
    draw_film(10, 10, 14, 13);
    assert_film(0, 0, ROWS, COLUMNS);
}

static void test_what_cannot_be(void **state)
{
    (void)state;
    static const struct film bad[] = {
        {0, 0, 0, 10},  {0, 0, 10, 0},  {1, 0, 60, 50},         {0, 1, 60, 50},
        {0, 0, 14, 50}, {0, 0, 60, 12}, {UINT32_MAX, 0, 60, 50}};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_false(film_possible(&bad[i], ROWS, COLUMNS));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_margins),
        cmocka_unit_test(test_frame_in_a_frame),
        cmocka_unit_test(test_noise),
        cmocka_unit_test(test_margin_is_no_measure_of_noise),
        cmocka_unit_test(test_no_frame),
        cmocka_unit_test(test_spot),
        cmocka_unit_test(test_what_cannot_be),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
