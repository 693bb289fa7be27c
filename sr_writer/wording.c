/* Every sentence that leaves the node about a finding, in one place: a
 * physician reads them, a translator or a regulator wants to see them all. */
#include "sr_writer/wording.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "sr_writer/codes.h"
#include "sr_writer/naming.h"

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

void wording_frame(const struct findings_image *image,
                   char out[static WORDING_SIZE])
{
    out[0] = '\0';
    if (image->frame > 0)
        snprintf(out, WORDING_SIZE,
                 "Of the frames only number %u was analyzed.", image->frame);
}

void wording_calibration_short(const struct findings_image *image,
                               char out[static WORDING_SIZE])
{
    static const char *const words[] = {
        [CALIBRATION_NONE] = "",
        [CALIBRATION_DETECTOR] = "at the detector plane",
        [CALIBRATION_MAGNIFIED] = "corrected for magnification",
        [CALIBRATION_OBJECT] = "by Pixel Spacing",
        [CALIBRATION_DEVICE] = "by the device's magnification",
        [CALIBRATION_BALL] = "by the calibration ball",
    };

    snprintf(out, WORDING_SIZE, "%s", words[image->calibration]);
}

static const char *modifier(const char *key)
{
    static const char *const words[][2] = {{"medial", " med."},
                                           {"lateral", " lat."},
                                           {"anterior", " ant."},
                                           {"posterior", " post."}};

    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
        if (strcmp(key, words[i][0]) == 0)
            return words[i][1];
    return "";
}

const char *wording_unit(const struct measurement *m)
{
    const struct codes_row *unit = codes_unit(m->unit);

    if (strcmp(m->unit, "mm2") == 0)
        return " mm\302\262";
    return unit != NULL && m->kind != MEASURE_GRADE ? unit->label : "";
}

/* A grade is a word or a number of its own: kl_2 is 2. */
void wording_number(const struct measurement *m, char out[static WORDING_SIZE])
{
    int decimals = wording_decimals(m);
    const struct codes_row *grade = codes_grade(m->grade);
    bool zero = fabs(m->value) < 0.5 * pow(10, -decimals); /* never "-0.0" */

    if (m->kind != MEASURE_GRADE && fabs(m->value) >= 1e6)
        snprintf(out, WORDING_SIZE, "%.4g", m->value);
    else if (m->kind != MEASURE_GRADE)
        snprintf(out, WORDING_SIZE, "%.*f", decimals, zero ? 0 : m->value);
    else if (strncmp(m->grade, "kl_", 3) == 0)
        snprintf(out, WORDING_SIZE, "%s", m->grade + 3);
    else if (grade != NULL)
        snprintf(out, WORDING_SIZE, "%s", grade->label);
    else if (m->grade[0] != '\0')
        snprintf(out, WORDING_SIZE, "%s", m->grade);
    else
        snprintf(out, WORDING_SIZE, "%.0f", m->value);
    wording_ascii(out);
}

void wording_value(const struct measurement *m, char out[static WORDING_SIZE])
{
    char name[NAMING_SIZE], number[WORDING_SIZE];

    naming_short(m->label, &m->own, m->concept, m->id, name);
    wording_number(m, number);
    snprintf(out, WORDING_SIZE, "%s%s%s%s %.200s%s", naming_letter(m->side),
             m->side == SIDE_NONE ? "" : " ", name, modifier(m->modifier),
             number, wording_unit(m));
}

void wording_percent(double share, char out[static WORDING_SIZE])
{
    double percent = floor(100 * share + 0.5);

    out[0] = '\0';
    if (share >= 0 && share <= 1)
        snprintf(out, WORDING_SIZE, "%.0f %%",
                 share < 1 ? fmin(percent, 99) : percent);
}

static void add(char out[static WORDING_SIZE], const char *text)
{
    size_t n = strlen(out);

    if (text[0] != '\0')
        snprintf(out + n, WORDING_SIZE - n, "%s%s", n > 0 ? ", " : "", text);
}

static void add_parts(const struct measurement *m,
                      char out[static WORDING_SIZE])
{
    char text[WORDING_SIZE];

    if (strcmp(m->parts_unit, "mm") != 0)
        return;
    if (m->kind == MEASURE_RATIO)
        snprintf(text, sizeof(text), "%.1f : %.1f mm", m->parts[0],
                 m->parts[1]);
    else if (m->kind == MEASURE_DIFFERENCE)
        snprintf(text, sizeof(text), "R %.1f, L %.1f mm", m->parts[0],
                 m->parts[1]);
    else
        return;
    add(out, text);
}

static void add_traits(const struct measurement *m,
                       char out[static WORDING_SIZE])
{
    static const char *const words[][2] = {{"convexity", "convex"},
                                           {"apical_vertebra", "apex"}};
    char name[NAMING_SIZE], text[WORDING_SIZE];

    for (size_t w = 0; w < sizeof(words) / sizeof(words[0]); w++)
        for (size_t i = 0; i < m->n_traits && i < FINDINGS_TRAITS; i++) {
            if (strcmp(m->traits[i].concept, words[w][0]) != 0)
                continue;
            naming_trait(&m->traits[i], name);
            snprintf(text, sizeof(text), "%s %s", words[w][1], name);
            add(out, text);
        }
}

void wording_detail(const struct measurement *m, char out[static WORDING_SIZE])
{
    wording_percent(m->confidence, out);
    add_parts(m, out);
    add_traits(m, out);
}

void wording_normal(const struct measurement *m, char out[static WORDING_SIZE])
{
    out[0] = '\0';
    if (m->has_normal)
        snprintf(out, WORDING_SIZE, "%.4g to %.4g", m->normal[0], m->normal[1]);
}

int wording_outside(const struct measurement *m)
{
    if (!m->has_normal)
        return 0;
    return m->value < m->normal[0] ? -1 : m->value > m->normal[1] ? 1 : 0;
}

void wording_found(const struct found *found, char out[static WORDING_SIZE])
{
    char name[NAMING_SIZE];

    naming_short("", &found->own, found->concept, found->id, name);
    snprintf(out, WORDING_SIZE, "%s%s%s%s",
             found->priority == PRIORITY_ROUTINE ? "" : "! ",
             naming_letter(found->side), found->side == SIDE_NONE ? "" : " ",
             name);
}

void wording_refusal(const struct refusal *refusal,
                     char out[static WORDING_SIZE])
{
    char name[NAMING_SIZE];
    const char *side = "";

    naming_long(&refusal->own, refusal->concept, refusal->id, name);

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
    const char *side = naming_letter(refusal->side);
    char name[NAMING_SIZE];

    naming_short("", &refusal->own, refusal->concept, refusal->id, name);

    for (size_t i = 0; i < findings->n_measurements; i++)
        some = some || (findings->measurements[i].side == refusal->side &&
                        findings->measurements[i].image == refusal->image);
    if (some)
        snprintf(out, WORDING_SIZE, "%s%s%s%s: no measurement (%s)", side,
                 *side == '\0' ? "" : " ", name, modifier(refusal->modifier),
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
