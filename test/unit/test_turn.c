/* Eight ways for a film to lie, and the way back from each. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "inference/turn.h"

static void test_between(void **state)
{
    (void)state;
    static const struct {
        const char *image, *wanted;
        uint32_t turn;
    } cases[] = {
        {"L\\F", "L\\F", TURN_NONE},
        {"R\\F", "L\\F", TURN_FLIP_X},
        {"L\\H", "L\\F", TURN_FLIP_Y},
        {"R\\H", "L\\F", TURN_FLIP_X | TURN_FLIP_Y},
        {"F\\L", "L\\F", TURN_TRANSPOSE},
        {"F\\R", "L\\F", TURN_TRANSPOSE | TURN_FLIP_X},
        {"H\\L", "L\\F", TURN_TRANSPOSE | TURN_FLIP_Y},
        {"H\\R", "L\\F", TURN_ALL},
        {"P\\F", "A\\F", TURN_FLIP_X},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        uint32_t turn = 99;
        if (!turn_between(cases[i].image, cases[i].wanted, &turn) ||
            turn != cases[i].turn)
            fail_msg("%s: %u", cases[i].image, turn);
    }
}

static void test_no_turn_between(void **state)
{
    (void)state;
    static const char *const images[] = {"A\\F",    "L\\P", "L",    "\\",
                                         "",        "L\\L", "L\\R", "LF\\FR",
                                         "L\\F\\F", "L/F",  "X\\F"};
    for (size_t i = 0; i < sizeof images / sizeof images[0]; i++) {
        uint32_t turn = 99;
        assert_false(turn_between(images[i], "L\\F", &turn));
        assert_int_equal(turn, 99);
    }
}

static void test_there_and_back(void **state)
{
    (void)state;
    for (uint32_t turn = 0; turn <= TURN_ALL; turn++) {
        double p[2] = {3.25, 7};
        uint32_t rows, columns;
        turn_size(turn, 20, 10, &rows, &columns);
        assert_int_equal(rows, turn & TURN_TRANSPOSE ? 10 : 20);
        turn_upright(turn, 20, 10, p);
        assert_true(p[0] >= 0 && p[0] <= columns - 1);
        assert_true(p[1] >= 0 && p[1] <= rows - 1);
        turn_back(turn, 20, 10, p);
        assert_true(fabs(p[0] - 3.25) + fabs(p[1] - 7) < 1e-12);
    }
}

/* The matrix turns directions as turn_upright() turns points. */
static void test_matrix(void **state)
{
    (void)state;
    for (uint32_t turn = 0; turn <= TURN_ALL; turn++) {
        double p[2] = {2, 3}, q[2] = {7, 11};
        int m[2][2];
        turn_matrix(turn, m);
        turn_upright(turn, 20, 10, p);
        turn_upright(turn, 20, 10, q);
        for (int i = 0; i < 2; i++)
            assert_true(fabs(q[i] - p[i] - (m[i][0] * 5 + m[i][1] * 8)) <
                        1e-12);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_between),
        cmocka_unit_test(test_no_turn_between),
        cmocka_unit_test(test_there_and_back),
        cmocka_unit_test(test_matrix),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
