/* dicom/dataset: values by path, writing, encoding, character sets. */
#include "dicom/dataset.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static struct err err;

static int fresh(void **state)
{
    struct dcm *set = dcm_new();

    memset(&err, 0, sizeof(err));
    *state = set;
    return set == NULL;
}

static int end(void **state)
{
    dcm_free(*state);
    return 0;
}

static void sets(struct dcm *set, const char *path, const char *value)
{
    if (!dcm_set(set, path, value, &err))
        fail_msg("%s: %s", path, err.msg);
}

static const char *text(const struct dcm *set, const char *path)
{
    static char out[4][256];
    static size_t turn;
    char *mine = out[turn++ % 4];

    dcm_text(set, path, mine, sizeof(out[0]));
    return mine;
}

static void values_by_path(void **state)
{
    struct dcm *set = *state;
    char out[8];

    sets(set, "Modality", "DX");
    sets(set, "ImageType", "DERIVED\\PRIMARY\\AXIAL");
    sets(set, "RequestAttributesSequence[1].StudyID", "S1");
    sets(set, "RequestAttributesSequence[0].StudyID", "S0");
    assert_string_equal(text(set, "Modality"), "DX");
    assert_string_equal(text(set, "ImageType"), "DERIVED\\PRIMARY\\AXIAL");
    assert_true(dcm_value(set, "ImageType", 2, out, sizeof(out)));
    assert_string_equal(out, "AXIAL");
    assert_false(dcm_value(set, "ImageType", 3, out, sizeof(out)));
    assert_string_equal(out, "");
    assert_true(dcm_text(set, "ImageType", out, sizeof(out)));
    assert_string_equal(out, "DERIVED");
    assert_int_equal(dcm_items(set, "RequestAttributesSequence"), 2);
    assert_int_equal(dcm_items(set, "Modality"), 0);
    assert_int_equal(dcm_items(set, "ReferencedStudySequence"), 0);
    assert_string_equal(text(set, "RequestAttributesSequence[1].StudyID"),
                        "S1");
    assert_string_equal(text(set, "RequestAttributesSequence.StudyID"), "S0");
    assert_string_equal(text(set, "RequestAttributesSequence[2].StudyID"), "");
    assert_true(dcm_has(set, "Modality"));
    assert_false(dcm_has(set, "PatientID"));
    assert_false(dcm_has(set, "NoSuchKeyword"));
}

static void empty_is_present_without_value(void **state)
{
    struct dcm *set = *state;
    char out[8] = "x";

    sets(set, "AccessionNumber", "");
    sets(set, "ReferencedStudySequence", "");
    assert_true(dcm_has(set, "AccessionNumber"));
    assert_false(dcm_text(set, "AccessionNumber", out, sizeof(out)));
    assert_string_equal(out, "");
    assert_true(dcm_has(set, "ReferencedStudySequence"));
    assert_int_equal(dcm_items(set, "ReferencedStudySequence"), 0);
}

static void padding_does_not_count(void **state)
{
    struct dcm *set = *state;
    char out[64];

    sets(set, "StudyDescription", " Knie beidseits  ");
    sets(set, "PatientName", " Doe^J ");
    sets(set, "ImageType", "A \\ B");
    assert_string_equal(text(set, "StudyDescription"), "Knie beidseits");
    assert_string_equal(text(set, "PatientName"), " Doe^J");
    assert_true(dcm_value(set, "ImageType", 1, out, sizeof(out)));
    assert_string_equal(out, "B");
}

static void numbers(void **state)
{
    struct dcm *set = *state;
    double out = -1;

    sets(set, "PixelSpacing", " 0.143 \\ 1.5e-1");
    sets(set, "Rows", "3000");
    sets(set, "DistanceSourceToDetector", "1800");
    assert_true(dcm_number(set, "PixelSpacing", 0, &out));
    assert_true(out > 0.1429 && out < 0.1431);
    assert_true(dcm_number(set, "PixelSpacing", 1, &out));
    assert_true(out > 0.1499 && out < 0.1501);
    assert_true(dcm_number(set, "Rows", 0, &out));
    assert_true(out > 2999.5 && out < 3000.5);
    out = 7;
    assert_false(dcm_number(set, "PixelSpacing", 2, &out));
    assert_false(dcm_number(set, "Columns", 0, &out));
    assert_true(out > 6.5 && out < 7.5);
}

static void no_number_in_odd_text(void **state)
{
    static const char *const odd[] = {"0,5",   "nan",   "inf", "0x10",
                                      "1e999", "1.2.3", "12cm"};
    struct dcm *set = *state;
    double out = 7;

    for (size_t i = 0; i < sizeof(odd) / sizeof(odd[0]); i++) {
        sets(set, "PixelSpacing", odd[i]);
        assert_false(dcm_number(set, "PixelSpacing", 0, &out));
    }
    assert_true(out > 6.5 && out < 7.5);
}

static void binary_floats(void **state)
{
    struct dcm *set = *state;
    double out = 0;

    sets(set, "PixelPaddingValue", "65535");
    sets(set, "RealWorldValueMappingSequence[0].RealWorldValueSlope", "0.1");
    assert_true(dcm_number(
        set, "RealWorldValueMappingSequence.RealWorldValueSlope", 0, &out));
    assert_true(out > 0.0999999999 && out < 0.1000000001);
    assert_true(dcm_number(set, "PixelPaddingValue", 0, &out));
    assert_true(out > 65534 && out < 65536);
    sets(set, "PixelRepresentation", "1");
    sets(set, "PixelPaddingValue", "-2000");
    assert_true(dcm_number(set, "PixelPaddingValue", 0, &out));
    assert_true(out > -2001 && out < -1999);
}

struct seen {
    char all[128];
    const char *stop;
};

static bool see(void *ctx, const char *value)
{
    struct seen *seen = ctx;

    strcat(strcat(seen->all, value), ";");
    return seen->stop != NULL && strcmp(value, seen->stop) == 0;
}

static void each_visits_all_items(void **state)
{
    struct dcm *set = *state;
    struct seen seen = {"", NULL};
    const char *path = "RequestAttributesSequence"
                       ".ScheduledProtocolCodeSequence.CodeValue";

    sets(set,
         "RequestAttributesSequence[0].ScheduledProtocolCodeSequence[0]"
         ".CodeValue",
         "A");
    sets(set,
         "RequestAttributesSequence[0].ScheduledProtocolCodeSequence[1]"
         ".CodeValue",
         "B");
    sets(set,
         "RequestAttributesSequence[1].ScheduledProtocolCodeSequence[0]"
         ".CodeValue",
         "C");
    sets(set, "ImageType", "X\\\\Y");
    assert_false(dcm_each(set, path, see, &seen));
    assert_string_equal(seen.all, "A;B;C;");

    seen = (struct seen){"", "B"};
    assert_true(dcm_each(set, path, see, &seen));
    assert_string_equal(seen.all, "A;B;");

    seen = (struct seen){"", NULL};
    assert_false(dcm_each(set,
                          "RequestAttributesSequence[1]"
                          ".ScheduledProtocolCodeSequence.CodeValue",
                          see, &seen));
    assert_string_equal(seen.all, "C;");

    seen = (struct seen){"", NULL};
    assert_false(dcm_each(set, "ImageType", see, &seen));
    assert_string_equal(seen.all, "X;Y;");
}

static void keywords(void **state)
{
    bool number = true;

    (void)state;
    assert_true(dcm_keyword("Modality", &number));
    assert_false(number);
    assert_true(dcm_keyword("RequestAttributesSequence.StudyID", &number));
    assert_true(dcm_keyword("PixelSpacing", &number));
    assert_true(number);
    assert_true(dcm_keyword("Rows", &number));
    assert_true(number);
    assert_false(dcm_keyword("modality", &number));
    assert_false(dcm_keyword("0008,0060", &number));
    assert_false(dcm_keyword("Modality.StudyID", &number));
    assert_false(dcm_keyword("", &number));
    assert_false(dcm_keyword("Modality.", &number));
    assert_false(dcm_keyword("RequestAttributesSequence[0", &number));
    assert_false(dcm_keyword("RequestAttributesSequence[-1].StudyID", &number));
}

static void errors_name_the_path(void **state)
{
    struct dcm *set = *state;

    assert_false(dcm_set(set, "Modalitty", "DX", &err));
    assert_int_equal(err.code, ERR_REJECT);
    assert_string_equal(err.msg, "\"Modalitty\" is no DICOM attribute path");
    assert_false(dcm_set(set, "ReferencedStudySequence", "x", &err));
    assert_non_null(strstr(err.msg, "cannot set ReferencedStudySequence: "));
    assert_false(
        dcm_copy_item(set, "Modality", set, "ReferencedStudySequence", &err));
    assert_string_equal(
        err.msg, "ReferencedStudySequence to Modality: not both sequences");
    assert_false(dcm_copy_item(set, "ReferencedStudySequence[0]", set,
                               "ReferencedStudySequence[4]", &err));
    assert_string_equal(err.msg, "no item ReferencedStudySequence[4] to copy");
    assert_null(dcm_read("/nonexistent/a.dcm", &err));
    assert_non_null(
        strstr(err.msg, "/nonexistent/a.dcm: cannot be opened: No such"));
}

static void copies(void **state)
{
    struct dcm *from = *state;
    struct dcm *to = dcm_new();

    sets(from, "PatientID", "P1");
    sets(from, "RequestAttributesSequence[0].StudyID", "S0");
    sets(from, "RequestAttributesSequence[1].StudyID", "S1");
    assert_true(dcm_copy(to, from, "PatientID", &err));
    assert_true(dcm_copy(to, from, "PatientName", &err));
    assert_true(dcm_copy(to, from, "RequestAttributesSequence", &err));
    assert_string_equal(text(to, "PatientID"), "P1");
    assert_false(dcm_has(to, "PatientName"));
    assert_int_equal(dcm_items(to, "RequestAttributesSequence"), 2);

    sets(to, "ReferencedRequestSequence[0].AccessionNumber", "old");
    assert_true(dcm_copy_item(to, "ReferencedRequestSequence[0]", from,
                              "RequestAttributesSequence[1]", &err));
    assert_int_equal(dcm_items(to, "ReferencedRequestSequence"), 1);
    assert_string_equal(text(to, "ReferencedRequestSequence[0].StudyID"), "S1");
    assert_false(dcm_has(to, "ReferencedRequestSequence[0].AccessionNumber"));
    assert_int_equal(dcm_items(from, "RequestAttributesSequence"), 2);
    dcm_free(to);
}

static void encodes_explicit_lengths(void **state)
{
    static const unsigned char want[] = {
        0x08, 0x00, 0x60, 0x00, 'C', 'S', 2,    0,    'D',  'X',  0x08, 0x00,
        0x10, 0x11, 'S',  'Q',  0,   0,   22,   0,    0,    0,    0xFE, 0xFF,
        0x00, 0xE0, 14,   0,    0,   0,   0x08, 0x00, 0x55, 0x11, 'U',  'I',
        6,    0,    '1',  '.',  '2', '.', '3',  0,    0xE0, 0x7F, 0x10, 0x00,
        'O',  'B',  0,    0,    4,   0,   0,    0,    1,    2,    3,    0};
    struct dcm *set = *state;
    unsigned char *bytes = NULL;
    size_t n = 0;

    sets(set, "Modality", "DX");
    sets(set, "ReferencedStudySequence[0].ReferencedSOPInstanceUID", "1.2.3");
    assert_true(dcm_set_bytes(set, "PixelData", "\1\2\3", 3, &err));
    assert_true(dcm_encode(set, &bytes, &n, &err));
    assert_int_equal(n, sizeof(want));
    assert_memory_equal(bytes, want, sizeof(want));
    free(bytes);
}

static void encodes_more_than_one_buffer(void **state)
{
    struct dcm *set = *state;
    unsigned char *bytes = NULL;
    unsigned char *pixels = malloc(300000);
    size_t n = 0;

    for (size_t i = 0; i < 300000; i++)
        pixels[i] = (unsigned char)(i % 251);
    sets(set, "BitsAllocated", "16");
    assert_true(dcm_set_bytes(set, "PixelData", pixels, 300000, &err));
    assert_false(dcm_set_bytes(set, "PixelData", pixels, 3, &err));
    assert_non_null(strstr(err.msg, "cannot set PixelData: "));
    assert_true(dcm_encode(set, &bytes, &n, &err));
    assert_int_equal(n, 10 + 12 + 300000);
    assert_memory_equal(bytes + 10, "\xE0\x7F\x10\x00OW", 6);
    assert_memory_equal(bytes + 22, pixels, 300000);
    free(bytes);
    free(pixels);
}

static void converts_to_utf8(void **state)
{
    struct dcm *set = *state;

    sets(set, "SpecificCharacterSet", "ISO_IR 100");
    sets(set, "PatientName", "M\xFCller^J");
    sets(set, "RequestAttributesSequence[0].StudyID", "Kn\xF6");
    assert_true(dcm_to_utf8(set, &err));
    assert_string_equal(text(set, "SpecificCharacterSet"), "ISO_IR 192");
    assert_string_equal(text(set, "PatientName"), "M\xC3\xBCller^J");
    assert_string_equal(text(set, "RequestAttributesSequence.StudyID"),
                        "Kn\xC3\xB6");
}

static void unknown_character_set_is_an_error(void **state)
{
    struct dcm *set = *state;

    sets(set, "SpecificCharacterSet", "ISO_IR 999");
    sets(set, "PatientName", "M\xFCller^J");
    assert_false(dcm_to_utf8(set, &err));
    assert_int_equal(err.code, ERR_REJECT);
    assert_non_null(strstr(err.msg, "texts cannot be converted to UTF-8: "));
}

static void reads_a_real_file_up_to_pixels(void **state)
{
    const char *data = getenv("OSTEON_TESTDATA");
    char path[512];
    struct dcm *set;
    unsigned char *bytes = NULL;
    size_t n = 0;

    (void)state;
    snprintf(path, sizeof(path), "%s/dicom/bone_misc/MOVEKNEE.dcm",
             data != NULL ? data : "../shared/data");
    if (access(path, R_OK) != 0) {
        print_message("# skipped: no %s\n", path);
        skip();
    }
    set = dcm_read(path, &err);
    assert_non_null(set);
    assert_true(dcm_has(set, "Rows"));
    assert_false(dcm_has(set, "PixelData"));
    assert_true(dcm_encode(set, &bytes, &n, &err));
    assert_true(n > 500);
    free(bytes);
    dcm_free(set);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, fresh, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(values_by_path),
        TEST(empty_is_present_without_value),
        TEST(padding_does_not_count),
        TEST(numbers),
        TEST(no_number_in_odd_text),
        TEST(binary_floats),
        TEST(each_visits_all_items),
        TEST(keywords),
        TEST(errors_name_the_path),
        TEST(copies),
        TEST(encodes_explicit_lengths),
        TEST(encodes_more_than_one_buffer),
        TEST(converts_to_utf8),
        TEST(unknown_character_set_is_an_error),
        TEST(reads_a_real_file_up_to_pixels),
    };

    return cmocka_run_group_tests_name("dataset", tests, NULL, NULL);
}
