/* A difference between numbers that are not of the same thing, seen in the
 * same way, looks like any other: it would be believed. So whatever stands in
 * the way of a comparison is named, and no difference is computed. */
#include "inference/change.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "conf/date.h"
#include "dicom/scan.h"

#define DAY_MS        INT64_C(86400000)
#define DAYS_PER_YEAR 365.25

struct comparison {
    const struct change_how *how;
    const struct history_row *now;
    int64_t today; /* days */
    char reason[FINDINGS_REASON];
};

__attribute__((format(printf, 2, 3))) static bool
differs(struct comparison *c, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    vsnprintf(c->reason, sizeof c->reason, format, args);
    va_end(args);
    return false;
}

static bool bridged(const struct bundle *bundle, const char *version)
{
    for (size_t i = 0; i < bundle->n_bridges; i++)
        if (strcmp(bundle->bridges[i], version) == 0)
            return true;
    return false;
}

static bool same_model(struct comparison *c, const struct history_row *past,
                       const char *date)
{
    const struct history_row *now = c->now;
    if (strcmp(past->model, now->model) != 0)
        return differs(c, "%s was measured by another model, %.64s", date,
                       past->model);
    if (strcmp(past->version, now->version) != 0)
        return bridged(c->how->bundle, past->version) ||
               differs(c,
                       "%s was measured by version %s of the model, whose "
                       "numbers this version is not known to agree with",
                       date, past->version);
    if (past->weights_sha256[0] != '\0' &&
        strcmp(past->weights_sha256, now->weights_sha256) != 0)
        return differs(
            c, "%s was measured by other weights of the same version", date);
    return true;
}

static bool contradict(const char *a, const char *b)
{
    return a[0] != '\0' && b[0] != '\0' && strcmp(a, b) != 0;
}

static bool same_view(struct comparison *c, const struct history_row *past,
                      const char *date)
{
    const struct history_row *now = c->now;
    const struct conf_priors *agree = c->how->priors;
    if (contradict(past->input, now->input) ||
        (agree->agree_view && contradict(past->view, now->view)))
        return differs(c, "the image of %s is another view", date);
    if (agree->agree_body_part && contradict(past->body_part, now->body_part))
        return differs(c, "the image of %s is of another body part", date);
    return true;
}

static bool same_scale(struct comparison *c, const struct history_row *past,
                       const char *date)
{
    const struct history_row *now = c->now;
    if (strcmp(past->unit, now->unit) != 0)
        return differs(c, "%s was measured in another unit", date);
    if (strncmp(now->unit, "mm", 2) != 0)
        return true;
    if (past->calibration == CALIBRATION_NONE ||
        now->calibration == CALIBRATION_NONE)
        return differs(c, "the spacing of one of the two images is not known");
    if (past->calibration == CALIBRATION_DETECTOR ||
        now->calibration == CALIBRATION_DETECTOR)
        return differs(c, "the magnification of one of the two images is not "
                          "known");
    if (past->calibration != now->calibration)
        return differs(c,
                       "the millimeters of %s come from another source than "
                       "today's",
                       date);
    return true;
}

/* What a report may refer to. */
static bool referable(const struct history_row *past)
{
    return scan_uid_valid(past->study_uid) &&
           scan_uid_valid(past->series_uid) &&
           scan_uid_valid(past->sop_class) && scan_uid_valid(past->sop_uid) &&
           (past->sr_uid[0] == '\0' ||
            (scan_uid_valid(past->sr_uid) && scan_uid_valid(past->sr_class) &&
             scan_uid_valid(past->sr_series_uid)));
}

static bool comparable(struct comparison *c, const struct history_row *past)
{
    char text[DATE_TEXT];
    const char *date = date_text(past->study_date, "no date", text);
    if (!same_model(c, past, date) || !same_view(c, past, date) ||
        !same_scale(c, past, date))
        return false;
    if (past->implant != c->now->implant)
        return differs(c, "an implant was seen in one of the two images, and "
                          "not in the other");
    return referable(past) ||
           differs(c, "the image of %s is not known by its UIDs", date);
}

/* Of another study, not after this one, not too long ago. */
static bool earlier(const struct comparison *c, const struct history_row *past)
{
    int64_t then;
    return strcmp(past->study_uid, c->now->study_uid) != 0 &&
           date_days(past->study_date, &then) && then <= c->today &&
           (c->today - then) * DAY_MS <= c->how->priors->within_ms;
}

static void copy(const struct history_row *past, struct earlier *out)
{
    memset(out, 0, sizeof *out);
    memcpy(out->date, past->study_date, sizeof out->date);
    out->value = past->value;
    out->confidence = past->confidence;
    memcpy(out->version, past->version, sizeof out->version);
    memcpy(out->study_uid, past->study_uid, sizeof out->study_uid);
    memcpy(out->series_uid, past->series_uid, sizeof out->series_uid);
    memcpy(out->sop_class, past->sop_class, sizeof out->sop_class);
    memcpy(out->sop_uid, past->sop_uid, sizeof out->sop_uid);
    memcpy(out->sr_class, past->sr_class, sizeof out->sr_class);
    memcpy(out->sr_series_uid, past->sr_series_uid, sizeof out->sr_series_uid);
    memcpy(out->sr_uid, past->sr_uid, sizeof out->sr_uid);
}

static bool has_study(const struct change *change, const char *study_uid)
{
    for (size_t i = 0; i < change->n_earlier; i++)
        if (strcmp(change->earlier[i].study_uid, study_uid) == 0)
            return true;
    return false;
}

static void turn_round(struct change *change)
{
    for (size_t i = 0, j = change->n_earlier; i + 1 < j; i++) {
        struct earlier other = change->earlier[i];
        change->earlier[i] = change->earlier[--j];
        change->earlier[j] = other;
    }
}

/* The latest first, a study once, however many routes looked at it. *known:
 * there was something, comparable or not; *sides: of the other side. */
static void collect(struct comparison *c, const struct history *past,
                    struct change *change, bool *known, bool *sides)
{
    size_t most = (size_t)c->how->priors->most;
    *known = *sides = false;
    for (size_t i = past->n; i-- > 0;) {
        const struct history_row *row = &past->rows[i];
        char first[FINDINGS_REASON];
        if (strcmp(row->measure, c->now->measure) != 0 || !earlier(c, row))
            continue;
        if (strcmp(row->tracking_uid, c->now->tracking_uid) != 0) {
            *sides = *sides || row->side != c->now->side;
            continue;
        }
        memcpy(first, c->reason, sizeof first);
        if (comparable(c, row) && change->n_earlier < most &&
            change->n_earlier < FINDINGS_EARLIER &&
            !has_study(change, row->study_uid))
            copy(row, &change->earlier[change->n_earlier++]);
        if (*known) /* that of the latest stays */
            memcpy(c->reason, first, sizeof first);
        *known = true;
    }
    turn_round(change);
}

static const struct rule_measure *rule_of(const struct bundle *bundle,
                                          const struct history_row *row)
{
    const struct rules *rules = &bundle->rules;
    for (size_t i = 0; i < rules->n_measures; i++)
        if (strcmp(rules->measures[i].id, row->measure) == 0 &&
            rules->measures[i].side == row->side)
            return &rules->measures[i];
    return NULL;
}

static void refuse(struct change *change, const char *reason)
{
    change->kind = CHANGE_REFUSED;
    change->n_earlier = 0;
    snprintf(change->reason, sizeof change->reason, "%s", reason);
}

static void subtract(const struct comparison *c, double detectable,
                     struct change *change)
{
    int64_t then = 0;
    change->prior = change->n_earlier - 1;
    const struct earlier *prior = &change->earlier[change->prior];
    date_days(prior->date, &then);
    int64_t days = c->today - then;
    change->difference = c->now->value - prior->value;
    change->per_year =
        days < CHANGE_RATE_DAYS
            ? (double)NAN
            : change->difference / ((double)days / DAYS_PER_YEAR);
    change->detectable = detectable;
    change->kind = fabs(change->difference) <= detectable ? CHANGE_STABLE
                   : change->difference > 0               ? CHANGE_INCREASED
                                                          : CHANGE_DECREASED;
}

static void find(struct comparison *c, const struct history *past,
                 struct change *change)
{
    const struct rule_measure *rule = rule_of(c->how->bundle, c->now);
    bool known, sides;
    collect(c, past, change, &known, &sides);
    if (!known && sides)
        refuse(change, "earlier studies show the other side only");
    else if (!known)
        change->kind = CHANGE_NEW;
    else if (change->n_earlier == 0)
        refuse(change, c->reason);
    else if (!rule || rule->detectable <= 0)
        refuse(change, "the model does not say how small a change it can tell");
    else
        subtract(c, rule->detectable, change);
}

void change_find(const struct change_how *how, const struct history *now,
                 const struct history *past, struct findings *findings)
{
    findings->n_changes = 0;
    for (size_t i = 0; i < now->n && i < FINDINGS_CHANGES; i++) {
        struct comparison c = {.how = how, .now = &now->rows[i]};
        struct change *change = &findings->changes[findings->n_changes++];
        memset(change, 0, sizeof *change);
        change->measurement = i;
        if (now->patient.id[0] == '\0')
            refuse(change, "the image names no patient");
        else if (!date_days(c.now->study_date, &c.today))
            refuse(change, "the study has no date");
        else
            find(&c, past, change);
    }
}
