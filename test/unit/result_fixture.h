#ifndef TEST_RESULT_FIXTURE_H
#define TEST_RESULT_FIXTURE_H

/* For the tests of sr_writer: a made-up long-leg radiograph as a Part 10 file
 * and findings on it. Nobody is called Test^Result. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "conf/version.h"
#include "dicom/dataset.h"
#include "sr_writer/results.h"
#include "test/unit/golden.h"

#define FIXTURE_CLASS   "1.2.840.10008.5.1.4.1.1.1.1"
#define FIXTURE_UID     "2.25.300321522474272237606619546530127799714"
#define FIXTURE_STUDY   "2.25.285477592131247137606406734023616622872"
#define FIXTURE_ROWS    400
#define FIXTURE_COLUMNS 180

static void must(bool ok, const struct err *err)
{
    if (!ok)
        fail_msg("%s", err->msg);
}

/* One element of the meta header: explicit VR little endian, even length. */
static size_t fixture_meta(unsigned char *at, unsigned element, const char *vr,
                           const char *value)
{
    size_t n = strlen(value), even = n + n % 2;

    memcpy(at, (unsigned char[]){2, 0, (unsigned char)element, 0}, 4);
    memcpy(at + 4, vr, 2);
    at[6] = (unsigned char)even;
    at[7] = 0;
    memset(at + 8, 0, even);
    memcpy(at + 8, value, n);
    return 8 + even;
}

/* PS3.10 7.1 */
static void fixture_part10(const char *path, const char *sop_class,
                           const char *sop_uid, const void *bytes, size_t n)
{
    unsigned char head[1024] = {0}, *at = head + 132 + 12;
    FILE *file = fopen(path, "wb");
    size_t meta;

    memcpy(head + 128, "DICM", 4);
    memcpy(at, "\2\0\1\0OB\0\0\2\0\0\0\0\1", 14);
    at += 14;
    at += fixture_meta(at, 0x02, "UI", sop_class);
    at += fixture_meta(at, 0x03, "UI", sop_uid);
    at += fixture_meta(at, 0x10, "UI", "1.2.840.10008.1.2.1");
    at += fixture_meta(at, 0x12, "UI", OSTEON_IMPLEMENTATION_UID);
    at += fixture_meta(at, 0x13, "SH", OSTEON_IMPLEMENTATION_NAME);
    meta = (size_t)(at - head) - 144;
    memcpy(head + 132, "\2\0\0\0UL\4\0", 8);
    head[140] = (unsigned char)(meta & 0xFF);
    head[141] = (unsigned char)(meta >> 8);
    assert_non_null(file);
    assert_int_equal(fwrite(head, 1, (size_t)(at - head), file), at - head);
    assert_int_equal(fwrite(bytes, 1, n, file), n);
    assert_int_equal(fclose(file), 0);
}

static void fixture_save(const struct dcm *set, const char *path)
{
    char sop_class[65], sop_uid[65];
    unsigned char *bytes = NULL;
    struct err err = {0};
    size_t n = 0;

    dcm_text(set, "SOPClassUID", sop_class, sizeof(sop_class));
    dcm_text(set, "SOPInstanceUID", sop_uid, sizeof(sop_uid));
    must(dcm_encode(set, &bytes, &n, &err), &err);
    fixture_part10(path, sop_class, sop_uid, bytes, n);
    free(bytes);
}

/* A Digital X-Ray image; pixels only so that validators are content. */
static struct dcm *fixture_image(void)
{
    static const char *const rows[][2] = {
        {"SOPClassUID", FIXTURE_CLASS},
        {"SOPInstanceUID", FIXTURE_UID},
        {"StudyInstanceUID", FIXTURE_STUDY},
        {"SeriesInstanceUID", "2.25.296167535164538818901573743989040363295"},
        {"ImageType", "ORIGINAL\\PRIMARY"},
        {"StudyDate", "20260105"},
        {"StudyTime", "101500"},
        {"AcquisitionDate", "20260105"},
        {"AcquisitionTime", "101600"},
        {"ContentDate", "20260105"},
        {"ContentTime", "101600"},
        {"AccessionNumber", "A-0815"},
        {"Modality", "DX"},
        {"PresentationIntentType", "FOR PRESENTATION"},
        {"Manufacturer", "somebody"},
        {"ManufacturerModelName", "detector"},
        {"ReferringPhysicianName", "House^G"},
        {"StudyDescription", "Long leg standing"},
        {"PatientName", "Test^Result"},
        {"PatientID", "T-4711"},
        {"IssuerOfPatientID", "TESTSITE"},
        {"PatientBirthDate", "19580203"},
        {"PatientSex", "F"},
        {"PatientAge", "067Y"},
        {"BodyPartExamined", "LEG"},
        {"ImagerPixelSpacing", "1.4\\1.4"},
        {"EstimatedRadiographicMagnificationFactor", "1.07"},
        {"StudyID", "77"},
        {"SeriesNumber", "1"},
        {"InstanceNumber", "1"},
        {"PatientOrientation", "L\\F"},
        {"ImageLaterality", "B"},
        {"SamplesPerPixel", "1"},
        {"PhotometricInterpretation", "MONOCHROME2"},
        {"Rows", "400"},
        {"Columns", "180"},
        {"BitsAllocated", "8"},
        {"BitsStored", "8"},
        {"HighBit", "7"},
        {"PixelRepresentation", "0"},
        {"PixelIntensityRelationship", "LOG"},
        {"PixelIntensityRelationshipSign", "-1"},
        {"RescaleIntercept", "0"},
        {"RescaleSlope", "1"},
        {"RescaleType", "US"},
        {"PresentationLUTShape", "IDENTITY"},
        {"LossyImageCompression", "00"},
        {"BurnedInAnnotation", "NO"},
        {"DetectorType", "DIRECT"},
        {"PositionerType", "NONE"},
        {"AcquisitionContextSequence", ""},
        {"AnatomicRegionSequence[0].CodeValue", "61685007"},
        {"AnatomicRegionSequence[0].CodingSchemeDesignator", "SCT"},
        {"AnatomicRegionSequence[0].CodeMeaning", "Lower limb"},
        {"WindowCenter", "128"},
        {"WindowWidth", "256"},
    };
    static unsigned char pixels[FIXTURE_ROWS * FIXTURE_COLUMNS];
    struct dcm *set = dcm_new();
    struct err err = {0};

    assert_non_null(set);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        must(dcm_set(set, rows[i][0], rows[i][1], &err), &err);
    must(dcm_set_bytes(set, "PixelData", pixels, sizeof(pixels), &err), &err);
    return set;
}

/* Findings of both legs on one image. */
struct fixture {
    struct findings findings;
    struct conf_results options;
    struct result_request request;
    const char *paths[2];
    char path[2][320];
};

static void fixture_leg(struct findings *f, enum side side, double x)
{
    const double points[4][2] = {
        {x, 40.25}, {x + 4, 200}, {x + 4.5, 203.75}, {x - 1, 350.5}};
    struct measurement *angle = &f->measurements[f->n_measurements];
    struct measurement *length = angle + 1;

    f->n_measurements += 2;
    *angle = (struct measurement){.id = "hka",
                                  .concept = "hip_knee_ankle_angle",
                                  .site = "lower_limb",
                                  .side = side,
                                  .kind = MEASURE_ANGLE,
                                  .value = 176.4449,
                                  .unit = "deg",
                                  .confidence = 0.875,
                                  .n_points = 4};
    memcpy(angle->points, points, sizeof(points));
    *length = (struct measurement){.id = "leg_length",
                                   .concept = "leg_length",
                                   .site = "lower_limb",
                                   .side = side,
                                   .kind = MEASURE_DISTANCE,
                                   .value = 405.96,
                                   .unit = "mm",
                                   .confidence = 0.9,
                                   .n_points = 2};
    memcpy(length->points[0], points[0], sizeof(points[0]));
    memcpy(length->points[1], points[3], sizeof(points[3]));
}

static void fixture_refuse(struct findings *f, enum side side, const char *id,
                           const char *concept, const char *reason)
{
    struct refusal *refusal = &f->refused[f->n_refused++];

    memset(refusal, 0, sizeof(*refusal));
    refusal->side = side;
    snprintf(refusal->id, sizeof(refusal->id), "%s", id);
    snprintf(refusal->concept, sizeof(refusal->concept), "%s", concept);
    snprintf(refusal->site, sizeof(refusal->site), "lower_limb");
    snprintf(refusal->reason, sizeof(refusal->reason), "%s", reason);
}

static void fixture_refuse_side(struct findings *f, enum side side)
{
    static const char why[] = "the ankle lies outside the image";

    fixture_refuse(f, side, "hka", "hip_knee_ankle_angle", why);
    fixture_refuse(f, side, "leg_length", "leg_length", why);
}

/* No measurement yet. image 0 is `name` in golden_dir. */
static void fixture_make(struct fixture *x, const char *name)
{
    struct findings *f = &x->findings;

    memset(x, 0, sizeof(*x));
    snprintf(x->path[0], sizeof(x->path[0]), "%s/%s", golden_dir, name);
    x->paths[0] = x->path[0];
    x->paths[1] = x->path[1];
    snprintf(f->model, sizeof(f->model), "leg-alignment");
    snprintf(f->version, sizeof(f->version), "1.0.0");
    snprintf(f->manufacturer, sizeof(f->manufacturer), "osteon project");
    snprintf(f->description, sizeof(f->description), "Leg axes");
    memset(f->weights_sha256, 'a', 64);
    memset(f->config_sha256, 'b', 64);
    f->min_confidence = 0.5;
    f->n_images = 1;
    f->images[0] = (struct findings_image){
        .sop_class = FIXTURE_CLASS,
        .sop_uid = FIXTURE_UID,
        .rows = FIXTURE_ROWS,
        .columns = FIXTURE_COLUMNS,
        .calibration = CALIBRATION_MAGNIFIED,
        .spacing_mm = {1.30841, 1.30841},
    };
    x->options = (struct conf_results){.series_number = 9001};
    x->request = (struct result_request){
        .findings = f,
        .source_paths = x->paths,
        .options = &x->options,
        .node_ae = "OSTEON",
        .site_secret = "0123456789abcdef",
        .content_ms = INT64_C(1767607200123), /* 2026-01-05 10:00 UTC */
    };
}

/* The bytes of a result as a data set. */
static struct dcm *fixture_read(const struct result *result, const char *path)
{
    struct err err = {0};
    struct dcm *set;

    fixture_part10(path, result->object.sop_class, result->object.sop_uid,
                   result->bytes, result->n_bytes);
    set = dcm_read(path, &err);
    must(set != NULL, &err);
    return set;
}

static const char *fixture_text(const struct dcm *set, const char *path)
{
    static char text[8][1100];
    static size_t next;
    char *out = text[next++ % 8];

    dcm_text(set, path, out, sizeof(text[0]));
    return out;
}

#endif
