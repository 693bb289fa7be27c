/* The structured report: the tree of tree.c inside the header of head.c, with
 * the modules DCMTK has no setters for. This node never writes VERIFIED: only
 * a person can verify, and does so in the PACS. */
#include <stdio.h>
#include <string.h>

#include "sr_writer/codes.h"
#include "sr_writer/head.h"
#include "sr_writer/results.h"
#include "sr_writer/tree.h"
#include "sr_writer/uids.h"

#define COMPREHENSIVE    "1.2.840.10008.5.1.4.1.1.88.33"
#define COMPREHENSIVE_3D "1.2.840.10008.5.1.4.1.1.88.34"
#define REQUESTS         16 /* more are not passed on */
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

/* The first of the two source attributes that has a value, else empty. */
static bool request_text(struct dcm *set, size_t item, const char *keyword,
                         const struct dcm *source, const char *first,
                         const char *second, struct err *err)
{
    char path[160], value[260];

    if (!dcm_text(source, first, value, sizeof(value)) && second != NULL)
        dcm_text(source, second, value, sizeof(value));
    snprintf(path, sizeof(path), "ReferencedRequestSequence[%zu].%s", item,
             keyword);
    return dcm_set(set, path, value, err);
}

static bool request_item(struct dcm *set, const struct dcm *source, size_t i,
                         struct err *err)
{
    static const struct {
        const char *keyword;
        bool top; /* may also stand outside the sequence */
    } attributes[] = {
        {"StudyInstanceUID", true},
        {"AccessionNumber", true},
        {"PlacerOrderNumberImagingServiceRequest", true},
        {"FillerOrderNumberImagingServiceRequest", true},
        {"RequestedProcedureID", false},
        {"RequestedProcedureDescription", false},
    };
    char from[160], to[160];

    for (size_t k = 0; k < sizeof(attributes) / sizeof(attributes[0]); k++) {
        const char *keyword = attributes[k].keyword;
        snprintf(from, sizeof(from), "RequestAttributesSequence[%zu].%s", i,
                 keyword);
        if (!request_text(set, i, keyword, source, from,
                          attributes[k].top ? keyword : NULL, err))
            return false;
    }
    snprintf(to, sizeof(to),
             "ReferencedRequestSequence[%zu]."
             "ReferencedStudySequence",
             i);
    if (!dcm_set(set, to, "", err))
        return false;
    snprintf(from, sizeof(from),
             "RequestAttributesSequence[%zu].RequestedProcedureCodeSequence",
             i);
    snprintf(to, sizeof(to),
             "ReferencedRequestSequence[%zu].RequestedProcedureCodeSequence",
             i);
    if (dcm_items(source, from) == 0)
        return dcm_set(set, to, "", err);
    strcat(from, "[0]");
    strcat(to, "[0]");
    return dcm_copy_item(set, to, source, from, err);
}

/* What was ordered (PS3.3 C.17.2): the source's requests, or at least its
 * accession number. */
static bool requests(struct dcm *set, const struct dcm *source, struct err *err)
{
    size_t n = dcm_items(source, "RequestAttributesSequence");
    char accession[65];

    if (n == 0 &&
        dcm_text(source, "AccessionNumber", accession, sizeof(accession)))
        n = 1;
    for (size_t i = 0; i < n && i < REQUESTS; i++)
        if (!request_item(set, source, i, err))
            return false;
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
           requests(set, sources->sets[0], err) &&
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
