/* One place for every code a result may carry, so that a bundle cannot invent
 * one unawares and a reviewer sees them all: the rows are in codes_*.c, the
 * small tables here. */
#include "sr_writer/codes.h"

#include <string.h>
#include <strings.h>

#include "sr_writer/codes_rows.h"
#include "sr_writer/results.h"

/* Meanings as UCUM and PS3.16 print them. */
static const struct codes_row units[] = {
    {"deg", {"deg", "UCUM", "degree"}, "", "\302\260", ""},
    {"mm", {"mm", "UCUM", "millimeter"}, "", " mm", ""},
    {"mm2", {"mm2", "UCUM", "square millimeter"}, "", " mm\302\262", ""},
    {"cm", {"cm", "UCUM", "centimeter"}, "", " cm", ""},
    {"ratio", {"{ratio}", "UCUM", "ratio"}, "", "", ""},
    {"grade", {"1", "UCUM", "no units"}, "", "", ""},
    {"percent", {"%", "UCUM", "Percent"}, "", " %", ""},
};

/* Of the same keys, in a year. A grade has none. */
static const struct codes_row rates[] = {
    {"deg", {"deg/a", "UCUM", "degree per year"}, "", "\302\260/year", ""},
    {"mm", {"mm/a", "UCUM", "millimeter per year"}, "", " mm/year", ""},
    {"mm2",
     {"mm2/a", "UCUM", "square millimeter per year"},
     "",
     " mm\302\262/year",
     ""},
    {"cm", {"cm/a", "UCUM", "centimeter per year"}, "", " cm/year", ""},
    {"ratio", {"{ratio}/a", "UCUM", "ratio per year"}, "", "/year", ""},
    {"percent", {"%/a", "UCUM", "Percent per year"}, "", " %/year", ""},
};

/* CID 29; what is not in it is told as "Other Modality" (CID 33). */
static const struct codes_row modalities[] = {
    {"CR", DCM("CR", "Computed Radiography"), "", "", ""},
    {"CT", DCM("CT", "Computed Tomography"), "", "", ""},
    {"DX", DCM("DX", "Digital Radiography"), "", "", ""},
    {"MR", DCM("MR", "Magnetic Resonance"), "", "", ""},
    {"NM", DCM("NM", "Nuclear Medicine"), "", "", ""},
    {"PT", DCM("PT", "Positron emission tomography"), "", "", ""},
    {"RF", DCM("RF", "Radiofluoroscopy"), "", "", ""},
    {"RG", DCM("RG", "Radiographic imaging"), "", "", ""},
    {"US", DCM("US", "Ultrasound"), "", "", ""},
    {"XA", DCM("XA", "X-Ray Angiography"), "", "", ""},
    {"OT", DCM("OT", "Other Modality"), "", "", ""},
};

static const struct codes_row modifiers[] = {
    {"medial", SCT("255561001", "Medial"), "", "medial", ""},
    {"lateral", SCT("49370004", "Lateral"), "", "lateral", ""},
    {"anterior", SCT("255549009", "Anterior"), "", "anterior", ""},
    {"posterior", SCT("255551008", "Posterior"), "", "posterior", ""},
};

/* CID 6135: what is wrong with an image. It has nothing for a scale that is
 * not as expected. */
static const struct codes_row qualities[] = {
    {"positioning", DCM("111209", "Positioning"), "", "", ""},
    {"motion", DCM("111210", "Motion blur"), "", "", ""},
    {"under_exposed", DCM("111211", "Under exposed"), "", "", ""},
    {"over_exposed", DCM("111212", "Over exposed"), "", "", ""},
    {"artifact", DCM("111207", "Image artifact(s)"), "", "", ""},
    {"scale", DCM("111220", "Other failure"), "", "", ""},
    {"software", DCM("111218", "Software failure"), "", "", ""},
    {"unknown", DCM("111221", "Unknown failure"), "", "", ""},
};

static const struct codes_table codes_units = CODES_TABLE(units);
static const struct codes_table codes_rates = CODES_TABLE(rates);
static const struct codes_table codes_modalities = CODES_TABLE(modalities);
static const struct codes_table codes_modifiers = CODES_TABLE(modifiers);
static const struct codes_table codes_qualities = CODES_TABLE(qualities);

static const struct {
    const char *name;
    const struct codes_table *table;
} tables[] = {
    {"concept", &codes_concepts},    {"grade", &codes_grades},
    {"finding", &codes_findings},    {"trait", &codes_traits},
    {"site", &codes_sites},          {"modifier", &codes_modifiers},
    {"quality", &codes_qualities},   {"unit", &codes_units},
    {"modality", &codes_modalities}, {"rate", &codes_rates},
    {"change", &codes_changes},      {"comparison", &codes_comparisons},
};

#define TABLES (sizeof(tables) / sizeof(tables)[0])

static const struct codes_row *find(const struct codes_table *table,
                                    const char *key)
{
    for (size_t i = 0; i < table->n; i++)
        if (strcmp(table->rows[i].key, key) == 0)
            return &table->rows[i];
    return NULL;
}

const struct codes_row *codes_concept(const char *key)
{
    return find(&codes_concepts, key);
}

bool codes_shared(const struct codes_row *concept)
{
    size_t same = 0;

    for (size_t i = 0; i < codes_concepts.n; i++)
        same += strcmp(codes_concepts.rows[i].code.value,
                       concept->code.value) == 0 &&
                strcmp(codes_concepts.rows[i].code.scheme,
                       concept->code.scheme) == 0;
    return same > 1;
}

const struct codes_row *codes_grade(const char *key)
{
    return find(&codes_grades, key);
}

const struct codes_row *codes_finding(const char *key)
{
    return find(&codes_findings, key);
}

const struct codes_row *codes_trait(const char *key)
{
    return find(&codes_traits, key);
}

const struct codes_row *codes_site(const char *key)
{
    return find(&codes_sites, key);
}

const struct codes_row *codes_modifier(const char *key)
{
    return find(&codes_modifiers, key);
}

const struct codes_row *codes_quality(const char *key)
{
    return find(&codes_qualities, key);
}

const struct codes_row *codes_unit(const char *key)
{
    return find(&codes_units, key);
}

const struct codes_row *codes_modality(const char *key)
{
    return find(&codes_modalities, key);
}

const struct codes_row *codes_change(const char *concept)
{
    const struct codes_row *row = find(&codes_changes, concept);

    return row != NULL ? row : find(&codes_changes, "other");
}

const struct codes_row *codes_comparison(const char *key)
{
    return find(&codes_comparisons, key);
}

const struct codes_row *codes_per_year(const char *unit)
{
    return find(&codes_rates, unit);
}

const struct dcm_code *codes_side(enum side side)
{
    static const struct dcm_code right = SCT("24028007", "Right");
    static const struct dcm_code left = SCT("7771000", "Left");

    switch (side) {
    case SIDE_RIGHT:
        return &right;
    case SIDE_LEFT:
        return &left;
    case SIDE_NONE:
        break;
    }
    return NULL;
}

const struct dcm_code *codes_trait_value(const char *value)
{
    const struct codes_row *site = find(&codes_sites, value);

    if (strcmp(value, "right") == 0)
        return codes_side(SIDE_RIGHT);
    if (strcmp(value, "left") == 0)
        return codes_side(SIDE_LEFT);
    return site == NULL ? NULL : &site->code;
}

bool codes_own_valid(const struct own_code *own)
{
    static const char *const not_theirs[] = {CODES_SCHEME, "SRT", "SNM3",
                                             "99SDM"};
    const char *const texts[] = {own->value, own->scheme, own->meaning};
    const size_t sizes[] = {sizeof(own->value), sizeof(own->scheme),
                            sizeof(own->meaning)};

    for (size_t i = 0; i < 3; i++) {
        size_t n = strnlen(texts[i], sizes[i]);
        if (n == 0 || n == sizes[i] || texts[i][0] == ' ' ||
            texts[i][n - 1] == ' ')
            return false;
        for (size_t k = 0; k < n; k++)
            if (texts[i][k] < 0x20 || texts[i][k] > 0x7E || texts[i][k] == '\\')
                return false;
    }
    for (size_t i = 0; i < sizeof(not_theirs) / sizeof(not_theirs[0]); i++)
        if (strcasecmp(own->scheme, not_theirs[i]) == 0)
            return false;
    return true;
}

void codes_each(void (*each)(void *ctx, const char *table,
                             const struct codes_row *row),
                void *ctx)
{
    for (size_t t = 0; t < TABLES; t++)
        for (size_t i = 0; i < tables[t].table->n; i++)
            each(ctx, tables[t].name, &tables[t].table->rows[i]);
}

/* unit: has the table a column for it; defined: for definitions? */
static void print_table(FILE *out, const char *name,
                        const struct codes_table *table, bool unit,
                        bool defined)
{
    fprintf(out,
            "| %s | code | scheme | meaning |%s%s\n|---|---|---|---|%s%s\n",
            name, unit ? " unit |" : "", defined ? " definition |" : "",
            unit ? "---|" : "", defined ? "---|" : "");
    for (size_t i = 0; i < table->n; i++) {
        const struct codes_row *row = &table->rows[i];
        fprintf(out, "| `%s` | %s | %s | %s |", row->key, row->code.value,
                row->code.scheme, row->code.meaning);
        if (unit)
            fprintf(out, " %s |", row->unit);
        if (defined)
            fprintf(out, " %s |", row->definition);
        fputc('\n', out);
    }
}

void codes_print(FILE *out)
{
    print_table(out, "concept", &codes_concepts, true, true);
    fputc('\n', out);
    print_table(out, "grade", &codes_grades, false, true);
    fputc('\n', out);
    print_table(out, "finding", &codes_findings, false, true);
    fputc('\n', out);
    print_table(out, "trait", &codes_traits, false, true);
    fputc('\n', out);
    print_table(out, "modifier", &codes_modifiers, false, false);
    fputc('\n', out);
    print_table(out, "quality", &codes_qualities, false, false);
    fputc('\n', out);
    print_table(out, "site", &codes_sites, false, false);
    fputc('\n', out);
    print_table(out, "comparison", &codes_comparisons, false, true);
    fputc('\n', out);
    print_table(out, "change of concept", &codes_changes, false, false);
}

bool codes_concept_known(const char *concept)
{
    return codes_concept(concept) != NULL;
}

bool codes_site_known(const char *site)
{
    return codes_site(site) != NULL;
}

bool codes_finding_known(const char *finding)
{
    return codes_finding(finding) != NULL;
}

bool codes_grade_known(const char *grade)
{
    return codes_grade(grade) != NULL;
}
