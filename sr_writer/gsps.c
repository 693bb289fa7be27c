/* The findings as a layer that a viewer can switch off: a Grayscale Softcopy
 * Presentation State (PS3.3 A.33.1) for one image. It shows the image as the
 * image itself says, and has lines and labels on top in a graphic layer of
 * their own. As the secondary capture it never replaces the report. */
#include <stdio.h>
#include <string.h>

#include "sr_writer/group.h"
#include "sr_writer/group_check.h"
#include "sr_writer/gsps_graphics.h"
#include "sr_writer/head.h"
#include "sr_writer/results.h"

#define PRESENTATION_STATE "1.2.840.10008.5.1.4.1.1.11.1"
#define LAYER              "AI"
#define PATH               128
#define VOI_LUTS           8

#define AREA   "DisplayedAreaSelectionSequence[0]."
#define SERIES "ReferencedSeriesSequence[0]."
#define IMAGE  SERIES "ReferencedImageSequence[0]."

static bool grayscale(const struct dcm *source)
{
    char photometric[17];

    dcm_text(source, "PhotometricInterpretation", photometric,
             sizeof(photometric));
    return strncmp(photometric, "MONOCHROME", 10) == 0;
}

static bool identification(struct dcm *set, struct err *err)
{
    char date[9], time[17];

    dcm_text(set, "ContentDate", date, sizeof(date));
    dcm_text(set, "ContentTime", time, sizeof(time));
    return dcm_set(set, "ContentLabel", "AI_FINDINGS", err) &&
           head_text(set, "ContentDescription",
                     "Findings of an AI model, not verified", err) &&
           dcm_set(set, "ContentCreatorName", "osteon^AI", err) &&
           dcm_set(set, "PresentationCreationDate", date, err) &&
           dcm_set(set, "PresentationCreationTime", time, err);
}

static bool relationship(struct dcm *set, const struct dcm *source,
                         const struct findings_image *image, struct err *err)
{
    char series[65];

    dcm_text(source, "SeriesInstanceUID", series, sizeof(series));
    return dcm_set(set, SERIES "SeriesInstanceUID", series, err) &&
           dcm_set(set, IMAGE "ReferencedSOPClassUID", image->sop_class, err) &&
           dcm_set(set, IMAGE "ReferencedSOPInstanceUID", image->sop_uid,
                   err) &&
           (image->frame == 0 ||
            head_number(set, IMAGE "ReferencedFrameNumber", image->frame, err));
}

/* Millimeters only where they hold on the patient, as in the overlay; else the
 * shape of a pixel, which is square unless somebody says otherwise. */
static bool pixel_size(struct dcm *set, const struct dcm *source,
                       const struct findings_image *image, struct err *err)
{
    const double *mm = image->spacing_mm;
    char text[SOURCES_ASPECT];

    if (image->calibration != CALIBRATION_NONE &&
        image->calibration != CALIBRATION_DETECTOR) {
        snprintf(text, sizeof(text), "%.10g\\%.10g", mm[0], mm[1]);
        return dcm_set(set, AREA "PresentationPixelSpacing", text, err);
    }
    sources_aspect(source, image, text);
    return dcm_set(set, AREA "PresentationPixelAspectRatio", text, err);
}

/* All of it; the corners are those pixels, the first being 1,1. */
static bool displayed_area(struct dcm *set, const struct dcm *source,
                           const struct findings_image *image, struct err *err)
{
    char corner[32];

    snprintf(corner, sizeof(corner), "%u\\%u", (unsigned)image->columns,
             (unsigned)image->rows);
    return dcm_set(set, AREA "DisplayedAreaTopLeftHandCorner", "1\\1", err) &&
           dcm_set(set, AREA "DisplayedAreaBottomRightHandCorner", corner,
                   err) &&
           dcm_set(set, AREA "PresentationSizeMode", "SCALE TO FIT", err) &&
           pixel_size(set, source, image, err);
}

static bool text_to(struct dcm *set, const char *to, const struct dcm *source,
                    const char *from, struct err *err)
{
    char value[256];

    return !dcm_text(source, from, value, sizeof(value)) ||
           dcm_set(set, to, value, err);
}

#define VOI "SoftcopyVOILUTSequence[0]."

static bool window(struct dcm *set, const struct dcm *source, struct err *err)
{
    size_t n = dcm_items(source, "VOILUTSequence");
    char to[PATH], from[PATH];

    for (size_t i = 0; i < n && i < VOI_LUTS; i++) {
        snprintf(to, sizeof(to), VOI "VOILUTSequence[%zu]", i);
        snprintf(from, sizeof(from), "VOILUTSequence[%zu]", i);
        if (!dcm_copy_item(set, to, source, from, err))
            return false;
    }
    return text_to(set, VOI "WindowCenter", source, "WindowCenter", err) &&
           text_to(set, VOI "WindowWidth", source, "WindowWidth", err) &&
           text_to(set, VOI "VOILUTFunction", source, "VOILUTFunction", err);
}

/* A presentation state replaces the image's own transformations, so it has to
 * repeat them (PS3.4 N.2.1); MONOCHROME1 is one of them. */
static bool grey_levels(struct dcm *set, const struct dcm *source,
                        struct err *err)
{
    char photometric[17];
    bool lut = dcm_items(source, "ModalityLUTSequence") > 0;

    dcm_text(source, "PhotometricInterpretation", photometric,
             sizeof(photometric));
    if (lut ? !dcm_copy(set, source, "ModalityLUTSequence", err)
            : !dcm_copy(set, source, "RescaleIntercept", err) ||
                  !dcm_copy(set, source, "RescaleSlope", err) ||
                  !dcm_copy(set, source, "RescaleType", err))
        return false;
    return window(set, source, err) &&
           dcm_set(set, "PresentationLUTShape",
                   strcmp(photometric, "MONOCHROME1") == 0 ? "INVERSE"
                                                           : "IDENTITY",
                   err);
}

static bool layer(struct dcm *set, struct err *err)
{
    return dcm_set(set, "GraphicLayerSequence[0].GraphicLayer", LAYER, err) &&
           dcm_set(set, "GraphicLayerSequence[0].GraphicLayerOrder", "1",
                   err) &&
           head_text(set, "GraphicLayerSequence[0].GraphicLayerDescription",
                     "AI, not verified by a physician. Not for diagnostic use.",
                     err) &&
           dcm_set(set, GSPS_ANNOTATION "GraphicLayer", LAYER, err);
}

/* Type 2C of the series: of the image or of its series, else unknown. A series
 * of both sides has none. */
static bool laterality(struct dcm *set, const struct dcm *source,
                       struct err *err)
{
    char side[17];

    if (!dcm_text(source, "ImageLaterality", side, sizeof(side)))
        dcm_text(source, "Laterality", side, sizeof(side));
    if (strcmp(side, "R") != 0 && strcmp(side, "L") != 0)
        side[0] = '\0';
    return dcm_set(set, "Laterality", side, err);
}

static bool fill(struct dcm *set, const struct result_request *request,
                 const struct sources *sources, size_t image, struct err *err)
{
    const struct findings *f = request->findings;
    const struct dcm *source = sources->sets[image];
    const struct head head = {
        .sop_class = PRESENTATION_STATE,
        .uid_kind = "GSPS",
        .modality = "PR",
        .series_kind = "PR",
        .series_words = "layer (unverified)",
        .series_number = request->options->series_number + 2,
        .instance_number = (int64_t)image + 1,
        .index = image,
    };

    return head_write(set, &head, request, sources, err) &&
           laterality(set, source, err) && identification(set, err) &&
           relationship(set, source, &f->images[image], err) &&
           displayed_area(set, source, &f->images[image], err) &&
           layer(set, err) && gsps_graphics(set, f, image, err) &&
           grey_levels(set, source, err) &&
           dcm_remove(set, "ContentDate", err) &&
           dcm_remove(set, "ContentTime", err);
}

bool image_has_findings(const struct findings *findings, size_t image)
{
    for (size_t i = 0; i < findings->n_measurements; i++)
        if (findings->measurements[i].image == image)
            return true;
    for (size_t i = 0; i < findings->n_found; i++)
        if (findings->found[i].image == image &&
            group_found_place(findings, i) == GROUP_OWN)
            return true;
    return false;
}

bool gsps_build(const struct result_request *request, size_t image,
                struct result *out, struct err *err)
{
    struct sources sources = {0};
    struct dcm *set = NULL;
    bool ok = false;

    memset(out, 0, sizeof(*out));
    if (!group_check_all(request->findings, err) ||
        !sources_open(request, &sources, err))
        return err_wrap(err, "presentation state");
    if (!grayscale(sources.sets[image])) {
        sources_close(&sources);
        return true;
    }
    set = dcm_new();
    if (set == NULL)
        err_set(err, ERR_RETRY, "no memory");
    else
        ok = fill(set, request, &sources, image, err) &&
             head_encode(set, request, out, err);
    dcm_free(set);
    sources_close(&sources);
    return ok || err_wrap(err, "presentation state");
}
