/* cli/json.c: whatever the text, the output is one line of valid JSON. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "cli/json.c"
#include "cli/text.c"

static char *text;
static size_t length;
static struct json json;

static void start(void)
{
    json_start(&json, open_memstream(&text, &length));
}

static void expect(const char *wanted)
{
    fclose(json.out);
    assert_string_equal(text, wanted);
    free(text);
}

static void test_nesting(void **state)
{
    (void)state;
    start();
    json_object(&json, NULL);
    json_int(&json, "a", -9223372036854775807);
    json_array(&json, "b");
    json_bool(&json, NULL, true);
    json_null(&json, NULL);
    json_object(&json, NULL);
    json_end(&json);
    json_array(&json, NULL);
    json_end(&json);
    json_end(&json);
    json_text(&json, "c", "d");
    json_raw(&json, "e", "{\"f\":1}");
    json_end(&json);
    expect("{\"a\":-9223372036854775807,\"b\":[true,null,{},[]],\"c\":\"d\","
           "\"e\":{\"f\":1}}\n");
}

static void test_escapes(void **state)
{
    (void)state;
    start();
    json_array(&json, NULL);
    json_text(&json, NULL, "\" \\ \n \x01 \x1b[31m \x7f /");
    json_end(&json);
    expect("[\"\\\" \\\\ \\u000A \\u0001 \\u001B[31m \\u007F /\"]\n");
}

static void test_keys_are_escaped(void **state)
{
    (void)state;
    start();
    json_object(&json, NULL);
    json_int(&json, "a\"b", 1);
    json_end(&json);
    expect("{\"a\\\"b\":1}\n");
}

static void test_what_is_not_utf8_is_replaced(void **state)
{
    (void)state;
    start();
    json_array(&json, NULL);
    json_text(&json, NULL, "M\xfcller");        /* Latin-1 */
    json_text(&json, NULL, "M\xc3\xbcller");    /* UTF-8 */
    json_text(&json, NULL, "\xed\xa0\x80");     /* a surrogate */
    json_text(&json, NULL, "\xc0\x80");         /* overlong */
    json_text(&json, NULL, "\xf0\x9f\xa6\xb4"); /* a bone */
    json_text(&json, NULL, "\xe2\x82");         /* cut */
    json_end(&json);
    expect("[\"M\xef\xbf\xbdller\",\"M\xc3\xbcller\","
           "\"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\","
           "\"\xef\xbf\xbd\xef\xbf\xbd\",\"\xf0\x9f\xa6\xb4\","
           "\"\xef\xbf\xbd\xef\xbf\xbd\"]\n");
}

static void test_times(void **state)
{
    (void)state;
    start();
    json_object(&json, NULL);
    json_time(&json, "never", 0);
    json_time(&json, "then", 1777629600123);
    json_end(&json);
    expect("{\"never\":null,\"then\":\"2026-05-01T10:00:00.123Z\"}\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_nesting),
        cmocka_unit_test(test_escapes),
        cmocka_unit_test(test_keys_are_escaped),
        cmocka_unit_test(test_what_is_not_utf8_is_replaced),
        cmocka_unit_test(test_times),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
