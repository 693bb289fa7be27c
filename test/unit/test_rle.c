/* dicom/rle: PS3.5 Annex G, and frames that lie. */
#include "dicom/rle.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct err err;

/* A frame of up to three segments behind its header. */
static size_t frame(unsigned char *out, size_t n_segments,
                    const unsigned char *const *segments, const size_t *sizes)
{
    size_t n = 64;

    memset(out, 0, 64);
    out[0] = (unsigned char)n_segments;
    for (size_t s = 0; s < n_segments; s++) {
        out[4 + 4 * s] = (unsigned char)n;
        memcpy(out + n, segments[s], sizes[s]);
        n += sizes[s];
    }
    return n;
}

/* Exact copy on the heap, so that a sanitizer sees a read behind its end. */
static bool decoded(const unsigned char *bytes, size_t n, size_t pixels,
                    size_t samples, size_t width, unsigned char *out)
{
    unsigned char *copy = malloc(n > 0 ? n : 1);
    unsigned char *exact = malloc(pixels * samples * width);
    bool ok;

    memset(&err, 0, sizeof(err));
    memcpy(copy, bytes, n);
    ok = rle_decode(copy, n, pixels, samples, width, exact, &err);
    if (ok)
        memcpy(out, exact, pixels * samples * width);
    free(copy);
    free(exact);
    return ok;
}

static void refused(const unsigned char *bytes, size_t n, size_t pixels,
                    size_t samples, size_t width, const char *message)
{
    unsigned char out[256];

    assert_false(decoded(bytes, n, pixels, samples, width, out));
    assert_int_equal(err.code, ERR_REJECT);
    assert_string_equal(err.msg, message);
}

static void literals_and_runs(void **state)
{
    /* -2: 3 times AA; 2: three literals; -128: nothing; -1: 2 times 07 */
    const unsigned char packed[] = {0xFE, 0xAA, 2, 1, 2, 3, 0x80, 0xFF, 7, 0};
    const unsigned char want[] = {0xAA, 0xAA, 0xAA, 1, 2, 3, 7, 7};
    const unsigned char *segments[] = {packed};
    const size_t sizes[] = {sizeof(packed)};
    unsigned char bytes[128], out[8];
    const size_t n = frame(bytes, 1, segments, sizes);

    (void)state;
    assert_true(decoded(bytes, n, 8, 1, 1, out));
    assert_memory_equal(out, want, 8);
}

static void most_significant_byte_first(void **state)
{
    const unsigned char high[] = {1, 0x12, 0x34}, low[] = {1, 0x56, 0x78};
    const unsigned char want[] = {0x56, 0x12, 0x78, 0x34};
    const unsigned char *segments[] = {high, low};
    const size_t sizes[] = {sizeof(high), sizeof(low)};
    unsigned char bytes[128], out[4];
    const size_t n = frame(bytes, 2, segments, sizes);

    (void)state;
    assert_true(decoded(bytes, n, 2, 1, 2, out));
    assert_memory_equal(out, want, 4);
}

static void samples_are_planes(void **state)
{
    const unsigned char r[] = {0xFF, 1}, g[] = {0xFF, 2}, b[] = {0xFF, 3};
    const unsigned char want[] = {1, 1, 2, 2, 3, 3};
    const unsigned char *segments[] = {r, g, b};
    const size_t sizes[] = {2, 2, 2};
    unsigned char bytes[128], out[6];
    const size_t n = frame(bytes, 3, segments, sizes);

    (void)state;
    assert_true(decoded(bytes, n, 2, 3, 1, out));
    assert_memory_equal(out, want, 6);
}

static void a_run_too_long_is_cut(void **state)
{
    const unsigned char packed[] = {0x81, 9};
    const unsigned char *segments[] = {packed};
    const size_t sizes[] = {2};
    unsigned char bytes[128], out[3];
    const size_t n = frame(bytes, 1, segments, sizes);

    (void)state;
    assert_true(decoded(bytes, n, 3, 1, 1, out));
    assert_int_equal(out[2], 9);
}

static void short_frames(void **state)
{
    const unsigned char packed[] = {2, 1, 2, 3};
    const unsigned char *segments[] = {packed};
    const size_t sizes[] = {4};
    unsigned char bytes[128];
    const size_t n = frame(bytes, 1, segments, sizes);

    (void)state;
    refused(bytes, 63, 3, 1, 1,
            "the RLE frame has 63 bytes, less than its header");
    refused(bytes, n, 4, 1, 1, "RLE segment 1 ends after 3 of 4 pixels");
    refused(bytes, n - 2, 3, 1, 1, "RLE segment 1 ends after 1 of 3 pixels");
    bytes[64] = 0xFE; /* a run whose byte is missing */
    refused(bytes, 65, 3, 1, 1, "RLE segment 1 ends after 0 of 3 pixels");
    refused(bytes, 64, 3, 1, 1, "RLE segment 1 ends after 0 of 3 pixels");
}

static void lying_headers(void **state)
{
    const unsigned char packed[] = {0xFF, 1};
    const unsigned char *segments[] = {packed, packed};
    const size_t sizes[] = {2, 2};
    unsigned char bytes[128];
    const size_t n = frame(bytes, 2, segments, sizes);

    (void)state;
    refused(bytes, n, 2, 1, 1,
            "the RLE frame has 2 segments, the image needs 1");
    refused(bytes, n, 2, 4, 4,
            "the RLE frame has 2 segments, the image needs 16");
    bytes[4] = 63;
    refused(bytes, n, 2, 1, 2, "RLE segment 1 lies outside the frame");
    bytes[4] = 67;
    refused(bytes, n, 2, 1, 2, "RLE segment 1 lies outside the frame");
    bytes[4] = 64;
    bytes[8] = 200;
    refused(bytes, n, 2, 1, 2, "RLE segment 1 lies outside the frame");
    memset(bytes + 8, 0xFF, 4);
    refused(bytes, n, 2, 1, 2, "RLE segment 1 lies outside the frame");
}

/* Whatever the bytes are: no crash under a sanitizer, and an answer. */
static void noise(void **state)
{
    unsigned char bytes[200], out[64];
    uint32_t seed = 1;

    (void)state;
    for (int round = 0; round < 20000; round++) {
        for (size_t i = 0; i < sizeof(bytes); i++) {
            seed = seed * 1664525U + 1013904223U;
            bytes[i] = (unsigned char)(seed >> 24);
        }
        memset(bytes, 0, 64);
        bytes[0] = 2;
        bytes[4] = (unsigned char)(60 + seed % 16);
        bytes[8] = (unsigned char)(64 + seed / 16 % 140);
        if (!decoded(bytes, 66 + seed / 4096 % 134, 32, 1, 2, out))
            assert_int_equal(err.code, ERR_REJECT);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(literals_and_runs),
        cmocka_unit_test(most_significant_byte_first),
        cmocka_unit_test(samples_are_planes),
        cmocka_unit_test(a_run_too_long_is_cut),
        cmocka_unit_test(short_frames),
        cmocka_unit_test(lying_headers),
        cmocka_unit_test(noise),
    };

    return cmocka_run_group_tests_name("rle", tests, NULL, NULL);
}
