/* db/part10: what a rebuild reads back is what was stored, and a header that
 * somebody changed, cut or made up is refused, whichever byte it is. */
#include "db/part10.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "db/part10_block.h"
#include "db/uid.h"

static struct err err;

static struct object sample(void)
{
    struct object object = {.kind = OBJECT_RESULT,
                            .sop_class = "1.2.840.10008.5.1.4.1.1.88.33",
                            .sop_uid = "2.25.17",
                            .study_uid = "1.2.3",
                            .series_uid = "1.2.3.4",
                            .transfer_syntax = "1.2.840.10008.1.2.1",
                            .calling_ae = "OSTEON",
                            .called_ae = "",
                            .data_bytes = 1234567890123,
                            .received_ms = 1780000000000,
                            .receive_ms = 812};

    memset(object.sha256, 'a', 64);
    return object;
}

static const struct result_of of = {.route = "hips",
                                    .model = "leg-alignment",
                                    .revision = 3,
                                    .images = 7,
                                    .part = 1,
                                    .parts = 2,
                                    .role = RESULT_MAIN};

static size_t make(const struct object *object, const struct result_of *result,
                   unsigned char out[static PART10_HEADER_BYTES])
{
    size_t n = part10_header(object, out);

    memset(&err, 0, sizeof err);
    part10_complete(out, n, object, result);
    return n;
}

static void same(const struct object *a, const struct object *b)
{
    assert_int_equal(a->kind, b->kind);
    assert_string_equal(a->sop_class, b->sop_class);
    assert_string_equal(a->sop_uid, b->sop_uid);
    assert_string_equal(a->study_uid, b->study_uid);
    assert_string_equal(a->series_uid, b->series_uid);
    assert_string_equal(a->transfer_syntax, b->transfer_syntax);
    assert_string_equal(a->calling_ae, b->calling_ae);
    assert_string_equal(a->called_ae, b->called_ae);
    assert_string_equal(a->sha256, b->sha256);
    assert_int_equal(a->data_offset, b->data_offset);
    assert_int_equal(a->data_bytes, b->data_bytes);
    assert_int_equal(a->received_ms, b->received_ms);
    assert_int_equal(a->receive_ms, b->receive_ms);
}

static void same_result(const struct result_of *a, const struct result_of *b)
{
    assert_string_equal(a->route, b->route);
    assert_string_equal(a->model, b->model);
    assert_int_equal(a->revision, b->revision);
    assert_int_equal(a->images, b->images);
    assert_int_equal(a->part, b->part);
    assert_int_equal(a->parts, b->parts);
    assert_int_equal(a->role, b->role);
}

static void comes_back(void **state)
{
    unsigned char bytes[PART10_HEADER_BYTES];
    struct object object = sample(), read;
    struct result_of result;
    size_t n = make(&object, &of, bytes);

    (void)state;
    assert_true(part10_read(bytes, n, &read, &result, &err));
    object.data_offset = (int64_t)n;
    same(&read, &object);
    same_result(&result, &of);
    object.kind = OBJECT_RECEIVED;
    n = make(&object, NULL, bytes);
    assert_true(part10_read(bytes, n, &read, &result, &err));
    assert_int_equal(read.kind, OBJECT_RECEIVED);
    assert_int_equal(result.revision, 0);
}

/* Every value at its longest. */
static void longest(void **state)
{
    unsigned char bytes[PART10_HEADER_BYTES];
    struct object object = sample(), read;
    struct result_of result = of, got;
    size_t n;

    (void)state;
    memset(object.sop_class, '1', 64);
    memset(object.sop_uid, '1', 64);
    memset(object.study_uid, '1', 64);
    memset(object.series_uid, '1', 64);
    memset(object.transfer_syntax, '1', 64);
    memset(object.calling_ae, 'A', 16);
    memset(object.called_ae, 'A', 16);
    memset(result.route, 'r', 64);
    memset(result.model, 'm', 64);
    n = make(&object, &result, bytes);
    assert_in_range(n, 900, PART10_HEADER_BYTES);
    assert_true(part10_read(bytes, n, &read, &got, &err));
    object.data_offset = (int64_t)n;
    same(&read, &object);
    same_result(&got, &result);
}

static void unfinished(void **state)
{
    unsigned char bytes[PART10_HEADER_BYTES];
    struct object object = sample(), read;
    struct result_of result;
    size_t n = part10_header(&object, bytes);

    (void)state;
    memset(&err, 0, sizeof err);
    assert_false(part10_read(bytes, n, &read, &result, &err));
    assert_int_equal(err.code, ERR_REJECT);
    assert_string_equal(err.msg, "it was never finished");
}

/* The preamble counts, too: nobody puts a program in front. */
static void each_byte_counts(void **state)
{
    unsigned char bytes[PART10_HEADER_BYTES];
    struct object object = sample(), read;
    struct result_of result;
    size_t n = make(&object, &of, bytes);

    (void)state;
    for (size_t i = 0; i < n; i++) {
        for (unsigned bit = 1; bit < 256; bit <<= 1) {
            bytes[i] ^= (unsigned char)bit;
            memset(&err, 0, sizeof err);
            assert_false(part10_read(bytes, n, &read, &result, &err));
            assert_int_equal(err.code, ERR_REJECT);
            bytes[i] ^= (unsigned char)bit;
        }
    }
}

/* Of exact size, so that a sanitizer sees a byte read too many. */
static void each_length(void **state)
{
    unsigned char bytes[PART10_HEADER_BYTES];
    struct object object = sample(), read;
    struct result_of result;
    size_t n = make(&object, &of, bytes);

    (void)state;
    for (size_t length = 0; length < n; length++) {
        unsigned char *cut = malloc(length + 1);

        memcpy(cut, bytes, length);
        memset(&err, 0, sizeof err);
        assert_false(part10_read(cut, length, &read, &result, &err));
        assert_int_equal(err.code, ERR_REJECT);
        free(cut);
    }
}

/* A digest is no secret: whoever can write to the spool can make one. */
static void refused(const struct object *object,
                    const struct result_of *of_what)
{
    unsigned char bytes[PART10_HEADER_BYTES];
    struct object read;
    struct result_of result;
    size_t n = make(object, of_what, bytes);

    assert_false(part10_read(bytes, n, &read, &result, &err));
    assert_int_equal(err.code, ERR_REJECT);
    assert_string_equal(err.msg, "its header holds impossible values");
}

static void impossible_values(void **state)
{
    struct object object;
    struct result_of result;

    (void)state;
#define OBJECT(change)                                                         \
    object = sample();                                                         \
    change;                                                                    \
    refused(&object, &of)
#define RESULT(change)                                                         \
    object = sample();                                                         \
    result = of;                                                               \
    change;                                                                    \
    refused(&object, &result)
    OBJECT(object.kind = 3);
    OBJECT(object.kind = 0);
    OBJECT(object.study_uid[0] = '\0');
    OBJECT(memcpy(object.study_uid, "1.2/3", 6));
    OBJECT(object.sop_uid[0] = 'x');
    OBJECT(object.data_bytes = -1);
    OBJECT(object.receive_ms = -1);
    OBJECT(object.sha256[63] = '\0');
    OBJECT(object.sha256[5] = 'G');
    OBJECT(object.calling_ae[1] = '\n');
    RESULT(result.revision = 0);
    RESULT(result.images = -1);
    RESULT(result.part = 0);
    RESULT(result.part = 3);
    RESULT(result.route[0] = '\0');
    RESULT(result.role = (enum result_role)9);
    object = sample();
    refused(&object, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(comes_back),  cmocka_unit_test(longest),
        cmocka_unit_test(unfinished),  cmocka_unit_test(each_byte_counts),
        cmocka_unit_test(each_length), cmocka_unit_test(impossible_values),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
