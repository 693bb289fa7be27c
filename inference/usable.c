/* What an image must be before a model for grey single frames looks at it. All
 * of it stands in the header: most refusals need no pixel and no process. */
#include "inference/usable.h"

#include <stdio.h>
#include <string.h>

#include "inference/turn.h"

#define PIXELS_MOST (UINT64_C(128) * 1024 * 1024) /* rows x columns */

/* A reason is kept and logged, and a header may say anything, a name too: a
 * value is told only where it is a term of DICOM's. */
static const char *colors(const char *photometric)
{
    static const char *const terms[] = {
        "RGB",          "PALETTE COLOR",   "YBR_FULL",
        "YBR_FULL_422", "YBR_PARTIAL_420", "YBR_ICT",
        "YBR_RCT"}; /* PS3.3 C.7.6.3.1.2 */

    for (size_t i = 0; i < sizeof terms / sizeof terms[0]; i++)
        if (strcmp(photometric, terms[i]) == 0)
            return terms[i];
    return photometric[0] ? "no term of DICOM's" : "absent";
}

static bool directions(const char *text) /* PS3.3 C.7.6.1.1.1 */
{
    return text[strspn(text, "APRLHF")] == '\0';
}

/* PatientOrientation says how the pixels lie, whatever the view and whatever
 * was flipped before. Without it an image counts as displayed the usual way,
 * unless it says that it was mirrored or taken from behind: right would be
 * left. */
static bool oriented(const struct dcm *set, const struct bundle_input *input,
                     struct usable *out, char reason[static USABLE_REASON])
{
    char row[17] = "", column[17] = "", both[40], flip[17] = "", view[17] = "";
    dcm_value(set, "PatientOrientation", 0, row, sizeof row);
    dcm_value(set, "PatientOrientation", 1, column, sizeof column);
    snprintf(both, sizeof both, "%s\\%s", row, column);
    out->from_behind = input->orientation[0] == 'R';
    if (input->orientation[0] == '\0' ||
        strcmp(both, input->orientation) == 0 ||
        turn_between(both, input->orientation, &out->turn))
        return true;
    strcpy(out->quality, "positioning");
    if (row[0] || column[0]) {
        snprintf(reason, USABLE_REASON,
                 "PatientOrientation is %s; the model wants %s",
                 directions(row) && directions(column) ? both : "no direction",
                 input->orientation);
        return false;
    }
    dcm_text(set, "FieldOfViewHorizontalFlip", flip, sizeof flip);
    dcm_text(set, "ViewPosition", view, sizeof view);
    out->quality[0] = '\0';
    if (strcmp(flip, "YES") != 0 && strcmp(view, "PA") != 0)
        return true;
    snprintf(reason, USABLE_REASON,
             "PatientOrientation is absent from an image that is %s: right "
             "and left are not certain",
             strcmp(view, "PA") == 0 ? "a PA view" : "flipped");
    return false;
}

static enum side one_side(const struct dcm *set)
{
    char side[17];
    if (!dcm_text(set, "ImageLaterality", side, sizeof side))
        dcm_text(set, "Laterality", side, sizeof side);
    return strcmp(side, "R") == 0   ? SIDE_RIGHT
           : strcmp(side, "L") == 0 ? SIDE_LEFT
                                    : SIDE_NONE;
}

bool usable_image(const struct scan *scan, const struct dcm *set,
                  const struct bundle *bundle, struct usable *out,
                  char reason[static USABLE_REASON])
{
    char photometric[17] = "";
    *out = (struct usable){.only = one_side(set)};
    dcm_text(set, "PhotometricInterpretation", photometric, sizeof photometric);
    if (scan->pixel_offset < 0 || scan->rows == 0 || scan->columns == 0) {
        snprintf(reason, USABLE_REASON, "the object holds no image");
        return false;
    }
    if ((uint64_t)scan->rows * scan->columns > PIXELS_MOST) {
        snprintf(reason, USABLE_REASON,
                 "an image of %u x %u pixels is too large", scan->rows,
                 scan->columns);
        return false;
    }
    if (scan->frames > 1) {
        snprintf(reason, USABLE_REASON,
                 "the object has %u frames; the model takes single images",
                 scan->frames);
        return false;
    }
    if (strcmp(photometric, "MONOCHROME1") != 0 &&
        strcmp(photometric, "MONOCHROME2") != 0) {
        snprintf(reason, USABLE_REASON,
                 "PhotometricInterpretation is %s; the model takes grey images",
                 colors(photometric));
        return false;
    }
    return oriented(set, &bundle->inputs[out->input], out, reason);
}
