/* What is no number: grades, what a bundle looks for, and what else may be
 * true of a measurement. */
#include "sr_writer/codes_rows.h"

#define KELLGREN " (Kellgren and Lawrence 1957)."

static const struct codes_row grades[] = {
    {"kl_0", OSTEON("KLG0", "Kellgren-Lawrence grade 0"), "", "KL 0",
     "No radiographic feature of osteoarthritis" KELLGREN},
    {"kl_1", OSTEON("KLG1", "Kellgren-Lawrence grade 1"), "", "KL 1",
     "Doubtful narrowing of the joint space and possible osteophytic "
     "lipping" KELLGREN},
    {"kl_2", OSTEON("KLG2", "Kellgren-Lawrence grade 2"), "", "KL 2",
     "Definite osteophytes and possible narrowing of the joint space" KELLGREN},
    {"kl_3", OSTEON("KLG3", "Kellgren-Lawrence grade 3"), "", "KL 3",
     "Moderate multiple osteophytes, definite narrowing of the joint space, "
     "some sclerosis and possible deformity of bone ends" KELLGREN},
    {"kl_4", OSTEON("KLG4", "Kellgren-Lawrence grade 4"), "", "KL 4",
     "Large osteophytes, marked narrowing of the joint space, severe sclerosis "
     "and definite deformity of bone ends" KELLGREN},
};

static const struct codes_row findings[] = {
    {"fracture_of_bone", SCT("125605004", "Fracture of bone"), "", "fracture",
     ""},
    {"osteoarthritis_of_knee", SCT("239873007", "Osteoarthritis of knee"), "",
     "knee OA", ""},
    {"osteoarthritis_of_hip", SCT("239872002", "Osteoarthritis of hip"), "",
     "hip OA", ""},
    {"varus_deformity", OSTEON("VARUS", "Varus deformity"), "", "varus",
     "The part of the limb distal to the site is deviated toward the midline "
     "by more than the limit the bundle states (Paley 2002)."},
    {"valgus_deformity", OSTEON("VALGUS", "Valgus deformity"), "", "valgus",
     "The part of the limb distal to the site is deviated away from the "
     "midline by more than the limit the bundle states (Paley 2002)."},
};

#define OBRIEN " (O'Brien 2004)."

static const struct codes_row traits[] = {
    {"upper_end_vertebra", OSTEON("UEV", "Upper end vertebra"), "", "upper end",
     "The most cranial vertebra of a curve: its upper endplate is one of the "
     "two lines of the Cobb angle" OBRIEN},
    {"lower_end_vertebra", OSTEON("LEV", "Lower end vertebra"), "", "lower end",
     "The most caudal vertebra of a curve: its lower endplate is one of the "
     "two lines of the Cobb angle" OBRIEN},
    {"apical_vertebra", OSTEON("APEXV", "Apical vertebra"), "", "apex",
     "The vertebra of a curve that lies farthest from the line through the "
     "centers of its end vertebrae" OBRIEN},
    {"convexity", OSTEON("CONVEXITY", "Side of convexity"), "", "convex",
     "The side of the patient toward which a curve of the spine bulges" OBRIEN},
};

const struct codes_table codes_grades = CODES_TABLE(grades);
const struct codes_table codes_findings = CODES_TABLE(findings);
const struct codes_table codes_traits = CODES_TABLE(traits);
