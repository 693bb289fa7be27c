/* A measure of a person is the same one in every study: only then can a number
 * be put beside an earlier one. The name for it must lead back to nobody. */
#include "db/tracking.h"

#include <stdio.h>
#include <string.h>

#include "db/uid.h"

void tracking_person(char out[static TRACKING_PERSON], const char *issuer,
                     const char *patient_id, const char *study_uid)
{
    if (patient_id[0] != '\0')
        snprintf(out, TRACKING_PERSON, "%.64s|%.64s", issuer, patient_id);
    else
        snprintf(out, TRACKING_PERSON, "study|%.64s", study_uid);
}

void tracking_key(char out[static 65], const char *secret, const char *person)
{
    hmac_hex(out, secret, person);
}

void tracking_uid(char out[static 65], const char *secret, const char *person,
                  const char *id, const char *site, enum side side,
                  size_t ordinal)
{
    char hidden[65], text[512];

    tracking_key(hidden, secret, person);
    snprintf(text, sizeof text, "tracking|%s|%s|%s|%d|%zu", hidden, id, site,
             (int)side, ordinal);
    uid_derive(out, text);
}

size_t tracking_ordinal(const struct findings *f, size_t i)
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
