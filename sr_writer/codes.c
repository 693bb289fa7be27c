/* One table for every code a result may carry, so that a bundle cannot invent
 * one and a reviewer sees them all on one page. Standard codes are those of
 * the PS3.16 context groups named in docs/RESULTS.md; where no standard code
 * was found the value is ours, scheme 99OSTEON, with a definition that fixes
 * the landmarks and the sign. SRT is retired and never used. */
#include "sr_writer/codes.h"

#include <string.h>

#include "sr_writer/results.h"

#define SCT(value, meaning)                                                    \
    {                                                                          \
        value, "SCT", meaning                                                  \
    }
#define DCM(value, meaning)                                                    \
    {                                                                          \
        value, "DCM", meaning                                                  \
    }
#define OSTEON(value, meaning)                                                 \
    {                                                                          \
        value, CODES_SCHEME, meaning                                           \
    }

static const struct codes_row concepts[] = {
    {"angle", SCT("1483009", "Angle"), "deg", "angle", ""},
    {"distance", DCM("121206", "Distance"), "mm", "distance", ""},
    {"width", SCT("103355008", "Width"), "mm", "width", ""},
    {"length", SCT("410668003", "Length"), "mm", "length", ""},
    {"leg_length", SCT("410668003", "Length"), "mm", "length", ""},
    {"leg_length_discrepancy",
     {"RDE1187", "RADELEMENT", "Leg Length Discrepancy"},
     "mm",
     "LLD",
     ""},
    {"insall_salvati_ratio",
     {"RDE515", "RADELEMENT", "ISI measurement"},
     "ratio",
     "Insall-Salvati",
     ""},
    {"cobb_angle", SCT("285285000", "Cobb angle"), "deg", "Cobb", ""},
    {"acetabular_angle", DCM("121224", "Acetabular angle"), "deg",
     "acetabular angle", ""},
    {"hip_knee_ankle_angle", OSTEON("HKA", "Hip-knee-ankle angle"), "deg",
     "HKA",
     "Medial angle between the mechanical axis of the femur (center of the "
     "femoral head to center of the knee) and that of the tibia (center of "
     "the knee to center of the ankle) on a frontal view. 180 is neutral, "
     "below 180 varus, above 180 valgus."},
    {"mechanical_lateral_distal_femoral_angle",
     OSTEON("mLDFA", "Mechanical lateral distal femoral angle"), "deg", "mLDFA",
     "Lateral angle between the mechanical axis of the femur and the tangent "
     "to the distal femoral condyles on a frontal view. Smaller is more "
     "valgus."},
    {"medial_proximal_tibial_angle",
     OSTEON("MPTA", "Medial proximal tibial angle"), "deg", "MPTA",
     "Medial angle between the mechanical axis of the tibia and the tangent "
     "to the tibial plateau on a frontal view. Smaller is more varus."},
    {"joint_line_convergence_angle",
     OSTEON("JLCA", "Joint line convergence angle"), "deg", "JLCA",
     "Angle between the tangents to the distal femoral condyles and to the "
     "tibial plateau on a frontal view. Positive when the joint opens "
     "laterally (varus), negative when it opens medially."},
    {"posterior_tibial_slope", OSTEON("PTS", "Posterior tibial slope"), "deg",
     "PTS",
     "Angle between the perpendicular to the axis of the tibia and the medial "
     "tibial plateau on a lateral view. Positive when the posterior edge lies "
     "lower."},
    {"femoral_neck_shaft_angle", OSTEON("NSA", "Femoral neck-shaft angle"),
     "deg", "NSA",
     "Medial angle between the axis of the femoral neck and the axis of the "
     "femoral shaft on a frontal view. Larger is coxa valga."},
    {"lateral_center_edge_angle", OSTEON("LCEA", "Lateral center-edge angle"),
     "deg", "LCEA",
     "Angle at the center of the femoral head between the perpendicular to "
     "the line through both femoral heads and the line to the lateral edge of "
     "the acetabular roof on a frontal view. Negative when the edge lies "
     "medial to the perpendicular."},
    {"acetabular_inclination", OSTEON("ACET_INCL", "Acetabular inclination"),
     "deg", "inclination",
     "Angle between the line through both teardrops and the plane of the "
     "acetabular opening or cup on a frontal view. 0 is horizontal, 90 "
     "vertical."},
    {"acetabular_version", OSTEON("ACET_VERS", "Acetabular version"), "deg",
     "version",
     "Angle between the plane of the acetabular opening or cup and the "
     "sagittal plane. Positive is anteversion, negative retroversion."},
    {"joint_space_width", OSTEON("JSW", "Joint space width"), "mm", "JSW",
     "Shortest distance between the opposing bone edges of a joint, or of the "
     "compartment named by the topographical modifier. Never negative; 0 is "
     "bone on bone."},
};

static const struct codes_row sites[] = {
    {"lower_limb", SCT("61685007", "Lower limb"), "", "", ""},
    {"lower_leg", SCT("30021000", "Lower leg"), "", "", ""},
    {"pelvis", SCT("12921003", "Pelvis"), "", "", ""},
    {"hip_joint", SCT("24136001", "Hip joint"), "", "", ""},
    {"hip_region", SCT("29836001", "Hip region"), "", "", ""},
    {"acetabulum", SCT("37783008", "Acetabulum"), "", "", ""},
    {"femur", SCT("71341001", "Femur"), "", "", ""},
    {"femoral_head", SCT("2812003", "Femoral head"), "", "", ""},
    {"femoral_neck", SCT("29627003", "Femoral neck"), "", "", ""},
    {"knee", SCT("72696002", "Knee"), "", "", ""},
    {"knee_joint", SCT("49076000", "Knee joint"), "", "", ""},
    {"patella", SCT("64234005", "Patella"), "", "", ""},
    {"tibia", SCT("12611008", "Tibia"), "", "", ""},
    {"tibial_plateau", SCT("306783000", "Tibial plateau"), "", "", ""},
    {"fibula", SCT("87342007", "Fibula"), "", "", ""},
    {"ankle_joint", SCT("70258002", "Ankle joint"), "", "", ""},
    {"talus", SCT("67453005", "Talus"), "", "", ""},
    {"calcaneus", SCT("80144004", "Calcaneus"), "", "", ""},
    {"foot", SCT("56459004", "Foot"), "", "", ""},
    {"shoulder", SCT("16982005", "Shoulder"), "", "", ""},
    {"clavicle", SCT("51299004", "Clavicle"), "", "", ""},
    {"humerus", SCT("85050009", "Humerus"), "", "", ""},
    {"elbow_joint", SCT("16953009", "Elbow joint"), "", "", ""},
    {"radius", SCT("62413002", "Radius"), "", "", ""},
    {"ulna", SCT("23416004", "Ulna"), "", "", ""},
    {"wrist_joint", SCT("74670003", "Wrist joint"), "", "", ""},
    {"scaphoid", SCT("30518006", "Scaphoid"), "", "", ""},
    {"hand", SCT("85562004", "Hand"), "", "", ""},
    {"spine", SCT("421060004", "Spine"), "", "", ""},
    {"cervical_spine", SCT("122494005", "Cervical spine"), "", "", ""},
    {"thoracic_spine", SCT("122495006", "Thoracic spine"), "", "", ""},
    {"lumbar_spine", SCT("122496007", "Lumbar spine"), "", "", ""},
};

/* Meanings as UCUM and PS3.16 print them. */
static const struct codes_row units[] = {
    {"deg", {"deg", "UCUM", "degree"}, "", "\302\260", ""},
    {"mm", {"mm", "UCUM", "millimeter"}, "", " mm", ""},
    {"cm", {"cm", "UCUM", "centimeter"}, "", " cm", ""},
    {"ratio", {"{ratio}", "UCUM", "ratio"}, "", "", ""},
    {"percent", {"%", "UCUM", "Percent"}, "", " %", ""},
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

#define COUNT(table) (sizeof(table) / sizeof(table)[0])

static const struct {
    const char *name;
    const struct codes_row *rows;
    size_t n;
} tables[] = {
    {"concept", concepts, COUNT(concepts)},
    {"site", sites, COUNT(sites)},
    {"unit", units, COUNT(units)},
    {"modality", modalities, COUNT(modalities)},
};

static const struct codes_row *find(const struct codes_row *rows, size_t n,
                                    const char *key)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(rows[i].key, key) == 0)
            return &rows[i];
    return NULL;
}

const struct codes_row *codes_concept(const char *key)
{
    return find(concepts, COUNT(concepts), key);
}

const struct codes_row *codes_site(const char *key)
{
    return find(sites, COUNT(sites), key);
}

const struct codes_row *codes_unit(const char *key)
{
    return find(units, COUNT(units), key);
}

const struct codes_row *codes_modality(const char *key)
{
    return find(modalities, COUNT(modalities), key);
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

bool codes_two_lines(const char *concept)
{
    return strcmp(concept, "cobb_angle") == 0 ||
           strcmp(concept, "joint_line_convergence_angle") == 0;
}

void codes_each(void (*each)(void *ctx, const char *table,
                             const struct codes_row *row),
                void *ctx)
{
    for (size_t t = 0; t < COUNT(tables); t++)
        for (size_t i = 0; i < tables[t].n; i++)
            each(ctx, tables[t].name, &tables[t].rows[i]);
}

void codes_print(FILE *out)
{
    fputs("| concept | code | scheme | meaning | unit | definition |\n"
          "|---|---|---|---|---|---|\n",
          out);
    for (size_t i = 0; i < COUNT(concepts); i++) {
        const struct codes_row *row = &concepts[i];
        fprintf(out, "| `%s` | %s | %s | %s | %s | %s |\n", row->key,
                row->code.value, row->code.scheme, row->code.meaning, row->unit,
                row->definition);
    }
    fputs("\n| site | code | scheme | meaning |\n|---|---|---|---|\n", out);
    for (size_t i = 0; i < COUNT(sites); i++) {
        const struct codes_row *row = &sites[i];
        fprintf(out, "| `%s` | %s | %s | %s |\n", row->key, row->code.value,
                row->code.scheme, row->code.meaning);
    }
}

bool codes_concept_known(const char *concept)
{
    return codes_concept(concept) != NULL;
}

bool codes_site_known(const char *site)
{
    return codes_site(site) != NULL;
}
