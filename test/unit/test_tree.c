/* sr_writer/tree.c: what a report says when everything, something or nothing
 * could be measured. */
#include "test/unit/result_shapes.h"

static void assert_comment(const struct dcm *set, const char *text)
{
    char evaluations[200], item[200], path[260];

    assert_true(find(set, "", "C0034375", 0, evaluations));
    for (size_t i = 0; find(set, evaluations, "121106", i, item); i++) {
        snprintf(path, sizeof(path), "%.200s.TextValue", item);
        if (strstr(fixture_text(set, path), text) != NULL)
            return;
    }
    fail_msg("no comment says: %s", text);
}

static void assert_summary(const struct dcm *set, const char *code)
{
    char evaluations[200], item[200];

    assert_true(find(set, "", "C0034375", 0, evaluations));
    assert_true(find(set, evaluations, "111017", 0, item));
    assert_at(set, item, VALUE, code);
}

static void test_all_measured(void **state)
{
    struct dcm *set = report(two_sided, false);

    (void)state;
    assert_summary(set, "111242");
    assert_comment(set, SUMMARY_TEXT);
    assert_comment(set, "corrected by the estimated magnification factor");
    dcm_free(set);
}

static void test_one_refused(void **state)
{
    struct dcm *set = report(one_refused, false);
    char evaluations[200], item[200], site[200], side[200];

    (void)state;
    assert_summary(set, "111244");
    assert_top(set, "CompletionFlag", "PARTIAL");
    assert_top(set, "CompletionFlagDescription",
               "2 of 4 measurements refused, see comments");
    assert_true(find(set, "", "C0034375", 0, evaluations));
    assert_true(find(set, evaluations, "HKA", 0, item));
    assert_at(set, item, VALUE, "114006");
    assert_true(find(set, item, "363698007", 0, site));
    assert_true(find(set, site, "272741003", 0, side));
    assert_at(set, side, VALUE, "7771000");
    assert_comment(set, "Left: Hip-knee-ankle angle: no measurement (the "
                        "ankle lies outside the image)");
    dcm_free(set);
}

static void test_no_spacing(void **state)
{
    struct dcm *set = report(no_spacing, false);
    char all[200], group[200], item[200];

    (void)state;
    assert_true(find(set, "", "126010", 0, all));
    for (size_t i = 0; find(set, all, "125007", i, group); i++)
        assert_false(find(set, group, "410668003", 0, item));
    assert_comment(set, "no usable pixel spacing: no lengths in mm");
    dcm_free(set);
}

static void test_all_refused(void **state)
{
    struct dcm *set = report(all_refused, false);
    char evaluations[200], item[200];

    (void)state;
    assert_summary(set, "111245");
    assert_top(set, "CompletionFlag", "PARTIAL");
    assert_false(find(set, "", "126010", 0, item));
    assert_true(find(set, "", "C0034375", 0, evaluations));
    assert_true(find(set, evaluations, "111050", 0, item));
    assert_at(set, item, VALUE, "111235");
    dcm_free(set);
}

static void test_demonstration(void **state)
{
    struct dcm *set = report(demonstration, false);

    (void)state;
    assert_comment(set, "DEMONSTRATION: trained on rendered phantoms only");
    assert_top(set, "ContentQualification", "RESEARCH");
    dcm_free(set);
}

static void no_orientation(struct fixture *x, struct dcm *image)
{
    struct err err = {0};

    two_sided(x, image);
    must(dcm_set(image, "PatientOrientation", "", &err), &err);
}

static void test_no_orientation(void **state)
{
    struct dcm *set = report(no_orientation, false);

    (void)state;
    assert_comment(set, "The image has no Patient Orientation: right and left "
                        "assume");
    dcm_free(set);
}

/* A reader must know which film a sentence is about. */
static void test_two_images(void **state)
{
    struct fixture x;
    struct dcm *image = fixture_image(), *set;
    struct result result;
    struct err err = {0};

    (void)state;
    fixture_make(&x, "two-a");
    snprintf(x.path[1], sizeof(x.path[1]), "%s/two-b", golden_dir);
    fixture_save(image, x.path[0]);
    must(dcm_set(image, "SOPInstanceUID", "2.25.3", &err), &err);
    must(dcm_set(image, "InstanceNumber", "7", &err), &err);
    fixture_save(image, x.path[1]);
    x.findings.images[1] = x.findings.images[0];
    snprintf(x.findings.images[1].sop_uid, 65, "2.25.3");
    x.findings.images[1].calibration = CALIBRATION_DETECTOR;
    x.findings.images[1].spacing_mm[1] = 0.5;
    x.findings.n_images = 2;
    fixture_leg(&x.findings, SIDE_RIGHT, 50);
    fixture_refuse_side(&x.findings, SIDE_RIGHT);
    x.findings.refused[0].image = x.findings.refused[1].image = 1;
    must(sr_build(&x.request, false, &result, &err), &err);
    set = fixture_read(&result, x.path[0]);
    assert_comment(set, "Image 1 of 2 (series 1, instance 1): Lengths in mm "
                        "are Imager Pixel Spacing corrected");
    assert_comment(set, "Image 2 of 2 (series 1, instance 7): Lengths in mm "
                        "are at the detector plane (Imager Pixel Spacing "
                        "1.308 x 0.5 mm)");
    assert_comment(set, "Image 2 of 2 (series 1, instance 7): Right: "
                        "Hip-knee-ankle angle: no measurement (");
    dcm_free(set);
    dcm_free(image);
    result_free(&result);
}

static void test_frame(void **state)
{
    struct dcm *set = report(multi_frame, false);
    char library[200], group[200];
    double frame = 0;

    (void)state;
    assert_true(find(set, "", "111028", 0, library));
    assert_true(find(set, library, "126200", 0, group));
    snprintf(library, sizeof(library),
             "%.100s." CONTENT
             "[1].ReferencedSOPSequence[0].ReferencedFrameNumber",
             group);
    assert_true(dcm_number(set, library, 0, &frame));
    assert_int_equal((int)frame, 3);
    assert_comment(set, "Of the frames only number 3 was analyzed.");
    dcm_free(set);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_all_measured),
        cmocka_unit_test(test_one_refused),
        cmocka_unit_test(test_no_spacing),
        cmocka_unit_test(test_all_refused),
        cmocka_unit_test(test_demonstration),
        cmocka_unit_test(test_no_orientation),
        cmocka_unit_test(test_two_images),
        cmocka_unit_test(test_frame),
    };

    return cmocka_run_group_tests(tests, golden_start, golden_end);
}
