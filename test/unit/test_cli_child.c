/* cli/child.c, cli/plan.c: what runs, and how long the supervisor waits before
 * it starts again what died. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cli/child.c"
#include "cli/plan.c"
#include "cli/program.c"

static void test_backoff(void **state)
{
    static const int64_t pauses[] = {100,  200,  400,   800,  1600,
                                     3200, 6400, 10000, 10000};
    int64_t delay_ms = 0;
    size_t i;

    (void)state;
    for (i = 0; i < sizeof pauses / sizeof *pauses; i++) {
        delay_ms = child_backoff(delay_ms, 5);
        assert_int_equal(delay_ms, pauses[i]);
    }
    assert_int_equal(child_backoff(10000, 9999), 10000);
    assert_int_equal(child_backoff(10000, 10000), 100);
}

static void test_died_is_due_after_the_pause(void **state)
{
    struct child child = {.wanted = true, .pid = 1234567, .started_ms = 1000};

    (void)state;
    child.entry.program = "osteon-scp";
    child_died(&child, 1 << 8, 1500);
    assert_int_equal(child.pid, 0);
    assert_int_equal(child.due_ms, 1600);
    child.pid = 1234567;
    child.started_ms = 1600;
    child_died(&child, SIGKILL, 1700);
    assert_int_equal(child.due_ms, 1900);
}

static void test_stopped_is_due_at_once(void **state)
{
    struct child child = {.wanted = true, .delay_ms = 6400, .stopping = true};

    (void)state;
    child.entry.program = "osteon-scp";
    child.pid = 1234567;
    child_died(&child, 0, 5000);
    assert_int_equal(child.due_ms, 5000);
    assert_int_equal(child.delay_ms, 0);
    assert_false(child.stopping);
}

static void test_stop_then_press(void **state)
{
    struct child child = {.wanted = true};
    int status;

    (void)state;
    child.entry.program = "sleep";
    child.pid = fork();
    if (child.pid == 0) {
        signal(SIGTERM, SIG_IGN);
        for (;;)
            pause();
    }
    usleep(100000);
    child_stop(&child, 1000);
    assert_int_equal(child.due_ms, 21000);
    child_stop(&child, 9000); /* a second one does not put it off */
    assert_int_equal(child.due_ms, 21000);
    child_press(&child, 20999);
    usleep(100000);
    assert_int_equal(waitpid(child.pid, &status, WNOHANG), 0);
    child_press(&child, 21000);
    assert_int_equal(waitpid(child.pid, &status, 0), child.pid);
    assert_int_equal(program_status(status), 128 + SIGKILL);
}

static void test_a_missing_program_is_named(void **state)
{
    char path[PROGRAM_PATH];
    struct err err = {0};

    (void)state;
    assert_false(program_path(path, "osteon-nothing", &err));
    assert_non_null(strstr(err.msg, "/osteon-nothing: No such file or "
                                    "directory; osteon's programs belong into "
                                    "one folder"));
}

static void test_command_line(void **state)
{
    const char *extra[] = {"--slot", "2", NULL};
    struct cli_args args = {0};
    struct err err = {0};
    struct program program;

    (void)state;
    args.common.path = "a.yaml";
    args.common.over.state = "/s";
    args.common.over.port = 30720;
    /* this test itself is the one program that stands beside it */
    assert_true(program_prepare(&program, program_invocation_short_name, &args,
                                extra, &err));
    assert_string_equal(program.argv[1], "-c");
    assert_string_equal(program.argv[2], "a.yaml");
    assert_string_equal(program.argv[3], "--state");
    assert_string_equal(program.argv[4], "/s");
    assert_string_equal(program.argv[5], "--port");
    assert_string_equal(program.argv[6], "30720");
    assert_string_equal(program.argv[7], "--slot");
    assert_string_equal(program.argv[8], "2");
    assert_null(program.argv[9]);
}

static void test_plan(void **state)
{
    struct conf_destination destinations[2] = {{.name = "pacs"},
                                               {.name = "archive"}};
    struct conf conf = {.destinations = destinations, .n_destinations = 2};
    struct plan_entry *plan;
    size_t n;

    (void)state;
    conf.node.inference.processes = 2;
    plan = plan_make(&conf, &n);
    assert_int_equal(n, 6);
    assert_string_equal(plan[0].name, "keeper");
    assert_string_equal(plan[1].name, "scp");
    assert_string_equal(plan[2].name, "infer.1");
    assert_string_equal(plan[3].name, "infer.2");
    assert_string_equal(plan[3].program, "osteon-infer");
    assert_string_equal(plan[3].arguments[0], "--slot");
    assert_string_equal(plan[3].arguments[1], "2");
    assert_string_equal(plan[5].name, "scu.archive");
    assert_string_equal(plan[5].arguments[0], "archive");
    free(plan);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_backoff),
        cmocka_unit_test(test_died_is_due_after_the_pause),
        cmocka_unit_test(test_stopped_is_due_at_once),
        cmocka_unit_test(test_stop_then_press),
        cmocka_unit_test(test_a_missing_program_is_named),
        cmocka_unit_test(test_command_line),
        cmocka_unit_test(test_plan),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
