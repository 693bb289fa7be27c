/* Command sets: what we write we read, what others write wrongly is refused
 * with the reason. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "dicom/command.h"

static void refuse(const void *bytes, size_t n, const char *why)
{
    struct command out = {.field = 7};
    struct err err = {0};

    assert_false(command_parse(bytes, n, &out, &err));
    assert_int_equal(err.code, ERR_REJECT);
    assert_string_equal(err.msg, why);
    assert_int_equal(out.field, 7);
}

static void test_store_request(void **state)
{
    struct command in = {.field = COMMAND_STORE,
                         .message_id = 258,
                         .data_set = true,
                         .sop_class = "1.2.840.10008.5.1.4.1.1.1",
                         .sop_uid = "1.2.34"};
    unsigned char bytes[COMMAND_BYTES];
    struct err err = {0};
    struct command out;
    size_t n = command_build(&in, bytes);

    (void)state;
    /* (0000,0000) UL 4: the length of all that follows (PS3.7 E.1-1) */
    assert_memory_equal(bytes, "\0\0\0\0\4\0\0\0", 8);
    assert_int_equal(bytes[8] | bytes[9] << 8, n - 12);
    assert_int_equal(n % 2, 0);
    assert_true(command_parse(bytes, n, &out, &err));
    assert_memory_equal(&in, &out, sizeof in);
}

static void test_response(void **state)
{
    struct command in = {.field = COMMAND_STORE | COMMAND_RESPONSE,
                         .message_id = 65535,
                         .status = 0xC000,
                         .sop_class = "1.2.3",
                         .sop_uid = "1.2.3.4.5",
                         .comment = "nested too deep"};
    unsigned char bytes[COMMAND_BYTES];
    struct err err = {0};
    struct command out;
    size_t n = command_build(&in, bytes);

    (void)state;
    assert_int_equal(n % 2, 0);
    assert_true(command_parse(bytes, n, &out, &err));
    assert_memory_equal(&in, &out, sizeof in);
}

static void test_response_without_status(void **state)
{
    struct command in = {.field = COMMAND_STORE | COMMAND_RESPONSE,
                         .message_id = 1};
    unsigned char bytes[COMMAND_BYTES];
    size_t n = command_build(&in, bytes);

    (void)state;
    /* its last element is the status */
    assert_int_equal(bytes[n - 7], 0x09);
    refuse(bytes, n - 10, "a response without a status");
}

static void test_commitment_messages(void **state)
{
    struct command in = {.field = COMMAND_ACTION,
                         .message_id = 3,
                         .type = 1,
                         .data_set = true,
                         .sop_class = "1.2.840.10008.1.20.1",
                         .sop_uid = "1.2.840.10008.1.20.1.1"};
    unsigned char bytes[COMMAND_BYTES];
    struct err err = {0};
    struct command out;
    size_t n = command_build(&in, bytes);

    (void)state;
    /* RequestedSOPClassUID first, ActionTypeID last (PS3.7 10.3.4) */
    assert_memory_equal(bytes + 12, "\0\0\3\0", 4);
    assert_memory_equal(bytes + n - 10, "\0\0\x08\x10\2\0\0\0\1\0", 10);
    assert_true(command_parse(bytes, n, &out, &err));
    assert_memory_equal(&in, &out, sizeof in);
    in.field = COMMAND_EVENT_REPORT | COMMAND_RESPONSE;
    in.type = 2;
    n = command_build(&in, bytes);
    /* AffectedSOPClassUID first, EventTypeID last (PS3.7 10.3.1) */
    assert_memory_equal(bytes + 12, "\0\0\2\0", 4);
    assert_memory_equal(bytes + n - 10, "\0\0\x02\x10\2\0\0\0\2\0", 10);
    assert_true(command_parse(bytes, n, &out, &err));
    assert_memory_equal(&in, &out, sizeof in);
}

static void test_longest_values(void **state)
{
    struct command in = {.field = COMMAND_STORE | COMMAND_RESPONSE};
    unsigned char bytes[COMMAND_BYTES];
    struct err err = {0};
    struct command out;

    (void)state;
    memset(in.sop_class, '1', 64);
    memset(in.sop_uid, '2', 64);
    memset(in.comment, 'x', 64);
    assert_true(command_parse(bytes, command_build(&in, bytes), &out, &err));
    assert_memory_equal(&in, &out, sizeof in);
}

static void test_every_cut_is_refused(void **state)
{
    struct command in = {.field = COMMAND_ECHO, .sop_class = "1.2"};
    unsigned char bytes[COMMAND_BYTES];
    struct err err = {0};
    struct command out;
    size_t n = command_build(&in, bytes), cut;

    (void)state;
    for (cut = 0; cut < n; cut++)
        assert_false(command_parse(bytes, cut, &out, &err));
    assert_true(command_parse(bytes, n, &out, &err));
}

#define FIELD_AND_ID                                                           \
    "\0\0\x00\x01\2\0\0\0\x01\0"                                               \
    "\0\0\x10\x01\2\0\0\0\x05\0"
#define NO_DATA  "\0\0\x00\x08\2\0\0\0\x01\x01"
#define BYTES(s) s, sizeof(s) - 1

static void test_hostile(void **state)
{
    (void)state;
    refuse(BYTES("\0\0\0"), "command set ends in an element");
    refuse(BYTES("\x08\0\x05\0\0\0\0\0"),
           "command set holds element (0008,0005)");
    refuse(BYTES("\0\0\x02\0\xff\xff\xff\xff"),
           "command element (0000,0002) is longer than the command set");
    refuse(BYTES("\0\0\x02\0\2\0\0\0x"),
           "command element (0000,0002) is longer than the command set");
    refuse(BYTES(FIELD_AND_ID),
           "command set without CommandField or CommandDataSetType");
    refuse(BYTES("\0\0\x00\x01\2\0\0\0\x01\0" NO_DATA),
           "command set without a message ID");
    refuse(BYTES(""), "command set without CommandField or "
                      "CommandDataSetType");
}

static void parse(const void *bytes, size_t n, struct command *out)
{
    struct err err = {0};

    assert_true(command_parse(bytes, n, out, &err));
}

static void test_odd_but_clear(void **state)
{
    struct command out;

    (void)state;
    /* odd length, padded with a space */
    parse(BYTES(FIELD_AND_ID NO_DATA "\0\0\x02\0\4\0\0\0"
                                     "1.2 "),
          &out);
    assert_string_equal(out.sop_class, "1.2");
    assert_int_equal(out.message_id, 5);
    assert_false(out.data_set);
    parse(BYTES(FIELD_AND_ID NO_DATA "\0\0\x02\0\3\0\0\0"
                                     "1.2"),
          &out);
    assert_string_equal(out.sop_class, "1.2");
    /* unknown elements are skipped */
    parse(BYTES("\0\0\x30\x10\2\0\0\0zz" FIELD_AND_ID NO_DATA), &out);
    assert_int_equal(out.field, COMMAND_STORE);
    /* a UID with a NUL inside is none */
    parse(BYTES(FIELD_AND_ID NO_DATA "\0\0\x00\x10\6\0\0\0"
                                     "1.2\0.3"),
          &out);
    assert_string_equal(out.sop_uid, "");
}

static void test_uid_too_long_is_none(void **state)
{
    unsigned char bytes[sizeof FIELD_AND_ID NO_DATA - 1 + 8 + 66];
    struct command out;
    size_t n = sizeof FIELD_AND_ID NO_DATA - 1;

    (void)state;
    memcpy(bytes, FIELD_AND_ID NO_DATA, n);
    memcpy(bytes + n, "\0\0\x00\x10\x42\0\0\0", 8);
    memset(bytes + n + 8, '1', 66);
    parse(bytes, sizeof bytes, &out);
    assert_string_equal(out.sop_uid, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_store_request),
        cmocka_unit_test(test_response),
        cmocka_unit_test(test_response_without_status),
        cmocka_unit_test(test_commitment_messages),
        cmocka_unit_test(test_longest_values),
        cmocka_unit_test(test_every_cut_is_refused),
        cmocka_unit_test(test_hostile),
        cmocka_unit_test(test_odd_but_clear),
        cmocka_unit_test(test_uid_too_long_is_none),
    };

    return cmocka_run_group_tests_name("command", tests, NULL, NULL);
}
