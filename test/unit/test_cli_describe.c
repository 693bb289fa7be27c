/* cli/describe.c: a route read back in words says what was written. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "cli/describe.c"
#include "cli/text.c"

static char key_Modality[] = "Modality";
static char key_BodyPartExamined[] = "BodyPartExamined";
static char key_SeriesDescription[] = "SeriesDescription";
static char key_PatientID[] = "PatientID";
static char key_Rows[] = "Rows";
static char key_Columns[] = "Columns";
static char word_dx[] = "DX", word_cr[] = "CR", word_leg[] = "LEG";
static char word_long[] = "long.?leg", word_false[] = "false";
static char word_true[] = "true", word_10[] = "10";
static char *cx[] = {word_dx, word_cr};
static char *leg[] = {word_leg};
static char *pattern[] = {word_long};
static char *no[] = {word_false};
static char *yes[] = {word_true};
static char *ten[] = {word_10};

static const struct conf_match leaves[] = {
    {.op = CONF_IN, .keyword = key_Modality, .values = cx, .n_values = 2},
    {.op = CONF_EQUALS,
     .keyword = key_BodyPartExamined,
     .values = leg,
     .n_values = 1},
    {.op = CONF_MATCHES,
     .keyword = key_SeriesDescription,
     .values = pattern,
     .n_values = 1},
    {.op = CONF_EXISTS, .keyword = key_PatientID, .values = no, .n_values = 1},
    {.op = CONF_EXISTS, .keyword = key_Rows, .values = yes, .n_values = 1},
    {.op = CONF_LT, .keyword = key_Rows, .values = ten, .n_values = 1},
    {.op = CONF_GT, .keyword = key_Columns, .values = ten, .n_values = 1},
};

static void expect(void (*phrase)(FILE *out, const void *what),
                   const void *what, const char *wanted)
{
    char *text = NULL;
    size_t n;
    FILE *out = open_memstream(&text, &n);

    phrase(out, what);
    fclose(out);
    assert_string_equal(text, wanted);
    free(text);
}

static void match(FILE *out, const void *what)
{
    describe_match(out, what);
}

static void complete(FILE *out, const void *what)
{
    describe_complete(out, what);
}

static void effect(FILE *out, const void *what)
{
    describe_effect(out, what);
}

static void test_operators(void **state)
{
    (void)state;
    expect(match, &leaves[0], "Modality in [DX, CR]");
    expect(match, &leaves[1], "BodyPartExamined is LEG");
    expect(match, &leaves[2], "SeriesDescription matches /long.?leg/");
    expect(match, &leaves[3], "PatientID has no value");
    expect(match, &leaves[4], "Rows has a value");
    expect(match, &leaves[5], "Rows < 10");
    expect(match, &leaves[6], "Columns > 10");
}

static void test_nesting(void **state)
{
    struct conf_match any = {.op = CONF_ANY, .n_children = 2};
    struct conf_match not = {.op = CONF_NOT, .n_children = 1};
    struct conf_match all = {.op = CONF_ALL, .n_children = 3};
    struct conf_match inner[2] = {leaves[1], leaves[2]};
    struct conf_match negated = leaves[4];
    struct conf_match outer[3];

    (void)state;
    any.children = inner;
    not .children = &negated;
    outer[0] = leaves[0];
    outer[1] = any;
    outer[2] = not ;
    all.children = outer;
    expect(match, &all,
           "Modality in [DX, CR] and (BodyPartExamined is LEG or "
           "SeriesDescription matches /long.?leg/) and not (Rows has a value)");
    all.children = &any;
    all.n_children = 1;
    expect(match, &all,
           "BodyPartExamined is LEG or SeriesDescription matches /long.?leg/");
    all.n_children = 0;
    expect(match, &all, "every image");
}

static void test_complete(void **state)
{
    struct conf_match needs[2] = {leaves[1], leaves[4]};
    struct conf_complete c = {.quiet_ms = 20000, .cap_ms = 300000};

    (void)state;
    expect(complete, &c,
           "starts 20 s after the last image, 5 min after the first at the "
           "latest");
    c.needs = needs;
    c.n_needs = 2;
    c.count = 1;
    c.on_cap = CONF_CAP_HOLD;
    expect(complete, &c,
           "starts at once with an image where BodyPartExamined is LEG, an "
           "image where Rows has a value, 1 image; else 20 s after the last "
           "image, 5 min after the first at the latest (then held for a "
           "person)");
}

static void test_effect(void **state)
{
    char models[2][CONF_NAME] = {"leg-alignment", "knee"};
    char pacs[1][CONF_NAME] = {"pacs"}, archive[1][CONF_NAME] = {"archive"};
    struct conf_route route = {0};

    (void)state;
    expect(effect, &route, "stores the image, nothing else");
    route.forward = archive;
    route.n_forward = 1;
    expect(effect, &route, "forwards the original to archive");
    route.models = models;
    route.n_models = 2;
    route.results.sr = true;
    route.results.sc = true;
    route.send = pacs;
    route.n_send = 1;
    expect(effect, &route,
           "runs leg-alignment and knee, sends SR and SC to pacs, forwards "
           "the original to archive");
    route.results.sr = false;
    route.n_forward = 0;
    expect(effect, &route, "runs leg-alignment and knee, sends SC to pacs");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_operators),
        cmocka_unit_test(test_nesting),
        cmocka_unit_test(test_complete),
        cmocka_unit_test(test_effect),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
