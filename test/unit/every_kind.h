#ifndef TEST_EVERY_KIND_H
#define TEST_EVERY_KIND_H

/* Findings of every kind that db/findings.h knows, on one image of 1000 rows
 * and 800 columns with half a millimeter a pixel. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "db/findings.h"

#define KIND_ROWS    1000
#define KIND_COLUMNS 800

static struct measurement *kind_add(struct findings *f, enum measure_kind kind,
                                    const char *concept, enum side side,
                                    double value, const char *unit, size_t n,
                                    const double (*points)[2])
{
    struct measurement *m = &f->measurements[f->n_measurements++];

    memset(m, 0, sizeof(*m));
    snprintf(m->id, sizeof(m->id), "%.32s", concept);
    snprintf(m->concept, sizeof(m->concept), "%s", concept);
    snprintf(m->site, sizeof(m->site), "knee");
    snprintf(m->unit, sizeof(m->unit), "%s", unit);
    m->kind = kind;
    m->side = side;
    m->value = value;
    m->confidence = 0.84;
    m->n_points = n;
    memcpy(m->points, points, n * sizeof(m->points[0]));
    return m;
}

static inline void kind_trait(struct measurement *m, const char *concept,
                              const char *value)
{
    struct trait *t = &m->traits[m->n_traits++];

    snprintf(t->concept, sizeof(t->concept), "%s", concept);
    snprintf(t->value, sizeof(t->value), "%s", value);
}

static inline void kind_found(struct findings *f, const char *concept,
                              enum side side, enum priority priority)
{
    struct found *found = &f->found[f->n_found++];

    memset(found, 0, sizeof(*found));
    snprintf(found->id, sizeof(found->id), "%.32s", concept);
    snprintf(found->concept, sizeof(found->concept), "%s", concept);
    snprintf(found->site, sizeof(found->site), "femur");
    found->side = side;
    found->priority = priority;
    found->least = 0.5;
}

static inline void kind_measurements(struct findings *f)
{
    static const double hka[4][2] = {
        {150, 120}, {170, 420}, {171, 428}, {150, 760}};
    static const double cobb[4][2] = {
        {360, 180}, {440, 205}, {365, 420}, {445, 380}};
    static const double leg[2][2] = {{640, 120}, {650, 760}};
    static const double ratio[4][2] = {
        {250, 560}, {262, 640}, {262, 640}, {250, 740}};
    static const double both[4][2] = {
        {150, 120}, {150, 760}, {640, 120}, {650, 760}};
    static const double area[6][2] = {{330, 520}, {380, 500}, {430, 530},
                                      {440, 590}, {390, 620}, {340, 590}};
    static const double box[4][2] = {
        {560, 380}, {720, 380}, {720, 500}, {560, 500}};
    static const double flat[4][2] = {
        {590, 425}, {700, 428}, {590, 446}, {700, 444}};
    struct measurement *m;

    m = kind_add(f, MEASURE_ANGLE, "hip_knee_ankle_angle", SIDE_RIGHT, 171.24,
                 "deg", 4, hka);
    m->has_normal = true;
    m->normal[0] = 178;
    m->normal[1] = 182;
    m = kind_add(f, MEASURE_LINES, "cobb_angle", SIDE_NONE, 43.9, "deg", 4,
                 cobb);
    kind_trait(m, "upper_end_vertebra", "t5");
    kind_trait(m, "lower_end_vertebra", "t12");
    kind_trait(m, "apical_vertebra", "t9");
    kind_trait(m, "convexity", "right");
    kind_add(f, MEASURE_LINES, "joint_line_convergence_angle", SIDE_LEFT, 2.6,
             "deg", 4, flat);
    m = kind_add(f, MEASURE_DISTANCE, "leg_length", SIDE_LEFT, 320.04, "mm", 2,
                 leg);
    m->has_normal = true;
    m->normal[0] = 200;
    m->normal[1] = 400;
    m = kind_add(f, MEASURE_RATIO, "insall_salvati_ratio", SIDE_RIGHT, 1.251,
                 "ratio", 4, ratio);
    m->parts[0] = 50.6;
    m->parts[1] = 40.4;
    snprintf(m->parts_unit, sizeof(m->parts_unit), "mm");
    m->has_normal = true;
    m->normal[0] = 0.8;
    m->normal[1] = 1.2;
    m = kind_add(f, MEASURE_DIFFERENCE, "leg_length_discrepancy", SIDE_NONE,
                 -0.02, "mm", 4, both);
    m->parts[0] = 320;
    m->parts[1] = 320.02;
    snprintf(m->parts_unit, sizeof(m->parts_unit), "mm");
    snprintf(m->note, sizeof(m->note), "both legs on one image");
    m = kind_add(f, MEASURE_AREA, "", SIDE_NONE, 2250, "mm2", 6, area);
    m->own = (struct own_code){"EROSION", "99BONE", "Area of erosion"};
    snprintf(m->label, sizeof(m->label), "erosion");
    snprintf(m->modifier, sizeof(m->modifier), "medial");
    m = kind_add(f, MEASURE_GRADE, "kellgren_lawrence_grade", SIDE_LEFT, 3,
                 "grade", 4, box);
    snprintf(m->label, sizeof(m->label), "KL grade");
    snprintf(m->grade, sizeof(m->grade), "kl_3");
}

static inline void kind_of_everything(struct findings *f)
{
    struct found *found;
    struct refusal *refusal;

    memset(f, 0, sizeof(*f));
    snprintf(f->model, sizeof(f->model), "every-kind");
    snprintf(f->version, sizeof(f->version), "2.0.0");
    snprintf(f->manufacturer, sizeof(f->manufacturer), "osteon project");
    snprintf(f->description, sizeof(f->description), "Every kind");
    memset(f->weights_sha256, 'a', 64);
    memset(f->config_sha256, 'b', 64);
    f->min_confidence = 0.5;
    f->n_images = 1;
    f->images[0] = (struct findings_image){
        .sop_class = "1.2.840.10008.5.1.4.1.1.1.1",
        .sop_uid = "1.2.3.4",
        .rows = KIND_ROWS,
        .columns = KIND_COLUMNS,
        .calibration = CALIBRATION_BALL,
        .spacing_mm = {0.5, 0.5},
        .landmarks = {{"right.hip_center", 150, 120, 0.97},
                      {"left.fibula_tip", 700, 720, 0.61}},
        .n_landmarks = 2,
    };
    kind_measurements(f);
    kind_found(f, "fracture_of_bone", SIDE_LEFT, PRIORITY_STAT);
    found = &f->found[0];
    found->present = found->has_box = true;
    found->confidence = 0.91;
    found->box[0] = 600;
    found->box[1] = 780;
    found->box[2] = 720;
    found->box[3] = 900;
    kind_found(f, "varus_deformity", SIDE_RIGHT, PRIORITY_ROUTINE);
    found = &f->found[1];
    found->present = true;
    found->confidence = 0.84;
    snprintf(found->measure, sizeof(found->measure), "hip_knee_ankle_angle");
    kind_found(f, "osteoarthritis_of_hip", SIDE_RIGHT, PRIORITY_HIGH);
    refusal = &f->refused[f->n_refused++];
    snprintf(refusal->id, sizeof(refusal->id), "mpta");
    snprintf(refusal->concept, sizeof(refusal->concept),
             "medial_proximal_tibial_angle");
    snprintf(refusal->site, sizeof(refusal->site), "tibia");
    snprintf(refusal->quality, sizeof(refusal->quality), "positioning");
    snprintf(refusal->reason, sizeof(refusal->reason),
             "right.tibial_plateau lies outside the image");
    refusal->side = SIDE_RIGHT;
}

/* Any number of anything anywhere, as a model that is unsure would say it;
 * the same for the same seed. */
static inline double kind_random(unsigned *seed)
{
    *seed = *seed * 1103515245U + 12345U;
    return (*seed >> 8 & 0xFFFF) / 65536.0;
}

static inline void kind_of_anything(struct findings *f, unsigned seed)
{
    static const char *const units[] = {"deg", "mm",  "deg",  "ratio",
                                        "mm",  "mm2", "grade"};
    static const size_t least[] = {4, 2, 4, 4, 4, 8, 4};
    double share = kind_random(&seed);
    size_t n = (size_t)(pow(share, 5) * FINDINGS_MEASUREMENTS) + 1;
    struct findings_image image;

    kind_of_everything(f);
    image = f->images[0];
    f->n_measurements = 0;
    for (size_t i = 0; i < n; i++) {
        size_t kind = (size_t)(kind_random(&seed) * 7);
        double points[FINDINGS_POINTS][2];
        for (size_t k = 0; k < FINDINGS_POINTS; k++) {
            points[k][0] = kind_random(&seed) * (image.columns - 1);
            points[k][1] = kind_random(&seed) * (image.rows - 1);
        }
        struct measurement *m = kind_add(
            f, (enum measure_kind)kind, "cobb_angle",
            (enum side)(kind_random(&seed) * 3), kind_random(&seed) * 360 - 90,
            units[kind], least[kind], (const double(*)[2])points);
        m->has_normal = kind_random(&seed) < 0.3;
        if (kind_random(&seed) < 0.2)
            kind_trait(m, "upper_end_vertebra", "t5");
    }
    f->n_found = (size_t)(kind_random(&seed) * 8);
    for (size_t i = 0; i < f->n_found; i++) {
        f->found[i] = f->found[0];
        for (size_t k = 0; k < 2; k++) {
            f->found[i].box[k] = kind_random(&seed) * 700;
            f->found[i].box[k + 2] =
                f->found[i].box[k] + 5 + kind_random(&seed) * 90;
        }
    }
}

#endif
