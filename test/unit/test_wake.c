/* db/wake: a commit of somebody else ends the rest, and a word that never comes
 * does not make it endless. */
#include "test/unit/queue_case.h"

#include <sys/wait.h>
#include <time.h>

#include "db/wake.h"

static int64_t real_ms(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static void quiet_is_50_ms(void **state)
{
    struct wake wake;
    int64_t begun;

    (void)state;
    wake_open(&wake, db);
    assert_true(wake.fd >= 0);
    begun = real_ms();
    wake_rest(&wake);
    assert_in_range(real_ms() - begun, 45, 5000);
    assert_int_equal(wake.lively_ms, 0);
    wake_close(&wake);
    wake_close(&wake);
}

static void a_commit_makes_lively(void **state)
{
    struct job_demand demand = case_demand();
    struct wake wake;
    int status;

    (void)state;
    wake_open(&wake, db);
    if (fork() == 0) {
        db = case_open();
        case_arrives("1.2", "1.2.1", &demand);
        _exit(0);
    }
    assert_true(wait(&status) > 0);
    assert_int_equal(status, 0);
    wake_rest(&wake); /* it was told, or else this takes 50 ms in vain */
    assert_int_equal(wake.lively_ms, now_ms + 50);
    wake_rest(&wake); /* now in small steps */
    assert_int_equal(now_ms, START_MS + 2);
    wake_close(&wake);
}

static void without_the_kernel(void **state)
{
    struct wake wake = {.fd = -1};

    (void)state;
    wake_rest(&wake);
    assert_int_equal(now_ms, START_MS + 50);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, case_setup, case_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(quiet_is_50_ms),
        TEST(a_commit_makes_lively),
        TEST(without_the_kernel),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
