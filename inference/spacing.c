/* Pixel size of a projection radiograph, PS3.3 10.7: PixelSpacing is
 * calibrated at the patient; where it merely repeats ImagerPixelSpacing it is
 * still the detector's (10.7.1.3), as ImagerPixelSpacing alone is. The
 * estimated magnification brings detector millimeters to the object (PS3.3
 * C.8.11.7). A number that cannot be trusted gives no millimeters at all:
 * a leg reported 10 % too long is worse than none. */
#include "inference/spacing.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* a micrometer or centimeter written as millimeters lies outside */
#define LEAST_MM 0.01
#define MOST_MM  10.0
#define MOST_RATIO                                                             \
    10.0             /* magnification; 1: no distance to the detector.         \
                        And of a pixel's sides */
#define TEXT_MOST 32 /* DS has 16 characters; some writers overdo it */

enum presence { ABSENT, GOOD, BAD };

/* A decimal string as PS3.5 6.2 has it; strtod alone would take "0x1p3",
 * "nan" and the first half of "0,143". */
static bool parse_decimal(const char *text, double *out)
{
    if (text[strspn(text, "+-.0123456789Ee ")] != '\0' ||
        strlen(text) > TEXT_MOST)
        return false;
    char *end;
    errno = 0;
    double value = strtod(text, &end);
    while (*end == ' ')
        end++;
    if (end == text || *end != '\0' || errno == ERANGE || !isfinite(value))
        return false;
    *out = value;
    return true;
}

static enum presence read_pair(const struct dcm *set, const char *keyword,
                               double mm[2], char reason[static 161])
{
    char text[65];
    if (!dcm_value(set, keyword, 0, text, sizeof text) &&
        !dcm_value(set, keyword, 1, text, sizeof text))
        return ABSENT;
    for (size_t i = 0; i < 2; i++) {
        if (!dcm_value(set, keyword, i, text, sizeof text)) {
            snprintf(reason, 161, "%s does not have two values", keyword);
            return BAD;
        }
        if (!parse_decimal(text, &mm[i])) {
            snprintf(reason, 161, "%s is not a pair of decimal numbers",
                     keyword);
            return BAD;
        }
        if (!(mm[i] >= LEAST_MM && mm[i] <= MOST_MM)) {
            snprintf(reason, 161, "%s of %g mm is not plausible", keyword,
                     mm[i]);
            return BAD;
        }
    }
    if (dcm_value(set, keyword, 2, text, sizeof text)) {
        snprintf(reason, 161, "%s has more than two values", keyword);
        return BAD;
    }
    return GOOD;
}

static enum presence read_factor(const struct dcm *set, double *factor,
                                 char reason[static 161])
{
    static const char keyword[] = "EstimatedRadiographicMagnificationFactor";
    char text[65];
    if (!dcm_value(set, keyword, 0, text, sizeof text))
        return ABSENT;
    if (!parse_decimal(text, factor)) {
        snprintf(reason, 161, "%s is not a decimal number", keyword);
        return BAD;
    }
    if (!(*factor >= 1 && *factor <= MOST_RATIO)) {
        snprintf(reason, 161, "%s of %g is not plausible", keyword, *factor);
        return BAD;
    }
    return GOOD;
}

/* 1: the two values say square, -1: not square, 0: they say nothing. */
static int squareness(const struct dcm *set, const char *keyword)
{
    char text[2][65];
    double number[2];
    bool any = dcm_value(set, keyword, 0, text[0], sizeof text[0]);
    any = dcm_value(set, keyword, 1, text[1], sizeof text[1]) || any;
    if (!any)
        return 0;
    if (!parse_decimal(text[0], &number[0]) ||
        !parse_decimal(text[1], &number[1]))
        return -1;
    return fabs(number[0] - number[1]) <= 1e-6 * fabs(number[0]) ? 1 : -1;
}

/* PixelAspectRatio, vertical over horizontal size (PS3.3 C.7.6.3.1.7); 0: not
 * two positive numbers that may be believed. */
static double aspect_ratio(const struct dcm *set)
{
    char text[2][65];
    double number[2];
    for (size_t i = 0; i < 2; i++) {
        if (!dcm_value(set, "PixelAspectRatio", i, text[i], sizeof text[i]) ||
            !parse_decimal(text[i], &number[i]) || !(number[i] > 0))
            return 0;
    }
    double ratio = number[0] / number[1];
    return ratio >= 1 / MOST_RATIO && ratio <= MOST_RATIO &&
                   !dcm_value(set, "PixelAspectRatio", 2, text[0],
                              sizeof text[0])
               ? ratio
               : 0;
}

/* What cannot be trusted as a length may still warn of the shape, and then no
 * ratio beside it is believed either. */
static void find_shape(const struct dcm *set, struct spacing *out)
{
    int object = squareness(set, "PixelSpacing");
    int imager = squareness(set, "ImagerPixelSpacing");
    if (object == 0 && imager == 0)
        out->aspect = aspect_ratio(set);
    out->skewed = object < 0 || imager < 0 ||
                  (out->aspect == 0 && squareness(set, "PixelAspectRatio") < 0);
}

static bool same(const double a[2], const double b[2])
{
    return fabs(a[0] - b[0]) < 1e-6 && fabs(a[1] - b[1]) < 1e-6;
}

static void set_spacing(struct spacing *out, enum calibration calibration,
                        const double mm[2], double factor)
{
    out->calibration = calibration;
    out->mm[0] = mm[0] / factor;
    out->mm[1] = mm[1] / factor;
}

void spacing_read(const struct dcm *set, struct spacing *out)
{
    double object[2] = {0}, imager[2] = {0}, factor = 1;
    char type[17];
    memset(out, 0, sizeof *out);
    enum presence has_object =
        read_pair(set, "PixelSpacing", object, out->reason);
    enum presence has_imager =
        has_object == BAD
            ? ABSENT
            : read_pair(set, "ImagerPixelSpacing", imager, out->reason);
    enum presence has_factor = has_object == BAD || has_imager != GOOD
                                   ? ABSENT
                                   : read_factor(set, &factor, out->reason);

    if (has_object == GOOD &&
        (has_imager != GOOD || !same(object, imager) ||
         dcm_text(set, "PixelSpacingCalibrationType", type, sizeof type))) {
        if (has_imager != BAD)
            set_spacing(out, CALIBRATION_OBJECT, object, 1);
    } else if (has_imager == GOOD && has_factor == GOOD) {
        set_spacing(out, CALIBRATION_MAGNIFIED, imager, factor);
    } else if (has_imager == GOOD && has_factor == ABSENT) {
        set_spacing(out, CALIBRATION_DETECTOR, imager, 1);
    } else if (out->reason[0] == '\0') {
        snprintf(out->reason, sizeof out->reason,
                 "the image has neither PixelSpacing nor ImagerPixelSpacing");
    }
    if (out->calibration != CALIBRATION_NONE)
        out->reason[0] = '\0';
    if (out->calibration == CALIBRATION_NONE)
        find_shape(set, out);
}

void spacing_magnify(double magnification, struct spacing *spacing)
{
    double detector[2] = {spacing->mm[0], spacing->mm[1]};
    if (spacing->calibration == CALIBRATION_DETECTOR && magnification >= 1)
        set_spacing(spacing, CALIBRATION_DEVICE, detector, magnification);
}
