/* The qualitative part of a report: how it went, what was refused, and every
 * sentence a reader must know. It is always there, so that a failure can never
 * be taken for "nothing found". */
#include "sr_writer/evaluations.h"

#include <stdio.h>
#include <string.h>

#include "sr_writer/codes.h"
#include "sr_writer/group.h"
#include "sr_writer/group_check.h"
#include "sr_writer/wording.h"

#define DCM(value, meaning) ((struct dcm_code){value, "DCM", meaning})
#define SCT(value, meaning) ((struct dcm_code){value, "SCT", meaning})

#define NAME_SIZE 80 /* "Image 2 of 3 (series 1, instance 4): " */

struct part {
    struct srdoc *doc;
    const struct sources *sources;
    const struct findings *findings;
};

static void code(struct part *part, struct dcm_code name, struct dcm_code value)
{
    srdoc_code(part->doc, SRDOC_CONTAINS, name, value);
    srdoc_up(part->doc);
}

static bool anything_found(const struct findings *f)
{
    bool any = f->n_measurements > 0;

    for (size_t i = 0; i < f->n_found; i++)
        any = any || f->found[i].present;
    return any;
}

/* CID 6047. What was looked for in vain was looked at. */
static struct dcm_code summary(const struct findings *f)
{
    bool with = anything_found(f);

    if (f->failure[0] != '\0' ||
        (f->n_refused > 0 && f->n_measurements + f->n_found == 0))
        return DCM("111245", "No algorithms succeeded; without findings");
    if (f->n_refused == 0)
        return with ? DCM("111242", "All algorithms succeeded; with findings")
                    : DCM("111241",
                          "All algorithms succeeded; without findings");
    return with ? DCM("111244", "Not all algorithms succeeded; with findings")
                : DCM("111243",
                      "Not all algorithms succeeded; without findings");
}

/* Is the same finding of the same side present on another image? Then it is
 * not absent. */
static bool present_elsewhere(const struct findings *f, const struct found *of)
{
    for (size_t i = 0; i < f->n_found; i++)
        if (f->found[i].present && strcmp(f->found[i].id, of->id) == 0 &&
            f->found[i].side == of->side)
            return true;
    return false;
}

/* Was it said before, of another image? */
static bool said(const struct findings *f, size_t i)
{
    for (size_t k = 0; k < i; k++)
        if (f->found[k].present == f->found[i].present &&
            strcmp(f->found[k].id, f->found[i].id) == 0 &&
            f->found[k].side == f->found[i].side &&
            group_found_place(f, k) == GROUP_NONE)
            return true;
    return false;
}

/* What was found and has no group, and what was looked for in vain. */
static void findings(struct part *part)
{
    const struct findings *f = part->findings;

    for (size_t i = 0; i < f->n_found; i++) {
        const struct found *found = &f->found[i];
        struct dcm_code name;
        if (group_found_place(f, i) != GROUP_NONE || said(f, i) ||
            (!found->present && present_elsewhere(f, found)) ||
            !group_finding_code(found, &name))
            continue;
        srdoc_code(part->doc, SRDOC_CONTAINS, name,
                   found->present ? SCT("52101004", "Present")
                                  : SCT("272519000", "Absent"));
        group_site(part->doc, found->site, found->side, "");
        srdoc_up(part->doc);
    }
}

/* CID 6135: each thing that is wrong with the images once. */
static void qualities(struct part *part)
{
    const struct findings *f = part->findings;

    for (size_t i = 0; i < f->n_refused; i++) {
        const char *quality = f->refused[i].quality;
        bool before = quality[0] == '\0';
        for (size_t k = 0; k < i; k++)
            before = before || strcmp(f->refused[k].quality, quality) == 0;
        if (!before)
            code(part, DCM("111052", "Quality Finding"),
                 codes_quality(quality)->code);
    }
}

static bool any_quality(const struct findings *f)
{
    for (size_t i = 0; i < f->n_refused; i++)
        if (f->refused[i].quality[0] != '\0')
            return true;
    return false;
}

static void failures(struct part *part)
{
    const struct findings *f = part->findings;
    bool nothing = f->n_measurements + f->n_found == 0;

    for (size_t i = 0; i < f->n_refused; i++) {
        const struct refusal *refusal = &f->refused[i];
        struct dcm_code name;
        if (!group_refusal_code(refusal, &name))
            continue; /* it was checked */
        srdoc_code(part->doc, SRDOC_CONTAINS, name,
                   DCM("114006", "Measurement failure"));
        group_site(part->doc, refusal->site, refusal->side, refusal->modifier);
        srdoc_up(part->doc);
    }
    if (f->failure[0] != '\0') /* says nothing about the images */
        code(part, DCM("111052", "Quality Finding"),
             DCM("111218", "Software failure"));
    if (f->n_refused > 0 && nothing)
        code(part, DCM("111050", "Quality Assessment"),
             DCM("111235", "Unusable - Quality renders image unusable"));
    qualities(part);
    if (f->n_refused > 0 && nothing && !any_quality(f))
        code(part, DCM("111052", "Quality Finding"),
             DCM("111221", "Unknown failure"));
}

static void comment(struct part *part, const char *value)
{
    char ascii[WORDING_SIZE + NAME_SIZE];

    snprintf(ascii, sizeof(ascii), "%s", value);
    wording_ascii(ascii);
    if (ascii[0] == '\0')
        return;
    srdoc_text(part->doc, SRDOC_CONTAINS, DCM("121106", "Comment"), ascii);
    srdoc_up(part->doc);
}

/* Which of several images a sentence is about, as a viewer numbers them; ""
 * when there is one only. */
static void image_name(const struct part *part, size_t i,
                       char out[static NAME_SIZE])
{
    char series[17], instance[17];

    out[0] = '\0';
    if (part->findings->n_images == 1)
        return;
    dcm_text(part->sources->sets[i], "SeriesNumber", series, sizeof(series));
    dcm_text(part->sources->sets[i], "InstanceNumber", instance,
             sizeof(instance));
    snprintf(out, NAME_SIZE,
             "Image %zu of %zu (series %s, instance %s): ", i + 1,
             part->findings->n_images, series[0] ? series : "?",
             instance[0] ? instance : "?");
}

static void image_comment(struct part *part, size_t i, const char *words)
{
    char name[NAME_SIZE], sentence[WORDING_SIZE + NAME_SIZE];

    image_name(part, i, name);
    snprintf(sentence, sizeof(sentence), "%s%s", name, words);
    comment(part, sentence);
}

/* Those without a group have no number for their certainty. */
static void certainties(struct part *part)
{
    const struct findings *f = part->findings;

    for (size_t i = 0; i < f->n_found; i++) {
        const struct found *found = &f->found[i];
        char words[WORDING_SIZE];
        struct dcm_code name;
        if (!found->present || group_found_place(f, i) != GROUP_NONE ||
            !group_finding_code(found, &name))
            continue;
        snprintf(words, sizeof(words), "%s%s: present, certainty %.0f %%",
                 found->side == SIDE_NONE    ? ""
                 : found->side == SIDE_RIGHT ? "Right: "
                                             : "Left: ",
                 name.meaning, 100 * found->confidence);
        image_comment(part, found->image, words);
    }
}

/* Once when it holds for all, else for each image. */
static void calibration(struct part *part)
{
    size_t n = part->findings->n_images;
    char first[WORDING_SIZE], words[WORDING_SIZE];
    bool same = true;

    wording_calibration(&part->findings->images[0], first);
    for (size_t i = 1; i < n; i++) {
        wording_calibration(&part->findings->images[i], words);
        same = same && strcmp(words, first) == 0;
    }
    if (same)
        comment(part, first);
    for (size_t i = 0; !same && i < n; i++) {
        wording_calibration(&part->findings->images[i], words);
        image_comment(part, i, words);
    }
}

static void frames(struct part *part)
{
    char words[WORDING_SIZE];

    for (size_t i = 0; i < part->findings->n_images; i++) {
        wording_frame(&part->findings->images[i], words);
        if (words[0] != '\0')
            image_comment(part, i, words);
    }
}

/* Right and left of an image that does not say how it lies are an
 * assumption, and a reader must know. */
static void orientation(struct part *part)
{
    const struct findings *f = part->findings;
    char value[40];

    for (size_t i = 0; i < f->n_images; i++) {
        bool sided = false;
        for (size_t k = 0; k < f->n_measurements; k++)
            sided = sided || (f->measurements[k].image == i &&
                              f->measurements[k].side != SIDE_NONE);
        for (size_t k = 0; k < f->n_found; k++)
            sided = sided || (f->found[k].image == i && f->found[k].present &&
                              f->found[k].side != SIDE_NONE);
        if (sided && !dcm_text(part->sources->sets[i], "PatientOrientation",
                               value, sizeof(value)))
            image_comment(part, i, WORDING_NO_ORIENTATION);
    }
}

void evaluations_add(struct srdoc *doc, const struct result_request *request,
                     const struct sources *sources)
{
    struct part whole = {doc, sources, request->findings}, *part = &whole;
    char words[WORDING_SIZE];

    srdoc_container(
        part->doc, SRDOC_CONTAINS,
        (struct dcm_code){"C0034375", "UMLS", "Qualitative Evaluations"}, NULL);
    code(part, DCM("111017", "CAD Processing and Findings Summary"),
         summary(part->findings));
    findings(part);
    failures(part);
    comment(part, WORDING_NOT_VERIFIED);
    wording_demonstration(part->findings, words);
    comment(part, words);
    if (part->findings->failure[0] != '\0') {
        wording_failure(part->findings, words);
        comment(part, words);
    } else {
        frames(part);
        calibration(part);
        orientation(part);
    }
    certainties(part);
    for (size_t i = 0; i < part->findings->n_refused; i++) {
        wording_refusal(&part->findings->refused[i], words);
        image_comment(part, part->findings->refused[i].image, words);
    }
    srdoc_up(part->doc);
}
