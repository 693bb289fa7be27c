/* inference/change: one history, and what each rule makes of it. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "inference/change.h"

static struct bundle bundle;
static struct conf_priors priors;
static struct history_row today[2], then[12];
static struct history now = {.patient = {.id = "4711"}, .rows = today};
static struct history past = {.rows = then};
static struct findings findings;
static const struct change *change;

static void row(struct history_row *out, const char *study, const char *date,
                double value)
{
    *out = (struct history_row){.origin = HISTORY_OWN,
                                .measure = "width",
                                .site = "knee",
                                .side = SIDE_LEFT,
                                .value = value,
                                .unit = "mm",
                                .confidence = 0.9,
                                .series_uid = "1.2.1",
                                .sop_class = "1.2.840.10008.5.1.4.1.1.1",
                                .sop_uid = "1.2.1.1",
                                .input = "film",
                                .view = "AP",
                                .body_part = "KNEE",
                                .calibration = CALIBRATION_OBJECT,
                                .model = "knee",
                                .version = "2.0",
                                .weights_sha256 = "w2",
                                .tracking_uid = "2.25.1"};
    snprintf(out->study_uid, sizeof out->study_uid, "%s", study);
    snprintf(out->study_date, sizeof out->study_date, "%s", date);
}

/* 3.2 mm today, 3.8 mm exactly two years before, 4.1 a year earlier. */
static int start(void **state)
{
    (void)state;
    memset(&bundle, 0, sizeof bundle);
    bundle.rules.n_measures = 1;
    bundle.rules.measures[0] = (struct rule_measure){
        .id = "width", .side = SIDE_LEFT, .detectable = 0.5};
    priors = (struct conf_priors){.on = true,
                                  .within_ms = INT64_C(157788000000),
                                  .most = 3,
                                  .agree_body_part = true,
                                  .agree_view = true};
    row(&today[0], "1.9", "20260310", 3.2);
    row(&then[0], "1.1", "20230310", 4.1);
    row(&then[1], "1.2", "20240310", 3.8);
    now.n = 1;
    past.n = 2;
    snprintf(now.patient.id, sizeof now.patient.id, "4711");
    return 0;
}

static const struct change *found(void)
{
    struct change_how how = {.bundle = &bundle, .priors = &priors};

    memset(&findings, 0xA5, sizeof findings);
    change_find(&how, &now, &past, &findings);
    assert_int_equal(findings.n_changes, now.n);
    assert_int_equal(findings.changes[0].measurement, 0);
    return change = &findings.changes[0];
}

static void refused(const char *reason)
{
    found();
    assert_string_equal(change->reason, reason);
    assert_int_equal(change->kind, CHANGE_REFUSED);
    assert_int_equal(change->n_earlier, 0);
    assert_true(change->difference == 0 && change->per_year == 0 &&
                change->detectable == 0);
}

static void test_difference(void **state)
{
    (void)state;
    found();
    assert_int_equal(change->kind, CHANGE_DECREASED);
    assert_int_equal(change->n_earlier, 2);
    assert_true(change->earlier[0].value == 4.1);
    assert_int_equal(change->prior, 1);
    assert_string_equal(change->earlier[1].date, "20240310");
    assert_string_equal(change->earlier[1].version, "2.0");
    assert_string_equal(change->earlier[1].study_uid, "1.2");
    assert_string_equal(change->earlier[1].sop_uid, "1.2.1.1");
    assert_string_equal(change->earlier[1].sr_uid, "");
    assert_true(fabs(change->difference + 0.6) < 1e-12);
    /* 730 days */
    assert_true(fabs(change->per_year + 0.6 / (730 / 365.25)) < 1e-12);
    assert_true(change->detectable == 0.5);
    assert_string_equal(change->reason, "");
    today[0].value = 4.4;
    assert_int_equal(found()->kind, CHANGE_INCREASED);
}

static void test_stable(void **state)
{
    (void)state;
    then[1].value = 3.7; /* as much as can be told is not more than that */
    today[0].value = 3.2;
    assert_int_equal(found()->kind, CHANGE_STABLE);
    assert_true(fabs(change->difference + 0.5) < 1e-12);
    today[0].value = 3.19;
    assert_int_equal(found()->kind, CHANGE_DECREASED);
    today[0].value = 3.7;
    assert_int_equal(found()->kind, CHANGE_STABLE);
    assert_true(change->difference == 0);
}

static void test_rate(void **state)
{
    (void)state;
    strcpy(then[1].study_date, "20251211"); /* 89 days */
    assert_true(isnan(found()->per_year));
    assert_int_equal(change->kind, CHANGE_DECREASED);
    strcpy(then[1].study_date, "20251210");
    assert_true(fabs(found()->per_year + 0.6 / (90 / 365.25)) < 1e-9);
    /* a leap day between */
    strcpy(today[0].study_date, "20240301");
    strcpy(then[1].study_date, "20231202");
    assert_true(fabs(found()->per_year + 0.6 / (90 / 365.25)) < 1e-9);
    strcpy(then[1].study_date, "20240301"); /* on the same day */
    assert_true(isnan(found()->per_year));
    assert_int_equal(change->prior, 1);
}

static void test_nothing_earlier(void **state)
{
    (void)state;
    past.n = 0;
    assert_int_equal(found()->kind, CHANGE_NEW);
    past.n = 2;
    strcpy(then[0].tracking_uid, "2.25.2"); /* a second one on that side */
    strcpy(then[1].measure, "angle");
    assert_int_equal(found()->kind, CHANGE_NEW);
}

/* A revision, or another route, of the study itself. */
static void test_the_same_study(void **state)
{
    (void)state;
    strcpy(then[1].study_uid, "1.9");
    assert_true(found()->earlier[change->prior].value == 4.1);
    strcpy(then[0].study_uid, "1.9");
    assert_int_equal(found()->kind, CHANGE_NEW);
}

static void test_how_long_ago(void **state)
{
    (void)state;
    priors.within_ms = INT64_C(86400000) * 730;
    assert_int_equal(found()->n_earlier, 1);
    priors.within_ms -= 1;
    assert_int_equal(found()->kind, CHANGE_NEW);
    start(state);
    strcpy(then[1].study_date, "20260311"); /* tomorrow */
    assert_int_equal(found()->n_earlier, 1);
    assert_true(change->earlier[0].value == 4.1);
}

static void test_how_many(void **state)
{
    (void)state;
    for (int i = 0; i < 12; i++) {
        char study[16], date[24];

        snprintf(study, sizeof study, "1.%d", 10 + i);
        snprintf(date, sizeof date, "2025%02d01", i + 1);
        row(&then[i], study, date, i);
    }
    past.n = 12;
    assert_int_equal(found()->n_earlier, 3);
    assert_true(change->earlier[0].value == 9 &&
                change->earlier[2].value == 11);
    assert_int_equal(change->prior, 2);
    priors.most = CONF_PRIORS;
    assert_int_equal(found()->n_earlier, CONF_PRIORS);
    assert_true(change->earlier[0].value == 4);
    /* two routes looked at one study */
    strcpy(then[11].study_uid, "1.20");
    strcpy(then[10].study_uid, "1.20");
    assert_int_equal(found()->n_earlier, CONF_PRIORS);
    assert_true(change->earlier[7].value == 11);
    assert_true(change->earlier[6].value == 9);
}

static void test_the_other_side(void **state)
{
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        then[i].side = SIDE_RIGHT;
        strcpy(then[i].tracking_uid, "2.25.3");
    }
    refused("earlier studies show the other side only");
    then[0].side = SIDE_LEFT;
    strcpy(then[0].tracking_uid, "2.25.1");
    assert_int_equal(found()->n_earlier, 1);
}

static void test_dates(void **state)
{
    (void)state;
    strcpy(then[1].study_date, "");
    assert_int_equal(found()->n_earlier, 1);
    strcpy(then[1].study_date, "20241310");
    assert_int_equal(found()->n_earlier, 1);
    strcpy(today[0].study_date, "");
    refused("the study has no date");
}

static void test_nobody(void **state)
{
    (void)state;
    now.patient.id[0] = '\0';
    refused("the image names no patient");
}

/* The latest says why; an older one that can be compared is. */
static void test_the_latest_that_fits(void **state)
{
    (void)state;
    strcpy(then[1].view, "PA");
    assert_int_equal(found()->n_earlier, 1);
    assert_true(change->earlier[0].value == 4.1);
    assert_true(fabs(change->difference + 0.9) < 1e-12);
    strcpy(then[0].model, "hip");
    refused("the image of 2024-03-10 is another view");
}

static void test_views(void **state)
{
    (void)state;
    past.n = 0;
    row(&then[past.n++], "1.2", "20240310", 3.8);
    strcpy(then[0].view, "LL");
    refused("the image of 2024-03-10 is another view");
    priors.agree_view = false;
    assert_int_equal(found()->kind, CHANGE_DECREASED);
    strcpy(then[0].input, "lateral"); /* the model itself took it so */
    refused("the image of 2024-03-10 is another view");
    priors.agree_view = true;
    strcpy(then[0].input, "");
    strcpy(then[0].view, ""); /* no contradiction */
    assert_int_equal(found()->kind, CHANGE_DECREASED);
    strcpy(then[0].body_part, "LEG");
    refused("the image of 2024-03-10 is of another body part");
    priors.agree_body_part = false;
    assert_int_equal(found()->kind, CHANGE_DECREASED);
}

static void test_millimeters(void **state)
{
    (void)state;
    past.n = 1;
    row(&then[0], "1.2", "20240310", 3.8);
    then[0].calibration = CALIBRATION_MAGNIFIED;
    refused("the millimeters of 2024-03-10 come from another source than "
            "today's");
    then[0].calibration = CALIBRATION_DETECTOR;
    refused("the magnification of one of the two images is not known");
    today[0].calibration = CALIBRATION_DETECTOR;
    refused("the magnification of one of the two images is not known");
    then[0].calibration = CALIBRATION_NONE;
    refused("the spacing of one of the two images is not known");
    /* angles need none */
    strcpy(then[0].unit, "deg");
    strcpy(today[0].unit, "deg");
    assert_int_equal(found()->kind, CHANGE_DECREASED);
    strcpy(then[0].unit, "ratio");
    refused("2024-03-10 was measured in another unit");
    strcpy(today[0].unit, "mm2");
    strcpy(then[0].unit, "mm2");
    refused("the spacing of one of the two images is not known");
}

static void test_models(void **state)
{
    (void)state;
    past.n = 1;
    row(&then[0], "1.2", "20240310", 3.8);
    strcpy(then[0].model, "other");
    refused("2024-03-10 was measured by another model, other");
    strcpy(then[0].model, "knee");
    strcpy(then[0].weights_sha256, "w1");
    refused("2024-03-10 was measured by other weights of the same version");
    strcpy(then[0].weights_sha256, ""); /* a report does not say */
    assert_int_equal(found()->kind, CHANGE_DECREASED);
    strcpy(then[0].version, "1.0");
    strcpy(then[0].weights_sha256, "w1");
    refused("2024-03-10 was measured by version 1.0 of the model, whose "
            "numbers this version is not known to agree with");
    bundle.n_bridges = 2;
    strcpy(bundle.bridges[0], "1.1");
    strcpy(bundle.bridges[1], "1.0");
    assert_int_equal(found()->kind, CHANGE_DECREASED);
    assert_string_equal(change->earlier[0].version, "1.0");
}

static void test_an_implant(void **state)
{
    (void)state;
    today[0].implant = true;
    refused("an implant was seen in one of the two images, and not in the "
            "other");
    then[1].implant = true;
    assert_int_equal(found()->n_earlier, 1);
    assert_true(change->earlier[0].value == 3.8);
}

/* Of a report of somebody. */
static void test_references(void **state)
{
    (void)state;
    past.n = 1;
    row(&then[0], "1.2", "20240310", 3.8);
    strcpy(then[0].series_uid, "");
    refused("the image of 2024-03-10 is not known by its UIDs");
    strcpy(then[0].series_uid, "1.2.1");
    strcpy(then[0].sr_uid, "1.5");
    refused("the image of 2024-03-10 is not known by its UIDs");
    strcpy(then[0].sr_class, "1.2.840.10008.5.1.4.1.1.88.33");
    strcpy(then[0].sr_series_uid, "1.4");
    assert_int_equal(found()->kind, CHANGE_DECREASED);
    assert_string_equal(change->earlier[0].sr_uid, "1.5");
    assert_string_equal(change->earlier[0].sr_series_uid, "1.4");
}

static void test_no_figure(void **state)
{
    (void)state;
    bundle.rules.measures[0].detectable = 0;
    refused("the model does not say how small a change it can tell");
    bundle.rules.measures[0].side = SIDE_RIGHT;
    bundle.rules.measures[0].detectable = 1;
    refused("the model does not say how small a change it can tell");
    past.n = 0;
    assert_int_equal(found()->kind, CHANGE_NEW);
}

static void test_more_than_fit(void **state)
{
    static struct history_row many[FINDINGS_MEASUREMENTS];
    struct history all = {
        .patient = {.id = "4711"}, .rows = many, .n = FINDINGS_MEASUREMENTS};
    struct change_how how = {.bundle = &bundle, .priors = &priors};

    (void)state;
    for (size_t i = 0; i < all.n; i++)
        many[i] = today[0];
    change_find(&how, &all, &past, &findings);
    assert_int_equal(findings.n_changes, FINDINGS_CHANGES);
}

#define TEST(name) cmocka_unit_test_setup(name, start)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_difference),
        TEST(test_stable),
        TEST(test_rate),
        TEST(test_nothing_earlier),
        TEST(test_the_same_study),
        TEST(test_how_long_ago),
        TEST(test_how_many),
        TEST(test_the_other_side),
        TEST(test_dates),
        TEST(test_nobody),
        TEST(test_the_latest_that_fits),
        TEST(test_views),
        TEST(test_millimeters),
        TEST(test_models),
        TEST(test_an_implant),
        TEST(test_references),
        TEST(test_no_figure),
        TEST(test_more_than_fit),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
