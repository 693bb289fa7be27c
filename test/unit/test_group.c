/* sr_writer/group.c: one measurement from its number to its pixels, and what
 * is refused before it gets there. */
#include "test/unit/result_shapes.h"

/* The whole path of one number: value, unit, side, line, image. */
static void test_angle(void **state)
{
    struct dcm *set = report(two_sided, false);
    char group[200], item[200], line[200], image[200], all[200];
    static const float points[8] = {50.5F, 40.75F,  54.5F, 200.5F,
                                    55.0F, 204.25F, 49.5F, 351.0F};

    (void)state;
    assert_true(find(set, "", "126010", 0, all));
    assert_true(find(set, all, "125007", 0, group));
    assert_true(find(set, group, "112039", 0, item));
    assert_at(set, item, "TextValue", "leg-alignment:hka:right");
    assert_true(find(set, group, "363698007", 0, item));
    assert_at(set, item, VALUE, "61685007");
    assert_true(find(set, item, "272741003", 0, line));
    assert_at(set, line, VALUE, "24028007");
    assert_true(find(set, group, "HKA", 0, item));
    assert_at(set, item, "RelationshipType", "CONTAINS");
    assert_at(set, item, "MeasuredValueSequence[0].NumericValue", "176.44");
    assert_at(set, item,
              "MeasuredValueSequence[0].MeasurementUnitsCodeSequence[0]"
              ".CodeValue",
              "deg");
    assert_true(find(set, item, "121112", 0, line));
    assert_at(set, line, "RelationshipType", "INFERRED FROM");
    assert_at(set, line, "GraphicType", "POLYLINE");
    for (size_t i = 0; i < 8; i++) {
        double number = 0;
        snprintf(item, sizeof(item), "%.180s.GraphicData", line);
        assert_true(dcm_number(set, item, i, &number));
        assert_true(number == (double)points[i]);
    }
    snprintf(image, sizeof(image), "%.160s." CONTENT "[0]", line);
    assert_at(set, image, "RelationshipType", "SELECTED FROM");
    assert_at(set, image, "ReferencedSOPSequence[0].ReferencedSOPInstanceUID",
              FIXTURE_UID);
    assert_true(find(set, group, "111012", 0, item));
    assert_at(set, item, "MeasuredValueSequence[0].NumericValue", "87.5");
    dcm_free(set);
}

static void test_length(void **state)
{
    struct dcm *set = report(two_sided, false);
    char group[200], item[200], line[200], all[200];
    double number;

    (void)state;
    assert_true(find(set, "", "126010", 0, all));
    assert_true(find(set, all, "125007", 3, group));
    assert_true(find(set, group, "112039", 0, item));
    assert_at(set, item, "TextValue", "leg-alignment:leg_length:left");
    assert_true(find(set, group, "410668003", 0, item));
    assert_at(set, item, "MeasuredValueSequence[0].NumericValue", "406.0");
    assert_true(find(set, item, "121112", 0, line));
    snprintf(item, sizeof(item), "%.180s.GraphicData", line);
    assert_true(dcm_number(set, item, 3, &number));
    assert_false(dcm_number(set, item, 4, &number));
    dcm_free(set);
}

static void test_arms(void **state)
{
    struct dcm *set = report(cobb, false);
    char all[200], group[200], item[200], arm[200];

    (void)state;
    assert_true(find(set, "", "126010", 0, all));
    assert_true(find(set, all, "125007", 0, group));
    assert_true(find(set, group, "285285000", 0, item));
    assert_true(find(set, item, "121223", 1, arm));
    assert_false(find(set, item, "121223", 2, arm));
    assert_true(find(set, group, "363698007", 0, item));
    assert_false(find(set, item, "272741003", 0, arm));
    dcm_free(set);
}

/* Followed from study to study, and not across people. */
static void test_tracking(void **state)
{
    struct fixture x;
    struct result result;
    struct err err = {0};
    char all[200], group[200], item[200], file[320], uid[3][65];
    static const char *const ids[] = {"T-4711", "T-4711", "T-4712"};

    (void)state;
    for (size_t i = 0; i < 3; i++) {
        struct dcm *image = fixture_image(), *set;
        fixture_make(&x, "tracked.dcm");
        two_sided(&x, image);
        must(dcm_set(image, "PatientID", ids[i], &err), &err);
        must(dcm_set(image, "StudyInstanceUID", i == 0 ? "2.25.1" : "2.25.2",
                     &err),
             &err);
        fixture_save(image, x.path[0]);
        must(sr_build(&x.request, false, &result, &err), &err);
        snprintf(file, sizeof(file), "%s/sr.dcm", fixture_dir);
        set = fixture_read(&result, file);
        assert_true(find(set, "", "126010", 0, all));
        assert_true(find(set, all, "125007", 0, group));
        assert_true(find(set, group, "112040", 0, item));
        snprintf(all, sizeof(all), "%.180s.UID", item);
        snprintf(uid[i], sizeof(uid[i]), "%.64s", fixture_text(set, all));
        dcm_free(set);
        dcm_free(image);
        result_free(&result);
    }
    assert_string_equal(uid[0], uid[1]);
    assert_string_not_equal(uid[1], uid[2]);
}

static void test_bad_findings(void **state)
{
    struct fixture x;
    struct result result;
    struct err err = {0};
    struct measurement *m = &x.findings.measurements[0], good;

    (void)state;
    must(build(&x, two_sided, "one", false, &result, &err), &err);
    result_free(&result);
    good = *m;
    m->value = (double)NAN;
    assert_refused(&x, "SR: measurement hka: its value is not a usable number");
    *m = good;
    m->confidence = 1.5;
    assert_refused(&x, "measurement hka: its confidence is not 0 to 1");
    *m = good;
    m->points[3][1] = FIXTURE_ROWS;
    assert_refused(&x, "measurement hka: a point lies outside the image");
    *m = good;
    snprintf(m->unit, sizeof(m->unit), "mm");
    assert_refused(&x, "unit mm, but hip_knee_ankle_angle is in deg");
    *m = good;
    snprintf(m->concept, sizeof(m->concept), "flux");
    assert_refused(&x, "no code for concept flux or site lower_limb");
    *m = good;
    m->n_points = 3;
    assert_refused(&x, "measurement hka: 3 points on image 0; it needs 4");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_angle),        cmocka_unit_test(test_length),
        cmocka_unit_test(test_arms),         cmocka_unit_test(test_tracking),
        cmocka_unit_test(test_bad_findings),
    };

    return cmocka_run_group_tests(tests, fixture_start, fixture_end);
}
