/* sr_writer/group.c, group_check.c: one measurement from its number to its
 * pixels, and what is refused before it gets there. */
#include "sr_writer/group.h"

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
        snprintf(file, sizeof(file), "%s/sr.dcm", golden_dir);
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

static void of_no_kind(struct findings *f)
{
    f->measurements[0].kind = (enum measure_kind)7;
}
static void endless(struct findings *f)
{
    memset(f->measurements[0].note, 'x', sizeof(f->measurements[0].note));
}
static void two_many(struct findings *f)
{
    f->measurements[0].n_traits = FINDINGS_TRAITS + 1;
}
static void no_scale(struct findings *f)
{
    f->images[0].calibration = CALIBRATION_NONE;
}
static void no_modifier(struct findings *f)
{
    snprintf(f->measurements[0].modifier, 17, "upper");
}
static void no_trait(struct findings *f)
{
    f->measurements[0].traits[0] = (struct trait){"convexity", "upward"};
    f->measurements[0].n_traits = 1;
}
static void no_range(struct findings *f)
{
    f->measurements[0].has_normal = true;
    f->measurements[0].normal[0] = 2;
    f->measurements[0].normal[1] = 1;
}
static void infinite_part(struct findings *f)
{
    f->measurements[0].parts[1] = (double)INFINITY;
}
static void parts_in_inches(struct findings *f)
{
    snprintf(f->measurements[0].parts_unit, 9, "in");
}
static void our_own(struct findings *f)
{
    f->measurements[0].own = (struct own_code){"HKA", "99OSTEON", "Mine"};
}
static void other_image(struct findings *f)
{
    f->measurements[0].image = 1;
}
static void nine_points(struct findings *f)
{
    f->measurements[0].n_points = 9;
}
static void no_quality(struct findings *f)
{
    snprintf(f->refused[0].quality, 25, "bad");
}
static void refused_elsewhere(struct findings *f)
{
    f->refused[0].image = 1;
}
static void box_inside_out(struct findings *f)
{
    f->found[0].box[2] = f->found[0].box[0];
}
static void box_beside(struct findings *f)
{
    f->found[0].box[3] = FIXTURE_ROWS + 1;
}
static void box_of_nothing(struct findings *f)
{
    f->found[0].present = false;
}
static void sure_beyond_measure(struct findings *f)
{
    f->found[0].confidence = (double)NAN;
}
static void urgent_beyond_measure(struct findings *f)
{
    f->found[0].priority = (enum priority)3;
}
static void found_what(struct findings *f)
{
    snprintf(f->found[0].concept, 49, "kl_2");
}
static void too_much_found(struct findings *f)
{
    f->n_found = FINDINGS_FOUND + 1;
}
static void failed_and_found(struct findings *f)
{
    snprintf(f->failure, sizeof(f->failure), "crashed");
    f->n_measurements = 0;
}

/* Everything a bundle or its model can get wrong, one at a time. */
static void test_each_mistake(void **state)
{
    static const struct {
        void (*spoil)(struct findings *f);
        const char *message;
    } mistakes[] = {
        {of_no_kind, "measurement isi: of no known kind or side"},
        {endless, "a measurement with endless text"},
        {two_many, "measurement isi: of no known kind or side"},
        {no_scale, "measurement isi: in mm on an image without scale"},
        {no_modifier, "measurement isi: no code for modifier upper"},
        {no_trait, "measurement isi: no code for trait 1"},
        {no_range, "measurement isi: its reference range is none"},
        {infinite_part, "measurement isi: its value is not a usable number"},
        {parts_in_inches, "measurement isi: unit ratio does not fit"},
        {our_own, "measurement isi: no code for concept"},
        {other_image, "measurement isi: 4 points on image 1; it needs 4"},
        {nine_points, "measurement isi: 9 points on image 0; it needs 4"},
        {no_quality, "refused measurement hka: no code for modifier  or "
                     "quality bad"},
        {refused_elsewhere, "refused measurement hka: no image"},
        {box_inside_out, "finding fracture: its box does not lie on the image"},
        {box_beside, "finding fracture: its box does not lie on the image"},
        {box_of_nothing, "finding fracture: its box does not lie"},
        {sure_beyond_measure, "finding fracture: its confidence is not 0 to 1"},
        {urgent_beyond_measure, "finding fracture: of no known side, image or"},
        {found_what, "finding fracture: no code for concept kl_2"},
        {too_much_found, "findings with too many measurements"},
        {failed_and_found, "findings of an analysis that failed"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(mistakes) / sizeof(mistakes[0]); i++) {
        struct fixture x;
        struct result result;
        struct err err = {0};
        fixture_make(&x, "one");
        ratio(&x, NULL);
        boxes(&x, NULL);
        fixture_refuse_side(&x.findings, SIDE_LEFT);
        if (i == 0) {
            struct dcm *image = fixture_image();
            fixture_save(image, x.path[0]);
            dcm_free(image);
            must(sr_build(&x.request, false, &result, &err), &err);
            result_free(&result);
        }
        mistakes[i].spoil(&x.findings);
        assert_refused(&x, mistakes[i].message);
    }
}

/* The measurement's finding is told once, the second one elsewhere. */
static void test_place(void **state)
{
    struct fixture x;

    (void)state;
    fixture_make(&x, "one");
    grade(&x, NULL);
    x.findings.found[1] = x.findings.found[0];
    x.findings.n_found = 2;
    assert_int_equal(group_found_place(&x.findings, 0), GROUP_OF_MEASUREMENT);
    assert_int_equal(group_found_place(&x.findings, 1), GROUP_NONE);
    x.findings.found[1].has_box = true;
    assert_int_equal(group_found_place(&x.findings, 1), GROUP_OWN);
    x.findings.found[1].present = false;
    assert_int_equal(group_found_place(&x.findings, 1), GROUP_NONE);
    x.findings.found[0].side = SIDE_LEFT;
    assert_int_equal(group_found_place(&x.findings, 0), GROUP_NONE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_angle),
        cmocka_unit_test(test_length),
        cmocka_unit_test(test_arms),
        cmocka_unit_test(test_tracking),
        cmocka_unit_test(test_bad_findings),
        cmocka_unit_test(test_each_mistake),
        cmocka_unit_test(test_place),
    };

    return cmocka_run_group_tests(tests, golden_start, golden_end);
}
