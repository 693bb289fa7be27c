/* The network's input, against numbers that
 * torch.nn.functional.interpolate(mode='bilinear', antialias=True) printed. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "inference/prep.h"
#include "inference/resample.h"

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
    assert_true(prep_input(&image, &box, &how, input, &err));
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
    assert_false(prep_input(&image, &box, &how, input, &err));
    assert_int_equal(err.code, ERR_REJECT);
    assert_string_equal(err.msg, "the image has no contrast");
    grey[3] = NAN;
    assert_false(prep_input(&image, &box, &how, input, &err));
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_reduce),
        cmocka_unit_test(test_enlarge),
        cmocka_unit_test(test_same_size_is_identity),
        cmocka_unit_test(test_input_is_stretched_and_padded),
        cmocka_unit_test(test_no_contrast),
        cmocka_unit_test(test_picture),
    };
    return cmocka_run_group_tests(tests, setup, NULL);
}
