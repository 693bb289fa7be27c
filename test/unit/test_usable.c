/* Which images a bundle takes, as which of its views, and why not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "inference/turn.h"
#include "inference/usable.h"

static struct bundle *bundle;
static struct bundle_input *input;
static struct scan scan;
static struct spacing spacing;
static struct usable use;
static struct dcm *set;
static char reason[USABLE_REASON];

static void put(const char *keyword, const char *value)
{
    struct err err = {0};
    if (!dcm_set(set, keyword, value, &err))
        fail_msg("%s", err.msg);
}

static void terms(struct bundle_terms *out, const char *a, const char *b)
{
    out->n = b ? 2 : 1;
    strcpy(out->terms[0], a);
    strcpy(out->terms[1], b ? b : "");
}

static int setup(void **state)
{
    (void)state;
    bundle = calloc(1, sizeof *bundle);
    set = dcm_new();
    if (!bundle || !set)
        return -1;
    scan = (struct scan){.rows = 400, .columns = 300, .pixel_offset = 1};
    spacing = (struct spacing){.calibration = CALIBRATION_OBJECT};
    bundle->n_inputs = 1;
    input = &bundle->inputs[0];
    put("PhotometricInterpretation", "MONOCHROME1");
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    dcm_free(set);
    free(bundle);
    return 0;
}

static bool takes(void)
{
    memset(reason, 0, sizeof reason);
    return usable_image(&scan, set, &spacing, bundle, &use, reason);
}

static void assert_taken(void)
{
    if (!takes())
        fail_msg("%s", reason);
    assert_string_equal(reason, "");
}

static void assert_left(const char *why)
{
    assert_false(takes());
    assert_string_equal(reason, why);
}

static void test_object(void **state)
{
    (void)state;
    assert_taken();
    scan.frames = 3;
    assert_taken();
    scan.frames = UINT32_MAX;
    scan.rows = scan.columns = 2048;
    assert_left("4294967295 frames of 2048 x 2048 pixels are too many");
    scan.frames = 0;
    put("PhotometricInterpretation", "RGB");
    assert_left("PhotometricInterpretation is RGB; the model takes grey "
                "images");
    scan.pixel_offset = -1;
    assert_left("the object holds no image");
}

/* A header may hold a name wherever it holds text. */
static void test_told(void **state)
{
    (void)state;
    put("ViewPosition", "DOE^JANE");
    put("BodyPartExamined", "DOE^JANE");
    assert_taken();
    assert_string_equal(use.view, "");
    assert_string_equal(use.body_part, "");
    put("ViewPosition", "LLD");
    assert_taken();
    assert_string_equal(use.view, "LLD");
    put("ViewPosition", "SKYLINE");
    put("BodyPartExamined", "KNEE");
    terms(&input->view, "AP", "SKYLINE");
    terms(&input->body_part, "LEG", "KNEE");
    assert_taken();
    assert_string_equal(use.view, "SKYLINE");
    assert_string_equal(use.body_part, "KNEE");
}

static void test_frame(void **state)
{
    (void)state;
    static const struct {
        uint32_t frames, frame;
        const char *representative;
    } cases[] = {{0, 0, NULL},   {12, 1, NULL}, {1, 0, "1"}, {12, 7, "7"},
                 {12, 12, "12"}, {12, 1, "13"}, {12, 1, "0"}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        scan.frames = cases[i].frames;
        if (cases[i].representative)
            put("RepresentativeFrameNumber", cases[i].representative);
        if (usable_frame(&scan, set) != cases[i].frame)
            fail_msg("case %zu", i);
    }
}

static void test_terms(void **state)
{
    (void)state;
    terms(&input->modality, "CR", "DX");
    terms(&input->body_part, "LEG", NULL);
    terms(&input->view, "AP", NULL);
    assert_taken(); /* nothing contradicts */
    put("Modality", "DX");
    put("BodyPartExamined", "LEG");
    put("ViewPosition", "AP");
    assert_taken();
    put("BodyPartExamined", "HAND");
    assert_left("BodyPartExamined is not what the model takes: LEG");
    put("BodyPartExamined", "");
    assert_taken();
    input->body_part.needed = true;
    assert_left("BodyPartExamined is absent, and the model wants to know it");
    put("BodyPartExamined", "LEG");
    put("Modality", "MR");
    assert_left("Modality is not what the model takes: CR, DX");
    put("Modality", "CR");
    put("ViewPosition", "LL");
    assert_left("ViewPosition is not what the model takes: AP");
}

static void test_laterality(void **state)
{
    (void)state;
    input->laterality = LATERALITY_ONE;
    assert_left("ImageLaterality does not say which side the image shows");
    bundle->rules.checks[0].kind = CHECK_SIDE; /* the model sees it */
    bundle->rules.n_checks = 1;
    assert_taken();
    assert_int_equal(use.only, SIDE_NONE);
    input->laterality_needed = true;
    assert_left("ImageLaterality does not say which side the image shows");
    put("ImageLaterality", "L");
    assert_taken();
    assert_int_equal(use.only, SIDE_LEFT);
    input->laterality = LATERALITY_BOTH;
    assert_left("the header says that the image shows the left side only; the "
                "model wants both");
    put("ImageLaterality", "B");
    assert_taken();
}

static void test_size(void **state)
{
    (void)state;
    input->rows[0] = 350;
    input->rows[1] = 8192;
    assert_taken();
    scan.rows = 349;
    assert_left("an image of 349 x 300 pixels is not of the size that the "
                "model takes");
    strcpy(input->orientation, "L\\F");
    put("PatientOrientation", "F\\L"); /* lying: its columns are rows */
    scan.columns = 360;
    assert_taken();
    assert_true(use.turn & TURN_TRANSPOSE);
}

static void test_spacing(void **state)
{
    (void)state;
    input->spacing_required = true;
    assert_taken();
    spacing = (struct spacing){.reason = "PixelSpacing has no value"};
    assert_left("no millimeters: PixelSpacing has no value");
    bundle->rules.has_ball = true; /* which may give them */
    assert_taken();
}

static void test_orientation(void **state)
{
    (void)state;
    assert_taken();
    assert_false(use.from_behind);
    put("PatientOrientation", "R\\F"); /* any will do, and it is remembered */
    assert_taken();
    assert_true(use.from_behind);
    assert_int_equal(use.turn, TURN_NONE);
    strcpy(input->orientation, "L\\F"); /* undone for the network */
    assert_taken();
    assert_false(use.from_behind);
    assert_int_equal(use.turn, TURN_FLIP_X);
    put("PatientOrientation", "A\\F");
    assert_left("PatientOrientation is A\\F; the model wants L\\F");
    assert_string_equal(use.quality, "positioning");
    put("PatientOrientation", "");
    put("ViewPosition", "PA");
    assert_left("PatientOrientation is absent from an image that is a PA view: "
                "right and left are not certain");
    put("ViewPosition", "AP");
    assert_taken();
    input->orientation_needed = true;
    assert_left("PatientOrientation is absent, and the model wants to know it");
}

static void test_several_views(void **state)
{
    (void)state;
    bundle->n_inputs = 2;
    terms(&bundle->inputs[0].view, "AP", "PA");
    terms(&bundle->inputs[1].view, "LL", "RL");
    put("ViewPosition", "RL");
    assert_taken();
    assert_int_equal(use.input, 1);
    put("ViewPosition", "PA");
    assert_taken();
    assert_int_equal(use.input, 0);
    put("ViewPosition", "OBL");
    assert_left("none of the model's 2 views; not the first, because "
                "ViewPosition is not what the model takes: AP, PA");
}

#define CASE(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(test_object),      CASE(test_frame),         CASE(test_terms),
        CASE(test_laterality),  CASE(test_size),          CASE(test_spacing),
        CASE(test_orientation), CASE(test_several_views), CASE(test_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
