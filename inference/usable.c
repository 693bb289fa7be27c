/* What an image must be before a model for grey images looks at it. All
 * of it stands in the header: most refusals need no pixel and no process. */
#include "inference/usable.h"

#include <stdio.h>
#include <string.h>

#include "inference/turn.h"

#define PIXELS_MOST (UINT64_C(128) * 1024 * 1024) /* of all frames */

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

static void wants(char reason[static USABLE_REASON], const char *keyword,
                  const struct bundle_terms *terms)
{
    int used = snprintf(reason, USABLE_REASON,
                        "%s is not what the model takes: ", keyword);
    for (size_t i = 0; i < terms->n && used < USABLE_REASON; i++)
        used += snprintf(reason + used, (size_t)(USABLE_REASON - used), "%s%s",
                         i ? ", " : "", terms->terms[i]);
}

static bool term_good(const struct dcm *set, const char *keyword,
                      const struct bundle_terms *terms,
                      char reason[static USABLE_REASON])
{
    char text[65] = "";
    if (!dcm_text(set, keyword, text, sizeof text) || text[0] == '\0') {
        if (terms->needed)
            snprintf(reason, USABLE_REASON,
                     "%s is absent, and the model wants to know it", keyword);
        return !terms->needed;
    }
    for (size_t i = 0; i < terms->n; i++)
        if (strcmp(terms->terms[i], text) == 0)
            return true;
    if (terms->n > 0)
        wants(reason, keyword, terms);
    return terms->n == 0;
}

/* Of a header only what is a term: it goes into the history, and a header may
 * hold anybody's name. Defined terms: ViewPosition, PS3.3 C.8.11.5. */
static void told(const struct dcm *set, const char *keyword,
                 const struct bundle_terms *terms, bool view,
                 char out[static 17])
{
    static const char *const defined[] = {"AP",  "PA",  "LL",  "RL",
                                          "RLD", "LLD", "RLO", "LLO"};
    char text[17] = "";
    bool known = false;
    if (!dcm_text(set, keyword, text, sizeof text))
        return;
    for (size_t i = 0; i < terms->n; i++)
        known = known || strcmp(terms->terms[i], text) == 0;
    for (size_t i = 0; view && i < sizeof defined / sizeof defined[0]; i++)
        known = known || strcmp(defined[i], text) == 0;
    if (known)
        memcpy(out, text, sizeof text);
}

static bool has_side_check(const struct rules *rules)
{
    for (size_t i = 0; i < rules->n_checks; i++)
        if (rules->checks[i].kind == CHECK_SIDE)
            return true;
    return false;
}

static bool side_good(const struct bundle *bundle,
                      const struct bundle_input *input, enum side only,
                      char reason[static USABLE_REASON])
{
    bool known = only != SIDE_NONE;
    if (input->laterality == LATERALITY_BOTH && known) {
        snprintf(reason, USABLE_REASON,
                 "the header says that the image shows the %s side only; the "
                 "model wants both",
                 side_name(only));
        return false;
    }
    if (input->laterality != LATERALITY_ONE || known ||
        (!input->laterality_needed && has_side_check(&bundle->rules)))
        return true;
    snprintf(reason, USABLE_REASON,
             "ImageLaterality does not say which side the image shows");
    return false;
}

static bool size_good(const struct scan *scan, const struct bundle_input *input,
                      uint32_t turn, char reason[static USABLE_REASON])
{
    uint32_t rows, columns;
    turn_size(turn, scan->rows, scan->columns, &rows, &columns);
    if ((input->rows[1] == 0 ||
         (rows >= input->rows[0] && rows <= input->rows[1])) &&
        (input->columns[1] == 0 ||
         (columns >= input->columns[0] && columns <= input->columns[1])))
        return true;
    snprintf(reason, USABLE_REASON,
             "an image of %u x %u pixels is not of the size that the model "
             "takes",
             rows, columns);
    return false;
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
    bool known = row[0] || column[0];
    if (known && input->orientation[0] == '\0') {
        out->from_behind = row[0] == 'R';
        return true;
    }
    out->from_behind = input->orientation[0] == 'R';
    if (known && (strcmp(both, input->orientation) == 0 ||
                  turn_between(both, input->orientation, &out->turn)))
        return true;
    if (known) {
        strcpy(out->quality, "positioning");
        snprintf(reason, USABLE_REASON,
                 "PatientOrientation is %s; the model wants %s",
                 directions(row) && directions(column) ? both : "no direction",
                 input->orientation);
        return false;
    }
    if (input->orientation_needed) {
        snprintf(reason, USABLE_REASON,
                 "PatientOrientation is absent, and the model wants to know "
                 "it");
        return false;
    }
    dcm_text(set, "FieldOfViewHorizontalFlip", flip, sizeof flip);
    dcm_text(set, "ViewPosition", view, sizeof view);
    if (input->orientation[0] == '\0' ||
        (strcmp(flip, "YES") != 0 && strcmp(view, "PA") != 0))
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

/* Is this the view that the input wants? */
static bool input_takes(const struct scan *scan, const struct dcm *set,
                        const struct spacing *spacing,
                        const struct bundle *bundle, struct usable *out,
                        char reason[static USABLE_REASON])
{
    const struct bundle_input *input = &bundle->inputs[out->input];
    if (!term_good(set, "Modality", &input->modality, reason) ||
        !term_good(set, "BodyPartExamined", &input->body_part, reason) ||
        !term_good(set, "ViewPosition", &input->view, reason) ||
        !side_good(bundle, input, out->only, reason) ||
        !oriented(set, input, out, reason) ||
        !size_good(scan, input, out->turn, reason))
        return false;
    told(set, "ViewPosition", &input->view, true, out->view);
    told(set, "BodyPartExamined", &input->body_part, false, out->body_part);
    if (!input->spacing_required || bundle->rules.has_ball ||
        spacing->calibration != CALIBRATION_NONE)
        return true;
    snprintf(reason, USABLE_REASON, "no millimeters: %.140s", spacing->reason);
    return false;
}

static bool find_input(const struct scan *scan, const struct dcm *set,
                       const struct spacing *spacing,
                       const struct bundle *bundle, struct usable *out,
                       char reason[static USABLE_REASON])
{
    char first[USABLE_REASON] = "";
    struct usable one = *out;
    for (size_t i = 0; i < bundle->n_inputs; i++) {
        char why[USABLE_REASON] = "";
        *out = one;
        out->input = i;
        if (input_takes(scan, set, spacing, bundle, out, why))
            return true;
        if (i == 0)
            memcpy(first, why, sizeof first);
    }
    if (bundle->n_inputs == 1)
        memcpy(reason, first, sizeof first);
    else
        snprintf(reason, USABLE_REASON,
                 "none of the model's %zu views; not the first, because %.90s",
                 bundle->n_inputs, first);
    return false;
}

uint32_t usable_frame(const struct scan *scan, const struct dcm *set)
{
    double number = 1;
    if (scan->frames <= 1)
        return 0;
    return dcm_number(set, "RepresentativeFrameNumber", 0, &number) &&
                   number >= 1 && number <= scan->frames
               ? (uint32_t)number
               : 1;
}

bool usable_image(const struct scan *scan, const struct dcm *set,
                  const struct spacing *spacing, const struct bundle *bundle,
                  struct usable *out, char reason[static USABLE_REASON])
{
    char photometric[17] = "";
    *out = (struct usable){.only = one_side(set)};
    dcm_text(set, "PhotometricInterpretation", photometric, sizeof photometric);
    if (scan->pixel_offset < 0 || scan->rows == 0 || scan->columns == 0) {
        snprintf(reason, USABLE_REASON, "the object holds no image");
        return false;
    }
    uint64_t pixels = (uint64_t)scan->rows * scan->columns;
    if (pixels > PIXELS_MOST) {
        snprintf(reason, USABLE_REASON,
                 "an image of %u x %u pixels is too large", scan->rows,
                 scan->columns);
        return false;
    }
    if (scan->frames > PIXELS_MOST / pixels) {
        snprintf(reason, USABLE_REASON,
                 "%u frames of %u x %u pixels are too many", scan->frames,
                 scan->rows, scan->columns);
        return false;
    }
    if (strcmp(photometric, "MONOCHROME1") != 0 &&
        strcmp(photometric, "MONOCHROME2") != 0) {
        snprintf(reason, USABLE_REASON,
                 "PhotometricInterpretation is %s; the model takes grey images",
                 colors(photometric));
        return false;
    }
    return find_input(scan, set, spacing, bundle, out, reason);
}
