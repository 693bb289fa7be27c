/* What the header of an image alone decides: no process is started for it, so
 * the program named here does not exist. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>

#include "db/part10.h"
#include "inference/analyse.h"

static const struct bundle bundle = {
    .name = "knee",
    .version = "1",
    .inputs = {{.name = "film", .orientation = "L\\F"}},
    .n_inputs = 1,
    .stages = {{.network = {.rows = 64, .columns = 32}}},
    .n_stages = 1,
    .rules = {.objects = {{.name = "right.a"}, {.name = "right.b"}},
              .n_objects = 2,
              .n_landmarks = 2,
              .measures = {{.id = "span",
                            .side = SIDE_RIGHT,
                            .kind = RULE_DISTANCE,
                            .objects = {0, 1},
                            .n_objects = 2,
                            .min = 1,
                            .max = 2},
                           {.id = "gap",
                            .side = SIDE_LEFT,
                            .kind = RULE_DISTANCE,
                            .objects = {0, 1},
                            .n_objects = 2}},
              .n_measures = 2}};

static struct analysis analysis;
static struct child *child;
static struct err err;
static const char *extra[2]; /* an attribute more, or NULL */

static int setup(void **state)
{
    (void)state;
    child = child_open("/nonexistent", "cpu", 1, false);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    child_close(child);
    return 0;
}

/* An image that is fine, but for one attribute; value NULL: left out. */
static struct analyse_source make_source(const char *keyword, const char *value)
{
    static const char *const tags[][2] = {
        {"SOPClassUID", "1.2.840.10008.5.1.4.1.1.1"},
        {"SOPInstanceUID", "1.2.3.4"},
        {"StudyInstanceUID", "1.2.3"},
        {"SeriesInstanceUID", "1.2.3.1"},
        {"PatientOrientation", "L\\F"},
        {"ImagerPixelSpacing", "0.1\\0.1"},
        {"SamplesPerPixel", "1"},
        {"PhotometricInterpretation", "MONOCHROME2"},
        {"NumberOfFrames", "1"},
        {"Rows", "8"},
        {"Columns", "4"},
        {"BitsAllocated", "8"},
        {"BitsStored", "8"},
        {"HighBit", "7"},
        {"PixelRepresentation", "0"}};
    struct object object = {.sop_class = "1.2.840.10008.5.1.4.1.1.1",
                            .sop_uid = "1.2.3.4",
                            .transfer_syntax = "1.2.840.10008.1.2.1"};
    struct analyse_source source = {.transfer_syntax = "1.2.840.10008.1.2.1"};
    unsigned char header[PART10_HEADER_BYTES], *bytes;
    size_t n;
    struct dcm *set = dcm_new();
    for (size_t i = 0; i < sizeof tags / sizeof tags[0]; i++) {
        bool this = strcmp(tags[i][0], keyword) == 0;
        if (!this || value)
            assert_true(
                dcm_set(set, tags[i][0], this ? value : tags[i][1], &err));
    }
    if (extra[0])
        assert_true(dcm_set(set, extra[0], extra[1], &err));
    if (strcmp(keyword, "PixelData") != 0)
        assert_true(dcm_set_bytes(set, "PixelData", "\1\2\3\4", 4, &err));
    assert_true(dcm_encode(set, &bytes, &n, &err));
    source.fd = memfd_create("image", MFD_CLOEXEC);
    source.offset = (int64_t)part10_header(&object, header);
    assert_int_equal(write(source.fd, header, (size_t)source.offset),
                     source.offset);
    assert_int_equal(write(source.fd, bytes, n), n);
    free(bytes);
    dcm_free(set);
    return source;
}

static bool analyse(const struct analyse_source *sources, size_t n)
{
    memset(&err, 0, sizeof err);
    struct analyse_how how = {.image_ms = 1000};
    bool ok = analyse_images(child, &bundle, sources, n, &how, &analysis, &err);
    analyse_free(&analysis);
    return ok;
}

static void test_refusals(void **state)
{
    (void)state;
    static const struct {
        const char *keyword, *value, *reason;
    } cases[] = {
        {"PatientOrientation", "A\\F",
         "PatientOrientation is A\\F; the model wants L\\F"},
        {"PatientOrientation", "L",
         "PatientOrientation is L\\; the model wants L\\F"},
        {"PhotometricInterpretation", "RGB",
         "PhotometricInterpretation is RGB; the model takes grey images"},
        {"PhotometricInterpretation", NULL,
         "PhotometricInterpretation is absent; the model takes grey images"},
        {"PhotometricInterpretation", "DOE^JANE",
         "PhotometricInterpretation is no term of DICOM's; the model takes "
         "grey images"},
        {"PatientOrientation", "DOE\\JANE",
         "PatientOrientation is no direction; the model wants L\\F"},
        {"Rows", NULL, "the object holds no image"},
        {"PixelData", NULL, "the object holds no image"},
        {"StudyInstanceUID", NULL, "StudyInstanceUID is missing or empty"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct analyse_source source =
            make_source(cases[i].keyword, cases[i].value);
        if (!analyse(&source, 1))
            fail_msg("%s: %s", cases[i].reason, err.msg);
        const struct findings *f = &analysis.findings;
        assert_int_equal(f->n_measurements, 0);
        assert_int_equal(f->n_refused, 2);
        assert_string_equal(f->refused[0].reason, cases[i].reason);
        assert_string_equal(f->refused[1].reason, cases[i].reason);
        assert_int_equal(f->refused[1].side, SIDE_LEFT);
        close(source.fd);
    }
}

/* Without orientation right and left hang on how the film was displayed. */
static void test_no_orientation(void **state)
{
    (void)state;
    static const struct {
        const char *keyword, *value, *reason;
    } cases[] = {
        {"ViewPosition", "PA",
         "PatientOrientation is absent from an image that is a PA view: right "
         "and left are not certain"},
        {"FieldOfViewHorizontalFlip", "YES",
         "PatientOrientation is absent from an image that is flipped: right "
         "and left are not certain"},
        {"ViewPosition", "AP", NULL},
        {"FieldOfViewHorizontalFlip", "NO", NULL},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        extra[0] = cases[i].keyword;
        extra[1] = cases[i].value;
        struct analyse_source bare = make_source("PatientOrientation", NULL);
        struct analyse_source told = make_source("", NULL);
        extra[0] = NULL;
        assert_int_equal(analyse(&bare, 1), cases[i].reason != NULL);
        if (cases[i].reason)
            assert_string_equal(analysis.findings.refused[0].reason,
                                cases[i].reason);
        assert_false(analyse(&told, 1)); /* as far as the process */
        close(bare.fd);
        close(told.fd);
    }
}

/* Fine and fine without orientation: both get as far as the process. */
static void test_accepted(void **state)
{
    (void)state;
    static const char *const keywords[] = {"", "PatientOrientation"};
    for (size_t i = 0; i < 2; i++) {
        struct analyse_source source = make_source(keywords[i], NULL);
        assert_false(analyse(&source, 1));
        assert_string_equal(err.msg, "/nonexistent: No such file or directory");
        close(source.fd);
    }
}

static void test_findings_say_who_and_what(void **state)
{
    (void)state;
    extra[0] = "NumberOfFrames";
    extra[1] = "2";
    struct analyse_source source =
        make_source("PhotometricInterpretation", "RGB");
    extra[0] = NULL;
    assert_true(analyse(&source, 1));
    const struct findings_image *image = &analysis.findings.images[0];
    assert_string_equal(analysis.findings.model, "knee");
    assert_string_equal(image->sop_uid, "1.2.3.4");
    assert_int_equal(image->rows, 8);
    assert_int_equal(image->frame, 1);
    assert_int_equal(image->calibration, CALIBRATION_DETECTOR);
    close(source.fd);
}

/* What is left to say of a failed analysis; a file that is no DICOM cannot be
 * spoken of, but stays open for who closes it. */
static void test_failed(void **state)
{
    (void)state;
    static struct findings f;
    struct analyse_source sources[2] = {{.transfer_syntax = "1.2.840.10008.1"
                                                            ".2.1"},
                                        make_source("", NULL)};
    size_t n = 2;
    sources[0].fd = memfd_create("empty", MFD_CLOEXEC);
    int empty = sources[0].fd;
    analyse_failed(&bundle, sources, &n, "it crashed", &f);
    assert_int_equal(n, 1);
    assert_int_equal(sources[1].fd, empty);
    assert_int_equal(f.n_images, 1);
    assert_string_equal(f.images[0].sop_uid, "1.2.3.4");
    assert_string_equal(f.failure, "it crashed");
    assert_string_equal(f.model, "knee");
    assert_int_equal(f.n_refused + f.n_measurements, 0);
    close(sources[0].fd);
    close(sources[1].fd);
}

static void test_too_many_images(void **state)
{
    (void)state;
    struct analyse_source sources[FINDINGS_IMAGES + 1] = {0};
    assert_false(analyse(sources, FINDINGS_IMAGES + 1));
    assert_int_equal(err.code, ERR_REJECT);
    assert_string_equal(err.msg,
                        "the job selects 17 images, and one report of model "
                        "knee holds 1 to 16; narrow the route's match");
    assert_false(analyse(sources, 0));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_refusals),
        cmocka_unit_test(test_no_orientation),
        cmocka_unit_test(test_accepted),
        cmocka_unit_test(test_findings_say_who_and_what),
        cmocka_unit_test(test_failed),
        cmocka_unit_test(test_too_many_images),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
