/* Whose numbers they are is asked here once more, although the writers of
 * results ask it too: a route may want no result at all, and numbers of two
 * people under one name would be compared for years. */
#include "inference/remember.h"

#include <stdio.h>
#include <string.h>

#include "conf/mem.h"
#include "db/tracking.h"

struct person {
    char issuer[HISTORY_NAME], id[HISTORY_NAME];
};

static void read_person(const struct dcm *set, struct person *out)
{
    dcm_text(set, "IssuerOfPatientID", out->issuer, sizeof out->issuer);
    dcm_text(set, "PatientID", out->id, sizeof out->id);
}

static bool same(const struct person *a, const struct person *b,
                 struct err *err)
{
    bool id = strcmp(a->id, b->id) == 0;
    return (id && strcmp(a->issuer, b->issuer) == 0) ||
           err_set(err, ERR_REJECT,
                   "the images of one job disagree in %s: correct them in the "
                   "PACS and send them again",
                   id ? "IssuerOfPatientID" : "PatientID");
}

/* The tracking UIDs are keyed by the bytes of the image, as in reports; the
 * name that somebody types is UTF-8. */
static void name_patient(struct dcm *set, const struct remember_how *how,
                         struct history_patient *out, char *who)
{
    struct person person;
    struct err unused;
    read_person(set, &person);
    tracking_person(who, person.issuer, person.id, how->study_uid);
    tracking_key(out->key, how->secret, who);
    if (dcm_to_utf8(set, &unused))
        read_person(set, &person);
    memcpy(out->issuer, person.issuer, sizeof out->issuer);
    memcpy(out->id, person.id, sizeof out->id);
}

/* An image whose header cannot be read was refused: no number is of it. */
static bool read_patient(const struct findings *findings,
                         const struct remember_how *how,
                         struct history_patient *out, char *who,
                         struct err *err)
{
    struct person first, other;
    bool any = false, ok = true;
    for (size_t i = 0; ok && i < findings->n_images; i++) {
        struct err unused;
        struct dcm *set = analyse_header(&how->sources[i], &unused);
        if (!set)
            continue;
        if (!any) {
            read_person(set, &first);
            name_patient(set, how, out, who);
            any = true;
        } else {
            read_person(set, &other);
            ok = same(&first, &other, err);
        }
        dcm_free(set);
    }
    return ok;
}

/* Was anything on that side measured of an implant? What has no side is of
 * both. */
static bool implanted(const struct findings *findings,
                      const struct bundle *bundle, enum side side)
{
    const struct rules *rules = &bundle->rules;
    for (size_t i = 0; i < findings->n_measurements; i++) {
        const struct measurement *m = &findings->measurements[i];
        if (m->side != side && m->side != SIDE_NONE && side != SIDE_NONE)
            continue;
        for (size_t k = 0; k < rules->n_measures; k++)
            if (rules->measures[k].implant &&
                strcmp(rules->measures[k].id, m->id) == 0)
                return true;
    }
    return false;
}

static void describe(const struct measurement *m, struct history_row *row)
{
    memcpy(row->measure, m->id, sizeof row->measure);
    memcpy(row->concept, m->concept, sizeof row->concept);
    memcpy(row->site, m->site, sizeof row->site);
    memcpy(row->modifier, m->modifier, sizeof row->modifier);
    row->side = m->side;
    row->value = m->value;
    memcpy(row->unit, m->unit, sizeof row->unit);
    row->confidence = m->confidence;
}

static void place(const struct findings *findings,
                  const struct remember_how *how, size_t i,
                  struct history_row *row)
{
    const struct findings_image *image = &findings->images[i];
    memcpy(row->study_date, findings->study_date, sizeof row->study_date);
    snprintf(row->study_uid, sizeof row->study_uid, "%s", how->study_uid);
    memcpy(row->series_uid, image->series_uid, sizeof row->series_uid);
    memcpy(row->sop_class, image->sop_class, sizeof row->sop_class);
    memcpy(row->sop_uid, image->sop_uid, sizeof row->sop_uid);
    snprintf(row->sha256, sizeof row->sha256, "%s",
             how->source_sha256 ? how->source_sha256[i] : "");
    row->frame = image->frame;
    memcpy(row->input, image->input, sizeof row->input);
    memcpy(row->view, image->view, sizeof row->view);
    memcpy(row->body_part, image->body_part, sizeof row->body_part);
    row->calibration = image->calibration;
}

static void fill(const struct findings *findings,
                 const struct remember_how *how, const char *who, size_t i,
                 struct history_row *row)
{
    const struct measurement *m = &findings->measurements[i];
    row->origin = HISTORY_OWN;
    describe(m, row);
    place(findings, how, m->image, row);
    row->implant = implanted(findings, how->bundle, m->side);
    memcpy(row->model, findings->model, sizeof row->model);
    memcpy(row->version, findings->version, sizeof row->version);
    memcpy(row->weights_sha256, findings->weights_sha256,
           sizeof row->weights_sha256);
    tracking_uid(row->tracking_uid, how->secret, who, m->id, m->site, m->side,
                 tracking_ordinal(findings, i));
}

bool remember(const struct findings *findings, const struct remember_how *how,
              struct history *out, struct err *err)
{
    char who[TRACKING_PERSON] = "";
    memset(out, 0, sizeof *out);
    if (!read_patient(findings, how, &out->patient, who, err))
        return false;
    out->n = findings->n_measurements;
    out->rows = mem_calloc(out->n + 1, sizeof *out->rows);
    for (size_t i = 0; i < out->n; i++)
        fill(findings, how, who, i, &out->rows[i]);
    return true;
}
