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
#include "test/unit/every_kind.h"

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
                      .certainty = 0.25,
                      .points = {{1, 2}, {3, 4.5}},
                      .n_points = 2}},
    .n_measurements = 1,
    .refused = {{.id = "span", .side = SIDE_NONE, .reason = "why"}},
    .n_refused = 1,
    .weights_sha256 = "abc",
    .config_sha256 = "def"};

/* A key that exists keeps its name, place and form. */
static void test_summary(void **state)
{
    (void)state;
    char *text = json_line_dump(findings_json(&findings, NULL));
    assert_ptr_equal(strstr(text, "{\"schema\":\"osteon.findings/1\","
                                  "\"model\":\"knee\",\"version\":\"1\","),
                     text);
    assert_non_null(strstr(text, "\"weights_sha256\":\"abc\","
                                 "\"config_sha256\":\"def\","));
    assert_non_null(
        strstr(text, "\"measurements\":[{\"id\":\"hka\","
                     "\"side\":\"right\",\"value\":176.4322,"
                     "\"unit\":\"deg\",\"confidence\":0.5,\"certainty\":0.25,"
                     "\"points\":[[1.0,2.0],[3.0,4.5]],"));
    assert_non_null(strstr(text, "\"refused\":[{\"id\":\"span\","
                                 "\"side\":null,\"reason\":\"why\","));
    free(text);
}

static json_t *at(json_t *list, const char *key, size_t i)
{
    json_t *item = json_array_get(json_object_get(list, key), i);
    assert_non_null(item);
    return item;
}

static void assert_member(json_t *item, const char *key, const char *wanted)
{
    char *text =
        json_dumps(json_object_get(item, key),
                   JSON_ENCODE_ANY | JSON_COMPACT | JSON_REAL_PRECISION(15));
    assert_non_null(text);
    assert_string_equal(text, wanted);
    free(text);
}

/* All that db/findings.h holds. With OSTEON_GOLDEN=DIR it is left there for a
 * validator of JSON Schema. */
static void test_every_kind(void **state)
{
    static struct findings all;
    const char *golden = getenv("OSTEON_GOLDEN");
    (void)state;
    kind_of_everything(&all);
    json_t *json = findings_json(&all, "a.dcm");
    json_t *cobb = at(json, "measurements", 1);
    assert_member(cobb, "kind", "\"lines\"");
    assert_member(cobb, "concept", "\"cobb_angle\"");
    assert_member(cobb, "traits",
                  "{\"upper_end_vertebra\":\"t5\",\"lower_end_vertebra\":"
                  "\"t12\",\"apical_vertebra\":\"t9\",\"convexity\":"
                  "\"right\"}");
    assert_member(cobb, "normal", "null");
    assert_member(cobb, "parts", "null");
    json_t *ratio = at(json, "measurements", 4);
    assert_member(ratio, "parts", "{\"values\":[50.6,40.4],\"unit\":\"mm\"}");
    assert_member(ratio, "normal", "[0.8,1.2]");
    json_t *own = at(json, "measurements", 6);
    assert_member(own, "concept", "null");
    assert_member(own, "code",
                  "{\"value\":\"EROSION\",\"scheme\":\"99BONE\",\"meaning\":"
                  "\"Area of erosion\"}");
    assert_member(own, "modifier", "\"medial\"");
    assert_member(own, "label", "\"erosion\"");
    assert_member(at(json, "measurements", 7), "grade", "\"kl_3\"");
    assert_member(at(json, "measurements", 5), "note",
                  "\"both legs on one image\"");
    json_t *fracture = at(json, "found", 0);
    assert_member(fracture, "present", "true");
    assert_member(fracture, "priority", "\"stat\"");
    assert_member(fracture, "box", "[600.0,780.0,720.0,900.0]");
    assert_member(at(json, "found", 1), "measurement",
                  "\"hip_knee_ankle_angle\"");
    assert_member(at(json, "found", 2), "present", "false");
    assert_member(at(json, "found", 2), "confidence", "null");
    assert_member(at(json, "refused", 0), "quality", "\"positioning\"");
    assert_member(at(json, "images", 0), "spacing_mm", "[0.5,0.5]");
    assert_member(at(json, "images", 0), "calibration", "\"ball\"");
    if (golden) {
        char path[320];
        snprintf(path, sizeof path, "%s/every_kind.json", golden);
        assert_int_equal(json_dump_file(json, path, 0), 0);
        snprintf(path, sizeof path, "%s/unusable.json", golden);
        json_t *none = findings_json_refused("b.dcm", NULL, NULL, "why");
        assert_int_equal(json_dump_file(none, path, 0), 0);
        json_decref(none);
    }
    json_decref(json);
}

static void test_changes(void **state)
{
    static struct findings all;
    const char *golden = getenv("OSTEON_GOLDEN");
    struct change *c = all.changes;
    (void)state;
    kind_of_everything(&all);
    c[0] = (struct change){.measurement = 1,
                           .kind = CHANGE_STABLE,
                           .earlier = {{.date = "20230110",
                                        .value = 31.5,
                                        .confidence = 0.5,
                                        .version = "1.0",
                                        .study_uid = "1.2.3.4",
                                        .sr_uid = "1.2.3.4.5"},
                                       {.date = "20240110", .value = 32}},
                           .n_earlier = 2,
                           .prior = 1,
                           .difference = -0.25,
                           .per_year = (double)NAN,
                           .detectable = 6};
    c[1] = (struct change){
        .measurement = 0, .kind = CHANGE_REFUSED, .reason = "another view"};
    c[2] = (struct change){.measurement = 2, .kind = CHANGE_NEW};
    all.n_changes = 3;
    json_t *json = findings_json(&all, NULL);
    json_t *first = at(json, "changes", 0);
    assert_member(first, "id", "\"cobb_angle\"");
    assert_member(first, "kind", "\"stable\"");
    assert_member(first, "earlier",
                  "[{\"date\":\"20230110\",\"value\":31.5,\"confidence\":"
                  "0.5,\"version\":\"1.0\",\"from\":\"report\"},{\"date\":"
                  "\"20240110\",\"value\":32.0,\"confidence\":0.0,"
                  "\"version\":\"\",\"from\":\"own\"}]");
    assert_member(first, "since", "\"20240110\"");
    assert_member(first, "difference", "-0.25");
    assert_member(first, "per_year", "null");
    assert_member(first, "detectable", "6.0");
    assert_member(first, "reason", "null");
    assert_member(at(json, "changes", 1), "kind", "\"refused\"");
    assert_member(at(json, "changes", 1), "reason", "\"another view\"");
    assert_member(at(json, "changes", 1), "difference", "null");
    assert_member(at(json, "changes", 2), "kind", "\"new\"");
    assert_member(at(json, "changes", 2), "since", "null");
    if (golden) {
        char path[320];
        snprintf(path, sizeof path, "%s/changes.json", golden);
        assert_int_equal(json_dump_file(json, path, 0), 0);
    }
    char *text = json_line_dump(json);
    assert_null(strstr(text, "1.2.3.4"));
    free(text);
}

/* The queue keeps what json_line_read() takes, whatever a model says. */
static void test_most(void **state)
{
    static struct findings all;
    (void)state;
    kind_of_everything(&all);
    all.n_images = FINDINGS_IMAGES;
    for (size_t i = 0; i < FINDINGS_MEASUREMENTS; i++) {
        struct measurement *m = &all.measurements[i];
        *m = all.measurements[6];
        m->n_points = FINDINGS_POINTS;
        m->n_traits = FINDINGS_TRAITS;
        memset(m->note, 'n', sizeof m->note - 1);
        memset(m->label, 'l', sizeof m->label - 1);
        for (size_t k = 0; k < FINDINGS_TRAITS; k++) {
            memset(m->traits[k].concept, 'a' + (int)k, 32);
            memset(m->traits[k].value, 'v', 32);
        }
        memset(all.refused[i].reason, 'r', FINDINGS_REASON - 1);
        memset(all.refused[i].id, 'r', 32);
    }
    all.n_measurements = all.n_refused = FINDINGS_MEASUREMENTS;
    all.n_found = FINDINGS_FOUND;
    all.n_changes = FINDINGS_CHANGES;
    for (size_t i = 0; i < FINDINGS_CHANGES; i++) {
        struct change *c = &all.changes[i];
        c->kind = CHANGE_INCREASED;
        c->n_earlier = FINDINGS_EARLIER;
        memset(c->reason, 'r', FINDINGS_REASON - 1);
        for (size_t k = 0; k < FINDINGS_EARLIER; k++)
            memset(c->earlier[k].version, 'v', 32);
    }
    char *text = json_line_dump(findings_json(&all, NULL));
    json_t *read = json_line_read(text);
    assert_non_null(read);
    json_decref(read);
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
        strstr(got, "{\"schema\":\"osteon.findings/"
                    "1\",\"file\":\"a\xef\xbf\xbd.dcm\",\"model\":\"knee\","),
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
        cmocka_unit_test(test_every_kind),
        cmocka_unit_test(test_changes),
        cmocka_unit_test(test_most),
        cmocka_unit_test(test_several_images_are_told_apart),
        cmocka_unit_test(test_landmarks),
        cmocka_unit_test(test_what_is_no_number_is_null),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
