/* From the whole film to regions and back to source pixels. Skipped where
 * osteon-model and make_torchscript are not built beside this test. */
#include <math.h>

#include "inference/stages.h"
#include "inference/turn.h"
#include "test/unit/child_fixture.h"

#define SPOT_X 11.5 /* middle of the film's bright square */
#define SPOT_Y 39.5

static struct seen seen;
static struct stage_picture picture;
static char reason[FINDINGS_REASON];

static struct stage make_stage(const char *kind, const char *first,
                               const char *second)
{
    struct stage stage = {.network = make_network(kind), .least = 0.5};
    struct network_output *output = &stage.network.outputs[0];
    snprintf(output->names[0], sizeof output->names[0], "%s", first);
    snprintf(output->names[1], sizeof output->names[1], "%s", second);
    return stage;
}

/* Around the spot, 20 mm wide. */
static struct stage make_closer(const char *kind)
{
    struct stage stage = make_stage(kind, "c", "d");
    snprintf(stage.around[0], sizeof stage.around[0], "a");
    stage.n_around = 1;
    stage.sides[0] = SIDE_RIGHT;
    stage.sides[1] = SIDE_LEFT;
    stage.n_sides = 2;
    stage.width_mm = 20;
    stage.mirror_left = true;
    return stage;
}

static struct stage_image film(void)
{
    return (struct stage_image){.fd = pixels,
                                .rows = ROWS,
                                .columns = COLUMNS,
                                .spacing_mm = {1, 1},
                                .picture_pixels = 32};
}

static bool run(const struct stage *stages, size_t n,
                const struct stage_image *image)
{
    memset(&err, 0, sizeof err);
    seen_free(&seen);
    free(picture.pixels);
    return stages_run(child, stages, n, 0, image, within(PATIENCE), &seen,
                      &picture, reason, &err);
}

static const struct landmark *find(const char *name)
{
    for (size_t i = 0; i < seen.n_landmarks; i++) {
        if (strcmp(seen.landmarks[i].name, name) == 0)
            return &seen.landmarks[i];
    }
    fail_msg("no landmark %s", name);
    return NULL;
}

static void assert_on_spot(const char *name)
{
    const struct landmark *l = find(name);
    if (!(l->confidence > 0.9 && fabs(l->x - SPOT_X) < 0.1 &&
          fabs(l->y - SPOT_Y) < 0.1))
        fail_msg("%s at %g, %g (%g)", name, l->x, l->y, l->confidence);
}

static void test_whole_then_sides(void **state)
{
    (void)state;
    struct stage stages[] = {make_stage("good", "right.a", "left.a"),
                             make_closer("good")};
    struct stage_image image = film();
    if (!run(stages, 2, &image))
        fail_msg("%s", err.msg);
    assert_string_equal(reason, "");
    assert_int_equal(seen.n_landmarks, 6);
    assert_on_spot("right.a");
    assert_on_spot("right.c");
    assert_on_spot("left.c");
    assert_on_spot("left.d");
    assert_int_equal(picture.rows, 32);
    assert_true(picture.pixels[20 * 16 + 5] > 250);
    unlink(stages[0].network.weights_path);
}

static void test_later_ones_replace(void **state)
{
    (void)state;
    struct stage stages[] = {make_stage("good", "right.a", "right.c"),
                             make_closer("good")};
    struct stage_image image = film();
    stages[1].n_sides = 1;
    assert_true(run(stages, 2, &image));
    assert_int_equal(seen.n_landmarks, 3);
    assert_on_spot("right.c");
    unlink(stages[0].network.weights_path);
}

/* However the film is stored, the spot is where it is stored. */
static void test_turned_films(void **state)
{
    (void)state;
    struct stage stages[] = {make_stage("good", "right.a", "left.a"),
                             make_closer("good")};
    struct stage_image image = film();
    for (image.turn = 0; image.turn <= TURN_ALL; image.turn++) {
        assert_true(run(stages, 2, &image));
        assert_on_spot("left.a");
        assert_on_spot("right.c");
        assert_on_spot("left.d");
    }
    unlink(stages[0].network.weights_path);
}

static void test_pixels_that_are_not_square(void **state)
{
    (void)state;
    struct stage stages[] = {make_stage("good", "right.a", "left.a"),
                             make_closer("good")};
    struct stage_image image = film();
    image.spacing_mm[0] = 0.5;
    assert_true(run(stages, 2, &image));
    assert_on_spot("right.a");
    assert_on_spot("right.c");
    unlink(stages[0].network.weights_path);
}

/* Two points whose distance is the measure; here of the same spot: none. */
static void test_width_by_a_distance(void **state)
{
    (void)state;
    struct stage stages[] = {make_stage("good", "right.a", "right.b"),
                             make_closer("good")};
    struct stage_image image = film();
    stages[1].n_sides = 1;
    stages[1].width_mm = 0;
    stages[1].width_times = 3;
    snprintf(stages[1].width_of[0], 49, "a");
    snprintf(stages[1].width_of[1], 49, "b");
    assert_true(run(stages, 2, &image));
    assert_true(find("right.c")->confidence == 0);
    unlink(stages[0].network.weights_path);
}

static void assert_not_placed(struct stage stages[2],
                              const struct stage_image *image)
{
    if (!run(stages, 2, image))
        fail_msg("%s", err.msg);
    assert_string_equal(reason, "");
    assert_on_spot("right.a");
    assert_true(find("right.c")->confidence == 0);
    assert_true(find("left.d")->confidence == 0);
    assert_int_equal(seen.n_classes + seen.n_boxes + seen.n_masks, 0);
}

static void test_region_that_cannot_be_placed(void **state)
{
    (void)state;
    struct stage stages[] = {make_stage("good", "right.a", "left.a"),
                             make_closer("good")};
    struct stage_image image = film();
    image.spacing_mm[0] = image.spacing_mm[1] = 0;
    assert_not_placed(stages, &image);
    image = film();
    stages[1].least = 1.01;
    assert_not_placed(stages, &image);
    stages[1].least = NAN;
    assert_not_placed(stages, &image);
    stages[1].least = 0.5;
    stages[1].width_mm = 3; /* too small to be looked at */
    assert_not_placed(stages, &image);
    stages[1].width_mm = 129; /* more than four films */
    assert_not_placed(stages, &image);
    stages[1].width_mm = 20;
    snprintf(stages[1].around[0], 49, "nobody");
    assert_not_placed(stages, &image);
    snprintf(stages[1].around[0], 49, "a");
    stages[1].width_mm = 4; /* all bright: no contrast */
    stages[1].network.rows = COLUMNS;
    network_shape(&stages[1].network);
    assert_not_placed(stages, &image);
    unlink(stages[0].network.weights_path);
}

static void test_other_inputs_stages_wait(void **state)
{
    (void)state;
    struct stage stages[] = {make_stage("good", "right.a", "left.a"),
                             make_closer("good")};
    struct stage_image image = film();
    stages[1].input = 1;
    assert_true(run(stages, 2, &image));
    assert_int_equal(seen.n_landmarks, 2);
    unlink(stages[0].network.weights_path);
}

static void test_unusable_image(void **state)
{
    (void)state;
    struct stage stages[] = {make_stage("good", "right.a", "left.a"),
                             make_closer("good")};
    struct stage_image image = film();
    image.rows = 65;
    assert_true(run(stages, 2, &image));
    assert_string_equal(reason,
                        "the pixels are 64 x 32, but the header says 65 x 32");
    assert_int_equal(seen.n_landmarks, 0);
    assert_null(picture.pixels);
    unlink(stages[0].network.weights_path);
}

/* The first stage's answer is lost with the second's. */
static void test_a_stage_that_fails(void **state)
{
    (void)state;
    struct stage stages[] = {make_stage("good", "right.a", "left.a"),
                             make_closer("throws")};
    struct stage_image image = film();
    assert_false(run(stages, 2, &image));
    assert_int_equal(err.code, ERR_REJECT);
    assert_non_null(strstr(err.msg, "model throws: "));
    assert_non_null(strstr(err.msg, "no such knee"));
    unlink(stages[0].network.weights_path);
    unlink(stages[1].network.weights_path);
}

static void test_load(void **state)
{
    (void)state;
    struct stage stages[] = {make_stage("good", "a", "b"),
                             make_stage("shape", "c", "d")};
    struct protocol_loaded loaded;
    memset(&err, 0, sizeof err);
    assert_true(stages_load(child, stages, 1, within(PATIENCE), &loaded, &err));
    assert_int_equal(loaded.load_ms, -1);
    assert_false(
        stages_load(child, stages, 2, within(PATIENCE), &loaded, &err));
    assert_non_null(strstr(err.msg, "model shape: output landmarks has shape"));
    unlink(stages[0].network.weights_path);
    unlink(stages[1].network.weights_path);
}

static void test_what_was_graded_where(void **state)
{
    (void)state;
    struct stage stage = make_stage("tuple", "a", "b");
    struct stage_image image = film();
    stage.network.outputs[1] =
        (struct network_output){.name = "grade",
                                .kind = OUTPUT_CLASSES,
                                .names = {"none", "some", "much"},
                                .n_names = 3};
    stage.network.n_outputs = 2;
    network_shape(&stage.network);
    assert_true(run(&stage, 1, &image));
    assert_int_equal(seen.n_classes, 3);
    assert_true(seen.classes[1].probability > seen.classes[0].probability);
    assert_int_equal(seen.n_regions, 1);
    assert_string_equal(seen.regions[0].output, "grade");
    assert_true(fabs(seen.regions[0].box[0] + 0.5) < 1e-9);
    assert_true(fabs(seen.regions[0].box[3] - (ROWS - 0.5)) < 1e-9);
    unlink(stage.network.weights_path);
}

static int teardown(void **state)
{
    seen_free(&seen);
    free(picture.pixels);
    return group_teardown(state);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_whole_then_sides),
        cmocka_unit_test(test_later_ones_replace),
        cmocka_unit_test(test_turned_films),
        cmocka_unit_test(test_pixels_that_are_not_square),
        cmocka_unit_test(test_width_by_a_distance),
        cmocka_unit_test(test_region_that_cannot_be_placed),
        cmocka_unit_test(test_other_inputs_stages_wait),
        cmocka_unit_test(test_unusable_image),
        cmocka_unit_test(test_a_stage_that_fails),
        cmocka_unit_test(test_load),
        cmocka_unit_test(test_what_was_graded_where),
    };
    if (!find_programs()) {
        printf("1..0 # SKIP %s and %s are not both built\n", model, maker);
        return 0;
    }
    return cmocka_run_group_tests(tests, group_setup, teardown);
}
