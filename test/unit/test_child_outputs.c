/* Networks with several outputs, parts of an image, and an image that stays
 * decoded; and those who answer with more, less or something else. Skipped
 * where osteon-model and make_torchscript are not built beside this test. */
#include <math.h>

#include "inference/turn.h"
#include "test/unit/child_fixture.h"

static struct child_image whole_film(void)
{
    return (struct child_image){.fd = pixels,
                                .rows = ROWS,
                                .columns = COLUMNS,
                                .aspect = 1,
                                .region = {.width = COLUMNS, .height = ROWS}};
}

/* Heatmaps and three numbers. */
static struct network make_two(const char *kind)
{
    struct network net = make_network(kind);
    net.outputs[1] = (struct network_output){
        .name = "grade", .kind = OUTPUT_CLASSES, .n_names = 3};
    net.n_outputs = 2;
    network_shape(&net);
    return net;
}

static bool run(const struct network *net, const struct child_image *image,
                struct child_answer *answer)
{
    memset(&err, 0, sizeof err);
    return child_run(child, net, image, within(PATIENCE), answer, &err);
}

static void test_two_outputs(void **state)
{
    (void)state;
    static const char *const kinds[] = {"tuple", "dict"};
    for (size_t i = 0; i < 2; i++) {
        struct network net = make_two(kinds[i]);
        struct child_image image = whole_film();
        struct child_answer answer;
        if (!run(&net, &image, &answer))
            fail_msg("%s: %s", kinds[i], err.msg);
        const float *map = answer.outputs[0] + (ROWS / 4) * (COLUMNS / 4);
        assert_true(fabsf(map[10 * 8 + 3] - 50) < 1e-3F);
        assert_true(fabsf(answer.outputs[1][0] - 1.0F / 32) < 1e-3F);
        assert_true(fabsf(answer.outputs[1][1] - 1) < 1e-6F);
        assert_true(fabsf(answer.outputs[1][2]) < 1e-6F);
        child_answer_free(&answer);
        unlink(net.weights_path);
    }
}

static void test_other_answers(void **state)
{
    (void)state;
    static const struct {
        const char *kind;
        enum err_code code;
        const char *message;
    } cases[] = {
        {"good", ERR_REJECT, "the network answers with 1 tensor, wanted 2"},
        {"tuple-more", ERR_REJECT,
         "the network answers with 3 tensors, wanted 2"},
        {"tuple-shape", ERR_REJECT,
         "output grade has shape [1, 6], wanted [1, 3]"},
        {"tuple-late", ERR_REJECT,
         "output grade has shape [1, 12288], wanted [1, 3]"},
        {"tuple-order", ERR_REJECT,
         "output landmarks has shape [1, 3], wanted [1, 2, 16, 8]"},
        {"tuple-inner", ERR_REJECT,
         "output grade is GenericList, wanted a tensor"},
        {"tuple-nan", ERR_RETRY,
         "the network answered with values that are no numbers"},
        {"tuple-inf", ERR_RETRY,
         "the network answered with values that are no numbers"},
        {"dict-names", ERR_REJECT, "the network's answer has no output grade"},
        {"dict-keys", ERR_REJECT,
         "the network's answer has no output landmarks"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct network net = make_two(cases[i].kind);
        struct child_image image = whole_film();
        struct child_answer answer;
        char want[160];
        snprintf(want, sizeof want, "model %s: %s", cases[i].kind,
                 cases[i].message);
        if (run(&net, &image, &answer))
            fail_msg("%s: was not refused", cases[i].kind);
        assert_string_equal(err.msg, want);
        assert_int_equal(err.code, cases[i].code);
        unlink(net.weights_path);
    }
}

/* One output may stand alone in a tuple's place, and in a dictionary. */
static void test_one_of_a_dictionary(void **state)
{
    (void)state;
    struct network net = make_network("dict");
    struct child_image image = whole_film();
    struct child_answer answer;
    assert_true(run(&net, &image, &answer));
    assert_true(fabsf(answer.outputs[0][10 * 8 + 3] - 50) < 1e-3F);
    child_answer_free(&answer);
    unlink(net.weights_path);
}

/* The same file, asked for two things: two networks. */
static void test_weights_of_two_bundles(void **state)
{
    (void)state;
    struct network net = make_two("tuple");
    struct protocol_loaded loaded;
    memset(&err, 0, sizeof err);
    assert_true(child_load(child, &net, within(PATIENCE), &loaded, &err));
    assert_true(child_load(child, &net, within(PATIENCE), &loaded, &err));
    assert_int_equal(loaded.load_ms, -1);
    net.outputs[1].n_names = 4;
    network_shape(&net);
    assert_false(child_load(child, &net, within(PATIENCE), &loaded, &err));
    assert_string_equal(err.msg,
                        "model tuple: output grade has shape [1, 3], wanted "
                        "[1, 4]");
    unlink(net.weights_path);
}

/* What the parent asks for is bounded before anything is sent. */
static void test_too_much_is_not_asked_for(void **state)
{
    (void)state;
    struct network net = make_two("tuple");
    struct protocol_loaded loaded;
    memset(&err, 0, sizeof err);
    net.outputs[0].shape[0] = 1 << 30;
    assert_false(child_load(child, &net, within(PATIENCE), &loaded, &err));
    assert_int_equal(err.code, ERR_REJECT);
    assert_string_equal(err.msg, "model tuple: its outputs are too large");
    network_shape(&net);
    net.n_outputs = NETWORK_OUTPUTS + 1;
    assert_false(child_load(child, &net, within(PATIENCE), &loaded, &err));
    assert_string_equal(err.msg, "model tuple: its outputs are too large");
    unlink(net.weights_path);
}

/* The spot fills source rows 36..43, columns 8..15. */
static void test_region(void **state)
{
    (void)state;
    struct network net = make_network("good");
    struct child_image image = whole_film();
    struct child_answer answer;
    image.region = (struct region){8, 28, 8, 16, false}; /* x 4 */
    assert_true(run(&net, &image, &answer));
    const float *map = answer.outputs[0]; /* 16 x 8 cells of a source pixel */
    for (int r = 0; r < 15; r++) {
        for (int c = 1; c < 7; c++) {
            if (r != 7 && r != 8)
                assert_true(fabsf(map[r * 8 + c] - (r > 7 ? 50 : 0)) < 1e-3F);
        }
    }
    child_answer_free(&answer);
    image.region = (struct region){8, 36, 16, 32, true}; /* x 2, mirrored */
    assert_true(run(&net, &image, &answer));
    map = answer.outputs[0];
    assert_true(fabsf(map[1 * 8 + 6] - 50) < 1e-3F);
    assert_true(fabsf(map[1 * 8 + 1]) < 1e-3F);
    child_answer_free(&answer);
    image.region = (struct region){100, 100, 10, 10, false};
    assert_true(run(&net, &image, &answer));
    assert_true(answer.unusable);
    assert_string_equal(answer.reason, "no part of the image lies where the "
                                       "model looks");
    unlink(net.weights_path);
}

static void test_turned(void **state)
{
    (void)state;
    struct network net = make_network("good");
    struct child_image image = whole_film();
    struct child_answer answer;
    image.turn = TURN_FLIP_X | TURN_FLIP_Y;
    image.picture_pixels = 64;
    assert_true(run(&net, &image, &answer));
    assert_true(fabsf(answer.outputs[0][5 * 8 + 4] - 50) < 1e-3F);
    assert_true(answer.picture[40 * 32 + 12] > 250); /* as it is stored */
    child_answer_free(&answer);
    unlink(net.weights_path);
}

/* Kept while more is to come: its file is not looked at again. */
static void test_image_is_kept(void **state)
{
    (void)state;
    struct network net = make_network("good");
    struct child_image image = whole_film();
    struct child_answer answer;
    image.serial = child_serial(child);
    image.keep = true;
    assert_true(run(&net, &image, &answer));
    child_answer_free(&answer);
    image.fd = memfd_create("empty", MFD_CLOEXEC);
    assert_true(run(&net, &image, &answer));
    assert_false(answer.unusable);
    assert_int_equal(answer.decode_ms, 0);
    assert_true(fabsf(answer.outputs[0][10 * 8 + 3] - 50) < 1e-3F);
    child_answer_free(&answer);
    image.rows--; /* what is kept is not believed either */
    assert_true(run(&net, &image, &answer));
    assert_string_equal(answer.reason,
                        "the pixels are 64 x 32, but the header says 63 x 32");
    image.rows++;
    image.keep = false;
    assert_true(run(&net, &image, &answer));
    assert_false(answer.unusable);
    child_answer_free(&answer);
    assert_true(run(&net, &image, &answer));
    assert_true(answer.unusable); /* it was the last */
    close(image.fd);
    unlink(net.weights_path);
}

static void test_another_image_is_not_the_kept_one(void **state)
{
    (void)state;
    struct network net = make_network("good");
    struct child_image image = whole_film();
    struct child_answer answer;
    image.serial = child_serial(child);
    image.keep = true;
    assert_true(run(&net, &image, &answer));
    child_answer_free(&answer);
    image.fd = memfd_create("empty", MFD_CLOEXEC);
    image.frame = 1;
    assert_true(run(&net, &image, &answer));
    assert_true(answer.unusable);
    image.fd = pixels;
    image.frame = 0;
    assert_true(run(&net, &image, &answer));
    child_answer_free(&answer);
    image.fd = memfd_create("empty", MFD_CLOEXEC);
    image.serial = child_serial(child);
    assert_true(run(&net, &image, &answer));
    assert_true(answer.unusable);
    unlink(net.weights_path);
}

static void test_impossible_requests(void **state)
{
    (void)state;
    struct network net = make_network("good");
    struct child_image image = whole_film();
    struct child_answer answer;
    image.region.width = NAN;
    assert_false(run(&net, &image, &answer));
    assert_int_equal(err.code, ERR_RETRY);
    assert_string_equal(err.msg, "model good: the request to run is malformed");
    image = whole_film();
    image.turn = TURN_ALL + 1;
    assert_false(run(&net, &image, &answer));
    image = whole_film();
    image.aspect = 0;
    assert_false(run(&net, &image, &answer));
    unlink(net.weights_path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_two_outputs),
        cmocka_unit_test(test_other_answers),
        cmocka_unit_test(test_one_of_a_dictionary),
        cmocka_unit_test(test_weights_of_two_bundles),
        cmocka_unit_test(test_too_much_is_not_asked_for),
        cmocka_unit_test(test_region),
        cmocka_unit_test(test_turned),
        cmocka_unit_test(test_image_is_kept),
        cmocka_unit_test(test_another_image_is_not_the_kept_one),
        cmocka_unit_test(test_impossible_requests),
    };
    if (!find_programs()) {
        printf("1..0 # SKIP %s and %s are not both built\n", model, maker);
        return 0;
    }
    return cmocka_run_group_tests(tests, group_setup, group_teardown);
}
