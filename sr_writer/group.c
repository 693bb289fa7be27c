/* One measurement as DICOM says it: a TID 1501 group with tracking
 * identifiers, site and side, the number (TID 300), the lines it was read from
 * (TID 320) and what else is true of it. */
#include "sr_writer/group.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "db/tracking.h"
#include "sr_writer/codes.h"
#include "sr_writer/group_check.h"
#include "sr_writer/wording.h"

#define DCM(value, meaning) ((struct dcm_code){value, "DCM", meaning})
#define SCT(value, meaning) ((struct dcm_code){value, "SCT", meaning})

#define SOURCE DCM("121112", "Source of Measurement")

#define VIEWER_DEG 0.5 /* a viewer that shows whole degrees agrees so far */

/* Once taken over, an angle is OHIF's own: 0..180 between the first line and
 * the last point, A V B. A valgus knee of 193 would read 167, varus. */
static double reckoned_by_viewer(const struct measurement *m)
{
    const double(*p)[2] = m->points;
    double u[2] = {p[0][0] - p[1][0], p[0][1] - p[1][1]};
    double w[2] = {p[3][0] - p[1][0], p[3][1] - p[1][1]};

    return fabs(atan2(u[0] * w[1] - u[1] * w[0], u[0] * w[0] + u[1] * w[1])) *
           180 / M_PI;
}

/* The tool of OHIF that draws such a one and has the same number for it; NULL:
 * none, it stays as it was measured. */
static const char *tool(const struct measurement *m)
{
    switch (m->kind) {
    case MEASURE_ANGLE:
        if (m->n_points != 4 ||
            fabs(reckoned_by_viewer(m) - m->value) > VIEWER_DEG)
            break;
        return "Angle";
    /* these know no sign */
    case MEASURE_LINES:
        return m->value < 0 ? NULL : "CobbAngle";
    case MEASURE_DISTANCE:
        return m->value < 0 ? NULL : "Length";
    case MEASURE_RATIO:
    case MEASURE_DIFFERENCE:
    case MEASURE_AREA:
    case MEASURE_GRADE:
        break;
    }
    return NULL;
}

/* As one polyline viewers draw an angle; two arms are the standard's form for
 * lines that do not meet (TID 300). */
static void geometry(struct srdoc *doc, const struct result_request *request,
                     const struct measurement *m)
{
    bool joined = request->options->angle_lines == CONF_ANGLE_POLYLINE4;
    const struct findings_image *image = &request->findings->images[m->image];
    struct geometry_line lines[GEOMETRY_LINES];
    size_t n = geometry_measurement(m, joined, lines);

    for (size_t i = 0; i < n || i == 0; i++)
        group_line(doc, SRDOC_INFERRED_FROM,
                   m->kind == MEASURE_LINES && n == 2
                       ? DCM("121223", "Arm of angle")
                       : SOURCE,
                   image, &lines[i]);
}

/* The concept of a length that a ratio or a difference is made of. */
static const struct dcm_code *part_concept(const struct measurement *m,
                                           size_t part)
{
    static const char *const patella[] = {"patellar_tendon_length",
                                          "patellar_length"};
    bool known = m->own.value[0] == '\0' &&
                 strcmp(m->concept, "insall_salvati_ratio") == 0;

    return &codes_concept(known ? patella[part] : "length")->code;
}

/* The two lengths, each with its own line: only where both lie on the image,
 * for a number without a line is none. */
static void parts(struct srdoc *doc, const struct findings *f,
                  const struct measurement *m)
{
    struct geometry_line lines[GEOMETRY_LINES];
    char text[32];

    if (strcmp(m->parts_unit, "mm") != 0 ||
        (m->kind != MEASURE_RATIO && m->kind != MEASURE_DIFFERENCE) ||
        geometry_measurement(m, false, lines) != 2)
        return;
    for (size_t i = 0; i < 2; i++) {
        group_number(m->parts[i], "mm", text);
        srdoc_num(doc, SRDOC_INFERRED_FROM, *part_concept(m, i), text,
                  codes_unit("mm")->code);
        if (m->kind == MEASURE_DIFFERENCE) {
            srdoc_code(doc, SRDOC_CONCEPT_MOD, SCT("272741003", "Laterality"),
                       *codes_side(i == 0 ? SIDE_RIGHT : SIDE_LEFT));
            srdoc_up(doc);
        }
        group_line(doc, SRDOC_INFERRED_FROM, SOURCE, &f->images[m->image],
                   &lines[i]);
        srdoc_up(doc);
    }
}

/* In words: as NUMs they would need a place on the image (TID 312 has room
 * for both). */
static void normal_range(struct srdoc *doc, const struct measurement *m)
{
    char low[32], high[32], words[96];

    if (!m->has_normal)
        return;
    group_number(m->normal[0], m->unit, low);
    group_number(m->normal[1], m->unit, high);
    snprintf(words, sizeof(words), "%s to %s %s", low, high,
             codes_unit(m->unit)->code.value);
    srdoc_text(doc, SRDOC_PROPERTIES, DCM("121407", "Normal Range description"),
               words);
    srdoc_up(doc);
}

static void number(struct srdoc *doc, const struct result_request *request,
                   const struct measurement *m)
{
    struct dcm_code concept;
    char text[32];

    if (!group_code(&m->own, m->concept, &concept))
        return; /* it was checked */
    group_number(m->value, m->unit, text);
    srdoc_num(doc, SRDOC_CONTAINS, concept, text, codes_unit(m->unit)->code);
    normal_range(doc, m);
    parts(doc, request->findings, m);
    geometry(doc, request, m);
    srdoc_up(doc);
}

static void traits(struct srdoc *doc, const struct measurement *m)
{
    for (size_t i = 0; i < m->n_traits; i++) {
        srdoc_code(doc, SRDOC_CONTAINS, codes_trait(m->traits[i].concept)->code,
                   *codes_trait_value(m->traits[i].value));
        srdoc_up(doc);
    }
}

static void finding(struct srdoc *doc, const struct found *found)
{
    struct dcm_code code;

    if (found == NULL || !group_finding_code(found, &code))
        return;
    srdoc_code(doc, SRDOC_CONTAINS, DCM("121071", "Finding"), code);
    srdoc_up(doc);
}

/* OHIF labels what it takes over with the comment. */
static void note(struct srdoc *doc, const struct result_request *request,
                 const struct measurement *m)
{
    char words[WORDING_SIZE];
    struct dcm_code concept;

    if (request->options->viewer_profile != CONF_VIEWER_OHIF ||
        !group_code(&m->own, m->concept, &concept)) {
        group_comment(doc, m->note);
        return;
    }
    snprintf(words, sizeof(words), "%s%s%s", concept.meaning,
             m->note[0] == '\0' ? "" : "; ", m->note);
    group_comment(doc, words);
}

void group_add(struct srdoc *doc, const struct result_request *request,
               const char *person, size_t i)
{
    const struct findings *f = request->findings;
    const struct measurement *m = &f->measurements[i];
    struct geometry_line lines[GEOMETRY_LINES];

    if (m->kind == MEASURE_GRADE) {
        group_grade(doc, request, person, i);
        return;
    }
    srdoc_container(doc, SRDOC_CONTAINS, DCM("125007", "Measurement Group"),
                    "1501");
    group_tracking(doc, request, person,
                   &(struct group_track){m->id, m->id, m->site, m->side,
                                         tracking_ordinal(f, i), tool(m)});
    finding(doc, group_found_of(f, i));
    group_time_point(doc, f, i);
    group_site(doc, m->site, m->side, m->modifier);
    number(doc, request, m);
    geometry_measurement(m, true, lines);
    group_certainty(doc, m->confidence, &f->images[m->image], &lines[0]);
    traits(doc, m);
    note(doc, request, m);
    group_change(doc, f, i);
    srdoc_up(doc);
}
