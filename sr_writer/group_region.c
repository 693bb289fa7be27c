/* What has a region rather than a number: a grade, and what was found at a
 * place (TID 1410). The certainty repeats the region, because viewers take a
 * region over for editing only from below a number (docs/RESULTS.md). */
#include <stdio.h>
#include <string.h>

#include "db/tracking.h"
#include "sr_writer/codes.h"
#include "sr_writer/group.h"
#include "sr_writer/group_check.h"
#include "sr_writer/wording.h"

#define DCM(value, meaning) ((struct dcm_code){value, "DCM", meaning})

#define TOOL       "RectangleROI"
#define UNVERIFIED "(AI, unverified)"

static void code(struct srdoc *doc, struct dcm_code name, struct dcm_code value)
{
    srdoc_code(doc, SRDOC_CONTAINS, name, value);
    srdoc_up(doc);
}

static void open_group(struct srdoc *doc)
{
    srdoc_container(doc, SRDOC_CONTAINS, DCM("125007", "Measurement Group"),
                    "1410");
}

static void region(struct srdoc *doc, const struct findings_image *image,
                   const struct geometry_line *line)
{
    group_line(doc, SRDOC_CONTAINS, DCM("111030", "Image Region"), image, line);
}

void group_grade(struct srdoc *doc, const struct result_request *request,
                 const char *person, size_t i)
{
    const struct findings *f = request->findings;
    const struct measurement *m = &f->measurements[i];
    const struct findings_image *image = &f->images[m->image];
    const struct codes_row *grade = codes_grade(m->grade);
    const struct found *found = group_found_of(f, i);
    struct geometry_line line[GEOMETRY_LINES];
    struct dcm_code name;
    char words[WORDING_SIZE];

    open_group(doc);
    group_tracking(doc, request, person,
                   &(struct group_track){m->id, m->id, m->site, m->side,
                                         tracking_ordinal(f, i), TOOL});
    if (found != NULL && group_finding_code(found, &name))
        code(doc, DCM("121071", "Finding"), name);
    group_time_point(doc, f, i);
    group_site(doc, m->site, m->side, m->modifier);
    geometry_measurement(m, true, line);
    region(doc, image, &line[0]);
    if (group_code(&m->own, m->concept, &name))
        code(doc, name, grade->code);
    group_certainty(doc, m->confidence, image, &line[0]);
    snprintf(words, sizeof(words), "%s " UNVERIFIED "%s%s", grade->code.meaning,
             m->note[0] == '\0' ? "" : "; ", m->note);
    group_comment(doc, words);
    group_change(doc, f, i);
    srdoc_up(doc);
}

/* Boxes of one finding on one side are told apart by their number. */
static size_t found_ordinal(const struct findings *f, size_t i)
{
    size_t n = 1;

    for (size_t k = 0; k < i; k++)
        if (strcmp(f->found[k].id, f->found[i].id) == 0 &&
            strcmp(f->found[k].site, f->found[i].site) == 0 &&
            f->found[k].side == f->found[i].side &&
            group_found_place(f, k) == GROUP_OWN)
            n++;
    return n;
}

void group_add_found(struct srdoc *doc, const struct result_request *request,
                     const char *person, size_t i)
{
    const struct findings *f = request->findings;
    const struct found *found = &f->found[i];
    const struct findings_image *image = &f->images[found->image];
    struct geometry_line line;
    struct dcm_code name;
    char key[48], words[WORDING_SIZE];

    if (!group_finding_code(found, &name))
        return; /* it was checked */
    snprintf(key, sizeof(key), "finding/%s", found->id);
    open_group(doc);
    group_tracking(doc, request, person,
                   &(struct group_track){key, found->id, found->site,
                                         found->side, found_ordinal(f, i),
                                         TOOL});
    code(doc, DCM("121071", "Finding"), name);
    group_site(doc, found->site, found->side, "");
    geometry_box(found->box, &line);
    region(doc, image, &line);
    group_certainty(doc, found->confidence, image, &line);
    snprintf(words, sizeof(words), "%s " UNVERIFIED, name.meaning);
    group_comment(doc, words);
    srdoc_up(doc);
}
