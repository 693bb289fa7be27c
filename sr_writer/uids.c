/* Every UID of a result is computed from what it is about, so that the same
 * job run twice makes the same objects and a PACS sees a duplicate, not a
 * second result. A changed weight, setting or source is another object. */
#include "sr_writer/uids.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "db/uid.h"

#define TEXT_SIZE   4096 /* 16 sources, names and digests */
#define SOURCE_SIZE 130  /* UID:digest */
#define CHANGE_SIZE 4096 /* 8 earlier values of 200 */

static int compare(const void *a, const void *b)
{
    return strcmp(a, b);
}

/* The order in which images arrive is not part of what they are. */
static size_t sorted_sources(const struct result_request *request,
                             char out[FINDINGS_IMAGES][SOURCE_SIZE])
{
    const struct findings *f = request->findings;
    size_t n = 0;

    for (; n < f->n_images && n < FINDINGS_IMAGES; n++)
        snprintf(out[n], SOURCE_SIZE, "%s%s%s", f->images[n].sop_uid,
                 request->source_sha256 == NULL ? "" : ":",
                 request->source_sha256 == NULL ? ""
                                                : request->source_sha256[n]);
    qsort(out, n, SOURCE_SIZE, compare);
    return n;
}

/* What a measurement was compared with is written, and is not of its sources:
 * a prior that comes late makes another report. */
static void changes(const struct findings *f, char out[static 65])
{
    char text[CHANGE_SIZE];
    size_t used;

    out[0] = '\0';
    for (size_t i = 0; i < f->n_changes && i < FINDINGS_CHANGES; i++) {
        const struct change *c = &f->changes[i];
        used = (size_t)snprintf(
            text, sizeof(text), "%s|%zu|%d|%zu|%.9g|%.9g|%.9g|%s", out,
            c->measurement, (int)c->kind, c->prior, c->difference, c->per_year,
            c->detectable, c->reason);
        for (size_t k = 0; k < c->n_earlier && k < FINDINGS_EARLIER; k++) {
            const struct earlier *e = &c->earlier[k];
            used += (size_t)snprintf(text + used, sizeof(text) - used,
                                     "|%s|%.9g|%s|%s|%s", e->date, e->value,
                                     e->version, e->sop_uid, e->sr_uid);
        }
        sha256_hex(out, text, used);
    }
}

void uids_instance(char out[static 65], const struct result_request *request,
                   const char *kind, size_t index)
{
    const struct findings *f = request->findings;
    const struct conf_results *o = request->options;
    char text[TEXT_SIZE], sources[FINDINGS_IMAGES][SOURCE_SIZE];
    size_t n = sorted_sources(request, sources), used;
    char compared[65];

    used = (size_t)snprintf(
        text, sizeof(text), "%s|%s|%s|%s|%s|%d,%d,%d,%lld,%lld|", kind,
        f->model, f->version, f->weights_sha256, f->config_sha256,
        o->angle_lines, o->charset, o->research, (long long)o->series_number,
        (long long)o->overlay_pixels);
    for (size_t i = 0; i < n && used < sizeof(text); i++)
        used += (size_t)snprintf(text + used, sizeof(text) - used, "%s%s",
                                 i == 0 ? "" : ",", sources[i]);
    if (used < sizeof(text) && o->viewer_profile != CONF_VIEWER_STANDARD)
        used += (size_t)snprintf(text + used, sizeof(text) - used, "|viewer %d",
                                 o->viewer_profile);
    /* the site's own factor is not of the bundle, and changes every length */
    for (size_t i = 0; i < f->n_images && used < sizeof(text); i++)
        if (f->images[i].calibration == CALIBRATION_DEVICE)
            used +=
                (size_t)snprintf(text + used, sizeof(text) - used,
                                 "|%zu:%.9g mm", i, f->images[i].spacing_mm[0]);
    changes(f, compared);
    if (used < sizeof(text) && compared[0] != '\0')
        used += (size_t)snprintf(text + used, sizeof(text) - used,
                                 "|changes %s", compared);
    if (used < sizeof(text))
        snprintf(text + used, sizeof(text) - used, "|%zu%s%s", index,
                 f->failure[0] == '\0' ? "" : "|failed|", f->failure);
    uid_derive(out, text);
}

void uids_series(char out[static 65], const struct findings *findings,
                 const char *kind, const char *study_uid)
{
    char text[TEXT_SIZE];

    snprintf(text, sizeof(text), "series|%s|%s|%s|%s", kind, findings->model,
             findings->version, study_uid);
    uid_derive(out, text);
}

void uids_device(char out[static 65], const struct findings *findings)
{
    char text[TEXT_SIZE];

    snprintf(text, sizeof(text), "device|%s|%s|%s|%s", findings->manufacturer,
             findings->model, findings->version, findings->weights_sha256);
    uid_derive(out, text);
}
