/* The report as a tree: who looked (a device), at what (procedure, images),
 * what was measured, and, in evaluations.c, what a reader must know. */
#include "sr_writer/tree.h"

#include <stdio.h>
#include <string.h>

#include "db/tracking.h"
#include "sr_writer/codes.h"
#include "sr_writer/evaluations.h"
#include "sr_writer/group.h"
#include "sr_writer/group_check.h"
#include "sr_writer/observer.h"
#include "sr_writer/wording.h"

#define DCM(value, meaning) ((struct dcm_code){value, "DCM", meaning})
#define SCT(value, meaning) ((struct dcm_code){value, "SCT", meaning})

struct tree {
    struct srdoc *doc;
    const struct result_request *request;
    const struct sources *sources;
    const struct findings *findings;
};

/* A leaf: added and left again. */
static void code(struct tree *tree, enum srdoc_rel rel, struct dcm_code name,
                 struct dcm_code value)
{
    srdoc_code(tree->doc, rel, name, value);
    srdoc_up(tree->doc);
}

static void text(struct tree *tree, enum srdoc_rel rel, struct dcm_code name,
                 const char *value)
{
    char ascii[WORDING_SIZE];

    snprintf(ascii, sizeof(ascii), "%s", value);
    wording_ascii(ascii);
    if (ascii[0] == '\0')
        return;
    srdoc_text(tree->doc, rel, name, ascii);
    srdoc_up(tree->doc);
}

/* A code value or meaning that is one value in every character set: no
 * separator, no escape sequence. */
static bool plain(const char *value)
{
    if (*value == '\0')
        return false;
    for (; *value != '\0'; value++)
        if ((unsigned char)*value < 0x20 || *value == '\\')
            return false;
    return true;
}

/* What was done to the patient, not the algorithm. Only a scheme that every
 * reader can resolve is passed on. */
static void procedure(struct tree *tree)
{
    static const char *const schemes[] = {"SCT", "LN", "RADLEX", "DCM"};
    const struct dcm *set = tree->sources->sets[0];
    struct dcm_code done = SCT("363679005", "Imaging procedure");
    char value[17], scheme[17], meaning[65];

    dcm_text(set, "ProcedureCodeSequence[0].CodeValue", value, sizeof(value));
    dcm_text(set, "ProcedureCodeSequence[0].CodingSchemeDesignator", scheme,
             sizeof(scheme));
    dcm_text(set, "ProcedureCodeSequence[0].CodeMeaning", meaning,
             sizeof(meaning));
    for (size_t i = 0; i < sizeof(schemes) / sizeof(schemes[0]); i++)
        if (strcmp(scheme, schemes[i]) == 0 && plain(value) && plain(meaning))
            done = (struct dcm_code){value, scheme, meaning};
    code(tree, SRDOC_CONCEPT_MOD, DCM("121058", "Procedure reported"), done);
}

static void modality_of(const struct tree *tree, size_t i, char out[static 17])
{
    dcm_text(tree->sources->sets[i], "Modality", out, 17);
}

/* Is image i the first of its modality? */
static bool opens_group(const struct tree *tree, size_t i)
{
    char mine[17], other[17];

    modality_of(tree, i, mine);
    for (size_t k = 0; k < i; k++) {
        modality_of(tree, k, other);
        if (strcmp(mine, other) == 0)
            return false;
    }
    return true;
}

static void library_group(struct tree *tree, size_t first)
{
    const struct codes_row *row;
    char modality[17], other[17];

    modality_of(tree, first, modality);
    row = codes_modality(modality);
    if (row == NULL)
        row = codes_modality("OT");
    srdoc_container(tree->doc, SRDOC_CONTAINS,
                    DCM("126200", "Image Library Group"), NULL);
    code(tree, SRDOC_ACQ_CONTEXT, DCM("121139", "Modality"), row->code);
    for (size_t i = first; i < tree->findings->n_images; i++) {
        const struct findings_image *image = &tree->findings->images[i];
        modality_of(tree, i, other);
        if (strcmp(other, modality) != 0)
            continue;
        srdoc_image(tree->doc, SRDOC_CONTAINS, image->sop_class, image->sop_uid,
                    image->frame);
        srdoc_up(tree->doc);
    }
    srdoc_up(tree->doc);
}

/* TID 1600, and the evidence every image of the tree must be listed in. */
static void library(struct tree *tree)
{
    srdoc_container(tree->doc, SRDOC_CONTAINS, DCM("111028", "Image Library"),
                    NULL);
    for (size_t i = 0; i < tree->findings->n_images; i++)
        if (opens_group(tree, i))
            library_group(tree, i);
    srdoc_up(tree->doc);
    for (size_t i = 0; i < tree->findings->n_images; i++) {
        const struct findings_image *image = &tree->findings->images[i];
        char series[65];
        dcm_text(tree->sources->sets[i], "SeriesInstanceUID", series,
                 sizeof(series));
        srdoc_evidence(tree->doc, tree->sources->study_uid, series,
                       image->sop_class, image->sop_uid);
    }
    group_change_evidence(tree->doc, tree->findings, tree->sources->study_uid);
}

/* TID 4019. */
static void algorithm(struct tree *tree)
{
    const struct findings *f = tree->findings;
    char parameters[WORDING_SIZE];

    snprintf(parameters, sizeof(parameters),
             "weights_sha256=%s;min_confidence=%g", f->weights_sha256,
             f->min_confidence);
    text(tree, SRDOC_CONCEPT_MOD, DCM("111001", "Algorithm Name"), f->model);
    text(tree, SRDOC_CONCEPT_MOD, DCM("111003", "Algorithm Version"),
         f->version);
    text(tree, SRDOC_CONCEPT_MOD, DCM("111002", "Algorithm Parameters"),
         parameters);
    code(tree, SRDOC_CONCEPT_MOD, DCM("111000", "Algorithm Family"),
         DCM("123110", "Artificial Intelligence"));
}

/* Keys the tracking UIDs. */
static void person(const struct sources *sources,
                   char out[static TRACKING_PERSON])
{
    char issuer[65], id[65];

    dcm_text(sources->sets[0], "IssuerOfPatientID", issuer, sizeof(issuer));
    dcm_text(sources->sets[0], "PatientID", id, sizeof(id));
    tracking_person(out, issuer, id, sources->study_uid);
}

static bool has_groups(const struct findings *f)
{
    bool own = false;

    for (size_t i = 0; i < f->n_found; i++)
        own = own || group_found_place(f, i) == GROUP_OWN;
    return own || f->n_measurements > 0;
}

static void measurements(struct tree *tree)
{
    char who[TRACKING_PERSON];

    if (!has_groups(tree->findings))
        return;
    person(tree->sources, who);
    srdoc_container(tree->doc, SRDOC_CONTAINS,
                    DCM("126010", "Imaging Measurements"), NULL);
    algorithm(tree);
    for (size_t i = 0; i < tree->findings->n_measurements; i++)
        group_add(tree->doc, tree->request, who, i);
    for (size_t i = 0; i < tree->findings->n_found; i++)
        if (group_found_place(tree->findings, i) == GROUP_OWN)
            group_add_found(tree->doc, tree->request, who, i);
    srdoc_up(tree->doc);
}

bool tree_complete(const struct findings *findings)
{
    return findings->n_refused == 0 && findings->failure[0] == '\0';
}

struct srdoc *tree_build(const struct result_request *request,
                         const struct sources *sources, bool comprehensive_3d,
                         struct err *err)
{
    struct tree tree = {NULL, request, sources, request->findings};

    if (!group_check_all(request->findings, err))
        return NULL;
    tree.doc = srdoc_open(
        comprehensive_3d ? SRDOC_COMPREHENSIVE_3D : SRDOC_COMPREHENSIVE,
        sources->study_uid, DCM("126000", "Imaging Measurement Report"), "1500",
        err);
    if (tree.doc == NULL)
        return NULL;
    observer_add(tree.doc, request);
    procedure(&tree);
    library(&tree);
    measurements(&tree);
    evaluations_add(tree.doc, request, sources);
    return tree.doc;
}
