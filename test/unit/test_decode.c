/* What tensors say, kind by kind: plain cases, ties, borders, and numbers that
 * no sensible network gives. */
#include <float.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "inference/boxes.h"
#include "inference/turn.h"

#define CELLS  16 /* of a map, to a side */
#define STRIDE 4

static struct seen seen;
static struct err err;

/* An image of 128 x 128 looked at whole by an input of 64 x 64. */
static struct decode_at at_whole(void)
{
    return (struct decode_at){.box = letterbox_fit(128, 128, 64, 64),
                              .film = {-0.5, -0.5, 127.5, 127.5}};
}

static struct network_output output_of(enum output_kind kind, size_t n)
{
    struct network net = {.rows = 64, .columns = 64, .n_outputs = 1};
    struct network_output *output = &net.outputs[0];
    *output = (struct network_output){.name = "out",
                                      .kind = kind,
                                      .n_names = n,
                                      .stride = STRIDE,
                                      .sigma = 1.5,
                                      .threshold = 0.3,
                                      .overlap = 0.3,
                                      .most = 16};
    for (size_t i = 0; i < n; i++)
        snprintf(output->names[i], sizeof output->names[i], "%c",
                 (char)('a' + i));
    network_shape(&net);
    return net.outputs[0];
}

static int setup(void **state)
{
    (void)state;
    memset(&seen, 0, sizeof seen);
    memset(&err, 0, sizeof err);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    seen_free(&seen);
    return 0;
}

static void decode(const struct network_output *output, const float *values,
                   const struct decode_at *at)
{
    if (!decode_output(output, values, at, &seen, &err))
        fail_msg("%s", err.msg);
}

static void assert_near(double got, double want)
{
    if (!(fabs(got - want) < 1e-6))
        fail_msg("%g instead of %g", got, want);
}

static void test_shapes(void **state)
{
    (void)state;
    static const struct {
        enum output_kind kind;
        uint32_t dimensions, shape[3];
    } cases[] = {{OUTPUT_HEATMAPS, 4, {3, CELLS, CELLS}},
                 {OUTPUT_MASK, 4, {3, CELLS, CELLS}},
                 {OUTPUT_BOXES, 4, {7, CELLS, CELLS}},
                 {OUTPUT_POINTS, 3, {3, 3, 1}},
                 {OUTPUT_CLASSES, 2, {3, 1, 1}},
                 {OUTPUT_SCALAR, 2, {3, 1, 1}}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct network_output output = output_of(cases[i].kind, 3);
        assert_int_equal(network_dimensions(cases[i].kind),
                         cases[i].dimensions);
        assert_memory_equal(output.shape, cases[i].shape, sizeof output.shape);
    }
}

static void test_sizes_nobody_may_ask_for(void **state)
{
    (void)state;
    struct network net = {.n_outputs = 2};
    net.outputs[0].shape[0] = net.outputs[1].shape[0] = 8;
    net.outputs[0].shape[1] = net.outputs[1].shape[1] = 2048;
    net.outputs[0].shape[2] = net.outputs[1].shape[2] = 2048;
    assert_int_equal(network_floats(&net), NETWORK_FLOATS);
    net.outputs[1].shape[0] = 9;
    assert_int_equal(network_floats(&net), 0);
    net.outputs[1] =
        (struct network_output){.shape = {UINT32_MAX, UINT32_MAX, UINT32_MAX}};
    assert_int_equal(network_output_floats(&net.outputs[1]), 0);
    net.outputs[1].shape[0] = 0;
    assert_int_equal(network_floats(&net), 0);
}

/* What a side's stage names stands beside the other side's, and replaces what
 * had its name before. */
static void test_landmarks_have_sides_and_successors(void **state)
{
    (void)state;
    static float maps[2 * CELLS * CELLS];
    struct network_output output = output_of(OUTPUT_HEATMAPS, 2);
    struct decode_at at = at_whole();
    maps[3 * CELLS + 5] = 40;
    maps[CELLS * CELLS + 7] = 40;
    at.side = SIDE_RIGHT;
    decode(&output, maps, &at);
    at.side = SIDE_LEFT;
    decode(&output, maps, &at);
    assert_int_equal(seen.n_landmarks, 4);
    assert_string_equal(seen.landmarks[0].name, "right.a");
    assert_string_equal(seen.landmarks[3].name, "left.b");
    /* cell 5 covers input pixels 20..23, and so source pixels 40..47 */
    assert_near(seen.landmarks[0].x, 43.5);
    assert_near(seen.landmarks[0].y, 27.5);
    assert_near(seen.landmarks[0].confidence, 1);
    assert_true(decode_nothing(&output, SIDE_RIGHT, &seen, &err));
    assert_int_equal(seen.n_landmarks, 4);
    assert_near(seen.landmarks[0].confidence, 0);
    assert_near(seen.landmarks[2].confidence, 1);
}

static void test_points(void **state)
{
    (void)state;
    const float values[] = {10, 20, 0, 1e30F, -FLT_MAX, 9, -3, 66, FLT_MAX};
    struct network_output output = output_of(OUTPUT_POINTS, 3);
    struct decode_at at = at_whole();
    decode(&output, values, &at);
    assert_near(seen.landmarks[0].x, 20.5);
    assert_near(seen.landmarks[0].y, 40.5);
    assert_near(seen.landmarks[0].confidence, 0.5);
    assert_near(seen.landmarks[1].confidence, 0); /* nowhere near */
    assert_true(fabs(seen.landmarks[1].x) < 1000);
    assert_near(seen.landmarks[2].x, -5.5); /* outside, and said so */
    assert_near(seen.landmarks[2].confidence, 1);
}

static void test_mask(void **state)
{
    (void)state;
    static float maps[3 * CELLS * CELLS];
    struct network_output output = output_of(OUTPUT_MASK, 3);
    struct decode_at at = at_whole();
    for (size_t i = 0; i < CELLS * CELLS; i++)
        maps[i] = 1;
    maps[CELLS * CELLS + 2 * CELLS + 3] = 2;
    maps[2 * CELLS * CELLS + 2 * CELLS + 4] = 3;
    decode(&output, maps, &at);
    decode(&output, maps, &at); /* replaced, not added */
    assert_int_equal(seen.n_masks, 1);
    const struct seen_mask *m = &seen.masks[0];
    assert_int_equal(m->rows, CELLS);
    assert_int_equal(m->labels[2 * CELLS + 3], 1);
    assert_int_equal(m->labels[2 * CELLS + 4], 2);
    assert_int_equal(m->labels[0], 0);
    assert_true(fabs((double)m->probability[2 * CELLS + 3] -
                     exp(2) / (exp(0) + exp(1) + exp(2))) < 1e-6);
    assert_true(fabs((double)m->probability[0] - exp(1) / (exp(1) + 2)) < 1e-6);
    assert_near(m->x0, 3.5); /* source pixels 0..7 */
    assert_near(m->dx, 8);
    assert_near(m->dy, 8);
}

/* However the network saw the image, a label lies where it is on the source. */
static void test_mask_turned(void **state)
{
    (void)state;
    static float maps[2 * CELLS * CELLS];
    struct network_output output = output_of(OUTPUT_MASK, 2);
    struct region region = {.left = 10, .top = 20, .width = 60, .height = 100};
    maps[CELLS * CELLS + 6 * CELLS + 9] = 1;
    for (uint32_t turn = 0; turn <= TURN_ALL; turn++) {
        struct decode_at at = {
            .box = letterbox_region(&region, 1, turn, FIT_LETTERBOX, 64, 64),
            .film = {-0.5, -0.5, 127.5, 127.5}};
        double x, y;
        size_t n = 0;
        decode(&output, maps, &at);
        letterbox_to_source(&at.box, 9 * STRIDE + 1.5, 6 * STRIDE + 1.5, &x,
                            &y);
        const struct seen_mask *m = &seen.masks[0];
        for (uint32_t r = 0; r < m->rows; r++) {
            for (uint32_t c = 0; c < m->columns; c++) {
                if (m->labels[r * m->columns + c] == 0)
                    continue;
                n++;
                assert_near(m->x0 + m->dx * c, x);
                assert_near(m->y0 + m->dy * r, y);
            }
        }
        assert_int_equal(n, 1);
    }
}

static void test_padding_has_no_label(void **state)
{
    (void)state;
    static float maps[2 * CELLS * CELLS];
    struct network_output output = output_of(OUTPUT_MASK, 2);
    struct decode_at at = {.box = letterbox_fit(128, 64, 64, 64),
                           .film = {-0.5, -0.5, 63.5, 127.5}};
    for (size_t i = 0; i < CELLS * CELLS; i++)
        maps[CELLS * CELLS + i] = 1;
    decode(&output, maps, &at);
    for (size_t c = 0; c < CELLS; c++)
        assert_int_equal(seen.masks[0].labels[c], c >= 4 && c < 12);
    assert_true(seen.masks[0].probability[0] == 1);
}

static void test_classes(void **state)
{
    (void)state;
    const float values[] = {0, FLT_MAX, 0}, even[] = {-7, -7, -7};
    struct network_output output = output_of(OUTPUT_CLASSES, 3);
    struct decode_at at = at_whole();
    decode(&output, values, &at);
    assert_near(seen.classes[0].probability, 0);
    assert_near(seen.classes[1].probability, 1);
    assert_string_equal(seen.classes[1].name, "b");
    at.side = SIDE_LEFT;
    decode(&output, even, &at);
    assert_near(seen.classes[4].probability, 1.0 / 3);
    assert_int_equal(seen.classes[4].side, SIDE_LEFT);
}

static void test_scalars_until_full(void **state)
{
    (void)state;
    const float values[] = {-2.5F, 1e38F, 0, 4};
    struct network_output output = output_of(OUTPUT_SCALAR, 4);
    struct decode_at at = at_whole();
    at.side = SIDE_RIGHT;
    for (size_t i = 0; i < SEEN_SCALARS / 4; i++)
        decode(&output, values, &at);
    assert_string_equal(seen.scalars[0].name, "right.a");
    assert_near(seen.scalars[0].value, -2.5);
    assert_false(decode_output(&output, values, &at, &seen, &err));
    assert_int_equal(err.code, ERR_REJECT);
    assert_string_equal(err.msg, "the model sees more than 32 numbers");
}

/* Maps where nothing is: very improbable, one cell large. */
static float box_maps[6 * CELLS * CELLS];

static void empty_maps(void)
{
    for (size_t i = 0; i < 6 * CELLS * CELLS; i++)
        box_maps[i] = i < 2 * CELLS * CELLS ? -20 : 0;
}

static void put(size_t class, size_t row, size_t column, float logit,
                float width, float height)
{
    size_t cell = row * CELLS + column, cells = CELLS * CELLS;
    box_maps[class * cells + cell] = logit;
    box_maps[2 * cells + cell] = logf(width);
    box_maps[3 * cells + cell] = logf(height);
}

static void test_box(void **state)
{
    (void)state;
    struct network_output output = output_of(OUTPUT_BOXES, 2);
    struct decode_at at = at_whole();
    static const double want[] = {25.5, 15.5, 41.5, 47.5};
    empty_maps();
    put(1, 3, 4, 0, 2, 4);
    box_maps[4 * CELLS * CELLS + 3 * CELLS + 4] = -0.25F; /* to the left */
    box_maps[5 * CELLS * CELLS + 3 * CELLS + 4] = 0.5F;   /* down */
    decode(&output, box_maps, &at);
    assert_int_equal(seen.n_boxes, 1);
    assert_string_equal(seen.boxes[0].name, "b");
    assert_near(seen.boxes[0].confidence, 0.5);
    /* the centre of cell 4 is input 17.5; 16.5, 15.5 after the offset; 8 x 16
     * input pixels; two source pixels each */
    for (int i = 0; i < 4; i++)
        assert_near(seen.boxes[0].box[i], want[i]);
}

static void test_boxes_that_are_doubles(void **state)
{
    (void)state;
    struct network_output output = output_of(OUTPUT_BOXES, 2);
    struct decode_at at = at_whole();
    empty_maps();
    put(0, 5, 5, 3, 6, 4);
    put(0, 5, 6, 2, 6, 4); /* no peak: its neighbour is higher */
    put(0, 5, 8, 1, 6, 4); /* a peak, overlaps by a third */
    put(1, 5, 8, 1, 6, 4); /* another class */
    put(0, 5, 12, 0, 4, 4);
    put(0, 12, 12, -1, 4, 4); /* below the threshold */
    decode(&output, box_maps, &at);
    assert_int_equal(seen.n_boxes, 3);
    assert_near(seen.boxes[0].confidence, 1 / (1 + exp(-3)));
    assert_string_equal(seen.boxes[1].name, "b");
    assert_near(seen.boxes[2].confidence, 0.5);
    teardown(NULL);
    output.overlap = 0.4;
    decode(&output, box_maps, &at);
    assert_int_equal(seen.n_boxes, 4);
    teardown(NULL);
    output.most = 2;
    decode(&output, box_maps, &at);
    assert_int_equal(seen.n_boxes, 2);
    assert_near(seen.boxes[0].confidence, 1 / (1 + exp(-3)));
}

static void test_boxes_that_are_equal(void **state)
{
    (void)state;
    struct network_output output = output_of(OUTPUT_BOXES, 2);
    struct decode_at at = at_whole();
    output.overlap = 0.99; /* peaks alone */
    empty_maps();
    for (size_t i = 0; i < 4; i++)
        put(0, 5 + i / 2, 5 + i % 2, 2, 2, 2);
    decode(&output, box_maps, &at);
    assert_int_equal(seen.n_boxes, 1);
    assert_near((seen.boxes[0].box[0] + seen.boxes[0].box[2]) / 2, 43.5);
}

/* Cut at the border; a box that is no box, or beside the image, is none. */
static void test_boxes_at_the_edge(void **state)
{
    (void)state;
    struct network_output output = output_of(OUTPUT_BOXES, 2);
    struct decode_at at = at_whole();
    static const double corner[] = {-0.5, -0.5, 11.5, 11.5};
    empty_maps();
    put(0, 0, 0, 3, 2, 2);
    put(0, 4, 4, 2, 1e30F, 2);
    put(0, 4, 8, 2, 2, 0);
    put(0, 8, 4, 2, 2, 2);
    box_maps[4 * CELLS * CELLS + 8 * CELLS + 4] = FLT_MAX;
    decode(&output, box_maps, &at);
    assert_int_equal(seen.n_boxes, 1);
    for (int i = 0; i < 4; i++)
        assert_near(seen.boxes[0].box[i], corner[i]);
    at.box = letterbox_fit(128, 64, 64, 64);
    at.film[2] = 63.5;
    teardown(NULL);
    empty_maps();
    put(0, 8, 0, 3, 2, 2); /* in the padding */
    decode(&output, box_maps, &at);
    assert_int_equal(seen.n_boxes, 0);
}

/* The parent has thrown such numbers out; a second look costs nothing. */
static void test_boxes_of_no_numbers(void **state)
{
    (void)state;
    struct network_output output = output_of(OUTPUT_BOXES, 2);
    struct decode_at at = at_whole();
    for (size_t i = 0; i < 6 * CELLS * CELLS; i++)
        box_maps[i] = NAN;
    decode(&output, box_maps, &at);
    assert_int_equal(seen.n_boxes, 0);
    for (size_t i = 0; i < 6 * CELLS * CELLS; i++)
        box_maps[i] = INFINITY;
    decode(&output, box_maps, &at);
    assert_int_equal(seen.n_boxes, 0);
}

static void test_boxes_without_end(void **state)
{
    (void)state;
    struct network_output output = output_of(OUTPUT_BOXES, 1);
    struct decode_at at = at_whole();
    output.shape[1] = output.shape[2] = 256;
    at.box = letterbox_fit(1024, 1024, 1024, 1024);
    at.film[2] = at.film[3] = 1023.5;
    float *values = calloc(5 * 256 * 256, sizeof *values);
    for (size_t r = 0; r < 256; r += 2) {
        for (size_t c = 0; c < 256; c += 2)
            values[r * 256 + c] = 1;
    }
    assert_false(decode_output(&output, values, &at, &seen, &err));
    free(values);
    assert_int_equal(err.code, ERR_REJECT);
    assert_string_equal(err.msg, "output out has more than 4096 peaks");
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_shapes),
        TEST(test_sizes_nobody_may_ask_for),
        TEST(test_landmarks_have_sides_and_successors),
        TEST(test_points),
        TEST(test_mask),
        TEST(test_mask_turned),
        TEST(test_padding_has_no_label),
        TEST(test_classes),
        TEST(test_scalars_until_full),
        TEST(test_box),
        TEST(test_boxes_that_are_doubles),
        TEST(test_boxes_that_are_equal),
        TEST(test_boxes_at_the_edge),
        TEST(test_boxes_of_no_numbers),
        TEST(test_boxes_without_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
