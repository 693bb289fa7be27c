/* db/ballast: given up when the disk is nearly full, made when there is room
 * beyond the reserve. This program's own statvfs() says how full it is. */
#include "db/ballast.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <cmocka.h>

#define MIB (INT64_C(1) << 20)

static int64_t free_bytes;
static struct conf_node node;
static char path[CONF_PATH + 16];

int statvfs(const char *dir, struct statvfs *out)
{
    (void)dir;
    *out = (struct statvfs){.f_bavail = (fsblkcnt_t)free_bytes,
                            .f_frsize = 1,
                            .f_favail = 100000,
                            .f_files = 100000};
    return 0;
}

static int64_t size(void)
{
    struct stat st;

    return stat(path, &st) == 0 ? (int64_t)st.st_size : -1;
}

static int setup(void **state)
{
    (void)state;
    snprintf(node.spool, sizeof node.spool, "/tmp/osteon-test-XXXXXX");
    assert_non_null(mkdtemp(node.spool));
    snprintf(path, sizeof path, "%s/ballast", node.spool);
    node.limits.free_bytes = 16 * MIB;
    node.limits.ballast_bytes = MIB;
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    unlink(path);
    return rmdir(node.spool);
}

static void made_and_given_up(void **state)
{
    (void)state;
    free_bytes = 17 * MIB - 1;
    assert_int_equal(ballast_keep(&node, false), BALLAST_SAME);
    free_bytes++;
    assert_int_equal(ballast_keep(&node, true), BALLAST_SAME);
    assert_int_equal(ballast_keep(&node, false), BALLAST_MADE);
    assert_int_equal(size(), MIB);
    assert_int_equal(ballast_keep(&node, false), BALLAST_SAME);
    free_bytes = 4 * MIB;
    assert_int_equal(ballast_keep(&node, false), BALLAST_SAME);
    assert_int_equal(ballast_relieve(&node), BALLAST_SAME);
    free_bytes--;
    assert_int_equal(ballast_keep(&node, false), BALLAST_GONE);
    assert_int_equal(size(), -1);
    assert_int_equal(ballast_relieve(&node), BALLAST_SAME);
}

static void given_up_at_start(void **state)
{
    (void)state;
    free_bytes = 100 * MIB;
    assert_int_equal(ballast_keep(&node, false), BALLAST_MADE);
    free_bytes = 0;
    assert_int_equal(ballast_relieve(&node), BALLAST_GONE);
    assert_int_equal(size(), -1);
}

static void given_up_for_the_database(void **state)
{
    (void)state;
    free_bytes = 100 * MIB;
    assert_int_equal(ballast_keep(&node, false), BALLAST_MADE);
    assert_int_equal(ballast_keep(&node, true), BALLAST_GONE);
}

static void another_size_or_none(void **state)
{
    (void)state;
    free_bytes = 100 * MIB;
    assert_int_equal(ballast_keep(&node, false), BALLAST_MADE);
    node.limits.ballast_bytes = 2 * MIB;
    assert_int_equal(ballast_keep(&node, false), BALLAST_GONE);
    assert_int_equal(ballast_keep(&node, false), BALLAST_MADE);
    assert_int_equal(size(), 2 * MIB);
    node.limits.ballast_bytes = 0;
    assert_int_equal(ballast_keep(&node, false), BALLAST_GONE);
    assert_int_equal(ballast_keep(&node, false), BALLAST_SAME);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(made_and_given_up),
        TEST(given_up_at_start),
        TEST(given_up_for_the_database),
        TEST(another_size_or_none),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
