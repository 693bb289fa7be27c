/* What osteon-scu decides without a destination: when a delivery is too old,
 * and that a damaged stand-in keeps nothing back. The port is one where nobody
 * listens. */
#include <sys/stat.h>

/* before the names of the case would be shadowed */
#include "scu/commit.c"
#include "scu/link.c"
#include "scu/outcome.c"
#include "scu/send.c"
#include "test/unit/queue_case.h"

#define HOUR_MS INT64_C(3600000)

static const struct conf_retry retry = {.first_ms = 500, .cap_ms = 2000};
static const struct conf_destination dest = {.name = "pacs",
                                             .ae = "PACS",
                                             .calling_ae = "OSTEON",
                                             .host = "127.0.0.1",
                                             .port = 32767,
                                             .connect_ms = 1000,
                                             .response_ms = 1000,
                                             .retry_for_ms = 72 * HOUR_MS};

static struct send sender(void)
{
    struct send send = {
        .db = db,
        .link = {.db = db, .dest = &dest, .retry = &retry, .pdu_bytes = 16384}};

    return send;
}

static struct object spooled(const char *uid)
{
    struct object object = case_image("1.2", uid, uid);
    struct spool_file *file;

    MUST((file = spool_create(folder, 0, &object, &err)) != NULL);
    MUST(spool_write(file, uid, strlen(uid), &err));
    MUST(spool_commit(file, &object, &err));
    return object;
}

/* Two results and the delivery of the first, or else of the second. */
static struct job delivery(bool first_is_whole, bool second_is_whole)
{
    struct job_demand demand = case_demand();
    struct job job, send = {.key = "pacs", .object_id = 1, .alternate_id = 2};
    struct object results[2];
    char path[SPOOL_PATH];

    MUST(spool_prepare(folder, &err));
    demand.count = 1;
    case_arrives("1.2", "1.2.1", &demand);
    assert_true(case_claim(JOB_ANALYSE, NULL, &job));
    results[0] = spooled("2.25.100");
    results[1] = spooled("2.25.200");
    MUST(queue_finish(db, &job, results, 2, &send, 1, "{}", &err));
    spool_path(&results[0], path);
    assert_int_equal(first_is_whole ? 0 : truncate(path, 9), 0);
    spool_path(&results[1], path);
    assert_int_equal(second_is_whole ? 0 : truncate(path, 9), 0);
    assert_true(case_claim(JOB_SEND, "pacs", &job));
    return job;
}

static void too_old_is_given_up(void **state)
{
    struct job job = delivery(true, true);
    struct send send = sender();

    (void)state;
    MUST(queue_defer(db, &job, 0, "no answer", &err));
    now_ms += 72 * HOUR_MS;
    expire(&send);
    assert_int_equal(case_number("SELECT state FROM job WHERE stage = 2"),
                     JOB_QUEUED);
    now_ms += EXPIRE_EVERY_MS;
    expire(&send);
    assert_int_equal(case_number("SELECT state FROM job WHERE stage = 2"),
                     JOB_DEAD);
}

/* The still clock serves as both clocks: a jump is made by hand. */
static void nothing_is_given_up_after_a_jump(void **state)
{
    struct job job = delivery(true, true);
    struct send send = sender();

    (void)state;
    MUST(queue_defer(db, &job, 0, "no answer", &err));
    expire(&send);
    send.clock.skew_ms -= 100 * HOUR_MS;
    now_ms += 100 * HOUR_MS;
    expire(&send);
    now_ms += HOUR_MS - EXPIRE_EVERY_MS;
    expire(&send);
    assert_int_equal(case_number("SELECT state FROM job WHERE stage = 2"),
                     JOB_QUEUED);
    now_ms += EXPIRE_EVERY_MS;
    expire(&send);
    assert_int_equal(case_number("SELECT state FROM job WHERE stage = 2"),
                     JOB_DEAD);
}

/* The clock may have been wrong at boot: a sender tries for a while first. */
static void nothing_is_given_up_at_start(void **state)
{
    struct job job = delivery(true, true);
    struct send send = sender();

    (void)state;
    MUST(queue_defer(db, &job, 0, "no answer", &err));
    now_ms += 100 * HOUR_MS;
    clock_watch_start(&send.clock, 72 * HOUR_MS);
    expire(&send);
    now_ms += HOUR_MS - EXPIRE_EVERY_MS;
    expire(&send);
    assert_int_equal(case_number("SELECT state FROM job WHERE stage = 2"),
                     JOB_QUEUED);
    now_ms += EXPIRE_EVERY_MS;
    expire(&send);
    assert_int_equal(case_number("SELECT state FROM job WHERE stage = 2"),
                     JOB_DEAD);
}

static void a_damaged_alternate_keeps_nothing_back(void **state)
{
    struct job job = delivery(true, false);
    struct send send = sender();

    (void)state;
    memset(&err, 0, sizeof err);
    assert_false(send_work(&send, &job, &err));
    assert_int_equal(err.code, ERR_RETRY);
    assert_non_null(strstr(err.msg, "Connection refused"));
}

static void a_damaged_object_is_not_sent(void **state)
{
    struct job job = delivery(false, true);
    struct send send = sender();

    (void)state;
    memset(&err, 0, sizeof err);
    assert_false(send_work(&send, &job, &err));
    assert_int_equal(err.code, ERR_REJECT);
    assert_non_null(strstr(err.msg, "the file has 9 bytes, "));
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, case_setup, case_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(too_old_is_given_up),
        TEST(nothing_is_given_up_after_a_jump),
        TEST(nothing_is_given_up_at_start),
        TEST(a_damaged_alternate_keeps_nothing_back),
        TEST(a_damaged_object_is_not_sent),
    };

    return cmocka_run_group_tests_name("send", tests, NULL, NULL);
}
