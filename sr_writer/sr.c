/* The structured report: the tree of tree.c inside the header of head.c, with
 * the modules DCMTK has no setters for. This node never writes VERIFIED: only
 * a person can verify, and does so in the PACS. */
#include <stdio.h>
#include <string.h>

#include "sr_writer/codes.h"
#include "sr_writer/head.h"
#include "sr_writer/requests.h"
#include "sr_writer/results.h"
#include "sr_writer/tree.h"
#include "sr_writer/uids.h"

#define COMPREHENSIVE    "1.2.840.10008.5.1.4.1.1.88.33"
#define COMPREHENSIVE_3D "1.2.840.10008.5.1.4.1.1.88.34"
#define SCHEMES          32 /* of a bundle; more are not named */

static bool status(struct dcm *set, const struct findings *f, struct err *err)
{
    char why[65];

    if (!dcm_set(set, "VerificationFlag", "UNVERIFIED", err) ||
        !dcm_set(set, "PreliminaryFlag", "PRELIMINARY", err))
        return false;
    if (tree_complete(f))
        return dcm_set(set, "CompletionFlag", "COMPLETE", err);
    if (f->failure[0] != '\0')
        snprintf(why, sizeof(why), "Analysis failed, see comments");
    else if (f->n_found == 0)
        snprintf(why, sizeof(why),
                 "%zu of %zu measurements refused, see comments", f->n_refused,
                 f->n_refused + f->n_measurements);
    else
        snprintf(why, sizeof(why),
                 "%zu measurements or findings refused, see comments",
                 f->n_refused);
    return dcm_set(set, "CompletionFlag", "PARTIAL", err) &&
           dcm_set(set, "CompletionFlagDescription", why, err);
}

/* PS3.3 C.12.1: who answers for the private codes. */
static bool scheme(struct dcm *set, struct err *err)
{
#define SCHEME "CodingSchemeIdentificationSequence[0]."
    return dcm_set(set, SCHEME "CodingSchemeDesignator", CODES_SCHEME, err) &&
           dcm_set(set, SCHEME "CodingSchemeUID", CODES_SCHEME_UID, err) &&
           dcm_set(set, SCHEME "CodingSchemeName",
                   "osteon musculoskeletal measurement codes", err) &&
           dcm_set(set, SCHEME "CodingSchemeResponsibleOrganization",
                   "osteon project", err);
}

/* Those that a bundle brings; a scheme without 99 is one of PS3.16 8. */
struct schemes {
    const char *names[SCHEMES];
    size_t n;
};

static void add_scheme(struct schemes *schemes, const struct own_code *own)
{
    if (own->value[0] == '\0' || strncmp(own->scheme, "99", 2) != 0)
        return;
    for (size_t i = 0; i < schemes->n; i++)
        if (strcmp(schemes->names[i], own->scheme) == 0)
            return;
    if (schemes->n < SCHEMES)
        schemes->names[schemes->n++] = own->scheme;
}

static bool own_schemes(struct dcm *set, const struct findings *f,
                        struct err *err)
{
#define THEIRS "CodingSchemeIdentificationSequence[%zu].%s"
    struct schemes schemes = {.n = 0};
    char path[96];

    for (size_t i = 0; i < f->n_measurements; i++)
        add_scheme(&schemes, &f->measurements[i].own);
    for (size_t i = 0; i < f->n_refused; i++)
        add_scheme(&schemes, &f->refused[i].own);
    for (size_t i = 0; i < f->n_found; i++)
        add_scheme(&schemes, &f->found[i].own);
    for (size_t i = 0; i < schemes.n; i++) {
        snprintf(path, sizeof(path), THEIRS, i + 1, "CodingSchemeDesignator");
        if (!dcm_set(set, path, schemes.names[i], err))
            return false;
        snprintf(path, sizeof(path), THEIRS, i + 1,
                 "CodingSchemeResponsibleOrganization");
        if (!head_text(set, path, f->manufacturer, err))
            return false;
    }
    return true;
}

static bool predecessor(struct dcm *set, const struct object *earlier,
                        struct err *err)
{
#define EARLIER "PredecessorDocumentsSequence[0]."
#define SERIES  EARLIER "ReferencedSeriesSequence[0]."
#define SOP     SERIES "ReferencedSOPSequence[0]."
    char uid[65];

    dcm_text(set, "SOPInstanceUID", uid, sizeof(uid));
    if (earlier == NULL || strcmp(uid, earlier->sop_uid) == 0)
        return true;
    return dcm_set(set, EARLIER "StudyInstanceUID", earlier->study_uid, err) &&
           dcm_set(set, SERIES "SeriesInstanceUID", earlier->series_uid, err) &&
           dcm_set(set, SOP "ReferencedSOPClassUID", earlier->sop_class, err) &&
           dcm_set(set, SOP "ReferencedSOPInstanceUID", earlier->sop_uid, err);
}

static bool finish(struct dcm *set, const struct result_request *request,
                   const struct sources *sources, bool comprehensive_3d,
                   struct result *out, struct err *err)
{
    bool failed = request->findings->failure[0] != '\0';
    const struct head head = {
        .sop_class = comprehensive_3d ? COMPREHENSIVE_3D : COMPREHENSIVE,
        .uid_kind = comprehensive_3d ? "SR3D" : "SR",
        .modality = "SR",
        .series_kind = failed ? "SR failed" : "SR",
        .series_words = failed ? "failed (unverified)" : "(unverified)",
        .series_number = request->options->series_number,
        .instance_number = request->predecessor == NULL ? 1 : 2,
    };

    return head_write(set, &head, request, sources, err) &&
           status(set, request->findings, err) && scheme(set, err) &&
           own_schemes(set, request->findings, err) &&
           requests_write(set, sources->sets[0], err) &&
           predecessor(set, request->predecessor, err) &&
           head_encode(set, request, out, err);
}

bool sr_build(const struct result_request *request, bool comprehensive_3d,
              struct result *out, struct err *err)
{
    struct sources sources;
    struct srdoc *doc;
    struct dcm *set = NULL;
    bool ok = false;

    if (!sources_open(request, &sources, err))
        return false;
    doc = tree_build(request, &sources, comprehensive_3d, err);
    if (doc != NULL)
        set = srdoc_finish(doc, err);
    if (set != NULL)
        ok = finish(set, request, &sources, comprehensive_3d, out, err);
    dcm_free(set);
    srdoc_free(doc);
    sources_close(&sources);
    return ok || err_wrap(err, "SR");
}
