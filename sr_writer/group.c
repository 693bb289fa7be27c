/* One measurement as DICOM says it: a TID 1501 group with tracking
 * identifiers, site and side, the number (TID 300) and the line it was read
 * from (TID 320). Every number carries its own SCOORD: without one a viewer
 * has nothing to draw, and OHIF refuses the whole report. */
#include "sr_writer/group.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "sr_writer/codes.h"
#include "sr_writer/uids.h"
#include "sr_writer/wording.h"

#define DCM(value, meaning) ((struct dcm_code){value, "DCM", meaning})
#define SCT(value, meaning) ((struct dcm_code){value, "SCT", meaning})

#define PIXEL_CENTER 0.5 /* of SCOORD 0,0, the corner (PS3.3 C.18.6.1.1) */
#define LARGEST      1e9 /* keeps a DS within 16 characters */
#define ANGLE_POINTS 4   /* A V V B */

static const char *side_word(enum side side)
{
    static const char *const words[] = {
        [SIDE_NONE] = "none", [SIDE_RIGHT] = "right", [SIDE_LEFT] = "left"};

    return words[side];
}

static bool on_image(const struct findings_image *image, const double at[2])
{
    double x = at[0] + PIXEL_CENTER, y = at[1] + PIXEL_CENTER;

    return x >= 0 && x <= image->columns && y >= 0 && y <= image->rows;
}

bool group_check(const struct findings *findings, size_t i, struct err *err)
{
    const struct measurement *m = &findings->measurements[i];
    const struct codes_row *concept = codes_concept(m->concept);
    size_t points = m->kind == MEASURE_ANGLE ? ANGLE_POINTS : 2;

    if (concept == NULL || codes_site(m->site) == NULL)
        return err_set(err, ERR_REJECT,
                       "measurement %s: no code for concept %s or site %s",
                       m->id, m->concept, m->site);
    if (strcmp(concept->unit, m->unit) != 0)
        return err_set(err, ERR_REJECT,
                       "measurement %s: unit %s, but %s is in %s", m->id,
                       m->unit, m->concept, concept->unit);
    if (!isfinite(m->value) || fabs(m->value) > LARGEST)
        return err_set(err, ERR_REJECT,
                       "measurement %s: its value is not a usable number",
                       m->id);
    if (!(m->confidence >= 0 && m->confidence <= 1))
        return err_set(err, ERR_REJECT,
                       "measurement %s: its confidence is not 0 to 1", m->id);
    if (m->image >= findings->n_images || m->n_points != points)
        return err_set(err, ERR_REJECT,
                       "measurement %s: %zu points on image %zu; it needs %zu",
                       m->id, m->n_points, m->image, points);
    for (size_t k = 0; k < m->n_points; k++)
        if (!on_image(&findings->images[m->image], m->points[k]))
            return err_set(err, ERR_REJECT,
                           "measurement %s: a point lies outside the image",
                           m->id);
    return true;
}

void group_site(struct srdoc *doc, const struct dcm_code *site, enum side side)
{
    const struct dcm_code *laterality = codes_side(side);

    srdoc_code(doc, SRDOC_CONCEPT_MOD, SCT("363698007", "Finding Site"), *site);
    if (laterality != NULL) {
        srdoc_code(doc, SRDOC_CONCEPT_MOD, SCT("272741003", "Laterality"),
                   *laterality);
        srdoc_up(doc);
    }
    srdoc_up(doc);
}

/* Angles to 0.01 degree, ratios to 0.01, lengths to 0.1 mm: one digit more
 * than can be read from a film, so that rounding is the reader's. */
static void number(const struct measurement *m, char out[static 32])
{
    int digits = m->kind == MEASURE_DISTANCE ? 1 : 2;
    double scale = digits == 1 ? 10 : 100;
    double rounded = round(m->value * scale) / scale;

    snprintf(out, 32, "%.*f", digits, rounded == 0 ? 0.0 : rounded);
}

static void line(struct srdoc *doc, const struct findings *f,
                 const struct measurement *m, struct dcm_code purpose,
                 size_t from, size_t n)
{
    const struct findings_image *image = &f->images[m->image];
    float xy[2 * FINDINGS_POINTS];

    for (size_t i = 0; i < n; i++) {
        xy[2 * i] = (float)(m->points[from + i][0] + PIXEL_CENTER);
        xy[2 * i + 1] = (float)(m->points[from + i][1] + PIXEL_CENTER);
    }
    srdoc_scoord(doc, SRDOC_INFERRED_FROM, purpose, xy, n);
    srdoc_image(doc, SRDOC_SELECTED_FROM, image->sop_class, image->sop_uid,
                image->frame);
    srdoc_up(doc);
    srdoc_up(doc);
}

/* As one polyline viewers draw an angle; two arms are the standard's form for
 * lines that do not meet (TID 300). */
static void geometry(struct srdoc *doc, const struct result_request *request,
                     const struct measurement *m)
{
    const struct findings *f = request->findings;

    if (m->kind == MEASURE_ANGLE && codes_two_lines(m->concept) &&
        request->options->angle_lines == CONF_ANGLE_ARMS) {
        line(doc, f, m, DCM("121223", "Arm of angle"), 0, 2);
        line(doc, f, m, DCM("121223", "Arm of angle"), 2, 2);
        return;
    }
    line(doc, f, m, DCM("121112", "Source of Measurement"), 0, m->n_points);
}

/* 1 for the first of its kind: two images may show the same leg. */
static size_t ordinal(const struct findings *f, size_t i)
{
    const struct measurement *m = &f->measurements[i];
    size_t n = 1;

    for (size_t k = 0; k < i; k++) {
        const struct measurement *other = &f->measurements[k];
        if (strcmp(other->id, m->id) == 0 && other->side == m->side &&
            strcmp(other->site, m->site) == 0)
            n++;
    }
    return n;
}

static void tracking(struct srdoc *doc, const struct result_request *request,
                     const char *person, size_t i)
{
    const struct measurement *m = &request->findings->measurements[i];
    size_t n = ordinal(request->findings, i);
    char name[160], uid[65], tail[24] = "";

    if (n > 1)
        snprintf(tail, sizeof(tail), ":%zu", n);
    snprintf(name, sizeof(name), "%s:%s:%s%s", request->findings->model, m->id,
             side_word(m->side), tail);
    wording_ascii(name);
    uids_tracking(uid, request->site_secret, person, m, n);
    srdoc_text(doc, SRDOC_OBS_CONTEXT, DCM("112039", "Tracking Identifier"),
               name);
    srdoc_up(doc);
    srdoc_uidref(doc, SRDOC_OBS_CONTEXT,
                 DCM("112040", "Tracking Unique Identifier"), uid);
    srdoc_up(doc);
}

void group_add(struct srdoc *doc, const struct result_request *request,
               const char *person, size_t i)
{
    const struct measurement *m = &request->findings->measurements[i];
    char text[32];

    srdoc_container(doc, SRDOC_CONTAINS, DCM("125007", "Measurement Group"),
                    "1501");
    tracking(doc, request, person, i);
    group_site(doc, &codes_site(m->site)->code, m->side);
    number(m, text);
    srdoc_num(doc, SRDOC_CONTAINS, codes_concept(m->concept)->code, text,
              codes_unit(m->unit)->code);
    geometry(doc, request, m);
    srdoc_up(doc);
    snprintf(text, sizeof(text), "%.1f", 100 * m->confidence);
    srdoc_num(doc, SRDOC_CONTAINS, DCM("111012", "Certainty of Finding"), text,
              codes_unit("percent")->code);
    line(doc, request->findings, m, DCM("121112", "Source of Measurement"), 0,
         m->n_points);
    srdoc_up(doc);
    srdoc_up(doc);
}
