/* When millimeters may be reported, and why not. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "inference/spacing.h"

static struct spacing read_with(const char *object, const char *imager,
                                const char *factor)
{
    struct spacing out;
    struct err err = {0};
    struct dcm *set = dcm_new();
    assert_non_null(set);
    if ((object && !dcm_set(set, "PixelSpacing", object, &err)) ||
        (imager && !dcm_set(set, "ImagerPixelSpacing", imager, &err)) ||
        (factor && !dcm_set(set, "EstimatedRadiographicMagnificationFactor",
                            factor, &err)))
        fail_msg("%s", err.msg);
    spacing_read(set, &out);
    dcm_free(set);
    return out;
}

static void test_object(void **state)
{
    (void)state;
    struct spacing s = read_with("0.143\\0.15", NULL, NULL);
    assert_int_equal(s.calibration, CALIBRATION_OBJECT);
    assert_true(fabs(s.mm[0] - 0.143) < 1e-12);
    assert_true(fabs(s.mm[1] - 0.15) < 1e-12);
    assert_string_equal(s.reason, "");
    s = read_with("0.13\\0.13", "0.143\\0.143", "1.1");
    assert_int_equal(s.calibration, CALIBRATION_OBJECT);
    assert_true(fabs(s.mm[0] - 0.13) < 1e-12);
}

static void test_detector(void **state)
{
    (void)state;
    struct spacing s = read_with(NULL, "0.143\\0.143", NULL);
    assert_int_equal(s.calibration, CALIBRATION_DETECTOR);
    /* a copy is no calibration, PS3.3 10.7.1.3 */
    s = read_with("0.143\\0.143", "0.143\\0.143", NULL);
    assert_int_equal(s.calibration, CALIBRATION_DETECTOR);
}

static void test_magnified(void **state)
{
    (void)state;
    struct spacing s = read_with(NULL, "0.22\\0.11", "1.1");
    assert_int_equal(s.calibration, CALIBRATION_MAGNIFIED);
    assert_true(fabs(s.mm[0] - 0.2) < 1e-12);
    assert_true(fabs(s.mm[1] - 0.1) < 1e-12);
}

/* What the site knows counts where the header knows no better. */
static void test_device(void **state)
{
    (void)state;
    struct spacing s = read_with(NULL, "0.23\\0.115", NULL);
    spacing_magnify(1.15, &s);
    assert_int_equal(s.calibration, CALIBRATION_DEVICE);
    assert_true(fabs(s.mm[0] - 0.2) < 1e-12);
    assert_true(fabs(s.mm[1] - 0.1) < 1e-12);
    s = read_with(NULL, "0.23\\0.115", NULL);
    spacing_magnify(0, &s);
    assert_int_equal(s.calibration, CALIBRATION_DETECTOR);
    spacing_magnify(NAN, &s);
    assert_int_equal(s.calibration, CALIBRATION_DETECTOR);
    s = read_with(NULL, "0.22\\0.11", "1.1");
    spacing_magnify(1.15, &s);
    assert_int_equal(s.calibration, CALIBRATION_MAGNIFIED);
    s = read_with("0.2\\0.1", NULL, NULL);
    spacing_magnify(1.15, &s);
    assert_int_equal(s.calibration, CALIBRATION_OBJECT);
    assert_true(fabs(s.mm[0] - 0.2) < 1e-12);
    s = read_with(NULL, NULL, NULL);
    spacing_magnify(1.15, &s);
    assert_int_equal(s.calibration, CALIBRATION_NONE);
}

static void test_none(void **state)
{
    (void)state;
    static const struct {
        const char *object, *imager, *factor, *reason;
    } cases[] = {
        {NULL, NULL, NULL,
         "the image has neither PixelSpacing nor ImagerPixelSpacing"},
        {"", NULL, "1.1",
         "the image has neither PixelSpacing nor ImagerPixelSpacing"},
        {"0\\0.1", "0.1\\0.1", NULL, "PixelSpacing of 0 mm is not plausible"},
        {"-0.1\\0.1", NULL, NULL, "PixelSpacing of -0.1 mm is not plausible"},
        {"143\\143", NULL, NULL, "PixelSpacing of 143 mm is not plausible"},
        {"nan\\nan", NULL, NULL,
         "PixelSpacing is not a pair of decimal numbers"},
        {"0,143\\0,143", NULL, NULL,
         "PixelSpacing is not a pair of decimal numbers"},
        {"0.1", NULL, NULL, "PixelSpacing does not have two values"},
        {"0.1\\0.1\\0.1", NULL, NULL, "PixelSpacing has more than two values"},
        {NULL, "0.1\\0x1", NULL,
         "ImagerPixelSpacing is not a pair of decimal numbers"},
        {NULL, "0.1\\0.1", "0.9",
         "EstimatedRadiographicMagnificationFactor of 0.9 is not plausible"},
        {NULL, "0.1\\0.1", "1e999",
         "EstimatedRadiographicMagnificationFactor is not a decimal number"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct spacing s =
            read_with(cases[i].object, cases[i].imager, cases[i].factor);
        assert_int_equal(s.calibration, CALIBRATION_NONE);
        assert_true(s.mm[0] == 0 && s.mm[1] == 0);
        assert_string_equal(s.reason, cases[i].reason);
    }
}

static void test_aspect_ratio(void **state)
{
    (void)state;
    struct spacing out;
    struct err err;
    struct dcm *set = dcm_new();
    static const struct {
        const char *text;
        double aspect; /* 0: skewed */
    } cases[] = {{"2\\1", 2},   {"1\\1", 1},   {"3\\4", 0.75}, {"11\\1", 0},
                 {"0\\1", 0},   {"-2\\-1", 0}, {"2", 0},       {"2\\1\\1", 0},
                 {"1\\nan", 0}, {"2\\0", 0}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        assert_true(dcm_set(set, "PixelAspectRatio", cases[i].text, &err));
        spacing_read(set, &out);
        if (out.skewed != (cases[i].aspect == 0) ||
            fabs(out.aspect - cases[i].aspect) > 1e-9)
            fail_msg("%s: %g", cases[i].text, out.aspect);
        assert_int_equal(out.calibration, CALIBRATION_NONE);
    }
    /* a spacing that is not believed contradicts it */
    assert_true(dcm_set(set, "PixelAspectRatio", "2\\1", &err));
    assert_true(dcm_set(set, "PixelSpacing", "143\\150", &err));
    spacing_read(set, &out);
    assert_true(out.skewed);
    assert_true(out.aspect == 0);
    dcm_free(set);
}

/* Spacing that cannot be trusted: its shape still matters for angles. */
static void test_skewed(void **state)
{
    (void)state;
    static const struct {
        const char *object, *imager, *factor;
        bool skewed;
    } cases[] = {
        {"0.1\\0.1\\0.1", NULL, NULL, false},
        {"143\\143", NULL, NULL, false},
        {"143\\150", NULL, NULL, true},
        {"0,1\\0,1", NULL, NULL, true},
        {"0.1", NULL, NULL, true},
        {NULL, "0.1\\0.2", "0.5", true},
        {NULL, "0.1\\0.1", "0.5", false},
        {"0.1\\0.2", "0.1\\0x1", NULL, true},
        {"0.1\\0.2", NULL, NULL, false}, /* known, and angles corrected */
        {NULL, NULL, NULL, false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct spacing s =
            read_with(cases[i].object, cases[i].imager, cases[i].factor);
        if (s.skewed != cases[i].skewed)
            fail_msg("case %zu", i);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_object),    cmocka_unit_test(test_detector),
        cmocka_unit_test(test_magnified), cmocka_unit_test(test_none),
        cmocka_unit_test(test_device),    cmocka_unit_test(test_aspect_ratio),
        cmocka_unit_test(test_skewed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
