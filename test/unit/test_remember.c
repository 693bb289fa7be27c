/* inference/remember: whose numbers they are, and that nobody's and two
 * people's are kept apart. */
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
#include "db/tracking.h"
#include "inference/remember.h"

static const struct bundle bundle = {
    .rules = {.measures = {{.id = "cup", .side = SIDE_RIGHT, .implant = true},
                           {.id = "cup", .side = SIDE_LEFT, .implant = true},
                           {.id = "nsa", .side = SIDE_RIGHT}},
              .n_measures = 3}};

static struct findings findings = {
    .study_date = "20240105",
    .model = "hip",
    .version = "2",
    .weights_sha256 = "w",
    .images = {{.sop_uid = "1.2.3.4"},
               {.sop_class = "1.7",
                .sop_uid = "1.2.3.5",
                .series_uid = "1.2.3",
                .frame = 3,
                .input = "film",
                .view = "AP",
                .body_part = "HIP",
                .calibration = CALIBRATION_OBJECT}},
    .n_images = 2,
    .measurements = {{.id = "nsa",
                      .concept = "c",
                      .site = "femur",
                      .side = SIDE_RIGHT,
                      .value = 131,
                      .unit = "deg",
                      .confidence = 0.5,
                      .image = 1},
                     {.id = "cup", .side = SIDE_LEFT},
                     {.id = "nsa", .side = SIDE_RIGHT, .site = "femur"},
                     {.id = "height", .side = SIDE_NONE}},
    .n_measurements = 4};

static struct analyse_source sources[2];
static struct history history;
static struct err err;

static struct analyse_source image(const char *charset, const char *issuer,
                                   const char *id)
{
    const char *const tags[][2] = {{"SOPClassUID", "1.2.840.10008.5.1.4.1.1.1"},
                                   {"SOPInstanceUID", "1.2.3.4"},
                                   {"SpecificCharacterSet", charset},
                                   {"IssuerOfPatientID", issuer},
                                   {"PatientID", id}};
    struct object object = {.sop_class = "1.2.840.10008.5.1.4.1.1.1",
                            .sop_uid = "1.2.3.4",
                            .transfer_syntax = "1.2.840.10008.1.2.1"};
    struct analyse_source source = {.transfer_syntax = "1.2.840.10008.1.2.1"};
    unsigned char header[PART10_HEADER_BYTES], *bytes;
    struct dcm *set = dcm_new();
    size_t n;

    for (size_t i = 0; i < sizeof tags / sizeof tags[0]; i++)
        assert_true(dcm_set(set, tags[i][0], tags[i][1], &err));
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

static bool made(struct analyse_source first, struct analyse_source second)
{
    static const char *const digests[] = {"aa", "bb"};
    struct remember_how how = {.bundle = &bundle,
                               .sources = sources,
                               .source_sha256 = digests,
                               .secret = "s",
                               .study_uid = "1.2.3"};

    sources[0] = first;
    sources[1] = second;
    memset(&err, 0, sizeof err);
    bool ok = remember(&findings, &how, &history, &err);
    close(first.fd);
    close(second.fd);
    return ok;
}

static void a_row_for_each_measurement(void **state)
{
    const struct history_row *row;
    char uid[65];

    (void)state;
    assert_true(made(image("", "I", "4711"), image("", "I", "4711")));
    assert_int_equal(history.n, 4);
    assert_string_equal(history.patient.issuer, "I");
    assert_string_equal(history.patient.id, "4711");
    row = &history.rows[0];
    assert_string_equal(row->measure, "nsa");
    assert_string_equal(row->concept, "c");
    assert_true(row->value == 131 && row->confidence == 0.5);
    assert_string_equal(row->study_uid, "1.2.3");
    assert_string_equal(row->study_date, "20240105");
    assert_string_equal(row->sop_uid, "1.2.3.5");
    assert_string_equal(row->sop_class, "1.7");
    assert_string_equal(row->series_uid, "1.2.3");
    assert_string_equal(row->sha256, "bb");
    assert_int_equal(row->frame, 3);
    assert_string_equal(row->input, "film");
    assert_string_equal(row->view, "AP");
    assert_string_equal(row->body_part, "HIP");
    assert_int_equal(row->calibration, CALIBRATION_OBJECT);
    assert_string_equal(row->model, "hip");
    assert_string_equal(row->version, "2");
    assert_string_equal(row->weights_sha256, "w");
    tracking_uid(uid, "s", "I|4711", "nsa", "femur", SIDE_RIGHT, 1);
    assert_string_equal(row->tracking_uid, uid);
    tracking_uid(uid, "s", "I|4711", "nsa", "femur", SIDE_RIGHT, 2);
    assert_string_equal(history.rows[2].tracking_uid, uid);
    history_free(&history);
}

/* The left hip is replaced: said of all on that side and of what has none. */
static void an_implant_counts_for_its_side(void **state)
{
    (void)state;
    assert_true(made(image("", "I", "4711"), image("", "I", "4711")));
    assert_false(history.rows[0].implant);
    assert_true(history.rows[1].implant);
    assert_true(history.rows[3].implant);
    history_free(&history);
}

static void two_people_are_refused(void **state)
{
    (void)state;
    assert_false(made(image("", "I", "4711"), image("", "I", "4712")));
    assert_string_equal(err.msg,
                        "the images of one job disagree in PatientID: correct "
                        "them in the PACS and send them again");
    assert_int_equal(err.code, ERR_REJECT);
    assert_false(made(image("", "I", "4711"), image("", "J", "4711")));
    assert_string_equal(err.msg,
                        "the images of one job disagree in IssuerOfPatientID: "
                        "correct them in the PACS and send them again");
}

static void nobody_is_followed(void **state)
{
    char uid[65];

    (void)state;
    assert_true(made(image("", "I", ""), image("", "I", "")));
    assert_string_equal(history.patient.id, "");
    tracking_uid(uid, "s", "study|1.2.3", "nsa", "femur", SIDE_RIGHT, 1);
    assert_string_equal(history.rows[0].tracking_uid, uid);
    history_free(&history);
}

/* Kept as it is typed, followed by the bytes of the image. */
static void names_in_other_character_sets(void **state)
{
    char uid[65];

    (void)state;
    assert_true(made(image("ISO_IR 100", "", "M\xdcLLER"),
                     image("ISO_IR 100", "", "M\xdcLLER")));
    assert_string_equal(history.patient.id, "MÜLLER");
    tracking_uid(uid, "s", "|M\xdcLLER", "nsa", "femur", SIDE_RIGHT, 1);
    assert_string_equal(history.rows[0].tracking_uid, uid);
    history_free(&history);
}

static void a_header_that_cannot_be_read_is_nobody(void **state)
{
    struct analyse_source broken = {.fd = memfd_create("none", MFD_CLOEXEC)};

    (void)state;
    assert_true(made(broken, image("", "I", "4711")));
    assert_string_equal(history.patient.id, "4711");
    history_free(&history);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_row_for_each_measurement),
        cmocka_unit_test(an_implant_counts_for_its_side),
        cmocka_unit_test(two_people_are_refused),
        cmocka_unit_test(nobody_is_followed),
        cmocka_unit_test(names_in_other_character_sets),
        cmocka_unit_test(a_header_that_cannot_be_read_is_nobody),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
