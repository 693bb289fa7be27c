/* A measurement beside earlier ones, within its own group: OHIF takes groups of
 * one tracking UID for one, so the earlier value is no group of its own but
 * what the difference is inferred from. The numbers stand behind that of the
 * measurement: a viewer takes the first one over. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "conf/date.h"
#include "sr_writer/codes.h"
#include "sr_writer/group.h"
#include "sr_writer/group_check.h"
#include "sr_writer/wording.h"

#define DCM(value, meaning) ((struct dcm_code){value, "DCM", meaning})

#define SOURCE DCM("121112", "Source of Measurement")

void group_time_point(struct srdoc *doc, const struct findings *f, size_t i)
{
    char date[DATE_TEXT];

    if (findings_change(f, i) == NULL || f->study_date[0] == '\0')
        return;
    srdoc_text(doc, SRDOC_OBS_CONTEXT,
               (struct dcm_code){"C2348792", "UMLS", "Time Point"},
               date_text(f->study_date, "no date", date));
    srdoc_up(doc);
}

/* A grade is counted in whole steps. */
static void number(struct srdoc *doc, enum srdoc_rel rel, struct dcm_code name,
                   const struct measurement *m, double value)
{
    char text[32];

    group_number(value, m->unit, text);
    if (m->kind == MEASURE_GRADE)
        snprintf(text, sizeof(text), "%.0f", value);
    srdoc_num(doc, rel, name, text, codes_unit(m->unit)->code);
}

/* What the reader must hold the difference against: a derivation parameter of
 * it (TID 300 row 9). */
static void detectable(struct srdoc *doc, const struct measurement *m,
                       double value)
{
    char text[32];

    group_number(value, "", text);
    srdoc_num(doc, SRDOC_INFERRED_FROM,
              codes_comparison("smallest_detectable_change")->code, text,
              codes_unit(m->unit)->code);
    srdoc_up(doc);
}

static const struct dcm_code *concept_of(const struct measurement *m)
{
    return &codes_change(m->own.value[0] == '\0' ? m->concept : "other")->code;
}

static void numbers(struct srdoc *doc, const struct findings *f,
                    const struct measurement *m, const struct change *c)
{
    const struct codes_row *rate = codes_per_year(m->unit);
    struct geometry_line lines[GEOMETRY_LINES];
    struct dcm_code name;
    char text[32];

    if (!group_code(&m->own, m->concept, &name))
        return; /* it was checked */
    geometry_measurement(m, true, lines);
    number(doc, SRDOC_CONTAINS, *concept_of(m), m, c->difference);
    number(doc, SRDOC_INFERRED_FROM, name, m, c->earlier[c->prior].value);
    srdoc_up(doc);
    detectable(doc, m, c->detectable);
    group_line(doc, SRDOC_INFERRED_FROM, SOURCE, &f->images[m->image],
               &lines[0]);
    srdoc_up(doc);
    if (rate == NULL || !isfinite(c->per_year))
        return;
    group_number(c->per_year, "", text);
    srdoc_num(doc, SRDOC_CONTAINS, codes_comparison("change_per_year")->code,
              text, rate->code);
    group_line(doc, SRDOC_INFERRED_FROM, SOURCE, &f->images[m->image],
               &lines[0]);
    srdoc_up(doc);
}

static void what(struct srdoc *doc, enum change_kind kind)
{
    static const struct dcm_code kinds[] = {
        [CHANGE_REFUSED] = {"", "", ""},
        [CHANGE_STABLE] = {"58158008", "SCT", "Stable"},
        [CHANGE_INCREASED] = {"35105006", "SCT", "Increased"},
        [CHANGE_DECREASED] = {"1250004", "SCT", "Decreased"},
        [CHANGE_NEW] = {"7147002", "SCT", "New"},
    };

    if (kind == CHANGE_REFUSED)
        return;
    srdoc_code(doc, SRDOC_CONTAINS, codes_comparison("change_from_prior")->code,
               kinds[kind]);
    srdoc_up(doc);
}

void group_change(struct srdoc *doc, const struct findings *f, size_t i)
{
    const struct change *c = findings_change(f, i);
    char words[WORDING_SIZE];

    if (c == NULL)
        return;
    if (change_compared(c)) {
        const struct earlier *prior = &c->earlier[c->prior];
        numbers(doc, f, &f->measurements[i], c);
        srdoc_image_named(doc, SRDOC_CONTAINS, DCM("121079", "Baseline"),
                          prior->sop_class, prior->sop_uid, 0);
        srdoc_up(doc);
    }
    what(doc, c->kind);
    wording_change_long(f, c, words);
    group_comment(doc, words);
}

/* Of another study, or of this one: a film taken twice. */
static void evidence(struct srdoc *doc, const char *study_uid,
                     const struct earlier *e, const char *series_uid,
                     const char *sop_class, const char *sop_uid)
{
    if (strcmp(study_uid, e->study_uid) == 0)
        srdoc_evidence(doc, study_uid, series_uid, sop_class, sop_uid);
    else
        srdoc_other_evidence(doc, e->study_uid, series_uid, sop_class, sop_uid);
}

void group_change_evidence(struct srdoc *doc, const struct findings *f,
                           const char *study_uid)
{
    for (size_t i = 0; i < f->n_changes; i++)
        for (size_t k = 0; k < f->changes[i].n_earlier; k++) {
            const struct earlier *e = &f->changes[i].earlier[k];
            evidence(doc, study_uid, e, e->series_uid, e->sop_class,
                     e->sop_uid);
            if (e->sr_uid[0] != '\0')
                evidence(doc, study_uid, e, e->sr_series_uid, e->sr_class,
                         e->sr_uid);
        }
}
