/* Every sentence that leaves the node about a finding, in one place: a
 * physician reads them, a translator or a regulator wants to see them all. */
#include "sr_writer/wording.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "sr_writer/codes.h"

void wording_demonstration(const struct findings *findings,
                           char out[static WORDING_SIZE])
{
    static const char word[] = "DEMONSTRATION";
    const char *text = findings->demonstration;
    bool said = strncasecmp(text, word, sizeof(word) - 1) == 0;

    if (*text == '\0')
        out[0] = '\0';
    else
        snprintf(out, WORDING_SIZE, "%s%s",
                 said ? "" : "DEMONSTRATION: ", text);
    wording_ascii(out);
}

void wording_failure(const struct findings *findings,
                     char out[static WORDING_SIZE])
{
    if (findings->failure[0] == '\0')
        snprintf(out, WORDING_SIZE,
                 "Nothing was measured: read the images as without AI.");
    else
        snprintf(out, WORDING_SIZE,
                 "Analysis failed: the images were not evaluated. Read them as "
                 "without AI. The software reported: \"%s\"",
                 findings->failure);
    wording_ascii(out);
}

void wording_calibration(const struct findings_image *image,
                         char out[static WORDING_SIZE])
{
    const double *mm = image->spacing_mm;
    char size[40];

    if (fabs(mm[0] - mm[1]) < 5e-5 * mm[0])
        snprintf(size, sizeof(size), "%.4g mm", mm[0]);
    else
        snprintf(size, sizeof(size), "%.4g x %.4g mm", mm[0], mm[1]);
    switch (image->calibration) {
    case CALIBRATION_NONE:
        snprintf(out, WORDING_SIZE,
                 "The image gives no usable pixel spacing: no lengths in mm.");
        break;
    case CALIBRATION_DETECTOR:
        snprintf(out, WORDING_SIZE,
                 "Lengths in mm are at the detector plane (Imager Pixel "
                 "Spacing %s), not corrected for magnification.",
                 size);
        break;
    case CALIBRATION_MAGNIFIED:
        snprintf(out, WORDING_SIZE,
                 "Lengths in mm are Imager Pixel Spacing corrected by the "
                 "estimated magnification factor (%s per pixel).",
                 size);
        break;
    case CALIBRATION_DEVICE:
        snprintf(out, WORDING_SIZE,
                 "Lengths in mm are Imager Pixel Spacing corrected by the "
                 "magnification configured for the device (%s per pixel).",
                 size);
        break;
    case CALIBRATION_BALL:
        snprintf(out, WORDING_SIZE,
                 "Lengths in mm are scaled by the calibration ball on the "
                 "image (%s per pixel).",
                 size);
        break;
    case CALIBRATION_OBJECT:
        snprintf(out, WORDING_SIZE,
                 "Lengths in mm use the Pixel Spacing of the image "
                 "(%s per pixel).",
                 size);
        break;
    }
}

void wording_calibration_short(const struct findings_image *image,
                               char out[static WORDING_SIZE])
{
    static const char *const words[] = {
        [CALIBRATION_NONE] = "",
        [CALIBRATION_DETECTOR] = "mm at the detector plane",
        [CALIBRATION_MAGNIFIED] = "mm corrected for magnification",
        [CALIBRATION_OBJECT] = "mm by Pixel Spacing",
        [CALIBRATION_DEVICE] = "mm by the device's magnification",
        [CALIBRATION_BALL] = "mm by the calibration ball",
    };

    snprintf(out, WORDING_SIZE, "%s", words[image->calibration]);
}

static const char *letter(enum side side)
{
    if (side == SIDE_NONE)
        return "";
    return side == SIDE_RIGHT ? "R" : "L";
}

static const char *label(const char *concept, const char *id)
{
    const struct codes_row *row = codes_concept(concept);

    return row != NULL ? row->label : id;
}

void wording_value(const struct measurement *m, char out[static WORDING_SIZE])
{
    const struct codes_row *unit = codes_unit(m->unit);

    snprintf(out, WORDING_SIZE, "%s%s%s %.*f%s", letter(m->side),
             m->side == SIDE_NONE ? "" : " ", label(m->concept, m->id),
             strcmp(m->unit, "ratio") == 0 ? 2 : 1, m->value,
             unit != NULL ? unit->label : "");
}

void wording_refusal(const struct refusal *refusal,
                     char out[static WORDING_SIZE])
{
    const struct codes_row *row = codes_concept(refusal->concept);
    const char *name = row != NULL ? row->code.meaning : refusal->id;
    const char *side = "";

    if (refusal->side != SIDE_NONE)
        side = refusal->side == SIDE_RIGHT ? "Right: " : "Left: ";
    snprintf(out, WORDING_SIZE, "%s%s: no measurement (%s)", side, name,
             refusal->reason);
    wording_ascii(out);
}

void wording_refusal_short(const struct findings *findings,
                           const struct refusal *refusal,
                           char out[static WORDING_SIZE])
{
    bool some = refusal->side == SIDE_NONE;
    const char *side = letter(refusal->side);

    for (size_t i = 0; i < findings->n_measurements; i++)
        some = some || (findings->measurements[i].side == refusal->side &&
                        findings->measurements[i].image == refusal->image);
    if (some)
        snprintf(out, WORDING_SIZE, "%s%s%s: no measurement (%s)", side,
                 *side == '\0' ? "" : " ", label(refusal->concept, refusal->id),
                 refusal->reason);
    else
        snprintf(out, WORDING_SIZE, "%s: no measurement (%s)", side,
                 refusal->reason);
    wording_ascii(out);
}

void wording_ascii(char *text)
{
    for (unsigned char *c = (unsigned char *)text; *c != '\0'; c++)
        if (*c < 0x20 || *c > 0x7E)
            *c = '?';
        else if (*c == '\\')
            *c = '/';
}
