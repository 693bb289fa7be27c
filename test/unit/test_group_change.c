/* sr_writer/group_change.c, group_check_change.c: a measurement beside earlier
 * ones in the report. */
#include "test/unit/result_shapes.h"

#include "sr_writer/codes.h"
#include "sr_writer/group_check.h"
#include "sr_writer/wording.h"

/* The only group of the report. */
static struct dcm *group_of(shape *make, char group[200])
{
    struct dcm *set = report(make, false);
    char list[200];

    assert_true(find(set, "", "126010", 0, list));
    assert_true(find(set, list, "125007", 0, group));
    return set;
}

static const char *number_at(const struct dcm *set, const char *item)
{
    static char text[64];
    char path[300];

    snprintf(path, sizeof(path), "%s.MeasuredValueSequence[0].NumericValue",
             item);
    snprintf(text, sizeof(text), "%s", fixture_text(set, path));
    return text;
}

static const char *unit_at(const struct dcm *set, const char *item)
{
    static char text[64];
    char path[300];

    snprintf(path, sizeof(path),
             "%s.MeasuredValueSequence[0].MeasurementUnitsCodeSequence[0]"
             ".CodeValue",
             item);
    snprintf(text, sizeof(text), "%s", fixture_text(set, path));
    return text;
}

static void test_decreased(void **state)
{
    char group[200], item[200], below[200];
    struct dcm *set = group_of(narrower, group);

    (void)state;
    assert_true(find(set, group, "C2348792", 0, item));
    assert_at(set, item, "TextValue", "2026-01-05");
    assert_true(find(set, group, "JSWD", 0, item));
    assert_string_equal(number_at(set, item), "-0.6");
    assert_string_equal(unit_at(set, item), "mm");
    assert_at(set, item, "ConceptNameCodeSequence[0].CodingSchemeDesignator",
              "99OSTEON");
    assert_at(set, item, "ConceptNameCodeSequence[0].CodeMeaning",
              "Change in joint space width since prior");
    /* what it is inferred from */
    assert_true(find(set, item, "JSW", 0, below));
    assert_at(set, below, "RelationshipType", "INFERRED FROM");
    assert_string_equal(number_at(set, below), "4.4");
    assert_true(find(set, item, "SDC", 0, below));
    assert_string_equal(number_at(set, below), "0.20");
    assert_true(find(set, item, "121112", 0, below));
    assert_at(set, below, "ValueType", "SCOORD");
    assert_true(find(set, group, "CHG_YEAR", 0, item));
    assert_string_equal(number_at(set, item), "-0.61");
    assert_string_equal(unit_at(set, item), "mm/a");
    assert_true(find(set, group, "121079", 0, item));
    assert_at(set, item, "ValueType", "IMAGE");
    assert_at(set, item, "ReferencedSOPSequence[0].ReferencedSOPInstanceUID",
              "2.25.13");
    assert_true(find(set, group, "CHG", 0, item));
    assert_at(set, item, VALUE, "1250004");
    assert_true(find(set, group, "121106", 1, item));
    assert_at(set, item, "TextValue",
              "Compared with 4.4 mm of 2025-01-10, model version 1.0.0, as its "
              "report says. Side, view and spacing of both images are "
              "comparable.");
    dcm_free(set);
}

/* The tracking UID is that of every other study of this person. */
static void test_tracking_stays(void **state)
{
    char group[200], item[200], uid[65];
    struct dcm *set = group_of(width, group);

    (void)state;
    assert_true(find(set, group, "112040", 0, item));
    snprintf(item + strlen(item), 20, ".UID");
    snprintf(uid, sizeof(uid), "%s", fixture_text(set, item));
    dcm_free(set);
    set = group_of(narrower, group);
    assert_true(find(set, group, "112040", 0, item));
    assert_at(set, item, "UID", uid);
    assert_false(find(set, group, "112040", 1, item));
    dcm_free(set);
}

/* The value itself stands first: that is what a viewer takes over. */
static void test_order(void **state)
{
    static const char *const wanted[] = {"JSW", "111012", "JSWD", "CHG_YEAR"};
    char group[200], path[300];
    struct dcm *set = group_of(narrower_ohif, group);
    size_t n = 0;

    (void)state;
    snprintf(path, sizeof(path), "%s." CONTENT, group);
    for (size_t i = 0, most = dcm_items(set, path); i < most; i++) {
        char item[320];
        snprintf(item, sizeof(item), "%.200s[%zu].ValueType", path, i);
        if (strcmp(fixture_text(set, item), "NUM") != 0)
            continue;
        snprintf(item, sizeof(item),
                 "%.200s[%zu].ConceptNameCodeSequence[0].CodeValue", path, i);
        assert_true(n < 4);
        assert_string_equal(fixture_text(set, item), wanted[n++]);
    }
    assert_int_equal(n, 4);
    dcm_free(set);
}

static void test_stable(void **state)
{
    char group[200], item[200];
    struct dcm *set = group_of(stable, group);

    (void)state;
    assert_true(find(set, group, "JSWD", 0, item));
    assert_string_equal(number_at(set, item), "-0.1");
    assert_false(find(set, group, "CHG_YEAR", 0, item));
    assert_true(find(set, group, "CHG", 0, item));
    assert_at(set, item, VALUE, "58158008");
    assert_true(find(set, group, "121106", 1, item));
    assert_non_null(
        strstr(fixture_text(set, strcat(item, ".TextValue")),
               "comparable. The difference is less than the model can tell."));
    dcm_free(set);
}

/* Nothing is computed from what cannot be compared, and "new" is no number. */
static void assert_no_number(shape *make, const char *code, const char *words)
{
    char group[200], item[200];
    struct dcm *set = group_of(make, group);

    assert_true(find(set, group, "C2348792", 0, item));
    assert_false(find(set, group, "JSWD", 0, item));
    assert_false(find(set, group, "CHG_YEAR", 0, item));
    assert_false(find(set, group, "121079", 0, item));
    assert_int_equal(find(set, group, "CHG", 0, item), code != NULL);
    if (code != NULL)
        assert_at(set, item, VALUE, code);
    assert_true(find(set, group, "121106", 1, item));
    assert_at(set, item, "TextValue", words);
    assert_false(dcm_has(set, "PertinentOtherEvidenceSequence"));
    dcm_free(set);
}

static void test_not_compared(void **state)
{
    (void)state;
    assert_no_number(incomparable, NULL,
                     "Not compared with earlier studies: the earlier image is "
                     "another view");
    assert_no_number(first_time, "7147002",
                     "No earlier value is known: nothing was compared.");
}

static void test_grade(void **state)
{
    char group[200], item[200], below[200];
    struct dcm *set = group_of(worse_grade, group);

    (void)state;
    assert_true(find(set, group, "KLGD", 0, item));
    assert_string_equal(number_at(set, item), "1");
    assert_true(find(set, item, "KLG", 0, below));
    assert_string_equal(number_at(set, below), "1");
    assert_false(find(set, group, "CHG_YEAR", 0, item));
    assert_true(find(set, group, "CHG", 0, item));
    assert_at(set, item, VALUE, "35105006");
    dcm_free(set);
}

/* Without a change a report is as it was. */
static void test_without(void **state)
{
    char group[200], item[200];
    struct dcm *set = group_of(width, group);

    (void)state;
    assert_false(find(set, group, "C2348792", 0, item));
    assert_false(find(set, group, "121106", 1, item));
    assert_false(dcm_has(set, "PertinentOtherEvidenceSequence"));
    dcm_free(set);
}

#define OTHER  "PertinentOtherEvidenceSequence"
#define SERIES OTHER "[0].ReferencedSeriesSequence"

static void test_evidence(void **state)
{
    struct dcm *set = report(narrower, false);

    (void)state;
    assert_int_equal(dcm_items(set, OTHER), 1);
    assert_top(set, OTHER "[0].StudyInstanceUID", "2.25.11");
    assert_int_equal(dcm_items(set, SERIES), 2);
    assert_top(set, SERIES "[0].SeriesInstanceUID", "2.25.12");
    assert_top(set,
               SERIES "[0].ReferencedSOPSequence[0].ReferencedSOPInstanceUID",
               "2.25.13");
    assert_top(set, SERIES "[1].SeriesInstanceUID", "2.25.14");
    assert_top(set,
               SERIES "[1].ReferencedSOPSequence[0].ReferencedSOPInstanceUID",
               "2.25.15");
    dcm_free(set);
}

/* A film that was taken twice on one day is of this study. */
static void twice(struct fixture *x, struct dcm *image)
{
    narrower(x, image);
    snprintf(x->findings.changes[0].earlier[0].study_uid, 65, FIXTURE_STUDY);
}

static void test_evidence_of_this_study(void **state)
{
    struct dcm *set = report(twice, false);

    (void)state;
    assert_false(dcm_has(set, OTHER));
    assert_int_equal(
        dcm_items(set, "CurrentRequestedProcedureEvidenceSequence"), 1);
    assert_int_equal(dcm_items(set, "CurrentRequestedProcedureEvidenceSequence"
                                    "[0].ReferencedSeriesSequence"),
                     3);
    dcm_free(set);
}

/* A PACS keeps the first of two objects with one UID. */
static void test_uid(void **state)
{
    struct fixture x;
    struct result a, b;
    struct err err = {0};
    char uid[8][65];

    (void)state;
    must(build(&x, narrower, "uid", false, &a, &err), &err);
    must(sr_build(&x.request, false, &b, &err), &err);
    assert_string_equal(a.object.sop_uid, b.object.sop_uid);
    result_free(&a);
    for (int i = 0; i < 6; i++) {
        struct change *c = &x.findings.changes[0];
        snprintf(uid[i], 65, "%s", b.object.sop_uid);
        result_free(&b);
        if (i == 0)
            snprintf(c->earlier[0].sop_uid, 65, "2.25.16");
        if (i == 1)
            c->detectable = 0.3;
        if (i == 2)
            snprintf(c->earlier[0].date, 9, "20250111");
        if (i == 3)
            c->earlier[0].sr_uid[0] = '\0';
        if (i == 4)
            c->kind = CHANGE_NEW;
        if (i == 5)
            x.findings.n_changes = 0;
        must(sr_build(&x.request, false, &b, &err), &err);
        for (int k = 0; k <= i; k++)
            assert_string_not_equal(uid[k], b.object.sop_uid);
    }
    result_free(&b);
}

static void refused(shape *make, const char *words,
                    void (*spoil)(struct findings *))
{
    static struct fixture x;
    struct result result = {0};
    struct err err = {0};

    must(build(&x, make, "bad", false, &result, &err), &err);
    result_free(&result);
    spoil(&x.findings);
    assert_false(sr_build(&x.request, false, &result, &err));
    assert_int_equal(err.code, ERR_REJECT);
    if (strstr(err.msg, words) == NULL)
        fail_msg("\"%s\" does not say \"%s\"", err.msg, words);
}

static void of_nothing(struct findings *f)
{
    f->changes[0].measurement = f->n_measurements;
}
static void told_twice(struct findings *f)
{
    f->changes[f->n_changes++] = f->changes[0];
}
static void too_many(struct findings *f)
{
    f->n_changes = FINDINGS_CHANGES + 1;
}
static void no_kind(struct findings *f)
{
    f->changes[0].kind = (enum change_kind)9;
}
static void no_prior(struct findings *f)
{
    f->changes[0].prior = 1;
}
static void crowd(struct findings *f)
{
    f->changes[0].n_earlier = FINDINGS_EARLIER + 1;
}
static void undated(struct findings *f)
{
    snprintf(f->changes[0].earlier[0].date, 9, "2025011x");
}
static void not_a_number(struct findings *f)
{
    f->changes[0].earlier[0].value = (double)NAN;
}
static void no_image(struct findings *f)
{
    f->changes[0].earlier[0].sop_uid[0] = '\0';
}
static void half_a_report(struct findings *f)
{
    f->changes[0].earlier[0].sr_series_uid[0] = '\0';
}
static void endless(struct findings *f)
{
    memset(f->changes[0].earlier[0].version, 'v', 33);
}
static void no_reason(struct findings *f)
{
    f->changes[0].reason[0] = '\0';
}
static void other_sum(struct findings *f)
{
    f->changes[0].difference = -0.7;
}
static void other_sign(struct findings *f)
{
    f->changes[0].kind = CHANGE_INCREASED;
}
static void endless_rate(struct findings *f)
{
    f->changes[0].per_year = (double)INFINITY;
}
static void not_so_stable(struct findings *f)
{
    f->changes[0].detectable = 0.01;
}
static void study_of_no_date(struct findings *f)
{
    snprintf(f->study_date, 9, "today");
}

static void test_bad_changes(void **state)
{
    (void)state;
    refused(narrower, "a change of no measurement", of_nothing);
    refused(narrower, "change of measurement jsw: told twice", told_twice);
    refused(narrower, "too many changes", too_many);
    refused(narrower, "of no known kind", no_kind);
    refused(narrower, "of no known kind", crowd);
    refused(narrower, "do not follow", no_prior);
    refused(narrower, "without date, number or image", undated);
    refused(narrower, "without date, number or image", not_a_number);
    refused(narrower, "without date, number or image", no_image);
    refused(narrower, "without date, number or image", half_a_report);
    refused(narrower, "without date, number or image", endless);
    refused(incomparable, "refused without a reason", no_reason);
    refused(narrower, "do not follow", other_sum);
    refused(narrower, "do not follow", other_sign);
    refused(narrower, "do not follow", endless_rate);
    refused(stable, "do not follow", not_so_stable);
    refused(narrower, "findings of no date", study_of_no_date);
}

/* Every concept of ours has a change of its own. */
static size_t concepts_seen;

static void has_change(void *ctx, const char *table,
                       const struct codes_row *row)
{
    const struct codes_row *change = codes_change(row->key);

    (void)ctx;
    if (strcmp(table, "concept") != 0)
        return;
    assert_string_equal(change->key, row->key);
    if (strcmp(row->code.scheme, CODES_SCHEME) == 0) {
        char value[32];
        snprintf(value, sizeof(value), "%sD", row->code.value);
        assert_string_equal(change->code.value, value);
    }
    if (strcmp(row->unit, "grade") != 0)
        assert_non_null(codes_per_year(row->unit));
    concepts_seen++;
}

static void test_codes(void **state)
{
    (void)state;
    codes_each(has_change, NULL);
    assert_true(concepts_seen > 30);
    assert_string_equal(codes_change("calcaneal_pitch")->code.value, "DIFF");
    assert_null(codes_per_year("grade"));
}

static const char *words_of(shape *make)
{
    static struct fixture x;
    static char words[WORDING_SIZE];
    struct dcm *image = fixture_image();

    fixture_make(&x, "words.dcm");
    make(&x, image);
    dcm_free(image);
    if (!wording_change(&x.findings, &x.findings.changes[0], words))
        snprintf(words, sizeof(words), "nothing");
    return words;
}

static void hardly(struct fixture *x, struct dcm *image)
{
    stable(x, image);
    x->findings.changes[0].difference = -0.04;
    x->findings.changes[0].detectable = 0.012;
}

static void wider(struct fixture *x, struct dcm *image)
{
    ratio(x, image);
    compare(x, 0, CHANGE_INCREASED, 0.8);
}

static void test_wording(void **state)
{
    (void)state;
    assert_string_equal(words_of(narrower),
                        "-0.6 mm since 2025-01-10 (detectable 0.2)");
    assert_string_equal(words_of(stable),
                        "stable since 2025-01-10 (-0.1 mm, detectable 0.2)");
    assert_string_equal(words_of(hardly),
                        "stable since 2025-01-10 (0.0 mm, detectable 0.012)");
    assert_string_equal(words_of(wider),
                        "+0.30 since 2025-01-10 (detectable 0.20)");
    assert_string_equal(words_of(worse_grade),
                        "+1 since 2025-01-10 (detectable 1)");
    assert_string_equal(words_of(incomparable),
                        "not compared (the earlier image is another view)");
    assert_string_equal(words_of(first_time), "nothing");
}

/* The chart is an object of the study in a series of its own, and another one
 * when what it shows is. */
static void test_chart_object(void **state)
{
    static struct fixture x;
    struct result result, other;
    struct err err = {0};
    struct dcm *set;
    char path[320];
    size_t pages = 0;

    (void)state;
    must(build(&x, changes, "chart", false, &result, &err), &err);
    result_free(&result);
    assert_int_equal(sc_chart_pages(&x.findings), 3);
    must(sc_chart(&x.request, 0, &pages, &result, &err), &err);
    assert_int_equal(pages, 3);
    snprintf(path, sizeof(path), "%s/sc_chart.dcm", golden_dir);
    set = fixture_read(&result, path);
    assert_top(set, "SOPClassUID", "1.2.840.10008.5.1.4.1.1.7");
    assert_top(set, "PatientID", "T-4711");
    assert_top(set, "SeriesDescription",
               "AI leg-alignment 1.0.0 trend (unverified)");
    assert_top(set, "Rows", "1024");
    assert_top(set, "Columns", "1024");
    assert_top(set, "BurnedInAnnotation", "YES");
    assert_top(set, "InstanceNumber", "1");
    assert_top(set, "SourceImageSequence[0].ReferencedSOPInstanceUID",
               FIXTURE_UID);
    assert_false(dcm_has(set, "PixelSpacing"));
    dcm_free(set);
    x.findings.changes[0].earlier[0].value += 0.5;
    must(sc_chart(&x.request, 0, &pages, &other, &err), &err);
    assert_string_equal(result.object.series_uid, other.object.series_uid);
    assert_string_not_equal(result.object.sop_uid, other.object.sop_uid);
    result_free(&other);
    must(sc_chart(&x.request, 2, &pages, &other, &err), &err);
    assert_string_not_equal(result.object.sop_uid, other.object.sop_uid);
    result_free(&other);
    result_free(&result);
    x.findings.n_changes = 0;
    assert_int_equal(sc_chart_pages(&x.findings), 0);
    assert_false(sc_chart(&x.request, 0, &pages, &other, &err));
    assert_string_equal(err.msg, "chart: no page 1");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_decreased),
        cmocka_unit_test(test_tracking_stays),
        cmocka_unit_test(test_order),
        cmocka_unit_test(test_stable),
        cmocka_unit_test(test_not_compared),
        cmocka_unit_test(test_grade),
        cmocka_unit_test(test_without),
        cmocka_unit_test(test_evidence),
        cmocka_unit_test(test_evidence_of_this_study),
        cmocka_unit_test(test_uid),
        cmocka_unit_test(test_bad_changes),
        cmocka_unit_test(test_codes),
        cmocka_unit_test(test_wording),
        cmocka_unit_test(test_chart_object),
    };

    return cmocka_run_group_tests(tests, golden_start, golden_end);
}
