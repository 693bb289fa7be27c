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
    m->kind = MEASURE_LINES;
    x->options.angle_lines = CONF_ANGLE_ARMS;
}

/* One measurement of a kind: four points that fit each. */
static inline struct measurement *shaped(struct fixture *x, const char *id,
                                         const char *concept, const char *unit,
                                         enum measure_kind kind, double value)
{
    static const double at[4][2] = {{40, 60}, {44, 160}, {96, 62}, {90, 170}};
    struct measurement *m =
        &x->findings.measurements[x->findings.n_measurements++];

    *m = (struct measurement){.kind = kind,
                              .value = value,
                              .confidence = 0.75,
                              .n_points = kind == MEASURE_DISTANCE ? 2 : 4};
    snprintf(m->id, sizeof(m->id), "%s", id);
    snprintf(m->concept, sizeof(m->concept), "%s", concept);
    snprintf(m->site, sizeof(m->site), "knee");
    snprintf(m->unit, sizeof(m->unit), "%s", unit);
    memcpy(m->points, at, sizeof(at));
    return m;
}

static inline void spine(struct fixture *x, struct dcm *image)
{
    struct measurement *m =
        shaped(x, "cobb", "cobb_angle", "deg", MEASURE_LINES, 23.4);

    (void)image;
    snprintf(m->site, sizeof(m->site), "thoracic_spine");
    m->n_traits = 3;
    m->traits[0] = (struct trait){"upper_end_vertebra", "t5"};
    m->traits[1] = (struct trait){"apical_vertebra", "t9"};
    m->traits[2] = (struct trait){"convexity", "right"};
}

static inline void spine_ohif(struct fixture *x, struct dcm *image)
{
    spine(x, image);
    x->options.viewer_profile = CONF_VIEWER_OHIF;
    x->options.angle_lines = CONF_ANGLE_POLYLINE4;
}

static inline void width(struct fixture *x, struct dcm *image)
{
    struct measurement *m =
        shaped(x, "jsw", "joint_space_width", "mm", MEASURE_DISTANCE, 3.84);

    (void)image;
    m->side = SIDE_LEFT;
    snprintf(m->site, sizeof(m->site), "knee_joint");
    snprintf(m->modifier, sizeof(m->modifier), "medial");
    snprintf(m->note, sizeof(m->note), "narrowest place");
    m->has_normal = true;
    m->normal[0] = 3;
    m->normal[1] = 6.5;
}

static inline void ratio(struct fixture *x, struct dcm *image)
{
    struct measurement *m = shaped(x, "isi", "insall_salvati_ratio", "ratio",
                                   MEASURE_RATIO, 1.1049);

    (void)image;
    m->side = SIDE_RIGHT;
    m->parts[0] = 46.4;
    m->parts[1] = 42;
    snprintf(m->parts_unit, sizeof(m->parts_unit), "mm");
}

static inline void difference(struct fixture *x, struct dcm *image)
{
    struct measurement *m = shaped(x, "lld", "leg_length_discrepancy", "mm",
                                   MEASURE_DIFFERENCE, -4.04);

    (void)image;
    snprintf(m->site, sizeof(m->site), "lower_limb");
    m->parts[0] = 801.96;
    m->parts[1] = 806;
    snprintf(m->parts_unit, sizeof(m->parts_unit), "mm");
}

static inline void area(struct fixture *x, struct dcm *image)
{
    struct measurement *m =
        shaped(x, "head", "area", "mm2", MEASURE_AREA, 1520.26);

    (void)image;
    m->n_points = 3;
    snprintf(m->site, sizeof(m->site), "femoral_head");
}

/* A number of the network's own, which it measured nobody knows where. */
static inline void nowhere(struct fixture *x, struct dcm *image)
{
    struct measurement *m =
        shaped(x, "tilt", "angle", "deg", MEASURE_AREA, 7.25);

    (void)image;
    m->n_points = 0;
}

static inline struct found *finds(struct fixture *x, const char *id,
                                  const char *concept, const char *site)
{
    struct found *found = &x->findings.found[x->findings.n_found++];

    *found = (struct found){.present = true, .confidence = 0.875, .least = 0.5};
    snprintf(found->id, sizeof(found->id), "%s", id);
    snprintf(found->concept, sizeof(found->concept), "%s", concept);
    snprintf(found->site, sizeof(found->site), "%s", site);
    return found;
}

static inline void grade(struct fixture *x, struct dcm *image)
{
    struct measurement *m =
        shaped(x, "kl", "kellgren_lawrence_grade", "grade", MEASURE_GRADE, 2);
    static const double box[4][2] = {
        {30, 150}, {80, 150}, {80, 210}, {30, 210}};
    struct found *oa;

    (void)image;
    m->side = SIDE_RIGHT;
    snprintf(m->site, sizeof(m->site), "knee_joint");
    snprintf(m->grade, sizeof(m->grade), "kl_2");
    memcpy(m->points, box, sizeof(box));
    oa = finds(x, "oa", "osteoarthritis_of_knee", "knee_joint");
    oa->side = SIDE_RIGHT;
    snprintf(oa->measure, sizeof(oa->measure), "kl");
}

static inline void boxes(struct fixture *x, struct dcm *image)
{
    (void)image;
    for (size_t i = 0; i < 2; i++) {
        struct found *found = finds(x, "fracture", "fracture_of_bone", "femur");
        const double box[4] = {30, 40 + 70 * (double)i, 70.5,
                               90 + 70 * (double)i};
        found->side = SIDE_LEFT;
        found->priority = PRIORITY_HIGH;
        found->has_box = true;
        memcpy(found->box, box, sizeof(box));
    }
}

static inline void nothing_found(struct fixture *x, struct dcm *image)
{
    struct found *found;

    boxes(x, image);
    x->findings.n_found = 1;
    found = &x->findings.found[0];
    found->present = found->has_box = false;
    found->confidence = 0;
}

/* Found, but nowhere in particular. */
static inline void placeless(struct fixture *x, struct dcm *image)
{
    (void)image;
    finds(x, "oa", "osteoarthritis_of_hip", "hip_joint")->side = SIDE_LEFT;
}

static inline void nothing_found_partly(struct fixture *x, struct dcm *image)
{
    nothing_found(x, image);
    fixture_refuse_side(&x->findings, SIDE_LEFT);
    snprintf(x->findings.refused[0].quality, 25, "motion");
}

static inline void unsuitable(struct fixture *x, struct dcm *image)
{
    (void)image;
    fixture_refuse_side(&x->findings, SIDE_RIGHT);
    fixture_refuse_side(&x->findings, SIDE_LEFT);
    for (size_t i = 0; i < 3; i++)
        snprintf(x->findings.refused[i].quality, 25, "%s",
                 i < 2 ? "positioning" : "over_exposed");
}

static inline void own_codes(struct fixture *x, struct dcm *image)
{
    struct measurement *m = shaped(x, "pitch", "", "deg", MEASURE_ANGLE, 21);
    struct found *found = finds(x, "flat", "", "foot");

    (void)image;
    m->side = found->side = SIDE_LEFT;
    snprintf(m->site, sizeof(m->site), "foot");
    m->own = (struct own_code){"CALC_PITCH", "99FOOT", "Calcaneal pitch"};
    found->own = (struct own_code){"FLAT", "99FOOT", "Flat foot"};
    snprintf(found->measure, sizeof(found->measure), "pitch");
    m->has_normal = true;
    m->normal[0] = 18;
    m->normal[1] = 30;
}

/* All of it in one report. */
static inline void mixed(struct fixture *x, struct dcm *image)
{
    two_sided(x, image);
    spine(x, image);
    width(x, image);
    ratio(x, image);
    difference(x, image);
    area(x, image);
    grade(x, image);
    boxes(x, image);
}

/* Measurement i was `before` on 2025-01-10, a year before the fixture's study;
 * 0.2 of its unit more can be told. */
static inline struct change *compare(struct fixture *x, size_t i,
                                     enum change_kind kind, double before)
{
    struct findings *f = &x->findings;
    struct change *c = &f->changes[f->n_changes++];
    struct earlier *e = &c->earlier[0];

    snprintf(f->study_date, sizeof(f->study_date), "20260105");
    *c = (struct change){.measurement = i,
                         .kind = kind,
                         .n_earlier = 1,
                         .difference = f->measurements[i].value - before,
                         .detectable = 0.2};
    c->per_year = c->difference * 365.25 / 360;
    *e = (struct earlier){.value = before, .confidence = 0.9};
    snprintf(e->date, sizeof(e->date), "20250110");
    snprintf(e->version, sizeof(e->version), "1.0.0");
    snprintf(e->study_uid, sizeof(e->study_uid), "2.25.11");
    snprintf(e->series_uid, sizeof(e->series_uid), "2.25.12");
    snprintf(e->sop_class, sizeof(e->sop_class), FIXTURE_CLASS);
    snprintf(e->sop_uid, sizeof(e->sop_uid), "2.25.13");
    return c;
}

static inline void narrower(struct fixture *x, struct dcm *image)
{
    struct earlier *e;

    width(x, image);
    e = &compare(x, 0, CHANGE_DECREASED, 4.44)->earlier[0];
    snprintf(e->sr_class, sizeof(e->sr_class), "1.2.840.10008.5.1.4.1.1.88.33");
    snprintf(e->sr_series_uid, sizeof(e->sr_series_uid), "2.25.14");
    snprintf(e->sr_uid, sizeof(e->sr_uid), "2.25.15");
}

static inline void narrower_ohif(struct fixture *x, struct dcm *image)
{
    narrower(x, image);
    x->options.viewer_profile = CONF_VIEWER_OHIF;
}

/* Less than can be told, 30 days apart: no rate. */
static inline void stable(struct fixture *x, struct dcm *image)
{
    width(x, image);
    compare(x, 0, CHANGE_STABLE, 3.9)->per_year = (double)NAN;
}

static inline void worse_grade(struct fixture *x, struct dcm *image)
{
    grade(x, image);
    compare(x, 0, CHANGE_INCREASED, 1)->detectable = 1;
}

static inline void incomparable(struct fixture *x, struct dcm *image)
{
    struct change *c;

    width(x, image);
    c = compare(x, 0, CHANGE_REFUSED, 5);
    snprintf(c->reason, sizeof(c->reason), "the earlier image is another view");
    c->difference = c->per_year = c->detectable = 0;
    c->n_earlier = 0;
}

static inline void first_time(struct fixture *x, struct dcm *image)
{
    width(x, image);
    compare(x, 0, CHANGE_NEW, 0)->n_earlier = 0;
}

/* Changes of every kind of measurement, among what has none. */
static inline void changes(struct fixture *x, struct dcm *image)
{
    mixed(x, image);
    for (size_t i = 1; i < x->findings.n_measurements; i++)
        compare(x, i, CHANGE_INCREASED, x->findings.measurements[i].value - 1);
    own_codes(x, image);
    compare(x, x->findings.n_measurements - 1, CHANGE_DECREASED, 24);
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
    snprintf(path, sizeof(path), "%s/sr.dcm", golden_dir);
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
