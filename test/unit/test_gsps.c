/* sr_writer/gsps.c, gsps_graphics.c, kos.c: what is in a presentation state
 * and in a key object selection. With OSTEON_GOLDEN=DIR they are left there for
 * the judges. */
#include "test/unit/result_shapes.h"

typedef bool builder(const struct fixture *x, struct result *out,
                     struct err *err);

static bool state(const struct fixture *x, struct result *out, struct err *err)
{
    return gsps_build(&x->request, 0, out, err);
}

static bool keys(const struct fixture *x, struct result *out, struct err *err)
{
    return kos_build(&x->request, out, err);
}

static struct dcm *built(shape *make, builder *build_one, const char *name)
{
    struct fixture x;
    struct dcm *image = fixture_image(), *set;
    struct result result;
    struct err err = {0};
    char file[80];

    snprintf(file, sizeof(file), "image_%s.dcm", name);
    fixture_make(&x, file);
    make(&x, image);
    fixture_save(image, x.path[0]);
    dcm_free(image);
    must(build_one(&x, &result, &err), &err);
    assert_non_null(result.bytes);
    snprintf(x.path[1], sizeof(x.path[1]), "%s/%s.dcm", golden_dir, name);
    set = fixture_read(&result, x.path[1]);
    result_free(&result);
    return set;
}

#define LINE(i) "GraphicAnnotationSequence[0].GraphicObjectSequence[" #i "]."
#define TEXT(i) "GraphicAnnotationSequence[0].TextObjectSequence[" #i "]."

static double number(const struct dcm *set, const char *path, size_t i)
{
    double value = -1;

    assert_true(dcm_number(set, path, i, &value));
    return value;
}

static void test_state(void **state_)
{
    struct dcm *set = built(two_sided, state, "gsps_two_sided");

    (void)state_;
    assert_top(set, "SOPClassUID", "1.2.840.10008.5.1.4.1.1.11.1");
    assert_top(set, "Modality", "PR");
    assert_top(set, "PresentationLUTShape", "IDENTITY");
    assert_top(set, "SoftcopyVOILUTSequence[0].WindowCenter", "128");
    assert_top(set, "RescaleSlope", "1");
    assert_top(set, "GraphicLayerSequence[0].GraphicLayer", "AI");
    assert_true(number(set,
                       "DisplayedAreaSelectionSequence[0]"
                       ".DisplayedAreaBottomRightHandCorner",
                       0) == FIXTURE_COLUMNS);
    assert_top(set,
               "ReferencedSeriesSequence[0].ReferencedImageSequence[0]"
               ".ReferencedSOPInstanceUID",
               FIXTURE_UID);
    assert_false(dcm_has(set, "ContentDate"));
    /* no judge compares these two with what they are about */
    assert_top(set, "GraphicAnnotationSequence[0].GraphicLayer", "AI");
    assert_true(number(set, LINE(0) "NumberOfGraphicPoints", 0) == 4);
    /* an angle of four points, from pixel centers */
    assert_true(number(set, LINE(0) "GraphicData", 0) == 50.5);
    assert_true(number(set, LINE(0) "GraphicData", 1) == 40.75);
    assert_true(number(set, LINE(0) "GraphicData", 7) == 351);
    assert_int_equal(
        dcm_items(set, "GraphicAnnotationSequence[0].GraphicObjectSequence"),
        4);
    assert_top(set, TEXT(0) "UnformattedTextValue", "R HKA 176.44 deg");
    assert_top(set, TEXT(1) "UnformattedTextValue", "R length 406.0 mm");
    assert_top(set, TEXT(4) "UnformattedTextValue",
               "AI - NOT FOR DIAGNOSTIC USE");
    dcm_free(set);
}

/* No label covers another, and all are on the image. */
static void test_labels(void **state_)
{
    struct dcm *set = built(mixed, state, "gsps_mixed");
    double boxes[32][4];
    size_t n =
        dcm_items(set, "GraphicAnnotationSequence[0].TextObjectSequence");

    (void)state_;
    assert_int_equal(n, 13);
    for (size_t i = 0; i < n; i++) {
        double *b = boxes[i];
        for (size_t k = 0; k < 4; k++) {
            char path[160];
            snprintf(path, sizeof(path),
                     "GraphicAnnotationSequence[0].TextObjectSequence[%zu]"
                     ".BoundingBox%sHandCorner",
                     i, k < 2 ? "TopLeft" : "BottomRight");
            b[k] = number(set, path, k % 2);
        }
        assert_true(b[0] >= 0 && b[1] >= 0 && b[2] <= FIXTURE_COLUMNS + 0.01 &&
                    b[3] <= FIXTURE_ROWS + 0.01 && b[0] < b[2] && b[1] < b[3]);
        for (size_t k = 0; k < i; k++)
            assert_false(b[0] < boxes[k][2] && boxes[k][0] < b[2] &&
                         b[1] < boxes[k][3] && boxes[k][1] < b[3]);
    }
    dcm_free(set);
}

static void test_monochrome1(void **state_)
{
    struct dcm *set = built(monochrome1, state, "gsps_monochrome1");

    (void)state_;
    assert_top(set, "PresentationLUTShape", "INVERSE");
    dcm_free(set);
}

static void test_no_scale(void **state_)
{
    struct dcm *set = built(no_spacing, state, "gsps_no_spacing");

    (void)state_;
#define AREA "DisplayedAreaSelectionSequence[0]."
    assert_true(dcm_has(set, AREA "PresentationPixelAspectRatio"));
    assert_false(dcm_has(set, AREA "PresentationPixelSpacing"));
    dcm_free(set);
}

static void by_aspect(struct fixture *x, struct dcm *image)
{
    struct err err = {0};
    no_spacing(x, image);
    must(dcm_set(image, "PixelAspectRatio", "3\\4", &err), &err);
}

static void test_aspect(void **state_)
{
    struct dcm *set = built(by_aspect, state, "gsps_aspect");

    (void)state_;
    assert_top(set, AREA "PresentationPixelAspectRatio", "3\\4");
    dcm_free(set);
}

static void test_frame(void **state_)
{
    struct dcm *set = built(multi_frame, state, "gsps_frame");

    (void)state_;
    assert_true(number(set,
                       "ReferencedSeriesSequence[0].ReferencedImageSequence[0]"
                       ".ReferencedFrameNumber",
                       0) == 3);
    dcm_free(set);
}

/* A ruler of the detector is none of the patient. */
static void detector(struct fixture *x, struct dcm *image)
{
    two_sided(x, image);
    x->findings.images[0].calibration = CALIBRATION_DETECTOR;
    x->findings.images[0].spacing_mm[0] = 0.3;
    x->findings.images[0].spacing_mm[1] = 0.15;
}

static void test_detector(void **state_)
{
    struct dcm *set = built(detector, state, "gsps_detector");

    (void)state_;
    assert_top(set, AREA "PresentationPixelAspectRatio", "2000\\1000");
    assert_false(dcm_has(set, AREA "PresentationPixelSpacing"));
    dcm_free(set);
}

static void test_colour(void **state_)
{
    struct fixture x;
    struct dcm *image = fixture_image();
    struct result result;
    struct err err = {0};

    (void)state_;
    fixture_make(&x, "colour.dcm");
    two_sided(&x, image);
    must(dcm_set(image, "PhotometricInterpretation", "RGB", &err), &err);
    fixture_save(image, x.path[0]);
    dcm_free(image);
    must(gsps_build(&x.request, 0, &result, &err), &err);
    assert_null(result.bytes);
    assert_true(image_has_findings(&x.findings, 0));
    assert_false(image_has_findings(&x.findings, 1));
    x.findings.measurements[0].value = (double)NAN;
    assert_false(gsps_build(&x.request, 0, &result, &err));
    assert_string_equal(err.msg, "presentation state: measurement hka: its "
                                 "value is not a usable number");
}

static void test_keys(void **state_)
{
    struct dcm *set = built(boxes, keys, "kos_boxes");
    char item[200];

    (void)state_;
    assert_top(set, "SOPClassUID", "1.2.840.10008.5.1.4.1.1.88.59");
    assert_top(set, "Modality", "KO");
    assert_top(set, "ConceptNameCodeSequence[0].CodeValue", "113000");
    assert_true(find(set, "", "113012", 0, item));
    assert_at(set, item, "TextValue",
              "AI-generated, not verified by a physician. Not for diagnostic "
              "use. Found: left Fracture of bone.");
    assert_top(set,
               "CurrentRequestedProcedureEvidenceSequence[0]"
               ".ReferencedSeriesSequence[0].ReferencedSOPSequence[0]"
               ".ReferencedSOPInstanceUID",
               FIXTURE_UID);
    assert_top(set, "ReferencedRequestSequence[0].AccessionNumber", "A-0815");
    dcm_free(set);
}

static void frame_of_boxes(struct fixture *x, struct dcm *image)
{
    boxes(x, image);
    x->findings.images[0].frame = 3;
}

static void test_key_frame(void **state_)
{
    struct dcm *set = built(frame_of_boxes, keys, "kos_frame");
    size_t n = dcm_items(set, "ContentSequence");
    bool any = false;

    (void)state_;
    for (size_t i = 0; i < n; i++) {
        char path[120];
        double frame;
        snprintf(path, sizeof(path),
                 "ContentSequence[%zu].ReferencedSOPSequence[0]"
                 ".ReferencedFrameNumber",
                 i);
        if (!dcm_number(set, path, 0, &frame))
            continue;
        assert_true(frame == 3);
        any = true;
    }
    assert_true(any);
    dcm_free(set);
}

static void test_keys_wanted(void **state_)
{
    struct fixture x;

    (void)state_;
    fixture_make(&x, "one");
    boxes(&x, NULL);
    assert_true(kos_wanted(&x.request));
    x.findings.found[0].priority = PRIORITY_ROUTINE;
    x.findings.found[1].priority = PRIORITY_ROUTINE;
    assert_false(kos_wanted(&x.request));
    x.options.kos = true;
    assert_true(kos_wanted(&x.request));
    x.findings.found[0].present = x.findings.found[1].present = false;
    assert_false(kos_wanted(&x.request));
    fixture_leg(&x.findings, SIDE_LEFT, 30);
    assert_false(kos_wanted(&x.request));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_state),       cmocka_unit_test(test_labels),
        cmocka_unit_test(test_monochrome1), cmocka_unit_test(test_no_scale),
        cmocka_unit_test(test_colour),      cmocka_unit_test(test_detector),
        cmocka_unit_test(test_aspect),      cmocka_unit_test(test_frame),
        cmocka_unit_test(test_keys),        cmocka_unit_test(test_key_frame),
        cmocka_unit_test(test_keys_wanted),
    };

    return cmocka_run_group_tests(tests, golden_start, golden_end);
}
