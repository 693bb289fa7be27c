/* Earlier values come from a database and from reports of others: a change is
 * refused before a number that follows from nothing, or a reference to what is
 * none, gets into a report. */
#include <math.h>
#include <string.h>

#include "conf/date.h"
#include "dicom/scan.h"
#include "sr_writer/group_check.h"

#define LARGEST  1e9  /* keeps a DS within 16 characters */
#define ROUNDING 1e-6 /* a difference is of the values that are told */

static bool wrong(const struct findings *f, const struct change *c,
                  const char *what, struct err *err)
{
    return err_set(err, ERR_REJECT, "change of measurement %s: %s",
                   f->measurements[c->measurement].id, what);
}

static bool ends(const char *text, size_t size)
{
    return memchr(text, '\0', size) != NULL;
}

#define ENDS(array) ends(array, sizeof(array))

static bool usable(double value)
{
    return isfinite(value) && fabs(value) <= LARGEST;
}

static bool dated(const char *date)
{
    int64_t days;

    return date_days(date, &days);
}

static bool earlier(const struct earlier *e)
{
    if (!ENDS(e->date) || !ENDS(e->version) || !ENDS(e->study_uid) ||
        !ENDS(e->series_uid) || !ENDS(e->sop_class) || !ENDS(e->sop_uid) ||
        !ENDS(e->sr_class) || !ENDS(e->sr_series_uid) || !ENDS(e->sr_uid))
        return false;
    if (e->sr_uid[0] != '\0' &&
        (!scan_uid_valid(e->sr_class) || !scan_uid_valid(e->sr_series_uid) ||
         !scan_uid_valid(e->sr_uid)))
        return false;
    return dated(e->date) && usable(e->value) && scan_uid_valid(e->study_uid) &&
           scan_uid_valid(e->series_uid) && scan_uid_valid(e->sop_class) &&
           scan_uid_valid(e->sop_uid);
}

/* Does what is said follow from the numbers? */
static bool follows(const struct findings *f, const struct change *c)
{
    double now = f->measurements[c->measurement].value;
    double by = c->difference;

    if (!usable(by) || !usable(c->detectable) || c->detectable < 0 ||
        fabs(now - c->earlier[c->prior].value - by) > ROUNDING)
        return false;
    if (c->kind == CHANGE_STABLE)
        return fabs(by) <= c->detectable + ROUNDING;
    return c->kind == CHANGE_INCREASED ? by > 0 : by < 0;
}

static bool change(const struct findings *f, size_t i, struct err *err)
{
    const struct change *c = &f->changes[i];

    if (c->measurement >= f->n_measurements)
        return err_set(err, ERR_REJECT, "a change of no measurement");
    if (findings_change(f, c->measurement) != c)
        return wrong(f, c, "told twice", err);
    if (!ENDS(c->reason) || c->kind < CHANGE_REFUSED || c->kind > CHANGE_NEW ||
        c->n_earlier > FINDINGS_EARLIER)
        return wrong(f, c, "of no known kind", err);
    for (size_t k = 0; k < c->n_earlier; k++)
        if (!earlier(&c->earlier[k]))
            return wrong(f, c, "an earlier value without date, number or image",
                         err);
    if (c->kind == CHANGE_REFUSED && c->reason[0] == '\0')
        return wrong(f, c, "refused without a reason", err);
    if (c->kind == CHANGE_REFUSED || c->kind == CHANGE_NEW)
        return true;
    if (!change_compared(c) || !follows(f, c) ||
        (!isnan(c->per_year) && !usable(c->per_year)))
        return wrong(f, c, "its numbers do not follow from its values", err);
    return true;
}

bool group_check_changes(const struct findings *f, struct err *err)
{
    if (f->n_changes > FINDINGS_CHANGES)
        return err_set(err, ERR_REJECT, "findings with too many changes");
    if (!ENDS(f->study_date) ||
        (f->study_date[0] != '\0' && !dated(f->study_date)))
        return err_set(err, ERR_REJECT, "findings of no date");
    for (size_t i = 0; i < f->n_changes; i++)
        if (!change(f, i, err))
            return false;
    return true;
}
