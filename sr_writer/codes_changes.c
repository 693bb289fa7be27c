/* What is said of a measurement beside an earlier one. PS3.16 has concepts for
 * no difference of two measurements (CID 7465 is statistics of populations), so
 * all of these are ours: the code of the measure with a D behind it, or of a
 * short name where the measure has a standard code. Keys are the concepts of
 * codes_concepts.c. */
#include "sr_writer/codes_rows.h"

#define CHANGE(value, of)                                                      \
    OSTEON(value, "Change in " of " since prior"), "", "",                     \
        "The value of its group less that of the prior study that its "        \
        "comment names, in the same unit (no standard code was found)."

static const struct codes_row changes[] = {
    {"angle", CHANGE("ANGLED", "angle")},
    {"distance", CHANGE("DISTANCED", "distance")},
    {"width", CHANGE("WIDTHD", "width")},
    {"length", CHANGE("LENGTHD", "length")},
    {"leg_length", CHANGE("LEG_LENGTHD", "leg length")},
    {"femur_length", CHANGE("FEMUR_LENGTHD", "length of femur")},
    {"tibia_length", CHANGE("TIBIA_LENGTHD", "length of tibia")},
    {"ratio", CHANGE("RATIOD", "ratio of two lengths")},
    {"area", CHANGE("AREAD", "area")},
    {"leg_length_discrepancy", CHANGE("LLDD", "leg length discrepancy")},
    {"insall_salvati_ratio", CHANGE("ISID", "Insall-Salvati ratio")},
    {"patellar_length", CHANGE("PATELLAD", "patellar length")},
    {"patellar_tendon_length", CHANGE("TENDOND", "patellar tendon length")},
    {"cobb_angle", CHANGE("COBBD", "Cobb angle")},
    {"acetabular_angle", CHANGE("ACET_ANGLED", "acetabular angle")},
    {"hip_knee_ankle_angle", CHANGE("HKAD", "hip-knee-ankle angle")},
    {"mechanical_lateral_distal_femoral_angle",
     CHANGE("mLDFAD", "mechanical lateral distal femoral angle")},
    {"medial_proximal_tibial_angle",
     CHANGE("MPTAD", "medial proximal tibial angle")},
    {"joint_line_convergence_angle",
     CHANGE("JLCAD", "joint line convergence angle")},
    {"posterior_tibial_slope", CHANGE("PTSD", "posterior tibial slope")},
    {"femoral_neck_shaft_angle", CHANGE("NSAD", "femoral neck-shaft angle")},
    {"lateral_center_edge_angle", CHANGE("LCEAD", "lateral center-edge angle")},
    {"acetabular_inclination", CHANGE("ACET_INCLD", "acetabular inclination")},
    {"acetabular_version", CHANGE("ACET_VERSD", "acetabular version")},
    {"joint_space_width", CHANGE("JSWD", "joint space width")},
    {"mechanical_axis_deviation", CHANGE("MADD", "mechanical axis deviation")},
    {"tibiofemoral_angle", CHANGE("TFAD", "tibiofemoral angle")},
    {"caton_deschamps_index", CHANGE("CDID", "Caton-Deschamps index")},
    {"coronal_balance", CHANGE("COR_BALD", "coronal balance")},
    {"tonnis_angle", CHANGE("TONNISD", "Toennis angle")},
    {"sharp_angle", CHANGE("SHARPD", "Sharp angle")},
    {"cup_inclination", CHANGE("ACET_INCLD", "acetabular inclination")},
    {"stem_alignment", CHANGE("STEM_ALIGND", "stem alignment")},
    {"leg_length_teardrop",
     CHANGE("LLD_TDD", "leg length difference at the teardrops")},
    {"kellgren_lawrence_grade", CHANGE("KLGD", "Kellgren-Lawrence grade")},
    /* of a concept of a bundle, and of one without a row */
    {"other", CHANGE("DIFF", "value")},
};

static const struct codes_row comparisons[] = {
    {"change_from_prior", OSTEON("CHG", "Change from prior"), "", "",
     "What became of the measurement of its group since the prior study that "
     "its comment names. Increased and Decreased: by at least the smallest "
     "detectable change; Stable: by less; New: nothing earlier is known to the "
     "node, which says nothing about the patient (no standard code was "
     "found)."},
    {"change_per_year", OSTEON("CHG_YEAR", "Change per year"), "", "",
     "The change of the measurement of its group over the years between both "
     "studies. Only for studies at least 90 days apart (no standard code was "
     "found)."},
    {"smallest_detectable_change", OSTEON("SDC", "Smallest detectable change"),
     "", "",
     "The smallest change that the model can tell from its own error, as the "
     "evaluation of its bundle found (no standard code was found)."},
};

const struct codes_table codes_changes = CODES_TABLE(changes);
const struct codes_table codes_comparisons = CODES_TABLE(comparisons);
