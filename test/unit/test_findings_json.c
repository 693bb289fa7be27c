/* The JSON of findings: shape, decimals, and no identifier in it. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "conf/json_line.h"
#include "inference/findings_json.h"

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
    .n_refused = 1,
    .weights_sha256 = "abc",
    .config_sha256 = "def"};

static void test_summary(void **state)
{
    (void)state;
    char *text = json_line_dump(findings_json(&findings, NULL));
    assert_string_equal(text,
                        "{\"model\":\"knee\",\"version\":\"1\","
                        "\"weights_sha256\":\"abc\",\"config_sha256\":\"def\","
                        "\"measurements\":[{"
                        "\"id\":\"hka\",\"side\":\"right\",\"value\":176.4322,"
                        "\"unit\":\"deg\",\"confidence\":0.5,"
                        "\"points\":[[1.0,2.0],[3.0,4.5]]}],\"refused\":[{"
                        "\"id\":\"span\",\"side\":null,\"reason\":\"why\"}]}");
    free(text);
}

static void test_several_images_are_told_apart(void **state)
{
    (void)state;
    findings.n_images = 2;
    findings.refused[0].image = 1;
    char *text = json_line_dump(findings_json(&findings, NULL));
    assert_non_null(strstr(text, "\"side\":\"right\",\"image\":1,"));
    assert_non_null(strstr(text, "\"side\":null,\"image\":2,"));
    assert_null(strstr(text, "1.2.3.4"));
    free(text);
    findings.n_images = 1;
}

static void test_landmarks(void **state)
{
    (void)state;
    char *got = json_line_dump(findings_json(&findings, "a\xff.dcm"));
    assert_ptr_equal(
        strstr(got, "{\"file\":\"a\xef\xbf\xbd.dcm\",\"model\":\"knee\","),
        got);
    assert_non_null(strstr(got, "\"landmarks\":[{\"name\":\"right.a\","
                                "\"x\":1.5,\"y\":2.0,"
                                "\"confidence\":0.25}],\"refused\":"));
    free(got);
}

static void test_what_is_no_number_is_null(void **state)
{
    (void)state;
    double kept = findings.measurements[0].value;
    findings.measurements[0].value = (double)NAN;
    char *text = json_line_dump(findings_json(&findings, NULL));
    assert_non_null(strstr(text, "\"side\":\"right\",\"value\":null,"));
    free(text);
    findings.measurements[0].value = kept;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_summary),
        cmocka_unit_test(test_several_images_are_told_apart),
        cmocka_unit_test(test_landmarks),
        cmocka_unit_test(test_what_is_no_number_is_null),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
