/* What the groups of TID 1501 and TID 1410 have in common: tracking, site,
 * lines on the image, certainty. Every number carries its own SCOORD: without
 * one a viewer has nothing to draw, and OHIF refuses the whole report. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "db/tracking.h"
#include "sr_writer/codes.h"
#include "sr_writer/group.h"
#include "sr_writer/wording.h"

#define DCM(value, meaning) ((struct dcm_code){value, "DCM", meaning})
#define SCT(value, meaning) ((struct dcm_code){value, "SCT", meaning})

#define CORNERSTONE "Cornerstone3DTools@^0.1.0:" /* what OHIF hydrates */

void group_site(struct srdoc *doc, const char *site, enum side side,
                const char *modifier)
{
    const struct dcm_code *laterality = codes_side(side);
    const struct codes_row *where = codes_modifier(modifier);

    srdoc_code(doc, SRDOC_CONCEPT_MOD, SCT("363698007", "Finding Site"),
               codes_site(site)->code);
    if (laterality != NULL) {
        srdoc_code(doc, SRDOC_CONCEPT_MOD, SCT("272741003", "Laterality"),
                   *laterality);
        srdoc_up(doc);
    }
    if (where != NULL) {
        srdoc_code(doc, SRDOC_CONCEPT_MOD,
                   SCT("106233006", "Topographical modifier"), where->code);
        srdoc_up(doc);
    }
    srdoc_up(doc);
}

void group_tracking(struct srdoc *doc, const struct result_request *request,
                    const char *person, const struct group_track *track)
{
    static const char *const words[] = {
        [SIDE_NONE] = "none", [SIDE_RIGHT] = "right", [SIDE_LEFT] = "left"};
    char name[160], uid[65], tail[24] = "";

    if (track->ordinal > 1)
        snprintf(tail, sizeof(tail), ":%zu", track->ordinal);
    if (track->tool != NULL &&
        request->options->viewer_profile == CONF_VIEWER_OHIF)
        snprintf(name, sizeof(name), CORNERSTONE "%s", track->tool);
    else
        snprintf(name, sizeof(name), "%s:%s:%s%s", request->findings->model,
                 track->id, words[track->side], tail);
    wording_ascii(name);
    tracking_uid(uid, request->site_secret, person, track->key, track->site,
                 track->side, track->ordinal);
    srdoc_text(doc, SRDOC_OBS_CONTEXT, DCM("112039", "Tracking Identifier"),
               name);
    srdoc_up(doc);
    srdoc_uidref(doc, SRDOC_OBS_CONTEXT,
                 DCM("112040", "Tracking Unique Identifier"), uid);
    srdoc_up(doc);
}

void group_line(struct srdoc *doc, enum srdoc_rel rel, struct dcm_code purpose,
                const struct findings_image *image,
                const struct geometry_line *line)
{
    float xy[2 * (FINDINGS_POINTS + 1)];

    if (line->n == 0) {
        srdoc_image_named(doc, rel, purpose, image->sop_class, image->sop_uid,
                          image->frame);
        srdoc_up(doc);
        return;
    }
    for (size_t i = 0; i < line->n; i++) {
        xy[2 * i] = (float)line->at[i][0];
        xy[2 * i + 1] = (float)line->at[i][1];
    }
    srdoc_scoord(doc, rel, purpose, xy, line->n);
    srdoc_image(doc, SRDOC_SELECTED_FROM, image->sop_class, image->sop_uid,
                image->frame);
    srdoc_up(doc);
    srdoc_up(doc);
}

void group_certainty(struct srdoc *doc, double share,
                     const struct findings_image *image,
                     const struct geometry_line *line)
{
    char text[32];

    snprintf(text, sizeof(text), "%.1f", 100 * share);
    srdoc_num(doc, SRDOC_CONTAINS, DCM("111012", "Certainty of Finding"), text,
              codes_unit("percent")->code);
    group_line(doc, SRDOC_INFERRED_FROM, DCM("121112", "Source of Measurement"),
               image, line);
    srdoc_up(doc);
}

void group_comment(struct srdoc *doc, const char *words)
{
    char ascii[WORDING_SIZE];

    snprintf(ascii, sizeof(ascii), "%s", words);
    wording_ascii(ascii);
    if (ascii[0] == '\0')
        return;
    srdoc_text(doc, SRDOC_CONTAINS, DCM("121106", "Comment"), ascii);
    srdoc_up(doc);
}

/* One digit more than can be read from a film, so that rounding is the
 * reader's. */
void group_number(double value, const char *unit, char out[static 32])
{
    int digits = strncmp(unit, "mm", 2) == 0 ? 1 : 2;
    double scale = digits == 1 ? 10 : 100;
    double rounded = round(value * scale) / scale;

    snprintf(out, 32, "%.*f", digits, rounded == 0 ? 0.0 : rounded);
}

/* The first present finding that follows from measurement i. */
const struct found *group_found_of(const struct findings *f, size_t i)
{
    const struct measurement *m = &f->measurements[i];

    for (size_t k = 0; k < f->n_found; k++) {
        const struct found *found = &f->found[k];
        if (found->present && strcmp(found->measure, m->id) == 0 &&
            found->side == m->side && found->image == m->image)
            return found;
    }
    return NULL;
}

/* A group has room for one Finding (TID 1501 row 4): a second one that follows
 * from the same measurement is told on its own. */
enum group_place group_found_place(const struct findings *f, size_t i)
{
    const struct found *found = &f->found[i];

    if (!found->present)
        return GROUP_NONE;
    for (size_t k = 0; found->measure[0] != '\0' && k < f->n_measurements; k++)
        if (group_found_of(f, k) == found)
            return GROUP_OF_MEASUREMENT;
    return found->has_box ? GROUP_OWN : GROUP_NONE;
}
