/* The network's input, against numbers that
 * torch.nn.functional.interpolate(mode='bilinear', antialias=True) printed;
 * regions, which it does not know, against a triangle filter written down as a
 * matrix in numpy. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "inference/prep.h"
#include "inference/resample.h"
#include "inference/turn.h"

static float square_mod_17[7 * 5]; /* i^2 mod 17 */
static const struct grey_size film = {7, 5};

static int setup(void **state)
{
    (void)state;
    for (int i = 0; i < 35; i++)
        square_mod_17[i] = (float)(i * i % 17);
    return 0;
}

static void assert_close(const float *got, const float *want, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (!(fabsf(got[i] - want[i]) < 2e-5F))
            fail_msg("%zu: %.7f instead of %.7f", i, (double)got[i],
                     (double)want[i]);
    }
}

/* An image that is film all over. */
static bool prep_whole(const struct image *image, const struct letterbox *box,
                       const struct prep_how *how, float *input,
                       struct err *err)
{
    struct film all = film_all(image->rows, image->columns);
    return prep_input(image, &all, box, how, input, err);
}

static void test_reduce(void **state)
{
    (void)state;
    static const float want[] = {5.516233921F, 11.451297760F, 6.483957767F,
                                 6.483956814F, 11.451299667F, 5.516233444F};
    float got[6];
    struct err err;
    assert_true(
        resample_all(square_mod_17, film, (struct grey_size){3, 2}, got, &err));
    assert_close(got, want, 6);
}

static void test_enlarge(void **state)
{
    (void)state;
    static const float first[] = {0,       0.4375F, 1.1875F,  3.0625F,
                                  5.5625F, 8.6875F, 12.9375F, 16};
    static const float third[] = {11.111110687F, 7.125F,        2.618056059F,
                                  8.798611641F,  12.652777672F, 14.180555344F,
                                  12.583333015F, 11.222222328F};
    float got[9 * 8];
    struct err err;
    assert_true(
        resample_all(square_mod_17, film, (struct grey_size){9, 8}, got, &err));
    assert_close(got, first, 8);
    assert_close(got + 16, third, 8);
}

static void test_same_size_is_identity(void **state)
{
    (void)state;
    float got[35];
    struct err err;
    assert_true(resample_all(square_mod_17, film, film, got, &err));
    assert_close(got, square_mod_17, 35);
}

static void test_input_is_stretched_and_padded(void **state)
{
    (void)state;
    float grey[100], input[10 * 14];
    struct image image = {.rows = 10, .columns = 10, .grey = grey};
    struct letterbox box = letterbox_fit(10, 10, 10, 14);
    const struct prep_how how = {INTENSITY_PERCENTILES, {10, 90}};
    struct err err;
    for (int i = 0; i < 100; i++)
        grey[i] = (float)(1000 + i);
    assert_true(prep_whole(&image, &box, &how, input, &err));
    /* nearest rank: floor(.1 * 99) = 9, floor(.9 * 99) = 89 */
    for (int r = 0; r < 10; r++) {
        for (int c = 0; c < 14; c++) {
            float want = 0;
            if (c >= 2 && c < 12)
                want = (float)(r * 10 + c - 2 - 9) / 80;
            want = want < 0 ? 0 : want > 1 ? 1 : want;
            assert_close(&input[r * 14 + c], &want, 1);
        }
    }
}

static void test_no_contrast(void **state)
{
    (void)state;
    float grey[100] = {0}, input[100];
    struct image image = {.rows = 10, .columns = 10, .grey = grey};
    struct letterbox box = letterbox_fit(10, 10, 10, 10);
    const struct prep_how how = {INTENSITY_PERCENTILES, {1, 99}};
    struct err err = {0};
    assert_false(prep_whole(&image, &box, &how, input, &err));
    assert_int_equal(err.code, ERR_REJECT);
    assert_string_equal(err.msg, "the image has no contrast");
    grey[3] = NAN;
    assert_false(prep_whole(&image, &box, &how, input, &err));
    assert_string_equal(err.msg,
                        "the image has grey values that are no numbers");
}

static void test_picture(void **state)
{
    (void)state;
    float grey[] = {0, 50, 100, 200, -5, NAN};
    unsigned char picture[6];
    struct image image = {
        .rows = 1, .columns = 6, .grey = grey, .lo = 0, .hi = 100};
    struct err err;
    assert_true(prep_picture(&image, 1, 6, picture, &err));
    const unsigned char want[] = {0, 128, 255, 255, 0, 0};
    assert_memory_equal(picture, want, 6);
    image.hi = image.lo;
    assert_true(prep_picture(&image, 1, 6, picture, &err));
    assert_int_equal(picture[3], 0);
}

#define FILM_ROWS    12
#define FILM_COLUMNS 10

static float film_grey[FILM_ROWS * FILM_COLUMNS];
static const struct image small_film = {
    .rows = FILM_ROWS, .columns = FILM_COLUMNS, .grey = film_grey};

static void fill_film(void)
{
    for (int i = 0; i < FILM_ROWS * FILM_COLUMNS; i++)
        film_grey[i] = (float)(i * i % 17);
}

static void assert_region(const struct region *region, enum network_fit fit,
                          const struct prep_how *how, uint32_t rows,
                          uint32_t columns, const float *want)
{
    float input[64];
    struct err err;
    struct letterbox box =
        letterbox_region(region, 1, TURN_NONE, fit, rows, columns);
    fill_film();
    assert_true(prep_whole(&small_film, &box, how, input, &err));
    assert_close(input, want, (size_t)rows * columns);
}

static const struct region inner = {2.5, 3.25, 6, 7.5, false};

static void test_window(void **state)
{
    (void)state;
    static const float want[] = {0.468378F, 0.351190F, 0.698289F, 0.453869F,
                                 0.708705F, 0.327381F, 0.453869F, 0.416667F,
                                 0.514881F, 0.468378F, 0.581845F, 0.470238F};
    const struct prep_how how = {INTENSITY_WINDOW, {2, 14}};
    assert_region(&inner, FIT_STRETCH, &how, 4, 3, want);
}

static void test_zscore(void **state)
{
    (void)state;
    static const float want[] = {
        -0.214811F, -1.245247F, 1.806807F, -0.342388F, 1.898402F, -1.454605F,
        -0.342388F, -0.669511F, 0.194093F, -0.214811F, 0.782914F, -0.198454F};
    const struct prep_how how = {INTENSITY_ZSCORE, {0, 0}};
    assert_region(&inner, FIT_STRETCH, &how, 4, 3, want);
}

/* Of the image what there is, 0 beyond it. */
static void test_region_over_the_border(void **state)
{
    (void)state;
    static const float want[16] = {0, -0.345789F, 1.847915F,  -0.000484F,
                                   0, 0.489908F,  -0.647568F, -1.343982F};
    const struct prep_how how = {INTENSITY_ZSCORE, {0, 0}};
    struct region region = {-3, 8, 8, 8, false};
    struct letterbox box;
    float input[16];
    struct err err = {0};
    assert_region(&region, FIT_LETTERBOX, &how, 4, 4, want);
    region.left = 10;
    box = letterbox_region(&region, 1, TURN_NONE, FIT_STRETCH, 4, 4);
    assert_false(prep_whole(&small_film, &box, &how, input, &err));
    assert_int_equal(err.code, ERR_REJECT);
    assert_string_equal(err.msg,
                        "no part of the image lies where the model looks");
}

static void test_stretch(void **state)
{
    (void)state;
    static const float want[] = {
        0.457019F, 0.375741F, 0.635081F, 0.618750F, 0.343992F, 0.449861F,
        0.448894F, 0.628219F, 0.538214F, 0.392018F, 0.426907F, 0.461796F,
        0.662312F, 0.516949F, 0.427069F, 0.442212F, 0.500756F, 0.700893F,
        0.500756F, 0.442212F, 0.427069F, 0.516949F, 0.662312F, 0.461796F,
        0.426907F, 0.392017F, 0.538214F, 0.628219F, 0.448894F, 0.449861F,
        0.343992F, 0.618750F, 0.635081F, 0.375741F, 0.457019F};
    const struct prep_how how = {INTENSITY_WINDOW, {0, 16}};
    const struct region all = {0, 0, FILM_COLUMNS, FILM_ROWS, false};
    assert_region(&all, FIT_STRETCH, &how, 5, 7, want);
}

/* Pixels twice as high as wide: 6 x 10 of them are a square of 12 x 10. */
static void test_pixels_are_squared(void **state)
{
    (void)state;
    const struct region part = {0, 0, 10, 6, false};
    struct letterbox box =
        letterbox_region(&part, 2, TURN_NONE, FIT_LETTERBOX, 24, 24);
    assert_int_equal(box.height, 24);
    assert_int_equal(box.width, 20);
    assert_int_equal(box.left, 2);
    box = letterbox_region(&part, 2, TURN_TRANSPOSE, FIT_LETTERBOX, 24, 24);
    assert_int_equal(box.height, 20);
    assert_int_equal(box.width, 24);
    assert_int_equal(box.top, 2);
}

/* Where the network sees a bright spot, the way back leads to it, however the
 * film lies, and mirrored or not. */
static void assert_spot_found(const struct region *region, uint32_t turn)
{
    enum { ROWS = 40, COLUMNS = 48, SPOT_X = 9, SPOT_Y = 22 };
    static float grey[31 * 23], input[ROWS * COLUMNS];
    struct image image = {.rows = 31, .columns = 23, .grey = grey};
    const struct prep_how how = {INTENSITY_WINDOW, {0, 1}};
    struct letterbox box =
        letterbox_region(region, 1, turn, FIT_LETTERBOX, ROWS, COLUMNS);
    struct err err;
    double x, y, sum = 0, sum_x = 0, sum_y = 0;
    memset(grey, 0, sizeof grey);
    grey[SPOT_Y * 23 + SPOT_X] = 1;
    assert_true(prep_whole(&image, &box, &how, input, &err));
    for (int i = 0; i < ROWS * COLUMNS; i++) {
        letterbox_to_source(&box, i % COLUMNS, i / COLUMNS, &x, &y);
        sum += (double)input[i];
        sum_x += x * (double)input[i];
        sum_y += y * (double)input[i];
    }
    assert_true(fabs(sum_x / sum - SPOT_X) < 0.05);
    assert_true(fabs(sum_y / sum - SPOT_Y) < 0.05);
}

static void test_eight_turns(void **state)
{
    (void)state;
    for (uint32_t turn = 0; turn <= TURN_ALL; turn++) {
        for (int mirror = 0; mirror < 2; mirror++) {
            struct region all = {0, 0, 23, 31, mirror};
            struct region part = {-4.5, 11.5, 20.25, 17, mirror};
            assert_spot_found(&all, turn);
            assert_spot_found(&part, turn);
        }
    }
}

/* The corners of a picture, numbered: which one the network sees first. */
static void test_turn_is_the_one_asked_for(void **state)
{
    (void)state;
    float grey[] = {1, 2, 3, 4}, input[4];
    struct image image = {.rows = 2, .columns = 2, .grey = grey};
    const struct prep_how how = {INTENSITY_WINDOW, {0, 4}};
    const struct region all = {0, 0, 2, 2, false};
    static const float want[8][4] = {{1, 2, 3, 4}, {2, 1, 4, 3}, {3, 4, 1, 2},
                                     {4, 3, 2, 1}, {1, 3, 2, 4}, {3, 1, 4, 2},
                                     {2, 4, 1, 3}, {4, 2, 3, 1}};
    for (uint32_t turn = 0; turn <= TURN_ALL; turn++) {
        struct letterbox box =
            letterbox_region(&all, 1, turn, FIT_LETTERBOX, 2, 2);
        struct err err;
        assert_true(prep_whole(&image, &box, &how, input, &err));
        for (int i = 0; i < 4; i++)
            assert_true(fabsf(input[i] * 4 - want[turn][i]) < 1e-5F);
    }
}

/* A frame around a film changes nothing of what the network sees of it, in
 * all of it and in a region that reaches over its border. */
static void test_frame(void **state)
{
    (void)state;
    static float bare[30 * 20], framed[40 * 24], want[24 * 24], input[24 * 24];
    const struct prep_how how = {INTENSITY_PERCENTILES, {1, 99}};
    const struct image alone = {.rows = 30, .columns = 20, .grey = bare};
    const struct image image = {.rows = 40, .columns = 24, .grey = framed};
    const struct film inner_film = {
        .top = 5, .left = 2, .rows = 30, .columns = 20};
    struct err err;
    for (int i = 0; i < 40 * 24; i++)
        framed[i] = 4095;
    for (int i = 0; i < 30 * 20; i++) {
        bare[i] = (float)(i * i % 3000);
        framed[(5 + i / 20) * 24 + 2 + i % 20] = bare[i];
    }
    const struct region parts[] = {{0, 0, 20, 30, false},
                                   {-6.25, 11.5, 20, 20, true}};
    for (size_t i = 0; i < 2; i++) {
        struct region part = parts[i];
        struct letterbox box =
            letterbox_region(&part, 1, TURN_NONE, FIT_LETTERBOX, 24, 24);
        assert_true(prep_whole(&alone, &box, &how, want, &err));
        part.left += inner_film.left;
        part.top += inner_film.top;
        box = letterbox_region(&part, 1, TURN_NONE, FIT_LETTERBOX, 24, 24);
        assert_true(prep_input(&image, &inner_film, &box, &how, input, &err));
        assert_memory_equal(input, want, sizeof want);
    }
}

static void test_what_no_region_is(void **state)
{
    (void)state;
    static const struct region bad[] = {
        {NAN, 0, 1, 1, false},    {0, INFINITY, 1, 1, false},
        {0, 0, 0, 1, false},      {0, 0, 1, -1, false},
        {0, 0, 1e7, 1, false},    {0, 0, 1, NAN, false},
        {-1e300, 0, 1, 1, false}, {0, 0, 1e-9, 1, false}};
    assert_true(resample_possible(&inner));
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_false(resample_possible(&bad[i]));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_reduce),
        cmocka_unit_test(test_enlarge),
        cmocka_unit_test(test_same_size_is_identity),
        cmocka_unit_test(test_input_is_stretched_and_padded),
        cmocka_unit_test(test_no_contrast),
        cmocka_unit_test(test_picture),
        cmocka_unit_test(test_window),
        cmocka_unit_test(test_zscore),
        cmocka_unit_test(test_region_over_the_border),
        cmocka_unit_test(test_stretch),
        cmocka_unit_test(test_pixels_are_squared),
        cmocka_unit_test(test_eight_turns),
        cmocka_unit_test(test_turn_is_the_one_asked_for),
        cmocka_unit_test(test_frame),
        cmocka_unit_test(test_what_no_region_is),
    };
    return cmocka_run_group_tests(tests, setup, NULL);
}
