/* dicom/match*.c on data sets made here: each operator, several values,
 * sequences, the reasons given, and every refusal of a condition. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "conf/clock.h"
#include "dicom/match.h"

static char folder[] = "/tmp/osteon-match.XXXXXX";
static struct err err;
static struct dcm *film;

/* A configuration whose routes are these; line 4, `routes: ` before them. */
static struct conf *conf_of(const char *routes)
{
    FILE *f = fopen("x.yaml", "w");
    struct conf *conf;

    assert_non_null(f);
    fprintf(f,
            "node: {ae_titles: [A]}\ncallers: [{ae: A, address: \"*\"}]\n"
            "destinations: {d: {ae: D, host: h, port: 1}}\nroutes: %s\n",
            routes);
    assert_int_equal(fclose(f), 0);
    memset(&err, 0, sizeof err);
    conf = conf_load("x.yaml", NULL, &err);
    if (!conf)
        fail_msg("%s", err.msg);
    return conf;
}

static struct conf *conf_matching(const char *match)
{
    char routes[1000];

    snprintf(routes, sizeof routes, "[{name: r, final: true, match: %s}]",
             match);
    return conf_of(routes);
}

static bool film_matches(const char *match, char *why, size_t why_size)
{
    const struct match_input in = {film, "CR_ROOM", "OSTEON"};
    struct conf *conf = conf_matching(match);
    bool matches;

    if (!match_check(conf, &err))
        fail_msg("%s", err.msg);
    matches = match_image(&conf->routes[0].match, &in, why, why_size);
    conf_free(conf);
    return matches;
}

static void takes(const char *match)
{
    char why[64] = "untouched";

    if (!film_matches(match, why, sizeof why))
        fail_msg("%s should match: %s", match, why);
    assert_string_equal(why, "untouched");
}

static void leaves(const char *match, const char *reason)
{
    char why[400] = "";

    if (film_matches(match, why, sizeof why))
        fail_msg("%s should not match", match);
    assert_string_equal(why, reason);
}

static void refused(const char *match, const char *message)
{
    struct conf *conf = conf_matching(match);

    memset(&err, 0, sizeof err);
    assert_false(match_check(conf, &err));
    assert_string_equal(err.msg, message);
    assert_int_equal(err.code, ERR_REJECT);
    conf_free(conf);
}

static void equals_and_in(void **state)
{
    (void)state;
    takes("{}");
    takes("{Modality: CR}");
    takes("{Modality: [DX, CR]}");
    takes("{ImageType: PRIMARY}");
    takes("{ImageType: {equals: ORIGINAL}}");
    leaves("{Modality: DX}", "Modality: wants \"DX\", image has \"CR\"");
    leaves("{Modality: cr}", "Modality: wants \"cr\", image has \"CR\"");
    leaves("{ImageType: [DERIVED, SECONDARY]}",
           "ImageType: wants in [DERIVED, SECONDARY], image has \"ORIGINAL\", "
           "\"PRIMARY\"");
    leaves("{ViewPosition: AP}", "ViewPosition: wants \"AP\", image has none");
    leaves("{Laterality: R}", "Laterality: wants \"R\", image has none");
    leaves("{Modality: CR, BodyPartExamined: [LEG, HIP]}",
           "BodyPartExamined: wants in [LEG, HIP], image has \"KNEE\"");
}

static void regular_expressions(void **state)
{
    (void)state;
    takes("{SeriesDescription: {matches: long.?leg}}");
    takes("{SeriesDescription: {matches: \"^LONG-Leg (ap|lat)$\"}}");
    leaves("{SeriesDescription: {matches: ganzbein}}",
           "SeriesDescription: wants matches \"ganzbein\", image has "
           "\"Long-leg AP\"");
}

static void numbers(void **state)
{
    (void)state;
    takes("{Rows: 2016}");
    takes("{Rows: [1, 2016.0]}");
    takes("{KVP: 70}");
    takes("{Rows: {gt: 2015, lt: 2017}}");
    takes("{PixelSpacing: {lt: 0.2}}");
    takes("{SeriesNumber: {gt: -5}}");
    leaves("{Rows: {gt: 2016}}", "Rows: wants gt 2016, image has \"2016\"");
    leaves("{Rows: {lt: 2016}}", "Rows: wants lt 2016, image has \"2016\"");
    leaves("{Rows: {gt: 100, lt: 1000}}",
           "Rows: wants lt 1000, image has \"2016\"");
    leaves("{Columns: {gt: 1}}", "Columns: wants gt 1, image has none");
}

static void presence(void **state)
{
    (void)state;
    takes("{Modality: {exists: true}}");
    takes("{ViewPosition: {exists: false}}");
    takes("{Laterality: {exists: false}}"); /* present, but empty */
    takes("{RequestAttributesSequence: {exists: true}}");
    takes("{ViewCodeSequence: {exists: false}}");
    leaves("{Modality: {exists: false}}",
           "Modality: wants exists false, image has \"CR\"");
    leaves("{ViewPosition: {exists: true}}",
           "ViewPosition: wants exists true, image has none");
    leaves("{RequestAttributesSequence: {exists: false}}",
           "RequestAttributesSequence: wants exists false, image has it");
}

static void items_of_sequences(void **state)
{
    (void)state;
    takes("{RequestAttributesSequence.RequestedProcedureID: P1}");
    takes("{RequestAttributesSequence.RequestedProcedureID: P2}");
    takes("{\"RequestAttributesSequence[1].RequestedProcedureID\": P2}");
    leaves("{\"RequestAttributesSequence[0].RequestedProcedureID\": P2}",
           "RequestAttributesSequence[0].RequestedProcedureID: wants \"P2\", "
           "image has \"P1\"");
    leaves("{RequestAttributesSequence.RequestedProcedureID: P3}",
           "RequestAttributesSequence.RequestedProcedureID: wants \"P3\", "
           "image has \"P1\", \"P2\"");
}

static void titles_of_the_association(void **state)
{
    const struct match_input offline = {film, "", ""};
    struct conf *conf = conf_matching("{calling_ae: CR_ROOM}");
    char why[200];

    (void)state;
    takes("{calling_ae: CR_ROOM}");
    takes("{calling_ae: {matches: ^CR}, called_ae: [OSTEON]}");
    leaves("{calling_ae: CT}", "calling_ae: wants \"CT\", image has "
                               "\"CR_ROOM\"");
    assert_false(
        match_image(&conf->routes[0].match, &offline, why, sizeof why));
    assert_string_equal(why, "calling_ae: wants \"CR_ROOM\", the association "
                             "is not known");
    conf_free(conf);
}

static void groups(void **state)
{
    (void)state;
    takes("{any: [{Modality: DX}, {Modality: CR}]}");
    takes("{all: [{Modality: CR}, {Rows: 2016}]}");
    takes("{not: {Modality: DX}}");
    takes("{not: {Modality: CR, Rows: 1}}");
    takes("{not: {not: {Modality: CR}}}");
    takes("{any: [{Modality: DX}, {Modality: CR, any: [{Rows: 1}, {KVP: "
          "70}]}]}");
    leaves("{any: [{Modality: DX}, {Rows: 1, KVP: 70}]}",
           "Modality: wants \"DX\", image has \"CR\"; or Rows: wants \"1\", "
           "image has \"2016\"");
    leaves("{all: [{Modality: CR}, {Rows: 1}]}",
           "Rows: wants \"1\", image has \"2016\"");
    leaves("{not: {Modality: CR}}",
           "Modality: wants not \"CR\", image has \"CR\"");
    leaves("{not: {Modality: CR, Rows: 2016}}",
           "Modality: wants not \"CR\", image has \"CR\"; and Rows: wants not "
           "\"2016\", image has \"2016\"");
    leaves("{not: {any: [{Modality: DX}, {Rows: 2016}]}}",
           "Rows: wants not \"2016\", image has \"2016\"");
    leaves("{not: {all: [{}]}}", "wants not every image");
}

static void reasons_are_bounded(void **state)
{
    const struct match_input in = {film, "", ""};
    struct conf *conf = conf_matching("{StudyDescription: x}");
    char why[400], small[12];

    (void)state;
    assert_false(match_image(&conf->routes[0].match, &in, why, sizeof why));
    assert_string_equal(
        why, "StudyDescription: wants \"x\", image has "
             "\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
             "aaaa\"");
    assert_false(match_image(&conf->routes[0].match, &in, small, sizeof small));
    assert_string_equal(small, "StudyDescri");
    assert_false(match_image(&conf->routes[0].match, &in, NULL, 0));
    conf_free(conf);
}

static void needs_are_bits(void **state)
{
    const struct match_input in = {film, "", ""};
    struct conf *conf = conf_of(
        "[{name: r, match: {}, forward: [d], complete: {needs: [{Modality: "
        "DX}, {Modality: CR}, {KVP: 70}, {Laterality: L}]}}]");

    (void)state;
    assert_true(match_check(conf, &err));
    assert_int_equal(match_needs(&conf->routes[0].complete, &in), 6);
    conf_free(conf);
}

static void final_ends_the_search(void **state)
{
    const struct match_input in = {film, "", ""};
    struct conf *conf =
        conf_of("[{name: a, match: {Modality: DX}, final: true},"
                "{name: b, match: {Modality: CR}, forward: [d]},"
                "{name: c, match: {}, forward: [d], final: true},"
                "{name: d, match: {}, forward: [d]}]");
    bool selected[4] = {true, false, false, true};

    (void)state;
    match_routes(conf, &in, selected);
    assert_false(selected[0]);
    assert_true(selected[1]);
    assert_true(selected[2]);
    assert_false(selected[3]);
    conf_free(conf);
}

static void refused_conditions(void **state)
{
    (void)state;
    refused("{Modalty: CR}", "x.yaml:4:41: unknown keyword \"Modalty\"; did "
                             "you mean \"Modality\"?");
    refused("{modality: CR}", "x.yaml:4:41: unknown keyword \"modality\"; did "
                              "you mean \"Modality\"?");
    refused("{calling_aet: CR}",
            "x.yaml:4:41: unknown keyword \"calling_aet\"; did you mean "
            "\"calling_ae\"?");
    refused("{any_: CR}", "x.yaml:4:41: unknown keyword \"any_\"; did you "
                          "mean \"any\"?");
    refused("{\"0008,0060\": CR}",
            "x.yaml:4:41: unknown keyword \"0008,0060\"; write a DICOM "
            "keyword such as SeriesDescription (PS3.6)");
    refused("{RequestAttributesSequence.StudyIDD: 1}",
            "x.yaml:4:41: unknown keyword \"StudyIDD\"; did you mean "
            "\"StudyID\"?");
    refused("{Modality.StudyID: 1}",
            "x.yaml:4:41: \"Modality.StudyID\": only sequences have members, "
            "and at most eight names make a path");
    refused("{Modality.: 1}",
            "x.yaml:4:41: unknown keyword \"\"; write a DICOM keyword such as "
            "SeriesDescription (PS3.6)");
    refused("{any: [{Modality: CR}, {not: {BodyPartExamind: LEG}}]}",
            "x.yaml:4:70: unknown keyword \"BodyPartExamind\"; did you mean "
            "\"BodyPartExamined\"?");
    refused("{StudyID: {matches: \"(\"}}",
            "x.yaml:4:51: StudyID: \"(\" is not a regular expression: "
            "Unmatched ( or \\(");
    refused("{StudyID: {matches: \"(a)\\\\1\"}}",
            "x.yaml:4:51: StudyID: back-references (\\1) are not supported");
    refused("{StudyID: {matches: \"a\\\\\"}}",
            "x.yaml:4:51: StudyID: \"a\\\" is not a regular expression: "
            "Trailing backslash");
    refused("{StudyID: {gt: 3}}",
            "x.yaml:4:51: StudyID: gt compares numbers, and this is not one; "
            "use matches");
    refused("{calling_ae: {lt: 3}}",
            "x.yaml:4:54: calling_ae: lt compares numbers, and this is not "
            "one; use matches");
    refused("{Rows: [1, many]}",
            "x.yaml:4:41: Rows: is a number and never equals \"many\"");
    takes("{SeriesDescription: {matches: \"long\\\\-leg\"}}");
}

static void needs_are_checked_too(void **state)
{
    struct conf *conf = conf_of("[{name: r, match: {}, forward: [d], "
                                "complete: {needs: [{ViewPos: AP}]}}]");

    (void)state;
    assert_false(match_check(conf, &err));
    assert_string_equal(err.msg, "x.yaml:4:65: unknown keyword \"ViewPos\"; "
                                 "did you mean \"ViewPosition\"?");
    conf_free(conf);
}

static struct conf *conf_with_devices(const char *devices)
{
    FILE *out = fopen("x.yaml", "w");
    struct conf *conf;

    assert_non_null(out);
    fprintf(out,
            "node: {ae_titles: [OSTEON], inference: {devices: [%s]}}\n"
            "callers: [{ae: A, address: \"*\"}]\n"
            "destinations: {d: {ae: D, host: h, port: 1}}\n"
            "routes: [{name: r, match: {}, forward: [d]}]\n",
            devices);
    fclose(out);
    memset(&err, 0, sizeof err);
    conf = conf_load("x.yaml", NULL, &err);
    return conf;
}

/* The first device that an image is of. */
static void devices_magnify(void **state)
{
    struct conf *conf =
        conf_with_devices("{match: {Modality: DX}, magnification: 1.3}, "
                          "{match: {Modality: CR}, magnification: 1.15}, "
                          "{match: {Modality: CR}, magnification: 1.2}");

    (void)state;
    if (!conf || !match_check(conf, &err))
        fail_msg("%s", err.msg);
    assert_true(match_magnification(&conf->node.inference, film) == 1.15);
    conf->node.inference.devices[1].magnification = 1.1;
    assert_true(match_magnification(&conf->node.inference, film) == 1.1);
    conf_free(conf);
    conf = conf_with_devices("{match: {Modality: DX}, magnification: 1.3}");
    assert_non_null(conf);
    assert_true(match_magnification(&conf->node.inference, film) == 0);
    conf_free(conf);
    conf = conf_with_devices("{match: {Modalty: DX}, magnification: 1.3}");
    assert_non_null(conf);
    assert_false(match_check(conf, &err));
    assert_non_null(strstr(err.msg, "unknown keyword \"Modalty\""));
    conf_free(conf);
    assert_null(conf_with_devices("{match: {}, magnification: 1.3}"));
    assert_non_null(strstr(err.msg, "match: would take every device"));
    assert_null(conf_with_devices("{match: {Modality: DX}, magnification: 3}"));
    assert_non_null(strstr(err.msg, "magnification"));
    assert_null(conf_with_devices("{match: {Modality: DX}}"));
    assert_non_null(strstr(err.msg, "magnification"));
}

/* A text as long as a patient comment may be must not stall the node. */
static void long_values_are_quick(void **state)
{
    const struct match_input in = {film, "", ""};
    struct conf *conf =
        conf_matching("{ImageComments: {matches: \"(a*)*(a|aa)+$\"}}");
    int64_t start;

    (void)state;
    assert_true(match_check(conf, &err));
    start = clock_mono_ms();
    match_image(&conf->routes[0].match, &in, NULL, 0);
    assert_true(clock_mono_ms() - start < 2000);
    conf_free(conf);
}

static int enter(void **state)
{
    static const struct {
        const char *path, *value;
    } elements[] = {
        {"Modality", "CR"},
        {"ImageType", "ORIGINAL\\PRIMARY"},
        {"BodyPartExamined", "KNEE"},
        {"SeriesDescription", "Long-leg AP"},
        {"Laterality", ""},
        {"Rows", "2016"},
        {"KVP", "70.0"},
        {"SeriesNumber", "-3"},
        {"PixelSpacing", "0.3\\0.1"},
        {"RequestAttributesSequence[0].RequestedProcedureID", "P1"},
        {"RequestAttributesSequence[1].RequestedProcedureID", "P2"},
    };
    static char text[10240];

    (void)state;
    if (!mkdtemp(folder) || chdir(folder))
        return -1;
    film = dcm_new();
    for (size_t i = 0; i < sizeof elements / sizeof elements[0]; i++)
        if (!dcm_set(film, elements[i].path, elements[i].value, &err))
            return -1;
    memset(text, 'a', 100);
    if (!dcm_set(film, "StudyDescription", text, &err))
        return -1;
    memset(text, 'a', sizeof text - 2);
    text[sizeof text - 2] = 'b';
    return dcm_set(film, "ImageComments", text, &err) ? 0 : -1;
}

static int leave(void **state)
{
    (void)state;
    dcm_free(film);
    unlink("x.yaml");
    return chdir("/") == 0 ? rmdir(folder) : -1;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(equals_and_in),
        cmocka_unit_test(regular_expressions),
        cmocka_unit_test(numbers),
        cmocka_unit_test(presence),
        cmocka_unit_test(items_of_sequences),
        cmocka_unit_test(titles_of_the_association),
        cmocka_unit_test(groups),
        cmocka_unit_test(reasons_are_bounded),
        cmocka_unit_test(needs_are_bits),
        cmocka_unit_test(final_ends_the_search),
        cmocka_unit_test(refused_conditions),
        cmocka_unit_test(needs_are_checked_too),
        cmocka_unit_test(devices_magnify),
        cmocka_unit_test(long_values_are_quick),
    };

    return cmocka_run_group_tests(tests, enter, leave);
}
