/* model.yaml: geometry, checks, measurements and findings become indices, one
 * row per side; and each mistake is named with its place. */
#include "bundle_case.h"

#include <math.h>

#define SHA "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"

static char good[8192]; /* head and tail */

static const char head[] =
    "name: knee\n"
    "version: 1\n"
    "manufacturer: m\n"
    "description: d\n"
    "inputs: [{name: film}]\n"
    "stages:\n"
    "  - name: whole\n"
    "    weights: {file: model.pt, sha256: " SHA "}\n"
    "    rows: 64\n"
    "    columns: 64\n"
    "    fit: letterbox\n"
    "    percentiles: [1, 99]\n"
    "    outputs:\n"
    "      - {name: points, kind: points, landmarks: [right.a, right.b, "
    "right.c, left.a, left.b, left.c, mid, T1.upper_left, T1.upper_right, "
    "T1.lower_left, T1.lower_right, T2.upper_left, T2.upper_right, "
    "T2.lower_left, T2.lower_right]}\n"
    "      - {name: bones, kind: mask, stride: 4, labels: [none, left.femur, "
    "right.femur]}\n"
    "  - name: close\n"
    "    weights: {file: model.pt, sha256: " SHA "}\n"
    "    rows: 64\n"
    "    columns: 64\n"
    "    fit: letterbox\n"
    "    percentiles: [1, 99]\n"
    "    around: [a]\n"
    "    sides: [right, left]\n"
    "    width: {mm: 140}\n"
    "    outputs:\n"
    "      - {name: kl, kind: classes, classes: [kl_0, kl_1, kl_2]}\n"
    "      - {name: numbers, kind: scalar, names: [slope]}\n"
    "      - {name: breaks, kind: boxes, stride: 4, classes: [break, chip]}\n"
    "      - {name: tissue, kind: mask, stride: 4, labels: [none, skin]}\n"
    "confidence: {least: 0.4}\n"
    "calibration: {ball: ball, diameter_mm: 25}\n"
    "geometry:\n"
    "  - {name: m, sides: [right, left], midpoint: [a, b]}\n"
    "  - {name: shaft, sides: [right, left], line: [a, b, c]}\n"
    "  - {name: base, line: [right.a, left.a]}\n"
    "  - {name: foot, sides: [right, left], foot: [c, base]}\n"
    "  - {name: ball, circle: [mid, right.a, left.a]}\n"
    "  - {name: crest, sides: [right, left], edge: {of: femur, toward: "
    "medial}}\n"
    "  - {name: top, sides: [right, left], extreme: {of: crest, toward: up}}\n"
    "  - {name: bone, sides: [right], centroid: femur}\n"
    "  - {name: parallel, sides: [right], parallel: [shaft, c]}\n"
    "  - {name: plumb, vertical: ball}\n"
    "  - {name: cross, intersection: [base, plumb]}\n"
    "checks:\n"
    "  - {sides: [right, left], descending: [a, b, c]}\n"
    "  - {length_ratio: [right.a, right.b, right.b, right.c], min: 0.5, max: "
    "2}\n"
    "  - {inside: [mid], margin: 0.02, quality: scale}\n"
    "  - {sides: [right], class: kl, is: [kl_0, kl_1], least: 0.8}\n";

static const char tail[] =
    "measurements:\n"
    "  - id: bend\n"
    "    concept: hip_knee_ankle_angle\n"
    "    label: HKA\n"
    "    site: lower_limb\n"
    "    modifier: medial\n"
    "    sides: [left, right]\n"
    "    angle: [a, m, c]\n"
    "    toward: medial\n"
    "    min: 160\n"
    "    max: 200\n"
    "    normal: [178, 182]\n"
    "    needs: [span]\n"
    "    source: Cooke 2007\n"
    "    detectable: 1.2\n"
    "  - id: span\n"
    "    concept: leg_length\n"
    "    site: lower_limb\n"
    "    sides: [right, left]\n"
    "    distance: [a, ball]\n"
    "    min: 1\n"
    "    max: 2\n"
    "  - {id: tilt, concept: angle, site: knee, angle: [base], to: "
    "horizontal, min: 0, max: 90, implant: true}\n"
    "  - {id: open, concept: angle, site: knee, sides: [right], "
    "signed_angle: [shaft, base], positive: counterclockwise, min: -9, max: "
    "9}\n"
    "  - {id: off, code: {value: OFF, scheme: 99ME, meaning: Offset}, "
    "definition: how far, site: knee, sides: [right, left], "
    "perpendicular_distance: [c, base], positive: lateral, min: -9, max: 9}\n"
    "  - {id: isi, concept: ratio, site: knee, ratio: [[mid, right.a], [mid, "
    "left.a]], min: 0, max: 9}\n"
    "  - {id: lld, concept: distance, site: lower_limb, difference: span, "
    "min: -9, max: 9}\n"
    "  - {id: cobb, concept: cobb_angle, site: spine, max_cobb: {vertebrae: "
    "[T1, T2], curve: above, least: 12}, min: 0, max: 150, curve: [[0.4, "
    "0.5], [1, 0.9]]}\n"
    "  - {id: jsw, concept: distance, site: knee, sides: [right], "
    "width_profile: {between: [crest, crest], at: 0.25}, min: 0, max: 9}\n"
    "  - {id: least, concept: distance, site: knee, sides: [left], "
    "width_profile: {between: [crest, crest], at: minimum}, min: 0, max: 9}\n"
    "  - {id: area, concept: area, site: knee, sides: [right], area: skin, "
    "min: 0, max: 9}\n"
    "  - {id: kl, concept: kellgren_lawrence_grade, site: knee, sides: "
    "[right, left], grade: kl, around: [a, b, c]}\n"
    "  - {id: slope, concept: angle, site: knee, sides: [right, left], "
    "scalar: slope, unit: deg, around: [a, b], min: 0, max: 30}\n"
    "findings:\n"
    "  - {id: fracture, concept: fracture_of_bone, site: knee, boxes: breaks, "
    "class: break, least: 0.5, priority: high}\n"
    "  - {id: varus, concept: osteoarthritis_of_knee, site: knee, "
    "measurement: bend, below: 170}\n"
    "  - {id: oa, concept: osteoarthritis_of_knee, site: knee, sides: "
    "[right, left], grade: kl, at_least: kl_2}\n"
    "  - {id: sure, concept: osteoarthritis_of_knee, site: knee, class: kl, "
    "is: kl_1, least: 0.6, priority: stat}\n";

static int setup_document(void **state)
{
    (void)state;
    return snprintf(good, sizeof good, "%s%s", head, tail) < (int)sizeof good
               ? 0
               : -1;
}

static const struct rules *rules;

static void read_good(void)
{
    if (!read_with(good, "knee", "knee"))
        fail_msg("%s", err.msg);
    rules = &bundle->rules;
}

static size_t object(const char *name)
{
    for (size_t i = 0; i < rules->n_objects; i++) {
        if (strcmp(rules->objects[i].name, name) == 0)
            return i;
    }
    fail_msg("no object %s", name);
    return 0;
}

static const struct rule_measure *measure(const char *id, enum side side)
{
    for (size_t i = 0; i < rules->n_measures; i++) {
        if (strcmp(rules->measures[i].id, id) == 0 &&
            rules->measures[i].side == side)
            return &rules->measures[i];
    }
    fail_msg("no measurement %s", id);
    return NULL;
}

static void test_geometry(void **state)
{
    (void)state;
    read_good();
    assert_int_equal(rules->n_landmarks, 15);
    const struct rule_object *o = &rules->objects[object("left.m")];
    assert_int_equal(o->how, HOW_MIDPOINT);
    assert_int_equal(o->side, SIDE_LEFT);
    assert_int_equal(o->n_of, 2);
    assert_int_equal(o->of[0], object("left.a"));
    o = &rules->objects[object("right.shaft")];
    assert_int_equal(o->kind, OBJECT_LINE);
    assert_int_equal(o->n_of, 3);
    o = &rules->objects[object("left.foot")]; /* a line of no side */
    assert_int_equal(o->of[0], object("left.c"));
    assert_int_equal(o->of[1], object("base"));
    o = &rules->objects[object("right.crest")];
    assert_int_equal(o->kind, OBJECT_CONTOUR);
    assert_int_equal(o->how, HOW_EDGE);
    assert_int_equal(o->toward, TOWARD_MEDIAL);
    assert_string_equal(o->mask, "bones");
    assert_string_equal(o->label, "right.femur");
    assert_int_equal(o->label_index, 2);
    o = &rules->objects[object("left.top")];
    assert_int_equal(o->how, HOW_EXTREME);
    assert_int_equal(o->toward, TOWARD_UP);
    assert_int_equal(o->of[0], object("left.crest"));
    o = &rules->objects[object("right.bone")];
    assert_int_equal(o->how, HOW_CENTROID_LABEL);
    assert_int_equal(o->n_of, 0);
    o = &rules->objects[object("right.parallel")];
    assert_int_equal(o->of[0], object("right.shaft"));
    assert_int_equal(o->of[1], object("right.c"));
    o = &rules->objects[object("plumb")]; /* a circle stands for its center */
    assert_int_equal(o->of[0], object("ball"));
    assert_int_equal(rules->objects[object("cross")].of[1], object("plumb"));
    assert_true(rules->has_ball);
    assert_int_equal(rules->ball, object("ball"));
    assert_true(rules->ball_mm == 25);
}

static void test_checks(void **state)
{
    (void)state;
    read_good();
    assert_int_equal(rules->n_checks, 5);
    assert_int_equal(rules->checks[1].side, SIDE_LEFT);
    assert_int_equal(rules->checks[1].kind, CHECK_DESCENDING);
    assert_int_equal(rules->checks[1].objects[2], object("left.c"));
    assert_string_equal(rules->checks[1].quality, "positioning");
    assert_int_equal(rules->checks[2].kind, CHECK_LENGTH_RATIO);
    assert_int_equal(rules->checks[2].side, SIDE_NONE);
    assert_true(rules->checks[2].max == 2);
    assert_int_equal(rules->checks[3].kind, CHECK_INSIDE);
    assert_true(rules->checks[3].min == 0.02);
    assert_string_equal(rules->checks[3].quality, "scale");
    assert_int_equal(rules->checks[4].kind, CHECK_CLASS);
    assert_string_equal(rules->checks[4].output, "kl");
    assert_int_equal(rules->checks[4].n_classes, 2);
    assert_string_equal(rules->checks[4].classes[1], "kl_1");
    assert_true(rules->checks[4].min == 0.8);
}

static void test_side_check(void **state)
{
    (void)state;
    if (!read_with(good, "{inside: [mid], margin: 0.02, quality: scale}",
                   "{sides: [right], side: kl, right: kl_2, left: kl_0, "
                   "least: 0.7}"))
        fail_msg("%s", err.msg);
    assert_int_equal(bundle->rules.checks[3].kind, CHECK_SIDE);
    assert_string_equal(bundle->rules.checks[3].classes[0], "kl_2");
    assert_string_equal(bundle->rules.checks[3].classes[1], "kl_0");
}

static void test_angles(void **state)
{
    (void)state;
    read_good();
    const struct rule_measure *m = &rules->measures[0];
    assert_string_equal(m->id, "bend");
    assert_int_equal(m->side, SIDE_LEFT); /* as written */
    assert_int_equal(m->kind, RULE_ANGLE);
    assert_int_equal(m->n_objects, 4); /* A V B is A V V B */
    assert_int_equal(m->objects[0], object("left.a"));
    assert_int_equal(m->objects[1], object("left.m"));
    assert_int_equal(m->objects[2], object("left.m"));
    assert_int_equal(m->objects[3], object("left.c"));
    assert_int_equal(m->toward, TOWARD_MEDIAL);
    assert_string_equal(m->unit, "deg");
    assert_string_equal(m->label, "HKA");
    assert_string_equal(m->modifier, "medial");
    assert_true(m->has_normal);
    assert_true(m->normal[1] == 182);
    assert_int_equal(m->n_needs, 1);
    assert_string_equal(m->needs[0], "span");
    assert_string_equal(rules->measures[1].needs[0], "span");
    assert_string_equal(m->source, "Cooke 2007");
    assert_true(m->detectable == 1.2);
    assert_false(m->implant);
    m = measure("tilt", SIDE_NONE);
    assert_true(m->implant);
    assert_int_equal(m->kind, RULE_ANGLE_AXIS);
    assert_int_equal(m->toward, TOWARD_LEFT);
    assert_int_equal(m->objects[0], object("base"));
    m = measure("open", SIDE_RIGHT);
    assert_int_equal(m->kind, RULE_SIGNED_ANGLE);
    assert_int_equal(m->n_objects, 2);
    assert_false(m->clockwise);
    m = measure("cobb", SIDE_NONE);
    assert_int_equal(m->kind, RULE_COBB);
    assert_int_equal(m->n_objects, 8);
    assert_int_equal(m->objects[5], object("T2.upper_right"));
    assert_string_equal(m->vertebrae[1], "T2");
    assert_int_equal(m->curve, COBB_ABOVE);
    assert_int_equal(m->confidence.n, 2);
    assert_true(m->confidence.at[1][1] == 0.9);
    assert_int_equal(measure("isi", SIDE_NONE)->confidence.n, 0);
    assert_true(m->least == 12);
    assert_true(measure("slope", SIDE_LEFT)->max == 30);
    assert_string_equal(measure("slope", SIDE_LEFT)->output, "left.slope");
}

static void test_lengths(void **state)
{
    (void)state;
    read_good();
    const struct rule_measure *m = measure("span", SIDE_RIGHT);
    assert_int_equal(m->kind, RULE_DISTANCE);
    assert_string_equal(m->unit, "mm");
    assert_int_equal(m->objects[1], object("ball"));
    m = measure("off", SIDE_LEFT);
    assert_int_equal(m->kind, RULE_PERPENDICULAR);
    assert_int_equal(m->toward, TOWARD_LATERAL);
    assert_string_equal(m->own.scheme, "99ME");
    assert_string_equal(m->concept, "");
    assert_string_equal(m->label, "OFF");
    m = measure("isi", SIDE_NONE);
    assert_int_equal(m->kind, RULE_RATIO);
    assert_int_equal(m->n_objects, 4);
    m = measure("lld", SIDE_NONE);
    assert_int_equal(m->kind, RULE_DIFFERENCE);
    assert_string_equal(m->other, "span");
    assert_string_equal(m->unit, "mm");
    m = measure("jsw", SIDE_RIGHT);
    assert_int_equal(m->kind, RULE_WIDTH);
    assert_true(m->at == 0.25);
    assert_true(measure("least", SIDE_LEFT)->at < 0);
    m = measure("area", SIDE_RIGHT);
    assert_int_equal(m->kind, RULE_AREA);
    assert_string_equal(m->output, "skin");
    assert_string_equal(m->mask, "tissue");
    assert_int_equal(m->label_index, 1);
    m = measure("kl", SIDE_LEFT);
    assert_int_equal(m->kind, RULE_GRADE);
    assert_int_equal(m->n_objects, 3);
    assert_string_equal(m->output, "kl");
}

static void test_findings(void **state)
{
    (void)state;
    read_good();
    const struct rule_finding *f = rules->findings;
    assert_int_equal(rules->n_findings, 8);
    assert_int_equal(f[0].kind, FINDING_BOXES); /* for each side of its stage */
    assert_int_equal(f[0].side, SIDE_RIGHT);
    assert_int_equal(f[1].side, SIDE_LEFT);
    assert_string_equal(f[0].output, "breaks");
    assert_string_equal(f[0].name, "break");
    assert_int_equal(f[0].priority, PRIORITY_HIGH);
    assert_int_equal(f[2].kind, FINDING_MEASURE); /* of its measurement */
    assert_int_equal(f[2].side, SIDE_LEFT);
    assert_string_equal(f[2].measure, "bend");
    assert_true(f[2].min == 170);
    assert_true(isinf(f[2].max));
    assert_int_equal(f[2].priority, PRIORITY_ROUTINE);
    assert_int_equal(f[4].kind, FINDING_GRADE);
    assert_true(f[4].min == 2);
    assert_int_equal(f[6].kind, FINDING_CLASS);
    assert_string_equal(f[6].name, "kl_1");
    assert_true(f[6].least == 0.6);
    assert_int_equal(f[6].priority, PRIORITY_STAT);
}

static void test_mistakes_of_geometry(void **state)
{
    (void)state;
    static const struct mistake cases[] = {
        {"midpoint: [a, b]", "midpoint: [a, x]",
         ":33:51: \"right.x\" is no landmark of the stages and no object of "
         "geometry before; did you mean \"a\"?"},
        {"midpoint: [a, b]", "midpoint: [a]",
         ":33:47: midpoint wants a list of 2 points"},
        {"midpoint: [a, b]", "middle: [a, b]",
         ":33:37: unknown key \"middle\"; known here: name, sides, midpoint, "
         "centroid, center, intersection, foot, extreme, line, vertical, "
         "horizontal, parallel, perpendicular, circle, contour, edge"},
        {", midpoint: [a, b]", "",
         ":33:5: an object wants one of midpoint, centroid, center, "
         "intersection, foot, extreme, line, vertical, horizontal, parallel, "
         "perpendicular, circle, contour, edge"},
        {"line: [right.a, left.a]", "line: [right.a, left.a], contour: [mid]",
         ":35:52: an object has line or contour, not both"},
        {"foot: [c, base]", "foot: [c, m]",
         ":36:50: \"right.m\" is a point; a line is wanted"},
        {"foot: [c, base]", "foot: [base, c]",
         ":36:47: \"base\" is a line; a point is wanted"},
        {"name: foot", "name: shaft",
         ":36:12: \"right.shaft\" is the name of an object already"},
        {"name: base", "name: mid",
         ":35:12: \"mid\" is the name of a landmark already"},
        {"circle: [mid, right.a, left.a]", "circle: [mid, right.a]",
         ":37:26: circle wants a list of 3 to 24 points"},
        {"of: femur", "of: fumer",
         ":38:52: \"right.fumer\" is no label of a mask; did you mean "
         "\"femur\"?"},
        {"of: femur", "of: none",
         ":38:52: \"right.none\" is the background of mask \"tissue\""},
        {"toward: up", "toward: north",
         ":39:68: toward: \"north\" is not one of up, down, left, right, "
         "medial, lateral"},
        {"extreme: {of: crest", "extreme: {of: shaft",
         ":39:53: \"right.shaft\" is a line; a contour is wanted"},
        {"centroid: femur", "centroid: skim",
         ":40:44: \"right.skim\" is no label of a mask; did you mean "
         "\"skin\"?"},
        {"vertical: ball", "vertical: base",
         ":42:29: \"base\" is a line; a point is wanted"},
        {"intersection: [base, plumb]", "intersection: [base, later]",
         ":43:40: \"later\" is no landmark of the stages and no object of "
         "geometry before"},
        {"name: crest, sides: [right, left], edge: {of: femur",
         "name: crest, edge: {of: right.femur",
         ":38:51: medial and lateral belong to an object with sides"},
        {"{ball: ball", "{ball: base",
         ":31:21: \"base\" is a line; a circle is wanted"},
    };
    check_mistakes(good, cases, sizeof cases / sizeof cases[0]);
}

static void test_mistakes_of_checks(void **state)
{
    (void)state;
    static const struct mistake cases[] = {
        {"descending: [a, b, c]", "descending: [a]",
         ":45:40: descending wants a list of 2 to 24 points"},
        {"descending: [a, b, c]", "descending: [a, shaft]",
         ":45:44: \"right.shaft\" is a line; a point is wanted"},
        {"right.c], min: 0.5, max: 2", "right.c], max: 2",
         ":46:5: length_ratio wants min too"},
        {"min: 0.5, max: 2", "min: 5, max: 2", ":46:63: min must be below max"},
        {"margin: 0.02", "margin: 0.02, min: 1",
         ":47:40: min does not belong to inside"},
        {"quality: scale", "quality: bad",
         ":47:44: quality: \"bad\" is not one of positioning, motion, "
         "over_exposed, under_exposed, artifact, scale"},
        {"class: kl, is: [kl_0", "class: bones, is: [kl_0",
         ":48:29: output \"bones\" is of kind mask; classes is wanted"},
        {"is: [kl_0, kl_1]", "is: [kl_0, kl_7]",
         ":48:44: \"kl_7\" is no class of output \"kl\"; did you mean "
         "\"kl_0\"?"},
        {"sides: [right], class: kl", "class: kl",
         ":48:13: stage \"close\" has sides: say which, as in sides: [right, "
         "left]"},
    };
    check_mistakes(good, cases, sizeof cases / sizeof cases[0]);
}

static void test_mistakes_of_measures(void **state)
{
    (void)state;
    static const struct mistake cases[] = {
        {"angle: [a, m, c]", "angle: [a, shaft, c]",
         ":56:16: \"left.shaft\" is a line; a point is wanted"},
        {"angle: [a, m, c]", "angle: [a, b]",
         ":56:13: \"left.a\" is a point; a line is wanted"},
        {"angle: [a, m, c]", "angle: a",
         ":56:12: angle wants points [A, V, B] or [A, V, W, B], lines [line, "
         "line], or [line] and to"},
        {"    angle: [a, m, c]\n", "",
         ":50:5: a measurement wants one of angle, signed_angle, distance, "
         "perpendicular_distance, ratio, difference, max_cobb, width_profile, "
         "area, grade, scalar"},
        {"    angle: [a, m, c]\n", "    angle: [a, ankle_centre, c]\n",
         ":56:16: \"left.ankle_centre\" is no landmark of the stages and no "
         "object of geometry before"},
        {"    min: 160\n", "    min: 260\n", ":58:10: min must be below max"},
        {"    min: 160\n", "",
         ":50:5: min and max are wanted: outside them there is no number"},
        {"normal: [178, 182]", "normal: [100, 182]",
         ":60:14: normal: 100 is out of range; 160 to 200"},
        {"needs: [span]", "needs: [spam]",
         ":61:13: \"spam\" is no measurement; did you mean \"span\"?"},
        {"needs: [span]", "needs: [bend]",
         ":61:13: a measurement cannot need itself"},
        {"id: span", "id: Span",
         ":64:9: an id has small letters, digits and '_' only"},
        {"id: span", "id: bend", ":64:9: measurement \"bend\" is there twice"},
        {"concept: leg_length", "concept: leg_lenght",
         ":65:14: no code is known for concept \"leg_lenght\"; did you mean "
         "\"leg_length\"?"},
        {"concept: leg_length", "concept: angle",
         ":65:14: angle is in deg, but distance gives mm"},
        {"site: lower_limb\n    modifier", "site: tail\n    modifier",
         ":53:11: no code is known for site \"tail\"; the table is in "
         "docs/CONFORMANCE.md"},
        {"concept: leg_length\n",
         "concept: leg_length\n    code: {value: A, scheme: B, meaning: C}\n",
         ":66:11: a measurement has concept or code, not both"},
        {"    concept: leg_length\n", "",
         ":64:5: a measurement wants one of concept, code"},
        {"scheme: 99ME", "scheme: 99OSTEON",
         ":73:42: codes of scheme 99OSTEON are osteon's; name one with "
         "concept, or use a scheme of your own, such as 99FOOT"},
        {"scheme: 99ME", "scheme: SRT",
         ":73:42: scheme SRT is retired; SCT has its concepts"},
        {"value: OFF", "value: 'O F'",
         ":73:29: value: a code has letters, digits, '_', '-' and '.' only"},
        {"definition: how far, ", "",
         ":73:21: a code of one's own wants a definition: what is measured, "
         "with its sign"},
        {"distance: [a, ball]", "distance: [a, b]\n    toward: medial",
         ":69:13: toward belongs to angle"},
        {"    sides: [left, right]\n    angle", "    angle",
         ":56:13: medial and lateral belong to a measurement with sides, or to "
         "inputs of laterality one"},
        {"distance: [a, ball]", "distance: [a, b]\n    less: 90",
         ":69:11: less belongs to angle"},
        {"to: horizontal, ", "to: horizontal, less: 90, ",
         ":71:81: less belongs to an angle of points or of two lines"},
        {"to: horizontal, ", "",
         ":71:51: an angle of one line is to: vertical or to: horizontal"},
        {"angle: [base], to", "angle: [base, right.shaft], to",
         ":71:76: to belongs to an angle of one line"},
        {"positive: counterclockwise, ", "",
         ":72:5: signed_angle wants positive: clockwise or counterclockwise"},
        {"positive: lateral", "positive: clockwise",
         ":73:166: a distance is positive toward medial, lateral, left, right, "
         "up or down"},
        {"ratio: [[mid, right.a], [mid, left.a]]",
         "ratio: [mid, right.a, mid, left.a]",
         ":74:50: ratio wants a list of 2 lengths, as in [[p, q], [r, s]]"},
        {"difference: span", "difference: tilt",
         ":75:64: difference wants a number of sides [right, left], and "
         "\"tilt\" is none"},
        {"[T1, T2]", "[T1, T3]",
         ":76:77: \"T3.upper_left\" is no landmark of the stages and no object "
         "of geometry before; did you mean \"T1.upper_left\"?"},
        {"[1, 0.9]]}", "[0.3, 0.9]]}", ":76:146: curve: confidences ascend"},
        {"curve: above", "curve: upper",
         ":76:89: curve: \"upper\" is not one of largest, above, below"},
        {"{between: [crest, crest], at: 0.25}",
         "{between: [crest, shaft], at: 0.25}",
         ":77:95: \"right.shaft\" is a line; a contour is wanted"},
        {"at: 0.25", "at: 1.25", ":77:107: at: 1.25 is out of range; 0 to 1"},
        {"area: skin", "area: bone",
         ":79:65: \"right.bone\" is no label of a mask; did you mean "
         "\"none\"?"},
        {"grade: kl, around", "grade: points, around",
         ":80:89: output \"points\" is of kind points; classes is wanted"},
        {"[right, left], grade: kl, around", "[], grade: kl, around",
         ":80:67: sides wants a list: [right, left], [right] or [left]"},
        {"sides: [right, left], scalar", "scalar",
         ":81:53: stage \"close\" has sides: say which, as in sides: [right, "
         "left]"},
        {"scalar: slope, unit: deg, around: [a, b]",
         "scalar: slope, unit: deg, around: [shaft]",
         ":81:102: \"right.shaft\" is a line; a point is wanted"},
        {"scalar: slope, unit: deg", "scalar: slope",
         ":81:5: scalar wants unit: deg, mm or ratio"},
        {"classes: [kl_0, kl_1, kl_2]", "classes: [kl_0, kl_1, kl_2, kl_9]",
         ":80:89: no code is known for grade \"kl_9\"; did you mean \"kl_0\"?"},
    };
    check_mistakes(good, cases, sizeof cases / sizeof cases[0]);
}

static void test_mistakes_of_findings(void **state)
{
    (void)state;
    static const struct mistake cases[] = {
        {"boxes: breaks", "boxes: brakes",
         ":83:66: \"brakes\" is no output of kind boxes; did you mean "
         "\"breaks\"?"},
        {"class: break,", "class: crack,",
         ":83:81: \"crack\" is no class of output \"breaks\""},
        {"least: 0.5, priority", "least: 0.2, priority",
         ":83:95: least is below the threshold 0.3 of output \"breaks\": such "
         "boxes are never kept"},
        {"least: 0.5, priority", "priority", ":83:5: boxes wants least too"},
        {"priority: high", "priority: urgent",
         ":83:110: priority: \"urgent\" is not one of routine, high, stat"},
        {"measurement: bend, below: 170", "measurement: bend",
         ":84:5: measurement wants below or above too"},
        {"measurement: bend", "measurement: kl",
         ":84:75: \"kl\" is a grade; write grade: kl and at_least"},
        {"measurement: bend, below", "measurement: bent, below",
         ":84:75: \"bent\" is no measurement; did you mean \"bend\"?"},
        {"below: 170", "below: 170, is: kl_1",
         ":84:97: is does not belong to measurement"},
        {"at_least: kl_2", "at_least: kl_5",
         ":85:102: \"kl_5\" is no class of output \"kl\"; did you mean "
         "\"kl_0\"?"},
        {"grade: kl, at_least", "grade: span, at_least",
         ":85:88: \"span\" is no grade; write measurement: span and below or "
         "above"},
        {"id: sure", "id: oa", ":86:10: finding \"oa\" is there twice"},
        {"concept: fracture_of_bone", "concept: fracture",
         ":83:29: no code is known for finding \"fracture\"; did you mean "
         "\"fracture_of_bone\"?"},
    };
    check_mistakes(good, cases, sizeof cases / sizeof cases[0]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_geometry),
        TEST(test_checks),
        TEST(test_side_check),
        TEST(test_angles),
        TEST(test_lengths),
        TEST(test_findings),
        TEST(test_mistakes_of_geometry),
        TEST(test_mistakes_of_checks),
        TEST(test_mistakes_of_measures),
        TEST(test_mistakes_of_findings),
    };
    return cmocka_run_group_tests(tests, setup_document, NULL);
}
