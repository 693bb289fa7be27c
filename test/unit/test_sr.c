/* sr_writer/sr.c: what stands in a report, for every shape a job can end in.
 * With OSTEON_GOLDEN=DIR the reports and their images are also left there, so
 * that scripts/validate can show them to the judges. */
#include "test/unit/result_fixture.h"

#define CONTENT      "ContentSequence"
#define SUMMARY_TEXT "AI-generated, not verified by a physician."

static void two_sided(struct fixture *x, struct dcm *image)
{
    (void)image;
    fixture_leg(&x->findings, SIDE_RIGHT, 50);
    fixture_leg(&x->findings, SIDE_LEFT, 130);
}

static void one_refused(struct fixture *x, struct dcm *image)
{
    (void)image;
    fixture_leg(&x->findings, SIDE_RIGHT, 50);
    fixture_refuse_side(&x->findings, SIDE_LEFT);
}

static void all_refused(struct fixture *x, struct dcm *image)
{
    (void)image;
    fixture_refuse_side(&x->findings, SIDE_RIGHT);
    fixture_refuse_side(&x->findings, SIDE_LEFT);
}

static void no_spacing(struct fixture *x, struct dcm *image)
{
    struct findings *f = &x->findings;

    (void)image;
    two_sided(x, image);
    f->images[0].calibration = CALIBRATION_NONE;
    memset(f->images[0].spacing_mm, 0, sizeof(f->images[0].spacing_mm));
    f->measurements[1] = f->measurements[2];
    f->n_measurements = 2;
    fixture_refuse(f, SIDE_RIGHT, "leg_length", "leg_length",
                   "the image gives no pixel spacing");
    fixture_refuse(f, SIDE_LEFT, "leg_length", "leg_length",
                   "the image gives no pixel spacing");
}

static void monochrome1(struct fixture *x, struct dcm *image)
{
    struct err err = {0};

    two_sided(x, image);
    must(dcm_set(image, "PhotometricInterpretation", "MONOCHROME1", &err),
         &err);
    must(dcm_set(image, "PresentationLUTShape", "INVERSE", &err), &err);
}

static void latin1(struct fixture *x, struct dcm *image)
{
    struct err err = {0};

    two_sided(x, image);
    must(dcm_set(image, "SpecificCharacterSet", "ISO_IR 100", &err), &err);
    must(dcm_set(image, "PatientName", "M\374ller^J\366rg", &err), &err);
    must(dcm_set(image, "StudyDescription", "Ganzbeinaufnahme f\374r OP", &err),
         &err);
}

static void utf8(struct fixture *x, struct dcm *image)
{
    latin1(x, image);
    x->options.charset = CONF_CHARSET_UTF8;
}

static void requested(struct fixture *x, struct dcm *image)
{
#define REQUEST   "RequestAttributesSequence[0]."
#define CODE      REQUEST "RequestedProcedureCodeSequence[0]."
#define PROCEDURE "ProcedureCodeSequence[0]."
    static const char *const rows[][2] = {
        {REQUEST "RequestedProcedureID", "RP1"},
        {REQUEST "RequestedProcedureDescription", "Long leg both sides"},
        {REQUEST "ScheduledProcedureStepID", "SPS1"},
        {REQUEST "PlacerOrderNumberImagingServiceRequest", "PO-1"},
        {CODE "CodeValue", "LL2"},
        {CODE "CodingSchemeDesignator", "99LOCAL"},
        {CODE "CodeMeaning", "Long leg"},
        {PROCEDURE "CodeValue", "25045-6"},
        {PROCEDURE "CodingSchemeDesignator", "LN"},
        {PROCEDURE "CodeMeaning", "CT unspecified body region"},
        {"TimezoneOffsetFromUTC", "+0900"},
    };
    struct err err = {0};

    two_sided(x, image);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        must(dcm_set(image, rows[i][0], rows[i][1], &err), &err);
}

static void demonstration(struct fixture *x, struct dcm *image)
{
    two_sided(x, image);
    snprintf(x->findings.demonstration, sizeof(x->findings.demonstration),
             "trained on rendered phantoms only, not for clinical use");
}

static void multi_frame(struct fixture *x, struct dcm *image)
{
    two_sided(x, image);
    x->findings.images[0].frame = 3;
}

static const struct object earlier = {
    .sop_class = "1.2.840.10008.5.1.4.1.1.88.33",
    .sop_uid = "2.25.111",
    .study_uid = FIXTURE_STUDY,
    .series_uid = "2.25.222",
};

static void revised(struct fixture *x, struct dcm *image)
{
    two_sided(x, image);
    x->request.predecessor = &earlier;
}

static void cobb(struct fixture *x, struct dcm *image)
{
    struct measurement *m = &x->findings.measurements[0];

    (void)image;
    fixture_leg(&x->findings, SIDE_NONE, 50);
    snprintf(m->concept, sizeof(m->concept), "cobb_angle");
    snprintf(m->site, sizeof(m->site), "thoracic_spine");
    x->options.angle_lines = CONF_ANGLE_ARMS;
}

typedef void shape(struct fixture *x, struct dcm *image);

static bool build(struct fixture *x, shape *make, const char *name, bool is_3d,
                  struct result *out, struct err *err)
{
    struct dcm *image = fixture_image();
    char file[48];

    snprintf(file, sizeof(file), "image_%s.dcm", name);
    fixture_make(x, file);
    make(x, image);
    fixture_save(image, x->path[0]);
    dcm_free(image);
    return sr_build(&x->request, is_3d, out, err);
}

/* The report of a shape, read back from its bytes. */
static struct dcm *report(shape *make, bool is_3d)
{
    struct fixture x;
    struct result result;
    struct err err = {0};
    struct dcm *set;
    char path[320];

    must(build(&x, make, "one", is_3d, &result, &err), &err);
    snprintf(path, sizeof(path), "%s/sr.dcm", fixture_dir);
    set = fixture_read(&result, path);
    result_free(&result);
    return set;
}

/* The path of the first item below `parent` with that concept; false: none.
 * which: 0-based among those with the same concept. */
static bool find(const struct dcm *set, const char *parent, const char *concept,
                 size_t which, char out[200])
{
    char path[200];
    size_t n;

    snprintf(path, sizeof(path), "%s%s" CONTENT, parent,
             *parent == '\0' ? "" : ".");
    n = dcm_items(set, path);
    for (size_t i = 0; i < n; i++) {
        char name[240];
        snprintf(name, sizeof(name),
                 "%.150s[%zu].ConceptNameCodeSequence[0].CodeValue", path, i);
        if (strcmp(fixture_text(set, name), concept) == 0 && which-- == 0) {
            snprintf(out, 200, "%.150s[%zu]", path, i);
            return true;
        }
    }
    return false;
}

static void assert_at(const struct dcm *set, const char *item,
                      const char *keyword, const char *value)
{
    char path[260];

    snprintf(path, sizeof(path), "%s.%s", item, keyword);
    assert_string_equal(fixture_text(set, path), value);
}

static void assert_top(const struct dcm *set, const char *keyword,
                       const char *value)
{
    assert_string_equal(fixture_text(set, keyword), value);
}

#define VALUE "ConceptCodeSequence[0].CodeValue"

static void test_header(void **state)
{
    struct dcm *set = report(two_sided, false);

    (void)state;
    assert_top(set, "SOPClassUID", "1.2.840.10008.5.1.4.1.1.88.33");
    assert_top(set, "VerificationFlag", "UNVERIFIED");
    assert_top(set, "PreliminaryFlag", "PRELIMINARY");
    assert_top(set, "CompletionFlag", "COMPLETE");
    assert_top(set, "ContentQualification", "PRODUCT");
    assert_top(set, "PatientName", "Test^Result");
    assert_top(set, "PatientID", "T-4711");
    assert_top(set, "IssuerOfPatientID", "TESTSITE");
    assert_top(set, "AccessionNumber", "A-0815");
    assert_top(set, "StudyInstanceUID", FIXTURE_STUDY);
    assert_top(set, "Modality", "SR");
    assert_top(set, "SeriesDescription", "AI leg-alignment 1.0.0 (unverified)");
    assert_top(set, "SeriesNumber", "9001");
    assert_top(set, "InstanceNumber", "1");
    assert_top(set, "Manufacturer", "osteon");
    assert_top(set, "StationName", "OSTEON");
    assert_top(set, "ContributingEquipmentSequence[0].ManufacturerModelName",
               "leg-alignment");
    assert_top(set, "ContributingEquipmentSequence[0].SoftwareVersions",
               "1.0.0");
    assert_true(dcm_has(set, "ContributingEquipmentSequence[0].DeviceUID"));
    assert_top(set,
               "CodingSchemeIdentificationSequence[0].CodingSchemeDesignator",
               "99OSTEON");
    assert_top(set, "ReferencedRequestSequence[0].AccessionNumber", "A-0815");
    assert_false(dcm_has(set, "VerifyingObserverSequence"));
    assert_false(dcm_has(set, "PredecessorDocumentsSequence"));
    dcm_free(set);
}

static void test_class_3d(void **state)
{
    struct dcm *flat = report(two_sided, false);
    struct dcm *set = report(two_sided, true);

    (void)state;
    assert_top(set, "SOPClassUID", "1.2.840.10008.5.1.4.1.1.88.34");
    assert_string_not_equal(fixture_text(set, "SOPInstanceUID"),
                            fixture_text(flat, "SOPInstanceUID"));
    assert_string_equal(fixture_text(set, "SeriesInstanceUID"),
                        fixture_text(flat, "SeriesInstanceUID"));
    dcm_free(flat);
    dcm_free(set);
}

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
    assert_comment(set, "no pixel spacing: no lengths in mm");
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

static void test_character_sets(void **state)
{
    struct dcm *set = report(latin1, false);

    (void)state;
    assert_top(set, "SpecificCharacterSet", "ISO_IR 100");
    assert_top(set, "PatientName", "M\374ller^J\366rg");
    dcm_free(set);
    set = report(utf8, false);
    assert_top(set, "SpecificCharacterSet", "ISO_IR 192");
    assert_top(set, "PatientName", "M\303\274ller^J\303\266rg");
    dcm_free(set);
}

static void test_request(void **state)
{
    struct dcm *set = report(requested, false);
    char item[200];

    (void)state;
#define ORDER "ReferencedRequestSequence[0]."
    assert_top(set, ORDER "RequestedProcedureID", "RP1");
    assert_top(set, ORDER "PlacerOrderNumberImagingServiceRequest", "PO-1");
    assert_top(set, ORDER "FillerOrderNumberImagingServiceRequest", "");
    assert_top(set, ORDER "AccessionNumber", "A-0815");
    assert_top(set, ORDER "StudyInstanceUID", FIXTURE_STUDY);
    assert_top(set, ORDER "RequestedProcedureCodeSequence[0].CodeValue", "LL2");
    assert_false(dcm_has(set, ORDER "ScheduledProcedureStepID"));
    assert_true(find(set, "", "121058", 0, item));
    assert_at(set, item, VALUE, "25045-6");
    /* 10:00 UTC in the time zone the source names */
    assert_top(set, "ContentTime", "190000.123");
    assert_top(set, "ContentDate", "20260105");
    dcm_free(set);
}

static void test_predecessor(void **state)
{
    struct dcm *set = report(revised, false);

    (void)state;
#define EARLIER "PredecessorDocumentsSequence[0].ReferencedSeriesSequence[0]."
    assert_top(set, EARLIER "SeriesInstanceUID", "2.25.222");
    assert_top(set, EARLIER "ReferencedSOPSequence[0].ReferencedSOPInstanceUID",
               "2.25.111");
    dcm_free(set);
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
    dcm_free(set);
}

/* P3: the same job makes the same bytes; other weights another object. */
static void test_rerun(void **state)
{
    struct fixture x;
    struct result a, b, c;
    struct err err = {0};

    (void)state;
    must(build(&x, two_sided, "one", false, &a, &err), &err);
    must(sr_build(&x.request, false, &b, &err), &err);
    x.findings.weights_sha256[0] = 'c';
    must(sr_build(&x.request, false, &c, &err), &err);
    assert_string_equal(a.object.transfer_syntax, "1.2.840.10008.1.2.1");
    assert_string_equal(a.object.study_uid, FIXTURE_STUDY);
    assert_int_equal(a.n_bytes, b.n_bytes);
    assert_memory_equal(a.bytes, b.bytes, a.n_bytes);
    assert_string_not_equal(a.object.sop_uid, c.object.sop_uid);
    result_free(&a);
    result_free(&b);
    result_free(&c);
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

static void assert_refused(struct fixture *x, const char *message)
{
    struct result result = {0};
    struct err err = {0};

    assert_false(sr_build(&x->request, false, &result, &err));
    assert_int_equal(err.code, ERR_REJECT);
    if (strstr(err.msg, message) == NULL)
        fail_msg("got: %s", err.msg);
    assert_null(result.bytes);
}

static void test_two_patients(void **state)
{
    struct fixture x;
    struct dcm *image = fixture_image();
    struct err err = {0};

    (void)state;
    fixture_make(&x, "a.dcm");
    two_sided(&x, image);
    fixture_save(image, x.path[0]);
    snprintf(x.path[1], sizeof(x.path[1]), "%s/b.dcm", fixture_dir);
    x.findings.images[1] = x.findings.images[0];
    x.findings.n_images = 2;
    snprintf(x.findings.images[1].sop_uid, 65, "2.25.3");
    must(dcm_set(image, "SOPInstanceUID", "2.25.3", &err), &err);
    must(dcm_set(image, "PatientID", "T-4712", &err), &err);
    fixture_save(image, x.path[1]);
    assert_refused(&x, "the images of one job disagree in PatientID");
    must(dcm_set(image, "SOPInstanceUID", "2.25.4", &err), &err);
    fixture_save(image, x.path[1]);
    assert_refused(&x, "a source file is not the image that was analyzed");
    dcm_free(image);
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

static const struct {
    const char *name;
    shape *make;
    bool is_3d;
} goldens[] = {
    {"two_sided", two_sided, false},
    {"two_sided_3d", two_sided, true},
    {"one_refused", one_refused, false},
    {"no_spacing", no_spacing, false},
    {"all_refused", all_refused, false},
    {"monochrome1", monochrome1, false},
    {"latin1", latin1, false},
    {"utf8", utf8, false},
    {"request", requested, false},
    {"demonstration", demonstration, false},
    {"revised", revised, false},
    {"arms", cobb, false},
};

static void test_goldens(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(goldens) / sizeof(goldens[0]); i++) {
        struct fixture x;
        struct result result;
        struct err err = {0};
        char path[320];
        must(build(&x, goldens[i].make, goldens[i].name, goldens[i].is_3d,
                   &result, &err),
             &err);
        snprintf(path, sizeof(path), "%s/sr_%s.dcm", fixture_dir,
                 goldens[i].name);
        fixture_part10(path, result.object.sop_class, result.object.sop_uid,
                       result.bytes, result.n_bytes);
        result_free(&result);
    }
}

/* Real files in character sets of others, where they are. */
static void test_charset_files(void **state)
{
    static const char *const files[] = {"chrFren", "chrGerm",   "chrJapMulti",
                                        "chrH31",  "chrGB2312", "chrX1"};
    const char *data = getenv("OSTEON_TESTDATA");
    size_t seen = 0;

    (void)state;
    for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
        char path[320], expected[1100];
        struct fixture x;
        struct result result;
        struct err err = {0};
        struct dcm *image, *set, *other;
        snprintf(path, sizeof(path), "%.180s/dicom/charset/%s.dcm",
                 data == NULL ? "../shared/data" : data, files[i]);
        if (access(path, R_OK) != 0)
            continue;
        seen++;
        other = dcm_read(path, &err);
        must(other != NULL, &err);
        image = fixture_image();
        must(dcm_copy(image, other, "SpecificCharacterSet", &err), &err);
        must(dcm_copy(image, other, "PatientName", &err), &err);
        dcm_free(other);
        fixture_make(&x, files[i]);
        two_sided(&x, image);
        fixture_save(image, x.path[0]);
        must(sr_build(&x.request, false, &result, &err), &err);
        snprintf(path, sizeof(path), "%s/sr_%s.dcm", fixture_dir, files[i]);
        set = fixture_read(&result, path);
        snprintf(expected, sizeof(expected), "%s",
                 fixture_text(image, "PatientName"));
        assert_string_equal(fixture_text(set, "PatientName"), expected);
        dcm_free(set);
        dcm_free(image);
        result_free(&result);
    }
    if (seen == 0) {
        print_message("# no test data: skipped\n");
        skip();
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_header),
        cmocka_unit_test(test_class_3d),
        cmocka_unit_test(test_angle),
        cmocka_unit_test(test_length),
        cmocka_unit_test(test_arms),
        cmocka_unit_test(test_all_measured),
        cmocka_unit_test(test_one_refused),
        cmocka_unit_test(test_no_spacing),
        cmocka_unit_test(test_all_refused),
        cmocka_unit_test(test_demonstration),
        cmocka_unit_test(test_character_sets),
        cmocka_unit_test(test_request),
        cmocka_unit_test(test_predecessor),
        cmocka_unit_test(test_frame),
        cmocka_unit_test(test_rerun),
        cmocka_unit_test(test_tracking),
        cmocka_unit_test(test_two_patients),
        cmocka_unit_test(test_bad_findings),
        cmocka_unit_test(test_goldens),
        cmocka_unit_test(test_charset_files),
    };

    return cmocka_run_group_tests(tests, fixture_start, fixture_end);
}
