/* The overlay as a Secondary Capture, for every PACS that does not draw an
 * SR. A plain single-frame RGB object (PS3.3 A.8.1): that is what all of them
 * show. It is a fallback beside the SR and never instead of it, carries the
 * same header, and says in its pixels that it is not for diagnosis. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "conf/version.h"
#include "sr_writer/draw.h"
#include "sr_writer/head.h"
#include "sr_writer/results.h"
#include "sr_writer/wording.h"

#define SECONDARY_CAPTURE "1.2.840.10008.5.1.4.1.1.7"

struct attribute {
    const char *path, *value;
};

static bool set_all(struct dcm *set, const struct attribute *rows, size_t n,
                    struct err *err)
{
    for (size_t i = 0; i < n; i++)
        if (!dcm_set(set, rows[i].path, rows[i].value, err))
            return false;
    return true;
}

static bool fixed(struct dcm *set, struct err *err)
{
    static const struct attribute rows[] = {
        {"ImageType", "DERIVED\\SECONDARY"},
        {"ConversionType", "WSD"},
        {"BurnedInAnnotation", "YES"},
        {"RecognizableVisualFeatures", "NO"},
        {"SecondaryCaptureDeviceManufacturer", "osteon"},
        {"SecondaryCaptureDeviceManufacturerModelName", "osteon"},
        {"SecondaryCaptureDeviceSoftwareVersions", OSTEON_VERSION},
        {"SamplesPerPixel", "3"},
        {"PhotometricInterpretation", "RGB"},
        {"PlanarConfiguration", "0"},
        {"BitsAllocated", "8"},
        {"BitsStored", "8"},
        {"HighBit", "7"},
        {"PixelRepresentation", "0"},
        {"PatientOrientation", ""},
    };

    return set_all(set, rows, sizeof(rows) / sizeof(rows[0]), err);
}

/* Once lossy, always lossy (PS3.3 C.7.6.1.1.5). */
static bool copied(struct dcm *set, const struct dcm *source, struct err *err)
{
    static const char *const paths[] = {
        "PatientOrientation",         "BodyPartExamined",
        "RequestAttributesSequence",  "LossyImageCompression",
        "LossyImageCompressionRatio", "LossyImageCompressionMethod",
    };

    for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++)
        if (!dcm_copy(set, source, paths[i], err))
            return false;
    return dcm_items(source, "AnatomicRegionSequence") != 1 ||
           dcm_copy(set, source, "AnatomicRegionSequence", err);
}

/* Of the image, or else of what was measured or refused on it. */
static bool laterality(struct dcm *set, const struct dcm *source,
                       const struct findings *f, size_t image, struct err *err)
{
    bool seen[3] = {false};
    char side[17];
    const char *found = "U";

    if (dcm_text(source, "ImageLaterality", side, sizeof(side)) ||
        dcm_text(source, "Laterality", side, sizeof(side)))
        return dcm_set(set, "ImageLaterality", side, err);
    for (size_t i = 0; i < f->n_measurements; i++)
        if (f->measurements[i].image == image)
            seen[f->measurements[i].side] = true;
    for (size_t i = 0; i < f->n_refused; i++)
        if (f->refused[i].image == image)
            seen[f->refused[i].side] = true;
    if (seen[SIDE_RIGHT] || seen[SIDE_LEFT])
        found = !seen[SIDE_LEFT] ? "R" : !seen[SIDE_RIGHT] ? "L" : "B";
    return dcm_set(set, "ImageLaterality", found, err);
}

static bool say_how(struct dcm *set, enum calibration calibration,
                    struct err *err)
{
    bool ball = calibration == CALIBRATION_BALL;
    const char *how = ball ? "by a ball of known size on the image"
                      : calibration == CALIBRATION_DEVICE
                          ? "by the magnification configured for the device"
                          : "by estimated radiographic magnification factor";
    return dcm_set(set, "PixelSpacingCalibrationType",
                   ball ? "FIDUCIAL" : "GEOMETRY", err) &&
           dcm_set(set, "PixelSpacingCalibrationDescription", how, err);
}

/* Only where a viewer's ruler would be right on the patient: spacing at the
 * detector stays out, corrected spacing says how it was corrected
 * (PS3.3 10.7.1.3). The bars have pixels of the same size. */
static bool spacing(struct dcm *set, const struct dcm *source,
                    const struct findings_image *image,
                    const struct grey *picture, struct err *err)
{
    char text[SOURCES_ASPECT];

    if (image->calibration == CALIBRATION_NONE ||
        image->calibration == CALIBRATION_DETECTOR)
        return !sources_aspect(source, image, text) ||
               dcm_set(set, "PixelAspectRatio", text, err);
    snprintf(text, sizeof(text), "%.10g\\%.10g",
             image->spacing_mm[0] * image->rows / picture->rows,
             image->spacing_mm[1] * image->columns / picture->columns);
    if (!dcm_set(set, "PixelSpacing", text, err))
        return false;
    if (image->calibration != CALIBRATION_OBJECT)
        return say_how(set, image->calibration, err);
    if (!dcm_text(source, "PixelSpacingCalibrationType", text, sizeof(text)))
        return true;
    return dcm_set(set, "PixelSpacingCalibrationType", text, err) &&
           dcm_set(set, "PixelSpacingCalibrationDescription",
                   "as in the source image", err) &&
           dcm_copy(set, source, "PixelSpacingCalibrationDescription", err);
}

#define SOURCE "SourceImageSequence[%zu].%s"
#define PATH   80

/* item: its place in the sequence. */
static bool name_source(struct dcm *set, size_t item,
                        const struct findings_image *from, struct err *err)
{
    char class[PATH], uid[PATH], frame[PATH], purpose[PATH];

    snprintf(class, PATH, SOURCE, item, "ReferencedSOPClassUID");
    snprintf(uid, PATH, SOURCE, item, "ReferencedSOPInstanceUID");
    snprintf(frame, PATH, SOURCE, item, "ReferencedFrameNumber");
    snprintf(purpose, PATH, SOURCE, item, "PurposeOfReferenceCodeSequence");
    return dcm_set(set, class, from->sop_class, err) &&
           dcm_set(set, uid, from->sop_uid, err) &&
           (from->frame == 0 || head_number(set, frame, from->frame, err)) &&
           head_code(set, purpose, "121322", "DCM",
                     "Source image for image processing operation", err);
}

/* words: with room for model and version. */
static bool derivation(struct dcm *set, const struct findings *f,
                       const char *words, struct err *err)
{
    char text[256], demonstration[WORDING_SIZE];

    wording_demonstration(f, demonstration);
    snprintf(text, sizeof(text), "AI model %s %s: %s; not for diagnostic use",
             f->model, f->version, words);
    return head_text(set, "DerivationDescription", text, err) &&
           (demonstration[0] == '\0' ||
            head_text(set, "ImageComments", demonstration, err));
}

static bool pixels(struct dcm *set, const struct drawing *drawing,
                   struct err *err)
{
    size_t n = (size_t)draw_rows(drawing) * draw_columns(drawing) * 3;
    unsigned char *rgb = malloc(n);
    bool ok;

    if (rgb == NULL)
        return err_set(err, ERR_RETRY, "no memory for an overlay");
    draw_rgb(drawing, rgb);
    ok = head_number(set, "Rows", draw_rows(drawing), err) &&
         head_number(set, "Columns", draw_columns(drawing), err) &&
         dcm_set_bytes(set, "PixelData", rgb, n, err);
    free(rgb);
    return ok;
}

static bool capture_time(struct dcm *set, struct err *err)
{
    char date[9], time[17];

    dcm_text(set, "ContentDate", date, sizeof(date));
    dcm_text(set, "ContentTime", time, sizeof(time));
    return dcm_set(set, "DateOfSecondaryCapture", date, err) &&
           dcm_set(set, "TimeOfSecondaryCapture", time, err);
}

static bool fill(struct dcm *set, const struct result_request *request,
                 const struct sources *sources, size_t image,
                 const struct grey *picture, const struct drawing *drawing,
                 struct err *err)
{
    const struct findings *f = request->findings;
    const struct dcm *from = sources->sets[image];
    const struct head head = {
        .sop_class = SECONDARY_CAPTURE,
        .uid_kind = "SC",
        .modality = "OT",
        .series_kind = "OT",
        .series_words = "overlay (unverified)",
        .series_number = request->options->series_number + 1,
        .instance_number = (int64_t)image + 1,
        .index = image,
    };

    return head_write(set, &head, request, sources, err) && fixed(set, err) &&
           copied(set, from, err) && laterality(set, from, f, image, err) &&
           spacing(set, from, &f->images[image], picture, err) &&
           derivation(set, f, "findings drawn on the source image", err) &&
           name_source(set, 0, &f->images[image], err) &&
           capture_time(set, err) && pixels(set, drawing, err);
}

static struct dcm *new_set(struct err *err)
{
    struct dcm *set = dcm_new();

    if (set == NULL)
        err_set(err, ERR_RETRY, "no memory for a secondary capture");
    return set;
}

bool sc_build(const struct result_request *request, size_t image,
              const struct grey *picture, struct result *out, struct err *err)
{
    struct drawing *drawing =
        draw_findings(request->findings, image, picture, err);
    struct sources sources = {0};
    struct dcm *set = NULL;
    bool ok = false;

    if (drawing != NULL && sources_open(request, &sources, err))
        set = new_set(err);
    if (set != NULL)
        ok = fill(set, request, &sources, image, picture, drawing, err) &&
             head_encode(set, request, out, err);
    dcm_free(set);
    sources_close(&sources);
    draw_free(drawing);
    return ok || err_wrap(err, "overlay");
}

/* About all images of the job, so what only one of them has is left out. */
static bool fill_text(struct dcm *set, const struct result_request *request,
                      const struct sources *sources, const struct head *head,
                      const char *words, const struct drawing *drawing,
                      struct err *err)
{
    const struct findings *f = request->findings;
    bool ok = head_write(set, head, request, sources, err) && fixed(set, err) &&
              dcm_set(set, "ImageLaterality", "U", err) &&
              derivation(set, f, words, err);

    for (size_t i = 0; ok && i < f->n_images; i++)
        ok = name_source(set, i, &f->images[i], err);
    return ok &&
           dcm_copy(set, sources->sets[0], "RequestAttributesSequence", err) &&
           capture_time(set, err) && pixels(set, drawing, err);
}

/* drawing is freed; NULL: err says why. */
static bool build_text(const struct result_request *request,
                       const struct head *head, const char *words,
                       struct drawing *drawing, struct result *out,
                       struct err *err)
{
    struct sources sources = {0};
    struct dcm *set = NULL;
    bool ok = false;

    if (drawing != NULL && sources_open(request, &sources, err))
        set = new_set(err);
    if (set != NULL)
        ok = fill_text(set, request, &sources, head, words, drawing, err) &&
             head_encode(set, request, out, err);
    dcm_free(set);
    sources_close(&sources);
    draw_free(drawing);
    return ok;
}

bool sc_note(const struct result_request *request, struct result *out,
             struct err *err)
{
    const struct head head = {
        .sop_class = SECONDARY_CAPTURE,
        .uid_kind = "NOTE",
        .modality = "OT",
        .series_kind = "note",
        .series_words = "note (unverified)",
        .series_number = request->options->series_number + 1,
        .instance_number = 1,
    };

    return build_text(request, &head, "a note that nothing was measured",
                      draw_note(request->findings, err), out, err) ||
           err_wrap(err, "note");
}

bool sc_summary(const struct result_request *request, size_t page,
                size_t *pages, struct result *out, struct err *err)
{
    const struct head head = {
        .sop_class = SECONDARY_CAPTURE,
        .uid_kind = "SUMMARY",
        .modality = "OT",
        .series_kind = "summary",
        .series_words = "summary (unverified)",
        .series_number = request->options->series_number + 1,
        .instance_number = (int64_t)page + 1,
        .index = page,
    };

    return build_text(request, &head, "a table of all findings",
                      draw_summary(request->findings, page, pages, err), out,
                      err) ||
           err_wrap(err, "summary");
}

bool sc_summary_png(const struct result_request *request, size_t page,
                    size_t *pages, const char *path, struct err *err)
{
    struct drawing *drawing = draw_summary(request->findings, page, pages, err);
    bool ok = drawing != NULL && draw_png(drawing, path, err);

    draw_free(drawing);
    return ok;
}

bool sc_chart(const struct result_request *request, size_t page, size_t *pages,
              struct result *out, struct err *err)
{
    const struct head head = {
        .sop_class = SECONDARY_CAPTURE,
        .uid_kind = "CHART",
        .modality = "OT",
        .series_kind = "chart",
        .series_words = "trend (unverified)",
        .series_number = request->options->series_number + 1,
        .instance_number = (int64_t)page + 1,
        .index = page,
    };

    return build_text(request, &head, "the course of measurements",
                      draw_chart(request->findings, page, pages, err), out,
                      err) ||
           err_wrap(err, "chart");
}

size_t sc_chart_pages(const struct findings *findings)
{
    return draw_chart_pages(findings);
}

bool sc_chart_png(const struct result_request *request, size_t page,
                  size_t *pages, const char *path, struct err *err)
{
    struct drawing *drawing = draw_chart(request->findings, page, pages, err);
    bool ok = drawing != NULL && draw_png(drawing, path, err);

    draw_free(drawing);
    return ok;
}

bool sc_png(const struct result_request *request, size_t image,
            const struct grey *picture, const char *path, struct err *err)
{
    struct drawing *drawing =
        draw_findings(request->findings, image, picture, err);
    bool ok = drawing != NULL && draw_png(drawing, path, err);

    draw_free(drawing);
    return ok;
}
