/* model.yaml: who the bundle is, what it takes, its networks and where they
 * look; and that each mistake is named with its place. */
#include "bundle_case.h"

#include "db/uid.h"

#define SHA_A "BA7816BF8F01CFEA414140DE5DAE2223B00361A396177A9CB410FF61F20015AD"
#define SHA_B "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

static const char good[] =
    "name: knee\n"
    "version: 1.2.3\n"
    "manufacturer: somebody\n"
    "description: Measures knees\n"
    "inputs:\n"
    "  - name: film\n"
    "    modality: [CR, DX]\n"
    "    body_part: [LEG, HIP]\n"
    "    view: [AP, PA]\n"
    "    header: [body_part, view]\n"
    "    laterality: both\n"
    "    orientation: L\\F\n"
    "    rows: [200, 8192]\n"
    "    columns: [100, 4096]\n"
    "    spacing: required\n"
    "  - {name: lateral, laterality: one}\n"
    "stages:\n"
    "  - name: whole\n"
    "    weights: {file: whole.pt, sha256: " SHA_A "}\n"
    "    rows: 64\n"
    "    columns: 32\n"
    "    fit: letterbox\n"
    "    percentiles: [1, 99]\n"
    "    outputs:\n"
    "      - name: landmarks\n"
    "        kind: heatmaps\n"
    "        stride: 4\n"
    "        sigma: 1.5\n"
    "        landmarks: [right.hip, right.knee, left.hip, left.knee, head]\n"
    "      - {name: bones, kind: mask, stride: 8, labels: [none, femur]}\n"
    "  - name: close\n"
    "    input: film\n"
    "    weights: {file: close.pt, sha256: " SHA_B "}\n"
    "    rows: 48\n"
    "    columns: 64\n"
    "    fit: stretch\n"
    "    window: [-100, 400]\n"
    "    around: [hip, knee]\n"
    "    sides: [right, left]\n"
    "    width: {times: 0.5, of: [hip, knee]}\n"
    "    mirror: left\n"
    "    outputs:\n"
    "      - {name: joint, kind: points, landmarks: [knee, plateau]}\n"
    "      - {name: kl, kind: classes, classes: [kl_0, kl_1, kl_2]}\n"
    "      - {name: slope, kind: scalar, names: [slope]}\n"
    "      - {name: breaks, kind: boxes, stride: 4, classes: [break], "
    "most: 8}\n"
    "  - name: side\n"
    "    input: lateral\n"
    "    weights: {file: whole.pt, sha256: " SHA_A "}\n"
    "    rows: 32\n"
    "    columns: 32\n"
    "    fit: letterbox\n"
    "    zscore: true\n"
    "    outputs:\n"
    "      - {name: view, kind: classes, classes: [ap, lateral]}\n"
    "confidence:\n"
    "  least: 0.42\n"
    "  landmarks: {hip: 0.3, left.knee: 0.6}\n"
    "  curve: [[0.42, 0.55], [0.7, 0.9], [1, 0.98]]\n"
    "measurements:\n"
    "  - id: length\n"
    "    concept: leg_length\n"
    "    site: lower_limb\n"
    "    sides: [right, left]\n"
    "    distance: [hip, knee]\n"
    "    min: 1\n"
    "    max: 2\n"
    "bridges: [1.2.2, \"1.1\"]\n";

static void read_good(void)
{
    if (!read_with(good, "knee", "knee"))
        fail_msg("%s", err.msg);
}

static void test_identity(void **state)
{
    (void)state;
    char sha[65];
    read_good();
    assert_string_equal(bundle->name, "knee");
    assert_string_equal(bundle->version, "1.2.3");
    assert_string_equal(bundle->demonstration, "");
    assert_int_equal(bundle->n_bridges, 2);
    assert_string_equal(bundle->bridges[0], "1.2.2");
    assert_string_equal(bundle->bridges[1], "1.1");
    sha256_hex(sha, good, strlen(good));
    assert_string_equal(bundle->config_sha256, sha);
}

static void test_inputs(void **state)
{
    (void)state;
    read_good();
    assert_int_equal(bundle->n_inputs, 2);
    const struct bundle_input *film = &bundle->inputs[0];
    assert_string_equal(film->name, "film");
    assert_int_equal(film->modality.n, 2);
    assert_string_equal(film->modality.terms[1], "DX");
    assert_false(film->modality.needed);
    assert_string_equal(film->body_part.terms[0], "LEG");
    assert_true(film->body_part.needed);
    assert_true(film->view.needed);
    assert_int_equal(film->laterality, LATERALITY_BOTH);
    assert_false(film->laterality_needed);
    assert_string_equal(film->orientation, "L\\F");
    assert_int_equal(film->rows[0], 200);
    assert_int_equal(film->columns[1], 4096);
    assert_true(film->spacing_required);
    const struct bundle_input *lateral = &bundle->inputs[1];
    assert_int_equal(lateral->laterality, LATERALITY_ONE);
    assert_int_equal(lateral->modality.n, 0);
    assert_int_equal(lateral->rows[1], 0);
    assert_false(lateral->spacing_required);
}

static void test_stages(void **state)
{
    (void)state;
    char path[160];
    read_good();
    assert_int_equal(bundle->n_stages, 3);
    const struct stage *whole = &bundle->stages[0];
    snprintf(path, sizeof path, "%s/whole.pt", folder);
    assert_string_equal(whole->network.weights_path, path);
    assert_string_equal(whole->network.weights_sha256,
                        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410"
                        "ff61f20015ad");
    assert_int_equal(whole->network.fit, FIT_LETTERBOX);
    assert_int_equal(whole->network.intensity, INTENSITY_PERCENTILES);
    assert_int_equal(whole->n_around, 0);
    assert_int_equal(whole->n_sides, 0);
    const struct stage *close = &bundle->stages[1];
    assert_int_equal(close->input, 0);
    assert_int_equal(close->network.rows, 48);
    assert_int_equal(close->network.fit, FIT_STRETCH);
    assert_int_equal(close->network.intensity, INTENSITY_WINDOW);
    assert_true(close->network.limits[0] == -100);
    assert_int_equal(close->n_around, 2);
    assert_string_equal(close->around[1], "knee");
    assert_int_equal(close->n_sides, 2);
    assert_int_equal(close->sides[0], SIDE_RIGHT);
    assert_true(close->width_mm == 0);
    assert_true(close->width_times == 0.5);
    assert_string_equal(close->width_of[0], "hip");
    assert_true(close->mirror_left);
    assert_true(close->least == 0.42);
    const struct stage *side = &bundle->stages[2];
    assert_int_equal(side->input, 1);
    assert_int_equal(side->network.intensity, INTENSITY_ZSCORE);
}

static void test_outputs(void **state)
{
    (void)state;
    read_good();
    const struct network *whole = &bundle->stages[0].network;
    assert_int_equal(whole->n_outputs, 2);
    assert_int_equal(whole->outputs[0].kind, OUTPUT_HEATMAPS);
    assert_int_equal(whole->outputs[0].stride, 4);
    assert_true(whole->outputs[0].sigma == 1.5);
    assert_int_equal(whole->outputs[0].n_names, 5);
    assert_int_equal(whole->outputs[1].kind, OUTPUT_MASK);
    assert_string_equal(whole->outputs[1].names[1], "femur");
    const struct network *close = &bundle->stages[1].network;
    assert_int_equal(close->n_outputs, 4);
    assert_int_equal(close->outputs[0].kind, OUTPUT_POINTS);
    assert_int_equal(close->outputs[1].kind, OUTPUT_CLASSES);
    assert_int_equal(close->outputs[2].kind, OUTPUT_SCALAR);
    assert_int_equal(close->outputs[3].kind, OUTPUT_BOXES);
    assert_true(close->outputs[3].threshold == 0.3);
    assert_true(close->outputs[3].overlap == 0.3);
    assert_int_equal(close->outputs[3].most, 8);
}

/* Those of all stages, each name once, in order of stages and sides. */
static void test_landmarks(void **state)
{
    (void)state;
    static const char *const names[] = {
        "right.hip", "right.knee",    "left.hip",    "left.knee",
        "head",      "right.plateau", "left.plateau"};
    static const double least[] = {0.3, 0.42, 0.3, 0.6, 0.42, 0.42, 0.42};
    read_good();
    const struct rules *rules = &bundle->rules;
    assert_int_equal(rules->n_landmarks, 7);
    for (size_t i = 0; i < 7; i++) {
        assert_string_equal(rules->objects[i].name, names[i]);
        assert_int_equal(rules->objects[i].how, HOW_LANDMARK);
        assert_int_equal(rules->objects[i].kind, OBJECT_POINT);
        assert_true(rules->objects[i].least == least[i]);
    }
    assert_int_equal(rules->objects[2].side, SIDE_LEFT);
    assert_int_equal(rules->objects[4].side, SIDE_NONE);
    assert_int_equal(rules->confidence.n, 3);
    assert_true(rules->confidence.at[1][1] == 0.9);
    assert_true(bundle->min_confidence == 0.42);
}

/* Of one network what sha256sum says; of several one digest of theirs. */
static void test_digest(void **state)
{
    (void)state;
    char text[256], sha[65];
    read_good();
    snprintf(text, sizeof text, "%s%s%s",
             bundle->stages[0].network.weights_sha256,
             bundle->stages[1].network.weights_sha256,
             bundle->stages[2].network.weights_sha256);
    sha256_hex(sha, text, strlen(text));
    assert_string_equal(bundle->weights_sha256, sha);
}

static void test_mistakes_of_identity(void **state)
{
    (void)state;
    static const struct mistake cases[] = {
        {"name: knee", "name: hip",
         ":1:7: the bundle is named \"hip\" but its folder \"knee\"; they must "
         "agree"},
        {"version: 1.2.3\n", "versoin: 1\n",
         ":2:1: unknown key \"versoin\"; did you mean \"version\"?"},
        {"manufacturer: somebody\n", "",
         ":1:1: key \"manufacturer\" is missing"},
        {"[1.2.2, \"1.1\"]", "1.2.2",
         ":68:10: bridges wants a list of 1 to 16 versions"},
        {"[1.2.2,", "[1.2.3,",
         ":68:11: bridges: 1.2.3 is this version; name earlier ones"},
        {"\"1.1\"]", "\"\"]",
         ":68:18: bridges: is 0 characters long; at least 1"},
    };
    check_mistakes(good, cases, sizeof cases / sizeof cases[0]);
    assert_false(
        read_with(good, strstr(good, "measurements:"), "measurements: []\n"));
    assert_non_null(strstr(err.msg, ":60:15: the bundle measures nothing and "
                                    "finds nothing"));
}

static void test_mistakes_of_inputs(void **state)
{
    (void)state;
    static const struct mistake cases[] = {
        {"spacing: required", "spacings: required",
         ":15:5: unknown key \"spacings\"; did you mean \"spacing\"?"},
        {"modality: [CR, DX]", "modality: [cr]",
         ":7:16: modality: a term of DICOM's has capital letters, digits, '_' "
         "and spaces only"},
        {"modality: [CR, DX]", "modality: CR",
         ":7:15: modality wants a list of 1 to 16 terms"},
        {"header: [body_part", "header: [bodypart",
         ":10:14: header: \"bodypart\" is not one of modality, body_part, "
         "view, laterality, orientation"},
        {"laterality: both", "laterality: two",
         ":11:17: laterality: \"two\" is not one of any, one, both"},
        {"L\\F", "LF",
         ":12:18: orientation is written as PatientOrientation, the direction "
         "of rows and of columns: L\\F"},
        {"rows: [200, 8192]", "rows: [8192, 200]",
         ":13:11: rows: the first must be below the second"},
        {"rows: [200, 8192]", "rows: [0.5, 200]",
         ":13:12: rows: 0.5 is out of range; 1 to 65535"},
        {"rows: [200, 8192]", "rows: [1.5, 200]",
         ":13:11: rows wants whole numbers of pixels"},
        {"name: lateral,", "name: film,",
         ":16:12: input \"film\" is there twice"},
        {"inputs:\n", "inputs: []\ngeometry:\n",
         ":5:9: inputs wants a list of 1 to 4 views"},
        {"  - {name: lateral, laterality: one}\n", "  - lateral\n",
         ":16:5: each of inputs is a mapping of keys"},
    };
    check_mistakes(good, cases, sizeof cases / sizeof cases[0]);
}

static void test_mistakes_of_stages(void **state)
{
    (void)state;
    static const struct mistake cases[] = {
        {"file: whole.pt", "file: ../whole.pt",
         ":19:21: weights.file is the name of a file in the bundle's own "
         "folder"},
        {"BA78", "XX78",
         ":19:39: weights.sha256 wants 64 hexadecimal digits, as sha256sum "
         "prints them"},
        {"rows: 64", "rows: 15",
         ":20:11: rows: 15 is out of range; 16 to "
         "4096"},
        {"sides: [right, left]\n    width", "width",
         ":40:13: mirror wants sides"},
        {"fit: letterbox", "fit: crop",
         ":22:10: fit: \"crop\" is not one of letterbox, stretch"},
        {"percentiles: [1, 99]", "percentiles: [99, 1]",
         ":23:18: percentiles: the first must be below the second"},
        {"percentiles: [1, 99]", "percentiles: 5",
         ":23:18: percentiles wants two numbers, as in [1, 99]"},
        {"    percentiles: [1, 99]\n", "",
         ":18:5: a stage wants one of percentiles, window, zscore"},
        {"percentiles: [1, 99]", "percentiles: [1, 99]\n    zscore: true",
         ":24:13: a stage has percentiles or zscore, not both"},
        {"name: close", "name: whole",
         ":31:11: stage \"whole\" is there "
         "twice"},
        {"input: film", "input: flim",
         ":32:12: \"flim\" is no input; did you mean \"film\"?"},
        {"around: [hip, knee]", "around: [hip, nkee]",
         ":38:19: \"right.nkee\" is no landmark of the stages and no object "
         "of geometry before; did you mean \"knee\"?"},
        {"around: [hip, knee]", "around: [hip, head]",
         ":38:19: \"right.head\" is no landmark of a stage before"},
        {"    around: [hip, knee]\n", "",
         ":38:12: sides is for a stage that looks around landmarks"},
        {"sides: [right, left]\n    width", "sides: [left, left]\n    width",
         ":39:12: sides names the same side twice"},
        {"    width: {times: 0.5, of: [hip, knee]}\n", "",
         ":31:5: a stage that looks around landmarks wants its width, as in "
         "{mm: 140}"},
        {"width: {times: 0.5, of: [hip, knee]}", "width: {mm: 9, times: 0.5}",
         ":40:27: width has mm or times, not both"},
        {"width: {times: 0.5, of: [hip, knee]}", "width: {times: 0.5}",
         ":40:12: times wants the two landmarks whose distance it multiplies, "
         "as in of: [hip_center, ankle_center]"},
        {"width: {times: 0.5, of:", "width: {mm: 5, of:",
         ":40:24: of belongs to times, not to mm"},
        {"around: [hip, knee]\n    sides: [right, left]\n    width: {times: "
         "0.5, of: [hip, knee]}\n    mirror: left\n",
         "around: [head]\n"
         "    width: {times: 0.5, of: [hip, knee]}\n",
         ":39:30: \"hip\" is no landmark of the stages and no object of "
         "geometry before"},
        {"zscore: true", "zscore: false", ":53:13: zscore can only be true"},
    };
    check_mistakes(good, cases, sizeof cases / sizeof cases[0]);
}

static void test_mistakes_of_outputs(void **state)
{
    (void)state;
    static const struct mistake cases[] = {
        {"kind: heatmaps", "kind: heatmap",
         ":26:15: kind: \"heatmap\" is not one of heatmaps, points, mask, "
         "boxes, classes, scalar"},
        {"        kind: heatmaps\n", "", ":25:9: key \"kind\" is missing"},
        {"stride: 4", "stride: 5",
         ":27:17: stride 5 does not divide rows 64 and columns 32"},
        {"        sigma: 1.5\n", "", ":25:9: key \"sigma\" is missing"},
        {"left.knee, head]", "left.knee, left.hip]",
         ":29:65: \"left.hip\" is listed twice"},
        {"left.knee, head]", "left.knee, 'a head']",
         ":29:65: landmarks: a name has letters, digits, '.', '_' and '-' "
         "only"},
        {"name: bones, kind", "name: landmarks, kind",
         ":30:16: output \"landmarks\" is there twice"},
        {"labels: [none, femur]", "labels: [femur]",
         ":30:54: labels wants a list of 2 to 32 names"},
        {"labels: [none, femur]", "landmarks: [a]",
         ":30:46: unknown key \"landmarks\"; known here: name, kind, stride, "
         "labels"},
        {"landmarks: [knee, plateau]", "landmarks: [right.knee]",
         ":43:49: a stage with sides puts them in front itself; write "
         "\"knee\""},
        {"most: 8", "most: 80", ":46:72: most: 80 is out of range; 1 to 64"},
        {"least: 0.42", "least: 2",
         ":57:10: least: 2 is out of range; 0.001 "
         "to 1"},
        {"{hip: 0.3", "{hpi: 0.3",
         ":58:15: \"hpi\" is no landmark; did you mean \"hip\"?"},
        {"[0.7, 0.9]", "[0.4, 0.9]", ":59:25: curve: confidences ascend"},
    };
    check_mistakes(good, cases, sizeof cases / sizeof cases[0]);
}

static void test_absent(void **state)
{
    (void)state;
    struct err none = {0};
    assert_false(bundle_read(models, "hip", &codes, bundle, &none));
    assert_int_equal(none.code, ERR_REJECT);
    assert_non_null(strstr(none.msg, "hip/model.yaml: cannot be opened: "
                                     "No such file or directory"));
    assert_false(bundle_read(models, "../knee", &codes, bundle, &none));
    assert_string_equal(none.msg, "\"../knee\" is not the name of a model");
}

static void test_weights(void **state)
{
    (void)state;
    char path[2][160];
    snprintf(path[0], sizeof path[0], "%s/whole.pt", folder);
    snprintf(path[1], sizeof path[1], "%s/close.pt", folder);
    read_good();
    assert_false(bundle_weights_good(bundle, &err));
    assert_non_null(strstr(err.msg, "cannot be opened"));
    write_text(path[0], "abc"); /* FIPS 180-4's example */
    write_text(path[1], "abd");
    assert_false(bundle_weights_good(bundle, &err));
    assert_int_equal(err.code, ERR_REJECT);
    assert_non_null(strstr(err.msg, "close.pt"));
    assert_non_null(strstr(err.msg, "the file's SHA-256 is a52d159f"));
    assert_non_null(strstr(err.msg, "install the bundle again"));
    write_text(path[0], "");
    assert_false(bundle_weights_good(bundle, &err));
    assert_non_null(strstr(err.msg, "the file is empty"));
    unlink(path[0]);
    unlink(path[1]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_identity),
        TEST(test_inputs),
        TEST(test_stages),
        TEST(test_outputs),
        TEST(test_landmarks),
        TEST(test_digest),
        TEST(test_mistakes_of_identity),
        TEST(test_mistakes_of_inputs),
        TEST(test_mistakes_of_stages),
        TEST(test_mistakes_of_outputs),
        TEST(test_absent),
        TEST(test_weights),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
