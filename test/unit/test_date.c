/* Dates of DICOM's as days and as text. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "conf/date.h"

static int64_t days(const char *da)
{
    int64_t out = 0;

    assert_true(date_days(da, &out));
    return out;
}

static void test_days(void **state)
{
    (void)state;
    assert_int_equal(days("19700101"), 0);
    assert_int_equal(days("20000301"), 11017);
    assert_int_equal(days("20240229") + 1, days("20240301"));
    assert_int_equal(days("20250228") + 1, days("20250301"));
    assert_int_equal(days("20260101") - days("20250101"), 365);
    assert_int_equal(days("20250101") - days("20240101"), 366);
}

static void test_no_date(void **state)
{
    static const char *const wrong[] = {"",         "2024",     "202401311",
                                        "20241301", "20240100", "2024013x",
                                        "-2240131", "20240132"};
    char text[DATE_TEXT];
    int64_t out = 7;

    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        assert_false(date_days(wrong[i], &out));
        assert_int_equal(out, 7);
        assert_string_equal(date_text(wrong[i], "none", text), "none");
    }
    assert_string_equal(date_text("20240131", "none", text), "2024-01-31");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_days),
        cmocka_unit_test(test_no_date),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
