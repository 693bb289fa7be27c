/* Which images a person should look at first: a Key Object Selection Document
 * (PS3.3 A.35.4, TID 2010) of those on which something was found. Worklists
 * and viewers can use it without reading a report. */
#include <stdio.h>
#include <string.h>

#include "sr_writer/group_check.h"
#include "sr_writer/head.h"
#include "sr_writer/observer.h"
#include "sr_writer/requests.h"
#include "sr_writer/results.h"
#include "sr_writer/wording.h"

#define KEY_OBJECT_SELECTION "1.2.840.10008.5.1.4.1.1.88.59"

#define DCM(value, meaning) ((struct dcm_code){value, "DCM", meaning})

static bool counts(const struct result_request *request,
                   const struct found *found)
{
    return found->present &&
           (request->options->kos || found->priority >= PRIORITY_HIGH);
}

static bool key_image(const struct result_request *request, size_t image)
{
    const struct findings *f = request->findings;

    for (size_t i = 0; i < f->n_found; i++)
        if (f->found[i].image == image && counts(request, &f->found[i]))
            return true;
    return false;
}

bool kos_wanted(const struct result_request *request)
{
    for (size_t i = 0; i < request->findings->n_images; i++)
        if (key_image(request, i))
            return true;
    return false;
}

/* Was the finding of that side named already? */
static bool named(const struct result_request *request, size_t i)
{
    const struct found *found = request->findings->found;

    for (size_t k = 0; k < i; k++)
        if (counts(request, &found[k]) && found[k].side == found[i].side &&
            strcmp(found[k].id, found[i].id) == 0)
            return true;
    return false;
}

static const char *side_of(enum side side)
{
    return side == SIDE_NONE ? "" : side == SIDE_RIGHT ? "right " : "left ";
}

/* Urgent ones first; what does not fit is in the report. */
static void description(const struct result_request *request,
                        char out[static WORDING_SIZE])
{
    const struct findings *f = request->findings;
    size_t n =
        (size_t)snprintf(out, WORDING_SIZE, "%s Found:", WORDING_NOT_VERIFIED);

    for (int priority = PRIORITY_STAT; priority >= PRIORITY_ROUTINE; priority--)
        for (size_t i = 0; i < f->n_found; i++) {
            struct dcm_code code;
            if ((int)f->found[i].priority != priority ||
                !counts(request, &f->found[i]) || named(request, i) ||
                !group_finding_code(&f->found[i], &code) ||
                n + strlen(code.meaning) + 16 > WORDING_SIZE)
                continue;
            n += (size_t)snprintf(out + n, WORDING_SIZE - n, " %s%s;",
                                  side_of(f->found[i].side), code.meaning);
        }
    out[n - 1] = '.';
    wording_ascii(out);
}

static void images(struct srdoc *doc, const struct result_request *request,
                   const struct sources *sources)
{
    for (size_t i = 0; i < sources->n; i++) {
        const struct findings_image *image = &request->findings->images[i];
        char series[65];
        if (!key_image(request, i))
            continue;
        dcm_text(sources->sets[i], "SeriesInstanceUID", series, sizeof(series));
        srdoc_image(doc, SRDOC_CONTAINS, image->sop_class, image->sop_uid,
                    image->frame);
        srdoc_up(doc);
        srdoc_evidence(doc, sources->study_uid, series, image->sop_class,
                       image->sop_uid);
    }
}

static struct srdoc *selection(const struct result_request *request,
                               const struct sources *sources, struct err *err)
{
    struct srdoc *doc = srdoc_open(SRDOC_KEY_OBJECTS, sources->study_uid,
                                   DCM("113000", "Of Interest"), "2010", err);
    char words[WORDING_SIZE];

    if (doc == NULL)
        return NULL;
    observer_add(doc, request);
    description(request, words);
    srdoc_text(doc, SRDOC_CONTAINS, DCM("113012", "Key Object Description"),
               words);
    srdoc_up(doc);
    images(doc, request, sources);
    return doc;
}

static bool finish(struct dcm *set, const struct result_request *request,
                   const struct sources *sources, struct result *out,
                   struct err *err)
{
    const struct head head = {
        .sop_class = KEY_OBJECT_SELECTION,
        .uid_kind = "KOS",
        .modality = "KO",
        .series_kind = "KO",
        .series_words = "key images (unverified)",
        .series_number = request->options->series_number + 3,
        .instance_number = 1,
    };

    return head_write(set, &head, request, sources, err) &&
           requests_write(set, sources->sets[0], err) &&
           head_encode(set, request, out, err);
}

bool kos_build(const struct result_request *request, struct result *out,
               struct err *err)
{
    struct sources sources;
    struct srdoc *doc;
    struct dcm *set = NULL;
    bool ok = false;

    if (!group_check_all(request->findings, err) ||
        !sources_open(request, &sources, err))
        return err_wrap(err, "key objects");
    doc = selection(request, &sources, err);
    if (doc != NULL)
        set = srdoc_finish(doc, err);
    if (set != NULL)
        ok = finish(set, request, &sources, out, err);
    dcm_free(set);
    srdoc_free(doc);
    sources_close(&sources);
    return ok || err_wrap(err, "key objects");
}
