/* The data sets of storage commitment: what we ask, and what a report may say
 * and may not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "dicom/commitment.h"

#define IMPLICIT "1.2.840.10008.1.2"
#define EXPLICIT "1.2.840.10008.1.2.1"
#define BYTES(s) s, sizeof(s) - 1

/* (0008,1195) UI "1.2" */
#define TRANSACTION                                                            \
    "\x08\0\x95\x11\x04\0\0\0"                                                 \
    "1.2\0"
/* (0008,1155) UI "9.8.7" */
#define INSTANCE                                                               \
    "\x08\0\x55\x11\x06\0\0\0"                                                 \
    "9.8.7\0"

static void refuse(const void *bytes, size_t n, const char *why)
{
    struct commitment report = {0};
    struct err err = {0};

    assert_false(commitment_parse(bytes, n, IMPLICIT, &report, &err));
    assert_string_equal(err.msg, why);
    assert_int_equal(err.code, ERR_REJECT);
    commitment_free(&report);
}

static void what_is_asked_can_be_read(void **state)
{
    struct commitment in = {.transaction = "2.25.123"}, out = {0};
    struct err err = {0};
    unsigned char *bytes;
    size_t n;

    (void)state;
    commitment_add(&in, "1.2.840.10008.5.1.4.1.1.88.33", "1.2.3", 0);
    commitment_add(&in, "1.2.840.10008.5.1.4.1.1.7", "1.2.3.44", 0);
    bytes = commitment_build(&in, &n);
    assert_int_equal(n % 2, 0);
    assert_memory_equal(bytes,
                        "\x08\0\x95\x11\x08\0\0\0"
                        "2.25.123",
                        16);
    assert_true(commitment_parse(bytes, n, IMPLICIT, &out, &err));
    assert_string_equal(out.transaction, "2.25.123");
    assert_int_equal(out.n, 2);
    assert_string_equal(out.sop_classes[0], "1.2.840.10008.5.1.4.1.1.88.33");
    assert_string_equal(out.sop_uids[0], "1.2.3");
    assert_string_equal(out.sop_uids[1], "1.2.3.44");
    assert_int_equal(out.failures[1], 0);
    free(bytes);
    commitment_free(&in);
    commitment_free(&out);
}

static void a_report_of_both_kinds(void **state)
{
    /* failed: 9.8.7 with 0112; committed: 9.8.7 in an item of undefined
     * length, beside a private sequence that is nobody's business */
    static const char bytes[] = "\x08\0\x95\x11UI\x04\0"
                                "1.2\0"
                                "\x08\0\x98\x11SQ\0\0\x20\0\0\0"
                                "\xfe\xff\0\xe0\x18\0\0\0"
                                "\x08\0\x55\x11UI\x06\0"
                                "9.8.7\0"
                                "\x08\0\x97\x11US\x02\0\x12\x01"
                                "\x08\0\x99\x11SQ\0\0\xff\xff\xff\xff"
                                "\xfe\xff\0\xe0\xff\xff\xff\xff"
                                "\x08\0\x55\x11UI\x06\0"
                                "6.5.4\0"
                                "\xfe\xff\x0d\xe0\0\0\0\0"
                                "\xfe\xff\xdd\xe0\0\0\0\0"
                                "\x09\0\x10\x10SQ\0\0\xff\xff\xff\xff"
                                "\xfe\xff\0\xe0\xff\xff\xff\xff"
                                "\x08\0\x55\x11UI\x06\0"
                                "3.2.1\0"
                                "\xfe\xff\x0d\xe0\0\0\0\0"
                                "\xfe\xff\xdd\xe0\0\0\0\0";
    struct commitment report = {0};
    struct err err = {0};

    (void)state;
    if (!commitment_parse(BYTES(bytes), EXPLICIT, &report, &err))
        fail_msg("%s", err.msg);
    assert_int_equal(report.n, 2);
    assert_string_equal(report.sop_uids[0], "9.8.7");
    assert_int_equal(report.failures[0], 0x0112);
    assert_string_equal(report.sop_uids[1], "6.5.4");
    assert_int_equal(report.failures[1], 0);
    commitment_free(&report);
}

static void fails_with_0110(const void *bytes, size_t n)
{
    struct commitment report = {0};
    struct err err = {0};

    if (!commitment_parse(bytes, n, IMPLICIT, &report, &err))
        fail_msg("%s", err.msg);
    assert_int_equal(report.n, 1);
    assert_int_equal(report.failures[0], 0x0110);
    commitment_free(&report);
}

static void a_failure_is_never_success(void **state)
{
    (void)state;
    fails_with_0110(BYTES(TRANSACTION "\x08\0\x98\x11\x16\0\0\0"
                                      "\xfe\xff\0\xe0\x0e\0\0\0" INSTANCE));
    fails_with_0110(BYTES(TRANSACTION "\x08\0\x98\x11\x20\0\0\0"
                                      "\xfe\xff\0\xe0\x18\0\0\0" INSTANCE
                                      "\x08\0\x97\x11\x02\0\0\0\0\0"));
}

static void hostile(void **state)
{
    char many[20000];
    size_t n = 0, i;

    (void)state;
    refuse("", 0, "a report without TransactionUID");
    refuse(BYTES("\x08\0\x95\x11\x04\0\0\0"
                 "1.x\0"),
           "element (0008,1195) is no UID");
    refuse(BYTES("\x08\0\x95\x11\0\0\0\0"), "element (0008,1195) is no UID");
    refuse(BYTES("\x08\0\x95\x11\xf0\0\0\0"
                 "1.2\0"),
           "element (0008,1195) at byte 0 is longer than what is left");
    refuse(BYTES(TRANSACTION "\x08\0\x99\x11\x08\0\0\0"
                             "\xfe\xff\0\xe0\0\0\0\0"),
           "an item without ReferencedSOPInstanceUID");
    refuse(BYTES(TRANSACTION "\x08\0\x99\x11\xff\xff\xff\xff"
                             "\xfe\xff\0\xe0\xff\xff\xff\xff" INSTANCE),
           "the data set ends inside a sequence or in the middle of "
           "encapsulated PixelData");
    for (i = 0; i < 1000; i++, n += 16) /* sequences in sequences */
        memcpy(many + n,
               "\x08\0\x99\x11\xff\xff\xff\xff\xfe\xff\0\xe0\xff\xff\xff\xff",
               16);
    refuse(many, n, "element (0008,1199) at byte 128 nests sequences too deep");
}

static void every_cut_is_survived(void **state)
{
    struct commitment in = {.transaction = "2.25.123"};
    unsigned char *bytes;
    size_t n, cut;

    (void)state;
    commitment_add(&in, "1.2.840", "1.2.3", 0);
    bytes = commitment_build(&in, &n);
    for (cut = 1; cut < n; cut++) {
        struct commitment out = {0};
        struct err err = {0};

        if (commitment_parse(bytes, cut, IMPLICIT, &out, &err))
            assert_int_equal(out.n, 0); /* only where the sequence begins */
        commitment_free(&out);
    }
    free(bytes);
    commitment_free(&in);
}

static void a_query_names_its_object(void **state)
{
    unsigned char bytes[COMMITMENT_QUERY_BYTES];
    char longest[65];
    size_t n = commitment_query(bytes, "1.2", "1.2.3", "1.2.3.4");

    (void)state;
    assert_memory_equal(bytes,
                        "\x08\0\x18\0\x08\0\0\0"
                        "1.2.3.4\0",
                        16);
    assert_memory_equal(bytes + 16, "\x08\0\x52\0\x06\0\0\0IMAGE ", 14);
    assert_true(commitment_names(bytes, n, "1.2.3.4"));
    assert_false(commitment_names(bytes, n, "1.2.3.5"));
    assert_false(commitment_names(bytes, 3, "1.2.3.4"));
    assert_false(commitment_names("", 0, "1.2.3.4"));
    memset(longest, '1', 64);
    longest[64] = '\0';
    n = commitment_query(bytes, longest, longest, longest);
    assert_int_equal(n, 4 * 8 + 3 * 64 + 6);
    assert_true(commitment_names(bytes, n, longest));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_asked_can_be_read),
        cmocka_unit_test(a_report_of_both_kinds),
        cmocka_unit_test(a_failure_is_never_success),
        cmocka_unit_test(hostile),
        cmocka_unit_test(every_cut_is_survived),
        cmocka_unit_test(a_query_names_its_object),
    };

    return cmocka_run_group_tests_name("commitment", tests, NULL, NULL);
}
