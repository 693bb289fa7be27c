/* What is said of a measurement beside earlier ones: in a few words on pages,
 * whole in the report. A reader must see with what it was compared, and that a
 * difference below what the model can tell is none. */
#include "sr_writer/wording.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "conf/date.h"
#include "sr_writer/codes.h"

#define NUMBER 40

int wording_decimals(const struct measurement *m)
{
    if (m->kind == MEASURE_GRADE)
        return 0;
    return strcmp(m->unit, "ratio") == 0 ? 2 : 1;
}

/* With its sign, but no sign of zero. */
static void difference(const struct measurement *m, double value,
                       char out[static NUMBER])
{
    int decimals = wording_decimals(m);
    bool zero = fabs(value) < 0.5 * pow(10, -decimals);

    if (fabs(value) >= 1e6)
        snprintf(out, NUMBER, "%+.4g", value);
    else
        snprintf(out, NUMBER, zero ? "%.*f" : "%+.*f", decimals,
                 zero ? 0 : value);
}

/* Never "0.0": what is small has more digits. */
static void limit(const struct measurement *m, double value,
                  char out[static NUMBER])
{
    int decimals = wording_decimals(m);

    if (value >= 1e6 || value < 0.5 * pow(10, -decimals))
        snprintf(out, NUMBER, "%.2g", value);
    else
        snprintf(out, NUMBER, "%.*f", decimals, value);
}

bool wording_change(const struct findings *f, const struct change *c,
                    char out[static WORDING_SIZE])
{
    const struct measurement *m = &f->measurements[c->measurement];
    char by[NUMBER], least[NUMBER], date[DATE_TEXT];
    const char *since;

    out[0] = '\0';
    if (c->kind == CHANGE_REFUSED) {
        snprintf(out, WORDING_SIZE, "not compared (%s)", c->reason);
        wording_ascii(out);
        return true;
    }
    if (!change_compared(c))
        return false;
    difference(m, c->difference, by);
    limit(m, c->detectable, least);
    since = date_text(c->earlier[c->prior].date, "no date", date);
    if (c->kind == CHANGE_STABLE)
        snprintf(out, WORDING_SIZE, "stable since %s (%s%s, detectable %s)",
                 since, by, wording_unit(m), least);
    else
        snprintf(out, WORDING_SIZE, "%s%s since %s (detectable %s)", by,
                 wording_unit(m), since, least);
    return true;
}

static void compared(const struct measurement *m, const struct change *c,
                     char out[static WORDING_SIZE])
{
    const struct earlier *prior = &c->earlier[c->prior];
    const char *unit = codes_unit(m->unit)->code.value;
    char before[NUMBER], date[DATE_TEXT], report[100] = "";

    snprintf(before, sizeof(before), "%.*f", wording_decimals(m), prior->value);
    if (prior->sr_uid[0] != '\0')
        snprintf(report, sizeof(report), ", as its report says");
    snprintf(out, WORDING_SIZE,
             "Compared with %s%s%s of %s, model version %s%s. Side, view and "
             "spacing of both images are comparable.%s",
             before, m->kind == MEASURE_GRADE ? "" : " ",
             m->kind == MEASURE_GRADE ? "" : unit,
             date_text(prior->date, "no date", date), prior->version, report,
             c->kind == CHANGE_STABLE
                 ? " The difference is less than the model can tell."
                 : "");
}

void wording_change_long(const struct findings *f, const struct change *c,
                         char out[static WORDING_SIZE])
{
    const struct measurement *m = &f->measurements[c->measurement];

    if (c->kind == CHANGE_REFUSED)
        snprintf(out, WORDING_SIZE, "Not compared with earlier studies: %s",
                 c->reason);
    else if (c->kind == CHANGE_NEW)
        snprintf(out, WORDING_SIZE,
                 "No earlier value is known: nothing was compared.");
    else
        compared(m, c, out);
    wording_ascii(out);
}
