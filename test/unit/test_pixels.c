/* dicom/pixels: stored values to grey values, and what is refused. Files are
 * made here; real ones of every encoding follow when they are at hand. */
#include "dicom/pixels.h"

#include <fcntl.h>
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

#include "dicom/dataset.h"
#include "dicom/scan.h"

#define MAX_PIXELS INT64_C(144000000)
#define EXPLICIT   "1.2.840.10008.1.2.1"
#define RLE        "1.2.840.10008.1.2.5"

static struct err err;
static struct dcm *set;
static struct image image;
static char path[] = "/tmp/osteon-test-XXXXXX";

static void sets(const char *keyword, const char *value)
{
    if (!dcm_set(set, keyword, value, &err))
        fail_msg("%s: %s", keyword, err.msg);
}

static int fresh(void **state)
{
    (void)state;
    memset(&err, 0, sizeof(err));
    memset(&image, 0, sizeof(image));
    set = dcm_new();
    sets("SamplesPerPixel", "1");
    sets("PhotometricInterpretation", "MONOCHROME2");
    sets("Rows", "1");
    sets("Columns", "4");
    sets("BitsAllocated", "16");
    sets("BitsStored", "16");
    sets("HighBit", "15");
    sets("PixelRepresentation", "0");
    return 0;
}

static int end(void **state)
{
    (void)state;
    pixels_free(&image);
    dcm_free(set);
    unlink(path);
    return 0;
}

/* Part 10 file of the data set and, behind it, more bytes. */
static void save(const char *syntax, const void *more, size_t n_more)
{
    unsigned char head[256] = {0}, *bytes = NULL;
    const size_t length = strlen(syntax) + strlen(syntax) % 2;
    size_t n = 0;
    FILE *file = fopen(path, "w");

    assert_non_null(file);
    assert_true(dcm_encode(set, &bytes, &n, &err));
    memcpy(head + 128, "DICM\2\0\x10\0UI", 10);
    head[138] = (unsigned char)length;
    memcpy(head + 140, syntax, strlen(syntax));
    assert_int_equal(fwrite(head, 1, 140 + length, file), 140 + length);
    assert_int_equal(fwrite(bytes, 1, n, file), n);
    assert_int_equal(fwrite(more, 1, n_more, file), n_more);
    assert_int_equal(fclose(file), 0);
    free(bytes);
}

static void words(const uint16_t *values, size_t n)
{
    unsigned char bytes[256];

    for (size_t i = 0; i < n; i++) {
        bytes[2 * i] = (unsigned char)(values[i] & 0xFF);
        bytes[2 * i + 1] = (unsigned char)(values[i] >> 8);
    }
    assert_true(dcm_set_bytes(set, "PixelData", bytes, 2 * n, &err));
}

static void eight_bits(void)
{
    sets("BitsAllocated", "8");
    sets("BitsStored", "8");
    sets("HighBit", "7");
}

static void bytes(const void *values, size_t n)
{
    eight_bits();
    assert_true(dcm_set_bytes(set, "PixelData", values, n, &err));
}

static bool near(double a, double b)
{
    return a - b < 0.001 && b - a < 0.001;
}

static void reads(const double *want, size_t n)
{
    save(EXPLICIT, "", 0);
    if (!pixels_read(path, 0, MAX_PIXELS, &image, &err))
        fail_msg("%s", err.msg);
    assert_int_equal(image.rows * image.columns, n);
    for (size_t i = 0; i < n; i++)
        if (!near((double)image.grey[i], want[i]))
            fail_msg("pixel %zu is %g, not %g", i, (double)image.grey[i],
                     want[i]);
}

static void window_is(double lo, double hi)
{
    if (!near((double)image.lo, lo) || !near((double)image.hi, hi))
        fail_msg("window is %g..%g, not %g..%g", (double)image.lo,
                 (double)image.hi, lo, hi);
}

static void refused(const char *message)
{
    save(EXPLICIT, "", 0);
    assert_false(pixels_read(path, 0, MAX_PIXELS, &image, &err));
    assert_int_equal(err.code, ERR_REJECT);
    assert_string_equal(err.msg, message);
    assert_null(image.grey);
}

#define WORDS(...)                                                             \
    words((const uint16_t[]){__VA_ARGS__},                                     \
          sizeof((const uint16_t[]){__VA_ARGS__}) / 2)
#define READS(...)                                                             \
    reads((const double[]){__VA_ARGS__},                                       \
          sizeof((const double[]){__VA_ARGS__}) / sizeof(double))

static void rescales(void **state)
{
    (void)state;
    sets("RescaleSlope", "0.5");
    sets("RescaleIntercept", "-10");
    sets("WindowCenter", "100\\7");
    sets("WindowWidth", "51\\7");
    WORDS(0, 20, 100, 65535);
    READS(-10, 0, 40, 32757.5);
    assert_false(image.inverted);
    window_is(74.5, 124.5); /* PS3.3 C.11.2.1.2.1 */
}

static void exact_window(void **state)
{
    (void)state;
    sets("WindowCenter", "100");
    sets("WindowWidth", "50");
    sets("VOILUTFunction", "LINEAR_EXACT");
    WORDS(0, 20, 100, 65535);
    READS(0, 20, 100, 65535);
    window_is(75, 125);
}

static void odd_windows_are_ignored(void **state)
{
    static const char *const widths[] = {"0", "-5", "nan", "1"};

    (void)state;
    for (size_t i = 0; i < sizeof(widths) / sizeof(widths[0]); i++) {
        sets("WindowCenter", "100");
        sets("WindowWidth", widths[i]);
        WORDS(5, 6, 7, 8);
        READS(5, 6, 7, 8);
        window_is(5, 8);
        pixels_free(&image);
    }
}

static void monochrome1_is_mirrored(void **state)
{
    (void)state;
    sets("PhotometricInterpretation", "MONOCHROME1");
    sets("PresentationLUTShape", "INVERSE");
    sets("BitsStored", "12");
    sets("HighBit", "11");
    sets("RescaleSlope", "2");
    sets("RescaleIntercept", "1");
    sets("WindowCenter", "101");
    sets("WindowWidth", "21");
    WORDS(0, 1, 4094, 4095);
    READS(8191, 8189, 3, 1);
    assert_true(image.inverted);
    window_is(8192 - 110.5, 8192 - 90.5);
}

static void inverse_shape_is_mirrored(void **state)
{
    (void)state;
    sets("PresentationLUTShape", "INVERSE");
    sets("PixelRepresentation", "1");
    WORDS(0, 1, 0x8000, 0x7FFF);
    READS(-1, -2, 32767, -32768);
    assert_true(image.inverted);
}

static void unused_bits_do_not_count(void **state)
{
    (void)state;
    sets("BitsStored", "12");
    sets("HighBit", "11");
    WORDS(0xF001, 0x1002, 0x0FFF, 0x8000);
    READS(1, 2, 4095, 0);
}

static void signed_12_bits(void **state)
{
    (void)state;
    sets("BitsStored", "12");
    sets("HighBit", "11");
    sets("PixelRepresentation", "1");
    WORDS(0x0FFF, 0xFFFF, 0x0800, 0x07FF);
    READS(-1, -1, -2048, 2047);
}

static void high_bit_shifts(void **state)
{
    (void)state;
    sets("BitsStored", "12");
    sets("HighBit", "15");
    WORDS(0x0010, 0x0020, 0xFFFF, 0x000F);
    READS(1, 2, 4095, 0);
}

static void padding_is_darkest(void **state)
{
    (void)state;
    sets("Columns", "6");
    sets("PixelPaddingValue", "1000");
    sets("PixelPaddingRangeLimit", "1002");
    WORDS(50, 1000, 1001, 1002, 1003, 60);
    READS(50, 50, 50, 50, 1003, 60);
    window_is(50, 1003);
}

static void padding_is_darkest_when_mirrored(void **state)
{
    (void)state;
    sets("PhotometricInterpretation", "MONOCHROME1");
    sets("PixelRepresentation", "1");
    sets("PixelPaddingValue", "-2000");
    WORDS((uint16_t)-2000, 10, 20, (uint16_t)-2000);
    READS(-21, -11, -21, -21);
}

static void nothing_but_padding(void **state)
{
    (void)state;
    sets("PixelPaddingValue", "7");
    WORDS(7, 7, 7, 7);
    READS(0, 0, 0, 0);
    assert_true(image.lo < image.hi);
}

static void no_window_means_percentiles(void **state)
{
    uint16_t values[100];
    double want[100];

    (void)state;
    for (uint16_t i = 0; i < 100; i++)
        values[i] = i;
    values[99] = 60000; /* an outlier is not white */
    for (size_t i = 0; i < 100; i++)
        want[i] = values[i];
    sets("Columns", "100");
    words(values, 100);
    reads(want, 100);
    assert_true(image.lo >= 0 && image.lo < 2);
    assert_true(image.hi > 90 && image.hi < 110);
}

static void modality_lut(void **state)
{
    (void)state;
    sets("ModalityLUTSequence[0].LUTDescriptor", "3\\10\\16");
    assert_true(dcm_set_bytes(set, "ModalityLUTSequence[0].LUTData",
                              "\x64\0\xC8\0\x2C\1", 6, &err));
    sets("RescaleSlope", "0"); /* not looked at */
    WORDS(0, 10, 11, 500);
    READS(100, 100, 200, 300);
    sets("PhotometricInterpretation", "MONOCHROME1");
    pixels_free(&image);
    READS(300, 300, 200, 100);
}

static void voi_lut(void **state)
{
    (void)state;
    sets("VOILUTSequence[0].LUTDescriptor", "6\\100\\16");
    assert_true(dcm_set_bytes(set, "VOILUTSequence[0].LUTData",
                              "\0\0\0\0\1\0\2\0\3\0\3\0", 12, &err));
    WORDS(0, 20, 100, 65535);
    READS(0, 20, 100, 65535);
    window_is(101, 104);
}

static void broken_luts(void **state)
{
    (void)state;
    WORDS(0, 20, 100, 65535);
    sets("ModalityLUTSequence[0].LUTDescriptor", "4\\10\\16");
    refused("Modality LUT: descriptor or data is missing or malformed");
    assert_true(dcm_set_bytes(set, "ModalityLUTSequence[0].LUTData",
                              "\x64\0\xC8\0\x2C\1", 6, &err));
    refused("Modality LUT: 4 entries of 16 bits do not fit its data");
}

static void colors(void **state)
{
    (void)state;
    sets("Columns", "2");
    sets("SamplesPerPixel", "3");
    sets("PhotometricInterpretation", "RGB");
    sets("PlanarConfiguration", "0");
    bytes("\xFF\0\0\x64\x64\x64", 6);
    READS(76.245, 100);
    window_is(0, 255);

    pixels_free(&image);
    sets("PlanarConfiguration", "1");
    bytes("\xFF\x64\0\x64\0\x64", 6);
    READS(76.245, 100);

    pixels_free(&image);
    sets("PlanarConfiguration", "0");
    sets("PhotometricInterpretation", "YBR_FULL");
    bytes("\x4C\x55\xFF\x64\x80\x80", 6);
    READS(76, 100);

    pixels_free(&image);
    sets("PhotometricInterpretation", "YBR_FULL_422");
    bytes("\x4C\x64\x55\xFF", 4);
    READS(76, 100);
}

static void palette(void **state)
{
    (void)state;
    for (int i = 0; i < 3; i++) {
        static const char *const names[] = {"Red", "Green", "Blue"};
        static const char *const data[] = {"\0\0\0\x80", "\0\0\0\x40",
                                           "\0\0\0\x20"};
        char keyword[64];

        snprintf(keyword, sizeof(keyword),
                 "%sPaletteColorLookupTableDescriptor", names[i]);
        sets(keyword, "2\\5\\16");
        snprintf(keyword, sizeof(keyword), "%sPaletteColorLookupTableData",
                 names[i]);
        assert_true(dcm_set_bytes(set, keyword, data[i], 4, &err));
    }
    sets("PhotometricInterpretation", "PALETTE COLOR");
    bytes("\0\5\6\xFF", 4);
    READS(0, 0, 20348.928, 20348.928);
    window_is(0, 65535);
}

static void impossible_claims(void **state)
{
    (void)state;
    WORDS(1, 2, 3, 4);
    sets("Rows", "0");
    refused("Rows x Columns is 0 x 4");
    sets("Rows", "65535");
    sets("Columns", "65535");
    refused("Rows x Columns is 65535 x 65535, more than the 144000000 pixels "
            "allowed");
    sets("Rows", "12000");
    sets("Columns", "12000");
    refused(
        "PixelData has 8 bytes, 1 frames of 12000 x 12000 need 288000000 each");
    sets("Rows", "1");
    sets("Columns", "4");
    sets("NumberOfFrames", "2147483647");
    refused("PixelData has 8 bytes, 2147483647 frames of 1 x 4 need 8 "
            "each");
    sets("NumberOfFrames", "0");
    refused("NumberOfFrames is no count");
    sets("NumberOfFrames", "1");
    sets("HighBit", "16");
    refused("BitsAllocated 16, BitsStored 16 and HighBit 16 contradict each "
            "other");
    sets("HighBit", "14");
    refused("BitsAllocated 16, BitsStored 16 and HighBit 14 contradict each "
            "other");
    sets("BitsAllocated", "12");
    refused("BitsAllocated is 12, but 8, 16 or 32 are known");
    sets("BitsAllocated", "1");
    refused("BitsAllocated 1: a mask, not an image");
    sets("Rows", "1\\1");
    refused("Rows is not one unsigned 16-bit number");
    sets("Rows", "");
    refused("Rows is missing");
}

static void contradictions(void **state)
{
    (void)state;
    refused("the object has no PixelData");
    WORDS(1, 2, 3, 4);
    sets("SamplesPerPixel", "3");
    refused("SamplesPerPixel 3 does not fit PhotometricInterpretation");
    sets("SamplesPerPixel", "1");
    sets("PixelRepresentation", "2");
    refused("PixelRepresentation is 2");
    sets("PixelRepresentation", "0");
    sets("RescaleSlope", "0");
    refused("RescaleSlope is 0: every pixel would be the same");
    sets("RescaleSlope", "nan");
    refused("RescaleSlope is no number");
    sets("RescaleSlope", "1e300"); /* infinite as a float */
    refused("RescaleSlope and RescaleIntercept make gray values of up to "
            "6.5535e+304");
    sets("RescaleSlope", "1");
    sets("PhotometricInterpretation", "CMYK");
    refused("PhotometricInterpretation is missing or not one of MONOCHROME1, "
            "MONOCHROME2, PALETTE COLOR, RGB, YBR_FULL, YBR_FULL_422, "
            "YBR_ICT, YBR_RCT");
}

static void frames(void **state)
{
    (void)state;
    sets("NumberOfFrames", "2");
    WORDS(1, 2, 3, 4, 5, 6, 7, 8);
    save(EXPLICIT, "", 0);
    assert_true(pixels_read(path, 1, MAX_PIXELS, &image, &err));
    assert_true(near((double)image.grey[0], 5));
    assert_true(near((double)image.grey[3], 8));
    pixels_free(&image);
    assert_false(pixels_read(path, 2, MAX_PIXELS, &image, &err));
    assert_string_equal(err.msg, "frame 3 of 2 does not exist");
}

static void syntaxes(void **state)
{
    (void)state;
    WORDS(1, 2, 3, 4);
    save("1.2.840.10008.1.2.4.201", "", 0);
    assert_false(pixels_read(path, 0, MAX_PIXELS, &image, &err));
    assert_string_equal(err.msg,
                        "transfer syntax 1.2.840.10008.1.2.4.201 cannot be "
                        "decoded (HTJ2K)");
    save("1.2.3", "", 0);
    assert_false(pixels_read(path, 0, MAX_PIXELS, &image, &err));
    assert_string_equal(
        err.msg,
        "transfer syntax 1.2.3 cannot be decoded (unknown or private)");
    save(RLE, "", 0);
    assert_false(pixels_read(path, 0, MAX_PIXELS, &image, &err));
    assert_string_equal(err.msg,
                        "cannot be read as DICOM: Pixel data in top level "
                        "dataset in compressed Transfer Syntax uses explicit "
                        "length");
}

static void cut_off(void **state)
{
    struct stat st;

    (void)state;
    WORDS(1, 2, 3, 4);
    save(EXPLICIT, "", 0);
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(truncate(path, st.st_size - 4), 0);
    assert_false(pixels_read(path, 0, MAX_PIXELS, &image, &err));
    assert_int_equal(err.code, ERR_REJECT);
    assert_string_equal(err.msg, "the object is cut off at its end");
}

/* PixelData (7FE0,0010) of undefined length, written by hand. */
static struct {
    unsigned char bytes[4096];
    size_t n;
} pixel_data;

static void piece(const void *value, size_t n)
{
    unsigned char *to = pixel_data.bytes + pixel_data.n;

    memcpy(to, "\xFE\xFF\0\xE0", 4);
    memset(to + 4, 0, 4);
    to[4] = (unsigned char)n;
    memcpy(to + 8, value, n);
    pixel_data.n += 8 + n;
}

static void pieces_begin(const void *table, size_t n)
{
    memcpy(pixel_data.bytes, "\xE0\x7F\x10\0OB\0\0\xFF\xFF\xFF\xFF", 12);
    pixel_data.n = 12;
    piece(table, n);
}

static void pieces_end(const char *syntax)
{
    memcpy(pixel_data.bytes + pixel_data.n, "\xFE\xFF\xDD\xE0\0\0\0\0", 8);
    pixel_data.n += 8;
    save(syntax, pixel_data.bytes, pixel_data.n);
}

/* One RLE frame of four 8-bit pixels: a run of `value`. */
static void rle_frame(unsigned char out[66], unsigned char value)
{
    memset(out, 0, 66);
    out[0] = 1;
    out[4] = 64;
    out[64] = 0xFD;
    out[65] = value;
}

static void rle_frames_by_offset_table(void **state)
{
    unsigned char a[66], b[66];

    (void)state;
    eight_bits();
    sets("NumberOfFrames", "2");
    rle_frame(a, 5);
    rle_frame(b, 9);
    /* frame 1 in two fragments (8 + 60, 8 + 6), frame 2 at 82 */
    pieces_begin("\0\0\0\0\x52\0\0\0", 8);
    piece(a, 60);
    piece(a + 60, 6);
    piece(b, 66);
    pieces_end(RLE);
    assert_true(pixels_read(path, 0, MAX_PIXELS, &image, &err));
    assert_true(near((double)image.grey[3], 5));
    pixels_free(&image);
    assert_true(pixels_read(path, 1, MAX_PIXELS, &image, &err));
    assert_true(near((double)image.grey[3], 9));
    pixels_free(&image);

    pieces_begin("\0\0\0\0\x51\0\0\0", 8);
    piece(a, 60);
    piece(a + 60, 6);
    piece(b, 66);
    pieces_end(RLE);
    assert_false(pixels_read(path, 1, MAX_PIXELS, &image, &err));
    assert_string_equal(err.msg, "3 fragments for 2 frames and no offset "
                                 "table that tells which is which");
}

static void fragments_in_a_native_syntax(void **state)
{
    (void)state;
    pieces_begin("", 0);
    piece("12345678", 8);
    pieces_end(EXPLICIT);
    assert_false(pixels_read(path, 0, MAX_PIXELS, &image, &err));
    assert_string_equal(err.msg,
                        "PixelData has 0 bytes, 1 frames of 1 x 4 need 8 each");
}

static void rle_of_one_frame_in_fragments(void **state)
{
    unsigned char a[66];

    (void)state;
    eight_bits();
    rle_frame(a, 5);
    pieces_begin("", 0);
    piece(a, 10);
    piece(a + 10, 56);
    pieces_end(RLE);
    assert_true(pixels_read(path, 0, MAX_PIXELS, &image, &err));
    assert_true(near((double)image.grey[0], 5));
}

static void rle_bomb(void **state)
{
    unsigned char a[66];

    (void)state;
    eight_bits();
    sets("Rows", "11000");
    sets("Columns", "11000");
    rle_frame(a, 5);
    pieces_begin("", 0);
    piece(a, 66);
    pieces_end(RLE);
    assert_false(pixels_read(path, 0, MAX_PIXELS, &image, &err));
    assert_string_equal(err.msg,
                        "66 bytes of RLE cannot hold 11000 x 11000 pixels");
    sets("NumberOfFrames", "3");
    save(RLE, pixel_data.bytes, pixel_data.n);
    assert_false(pixels_read(path, 0, MAX_PIXELS, &image, &err));
    assert_string_equal(err.msg,
                        "NumberOfFrames is 3, PixelData has 1 fragments");
}

static void broken_codestreams(void **state)
{
    static const struct {
        const char *syntax, *message;
    } cases[] = {
        {"1.2.840.10008.1.2.4.90", "the JPEG 2000 header cannot be read: "},
        {"1.2.840.10008.1.2.4.70", "the frame is no JPEG stream"},
        {"1.2.840.10008.1.2.4.80", "the frame is no JPEG stream"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        pieces_begin("", 0);
        piece("not a codestream", 16);
        pieces_end(cases[i].syntax);
        assert_false(pixels_read(path, 0, MAX_PIXELS, &image, &err));
        assert_int_equal(err.code, ERR_REJECT);
        if (strstr(err.msg, cases[i].message) != err.msg)
            fail_msg("%s: %s", cases[i].syntax, err.msg);
    }
}

/* SOI, a comment, SOF0 of 1 x 4 pixels, SOS and EOI, some of it bent. */
static void jpeg_streams_that_lie(void **state)
{
    static const unsigned char good[] = {
        0xFF, 0xD8, 0xFF, 0xFE, 0, 4,  'h', 'i',  0xFF, 0xC0, 0,    11,
        8,    0,    1,    0,    4, 1,  1,   0x11, 0,    0xFF, 0xDA, 0,
        8,    1,    1,    0,    0, 63, 0,   7,    0xFF, 0xD9};
    static const struct {
        size_t at;
        unsigned char value;
        const char *message;
    } bent[] = {
        {13, 1, "the JPEG stream has 257 x 4 pixels, the object says 1 x 4"},
        {16, 3, "the JPEG stream has 1 x 3 pixels, the object says 1 x 4"},
        {17, 3, "the JPEG stream has 3 components, the object says 1"},
        {12, 12,
         "the JPEG stream has samples of 12 bits, the object "
         "allocates 8"},
        {3, 0x01, "the JPEG stream has no frame header where one is due"},
        {4, 0xFF, "the JPEG stream has no frame header where one is due"},
        {9, 0xC4, "the JPEG stream has no frame header where one is due"},
        {33, 0xD8, "the JPEG stream has no end: it was cut off"},
        {31, 7, "the JPEG frame cannot be decoded: "},
    };

    (void)state;
    eight_bits();
    for (size_t i = 0; i < sizeof(bent) / sizeof(bent[0]); i++) {
        unsigned char stream[sizeof(good)];

        memcpy(stream, good, sizeof(good));
        stream[bent[i].at] = bent[i].value;
        pieces_begin("", 0);
        piece(stream, sizeof(stream));
        pieces_end("1.2.840.10008.1.2.4.50");
        assert_false(pixels_read(path, 0, MAX_PIXELS, &image, &err));
        assert_int_equal(err.code, ERR_REJECT);
        if (strstr(err.msg, bent[i].message) != err.msg)
            fail_msg("byte %zu: %s", bent[i].at, err.msg);
    }
}

static const char *real(const char *name)
{
    static char file[512];
    const char *data = getenv("OSTEON_TESTDATA");

    snprintf(file, sizeof(file), "%s/dicom/%s",
             data != NULL ? data : "../shared/data", name);
    if (access(file, R_OK) != 0) {
        print_message("# skipped: no %s\n", file);
        skip();
    }
    return file;
}

static void read_real(const char *name, struct image *out)
{
    if (!pixels_read(real(name), 0, MAX_PIXELS, out, &err))
        fail_msg("%s: %s", name, err.msg);
}

static void same(const char *name, const struct image *a, const struct image *b)
{
    const size_t n = (size_t)a->rows * a->columns;

    if (a->rows != b->rows || a->columns != b->columns ||
        memcmp(a->grey, b->grey, n * sizeof(*a->grey)) != 0)
        fail_msg("%s differs from its uncompressed twin", name);
}

static void lossless_encodings_agree(void **state)
{
    static const char *const images[] = {"RG2", "RG3", "MR2",
                                         "MR3", "NM1", "XA1"};
    static const char *const encodings[] = {"RLE", "JPLL", "JLSL", "J2KR"};
    char name[64];

    (void)state;
    for (size_t i = 0; i < sizeof(images) / sizeof(images[0]); i++) {
        struct image plain;

        snprintf(name, sizeof(name), "wg04/%s_UNC.dcm", images[i]);
        read_real(name, &plain);
        for (size_t e = 0; e < sizeof(encodings) / sizeof(encodings[0]); e++) {
            struct image other;

            snprintf(name, sizeof(name), "wg04/%s_%s.dcm", images[i],
                     encodings[e]);
            read_real(name, &other);
            same(name, &plain, &other);
            pixels_free(&other);
        }
        pixels_free(&plain);
    }
}

/* The same frame of several, however it is stored. */
static void frames_of_real_files(void **state)
{
    static const char *const others[] = {"odd/emri_small_RLE.dcm",
                                         "odd/emri_small_big_endian.dcm",
                                         "odd/emri_small_jpeg_2k_lossless.dcm",
                                         "odd/emri_small_jpeg_ls_lossless.dcm"};
    struct image first, plain;

    (void)state;
    read_real("odd/emri_small.dcm", &first);
    assert_true(
        pixels_read(real("odd/emri_small.dcm"), 6, MAX_PIXELS, &plain, &err));
    assert_memory_not_equal(first.grey, plain.grey,
                            (size_t)plain.rows * plain.columns *
                                sizeof(*plain.grey));
    for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
        struct image other;

        if (!pixels_read(real(others[i]), 6, MAX_PIXELS, &other, &err))
            fail_msg("%s: %s", others[i], err.msg);
        same(others[i], &plain, &other);
        pixels_free(&other);
    }
    assert_false(
        pixels_read(real("odd/emri_small.dcm"), 10, MAX_PIXELS, &plain, &err));
    assert_string_equal(err.msg, "frame 11 of 10 does not exist");
    pixels_free(&first);
    pixels_free(&plain);
}

static void every_transfer_syntax(void **state)
{
    static const struct {
        const char *syntax;
        bool lossless;
    } files[] = {
        {"BigEndianExplicitTransferSyntax_1.2.840.10008.1.2.2", true},
        {"DeflatedExplicitVRLittleEndianTransferSyntax_"
         "1.2.840.10008.1.2.1.99",
         true},
        {"JPEG2000LosslessOnlyTransferSyntax_1.2.840.10008.1.2.4.90", true},
        {"JPEG2000TransferSyntax_1.2.840.10008.1.2.4.91", false},
        {"JPEGLSLosslessTransferSyntax_1.2.840.10008.1.2.4.80", true},
        {"JPEGLSLossyTransferSyntax_1.2.840.10008.1.2.4.81", false},
        {"JPEGProcess10_12TransferSyntax_1.2.840.10008.1.2.4.55", false},
        {"JPEGProcess14SV1TransferSyntax_1.2.840.10008.1.2.4.70", true},
        {"JPEGProcess14TransferSyntax_1.2.840.10008.1.2.4.57", true},
        {"JPEGProcess1TransferSyntax_1.2.840.10008.1.2.4.50", false},
        {"JPEGProcess2_4TransferSyntax_1.2.840.10008.1.2.4.51", false},
        {"JPEGProcess6_8TransferSyntax_1.2.840.10008.1.2.4.53", false},
        {"LittleEndianImplicitTransferSyntax_1.2.840.10008.1.2", true},
        {"RLELosslessTransferSyntax_1.2.840.10008.1.2.5", true},
    };
    struct image plain;

    (void)state;
    read_real("ct_every_ts/CTImage.dcm", &plain);
    for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
        char name[160];
        struct image other;

        snprintf(name, sizeof(name), "ct_every_ts/CTImage_%s.dcm",
                 files[i].syntax);
        read_real(name, &other);
        assert_int_equal(other.rows, plain.rows);
        if (files[i].lossless)
            same(name, &plain, &other);
        pixels_free(&other);
    }
    pixels_free(&plain);
}

/* What the sandbox gets decodes to the same values. */
static void the_copy_decodes_alike(void **state)
{
    static const char *const names[] = {"wg04/RG3_J2KR.dcm", "wg04/MR3_RLE.dcm",
                                        "odd/mlut_18.dcm",
                                        "fragments/image_dfl.dcm"};

    (void)state;
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        char syntax[65];
        struct image whole, stripped;
        off_t offset;
        const int in = open(real(names[i]), O_RDONLY);
        const int out = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);

        assert_true(in >= 0 && out >= 0);
        assert_true(scan_part10(in, syntax, &offset, &err));
        assert_true(scan_copy_pixels(in, offset, syntax, out, &err));
        close(in);
        close(out);
        read_real(names[i], &whole);
        assert_true(pixels_read(path, 0, MAX_PIXELS, &stripped, &err));
        same(names[i], &whole, &stripped);
        assert_true(near((double)whole.lo, (double)stripped.lo));
        pixels_free(&whole);
        pixels_free(&stripped);
    }
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, fresh, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(rescales),
        TEST(exact_window),
        TEST(odd_windows_are_ignored),
        TEST(monochrome1_is_mirrored),
        TEST(inverse_shape_is_mirrored),
        TEST(unused_bits_do_not_count),
        TEST(signed_12_bits),
        TEST(high_bit_shifts),
        TEST(padding_is_darkest),
        TEST(padding_is_darkest_when_mirrored),
        TEST(nothing_but_padding),
        TEST(no_window_means_percentiles),
        TEST(modality_lut),
        TEST(voi_lut),
        TEST(broken_luts),
        TEST(colors),
        TEST(palette),
        TEST(impossible_claims),
        TEST(contradictions),
        TEST(frames),
        TEST(syntaxes),
        TEST(cut_off),
        TEST(rle_frames_by_offset_table),
        TEST(fragments_in_a_native_syntax),
        TEST(rle_of_one_frame_in_fragments),
        TEST(rle_bomb),
        TEST(broken_codestreams),
        TEST(jpeg_streams_that_lie),
        TEST(lossless_encodings_agree),
        TEST(frames_of_real_files),
        TEST(every_transfer_syntax),
        TEST(the_copy_decodes_alike),
    };
    const int fd = mkstemp(path);

    if (fd < 0)
        return 1;
    close(fd);
    return cmocka_run_group_tests_name("pixels", tests, NULL, NULL);
}
