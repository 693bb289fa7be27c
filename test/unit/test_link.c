/* The circuit breaker, against a port where nobody listens; the clock stands
 * still, and a destination's state is a row. */
#include "db/destination.h"
#include "scu/link.c"
#include "test/unit/queue_case.h"

static const struct conf_retry retry = {
    .first_ms = 500, .cap_ms = 2000, .parked_ms = 3600000};
static const struct dcm_context context = {"1.2.840.10008.1.1",
                                           "1.2.840.10008.1.2"};

static struct destination_state last;

static void see(void *ctx, const struct destination_state *state)
{
    (void)ctx;
    last = *state;
}

static struct destination_state row(void)
{
    memset(&last, 0, sizeof last);
    MUST(destination_each(db, see, NULL, &err));
    return last;
}

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
    struct link link = {
        .db = db, .dest = &dest, .retry = &retry, .pdu_bytes = 16384};

    (void)state;
    memset(&err, 0, sizeof err);
    assert_false(link_resting(&link));
    assert_false(link_open(&link, &context, 1, &err));
    assert_int_equal(err.code, ERR_RETRY);
    assert_non_null(strstr(err.msg, "destination pacs: "));
    assert_non_null(strstr(err.msg, "Connection refused"));
    assert_int_equal(link.state, LINK_DOWN);
    assert_int_equal(link.failures, 1);
    assert_true(link_resting(&link));
    assert_true(link.probe_ms - clock_mono_ms() <= 600);
    assert_true(link.probe_ms - clock_mono_ms() >= 400);
    assert_true(link_away(&link));
    assert_string_equal(row().state, "down");
    assert_non_null(strstr(row().why, "Connection refused"));
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
    struct link link = {.db = db, .dest = &dest, .retry = &retry};

    (void)state;
    memset(&err, 0, sizeof err);
    assert_false(link_open(&link, &context, 1, &err));
    assert_int_equal(err.code, ERR_RETRY);
    assert_non_null(
        strstr(err.msg, "destination x: host ::1: no IPv4 address"));
}

/* It connects, and then takes nothing: no job per job is spent on it. */
static void test_busy(void **state)
{
    struct conf_destination dest = {.name = "pacs"};
    struct link link = {.db = db, .dest = &dest, .retry = &retry};

    (void)state;
    link_fine(&link);
    assert_string_equal(row().state, "up");
    link_trouble(&link, "A700");
    link_trouble(&link, "A700");
    assert_false(link_resting(&link));
    link_fine(&link);
    link_trouble(&link, "A700");
    link_trouble(&link, "A700");
    assert_int_equal(link.state, LINK_UP);
    now_ms += 1000;
    link_trouble(&link, "A700: out of resources");
    assert_int_equal(link.state, LINK_BUSY);
    assert_false(link_away(&link));
    assert_true(link_resting(&link));
    assert_true(link.probe_ms - now_ms <= 600);
    assert_string_equal(row().state, "busy");
    assert_string_equal(row().why, "A700: out of resources");
    assert_int_equal(row().since_ms, now_ms);
    now_ms += 600;
    assert_false(link_resting(&link));
    link_trouble(&link, "A700"); /* one probe, and twice the rest */
    assert_true(link.probe_ms - now_ms >= 800);
    link_trouble(&link, "A700");
    link_trouble(&link, "A700");
    assert_true(link.probe_ms - now_ms <= 2400);
    link_fine(&link);
    assert_false(link_resting(&link));
    assert_string_equal(row().state, "up");
}

static void test_parked(void **state)
{
    struct conf_destination dest = {.name = "pacs"};
    struct link link = {.db = db, .dest = &dest, .retry = &retry};

    (void)state;
    link.failures = 1;
    rest(&link, LINK_PARKED, "rejected (1/1/3)");
    assert_true(link_away(&link));
    now_ms += 40 * 60000;
    assert_true(link_resting(&link));
    now_ms += 32 * 60000;
    assert_false(link_resting(&link));
    assert_string_equal(row().state, "parked");
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, case_setup, case_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_pause), TEST(test_down),   TEST(test_host_without_ipv4),
        TEST(test_busy),  TEST(test_parked),
    };

    return cmocka_run_group_tests_name("link", tests, NULL, NULL);
}
