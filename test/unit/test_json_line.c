/* conf/json_line.c: no text and no number makes a record vanish, and what was
 * written reads back the same. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "conf/json_line.h"

static void expect(json_t *value, const char *wanted)
{
    json_t *list = json_array();
    char *line;

    json_line_append(list, value);
    line = json_line_dump(list);
    assert_string_equal(line, wanted);
    free(line);
}

static void test_text(void **state)
{
    (void)state;
    expect(json_line_text("a\"b\\c"), "[\"a\\\"b\\\\c\"]");
    expect(json_line_text("\x1b[0m\n"), "[\"\\u001B[0m\\n\"]");
    expect(json_line_text(""), "[\"\"]");
    expect(json_line_text(NULL), "[null]");
}

static void test_what_is_no_utf8(void **state)
{
    (void)state;
    expect(json_line_text("M\xc3\xbcller"), "[\"M\xc3\xbcller\"]");
    expect(json_line_text("M\xfcller"), "[\"M\xef\xbf\xbdller\"]");
    expect(json_line_text("\xc0\xaf"), "[\"\xef\xbf\xbd\xef\xbf\xbd\"]");
    expect(json_line_text("\xf0\x9f\xa6\xb4\xe2\x82"),
           "[\"\xf0\x9f\xa6\xb4\xef\xbf\xbd\xef\xbf\xbd\"]");
}

static void test_numbers(void **state)
{
    (void)state;
    expect(json_line_number(179.42169999, 4), "[179.4217]");
    expect(json_line_number(-0.00049, 3), "[-0.0]");
    expect(json_line_number(1e9 / 3, 4), "[333333333.3333]");
    expect(json_line_number(0.5, 3), "[0.5]");
    expect(json_line_number(12, 3), "[12.0]");
    expect(json_line_number((double)NAN, 4), "[null]");
    expect(json_line_number((double)INFINITY, 4), "[null]");
    expect(json_line_number(1e308, 4), "[null]");
}

static void test_keys_keep_their_order(void **state)
{
    json_t *object = json_object();
    char *line;

    (void)state;
    json_line_set(object, "z", json_integer(INT64_MIN));
    json_line_set(object, "a", json_true());
    json_line_set(object, "m", json_null());
    line = json_line_dump(object);
    assert_string_equal(line,
                        "{\"z\":-9223372036854775808,\"a\":true,\"m\":null}");
    free(line);
}

static void test_reading(void **state)
{
    static const char text[] = "{\"id\":\"hka\",\"value\":179.4217,\"n\":[7]}";
    json_t *value = json_line_read(text);
    char *line;

    (void)state;
    assert_non_null(value);
    line = json_line_dump(value);
    assert_string_equal(line, text);
    free(line);
}

static void test_damaged(void **state)
{
    static const char *const bad[] = {
        "",
        "half a {",
        "{\"a\":1} x",
        "{\"a\":1,\"a\":2}",
        "{\"a\":1e999}",
        "{\"a\":NaN}",
        "{\"a\":\"\xff\"}",
        "{\"a\":\"\\u0000\"}",
    };
    size_t i, n = (size_t)1 << 20;
    char *text = malloc(n + 2);

    (void)state;
    for (i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_null(json_line_read(bad[i]));
    memset(text, ' ', n + 1);
    memcpy(text, "[]", 2);
    text[n + 1] = '\0';
    assert_null(json_line_read(text));
    text[n] = '\0';
    json_t *longest = json_line_read(text);
    assert_non_null(longest);
    json_decref(longest);
    memset(text, '[', n);
    assert_null(json_line_read(text));
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_text),
        cmocka_unit_test(test_what_is_no_utf8),
        cmocka_unit_test(test_numbers),
        cmocka_unit_test(test_keys_keep_their_order),
        cmocka_unit_test(test_reading),
        cmocka_unit_test(test_damaged),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
