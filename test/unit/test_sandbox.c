/* What a process may still do inside: each try in a child of its own, so that
 * the test itself stays outside. EPERM is seccomp's answer, which does not
 * need Landlock. */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "inference/sandbox.h"

static char file[] = "/tmp/osteon-sandbox.XXXXXX";

static int setup(void **state)
{
    (void)state;
    int fd = mkstemp(file);
    return fd < 0 || write(fd, "1234", 4) != 4 || close(fd) != 0;
}

static int teardown(void **state)
{
    (void)state;
    return unlink(file);
}

/* errno of the try, 0 when it worked. */
static int inside(bool (*try)(void))
{
    int status;
    struct err err;
    uint32_t layers;
    pid_t pid = fork();
    if (pid == 0) {
        if (!sandbox_enter(false, &layers, &err))
            _exit(255);
        _exit(try() ? 0 : errno);
    }
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFEXITED(status));
    assert_int_not_equal(WEXITSTATUS(status), 255);
    return WEXITSTATUS(status);
}

static bool overwrite(void)
{
    return open(file, O_RDWR | O_CLOEXEC) >= 0;
}

static bool empty(void)
{
    return open(file, O_RDONLY | O_TRUNC | O_CLOEXEC) >= 0;
}

static bool create(void)
{
    return open("/tmp/osteon-sandbox-new", O_RDONLY | O_CREAT | O_CLOEXEC,
                0600) >= 0;
}

static bool creat_old(void)
{
    return creat("/tmp/osteon-sandbox-new", 0600) >= 0;
}

static bool remove_it(void)
{
    return unlink(file) == 0;
}

static bool rename_it(void)
{
    return rename(file, "/tmp/osteon-sandbox-new") == 0;
}

static bool make_folder(void)
{
    return mkdir("/tmp/osteon-sandbox-new", 0700) == 0;
}

static bool connect_out(void)
{
    return socket(AF_INET, SOCK_STREAM, 0) >= 0;
}

static bool start_process(void)
{
    return fork() >= 0;
}

static bool run_program(void)
{
    return execl("/bin/true", "true", (char *)NULL) == 0;
}

static bool end_parent(void)
{
    return kill(getppid(), 0) == 0;
}

static bool queue_signal(void)
{
    siginfo_t info = {.si_code = SI_QUEUE};
    return syscall(SYS_rt_sigqueueinfo, getppid(), SIGCONT, &info) == 0;
}

static bool read_ours(void)
{
    return open(file, O_RDONLY | O_CLOEXEC) >= 0;
}

static bool read_parents_environment(void)
{
    char path[40];
    snprintf(path, sizeof path, "/proc/%d/environ", (int)getppid());
    return open(path, O_RDONLY | O_CLOEXEC) >= 0;
}

static bool read_libraries(void)
{
    return open("/usr/lib", O_RDONLY | O_DIRECTORY | O_CLOEXEC) >= 0;
}

static void test_refused(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        bool (*try)(void);
    } cases[] = {
        {"overwrite", overwrite}, {"empty", empty},
        {"create", create},       {"creat", creat_old},
        {"unlink", remove_it},    {"rename", rename_it},
        {"mkdir", make_folder},   {"socket", connect_out},
        {"fork", start_process},  {"exec", run_program},
        {"kill", end_parent},     {"sigqueue", queue_signal},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        int got = inside(cases[i].try);
        if (got != EPERM)
            fail_msg("%s: errno %d", cases[i].name, got);
    }
    struct stat st;
    assert_int_equal(stat(file, &st), 0);
    assert_int_equal(st.st_size, 4);
}

static bool has_landlock(void)
{
    return syscall(SYS_landlock_create_ruleset, NULL, 0, 1) > 0;
}

static void test_reading(void **state)
{
    (void)state;
    assert_int_equal(inside(read_libraries), 0);
    if (!has_landlock())
        skip();
    assert_int_equal(inside(read_ours), EACCES);
    assert_int_equal(inside(read_parents_environment), EACCES);
}

/* Counts what lies between the two lines of heading and the end. */
static int interfaces(void)
{
    char line[256];
    int n = 0;
    FILE *in = fopen("/proc/self/net/dev", "re");
    while (in && fgets(line, sizeof line, in))
        n++;
    if (in)
        fclose(in);
    return n - 2;
}

static void test_network(void **state)
{
    (void)state;
    int status;
    pid_t pid = fork();
    if (pid == 0)
        _exit(!sandbox_leave_network() ? 9
              : interfaces() == 1      ? 0
                                       : 1); /* lo, and down */
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFEXITED(status));
    if (WEXITSTATUS(status) == 9)
        skip(); /* this system allows no namespaces */
    assert_int_equal(WEXITSTATUS(status), 0);
}

static void test_text(void **state)
{
    (void)state;
    char text[SANDBOX_TEXT];
    sandbox_text(SANDBOX_ALL, text);
    assert_string_equal(text, "seccomp,landlock,network");
    sandbox_text(SANDBOX_SECCOMP, text);
    assert_string_equal(text, "seccomp");
    sandbox_text(0, text);
    assert_string_equal(text, "none");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_reading),
        cmocka_unit_test(test_network),
        cmocka_unit_test(test_text),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
