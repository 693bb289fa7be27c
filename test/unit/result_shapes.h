#ifndef TEST_RESULT_SHAPES_H
#define TEST_RESULT_SHAPES_H

/* Every shape a job can end in, and how tests look into the report of one. */
#include "test/unit/result_fixture.h"

#define CONTENT      "ContentSequence"
#define SUMMARY_TEXT "AI-generated, not verified by a physician."

static inline void two_sided(struct fixture *x, struct dcm *image)
{
    (void)image;
    fixture_leg(&x->findings, SIDE_RIGHT, 50);
    fixture_leg(&x->findings, SIDE_LEFT, 130);
}

static inline void one_refused(struct fixture *x, struct dcm *image)
{
    (void)image;
    fixture_leg(&x->findings, SIDE_RIGHT, 50);
    fixture_refuse_side(&x->findings, SIDE_LEFT);
}

static inline void all_refused(struct fixture *x, struct dcm *image)
{
    (void)image;
    fixture_refuse_side(&x->findings, SIDE_RIGHT);
    fixture_refuse_side(&x->findings, SIDE_LEFT);
}

static inline void failed(struct fixture *x, struct dcm *image)
{
    (void)image;
    snprintf(x->findings.failure, sizeof(x->findings.failure),
             "model leg-alignment: osteon-model was killed by signal 11");
}

static inline void no_spacing(struct fixture *x, struct dcm *image)
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

static inline void monochrome1(struct fixture *x, struct dcm *image)
{
    struct err err = {0};

    two_sided(x, image);
    must(dcm_set(image, "PhotometricInterpretation", "MONOCHROME1", &err),
         &err);
    must(dcm_set(image, "PresentationLUTShape", "INVERSE", &err), &err);
}

static inline void latin1(struct fixture *x, struct dcm *image)
{
    struct err err = {0};

    two_sided(x, image);
    must(dcm_set(image, "SpecificCharacterSet", "ISO_IR 100", &err), &err);
    must(dcm_set(image, "PatientName", "M\374ller^J\366rg", &err), &err);
    must(dcm_set(image, "StudyDescription", "Ganzbeinaufnahme f\374r OP", &err),
         &err);
}

static inline void utf8(struct fixture *x, struct dcm *image)
{
    latin1(x, image);
    x->options.charset = CONF_CHARSET_UTF8;
}

static inline void requested(struct fixture *x, struct dcm *image)
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

static inline void demonstration(struct fixture *x, struct dcm *image)
{
    two_sided(x, image);
    snprintf(x->findings.demonstration, sizeof(x->findings.demonstration),
             "trained on rendered phantoms only, not for clinical use");
}

static inline void multi_frame(struct fixture *x, struct dcm *image)
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

static inline void revised(struct fixture *x, struct dcm *image)
{
    two_sided(x, image);
    x->request.predecessor = &earlier;
}

static inline void cobb(struct fixture *x, struct dcm *image)
{
    struct measurement *m = &x->findings.measurements[0];

    (void)image;
    fixture_leg(&x->findings, SIDE_NONE, 50);
    snprintf(m->concept, sizeof(m->concept), "cobb_angle");
    snprintf(m->site, sizeof(m->site), "thoracic_spine");
    x->options.angle_lines = CONF_ANGLE_ARMS;
}

typedef void shape(struct fixture *x, struct dcm *image);

static inline bool build(struct fixture *x, shape *make, const char *name,
                         bool is_3d, struct result *out, struct err *err)
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
static inline struct dcm *report(shape *make, bool is_3d)
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
static inline bool find(const struct dcm *set, const char *parent,
                        const char *concept, size_t which, char out[200])
{
    char path[200];
    size_t n;

    snprintf(path, sizeof(path), "%.180s%s" CONTENT, parent,
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

static inline void assert_at(const struct dcm *set, const char *item,
                             const char *keyword, const char *value)
{
    char path[320];

    snprintf(path, sizeof(path), "%.190s.%s", item, keyword);
    assert_string_equal(fixture_text(set, path), value);
}

static inline void assert_top(const struct dcm *set, const char *keyword,
                              const char *value)
{
    assert_string_equal(fixture_text(set, keyword), value);
}

#define VALUE "ConceptCodeSequence[0].CodeValue"

static inline void assert_refused(struct fixture *x, const char *message)
{
    struct result result = {0};
    struct err err = {0};

    assert_false(sr_build(&x->request, false, &result, &err));
    assert_int_equal(err.code, ERR_REJECT);
    if (strstr(err.msg, message) == NULL)
        fail_msg("got: %s", err.msg);
    assert_null(result.bytes);
}

#endif
