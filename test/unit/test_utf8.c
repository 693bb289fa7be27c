/* conf/utf8.c: the borders of RFC 3629's table. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "conf/utf8.h"

static size_t length(const char *text)
{
    return utf8_length((const unsigned char *)text);
}

static void test_characters(void **state)
{
    (void)state;
    assert_int_equal(length("a"), 1);
    assert_int_equal(length("\x7f"), 1);
    assert_int_equal(length("\xc2\x80"), 2);
    assert_int_equal(length("\xdf\xbf"), 2);
    assert_int_equal(length("\xe0\xa0\x80"), 3);
    assert_int_equal(length("\xed\x9f\xbf"), 3);
    assert_int_equal(length("\xef\xbf\xbf"), 3);
    assert_int_equal(length("\xf0\x90\x80\x80"), 4);
    assert_int_equal(length("\xf4\x8f\xbf\xbf"), 4);
}

static void test_none(void **state)
{
    (void)state;
    assert_int_equal(length("\x80"), 0);
    assert_int_equal(length("\xfcller"), 0);         /* Latin-1 */
    assert_int_equal(length("\xc1\xbf"), 0);         /* overlong */
    assert_int_equal(length("\xe0\x9f\xbf"), 0);     /* overlong */
    assert_int_equal(length("\xf0\x8f\xbf\xbf"), 0); /* overlong */
    assert_int_equal(length("\xed\xa0\x80"), 0);     /* a surrogate */
    assert_int_equal(length("\xf4\x90\x80\x80"), 0); /* above U+10FFFF */
    assert_int_equal(length("\xf5\x80\x80\x80"), 0);
    assert_int_equal(length("\xc3"), 0); /* cut */
    assert_int_equal(length("\xe2\x82"), 0);
    assert_int_equal(length("\xf0\x9f\xa6"), 0);
    assert_int_equal(length("\xf0\x9f\xa6g"), 0);
}

static void test_controls(void **state)
{
    (void)state;
    assert_true(utf8_control((const unsigned char *)"\x1b[31m"));
    assert_true(utf8_control((const unsigned char *)"\x7f"));
    assert_true(utf8_control((const unsigned char *)"\xc2\x9b")); /* CSI */
    assert_false(utf8_control((const unsigned char *)"\xc2\xa0"));
    assert_false(utf8_control((const unsigned char *)" "));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_characters),
        cmocka_unit_test(test_none),
        cmocka_unit_test(test_controls),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
