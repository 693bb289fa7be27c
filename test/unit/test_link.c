/* The circuit breaker, against a port where nobody listens. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "scu/link.c"

static const struct conf_retry retry = {.first_ms = 500, .cap_ms = 2000};
static const struct dcm_context context = {"1.2.840.10008.1.1",
                                           "1.2.840.10008.1.2"};

static void test_pause(void **state)
{
    (void)state;
    assert_int_equal(link_pause_ms(&retry, 1), 500);
    assert_int_equal(link_pause_ms(&retry, 2), 1000);
    assert_int_equal(link_pause_ms(&retry, 3), 2000);
    assert_int_equal(link_pause_ms(&retry, 4), 2000);
    assert_int_equal(link_pause_ms(&retry, INT64_MAX), 2000);
}

static void test_down(void **state)
{
    /* 30720-32767 is for tests; nothing of ours listens on the last one */
    struct conf_destination dest = {.name = "pacs",
                                    .ae = "PACS",
                                    .calling_ae = "OSTEON",
                                    .host = "127.0.0.1",
                                    .port = 32767,
                                    .connect_ms = 1000,
                                    .response_ms = 1000};
    struct link link = {.dest = &dest, .retry = &retry, .pdu_bytes = 16384};
    struct err err = {0};

    (void)state;
    assert_false(link_resting(&link));
    assert_false(link_open(&link, &context, 1, &err));
    assert_int_equal(err.code, ERR_RETRY);
    assert_non_null(strstr(err.msg, "destination pacs: "));
    assert_non_null(strstr(err.msg, "Connection refused"));
    assert_int_equal(link.state, LINK_DOWN);
    assert_int_equal(link.failures, 1);
    assert_true(link_resting(&link));
    assert_true(link.probe_ms - clock_mono_ms() <= 600);
    assert_true(link.probe_ms - clock_mono_ms() >= 300);
    assert_false(link_proposed(&link, &context));
    link_close_idle(&link);
    link_close(&link);
}

static void test_host_without_ipv4(void **state)
{
    struct conf_destination dest = {.name = "x",
                                    .host = "::1",
                                    .port = 104,
                                    .connect_ms = 1000,
                                    .response_ms = 1000};
    struct link link = {.dest = &dest, .retry = &retry};
    struct err err = {0};

    (void)state;
    assert_false(link_open(&link, &context, 1, &err));
    assert_int_equal(err.code, ERR_RETRY);
    assert_non_null(
        strstr(err.msg, "destination x: host ::1: no IPv4 address"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_pause),
        cmocka_unit_test(test_down),
        cmocka_unit_test(test_host_without_ipv4),
    };

    return cmocka_run_group_tests_name("link", tests, NULL, NULL);
}
