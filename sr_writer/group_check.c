/* The sandboxed half and the bundles are not believed: a report is refused
 * before a number without a unit, a point beside the image or a code of
 * somebody else's scheme gets into it. */
#include "sr_writer/group_check.h"

#include <math.h>
#include <string.h>

#include "sr_writer/codes.h"

#define PIXEL_CENTER 0.5 /* of SCOORD 0,0, the corner (PS3.3 C.18.6.1.1) */
#define LARGEST      1e9 /* keeps a DS within 16 characters */

/* What db/findings.h says of a kind. unit "": any number has one. */
static const struct {
    const char *unit;
    size_t least, most; /* points */
} kinds[] = {
    [MEASURE_ANGLE] = {"deg", 4, 4},
    [MEASURE_DISTANCE] = {"mm", 2, 2},
    [MEASURE_LINES] = {"deg", 4, 4},
    [MEASURE_RATIO] = {"ratio", 4, 4},
    [MEASURE_DIFFERENCE] = {"", 2, FINDINGS_POINTS},
    [MEASURE_AREA] = {"", 3, FINDINGS_POINTS},
    [MEASURE_GRADE] = {"grade", 4, 4},
};

#define KINDS (sizeof(kinds) / sizeof(kinds)[0])

bool group_code(const struct own_code *own, const char *concept,
                struct dcm_code *out)
{
    const struct codes_row *row;

    if (own->value[0] != '\0') {
        *out = (struct dcm_code){own->value, own->scheme, own->meaning};
        return codes_own_valid(own);
    }
    row = codes_concept(concept);
    if (row != NULL)
        *out = row->code;
    return row != NULL;
}

bool group_finding_code(const struct found *found, struct dcm_code *out)
{
    const struct codes_row *row;

    if (found->own.value[0] != '\0') {
        *out = (struct dcm_code){found->own.value, found->own.scheme,
                                 found->own.meaning};
        return codes_own_valid(&found->own);
    }
    row = codes_finding(found->concept);
    if (row != NULL)
        *out = row->code;
    return row != NULL;
}

bool group_refusal_code(const struct refusal *refusal, struct dcm_code *out)
{
    const struct codes_row *row = codes_finding(refusal->concept);

    if (group_code(&refusal->own, refusal->concept, out))
        return true;
    if (row == NULL || refusal->own.value[0] != '\0')
        return false;
    *out = row->code;
    return true;
}

static bool ends(const char *text, size_t size)
{
    return memchr(text, '\0', size) != NULL;
}

#define ENDS(array) ends(array, sizeof(array))

static bool side_known(enum side side)
{
    return side == SIDE_NONE || side == SIDE_RIGHT || side == SIDE_LEFT;
}

static bool share(double value)
{
    return value >= 0 && value <= 1; /* not NAN */
}

static bool usable(double value)
{
    return isfinite(value) && fabs(value) <= LARGEST;
}

static bool on_image(const struct findings_image *image, const double at[2])
{
    double x = at[0] + PIXEL_CENTER, y = at[1] + PIXEL_CENTER;

    return x >= 0 && x <= image->columns && y >= 0 && y <= image->rows;
}

static bool texts(const struct measurement *m, struct err *err)
{
    if (!ENDS(m->id) || !ENDS(m->concept) || !ENDS(m->label) ||
        !ENDS(m->site) || !ENDS(m->modifier) || !ENDS(m->unit) ||
        !ENDS(m->parts_unit) || !ENDS(m->grade) || !ENDS(m->note))
        return err_set(err, ERR_REJECT, "a measurement with endless text");
    if (m->kind < 0 || (size_t)m->kind >= KINDS || !side_known(m->side) ||
        m->n_traits > FINDINGS_TRAITS)
        return err_set(err, ERR_REJECT,
                       "measurement %s: of no known kind or side", m->id);
    return true;
}

static bool coded(const struct measurement *m, struct err *err)
{
    struct dcm_code code;

    if (!group_code(&m->own, m->concept, &code) || codes_site(m->site) == NULL)
        return err_set(err, ERR_REJECT,
                       "measurement %s: no code for concept %s or site %s",
                       m->id, m->concept, m->site);
    if (m->modifier[0] != '\0' && codes_modifier(m->modifier) == NULL)
        return err_set(err, ERR_REJECT,
                       "measurement %s: no code for modifier %s", m->id,
                       m->modifier);
    if (m->kind == MEASURE_GRADE && codes_grade(m->grade) == NULL)
        return err_set(err, ERR_REJECT, "measurement %s: no code for grade %s",
                       m->id, m->grade);
    for (size_t i = 0; i < m->n_traits; i++) {
        const struct trait *trait = &m->traits[i];
        if (!ENDS(trait->concept) || !ENDS(trait->value) ||
            codes_trait(trait->concept) == NULL ||
            codes_trait_value(trait->value) == NULL)
            return err_set(err, ERR_REJECT,
                           "measurement %s: no code for trait %zu", m->id,
                           i + 1);
    }
    return true;
}

static bool is_mm(const char *unit)
{
    return strcmp(unit, "mm") == 0 || strcmp(unit, "mm2") == 0;
}

static bool in_units(const struct findings_image *image,
                     const struct measurement *m, struct err *err)
{
    const struct codes_row *concept = codes_concept(m->concept);
    const char *wanted = kinds[m->kind].unit;

    if (m->own.value[0] == '\0' && strcmp(concept->unit, m->unit) != 0)
        return err_set(err, ERR_REJECT,
                       "measurement %s: unit %s, but %s is in %s", m->id,
                       m->unit, m->concept, concept->unit);
    if (codes_unit(m->unit) == NULL ||
        (*wanted != '\0' && strcmp(wanted, m->unit) != 0) ||
        (m->parts_unit[0] != '\0' && strcmp(m->parts_unit, "mm") != 0))
        return err_set(err, ERR_REJECT,
                       "measurement %s: unit %s does not fit what it is", m->id,
                       m->unit);
    if ((is_mm(m->unit) || is_mm(m->parts_unit)) &&
        image->calibration == CALIBRATION_NONE)
        return err_set(err, ERR_REJECT,
                       "measurement %s: in mm on an image without scale",
                       m->id);
    return true;
}

static bool numbers(const struct measurement *m, struct err *err)
{
    bool parts = m->parts_unit[0] == '\0' ||
                 (usable(m->parts[0]) && usable(m->parts[1]));
    bool normal =
        !m->has_normal || (usable(m->normal[0]) && usable(m->normal[1]) &&
                           m->normal[0] <= m->normal[1]);

    if (!usable(m->value) || !parts)
        return err_set(err, ERR_REJECT,
                       "measurement %s: its value is not a usable number",
                       m->id);
    if (!normal)
        return err_set(err, ERR_REJECT,
                       "measurement %s: its reference range is none", m->id);
    if (!share(m->confidence))
        return err_set(err, ERR_REJECT,
                       "measurement %s: its confidence is not 0 to 1", m->id);
    return true;
}

static bool points(const struct findings *f, const struct measurement *m,
                   struct err *err)
{
    for (size_t k = 0; k < m->n_points; k++)
        if (!on_image(&f->images[m->image], m->points[k]))
            return err_set(err, ERR_REJECT,
                           "measurement %s: a point lies outside the image",
                           m->id);
    return true;
}

bool group_check(const struct findings *findings, size_t i, struct err *err)
{
    const struct measurement *m = &findings->measurements[i];

    if (!texts(m, err) || !coded(m, err))
        return false;
    bool nowhere = m->kind == MEASURE_AREA && m->n_points == 0 &&
                   strcmp(m->unit, "mm2") != 0;
    if (m->image >= findings->n_images ||
        (m->n_points < kinds[m->kind].least && !nowhere) ||
        m->n_points > kinds[m->kind].most)
        return err_set(err, ERR_REJECT,
                       "measurement %s: %zu points on image %zu; it needs %zu",
                       m->id, m->n_points, m->image, kinds[m->kind].least);
    return in_units(&findings->images[m->image], m, err) && numbers(m, err) &&
           points(findings, m, err);
}

static bool box(const struct findings *f, const struct found *found)
{
    const struct findings_image *image = &f->images[found->image];
    const double *b = found->box;

    return b[0] < b[2] && b[1] < b[3] && on_image(image, b) &&
           on_image(image, b + 2);
}

bool group_check_found(const struct findings *findings, size_t i,
                       struct err *err)
{
    const struct found *found = &findings->found[i];
    struct dcm_code code;

    if (!ENDS(found->id) || !ENDS(found->concept) || !ENDS(found->site) ||
        !ENDS(found->measure))
        return err_set(err, ERR_REJECT, "a finding with endless text");
    if (!group_finding_code(found, &code) || codes_site(found->site) == NULL)
        return err_set(err, ERR_REJECT,
                       "finding %s: no code for concept %s or site %s",
                       found->id, found->concept, found->site);
    if (!side_known(found->side) || found->image >= findings->n_images ||
        found->priority < PRIORITY_ROUTINE || found->priority > PRIORITY_STAT)
        return err_set(err, ERR_REJECT,
                       "finding %s: of no known side, image or priority",
                       found->id);
    if (found->present && !share(found->confidence))
        return err_set(err, ERR_REJECT,
                       "finding %s: its confidence is not 0 to 1", found->id);
    if (found->has_box && !(found->present && box(findings, found)))
        return err_set(err, ERR_REJECT,
                       "finding %s: its box does not lie on the image",
                       found->id);
    return true;
}

bool group_check_refusal(const struct findings *findings, size_t i,
                         struct err *err)
{
    const struct refusal *r = &findings->refused[i];
    struct dcm_code code;

    if (!ENDS(r->id) || !ENDS(r->concept) || !ENDS(r->site) ||
        !ENDS(r->modifier) || !ENDS(r->quality) || !ENDS(r->reason))
        return err_set(err, ERR_REJECT, "a refusal with endless text");
    if (r->image >= findings->n_images || !side_known(r->side) ||
        !group_refusal_code(r, &code) || codes_site(r->site) == NULL)
        return err_set(err, ERR_REJECT,
                       "refused measurement %s: no image, or no code for "
                       "concept %s or site %s",
                       r->id, r->concept, r->site);
    if ((r->modifier[0] != '\0' && codes_modifier(r->modifier) == NULL) ||
        (r->quality[0] != '\0' && codes_quality(r->quality) == NULL))
        return err_set(err, ERR_REJECT,
                       "refused measurement %s: no code for modifier %s or "
                       "quality %s",
                       r->id, r->modifier, r->quality);
    return true;
}

bool group_check_all(const struct findings *f, struct err *err)
{
    if (f->n_images > FINDINGS_IMAGES ||
        f->n_measurements > FINDINGS_MEASUREMENTS ||
        f->n_refused > FINDINGS_MEASUREMENTS || f->n_found > FINDINGS_FOUND)
        return err_set(err, ERR_REJECT, "findings with too many measurements");
    if (f->failure[0] != '\0' && (f->n_measurements > 0 || f->n_found > 0))
        return err_set(err, ERR_REJECT, "findings of an analysis that failed");
    for (size_t i = 0; i < f->n_measurements; i++)
        if (!group_check(f, i, err))
            return false;
    for (size_t i = 0; i < f->n_found; i++)
        if (!group_check_found(f, i, err))
            return false;
    for (size_t i = 0; i < f->n_refused; i++)
        if (!group_check_refusal(f, i, err))
            return false;
    return group_check_changes(f, err);
}
