/* model.yaml: what it means, and that each mistake is named with its place. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "db/uid.h"
#include "inference/bundle.h"

static const char good[] =
    "name: knee\n"
    "version: 1.2.3\n"
    "manufacturer: somebody\n"
    "description: Measures knees\n"
    "weights:\n"
    "  file: model.pt\n"
    "  sha256: "
    "BA7816BF8F01CFEA414140DE5DAE2223B00361A396177A9CB410FF61F20015AD\n"
    "input:\n"
    "  rows: 64\n"
    "  columns: 32\n"
    "  fit: letterbox\n"
    "  percentiles: [1, 99]\n"
    "  orientation: L\\F\n"
    "output:\n"
    "  kind: heatmaps\n"
    "  stride: 4\n"
    "  sigma: 1.5\n"
    "  landmarks: [right.a, right.b, right.c, left.a, left.b, left.c]\n"
    "min_confidence: 0.42\n"
    "checks:\n"
    "  - sides: [right, left]\n"
    "    descending: [a, b, c]\n"
    "  - length_ratio: [right.a, right.b, right.b, right.c]\n"
    "    min: 0.5\n"
    "    max: 2\n"
    "measurements:\n"
    "  - id: bend\n"
    "    concept: hip_knee_ankle_angle\n"
    "    site: lower_limb\n"
    "    sides: [left, right]\n"
    "    angle: [a, b, c]\n"
    "    toward: medial\n"
    "    min: 160\n"
    "    max: 200\n"
    "  - id: span\n"
    "    concept: leg_length\n"
    "    site: lower_limb\n"
    "    distance: [right.a, left.a]\n"
    "    min: 1\n"
    "    max: 2\n";

static char models[64], folder[96], yaml[128], weights[128];
static struct bundle bundle;
static struct err err;

static bool known(const char *name)
{
    return strcmp(name, "hip_knee_ankle_angle") == 0 ||
           strcmp(name, "leg_length") == 0 || strcmp(name, "lower_limb") == 0;
}
static const struct bundle_codes codes = {known, known};

static void write_text(const char *path, const char *text)
{
    FILE *out = fopen(path, "w");
    assert_non_null(out);
    fputs(text, out);
    assert_int_equal(fclose(out), 0);
}

static int setup(void **state)
{
    (void)state;
    strcpy(models, "/tmp/osteon-bundle-XXXXXX");
    if (!mkdtemp(models))
        return -1;
    snprintf(folder, sizeof folder, "%s/knee", models);
    snprintf(yaml, sizeof yaml, "%s/model.yaml", folder);
    snprintf(weights, sizeof weights, "%s/model.pt", folder);
    return mkdir(folder, 0700);
}

static int teardown(void **state)
{
    (void)state;
    unlink(yaml);
    unlink(weights);
    rmdir(folder);
    return rmdir(models);
}

/* good with one piece of text replaced */
static bool read_with(const char *from, const char *to)
{
    char text[4096];
    const char *at = strstr(good, from);
    assert_non_null(at);
    snprintf(text, sizeof text, "%.*s%s%s", (int)(at - good), good, to,
             at + strlen(from));
    write_text(yaml, text);
    memset(&err, 0, sizeof err);
    return bundle_read(models, "knee", &codes, &bundle, &err);
}

static void test_good(void **state)
{
    (void)state;
    char sha[65];
    if (!read_with("knee", "knee"))
        fail_msg("%s", err.msg);
    assert_string_equal(bundle.name, "knee");
    assert_string_equal(bundle.version, "1.2.3");
    assert_string_equal(bundle.demonstration, "");
    assert_string_equal(bundle.orientation, "L\\F");
    assert_string_equal(bundle.weights_path, weights);
    assert_int_equal(bundle.rows, 64);
    assert_int_equal(bundle.stride, 4);
    assert_int_equal(bundle.n_landmarks, 6);
    assert_int_equal(bundle.n_checks, 3);
    assert_int_equal(bundle.checks[1].side, SIDE_LEFT);
    assert_int_equal(bundle.checks[1].points[0], 3);
    assert_int_equal(bundle.checks[2].kind, BUNDLE_LENGTH_RATIO);
    assert_int_equal(bundle.checks[2].side, SIDE_NONE);
    assert_int_equal(bundle.n_measures, 3);
    const struct bundle_measure *bend = &bundle.measures[0];
    assert_int_equal(bend->side, SIDE_LEFT);
    assert_true(bend->medial);
    assert_int_equal(bend->n_points, 4); /* A V B is A V V B */
    assert_int_equal(bend->points[1], 4);
    assert_int_equal(bend->points[2], 4);
    assert_int_equal(bend->points[3], 5);
    assert_int_equal(bundle.measures[2].kind, MEASURE_DISTANCE);
    assert_false(bundle.measures[2].medial);
    sha256_hex(sha, good, strlen(good));
    assert_string_equal(bundle.config_sha256, sha);
}

static void test_mistakes(void **state)
{
    (void)state;
    static const struct {
        const char *from, *to, *message; /* behind the file's path */
    } cases[] = {
        {"name: knee", "name: hip",
         ":1:7: the bundle is named \"hip\" but its folder \"knee\"; they must "
         "agree"},
        {"file: model.pt", "file: ../model.pt",
         ":6:9: weights.file is the name of a file in the bundle's own folder"},
        {"BA78", "XX78",
         ":7:11: weights.sha256 wants 64 hexadecimal digits, as sha256sum "
         "prints them"},
        {"percentiles: [1, 99]", "percentiles: [99, 1]",
         ":12:16: percentiles: the first must be below the second"},
        {"percentiles: [1, 99]", "percentiles: 5",
         ":12:16: percentiles wants two numbers, as in [1, 99]"},
        {"L\\F", "LF",
         ":13:16: orientation is written as PatientOrientation, the direction "
         "of rows and of columns: L\\F"},
        {"stride: 4", "stride: 5",
         ":16:11: stride 5 does not divide input rows 64 and columns 32"},
        {"rows: 64", "rows: 15", ":9:9: rows: 15 is out of range; 16 to 4096"},
        {"left.c]", "left.b]", ":18:58: landmark \"left.b\" is listed twice"},
        {"left.c]", "'left c']",
         ":18:58: a landmark's name has letters, digits, '.', '_' and '-' "
         "only"},
        {"    descending: [a, b, c]\n", "    descending: [a]\n",
         ":22:17: a list of 2 to 8 landmarks was expected"},
        {"    descending: [a, b, c]\n", "    descending: [a, z]\n",
         ":22:21: \"right.z\" is none of the landmarks under output"},
        {"    min: 0.5\n", "",
         ":23:5: min and max are wanted: outside them there is no number"},
        {"    angle: [a, b, c]\n", "",
         ":27:5: a measurement is either an angle or a distance"},
        {"    angle: [a, b, c]\n", "    angle: [a, b]\n",
         ":31:12: a list of 3 to 4 landmarks was expected"},
        {"    min: 160\n", "    min: 260\n", ":33:10: min must be below max"},
        {"id: span", "id: Span",
         ":35:9: an id has small letters, digits and '_' only"},
        {"concept: leg_length", "concept: leg_lenght",
         ":36:14: no code is known for concept \"leg_lenght\"; the table is in "
         "docs/RESULTS.md"},
        {"site: lower_limb\n    sides", "site: tail\n    sides",
         ":29:11: no code is known for site \"tail\"; the table is in "
         "docs/RESULTS.md"},
        {"sides: [left, right]", "sides: [left, left]",
         ":30:12: sides names the same side twice"},
        {"    distance: [right.a, left.a]",
         "    toward: medial\n    distance: [right.a, left.a]",
         ":38:13: toward belongs to an angle with sides"},
        {"id: span", "id: span\n    sides: [right]\n    id2: x",
         NULL /* the reader's own message */},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char want[700];
        assert_false(read_with(cases[i].from, cases[i].to));
        assert_int_equal(err.code, ERR_REJECT);
        if (!cases[i].message) {
            assert_non_null(strstr(err.msg, "id2"));
            continue;
        }
        snprintf(want, sizeof want, "%s%s", yaml, cases[i].message);
        assert_string_equal(err.msg, want);
    }
}

static void test_duplicate_measurement(void **state)
{
    (void)state;
    assert_false(read_with("  - id: span\n", "  - id: bend\n    sides: [left]\n"
                                             "    angle: [a, b, c]\n"
                                             "    concept: leg_length\n"
                                             "    site: lower_limb\n"
                                             "    min: 1\n    max: 2\n"
                                             "  - id: span\n"));
    assert_non_null(strstr(err.msg, "measurement \"bend\" is there twice"));
}

static void test_absent(void **state)
{
    (void)state;
    struct err none = {0};
    assert_false(bundle_read(models, "hip", &codes, &bundle, &none));
    assert_int_equal(none.code, ERR_REJECT);
    assert_non_null(strstr(none.msg, "hip/model.yaml: cannot be opened: "
                                     "No such file or directory"));
    assert_false(bundle_read(models, "../knee", &codes, &bundle, &none));
    assert_string_equal(none.msg, "\"../knee\" is not the name of a model");
}

static void test_weights(void **state)
{
    (void)state;
    int fd;
    assert_true(read_with("knee", "knee"));
    assert_false(bundle_open_weights(&bundle, &fd, &err));
    assert_non_null(strstr(err.msg, "cannot be opened"));
    write_text(weights, "abc"); /* FIPS 180-4's example */
    assert_true(bundle_open_weights(&bundle, &fd, &err));
    close(fd);
    write_text(weights, "abd");
    assert_false(bundle_open_weights(&bundle, &fd, &err));
    assert_int_equal(err.code, ERR_REJECT);
    assert_non_null(strstr(err.msg, "the file's SHA-256 is a52d159f"));
    assert_non_null(strstr(err.msg, "install the bundle again"));
    write_text(weights, "");
    assert_false(bundle_open_weights(&bundle, &fd, &err));
    assert_non_null(strstr(err.msg, "the file is empty"));
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_good),
        TEST(test_mistakes),
        TEST(test_duplicate_measurement),
        TEST(test_absent),
        TEST(test_weights),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
