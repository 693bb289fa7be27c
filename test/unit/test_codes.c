/* sr_writer/codes.c: the rules of docs/RESULTS.md for every row. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "sr_writer/codes.h"
#include "sr_writer/naming.h"
#include "sr_writer/results.h"

static void test_known(void **state)
{
    const struct codes_row *hka = codes_concept("hip_knee_ankle_angle");
    const struct codes_row *length = codes_concept("leg_length");

    (void)state;
    assert_string_equal(hka->code.value, "HKA");
    assert_string_equal(hka->code.scheme, "99OSTEON");
    assert_string_equal(hka->code.meaning, "Hip-knee-ankle angle");
    assert_string_equal(hka->unit, "deg");
    assert_string_equal(length->code.value, "410668003");
    assert_string_equal(length->code.scheme, "SCT");
    assert_string_equal(length->unit, "mm");
    assert_string_equal(codes_site("lower_limb")->code.value, "61685007");
    assert_string_equal(codes_unit("ratio")->code.value, "{ratio}");
    assert_string_equal(codes_modality("DX")->code.meaning,
                        "Digital Radiography");
}

static void test_unknown(void **state)
{
    (void)state;
    assert_null(codes_concept("flux"));
    assert_null(codes_concept(""));
    assert_null(codes_site("hip_knee_ankle_angle"));
    assert_null(codes_modality("SR"));
    assert_true(codes_concept_known("cobb_angle"));
    assert_false(codes_concept_known("Cobb_angle"));
    assert_true(codes_site_known("femoral_neck"));
    assert_false(codes_site_known("femoral_nerve"));
}

static void test_sides(void **state)
{
    (void)state;
    assert_string_equal(codes_side(SIDE_RIGHT)->value, "24028007");
    assert_string_equal(codes_side(SIDE_LEFT)->value, "7771000");
    assert_null(codes_side(SIDE_NONE));
}

/* Rows must say the same to every reader, and be findable again. */
struct seen {
    size_t n, n_private;
    struct {
        const char *table, *value, *scheme, *meaning;
    } rows[256];
};

static void check_row(void *ctx, const char *table, const struct codes_row *row)
{
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                  "abcdefghijklmnopqrstuvwxyz0123456789_";
    const struct dcm_code *code = &row->code;
    struct seen *seen = ctx;

    assert_in_range(strlen(row->key), 1, 48);
    assert_in_range(strlen(code->value), 1, 16);
    assert_in_range(strlen(code->scheme), 1, 16);
    assert_in_range(strlen(code->meaning), 1, 64);
    assert_string_not_equal(code->scheme, "SRT");
    if (strcmp(table, "concept") == 0) {
        assert_non_null(codes_unit(row->unit));
        assert_true(row->label[0] != '\0');
        assert_ptr_equal(codes_concept(row->key), row);
    }
    if (strcmp(code->scheme, CODES_SCHEME) == 0) {
        assert_int_equal(strspn(code->value, letters), strlen(code->value));
        assert_true(row->definition[0] != '\0');
        assert_non_null(strchr(row->definition, '(')); /* its source */
        seen->n_private++;
    }
    for (size_t i = 0; i < seen->n; i++)
        if (strcmp(seen->rows[i].value, code->value) == 0 &&
            strcmp(seen->rows[i].scheme, code->scheme) == 0)
            assert_string_equal(seen->rows[i].meaning, code->meaning);
    assert_true(seen->n < 256);
    seen->rows[seen->n].table = table;
    seen->rows[seen->n].value = code->value;
    seen->rows[seen->n].scheme = code->scheme;
    seen->rows[seen->n++].meaning = code->meaning;
}

static void test_every_row(void **state)
{
    struct seen seen = {0};

    (void)state;
    codes_each(check_row, &seen);
    assert_true(seen.n > 60);
    assert_true(seen.n_private >= 25);
}

static void test_kinds(void **state)
{
    (void)state;
    assert_string_equal(codes_grade("kl_4")->code.value, "KLG4");
    assert_string_equal(codes_finding("fracture_of_bone")->code.value,
                        "125605004");
    assert_string_equal(codes_trait("convexity")->code.value, "CONVEXITY");
    assert_string_equal(codes_modifier("medial")->code.value, "255561001");
    assert_string_equal(codes_quality("positioning")->code.value, "111209");
    assert_string_equal(codes_concept("patellar_length")->code.value, "RDE514");
    assert_string_equal(codes_concept("area")->unit, "mm2");
    assert_string_equal(codes_unit("grade")->code.value, "1");
    assert_string_equal(codes_trait_value("t5")->value, "56401006");
    assert_string_equal(codes_trait_value("left")->value, "7771000");
    assert_null(codes_trait_value("up"));
    assert_true(codes_finding_known("osteoarthritis_of_hip"));
    assert_false(codes_finding_known("kl_1"));
    assert_true(codes_grade_known("kl_1"));
    assert_false(codes_grade_known("kl_5"));
}

/* A bundle may bring codes, but none that others answer for. */
static void test_own(void **state)
{
    static const struct own_code bad[] = {
        {"", "99FOOT", "Calcaneal pitch"},
        {"PITCH", "", "Calcaneal pitch"},
        {"PITCH", "99FOOT", ""},
        {"PITCH", "99OSTEON", "Calcaneal pitch"},
        {"PITCH", "99osteon", "Calcaneal pitch"},
        {"G-A185", "SRT", "Long Axis"},
        {"PITCH", "99FOOT", "a\\b"},
        {"PITCH", "99FOOT", "a\nb"},
        {"PITCH", "99FOOT", "\303\244"},
        {" PITCH", "99FOOT", "Calcaneal pitch"},
    };
    struct own_code own = {"PITCH", "99FOOT", "Calcaneal pitch"};

    (void)state;
    assert_true(codes_own_valid(&own));
    memset(own.value, 'A', sizeof(own.value));
    assert_false(codes_own_valid(&own));
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        assert_false(codes_own_valid(&bad[i]));
}

static const char *named(const char *concept)
{
    static const struct own_code none;
    static char name[NAMING_SIZE];

    naming_long(&none, concept, "x", name);
    return name;
}

static void test_shared(void **state)
{
    (void)state;
    assert_true(codes_shared(codes_concept("leg_length")));
    assert_false(codes_shared(codes_concept("hip_knee_ankle_angle")));
    assert_string_equal(named("leg_length"), "Leg length");
    assert_string_equal(named("femur_length"), "Femur length");
    assert_string_equal(named("hip_knee_ankle_angle"),
                        codes_concept("hip_knee_ankle_angle")->code.meaning);
}

static void test_print(void **state)
{
    char *text = NULL;
    size_t n = 0;
    FILE *out = open_memstream(&text, &n);

    (void)state;
    assert_non_null(out);
    codes_print(out);
    assert_int_equal(fclose(out), 0);
    assert_non_null(strstr(text, "| `cobb_angle` | 285285000 | SCT | Cobb "
                                 "angle | deg |  |\n"));
    assert_non_null(strstr(text, "| `knee` | 72696002 | SCT | Knee |\n"));
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_known), cmocka_unit_test(test_unknown),
        cmocka_unit_test(test_sides), cmocka_unit_test(test_every_row),
        cmocka_unit_test(test_print), cmocka_unit_test(test_kinds),
        cmocka_unit_test(test_own),   cmocka_unit_test(test_shared),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
