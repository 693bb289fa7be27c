/* A result that carries one patient's name and another one's numbers is the
 * worst this node can do. So before anything is written, every source file
 * must be the image that was analyzed, and all must name the same person and
 * study. Messages name the attribute and never its value. */
#include "sr_writer/sources.h"

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "dicom/scan.h"

/* PN may hold three groups of 64 characters in up to 4 bytes (PS3.5 6.2). */
#define VALUE_SIZE 1024

static const char *const agreed[] = {
    "PatientID",  "IssuerOfPatientID", "PatientName",     "PatientBirthDate",
    "PatientSex", "StudyInstanceUID",  "AccessionNumber",
};

static bool agree(const struct dcm *a, const struct dcm *b, struct err *err)
{
    for (size_t i = 0; i < sizeof(agreed) / sizeof(agreed[0]); i++) {
        char value_a[VALUE_SIZE], value_b[VALUE_SIZE];
        dcm_text(a, agreed[i], value_a, sizeof(value_a));
        dcm_text(b, agreed[i], value_b, sizeof(value_b));
        if (strcmp(value_a, value_b) != 0)
            return err_set(err, ERR_REJECT,
                           "the images of one job disagree in %s: correct "
                           "them in the PACS and send them again",
                           agreed[i]);
    }
    return true;
}

static bool same_image(const struct dcm *set,
                       const struct findings_image *image, struct err *err)
{
    char sop_class[65], sop_uid[65];

    dcm_text(set, "SOPClassUID", sop_class, sizeof(sop_class));
    dcm_text(set, "SOPInstanceUID", sop_uid, sizeof(sop_uid));
    if (strcmp(sop_class, image->sop_class) != 0 ||
        strcmp(sop_uid, image->sop_uid) != 0)
        return err_set(err, ERR_REJECT,
                       "a source file is not the image that was analyzed");
    return true;
}

/* The result repeats these, so they must be UIDs. */
static bool named(const struct dcm *set, struct err *err)
{
    static const char *const uids[] = {"SOPClassUID", "SOPInstanceUID",
                                       "StudyInstanceUID", "SeriesInstanceUID"};
    char uid[66];

    for (size_t i = 0; i < sizeof(uids) / sizeof(uids[0]); i++) {
        dcm_text(set, uids[i], uid, sizeof(uid));
        if (!scan_uid_valid(uid))
            return err_set(err, ERR_REJECT,
                           "the source image has no valid %s: its sender must "
                           "correct it",
                           uids[i]);
    }
    return true;
}

static bool open_all(const struct result_request *request, struct sources *out,
                     struct err *err)
{
    const struct findings *f = request->findings;

    if (f->n_images == 0 || f->n_images > FINDINGS_IMAGES)
        return err_set(err, ERR_REJECT, "findings of %zu images, not 1 to %d",
                       f->n_images, FINDINGS_IMAGES);
    for (; out->n < f->n_images; out->n++) {
        struct dcm *set = dcm_read(request->source_paths[out->n], err);
        if (set == NULL)
            return err_wrap(err, "source image");
        out->sets[out->n] = set;
        if (!same_image(set, &f->images[out->n], err) || !named(set, err) ||
            !agree(out->sets[0], set, err)) {
            out->n++;
            return false;
        }
    }
    dcm_text(out->sets[0], "StudyInstanceUID", out->study_uid,
             sizeof(out->study_uid));
    return true;
}

bool sources_open(const struct result_request *request, struct sources *out,
                  struct err *err)
{
    memset(out, 0, sizeof(*out));
    if (open_all(request, out, err))
        return true;
    sources_close(out);
    return false;
}

void sources_close(struct sources *sources)
{
    for (size_t i = 0; i < sources->n; i++)
        dcm_free(sources->sets[i]);
    sources->n = 0;
}

bool sources_aspect(const struct dcm *source,
                    const struct findings_image *image,
                    char out[static SOURCES_ASPECT])
{
    const double *mm = image->spacing_mm;
    double ratio[2] = {1, 1};

    if (image->calibration != CALIBRATION_NONE) {
        ratio[0] = nearbyint(1000 * mm[0] / mm[1]);
        ratio[1] = 1000;
    } else if (!dcm_number(source, "PixelAspectRatio", 0, &ratio[0]) ||
               !dcm_number(source, "PixelAspectRatio", 1, &ratio[1])) {
        ratio[0] = ratio[1] = 1;
    }
    bool skewed = ratio[0] >= 1 && ratio[1] >= 1 && ratio[0] <= INT32_MAX &&
                  ratio[1] <= INT32_MAX && ratio[0] != ratio[1];
    if (!skewed)
        ratio[0] = ratio[1] = 1;
    snprintf(out, SOURCES_ASPECT, "%.0f\\%.0f", ratio[0], ratio[1]);
    return skewed;
}
