/* dicom/scan: what is refused before DCMTK sees it, what is collected, and
 * what may pass to the sandbox. */
#include "dicom/scan.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include <zlib.h>

#include <cmocka.h>

#include "dicom/dataset.h"

#define EXPLICIT  "1.2.840.10008.1.2.1"
#define IMPLICIT  "1.2.840.10008.1.2"
#define BIG       "1.2.840.10008.1.2.2"
#define DEFLATED  "1.2.840.10008.1.2.1.99"
#define UNDEFINED 0xFFFFFFFFU

static struct err err;
static struct scan scan;

/* A data set under construction. */
static struct {
    unsigned char *bytes;
    size_t n;
    bool implicit, big;
} made;

static int fresh(void **state)
{
    (void)state;
    memset(&err, 0, sizeof(err));
    memset(&scan, 0, sizeof(scan));
    free(made.bytes);
    memset(&made, 0, sizeof(made));
    made.bytes = malloc(4 << 20);
    return made.bytes == NULL;
}

static int end(void **state)
{
    (void)state;
    free(made.bytes);
    made.bytes = NULL;
    return 0;
}

static void raw(const void *bytes, size_t n)
{
    memcpy(made.bytes + made.n, bytes, n);
    made.n += n;
}

static void number(uint32_t value, int bytes)
{
    for (int i = 0; i < bytes; i++) {
        const int shift = 8 * (made.big ? bytes - 1 - i : i);
        const unsigned char b = (unsigned char)(value >> shift & 0xFF);

        raw(&b, 1);
    }
}

static void header(uint32_t tag, const char *vr, uint32_t length)
{
    number(tag >> 16, 2);
    number(tag & 0xFFFF, 2);
    if (made.implicit || vr == NULL) {
        number(length, 4);
    } else if (strstr("OB OW SQ UN UT", vr) != NULL) {
        raw(vr, 2);
        number(0, 2);
        number(length, 4);
    } else {
        raw(vr, 2);
        number(length, 2);
    }
}

static void text(uint32_t tag, const char *vr, const char *value)
{
    const size_t n = strlen(value);

    header(tag, vr, (uint32_t)(n + n % 2));
    raw(value, n + n % 2); /* the terminating NUL is the padding */
}

static void us(uint32_t tag, uint32_t value)
{
    header(tag, "US", 2);
    number(value, 2);
}

static void item(uint32_t length)
{
    header(0xFFFEE000, NULL, length);
}

static void uids(void)
{
    text(0x00080016, "UI", "1.2.840.10008.5.1.4.1.1.1");
    text(0x00080018, "UI", "1.2.3.4");
    text(0x00080060, "CS", "DX");
    text(0x0020000D, "UI", "1.2.3");
    text(0x0020000E, "UI", "1.2.3.5");
}

static void image(uint32_t pixel_bytes, uint32_t there)
{
    us(0x00280002, 1);
    us(0x00280010, 4);
    us(0x00280011, 6);
    us(0x00280100, 8);
    header(0x7FE00010, "OB", pixel_bytes);
    memset(made.bytes + made.n, 0x55, there);
    made.n += there;
}

static int file_of(const void *bytes, size_t n)
{
    const int fd = memfd_create("scan", MFD_CLOEXEC);

    assert_true(fd >= 0);
    assert_int_equal(write(fd, bytes, n), (ssize_t)n);
    return fd;
}

static bool scanned_with(const char *syntax, const struct scan_limits *limits)
{
    const int fd = file_of(made.bytes, made.n);
    const bool ok = scan_data_set(fd, 0, syntax, limits, &scan, &err);

    close(fd);
    return ok;
}

static bool scanned(const char *syntax)
{
    return scanned_with(syntax, &scan_limits_default);
}

static void refused(const char *syntax, const char *message)
{
    assert_false(scanned(syntax));
    assert_int_equal(err.code, ERR_REJECT);
    if (strstr(err.msg, message) == NULL)
        fail_msg("\"%s\" is not in \"%s\"", message, err.msg);
}

static void deflate_made(int level)
{
    z_stream z;
    unsigned char *out = malloc(4 << 20);

    memset(&z, 0, sizeof(z));
    assert_int_equal(
        deflateInit2(&z, level, Z_DEFLATED, -MAX_WBITS, 8, Z_DEFAULT_STRATEGY),
        Z_OK);
    z.next_in = made.bytes;
    z.avail_in = (uInt)made.n;
    z.next_out = out;
    z.avail_out = 4 << 20;
    assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
    made.n = z.total_out;
    deflateEnd(&z);
    free(made.bytes);
    made.bytes = out;
}

static void collects(void **state)
{
    (void)state;
    uids();
    text(0x00280008, "IS", " 3 ");
    image(72, 72);
    assert_true(scanned(EXPLICIT));
    assert_string_equal(scan.sop_class, "1.2.840.10008.5.1.4.1.1.1");
    assert_string_equal(scan.sop_uid, "1.2.3.4");
    assert_string_equal(scan.study_uid, "1.2.3");
    assert_string_equal(scan.series_uid, "1.2.3.5");
    assert_string_equal(scan.modality, "DX");
    assert_string_equal(scan.transfer_syntax, EXPLICIT);
    assert_int_equal(scan.rows, 4);
    assert_int_equal(scan.columns, 6);
    assert_int_equal(scan.samples, 1);
    assert_int_equal(scan.bits_allocated, 8);
    assert_int_equal(scan.frames, 3);
    assert_int_equal(scan.pixel_bytes, 72);
    assert_int_equal(scan.pixel_offset, (int64_t)made.n - 72);
    assert_int_equal(scan.total_bytes, (int64_t)made.n);
}

static void other_encodings(void **state)
{
    (void)state;
    made.implicit = true;
    uids();
    image(24, 24);
    assert_true(scanned(IMPLICIT));
    assert_int_equal(scan.columns, 6);

    made.n = 0;
    made.implicit = false;
    made.big = true;
    uids();
    image(24, 24);
    assert_true(scanned(BIG));
    assert_int_equal(scan.columns, 6);
    assert_int_equal(scan.pixel_bytes, 24);
}

static void nothing_is_no_data_set(void **state)
{
    (void)state;
    refused(EXPLICIT, "SOPClassUID is missing or empty");
}

static void uids_are_needed(void **state)
{
    (void)state;
    text(0x00080016, "UI", "1.2");
    text(0x00080018, "UI", "1.2.3.4");
    refused(EXPLICIT, "StudyInstanceUID is missing or empty");
    text(0x0020000D, "UI", "1.2.3");
    text(0x0020000E, "UI", "");
    refused(EXPLICIT, "SeriesInstanceUID is missing or empty");
}

static void uids_in_sequences_do_not_count(void **state)
{
    (void)state;
    header(0x00081140, "SQ", UNDEFINED);
    item(UNDEFINED);
    uids();
    header(0xFFFEE00D, NULL, 0);
    header(0xFFFEE0DD, NULL, 0);
    refused(EXPLICIT, "SOPClassUID is missing or empty");
}

static void malformed_uid(void **state)
{
    (void)state;
    text(0x00080018, "UI", "../../etc/passwd");
    refused(EXPLICIT, "SOPInstanceUID is no UID");
    made.n = 0;
    text(0x0020000D, "UI",
         "1.2345678901234567890123456789012345678901234567890123456789012345");
    refused(EXPLICIT, "StudyInstanceUID is no UID");
}

static void uid_of_64_characters(void **state)
{
    static const char longest[] =
        "1.23456789012345678901234567890123456789012345678901234567890123";

    (void)state;
    assert_int_equal(strlen(longest), 64);
    uids();
    made.n -= 16;
    text(0x0020000E, "UI", longest);
    assert_true(scanned(EXPLICIT));
    assert_string_equal(scan.series_uid, longest);
}

static void uid_syntax(void **state)
{
    static const char *const good[] = {"1", "0", "1.2", "1.0.2", "2.25.123"};
    static const char *const bad[] = {"",     ".",    "1.",      ".1",
                                      "1..2", "01.2", "1.02",    "1.a",
                                      "1 .2", "-1",   "1.2\\1.3"};

    (void)state;
    for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
        assert_true(scan_uid_valid(good[i]));
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        assert_false(scan_uid_valid(bad[i]));
}

static void twice(void **state)
{
    (void)state;
    uids();
    text(0x00080018, "UI", "1.2.9");
    refused(EXPLICIT, "SOPInstanceUID is there twice");
}

static void rows_must_be_us(void **state)
{
    (void)state;
    header(0x00280010, "UL", 4);
    number(70000, 4);
    refused(EXPLICIT, "Rows is not one unsigned 16-bit number");
    made.n = 0;
    text(0x00280008, "IS", "1e9");
    refused(EXPLICIT, "NumberOfFrames is not a number");
    made.n = 0;
    text(0x00280008, "IS", "-1");
    refused(EXPLICIT, "NumberOfFrames is not a number");
}

enum nesting { SQ_UNDEFINED, SQ_DEFINED, UN_UNDEFINED, OB_UNDEFINED };

static void nest(enum nesting how, int depth)
{
    static const char *const vrs[] = {"SQ", "SQ", "UN", "OB"};
    const bool defined = how == SQ_DEFINED;
    const uint32_t cost = made.implicit ? 16 : 20;

    for (int i = 0; i < depth; i++) {
        const uint32_t below = (uint32_t)(depth - i - 1) * cost;

        header(0x00081140, vrs[how], defined ? below + 8 : UNDEFINED);
        if (how == UN_UNDEFINED)
            made.implicit = true; /* PS3.5 6.2.2 */
        item(defined ? below : UNDEFINED);
    }
    for (int i = 0; !defined && i < depth; i++) {
        header(0xFFFEE00D, NULL, 0);
        header(0xFFFEE0DD, NULL, 0);
    }
}

static void depth_is_limited(void **state)
{
    (void)state;
    for (int how = SQ_UNDEFINED; how <= OB_UNDEFINED; how++) {
        for (int implicit = 0; implicit <= 1; implicit++) {
            const char *syntax = implicit ? IMPLICIT : EXPLICIT;

            made.n = 0;
            made.implicit = implicit != 0;
            nest((enum nesting)how, 33);
            refused(syntax, "(0008,1140) at byte");
            refused(syntax, "nests sequences too deep");
            made.n = 0;
            made.implicit = implicit != 0;
            nest((enum nesting)how, 32);
            made.implicit = implicit != 0;
            uids();
            assert_true(scanned(syntax));
        }
    }
}

static void unknown_is_little_endian_inside(void **state)
{
    (void)state;
    made.big = true;
    header(0x00091001, "UN", UNDEFINED);
    made.big = false;
    made.implicit = true;
    item(UNDEFINED);
    text(0x00080018, "UI", "9.9");
    header(0xFFFEE00D, NULL, 0);
    header(0xFFFEE0DD, NULL, 0);
    made.big = true;
    made.implicit = false;
    uids();
    assert_true(scanned(BIG));
    assert_string_equal(scan.sop_uid, "1.2.3.4");
}

static void lengths_are_checked(void **state)
{
    (void)state;
    header(0x00081030, "LO", 100);
    raw("short", 5);
    refused(EXPLICIT,
            "element (0008,1030) at byte 0 is longer than what is left");
    made.n = 0;
    header(0x00081140, "SQ", 100);
    refused(EXPLICIT, "is longer than what is left");
    made.n = 0;
    header(0x00081140, "SQ", 18);
    item(10);
    header(0x00081155, "UI", 8); /* 8 + 8 > 10 */
    raw("1.2.3.4\0", 8);
    refused(EXPLICIT, "(0008,1155) at byte 20 is longer than what is left");
    made.n = 0;
    header(0x00081030, "LO", UNDEFINED & 0xFFFF);
    refused(EXPLICIT, "is longer than what is left");
    made.n = 0;
    header(0x00081030, "UT", UNDEFINED);
    refused(EXPLICIT, "has no length");
    made.n = 0;
    raw("\x08\0\x18", 3);
    refused(EXPLICIT, "no room for an element at byte 0");
}

static void strays(void **state)
{
    (void)state;
    header(0xFFFEE00D, NULL, 0);
    refused(EXPLICIT, "(FFFE,E00D) at byte 0 does not belong there");
    made.n = 0;
    header(0x00081140, "SQ", UNDEFINED);
    text(0x00081155, "UI", "1.2");
    refused(EXPLICIT, "(0008,1155) at byte 12 stands where an item is due");
    made.n = 0;
    header(0x00081140, "SQ", UNDEFINED);
    refused(EXPLICIT, "ends inside a sequence");
}

static void native_pixels_may_be_cut(void **state)
{
    (void)state;
    uids();
    image(1000, 10);
    assert_true(scanned(EXPLICIT));
    assert_int_equal(scan.pixel_bytes, 10);
    header(0x00091001, "OB", 8); /* swallowed by the claim of 1000 */
    assert_true(scanned(EXPLICIT));
    assert_int_equal(scan.pixel_bytes, 22);
}

static void encapsulated(void **state)
{
    size_t before;

    (void)state;
    uids();
    image(UNDEFINED, 0);
    item(0);
    item(4);
    raw("\xFF\x4F\xFF\x51", 4);
    before = made.n;
    header(0xFFFEE0DD, NULL, 0);
    assert_true(scanned("1.2.840.10008.1.2.4.90"));
    assert_int_equal(scan.pixel_bytes, -1);
    assert_true(scan.pixel_offset > 0);
    made.n = before;
    refused("1.2.840.10008.1.2.4.90", "in the middle of encapsulated");
    item(1000);
    refused("1.2.840.10008.1.2.4.90",
            "(FFFE,E000) at byte 162 is longer than what is left");
}

static void oddities(void **state)
{
    (void)state;
    header(0x00080000, "UL", 4); /* a group length that lies */
    number(7, 4);
    uids();
    header(0x00091001, "??", 2); /* 16-bit length */
    number(0, 2);
    header(0x00091002, "OB", 0);
    memcpy(made.bytes + made.n - 8, "ZZ", 2); /* 32-bit length */
    header(0xFFFCFFFC, "OB", 4);
    number(0, 4);
    assert_true(scanned(EXPLICIT));
}

static void elements_are_counted(void **state)
{
    struct scan_limits limits = scan_limits_default;

    (void)state;
    uids();
    limits.elements = 5;
    assert_true(scanned_with(EXPLICIT, &limits));
    limits.elements = 4;
    limits.more_elements = 0;
    assert_false(scanned_with(EXPLICIT, &limits));
    assert_non_null(strstr(err.msg, "(0020,000E) at byte "));
    assert_non_null(strstr(err.msg, "is one more than the limit allows"));
    /* the file has some 150 bytes: less than one element's share */
    limits.more_elements = 1000;
    assert_false(scanned_with(EXPLICIT, &limits));
    header(0x00420011, "OB", 512); /* a share more */
    for (int i = 0; i < 128; i++)
        number(0, 4);
    limits.elements = 5;
    assert_true(scanned_with(EXPLICIT, &limits));
    limits.more_elements = 0;
    assert_false(scanned_with(EXPLICIT, &limits));
}

static void more_than_one_buffer(void **state)
{
    (void)state;
    for (int i = 0; i < 30000; i++)
        text(0x00091001, "LO", "0123456789");
    uids();
    image(300000, 300000);
    assert_true(scanned(EXPLICIT));
    assert_int_equal(scan.pixel_bytes, 300000);
}

static void deflated(void **state)
{
    (void)state;
    uids();
    image(200000, 200000);
    for (size_t i = made.n - 200000; i < made.n; i++)
        made.bytes[i] = (unsigned char)(i * i >> 3);
    deflate_made(6);
    assert_true(scanned(DEFLATED));
    assert_int_equal(scan.pixel_bytes, 200000);
    assert_int_equal(scan.total_bytes, scan.pixel_offset + 200000);
    made.n -= 100;
    assert_true(scanned(DEFLATED));
    assert_true(scan.pixel_bytes < 200000);
    made.bytes[0] = 0xFF;
    refused(DEFLATED, "the deflated data set is damaged: ");
}

static void deflated_and_cut(void **state)
{
    (void)state;
    uids();
    deflate_made(0);
    made.n = 60;
    refused(DEFLATED, "ends in the middle of an element, after ");
}

static void bombs(void **state)
{
    struct scan_limits limits = scan_limits_default;

    (void)state;
    uids();
    image(3 << 20, 3 << 20);
    deflate_made(9);
    refused(DEFLATED, "inflates to more than 100 times its size");
    limits.inflate_ratio = 2000;
    assert_true(scanned_with(DEFLATED, &limits));
    limits.inflated_bytes = 2 << 20;
    assert_false(scanned_with(DEFLATED, &limits));
    assert_string_equal(err.msg,
                        "the data set inflates to more than 2097152 bytes");
}

static void part10(void **state)
{
    unsigned char head[256] = {0};
    char syntax[65];
    off_t offset = 0;
    int fd = file_of(head, sizeof(head));

    (void)state;
    assert_false(scan_part10(fd, syntax, &offset, &err));
    assert_non_null(strstr(err.msg, "no DICOM file: "));
    close(fd);

    raw(head, 128);
    raw("DICM", 4);
    text(0x00020003, "UI", "1.2.3");
    header(0x00020001, "OB", 2);
    raw("\0\1", 2);
    text(0x00080016, "UI", "1.2");
    fd = file_of(made.bytes, made.n);
    assert_false(scan_part10(fd, syntax, &offset, &err));
    assert_string_equal(err.msg, "the meta header has no TransferSyntaxUID");
    close(fd);

    made.n -= 12;
    text(0x00020010, "UI", BIG);
    text(0x00080016, "UI", "1.2");
    fd = file_of(made.bytes, made.n);
    assert_true(scan_part10(fd, syntax, &offset, &err));
    assert_string_equal(syntax, BIG);
    assert_int_equal(offset, (off_t)made.n - 12);
    close(fd);

    fd = file_of(made.bytes, made.n - 20);
    assert_false(scan_part10(fd, syntax, &offset, &err));
    assert_string_equal(err.msg, "the file ends in its meta header");
    close(fd);
}

#define CANARY "ZZCANARY"

/* Identifiers wherever a data set can hide them. */
static void image_with_identifiers(void)
{
    uids();
    text(0x00081030, "LO", CANARY);
    text(0x00091001, "LO", CANARY);
    text(0x00100010, "PN", CANARY "^A");
    text(0x00100020, "LO", CANARY);
    us(0x00280002, 1);
    text(0x00280004, "CS", "MONOCHROME2");
    us(0x00280010, 4);
    us(0x00280011, 6);
    us(0x00280100, 8);
    us(0x00280101, 8);
    us(0x00280102, 7);
    us(0x00280103, 0);
    text(0x00281055, "LO", CANARY);
    header(0x00283000, "SQ", UNDEFINED);
    item(UNDEFINED);
    text(0x00100010, "PN", CANARY);
    header(0x00283002, "US", 6);
    number(2, 2);
    number(0, 2);
    number(16, 2);
    text(0x00283003, "LO", CANARY);
    header(0x00283006, "US", 4);
    number(5, 2);
    number(9, 2);
    header(0x00081140, "SQ", UNDEFINED);
    item(UNDEFINED);
    text(0x00283006, "LO", CANARY);
    header(0xFFFEE00D, NULL, 0);
    header(0xFFFEE0DD, NULL, 0);
    header(0xFFFEE00D, NULL, 0);
    header(0xFFFEE0DD, NULL, 0);
    text(0x00284000, "LT", CANARY);
    text(0x20500020, "CS", "IDENTITY");
    header(0x7FE00010, "OW", 24);
    raw("abcdefghijklmnopqrstuvwx", 24);
    header(0xFFFCFFFC, "OB", 8);
    raw(CANARY, 8);
}

static void copied(const char *syntax, const char *syntax_out)
{
    char path[] = "/tmp/osteon-test-XXXXXX";
    const int in = file_of(made.bytes, made.n);
    const int out = mkstemp(path);
    static unsigned char bytes[8192];
    char syntax_read[65], value[64];
    off_t offset;
    struct dcm *set;
    ssize_t n;

    assert_true(out >= 0);
    if (!scan_copy_pixels(in, 0, syntax, out, &err))
        fail_msg("%s", err.msg);
    n = pread(out, bytes, sizeof(bytes), 0);
    assert_true(n > 200);
    assert_null(memmem(bytes, (size_t)n, CANARY, 8));
    assert_null(memmem(bytes, (size_t)n, "1.2.3", 5));
    assert_null(memmem(bytes, (size_t)n, "1.2.840.10008.5.1.4.1.1.1\0", 26));
    assert_non_null(memmem(bytes, (size_t)n, "abcdefghij", 10));
    assert_true(scan_part10(out, syntax_read, &offset, &err));
    assert_string_equal(syntax_read, syntax_out);
    set = dcm_read(path, &err);
    assert_non_null(set);
    assert_true(dcm_text(set, "PhotometricInterpretation", value, 64));
    assert_string_equal(value, "MONOCHROME2");
    assert_int_equal(dcm_items(set, "ModalityLUTSequence"), 1);
    assert_true(dcm_has(set, "ModalityLUTSequence[0].LUTData"));
    assert_false(dcm_has(set, "ModalityLUTSequence[0].LUTExplanation"));
    dcm_free(set);
    unlink(path);
    close(out);
    close(in);
}

static void copy_lets_no_identifier_pass(void **state)
{
    (void)state;
    image_with_identifiers();
    copied(EXPLICIT, EXPLICIT);
    deflate_made(6);
    copied(DEFLATED, EXPLICIT);

    made.n = 0;
    made.implicit = true;
    image_with_identifiers();
    copied(IMPLICIT, IMPLICIT);

    made.n = 0;
    made.implicit = false;
    made.big = true;
    image_with_identifiers();
    copied(BIG, BIG);
}

static void copy_keeps_fragments(void **state)
{
    const unsigned char tail[] = {0xFE, 0xFF, 0x00, 0xE0, 0,    0,   0,
                                  0,    0xFE, 0xFF, 0x00, 0xE0, 4,   0,
                                  0,    0,    'a',  'b',  'c',  'd', 0xFE,
                                  0xFF, 0xDD, 0xE0, 0,    0,    0,   0};
    static unsigned char bytes[4096];
    int in, out;
    ssize_t n;

    (void)state;
    uids();
    image(UNDEFINED, 0);
    raw(tail, sizeof(tail));
    text(0xFFFCFFFC, "OB", CANARY);
    in = file_of(made.bytes, made.n);
    out = file_of("", 0);
    assert_true(scan_copy_pixels(in, 0, "1.2.840.10008.1.2.4.90", out, &err));
    n = pread(out, bytes, sizeof(bytes), 0);
    assert_true(n > (ssize_t)sizeof(tail));
    assert_memory_equal(bytes + n - sizeof(tail), tail, sizeof(tail));
    close(in);
    close(out);
}

static void copy_reports_a_full_disk(void **state)
{
    int in;
    FILE *full = fopen("/dev/full", "w");

    (void)state;
    assert_non_null(full);
    uids();
    image(24, 24);
    in = file_of(made.bytes, made.n);
    assert_false(scan_copy_pixels(in, 0, EXPLICIT, fileno(full), &err));
    assert_int_equal(err.code, ERR_RETRY);
    assert_string_equal(err.msg,
                        "cannot write the pixels: No space left on device");
    close(in);
    fclose(full);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, fresh, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(collects),
        TEST(other_encodings),
        TEST(nothing_is_no_data_set),
        TEST(uids_are_needed),
        TEST(uids_in_sequences_do_not_count),
        TEST(malformed_uid),
        TEST(uid_of_64_characters),
        TEST(uid_syntax),
        TEST(twice),
        TEST(rows_must_be_us),
        TEST(depth_is_limited),
        TEST(unknown_is_little_endian_inside),
        TEST(lengths_are_checked),
        TEST(strays),
        TEST(native_pixels_may_be_cut),
        TEST(encapsulated),
        TEST(oddities),
        TEST(elements_are_counted),
        TEST(more_than_one_buffer),
        TEST(deflated),
        TEST(deflated_and_cut),
        TEST(bombs),
        TEST(part10),
        TEST(copy_lets_no_identifier_pass),
        TEST(copy_keeps_fragments),
        TEST(copy_reports_a_full_disk),
    };

    return cmocka_run_group_tests_name("scan", tests, NULL, NULL);
}
