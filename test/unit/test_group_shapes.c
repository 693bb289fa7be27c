/* sr_writer/group.c, group_region.c, evaluations.c: the tree of every kind of
 * finding, item by item, as docs/RESULTS.md lays it down. */
#include "test/unit/result_shapes.h"

struct text {
    char all[8192];
    size_t n;
};

static void say(struct text *out, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static void say(struct text *out, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    out->n += (size_t)vsnprintf(out->all + out->n, sizeof(out->all) - out->n,
                                format, args);
    va_end(args);
    assert_true(out->n < sizeof(out->all));
}

static const char *at(const struct dcm *set, const char *item,
                      const char *keyword)
{
    char path[400];

    snprintf(path, sizeof(path), "%.300s.%s", item, keyword);
    return fixture_text(set, path);
}

static void points(const struct dcm *set, const char *item, struct text *out)
{
    char path[400];
    double number;

    snprintf(path, sizeof(path), "%.300s.GraphicData", item);
    for (size_t i = 0; dcm_number(set, path, i, &number); i++)
        say(out, "%c%g", i == 0 ? ' ' : i % 2 == 1 ? ',' : ' ', number);
}

/* "CODE 121071=125605004" and what is below it, a step further in. */
static void write_item(const struct dcm *set, const char *item, int depth,
                       struct text *out)
{
    char path[300];
    const char *type = at(set, item, "ValueType");

    say(out, "%*s%.3s %s", 2 * depth, "", at(set, item, "RelationshipType"),
        type);
    say(out, " %s", at(set, item, "ConceptNameCodeSequence[0].CodeValue"));
    type = at(set, item, "ValueType");
    if (strcmp(type, "CODE") == 0)
        say(out, "=%s", at(set, item, VALUE));
    else if (strcmp(type, "TEXT") == 0)
        say(out, "=%s", at(set, item, "TextValue"));
    else if (strcmp(type, "NUM") == 0) {
        say(out, "=%s", at(set, item, "MeasuredValueSequence[0].NumericValue"));
        say(out, " %s",
            at(set, item,
               "MeasuredValueSequence[0].MeasurementUnitsCodeSequence[0]"
               ".CodeValue"));
    } else if (strcmp(type, "SCOORD") == 0) {
        points(set, item, out);
    }
    say(out, "\n");
    snprintf(path, sizeof(path), "%.280s." CONTENT, item);
    for (size_t i = 0, n = dcm_items(set, path); i < n; i++) {
        char below[300];
        snprintf(below, sizeof(below), "%.270s[%zu]", path, i);
        write_item(set, below, depth + 1, out);
    }
}

/* The items below container `concept` of the report, from item `from` on. */
static void assert_shape(shape *make, const char *concept, size_t from,
                         const char *expected)
{
    struct dcm *set = report(make, false);
    struct text text = {.n = 0};
    char container[200], path[240];

    text.all[0] = '\0';
    assert_true(find(set, "", concept, 0, container));
    snprintf(path, sizeof(path), "%.190s." CONTENT, container);
    for (size_t i = from, n = dcm_items(set, path); i < n; i++) {
        char item[260];
        snprintf(item, sizeof(item), "%.230s[%zu]", path, i);
        write_item(set, item, 0, &text);
    }
    dcm_free(set);
    assert_string_equal(text.all, expected);
}

#define MEASUREMENTS "126010", 4 /* behind what names the algorithm */
#define EVALUATIONS  "C0034375", 0

static void test_spine(void **state)
{
    (void)state;
    assert_shape(
        spine, MEASUREMENTS,
        "CON CONTAINER 125007\n"
        "  HAS TEXT 112039=leg-alignment:cobb:none\n"
        "  HAS UIDREF 112040\n"
        "  HAS CODE 363698007=122495006\n"
        "  CON NUM 285285000=23.40 deg\n"
        "    INF SCOORD 121223 40.5,60.5 44.5,160.5\n"
        "      SEL IMAGE \n"
        "    INF SCOORD 121223 96.5,62.5 90.5,170.5\n"
        "      SEL IMAGE \n"
        "  CON NUM 111012=75.0 %\n"
        "    INF SCOORD 121112 40.5,60.5 44.5,160.5 96.5,62.5 90.5,170.5\n"
        "      SEL IMAGE \n"
        "  CON CODE UEV=56401006\n"
        "  CON CODE APEXV=82687006\n"
        "  CON CODE CONVEXITY=24028007\n");
}

static void test_spine_ohif(void **state)
{
    (void)state;
    assert_shape(
        spine_ohif, MEASUREMENTS,
        "CON CONTAINER 125007\n"
        "  HAS TEXT 112039=Cornerstone3DTools@^0.1.0:CobbAngle\n"
        "  HAS UIDREF 112040\n"
        "  HAS CODE 363698007=122495006\n"
        "  CON NUM 285285000=23.40 deg\n"
        "    INF SCOORD 121112 40.5,60.5 44.5,160.5 96.5,62.5 90.5,170.5\n"
        "      SEL IMAGE \n"
        "  CON NUM 111012=75.0 %\n"
        "    INF SCOORD 121112 40.5,60.5 44.5,160.5 96.5,62.5 90.5,170.5\n"
        "      SEL IMAGE \n"
        "  CON CODE UEV=56401006\n"
        "  CON CODE APEXV=82687006\n"
        "  CON CODE CONVEXITY=24028007\n"
        "  CON TEXT 121106=Cobb angle\n");
}

/* The tracking identifier of the only angle, with that value. */
static void assert_tool(enum measure_kind kind, double value,
                        const char *expected)
{
    struct fixture x = {0};
    struct dcm *image = fixture_image();
    struct result result = {0};
    struct err err = {0};
    struct dcm *set;
    char path[300];

    fixture_make(&x, "tool.dcm");
    fixture_leg(&x.findings, SIDE_LEFT, 50);
    x.findings.n_measurements = 1;
    x.findings.measurements[0].kind = kind;
    x.findings.measurements[0].value = value;
    if (kind == MEASURE_DISTANCE) {
        x.findings.measurements[0].n_points = 2;
        strcpy(x.findings.measurements[0].concept, "mechanical_axis_deviation");
        strcpy(x.findings.measurements[0].unit, "mm");
    }
    x.options.viewer_profile = CONF_VIEWER_OHIF;
    fixture_save(image, x.path[0]);
    must(sr_build(&x.request, false, &result, &err), &err);
    snprintf(path, sizeof(path), "%s/tool_sr.dcm", golden_dir);
    set = fixture_read(&result, path);
    assert_string_equal(fixture_text(set,
                                     "ContentSequence[8].ContentSequence[4]."
                                     "ContentSequence[0].TextValue"),
                        expected);
    dcm_free(set);
    dcm_free(image);
    result_free(&result);
}

/* OHIF reckons an angle anew: at these points it has 176.66 degrees. */
static void test_angle_ohif(void **state)
{
    (void)state;
    assert_tool(MEASURE_ANGLE, 176.44, "Cornerstone3DTools@^0.1.0:Angle");
    assert_tool(MEASURE_ANGLE, 177.10, "Cornerstone3DTools@^0.1.0:Angle");
    assert_tool(MEASURE_ANGLE, 183.56, "leg-alignment:hka:left");
    assert_tool(MEASURE_ANGLE, 177.20, "leg-alignment:hka:left");
    assert_tool(MEASURE_ANGLE, 176.10, "leg-alignment:hka:left");
    /* and nothing has a sign there */
    assert_tool(MEASURE_LINES, 2.40, "Cornerstone3DTools@^0.1.0:CobbAngle");
    assert_tool(MEASURE_LINES, -2.40, "leg-alignment:hka:left");
    assert_tool(MEASURE_DISTANCE, 2.40, "Cornerstone3DTools@^0.1.0:Length");
    assert_tool(MEASURE_DISTANCE, -2.40, "leg-alignment:hka:left");
}

static void test_width(void **state)
{
    (void)state;
    assert_shape(width, MEASUREMENTS,
                 "CON CONTAINER 125007\n"
                 "  HAS TEXT 112039=leg-alignment:jsw:left\n"
                 "  HAS UIDREF 112040\n"
                 "  HAS CODE 363698007=49076000\n"
                 "    HAS CODE 272741003=7771000\n"
                 "    HAS CODE 106233006=255561001\n"
                 "  CON NUM JSW=3.8 mm\n"
                 "    HAS TEXT 121407=3.0 to 6.5 mm\n"
                 "    INF SCOORD 121112 40.5,60.5 44.5,160.5\n"
                 "      SEL IMAGE \n"
                 "  CON NUM 111012=75.0 %\n"
                 "    INF SCOORD 121112 40.5,60.5 44.5,160.5\n"
                 "      SEL IMAGE \n"
                 "  CON TEXT 121106=narrowest place\n");
}

static void test_ratio(void **state)
{
    (void)state;
    assert_shape(
        ratio, MEASUREMENTS,
        "CON CONTAINER 125007\n"
        "  HAS TEXT 112039=leg-alignment:isi:right\n"
        "  HAS UIDREF 112040\n"
        "  HAS CODE 363698007=72696002\n"
        "    HAS CODE 272741003=24028007\n"
        "  CON NUM RDE515=1.10 {ratio}\n"
        "    INF NUM RDE513=46.4 mm\n"
        "      INF SCOORD 121112 40.5,60.5 44.5,160.5\n"
        "        SEL IMAGE \n"
        "    INF NUM RDE514=42.0 mm\n"
        "      INF SCOORD 121112 96.5,62.5 90.5,170.5\n"
        "        SEL IMAGE \n"
        "    INF SCOORD 121112 40.5,60.5 44.5,160.5\n"
        "      SEL IMAGE \n"
        "    INF SCOORD 121112 96.5,62.5 90.5,170.5\n"
        "      SEL IMAGE \n"
        "  CON NUM 111012=75.0 %\n"
        "    INF SCOORD 121112 40.5,60.5 44.5,160.5 96.5,62.5 90.5,170.5\n"
        "      SEL IMAGE \n");
}

static void test_difference(void **state)
{
    (void)state;
    assert_shape(
        difference, MEASUREMENTS,
        "CON CONTAINER 125007\n"
        "  HAS TEXT 112039=leg-alignment:lld:none\n"
        "  HAS UIDREF 112040\n"
        "  HAS CODE 363698007=61685007\n"
        "  CON NUM RDE1187=-4.0 mm\n"
        "    INF NUM 410668003=802.0 mm\n"
        "      HAS CODE 272741003=24028007\n"
        "      INF SCOORD 121112 40.5,60.5 44.5,160.5\n"
        "        SEL IMAGE \n"
        "    INF NUM 410668003=806.0 mm\n"
        "      HAS CODE 272741003=7771000\n"
        "      INF SCOORD 121112 96.5,62.5 90.5,170.5\n"
        "        SEL IMAGE \n"
        "    INF SCOORD 121112 40.5,60.5 44.5,160.5\n"
        "      SEL IMAGE \n"
        "    INF SCOORD 121112 96.5,62.5 90.5,170.5\n"
        "      SEL IMAGE \n"
        "  CON NUM 111012=75.0 %\n"
        "    INF SCOORD 121112 40.5,60.5 44.5,160.5 96.5,62.5 90.5,170.5\n"
        "      SEL IMAGE \n");
}

static void test_area(void **state)
{
    (void)state;
    assert_shape(
        area, MEASUREMENTS,
        "CON CONTAINER 125007\n"
        "  HAS TEXT 112039=leg-alignment:head:none\n"
        "  HAS UIDREF 112040\n"
        "  HAS CODE 363698007=2812003\n"
        "  CON NUM 42798000=1520.3 mm2\n"
        "    INF SCOORD 121112 40.5,60.5 44.5,160.5 96.5,62.5 40.5,60.5\n"
        "      SEL IMAGE \n"
        "  CON NUM 111012=75.0 %\n"
        "    INF SCOORD 121112 40.5,60.5 44.5,160.5 96.5,62.5 40.5,60.5\n"
        "      SEL IMAGE \n");
}

static void test_nowhere(void **state)
{
    (void)state;
    assert_shape(nowhere, MEASUREMENTS,
                 "CON CONTAINER 125007\n"
                 "  HAS TEXT 112039=leg-alignment:tilt:none\n"
                 "  HAS UIDREF 112040\n"
                 "  HAS CODE 363698007=72696002\n"
                 "  CON NUM 1483009=7.25 deg\n"
                 "    INF IMAGE 121112\n"
                 "  CON NUM 111012=75.0 %\n"
                 "    INF IMAGE 121112\n");
}

static void test_grade(void **state)
{
    (void)state;
    assert_shape(
        grade, MEASUREMENTS,
        "CON CONTAINER 125007\n"
        "  HAS TEXT 112039=leg-alignment:kl:right\n"
        "  HAS UIDREF 112040\n"
        "  CON CODE 121071=239873007\n"
        "  HAS CODE 363698007=49076000\n"
        "    HAS CODE 272741003=24028007\n"
        "  CON SCOORD 111030 30.5,150.5 80.5,150.5 80.5,210.5 30.5,210.5 "
        "30.5,150.5\n"
        "    SEL IMAGE \n"
        "  CON CODE KLG=KLG2\n"
        "  CON NUM 111012=75.0 %\n"
        "    INF SCOORD 121112 30.5,150.5 80.5,150.5 80.5,210.5 30.5,210.5 "
        "30.5,150.5\n"
        "      SEL IMAGE \n"
        "  CON TEXT 121106=Kellgren-Lawrence grade 2 (AI, unverified)\n");
}

static void test_grade_evaluations(void **state)
{
    (void)state;
    assert_shape(
        grade, EVALUATIONS,
        "CON CODE 111017=111242\n"
        "CON TEXT 121106=AI-generated, not verified by a physician. Not for "
        "diagnostic use.\n"
        "CON TEXT 121106=Lengths in mm are Imager Pixel Spacing corrected by "
        "the estimated magnification factor (1.308 mm per pixel).\n");
}

static void test_boxes(void **state)
{
    (void)state;
    assert_shape(
        boxes, MEASUREMENTS,
        "CON CONTAINER 125007\n"
        "  HAS TEXT 112039=leg-alignment:fracture:left\n"
        "  HAS UIDREF 112040\n"
        "  CON CODE 121071=125605004\n"
        "  HAS CODE 363698007=71341001\n"
        "    HAS CODE 272741003=7771000\n"
        "  CON SCOORD 111030 30.5,40.5 71,40.5 71,90.5 30.5,90.5 30.5,40.5\n"
        "    SEL IMAGE \n"
        "  CON NUM 111012=87.5 %\n"
        "    INF SCOORD 121112 30.5,40.5 71,40.5 71,90.5 30.5,90.5 30.5,40.5\n"
        "      SEL IMAGE \n"
        "  CON TEXT 121106=Fracture of bone (AI, unverified)\n"
        "CON CONTAINER 125007\n"
        "  HAS TEXT 112039=leg-alignment:fracture:left:2\n"
        "  HAS UIDREF 112040\n"
        "  CON CODE 121071=125605004\n"
        "  HAS CODE 363698007=71341001\n"
        "    HAS CODE 272741003=7771000\n"
        "  CON SCOORD 111030 30.5,110.5 71,110.5 71,160.5 30.5,160.5 "
        "30.5,110.5\n"
        "    SEL IMAGE \n"
        "  CON NUM 111012=87.5 %\n"
        "    INF SCOORD 121112 30.5,110.5 71,110.5 71,160.5 30.5,160.5 "
        "30.5,110.5\n"
        "      SEL IMAGE \n"
        "  CON TEXT 121106=Fracture of bone (AI, unverified)\n");
}

static void test_own_codes(void **state)
{
    (void)state;
    assert_shape(
        own_codes, MEASUREMENTS,
        "CON CONTAINER 125007\n"
        "  HAS TEXT 112039=leg-alignment:pitch:left\n"
        "  HAS UIDREF 112040\n"
        "  CON CODE 121071=FLAT\n"
        "  HAS CODE 363698007=56459004\n"
        "    HAS CODE 272741003=7771000\n"
        "  CON NUM CALC_PITCH=21.00 deg\n"
        "    HAS TEXT 121407=18.00 to 30.00 deg\n"
        "    INF SCOORD 121112 40.5,60.5 44.5,160.5 96.5,62.5 90.5,170.5\n"
        "      SEL IMAGE \n"
        "  CON NUM 111012=75.0 %\n"
        "    INF SCOORD 121112 40.5,60.5 44.5,160.5 96.5,62.5 90.5,170.5\n"
        "      SEL IMAGE \n");
}

static void test_nothing_found(void **state)
{
    (void)state;
    assert_shape(
        nothing_found, EVALUATIONS,
        "CON CODE 111017=111241\n"
        "CON CODE 125605004=272519000\n"
        "  HAS CODE 363698007=71341001\n"
        "    HAS CODE 272741003=7771000\n"
        "CON TEXT 121106=AI-generated, not verified by a physician. Not for "
        "diagnostic use.\n"
        "CON TEXT 121106=Lengths in mm are Imager Pixel Spacing corrected by "
        "the estimated magnification factor (1.308 mm per pixel).\n");
}

static void test_nothing_found_partly(void **state)
{
    (void)state;
    assert_shape(
        nothing_found_partly, EVALUATIONS,
        "CON CODE 111017=111243\n"
        "CON CODE 125605004=272519000\n"
        "  HAS CODE 363698007=71341001\n"
        "    HAS CODE 272741003=7771000\n"
        "CON CODE HKA=114006\n"
        "  HAS CODE 363698007=61685007\n"
        "    HAS CODE 272741003=7771000\n"
        "CON CODE 410668003=114006\n"
        "  HAS CODE 363698007=61685007\n"
        "    HAS CODE 272741003=7771000\n"
        "CON CODE 111052=111210\n"
        "CON TEXT 121106=AI-generated, not verified by a physician. Not for "
        "diagnostic use.\n"
        "CON TEXT 121106=Lengths in mm are Imager Pixel Spacing corrected by "
        "the estimated magnification factor (1.308 mm per pixel).\n"
        "CON TEXT 121106=Left: Hip-knee-ankle angle: no measurement (the ankle "
        "lies outside the image)\n"
        "CON TEXT 121106=Left: Leg length: no measurement (the ankle lies "
        "outside "
        "the image)\n");
}

static void test_placeless(void **state)
{
    (void)state;
    assert_shape(
        placeless, EVALUATIONS,
        "CON CODE 111017=111242\n"
        "CON CODE 239872002=52101004\n"
        "  HAS CODE 363698007=24136001\n"
        "    HAS CODE 272741003=7771000\n"
        "CON TEXT 121106=AI-generated, not verified by a physician. Not for "
        "diagnostic use.\n"
        "CON TEXT 121106=Lengths in mm are Imager Pixel Spacing corrected by "
        "the estimated magnification factor (1.308 mm per pixel).\n"
        "CON TEXT 121106=Left: Osteoarthritis of hip: present, certainty 88 "
        "%\n");
}

static void test_unsuitable(void **state)
{
    (void)state;
    assert_shape(
        unsuitable, EVALUATIONS,
        "CON CODE 111017=111245\n"
        "CON CODE HKA=114006\n"
        "  HAS CODE 363698007=61685007\n"
        "    HAS CODE 272741003=24028007\n"
        "CON CODE 410668003=114006\n"
        "  HAS CODE 363698007=61685007\n"
        "    HAS CODE 272741003=24028007\n"
        "CON CODE HKA=114006\n"
        "  HAS CODE 363698007=61685007\n"
        "    HAS CODE 272741003=7771000\n"
        "CON CODE 410668003=114006\n"
        "  HAS CODE 363698007=61685007\n"
        "    HAS CODE 272741003=7771000\n"
        "CON CODE 111050=111235\n"
        "CON CODE 111052=111209\n"
        "CON CODE 111052=111212\n"
        "CON TEXT 121106=AI-generated, not verified by a physician. Not for "
        "diagnostic use.\n"
        "CON TEXT 121106=Lengths in mm are Imager Pixel Spacing corrected by "
        "the estimated magnification factor (1.308 mm per pixel).\n"
        "CON TEXT 121106=Right: Hip-knee-ankle angle: no measurement (the "
        "ankle lies outside the image)\n"
        "CON TEXT 121106=Right: Leg length: no measurement (the ankle lies "
        "outside "
        "the image)\n"
        "CON TEXT 121106=Left: Hip-knee-ankle angle: no measurement (the ankle "
        "lies outside the image)\n"
        "CON TEXT 121106=Left: Leg length: no measurement (the ankle lies "
        "outside "
        "the image)\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_spine),
        cmocka_unit_test(test_spine_ohif),
        cmocka_unit_test(test_angle_ohif),
        cmocka_unit_test(test_width),
        cmocka_unit_test(test_ratio),
        cmocka_unit_test(test_difference),
        cmocka_unit_test(test_area),
        cmocka_unit_test(test_nowhere),
        cmocka_unit_test(test_grade),
        cmocka_unit_test(test_grade_evaluations),
        cmocka_unit_test(test_boxes),
        cmocka_unit_test(test_own_codes),
        cmocka_unit_test(test_nothing_found),
        cmocka_unit_test(test_nothing_found_partly),
        cmocka_unit_test(test_placeless),
        cmocka_unit_test(test_unsuitable),
    };

    return cmocka_run_group_tests(tests, golden_start, golden_end);
}
