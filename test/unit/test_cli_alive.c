/* cli/alive.c: reading /proc tells who holds a lock without taking it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "cli/alive.c"

static void test_lock_lines(void **state)
{
    (void)state;
    assert_int_equal(
        alive_lock_line("1: FLOCK  ADVISORY  WRITE 812 08:01:1835 0 EOF\n",
                        1835),
        812);
    assert_int_equal(
        alive_lock_line("1: FLOCK  ADVISORY  WRITE 812 08:01:1835 0 EOF\n",
                        183),
        0);
    /* another kind, a reader, one that only waits, nonsense */
    assert_int_equal(
        alive_lock_line("2: POSIX  ADVISORY  WRITE 812 08:01:1835 0 EOF\n",
                        1835),
        0);
    assert_int_equal(
        alive_lock_line("2: FLOCK  ADVISORY  READ 812 08:01:1835 0 EOF\n",
                        1835),
        0);
    assert_int_equal(
        alive_lock_line("2: -> FLOCK  ADVISORY  WRITE 812 08:01:1835 0 EOF\n",
                        1835),
        0);
    assert_int_equal(alive_lock_line("\n", 1835), 0);
}

static void test_a_held_lock_is_seen_and_stays(void **state)
{
    char spool[] = "/tmp/osteon-alive.XXXXXX", folder[64], path[96];
    int fd, other;

    (void)state;
    assert_non_null(mkdtemp(spool));
    snprintf(folder, sizeof folder, "%s/lock", spool);
    snprintf(path, sizeof path, "%s/infer.1", folder);
    assert_int_equal(mkdir(folder, 0700), 0);
    assert_int_equal(alive_owner(spool, "infer.1"), 0);
    fd = open(path, O_RDWR | O_CREAT, 0600);
    assert_true(fd >= 0);
    assert_int_equal(alive_owner(spool, "infer.1"), 0);
    assert_int_equal(flock(fd, LOCK_EX | LOCK_NB), 0);
    /* only a program of ours counts */
    assert_int_equal(alive_owner(spool, "infer.1"), 0);
    prctl(PR_SET_NAME, "osteon-infer");
    assert_int_equal(alive_owner(spool, "infer.1"), getpid());
    assert_int_equal(alive_owner(spool, "infer.2"), 0);
    close(fd);
    other = open(path, O_RDWR);
    assert_int_equal(flock(other, LOCK_EX | LOCK_NB), 0);
    close(other);
    assert_int_equal(alive_owner(spool, "infer.1"), 0);
    unlink(path);
    rmdir(folder);
    rmdir(spool);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lock_lines),
        cmocka_unit_test(test_a_held_lock_is_seen_and_stays),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
