/* The wire: whole messages, files that come along, and what is no message. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "conf/clock.h"
#include "inference/protocol.h"

static int pair[2];

static int setup(void **state)
{
    (void)state;
    return socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair);
}

static int teardown(void **state)
{
    (void)state;
    close(pair[0]);
    if (pair[1] >= 0)
        close(pair[1]);
    return 0;
}

static int64_t soon(void)
{
    return clock_mono_ms() + 200;
}

static void test_round_trip_with_file(void **state)
{
    (void)state;
    struct err err = {0};
    struct protocol_run run = {.slot = 3, .limits = {1, 99}};
    struct protocol_message m;
    char byte;
    int pipe_fds[2];
    assert_int_equal(pipe(pipe_fds), 0);
    assert_true(
        protocol_send(pair[0], PROTOCOL_RUN, &run, pipe_fds[0], soon(), &err));
    assert_true(protocol_receive(pair[1], true, soon(), &m, &err));
    assert_int_equal(m.kind, PROTOCOL_RUN);
    assert_memory_equal(&m.body.run, &run, sizeof run);
    assert_true(m.fd >= 0);
    assert_int_equal(write(pipe_fds[1], "x", 1), 1);
    assert_int_equal(read(m.fd, &byte, 1), 1);
    close(m.fd);
    close(pipe_fds[0]);
    close(pipe_fds[1]);
}

static void test_file_not_wanted(void **state)
{
    (void)state;
    struct err err = {0};
    struct protocol_loaded loaded = {.load_ms = 5};
    struct protocol_message m;
    assert_true(
        protocol_send(pair[0], PROTOCOL_LOADED, &loaded, 2, soon(), &err));
    assert_true(protocol_receive(pair[1], false, soon(), &m, &err));
    assert_int_equal(m.fd, -1);
    assert_int_equal(m.body.loaded.load_ms, 5);
}

static void test_fault_text_is_tamed(void **state)
{
    (void)state;
    struct err err = {0};
    struct protocol_fault fault = {.blame = PROTOCOL_MODEL};
    struct protocol_message m;
    memset(fault.text, 'a', sizeof fault.text);
    memcpy(fault.text, "\033[31m\nlevel=error\xff", 17);
    assert_true(
        protocol_send(pair[0], PROTOCOL_FAULT, &fault, -1, soon(), &err));
    assert_true(protocol_receive(pair[1], false, soon(), &m, &err));
    assert_int_equal(strlen(m.body.fault.text), sizeof fault.text - 1);
    assert_memory_equal(m.body.fault.text, " [31m level=error", 17);
}

static void refuse_head(uint32_t magic, uint32_t version, uint32_t kind,
                        uint32_t bytes)
{
    struct err err = {0};
    struct protocol_message m;
    const uint32_t head[] = {magic, version, kind, bytes};
    assert_int_equal(write(pair[0], head, sizeof head), sizeof head);
    assert_false(protocol_receive(pair[1], false, soon(), &m, &err));
    assert_int_equal(err.code, ERR_RETRY);
    assert_string_equal(err.msg,
                        "a message is not of protocol version 3: are "
                        "osteon-infer and osteon-model of the same version?");
}

static void test_not_ours(void **state)
{
    (void)state;
    uint32_t size = sizeof(struct protocol_loaded);
    refuse_head(PROTOCOL_MAGIC ^ 1, 3, PROTOCOL_LOADED, size);
    refuse_head(PROTOCOL_MAGIC, 2, PROTOCOL_LOADED, size);
    refuse_head(PROTOCOL_MAGIC, 3, 99, size);
    refuse_head(PROTOCOL_MAGIC, 3, PROTOCOL_LOADED, size + 1);
    refuse_head(PROTOCOL_MAGIC, 3, PROTOCOL_LOADED, UINT32_MAX);
}

static void test_late(void **state)
{
    (void)state;
    struct err err = {0};
    struct protocol_message m;
    int64_t start = clock_mono_ms();
    assert_int_equal(write(pair[0], "NTSO", 4), 4); /* and then silence */
    assert_false(protocol_receive(pair[1], false, start + 50, &m, &err));
    assert_string_equal(err.msg, "no answer within the deadline");
    assert_in_range(clock_mono_ms() - start, 50, 1000);
}

static void test_gone(void **state)
{
    (void)state;
    struct err err = {0};
    struct protocol_message m;
    struct protocol_loaded loaded = {0};
    close(pair[1]);
    pair[1] = -1;
    assert_false(protocol_receive(pair[0], false, PROTOCOL_FOREVER, &m, &err));
    assert_string_equal(err.msg, "the connection is gone");
    assert_false(protocol_send(pair[0], PROTOCOL_LOADED, &loaded, -1,
                               PROTOCOL_FOREVER, &err));
    assert_string_equal(err.msg, "the connection is gone: Broken pipe");
}

static void test_reader_that_does_not_read(void **state)
{
    (void)state;
    static char megabytes[4 << 20];
    struct err err = {0};
    assert_false(
        protocol_write(pair[0], megabytes, sizeof megabytes, soon(), &err));
    assert_string_equal(err.msg, "no answer within the deadline");
}

static void test_picture_size(void **state)
{
    (void)state;
    uint32_t rows, columns;
    protocol_picture_size(2000, 1000, 500, &rows, &columns);
    assert_int_equal(rows, 500);
    assert_int_equal(columns, 250);
    protocol_picture_size(300, 200, 500, &rows, &columns);
    assert_int_equal(rows, 300);
    protocol_picture_size(1, 60000, 500, &rows, &columns);
    assert_int_equal(rows, 1);
    protocol_picture_size(300, 200, 0, &rows, &columns);
    assert_int_equal(rows + columns, 0);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_round_trip_with_file),
        TEST(test_file_not_wanted),
        TEST(test_fault_text_is_tamed),
        TEST(test_not_ours),
        TEST(test_late),
        TEST(test_gone),
        TEST(test_reader_that_does_not_read),
        cmocka_unit_test(test_picture_size),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
