/* What a child holds and when it ends: a parent that was killed must be
 * replaceable at once, and its children do not go on beside the next one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <netinet/in.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "db/worker.h"
#include "scp/keep.c"
#include "scp/receive.c"
#include "scp/refusal.c"
#include "scp/report.c"
#include "scp/routing.c"
#include "scp/routing_apart.c"
#include "scp/serve.c"
#include "scp/sops.c"

static char folder[] = "/tmp/osteon-serve-XXXXXX";
static struct conf conf;

static int set_up(void **state)
{
    char path[64];

    (void)state;
    assert_non_null(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/lock", folder);
    assert_int_equal(mkdir(path, 0700), 0);
    conf.node.limits.associate_ms = 30000;
    conf.node.limits.idle_ms = 30000;
    conf.node.limits.object_ms = 30000;
    conf.node.limits.pdu_bytes = 16384;
    return 0;
}

static int tear_down(void **state)
{
    char command[64];

    (void)state;
    snprintf(command, sizeof command, "rm -r %s", folder);
    return system(command);
}

/* A connection over loopback, as DCMTK wants TCP. */
static void connect_pair(int *ours, int *theirs, int *listener)
{
    struct sockaddr_in at = {.sin_family = AF_INET,
                             .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof at;

    *listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(bind(*listener, (struct sockaddr *)&at, sizeof at), 0);
    assert_int_equal(listen(*listener, 1), 0);
    assert_int_equal(getsockname(*listener, (struct sockaddr *)&at, &size), 0);
    *ours = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(connect(*ours, (struct sockaddr *)&at, sizeof at), 0);
    *theirs = accept(*listener, NULL, NULL);
    assert_true(*theirs >= 0);
}

/* Locks, forks a child for the connection, and is killed. */
static _Noreturn void be_parent(int fd, int tell)
{
    struct err err = {0};
    pid_t self = getpid(), child;
    struct serve serve = {.conf = &conf, .fd = fd, .news = tell};

    if (!worker_lock(folder, "scp", &err))
        _exit(1);
    child = fork();
    serve.parent = self;
    if (child == 0)
        serve_child(&serve);
    clock_sleep_ms(200);
    if (write(tell, &child, sizeof child) != sizeof child)
        _exit(1);
    raise(SIGKILL);
    _exit(1);
}

static void test_killed_parent(void **state)
{
    int ours, theirs, listener, tell[2], status;
    struct err err = {0};
    pid_t parent, child;

    (void)state;
    /* the orphan comes to us */
    assert_int_equal(prctl(PR_SET_CHILD_SUBREAPER, 1), 0);
    connect_pair(&ours, &theirs, &listener);
    assert_int_equal(pipe(tell), 0);
    parent = fork();
    if (parent == 0)
        be_parent(theirs, tell[1]);
    close(theirs);
    assert_int_equal(read(tell[0], &child, sizeof child), sizeof child);
    assert_int_equal(waitpid(parent, &status, 0), parent);
    assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);

    assert_true(worker_lock(folder, "scp", &err));
    alarm(10);
    assert_int_equal(waitpid(child, &status, 0), child);
    alarm(0);
    assert_int_equal(status, 0);
    close(listener);
    close(ours);
}

static void test_parent_that_is_gone_already(void **state)
{
    struct serve serve = {.conf = &conf, .parent = 1, .fd = 3, .news = 4};
    int status;
    pid_t child = fork();

    (void)state;
    if (child == 0)
        serve_child(&serve);
    alarm(10);
    assert_int_equal(waitpid(child, &status, 0), child);
    alarm(0);
    assert_int_equal(status, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_killed_parent),
        cmocka_unit_test(test_parent_that_is_gone_already),
    };

    return cmocka_run_group_tests_name("serve", tests, set_up, tear_down);
}
