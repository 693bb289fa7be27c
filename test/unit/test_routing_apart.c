/* One parser for many objects: what it does with one is paid by that object
 * alone. dcm_read() is this program's own and does what the path says. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "dicom/dataset.h"

static bool damaged; /* in the parser's process: by an object before */

static _Noreturn void end_by(int number)
{
    signal(number, SIG_DFL);
    raise(number);
    _exit(1);
}

static struct dcm *read_as_told(const char *path, struct err *err)
{
    struct dcm *set;

    if (damaged || strcmp(path, "crash") == 0)
        end_by(SIGSEGV);
    if (strcmp(path, "out of memory") == 0)
        end_by(SIGKILL);
    if (strcmp(path, "hang") == 0)
        end_by(SIGALRM);
    if (strcmp(path, "not DICOM") == 0) {
        err_set(err, ERR_REJECT, "not DICOM");
        return NULL;
    }
    damaged = strcmp(path, "damage") == 0;
    set = dcm_new();
    return dcm_set(set, "Modality", "CR", err) ? set : NULL;
}
#define dcm_read read_as_told

#include "scp/routing.c"
#include "scp/routing_apart.c"
#include "scp/sops.c"

static char models[][CONF_NAME] = {"knee"};
static char forward[][CONF_NAME] = {"pacs", "archive"};
static struct conf_route route = {.name = "all",
                                  .match = {.op = CONF_ALL},
                                  .models = models,
                                  .n_models = 1,
                                  .forward = forward,
                                  .n_forward = 2};
static struct conf conf = {.routes = &route, .n_routes = 1};
static const struct object image = {.sop_class = "1.2.840.10008.5.1.4.1.1.1",
                                    .study_uid = "1.2.3"};
static struct apart apart;
static struct routing routing;
static struct err err;

static bool routed(const char *path)
{
    memset(&err, 0, sizeof err);
    assert_true(routing_apart_ask(&apart, &conf, &image, path, true, &err));
    return routing_apart_answer(&apart, &conf, &routing, &err);
}

static void takes_all(void)
{
    assert_int_equal(routing.routes, 1);
    assert_int_equal(routing.n_demands, 1);
    assert_string_equal(routing.demands[0].model, "knee");
    assert_int_equal(routing.n_forwards, 2);
    assert_string_equal(routing.forwards[1].key, "archive");
    assert_string_equal(routing.forwards[1].study_uid, "1.2.3");
    routing_free(&routing);
}

static void takes_none(void)
{
    assert_int_equal(routing.routes, 0);
    assert_null(routing.demands);
    assert_null(routing.forwards);
}

static int tear_down(void **state)
{
    (void)state;
    routing_apart_end(&apart);
    assert_int_equal(apart.pid, 0);
    return 0;
}

static void test_one_process_reads_all(void **state)
{
    pid_t first;

    (void)state;
    routing_apart_start(&apart, &conf);
    first = apart.pid;
    assert_true(first > 0);
    for (int i = 0; i < 3; i++) {
        assert_true(routed("fine"));
        takes_all();
    }
    assert_false(routed("not DICOM"));
    assert_int_equal(err.code, ERR_REJECT);
    assert_string_equal(err.msg, "not DICOM");
    takes_none();
    assert_true(routed("fine"));
    takes_all();
    assert_int_equal(apart.pid, first);
}

static void test_a_crash_costs_one_object(void **state)
{
    pid_t first;

    (void)state;
    assert_true(routed("fine"));
    takes_all();
    first = apart.pid;
    assert_false(routed("crash"));
    assert_int_equal(err.code, ERR_REJECT);
    assert_string_equal(err.msg, "reading its headers crashed or took too "
                                 "long");
    takes_none();
    assert_int_equal(apart.pid, 0);
    assert_true(routed("fine"));
    takes_all();
    assert_int_not_equal(apart.pid, first);
    assert_false(routed("hang"));
    assert_int_equal(err.code, ERR_REJECT);
}

/* The parser dies of the second object by the fault of the first. */
static void test_the_next_object_is_innocent(void **state)
{
    (void)state;
    assert_true(routed("damage"));
    takes_all();
    assert_true(routed("fine"));
    takes_all();
    assert_int_equal(apart.answers, 1); /* another one read it */
}

/* Success would mean an image that nobody analyses. */
static void test_what_is_not_its_fault(void **state)
{
    (void)state;
    assert_false(routed("out of memory"));
    assert_int_equal(err.code, ERR_RETRY);
    assert_string_equal(err.msg, "reading its headers was cut short");
    assert_true(routed("fine"));
    takes_all();
    kill(apart.pid, SIGKILL); /* between two objects */
    assert_true(routed("fine"));
    takes_all();
}

static void test_an_answer_nobody_waits_for(void **state)
{
    (void)state;
    assert_true(
        routing_apart_ask(&apart, &conf, &image, "not DICOM", true, &err));
    assert_true(routed("fine"));
    takes_all();
}

/* Else a file's lock would outlive its process in the parser. */
static void test_nothing_stays_open(void **state)
{
    FILE *file = tmpfile();
    char path[64];
    int again;

    (void)state;
    assert_non_null(file);
    assert_int_equal(flock(fileno(file), LOCK_EX | LOCK_NB), 0);
    assert_true(routed("fine"));
    takes_all();
    snprintf(path, sizeof path, "/proc/self/fd/%d", fileno(file));
    again = open(path, O_RDWR);
    assert_true(again >= 0);
    fclose(file);
    assert_int_equal(flock(again, LOCK_EX | LOCK_NB), 0);
    close(again);
}

#define TEST(f) cmocka_unit_test_teardown(f, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_one_process_reads_all),
        TEST(test_a_crash_costs_one_object),
        TEST(test_the_next_object_is_innocent),
        TEST(test_what_is_not_its_fault),
        TEST(test_an_answer_nobody_waits_for),
        TEST(test_nothing_stays_open),
    };

    return cmocka_run_group_tests_name("routing_apart", tests, NULL, NULL);
}
