/* Every UID of a result is computed from what it is about, so that the same
 * job run twice makes the same objects and a PACS sees a duplicate, not a
 * second result. A changed weight, setting or source is another object. */
#include "sr_writer/uids.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "db/uid.h"

#define TEXT_SIZE 1024 /* 8 source UIDs, names and digests */

static int compare(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

void uids_instance(char out[static 65], const struct findings *findings,
                   const char *kind, size_t index)
{
    const char *sorted[FINDINGS_IMAGES];
    char text[TEXT_SIZE];
    size_t n = 0, used;

    for (; n < findings->n_images && n < FINDINGS_IMAGES; n++)
        sorted[n] = findings->images[n].sop_uid;
    qsort(sorted, n, sizeof(sorted[0]), compare);
    used = (size_t)snprintf(text, sizeof(text), "%s|%s|%s|%s|%s|", kind,
                            findings->model, findings->version,
                            findings->weights_sha256, findings->config_sha256);
    for (size_t i = 0; i < n && used < sizeof(text); i++)
        used += (size_t)snprintf(text + used, sizeof(text) - used, "%s%s",
                                 i == 0 ? "" : ",", sorted[i]);
    if (used < sizeof(text))
        snprintf(text + used, sizeof(text) - used, "|%zu", index);
    uid_derive(out, text);
}

void uids_series(char out[static 65], const struct findings *findings,
                 const char *modality, const char *study_uid)
{
    char text[TEXT_SIZE];

    snprintf(text, sizeof(text), "series|%s|%s|%s|%s", modality,
             findings->model, findings->version, study_uid);
    uid_derive(out, text);
}

void uids_device(char out[static 65], const struct findings *findings)
{
    char text[TEXT_SIZE];

    snprintf(text, sizeof(text), "device|%s|%s|%s|%s", findings->manufacturer,
             findings->model, findings->version, findings->weights_sha256);
    uid_derive(out, text);
}

void uids_tracking(char out[static 65], const char *site_secret,
                   const char *person, const struct measurement *m,
                   size_t ordinal)
{
    char hidden[65], text[TEXT_SIZE];

    hmac_hex(hidden, site_secret, person);
    snprintf(text, sizeof(text), "tracking|%s|%s|%s|%d|%zu", hidden, m->id,
             m->site, (int)m->side, ordinal);
    uid_derive(out, text);
}
