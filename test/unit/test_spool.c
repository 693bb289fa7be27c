/* db/spool: what is on the disk when true came back, and that nothing is when
 * a write, sync, close or rename fails. This program's own fsync(), write(),
 * close() and renameat() stand before those of libc. */
#include "db/spool.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cmocka.h>

#include "db/part10.h"
#include "db/spool_health.h"
#include "db/spool_space.h"
#include "db/uid.h"

enum call {
    CALL_WRITE,
    CALL_PWRITE,
    CALL_FSYNC,
    CALL_CLOSE,
    CALL_RENAME,
    CALLS
};
static int until_failure[CALLS]; /* 0: never; n: the n-th call fails */
static int failure;              /* errno, or 0: write() is short */
static char order[256];

static bool fails(enum call call, const char *name)
{
    strncat(order, name, sizeof order - strlen(order) - 1);
    return until_failure[call] > 0 && --until_failure[call] == 0;
}

ssize_t write(int fd, const void *bytes, size_t n)
{
    if (fd > 2 && fails(CALL_WRITE, "")) {
        errno = failure;
        if (failure)
            return -1;
        n = n > 1 ? n / 2 : n;
    }
    return (ssize_t)syscall(SYS_write, fd, bytes, n);
}

int fsync(int fd)
{
    struct stat st;

    fstat(fd, &st);
    if (fails(CALL_FSYNC, S_ISDIR(st.st_mode) ? "fsync-folder " : "fsync ")) {
        errno = failure;
        return -1;
    }
    return (int)syscall(SYS_fsync, fd);
}

int close(int fd)
{
    int result = (int)syscall(SYS_close, fd);

    if (fails(CALL_CLOSE, "close ")) {
        errno = failure;
        return -1;
    }
    return result;
}

ssize_t pwrite(int fd, const void *bytes, size_t n, off_t at)
{
    if (fails(CALL_PWRITE, "header ")) {
        errno = failure;
        return -1;
    }
    return (ssize_t)syscall(SYS_pwrite64, fd, bytes, n, at);
}

int renameat(int from, const char *old, int to, const char *new)
{
    if (fails(CALL_RENAME, "rename ")) {
        errno = failure;
        return -1;
    }
    return (int)syscall(SYS_renameat, from, old, to, new);
}

static char folder[64], spool[96];
static struct err err;
static const char data[] = "0123456789abcdef";

static int setup(void **state)
{
    (void)state;
    memset(&err, 0, sizeof err);
    memset(until_failure, 0, sizeof until_failure);
    snprintf(folder, sizeof folder, "/tmp/osteon-test-XXXXXX");
    assert_non_null(mkdtemp(folder));
    snprintf(spool, sizeof spool, "%s/a/spool", folder);
    if (!spool_prepare(spool, &err))
        fail_msg("%s", err.msg);
    order[0] = '\0';
    return 0;
}

static int teardown(void **state)
{
    char command[128];

    (void)state;
    memset(until_failure, 0, sizeof until_failure);
    snprintf(command, sizeof command, "rm -rf %s", folder);
    return system(command);
}

static int files(const char *below)
{
    char command[192];
    FILE *pipe;
    int n = -1;

    snprintf(command, sizeof command, "find %s/%s -type f | wc -l", spool,
             below);
    pipe = popen(command, "r");
    assert_non_null(pipe);
    assert_int_equal(fscanf(pipe, "%d", &n), 1);
    pclose(pipe);
    return n;
}

static struct object sample(void)
{
    struct object object = {.sop_class = "1.2.840.10008.5.1.4.1.1.1.1",
                            .sop_uid = "1.2.3",
                            .transfer_syntax = "1.2.840.10008.1.2.1",
                            .calling_ae = "MODALITY",
                            .called_ae = "OSTEON"};

    return object;
}

static bool store(struct object *object)
{
    struct spool_file *file;

    memset(&err, 0, sizeof err);
    file = spool_create(spool, 0, object, &err);
    if (!file)
        return false;
    for (int i = 0; i < 4; i++) {
        if (!spool_write(file, data + 4 * i, 4, &err)) {
            spool_discard(file);
            return false;
        }
    }
    return spool_commit(file, object, &err);
}

static void stored(void **state)
{
    struct object object = sample();
    char path[SPOOL_PATH], bytes[2048], sha256[65];
    struct stat st;
    int fd;

    (void)state;
    assert_true(store(&object));
    assert_int_equal(strlen(object.path), strlen("obj/00/") + 32 + 4);
    assert_int_equal(strncmp(object.path + 4, object.path + 7, 2), 0);
    spool_path(&object, path);
    assert_int_equal(strncmp(path, spool, strlen(spool)), 0);
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    assert_int_equal(st.st_size, object.data_offset + 16);
    assert_int_equal(object.data_bytes, 16);
    sha256_hex(sha256, data, 16);
    assert_string_equal(object.sha256, sha256);
    assert_true(spool_verify(&object, &fd, &err));
    assert_int_equal(read(fd, bytes, sizeof bytes), 16);
    assert_memory_equal(bytes, data, 16);
    close(fd);
    assert_int_equal(files("tmp"), 0);
    spool_remove(&object);
    assert_int_equal(files("obj"), 0);
}

/* The order that a power cut cannot undo (P1). */
static void synced_before_it_has_its_name(void **state)
{
    struct object object = sample();

    (void)state;
    assert_true(store(&object));
    assert_non_null(strstr(order, "header fsync close rename fsync-folder "));
}

/* Degraded: nothing is taken on until a test file has gone the whole way. */
static void recovers(void)
{
    struct object object = sample();
    char wanted[256];

    memset(until_failure, 0, sizeof until_failure);
    assert_false(store(&object));
    assert_int_equal(err.code, ERR_RETRY);
    snprintf(wanted, sizeof wanted,
             "the spool %s is degraded: its disk failed a write, and the "
             "keeper has not seen it work again",
             spool);
    assert_string_equal(err.msg, wanted);
    failure = EIO;
    for (int call = CALL_WRITE; call < CALLS; call++) {
        if (call == CALL_PWRITE || call == CALL_CLOSE)
            continue;
        until_failure[call] = 1;
        assert_false(spool_self_test(spool, &err));
        assert_non_null(strstr(err.msg, "a test file in the spool "));
        assert_true(spool_degraded(spool));
    }
    assert_true(spool_self_test(spool, &err));
    assert_false(spool_degraded(spool));
    assert_int_equal(files("."), 0);
}

/* Every call fails once, at every place, with every errno. */
static void failures_leave_nothing(void **state)
{
    static const int reasons[] = {EIO, ENOSPC, EROFS, EDQUOT};
    static const int places[CALLS] = {5, 1, 2, 0, 1};

    (void)state;
    for (size_t r = 0; r < sizeof reasons / sizeof *reasons; r++) {
        for (int call = 0; call < CALLS; call++) {
            for (int n = 1; n <= places[call]; n++) {
                struct object object = sample();
                char unchanged[192] = "";

                memset(until_failure, 0, sizeof until_failure);
                until_failure[call] = n;
                failure = reasons[r];
                assert_false(store(&object));
                assert_int_equal(err.code, ERR_RETRY);
                assert_non_null(strstr(err.msg, strerror(reasons[r])));
                assert_string_equal(object.path, unchanged);
                assert_int_equal(files("tmp"), 0);
                assert_int_equal(files("obj"), 0);
                assert_int_equal(spool_degraded(spool), reasons[r] == EIO);
                if (reasons[r] == EIO)
                    recovers();
            }
        }
    }
}

static void a_failed_close_is_a_failure(void **state)
{
    struct object object = sample();
    struct spool_file *file = spool_create(spool, 0, &object, &err);

    (void)state;
    assert_true(spool_write(file, data, 16, &err));
    until_failure[CALL_CLOSE] = 1;
    failure = EIO;
    assert_false(spool_commit(file, &object, &err));
    assert_int_equal(err.code, ERR_RETRY);
    assert_non_null(strstr(err.msg, "cannot close a file of the spool"));
    assert_int_equal(files("obj"), 0);
    recovers();
}

static void a_failed_write_cannot_be_committed(void **state)
{
    struct object object = sample();
    struct spool_file *file = spool_create(spool, 0, &object, &err);

    (void)state;
    until_failure[CALL_WRITE] = 1;
    failure = ENOSPC;
    assert_false(spool_write(file, data, 16, &err));
    assert_true(spool_write(file, data, 16, &err));
    assert_false(spool_commit(file, &object, &err));
    assert_non_null(strstr(err.msg, "was not written in full"));
    assert_int_equal(files("."), 0);
}

static void interrupted_and_short_writes_go_on(void **state)
{
    static const int reasons[] = {EINTR, 0};
    int fd;

    (void)state;
    for (int r = 0; r < 2; r++) {
        for (int n = 1; n <= 5; n++) {
            struct object object = sample();

            until_failure[CALL_WRITE] = n;
            failure = reasons[r];
            if (!store(&object))
                fail_msg("%s", err.msg);
            assert_true(spool_verify(&object, &fd, &err));
            close(fd);
        }
    }
}

static void discarded(void **state)
{
    struct object object = sample();
    struct spool_file *file = spool_create(spool, 0, &object, &err);

    (void)state;
    assert_int_equal(files("tmp"), 1);
    spool_discard(file);
    assert_int_equal(files("."), 0);
    spool_discard(NULL);
}

static void changed_bytes_are_found(void **state)
{
    struct object object = sample(), other;
    char path[SPOOL_PATH], wanted[768];
    int fd;

    (void)state;
    assert_true(store(&object));
    object.id = 7;
    spool_path(&object, path);
    fd = open(path, O_WRONLY);
    assert_int_equal(pwrite(fd, "X", 1, object.data_offset + 3), 1);
    close(fd);
    assert_false(spool_verify(&object, &fd, &err));
    assert_int_equal(err.code, ERR_REJECT);
    snprintf(wanted, sizeof wanted,
             "object 7 (%s): its SHA-256 is not that of what was stored", path);
    assert_string_equal(err.msg, wanted);
    assert_int_equal(truncate(path, object.data_offset + 15), 0);
    assert_false(spool_verify(&object, &fd, &err));
    assert_int_equal(err.code, ERR_REJECT);
    assert_non_null(strstr(err.msg, " were stored"));
    other = object;
    other.data_offset = INT64_MAX;
    assert_false(spool_verify(&other, &fd, &err));
    assert_int_equal(err.code, ERR_REJECT);
    unlink(path);
    assert_false(spool_verify(&object, &fd, &err));
    assert_int_equal(err.code, ERR_REJECT);
    assert_non_null(strstr(err.msg, "is gone: was it longer ago than"));
    assert_int_equal(symlink("/etc/passwd", path), 0);
    assert_false(spool_verify(&object, &fd, &err));
    assert_int_equal(err.code, ERR_REJECT);
}

static void too_little_space(void **state)
{
    struct object object = sample();
    char wanted[256];

    (void)state;
    assert_null(spool_create(spool, INT64_MAX, &object, &err));
    assert_int_equal(err.code, ERR_RETRY);
    snprintf(wanted, sizeof wanted,
             "are free in the spool %s, %lld MiB are "
             "kept in reserve (node.limits.free)",
             spool, (long long)(INT64_MAX >> 20));
    assert_non_null(strstr(err.msg, wanted));
    assert_int_equal(files("."), 0);
}

static void results_may_use_the_reserve(void **state)
{
    struct object object = sample();
    struct spool_space space;
    struct spool_file *file;

    (void)state;
    assert_true(spool_space(spool, &space, &err));
    assert_null(spool_create(spool, 2 * space.free_bytes, &object, &err));
    object.kind = OBJECT_RESULT;
    file = spool_create(spool, 2 * space.free_bytes, &object, &err);
    assert_non_null(file);
    spool_discard(file);
    assert_null(spool_create(spool, 8 * space.free_bytes, &object, &err));
    assert_int_equal(err.code, ERR_RETRY);
}

static void no_spool(void **state)
{
    struct object object = sample();
    struct spool_space space;

    (void)state;
    assert_false(spool_space("/nonexistent", &space, &err));
    assert_string_equal(err.msg, "cannot look at the spool /nonexistent: No "
                                 "such file or directory");
    assert_null(spool_create("/tmp", 0, &object, &err));
    assert_int_equal(err.code, ERR_RETRY);
    assert_string_equal(err.msg, "cannot make a file in /tmp/tmp: No such "
                                 "file or directory");
    assert_false(spool_prepare("/proc/none", &err));
    assert_string_equal(err.msg, "cannot make the spool /proc/none: No such "
                                 "file or directory");
    assert_true(spool_prepare(spool, &err));
}

/* PS3.10 7.1: preamble, DICM, the group's length, its elements in order. */
static void header(void **state)
{
    unsigned char out[PART10_HEADER_BYTES], zero[128] = {0};
    struct object object = sample();
    size_t n, at = 132 + 12;
    unsigned last = 0;

    (void)state;
    n = part10_header(&object, out);
    assert_memory_equal(out, zero, 128);
    assert_memory_equal(out + 128, "DICM\2\0\0\0UL\4\0", 12);
    assert_int_equal(out[140] + 256 * out[141], n - 144);
    while (at < n) {
        unsigned element = out[at + 2] + 256u * out[at + 3];
        size_t length = out[at + 6] + 256u * out[at + 7];

        assert_int_equal(out[at] + 256 * out[at + 1], 2);
        assert_true(element > last);
        last = element;
        if (element == 1 || element == 0x102) {
            assert_memory_equal(out + at + 4, "OB\0\0", 4);
            if (element == 1)
                assert_memory_equal(out + at + 8, "\2\0\0\0\0\1", 6);
            at += 12 + out[at + 8] + 256u * out[at + 9];
            continue;
        }
        if (element == 3)
            assert_memory_equal(out + at + 4,
                                "UI\6\0"
                                "1.2.3\0",
                                10);
        if (element == 0x16)
            assert_memory_equal(out + at + 4, "AE\10\0MODALITY", 12);
        assert_int_equal(length % 2, 0);
        at += 8 + length;
    }
    assert_int_equal(at, n);
    assert_int_equal(last, 0x102);
}

static void longest_header_fits(void **state)
{
    unsigned char out[PART10_HEADER_BYTES];
    struct object object = sample();

    (void)state;
    memset(object.sop_class, '1', 64);
    memset(object.sop_uid, '1', 64);
    memset(object.transfer_syntax, '1', 64);
    memset(object.calling_ae, 'A', 16);
    memset(object.called_ae, 'A', 16);
    assert_in_range(part10_header(&object, out), 400, PART10_HEADER_BYTES);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(stored),
        TEST(synced_before_it_has_its_name),
        TEST(failures_leave_nothing),
        TEST(a_failed_close_is_a_failure),
        TEST(a_failed_write_cannot_be_committed),
        TEST(interrupted_and_short_writes_go_on),
        TEST(discarded),
        TEST(changed_bytes_are_found),
        TEST(too_little_space),
        TEST(results_may_use_the_reserve),
        TEST(no_spool),
        TEST(header),
        TEST(longest_header_fits),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
