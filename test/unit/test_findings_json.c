/* The JSON of findings: shape, escapes, and no identifier in it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "inference/findings_json.h"

static void assert_string(const char *text, const char *want)
{
    char *got = NULL;
    size_t n;
    FILE *out = open_memstream(&got, &n);
    findings_json_string(out, text);
    fclose(out);
    assert_string_equal(got, want);
    free(got);
}

static void test_strings(void **state)
{
    (void)state;
    assert_string("a\"b\\c", "\"a\\\"b\\\\c\"");
    assert_string("\x1b[0m\n", "\"\\u001b[0m\\u000a\"");
    assert_string("K\xc3\xb6ln", "\"K\xc3\xb6ln\"");
    assert_string("K\xf6ln", "\"K\\ufffdln\"");
    assert_string("\xc0\xaf\xed\xa0\x80",
                  "\"\\ufffd\\ufffd\\ufffd\\ufffd\\ufffd\"");
    assert_string("\xe2\x82", "\"\\ufffd\\ufffd\"");
}

static struct findings findings = {
    .model = "knee",
    .version = "1",
    .images = {{.sop_uid = "1.2.3.4",
                .n_landmarks = 1,
                .landmarks = {{"right.a", 1.5, 2, 0.25}}}},
    .n_images = 1,
    .measurements = {{.id = "hka",
                      .side = SIDE_RIGHT,
                      .value = 176.43219,
                      .unit = "deg",
                      .confidence = 0.5,
                      .points = {{1, 2}, {3, 4.5}},
                      .n_points = 2}},
    .n_measurements = 1,
    .refused = {{.id = "span", .side = SIDE_NONE, .reason = "why"}},
    .n_refused = 1};

static void test_summary(void **state)
{
    (void)state;
    char *text = findings_json_summary(&findings);
    assert_string_equal(
        text, "{\"model\":\"knee\",\"version\":\"1\",\"measurements\":[{"
              "\"id\":\"hka\",\"side\":\"right\",\"value\":176.4322,"
              "\"unit\":\"deg\",\"confidence\":0.5000,"
              "\"points\":[[1.000,2.000],[3.000,4.500]]}],\"refused\":[{"
              "\"id\":\"span\",\"side\":null,\"reason\":\"why\"}]}");
    free(text);
}

static void test_several_images_are_told_apart(void **state)
{
    (void)state;
    findings.n_images = 2;
    findings.refused[0].image = 1;
    char *text = findings_json_summary(&findings);
    assert_non_null(strstr(text, "\"side\":\"right\",\"image\":1,"));
    assert_non_null(strstr(text, "\"side\":null,\"image\":2,"));
    assert_null(strstr(text, "1.2.3.4"));
    free(text);
    findings.n_images = 1;
}

static void test_landmarks(void **state)
{
    (void)state;
    char *got = NULL;
    size_t n;
    FILE *out = open_memstream(&got, &n);
    findings_json_members(out, &findings, true);
    fclose(out);
    assert_non_null(strstr(got, "\"landmarks\":[{\"name\":\"right.a\","
                                "\"x\":1.500,\"y\":2.000,"
                                "\"confidence\":0.2500}]"));
    free(got);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_strings),
        cmocka_unit_test(test_summary),
        cmocka_unit_test(test_several_images_are_told_apart),
        cmocka_unit_test(test_landmarks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
