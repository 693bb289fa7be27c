/* sr_writer/sc.c and what it draws with: header of the overlay, where the
 * labels stand, what is written on it. With OSTEON_GOLDEN=DIR the overlay is
 * left there for scripts/validate. */
#include "test/unit/result_fixture.h"

#include "sr_writer/draw.h"
#include "sr_writer/summary.h"
#include "sr_writer/when.h"
#include "sr_writer/wording.h"

static unsigned char pixels[800 * 1600];

static struct grey picture(uint32_t rows, uint32_t columns)
{
    memset(pixels, 100, sizeof(pixels));
    return (struct grey){rows, columns, pixels};
}

static void legs(struct fixture *x, const char *name, struct dcm *image)
{
    fixture_make(x, name);
    fixture_leg(&x->findings, SIDE_RIGHT, 50);
    fixture_leg(&x->findings, SIDE_LEFT, 130);
    fixture_save(image, x->path[0]);
}

static struct dcm *overlay(struct fixture *x, const struct grey *grey,
                           const char *name)
{
    struct result result;
    struct err err = {0};
    struct dcm *set;
    char path[320];

    must(sc_build(&x->request, 0, grey, &result, &err), &err);
    snprintf(path, sizeof(path), "%s/%s", golden_dir, name);
    set = fixture_read(&result, path);
    result_free(&result);
    return set;
}

static void assert_top(const struct dcm *set, const char *keyword,
                       const char *value)
{
    assert_string_equal(fixture_text(set, keyword), value);
}

static void test_header(void **state)
{
    struct fixture x;
    struct dcm *image = fixture_image(), *set;
    struct grey grey = picture(400, 180);
    double rows = 0, columns = 0;

    (void)state;
    legs(&x, "sc.dcm", image);
    set = overlay(&x, &grey, "sc_overlay.dcm");
    assert_top(set, "SOPClassUID", "1.2.840.10008.5.1.4.1.1.7");
    assert_top(set, "Modality", "OT");
    assert_top(set, "PatientID", "T-4711");
    assert_top(set, "AccessionNumber", "A-0815");
    assert_top(set, "SeriesDescription",
               "AI leg-alignment 1.0.0 overlay (unverified)");
    assert_top(set, "SeriesNumber", "9002");
    assert_top(set, "ConversionType", "WSD");
    assert_top(set, "BurnedInAnnotation", "YES");
    assert_top(set, "ImageLaterality", "B");
    assert_top(set, "PhotometricInterpretation", "RGB");
    assert_top(set, "SourceImageSequence[0].ReferencedSOPInstanceUID",
               FIXTURE_UID);
    assert_top(set,
               "SourceImageSequence[0].PurposeOfReferenceCodeSequence[0]"
               ".CodeValue",
               "121322");
    assert_top(set, "PixelSpacing", "1.30841\\1.30841");
    assert_top(set, "PixelSpacingCalibrationType", "GEOMETRY");
    assert_top(set, "LossyImageCompression", "00");
    assert_true(dcm_number(set, "Rows", 0, &rows));
    assert_true(dcm_number(set, "Columns", 0, &columns));
    assert_true(rows > 400); /* the bars stand outside the image */
    assert_int_equal((int)columns, 180);
    dcm_free(image);
    dcm_free(set);
}

static void test_spacing(void **state)
{
    struct fixture x;
    struct dcm *image = fixture_image(), *set;
    struct grey grey = picture(200, 90);
    struct err err = {0};

    (void)state;
    must(dcm_set(image, "PixelSpacingCalibrationType", "FIDUCIAL", &err), &err);
    must(dcm_set(image, "LossyImageCompression", "01", &err), &err);
    must(dcm_set(image, "LossyImageCompressionRatio", "12.5", &err), &err);
    must(dcm_set(image, "ImageLaterality", "", &err), &err);
    legs(&x, "spacing.dcm", image);
    x.findings.images[0].calibration = CALIBRATION_OBJECT;
    x.findings.n_measurements = 2;
    set = overlay(&x, &grey, "sc_half.dcm");
    assert_top(set, "PixelSpacing", "2.61682\\2.61682");
    assert_top(set, "PixelSpacingCalibrationType", "FIDUCIAL");
    assert_top(set, "LossyImageCompression", "01");
    assert_top(set, "LossyImageCompressionRatio", "12.5");
    assert_top(set, "ImageLaterality", "R");
    dcm_free(set);
    x.findings.images[0].calibration = CALIBRATION_DETECTOR;
    set = overlay(&x, &grey, "sc_detector.dcm");
    assert_false(dcm_has(set, "PixelSpacing"));
    assert_false(dcm_has(set, "PixelAspectRatio"));
    dcm_free(set);
    x.findings.images[0].spacing_mm[0] *= 2;
    set = overlay(&x, &grey, "sc_detector_tall.dcm");
    assert_false(dcm_has(set, "PixelSpacing"));
    assert_top(set, "PixelAspectRatio", "2000\\1000");
    dcm_free(set);
    dcm_free(image);
}

/* Which frame stands in the header and on the picture. */
static void test_frame(void **state)
{
    struct fixture x;
    struct dcm *image = fixture_image(), *set;
    struct grey grey = picture(400, 180);
    double rows = 0, more = 0;

    (void)state;
    legs(&x, "frame.dcm", image);
    set = overlay(&x, &grey, "sc_one_frame.dcm");
    assert_true(dcm_number(set, "Rows", 0, &rows));
    dcm_free(set);
    x.findings.images[0].frame = 7;
    set = overlay(&x, &grey, "sc_frame.dcm");
    assert_true(dcm_number(set, "Rows", 0, &more));
    assert_true(more > rows);
    assert_top(set, "SourceImageSequence[0].ReferencedFrameNumber", "7");
    dcm_free(set);
    dcm_free(image);
}

/* How many pixels of a drawing are colored, and where. */
struct colored {
    size_t yellow, blue;
    uint32_t top, bottom; /* rows of the first and last yellow or blue */
};

static struct colored measure(const struct drawing *drawing)
{
    uint32_t rows = draw_rows(drawing), columns = draw_columns(drawing);
    size_t n = (size_t)rows * columns;
    unsigned char *rgb = malloc(3 * n);
    struct colored ink = {0, 0, rows, 0};

    assert_non_null(rgb);
    draw_rgb(drawing, rgb);
    for (size_t i = 0; i < n; i++) {
        bool yellow =
            rgb[3 * i] > 200 && rgb[3 * i + 2] < 100 && rgb[3 * i + 1] > 190;
        bool blue = rgb[3 * i] < 120 && rgb[3 * i + 2] > 200;
        uint32_t row = (uint32_t)(i / columns);
        ink.yellow += yellow;
        ink.blue += blue;
        if ((yellow || blue) && row < ink.top)
            ink.top = row;
        if ((yellow || blue) && row > ink.bottom)
            ink.bottom = row;
    }
    free(rgb);
    return ink;
}

static struct drawing *draw(struct fixture *x, const struct grey *grey)
{
    struct err err = {0};
    struct drawing *drawing = draw_findings(&x->findings, 0, grey, &err);

    must(drawing != NULL, &err);
    return drawing;
}

/* Both sides at every size, inside the image. */
static void test_drawing(void **state)
{
    static const uint32_t sizes[][2] = {{400, 180}, {200, 90}, {1600, 720}};
    struct fixture x;

    (void)state;
    fixture_make(&x, "none");
    fixture_leg(&x.findings, SIDE_RIGHT, 50);
    fixture_leg(&x.findings, SIDE_LEFT, 130);
    for (size_t i = 0; i < 3; i++) {
        struct grey grey = picture(sizes[i][0], sizes[i][1]);
        struct drawing *drawing = draw(&x, &grey);
        struct colored ink = measure(drawing);
        uint32_t bars = draw_rows(drawing) - grey.rows;
        assert_true(ink.yellow > grey.rows / 2);
        assert_true(ink.blue > grey.rows / 2);
        assert_true(ink.top > bars / 2);
        assert_true(ink.bottom < draw_rows(drawing) - 1);
        assert_true(ink.bottom > bars / 2 + grey.rows * 3 / 4);
        draw_free(drawing);
    }
}

static void test_refused_side(void **state)
{
    struct fixture x;
    struct grey grey = picture(400, 180);
    struct drawing *with, *without;

    (void)state;
    fixture_make(&x, "none");
    fixture_leg(&x.findings, SIDE_RIGHT, 50);
    without = draw(&x, &grey);
    fixture_refuse_side(&x.findings, SIDE_LEFT);
    with = draw(&x, &grey);
    assert_int_equal(measure(with).blue, 0);
    assert_true(draw_rows(with) > draw_rows(without));
    draw_free(with);
    draw_free(without);
}

static struct dcm *note(struct fixture *x, const char *name)
{
    struct result result;
    struct err err = {0};
    struct dcm *set;
    char path[320];

    must(sc_note(&x->request, &result, &err), &err);
    snprintf(path, sizeof(path), "%s/%s", golden_dir, name);
    set = fixture_read(&result, path);
    result_free(&result);
    return set;
}

static void test_note(void **state)
{
    struct fixture x;
    struct dcm *image = fixture_image(), *set;
    double short_rows = 0, rows = 0;

    (void)state;
    fixture_make(&x, "note.dcm");
    fixture_save(image, x.path[0]);
    fixture_refuse_side(&x.findings, SIDE_LEFT);
    set = note(&x, "sc_note_refused.dcm");
    assert_true(dcm_number(set, "Rows", 0, &short_rows));
    dcm_free(set);
    x.findings.n_refused = 0;
    snprintf(x.findings.failure, sizeof(x.findings.failure),
             "model leg-alignment: osteon-model was stopped: no answer within "
             "the deadline, and so on over more than one line of the page");
    set = note(&x, "sc_note_failed.dcm");
    assert_top(set, "SeriesDescription",
               "AI leg-alignment 1.0.0 note (unverified)");
    assert_top(set, "Modality", "OT");
    assert_top(set, "PatientID", "T-4711");
    assert_top(set, "DerivationDescription",
               "AI model leg-alignment 1.0.0: a note that nothing was "
               "measured; not for diagnostic use");
    assert_top(set, "SourceImageSequence[0].ReferencedSOPInstanceUID",
               FIXTURE_UID);
    assert_top(set, "ImageLaterality", "U");
    assert_top(set, "Columns", "1024");
    assert_false(dcm_has(set, "PixelSpacing"));
    assert_true(dcm_number(set, "Rows", 0, &rows));
    assert_true(short_rows > 100 && rows > short_rows && rows < 1024);
    dcm_free(set);
    dcm_free(image);
}

static size_t summary_pages(struct fixture *x, const char *name)
{
    size_t pages = 0;

    for (size_t page = 0; page == 0 || page < pages; page++) {
        struct result result;
        struct err err = {0};
        struct dcm *set;
        char path[320], number[24];
        double rows = 0;

        must(sc_summary(&x->request, page, &pages, &result, &err), &err);
        snprintf(path, sizeof(path), "%s/%s_%zu.dcm", golden_dir, name, page);
        set = fixture_read(&result, path);
        snprintf(number, sizeof(number), "%zu", page + 1);
        assert_top(set, "InstanceNumber", number);
        assert_top(set, "SeriesDescription",
                   "AI leg-alignment 1.0.0 summary (unverified)");
        assert_top(set, "Columns", "1600");
        assert_true(dcm_number(set, "Rows", 0, &rows));
        assert_true(rows > 100 && rows <= SUMMARY_HEIGHT);
        dcm_free(set);
        result_free(&result);
    }
    return pages;
}

/* For 1 to 256 measurements nothing is left out. */
static void test_summary(void **state)
{
    static struct summary plan;
    struct fixture x;
    struct dcm *image = fixture_image();
    struct findings *f = &x.findings;
    struct err err = {0};
    struct result result;
    size_t pages;

    (void)state;
    fixture_make(&x, "summary.dcm");
    fixture_save(image, x.path[0]);
    fixture_leg(f, SIDE_RIGHT, 50);
    fixture_refuse_side(f, SIDE_LEFT);
    assert_int_equal(summary_pages(&x, "sc_summary"), 1);
    while (f->n_measurements < FINDINGS_MEASUREMENTS) {
        struct measurement *m = &f->measurements[f->n_measurements++];
        *m = f->measurements[0];
        memset(m->note, 'n', sizeof(m->note) - 1);
    }
    pages = summary_pages(&x, "sc_summary_most");
    assert_true(pages > 1 && pages <= SUMMARY_PAGES);
    assert_false(sc_summary(&x.request, pages, &pages, &result, &err));
    assert_int_equal(err.code, ERR_REJECT);
    cairo_surface_t *surface =
        cairo_image_surface_create(CAIRO_FORMAT_RGB24, 1, 1);
    cairo_t *cr = cairo_create(surface);
    summary_plan(cr, f, &plan);
    assert_int_equal(plan.n, FINDINGS_MEASUREMENTS + 2);
    assert_int_equal(plan.first[plan.pages], plan.n);
    assert_int_equal(plan.items[plan.n - 1].kind, SUMMARY_REFUSED);
    cairo_destroy(cr);
    cairo_surface_destroy(surface);
    dcm_free(image);
}

/* STAT, high, routine; what was not found comes behind the values. */
static void test_summary_order(void **state)
{
    static struct summary plan;
    struct fixture x;
    cairo_surface_t *surface =
        cairo_image_surface_create(CAIRO_FORMAT_RGB24, 1, 1);
    cairo_t *cr = cairo_create(surface);

    (void)state;
    fixture_make(&x, "none");
    fixture_leg(&x.findings, SIDE_RIGHT, 50);
    x.findings.n_found = 3;
    x.findings.found[1].present = x.findings.found[2].present = true;
    x.findings.found[2].priority = PRIORITY_STAT;
    summary_plan(cr, &x.findings, &plan);
    assert_int_equal(plan.n, 5);
    assert_int_equal(plan.items[0].index, 2);
    assert_int_equal(plan.items[1].index, 1);
    assert_int_equal(plan.items[2].kind, SUMMARY_VALUE);
    assert_int_equal(plan.items[4].kind, SUMMARY_FOUND);
    assert_int_equal(plan.items[4].index, 0);
    cairo_destroy(cr);
    cairo_surface_destroy(surface);
}

static void test_bad_pictures(void **state)
{
    struct fixture x;
    struct grey grey = picture(0, 180);
    struct result result;
    struct err err = {0};

    (void)state;
    fixture_make(&x, "none");
    assert_false(sc_build(&x.request, 0, &grey, &result, &err));
    assert_int_equal(err.code, ERR_REJECT);
    assert_string_equal(err.msg, "overlay: overlay: picture of 180x0 pixels; "
                                 "it needs 1 to 8192 either way");
    grey = picture(400, 180);
    assert_false(sc_png(&x.request, 1, &grey, "/nowhere/x.png", &err));
    assert_string_equal(err.msg, "overlay: findings have no image 1");
    assert_false(sc_png(&x.request, 0, &grey, "/nowhere/x.png", &err));
    assert_non_null(strstr(err.msg, "cannot write /nowhere/x.png: "));
}

static void test_png(void **state)
{
    struct fixture x;
    struct grey grey = picture(400, 180);
    struct err err = {0};
    char path[320];

    (void)state;
    fixture_make(&x, "none");
    snprintf(path, sizeof(path), "%s/x.png", golden_dir);
    must(sc_png(&x.request, 0, &grey, path, &err), &err);
    assert_int_equal(access(path, R_OK), 0);
}

static void test_wording(void **state)
{
    struct fixture x;
    char text[WORDING_SIZE];

    (void)state;
    fixture_make(&x, "none");
    fixture_leg(&x.findings, SIDE_RIGHT, 50);
    wording_value(&x.findings.measurements[0], text);
    assert_string_equal(text, "R HKA 176.4\302\260");
    wording_value(&x.findings.measurements[1], text);
    assert_string_equal(text, "R length 406.0 mm");
    fixture_refuse(&x.findings, SIDE_LEFT, "hka", "hip_knee_ankle_angle",
                   "k\303\266nee");
    fixture_refuse(&x.findings, SIDE_RIGHT, "hka", "hip_knee_ankle_angle", "x");
    wording_refusal_short(&x.findings, &x.findings.refused[0], text);
    assert_string_equal(text, "L: no measurement (k??nee)");
    wording_refusal_short(&x.findings, &x.findings.refused[1], text);
    assert_string_equal(text, "R HKA: no measurement (x)");
    wording_failure(&x.findings, text);
    assert_string_equal(text,
                        "Nothing was measured: read the images as without AI.");
    wording_demonstration(&x.findings, text);
    assert_string_equal(text, "");
    snprintf(x.findings.demonstration, 161, "Demonstration model");
    wording_demonstration(&x.findings, text);
    assert_string_equal(text, "Demonstration model");
    x.findings.images[0].calibration = CALIBRATION_DETECTOR;
    wording_calibration(&x.findings.images[0], text);
    assert_string_equal(text, "Lengths in mm are at the detector plane (Imager "
                              "Pixel Spacing 1.308 mm), not corrected for "
                              "magnification.");
    snprintf(text, sizeof(text), "a\\b\n");
    wording_ascii(text);
    assert_string_equal(text, "a/b?");
}

static void test_when(void **state)
{
    struct when when;

    (void)state;
    assert_true(when_write(INT64_C(1767607200123), "+0900", &when));
    assert_string_equal(when.date, "20260105");
    assert_string_equal(when.time, "190000.123");
    assert_true(when_write(INT64_C(1767607200123), "-1030", &when));
    assert_string_equal(when.date, "20260104");
    assert_string_equal(when.time, "233000.123");
    setenv("TZ", "UTC", 1);
    assert_true(when_write(INT64_C(1767607200123), "", &when));
    assert_string_equal(when.time, "100000.123");
    assert_true(when_write(INT64_C(1767607200123), "+9", &when));
    assert_string_equal(when.time, "100000.123");
    assert_false(when_write(-1, "", &when));
    assert_false(when_write(INT64_MAX, "", &when));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_header),
        cmocka_unit_test(test_spacing),
        cmocka_unit_test(test_frame),
        cmocka_unit_test(test_drawing),
        cmocka_unit_test(test_refused_side),
        cmocka_unit_test(test_note),
        cmocka_unit_test(test_summary),
        cmocka_unit_test(test_summary_order),
        cmocka_unit_test(test_bad_pictures),
        cmocka_unit_test(test_png),
        cmocka_unit_test(test_wording),
        cmocka_unit_test(test_when),
    };

    return cmocka_run_group_tests(tests, golden_start, golden_end);
}
