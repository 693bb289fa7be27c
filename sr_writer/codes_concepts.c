/* What is measured. Standard codes are those of the PS3.16 context groups named
 * in docs/RESULTS.md; where no standard code was found the value is ours,
 * scheme 99OSTEON, with a definition that fixes the landmarks and the sign and
 * names its source. SRT is retired and never used. */
#include "sr_writer/codes_rows.h"

static const struct codes_row concepts[] = {
    {"angle", SCT("1483009", "Angle"), "deg", "angle", ""},
    {"distance", DCM("121206", "Distance"), "mm", "distance", ""},
    {"width", SCT("103355008", "Width"), "mm", "width", ""},
    {"length", SCT("410668003", "Length"), "mm", "length", ""},
    {"leg_length", SCT("410668003", "Length"), "mm", "length", ""},
    {"femur_length", SCT("410668003", "Length"), "mm", "femur", ""},
    {"tibia_length", SCT("410668003", "Length"), "mm", "tibia", ""},
    {"ratio", OSTEON("RATIO", "Ratio of two lengths"), "ratio", "ratio",
     "The length of the first line of the measurement over that of the second. "
     "Never negative (no standard code was found)."},
    {"area", SCT("42798000", "Area"), "mm2", "area", ""},
    {"leg_length_discrepancy", RADELEMENT("RDE1187", "Leg Length Discrepancy"),
     "mm", "LLD", ""},
    {"insall_salvati_ratio", RADELEMENT("RDE515", "ISI measurement"), "ratio",
     "Insall-Salvati", ""},
    {"patellar_length", RADELEMENT("RDE514", "Patellar length"), "mm",
     "patella", ""},
    {"patellar_tendon_length", RADELEMENT("RDE513", "Patellar tendon length"),
     "mm", "patellar tendon", ""},
    {"cobb_angle", SCT("285285000", "Cobb angle"), "deg", "Cobb", ""},
    {"acetabular_angle", DCM("121224", "Acetabular angle"), "deg",
     "acetabular angle", ""},
    {"hip_knee_ankle_angle", OSTEON("HKA", "Hip-knee-ankle angle"), "deg",
     "HKA",
     "Medial angle between the mechanical axis of the femur (center of the "
     "femoral head to center of the knee) and that of the tibia (center of "
     "the knee to center of the ankle) on a frontal view. 180 is neutral, "
     "below 180 varus, above 180 valgus (Cooke 2007)."},
    {"mechanical_lateral_distal_femoral_angle",
     OSTEON("mLDFA", "Mechanical lateral distal femoral angle"), "deg", "mLDFA",
     "Lateral angle between the mechanical axis of the femur and the tangent "
     "to the distal femoral condyles on a frontal view. Smaller is more "
     "valgus (Paley 2002)."},
    {"medial_proximal_tibial_angle",
     OSTEON("MPTA", "Medial proximal tibial angle"), "deg", "MPTA",
     "Medial angle between the mechanical axis of the tibia and the tangent "
     "to the tibial plateau on a frontal view. Smaller is more varus "
     "(Paley 2002)."},
    {"joint_line_convergence_angle",
     OSTEON("JLCA", "Joint line convergence angle"), "deg", "JLCA",
     "Angle between the tangents to the distal femoral condyles and to the "
     "tibial plateau on a frontal view. Positive when the joint opens "
     "laterally (varus), negative when it opens medially (Paley "
     "2002)."},
    {"posterior_tibial_slope", OSTEON("PTS", "Posterior tibial slope"), "deg",
     "PTS",
     "Angle between the perpendicular to the axis of the tibia and the medial "
     "tibial plateau on a lateral view. Positive when the posterior edge lies "
     "lower (Dejour and Bonnin 1994)."},
    {"femoral_neck_shaft_angle", OSTEON("NSA", "Femoral neck-shaft angle"),
     "deg", "NSA",
     "Medial angle between the axis of the femoral neck and the axis of the "
     "femoral shaft on a frontal view. Larger is coxa valga "
     "(Boese 2016)."},
    {"lateral_center_edge_angle", OSTEON("LCEA", "Lateral center-edge angle"),
     "deg", "LCEA",
     "Angle at the center of the femoral head between the perpendicular to "
     "the line through both teardrops, or through both femoral heads, and the "
     "line to the lateral edge of the acetabular roof on a frontal view. "
     "Negative when the edge lies medial to the perpendicular (Wiberg "
     "1939)."},
    {"acetabular_inclination", OSTEON("ACET_INCL", "Acetabular inclination"),
     "deg", "inclination",
     "Angle between the line through both teardrops and the plane of the "
     "acetabular opening or cup on a frontal view. 0 is horizontal, 90 "
     "vertical (Murray 1993)."},
    {"acetabular_version", OSTEON("ACET_VERS", "Acetabular version"), "deg",
     "version",
     "Angle between the plane of the acetabular opening or cup and the "
     "sagittal plane. Positive is anteversion, negative retroversion "
     "(Murray 1993)."},
    {"joint_space_width", OSTEON("JSW", "Joint space width"), "mm", "JSW",
     "Shortest distance between the opposing bone edges of a joint, or of the "
     "compartment named by the topographical modifier. Never negative; 0 is "
     "bone on bone (Buckland-Wright 1995)."},
    {"mechanical_axis_deviation", OSTEON("MAD", "Mechanical axis deviation"),
     "mm", "MAD",
     "Distance from the center of the knee to the line from the center of the "
     "femoral head to the center of the ankle on a frontal view. Positive when "
     "that line passes medial to the knee (varus), negative when lateral "
     "(Paley 2002)."},
    {"tibiofemoral_angle", OSTEON("TFA", "Tibiofemoral angle"), "deg", "TFA",
     "Medial angle between the axes of the shafts of femur and tibia on a "
     "frontal view. 180 is straight, below 180 varus, above 180 valgus "
     "(Moreland 1987)."},
    {"caton_deschamps_index", OSTEON("CDI", "Caton-Deschamps index"), "ratio",
     "Caton-Deschamps",
     "Distance from the lower end of the articular surface of the patella to "
     "the upper anterior corner of the tibial plateau, over the length of that "
     "surface, on a lateral view. Never negative; larger is a higher patella "
     "(Caton 1982)."},
    {"coronal_balance", OSTEON("COR_BAL", "Coronal balance"), "mm", "balance",
     "Horizontal distance from the vertical line through the middle of S1 to "
     "the center of C7 on a frontal view. Positive when C7 lies toward the "
     "right of the patient, negative toward the left (O'Brien 2004)."},
    {"tonnis_angle", OSTEON("TONNIS", "Toennis angle"), "deg", "Toennis",
     "Angle between the line through both teardrops, or parallel to the line "
     "through both femoral heads, and the line from the medial to the lateral "
     "end of the sclerotic roof of the acetabulum on a frontal view. Positive "
     "when the lateral end lies higher (Toennis 1987)."},
    {"sharp_angle", OSTEON("SHARP", "Sharp angle"), "deg", "Sharp",
     "Angle between the line through both teardrops and the line from the "
     "teardrop to the lateral edge of the acetabular roof on a frontal view. "
     "Never negative; larger is a steeper roof (Sharp 1961)."},
    {"cup_inclination", OSTEON("ACET_INCL", "Acetabular inclination"), "deg",
     "inclination",
     "Angle between the line through both teardrops and the plane of the "
     "acetabular opening or cup on a frontal view. 0 is horizontal, 90 "
     "vertical (Murray 1993)."},
    {"stem_alignment", OSTEON("STEM_ALIGN", "Stem alignment"), "deg", "stem",
     "Angle between the axis of a femoral stem and the axis of the femoral "
     "shaft on a frontal view. Positive when the tip of the stem points "
     "laterally (varus), negative when medially (Khalily and Lester 2002)."},
    {"leg_length_teardrop",
     OSTEON("LLD_TD", "Leg length difference at the teardrops"), "mm", "LLD",
     "Distance from the line through both teardrops to the lesser trochanter "
     "on a frontal view of the pelvis, right less left. Positive when the "
     "right leg is longer (Woolson 1999)."},
    {"kellgren_lawrence_grade", OSTEON("KLG", "Kellgren-Lawrence grade"),
     "grade", "KL",
     "Grade of radiographic osteoarthritis, 0 (none) to 4 (severe) (Kellgren "
     "and Lawrence 1957)."},
};

const struct codes_table codes_concepts = CODES_TABLE(concepts);
