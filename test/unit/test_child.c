/* osteon-model as its parent sees it: good networks, networks that misbehave,
 * programs that are not osteon-model. After each the parent goes on. Skipped
 * where osteon-model and make_torchscript are not built beside this test. */
#include <fcntl.h>
#include <math.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "inference/spawn.h"
#include "test/unit/child_fixture.h"

static struct child_image whole_film(void)
{
    return (struct child_image){.fd = pixels,
                                .rows = ROWS,
                                .columns = COLUMNS,
                                .picture_pixels = 32,
                                .aspect = 1,
                                .region = {.width = COLUMNS, .height = ROWS}};
}

static bool run_with(struct child *with, const struct network *net, int64_t ms,
                     struct child_answer *answer)
{
    struct child_image image = whole_film();
    memset(&err, 0, sizeof err);
    return child_run(with, net, &image, within(ms), answer, &err);
}

static void assert_works(void)
{
    struct network net = make_network("good");
    struct child_answer answer;
    if (!run_with(child, &net, PATIENCE, &answer))
        fail_msg("%s", err.msg);
    assert_false(answer.unusable);
    assert_int_equal(answer.picture_rows, 32);
    assert_int_equal(answer.picture_columns, 16);
    for (size_t k = 0; k < 2; k++) {
        const float *map = answer.outputs[0] + k * (ROWS / 4) * (COLUMNS / 4);
        assert_true(fabsf(map[10 * 8 + 3] - 50) < 1e-3F);
        assert_true(fabsf(map[0]) < 1e-3F);
    }
    assert_true(answer.picture[20 * 16 + 5] > 250);
    child_answer_free(&answer);
    unlink(net.weights_path);
}

static void test_good(void **state)
{
    (void)state;
    assert_works();
    assert_works(); /* loaded before */
}

static void touch_outside(void)
{
    int fd = open(outside, O_CREAT | O_WRONLY, 0600);
    assert_int_equal(write(fd, "1234", 4), 4);
    close(fd);
}

/* While it is loaded, before anybody can see that it would: libtorch does not
 * look whether its save worked, and goes on. */
static void test_writes_nothing(void **state)
{
    (void)state;
    struct network net = make_network("load-writes");
    struct child_answer answer;
    struct stat st;
    unlink(outside);
    for (int existed = 0; existed < 2; existed++) {
        if (existed)
            touch_outside();
        if (run_with(child, &net, PATIENCE, &answer))
            child_answer_free(&answer);
        assert_int_equal(stat(outside, &st), existed - 1);
    }
    assert_int_equal(st.st_size, 4);
    unlink(net.weights_path);
}

static void test_misbehaving_networks(void **state)
{
    (void)state;
    static const struct {
        const char *kind;
        enum err_code code;
        const char *message;
    } cases[] = {
        {"throws", ERR_REJECT, "no such knee"},
        {"nan", ERR_RETRY,
         "model nan: the network answered with values that are no numbers"},
        {"shape", ERR_REJECT,
         "model shape: output landmarks has shape [1, 2, 15, 8], wanted "
         "[1, 2, 16, 8]"},
        {"rows", ERR_REJECT,
         "model rows: output landmarks has shape [1, 2, 8, 16], wanted "
         "[1, 2, 16, 8]"},
        {"dtype", ERR_REJECT,
         "model dtype: output landmarks holds Half, wanted float32"},
        {"double", ERR_REJECT, "output landmarks holds Double, wanted float32"},
        {"list", ERR_REJECT,
         "the network answers with GenericList, wanted a tensor, a tuple or a "
         "dictionary"},
#ifndef __SANITIZE_ADDRESS__ /* whose allocator ends the process */
        {"huge", ERR_RETRY, "no memory running the network"},
#endif
        {"reads", ERR_REJECT,
         "model reads: the network opens files (aten::from_file in forward)"},
    };
    touch_outside();
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct network net = make_network(cases[i].kind);
        struct child_answer answer;
        if (run_with(child, &net, PATIENCE, &answer))
            fail_msg("%s: was not refused", cases[i].kind);
        if (err.code != cases[i].code || !strstr(err.msg, cases[i].message))
            fail_msg("%s: %d %s", cases[i].kind, err.code, err.msg);
        unlink(net.weights_path);
    }
    assert_works();
}

static int looks;

static bool after_three_looks(void)
{
    return ++looks > 3;
}

static void test_asked_to_stop(void **state)
{
    (void)state;
    struct network net = make_network("loops");
    struct child *own = child_open(model, "cpu", 1, false);
    struct child_answer answer;
    struct protocol_loaded loaded;
    assert_true(child_load(own, &net, within(PATIENCE), &loaded, &err));
    child_stop_when(own, after_three_looks);
    int64_t start = clock_mono_ms();
    assert_false(run_with(own, &net, PATIENCE, &answer));
    assert_in_range(clock_mono_ms() - start, 200, 2000);
    assert_int_equal(err.code, ERR_RETRY);
    assert_string_equal(err.msg, "model loops: osteon-model was stopped: "
                                 "osteon-infer was asked to end");
    assert_true(child_stopped(own));
    child_close(own);
    unlink(net.weights_path);
}

/* A moment without a free descriptor is no reason to bury a study. */
static void test_weights_cannot_be_opened_now(void **state)
{
    (void)state;
    struct network net = make_network("good");
    struct rlimit before, none;
    int fd;
    memset(&err, 0, sizeof err);
    getrlimit(RLIMIT_NOFILE, &before);
    none = (struct rlimit){.rlim_cur = 0, .rlim_max = before.rlim_max};
    setrlimit(RLIMIT_NOFILE, &none);
    bool ok = weights_open(net.weights_path, net.weights_sha256, &fd, &err);
    setrlimit(RLIMIT_NOFILE, &before);
    assert_false(ok);
    assert_int_equal(err.code, ERR_RETRY);
    assert_non_null(strstr(err.msg, "cannot be opened: Too many open files"));
    unlink(net.weights_path);
    assert_false(weights_open(net.weights_path, net.weights_sha256, &fd, &err));
    assert_int_equal(err.code, ERR_REJECT);
    assert_non_null(strstr(err.msg, "cannot be opened: No such file"));
}

static void test_loop_meets_the_deadline(void **state)
{
    (void)state;
    struct network net = make_network("loops");
    struct child_answer answer;
    struct protocol_loaded loaded;
    assert_true(child_load(child, &net, within(PATIENCE), &loaded, &err));
    int64_t start = clock_mono_ms();
    assert_false(run_with(child, &net, 300, &answer));
    assert_in_range(clock_mono_ms() - start, 300, 1500);
    assert_int_equal(err.code, ERR_RETRY);
    assert_string_equal(err.msg,
                        "model loops: osteon-model was stopped: no answer "
                        "within the deadline");
    unlink(net.weights_path);
    assert_works();
}

#ifndef __SANITIZE_ADDRESS__ /* which needs terabytes of address space */
/* All that the process may have, bit by bit; the limit is inherited. */
static void test_eater_meets_its_limit(void **state)
{
    (void)state;
    struct rlimit before, limit;
    struct network net = make_network("eats");
    struct child_answer answer;
    getrlimit(RLIMIT_DATA, &before);
    limit = (struct rlimit){.rlim_cur = 1 << 30, .rlim_max = before.rlim_max};
    struct child *small = child_open(model, "cpu", 1, false);
    setrlimit(RLIMIT_DATA, &limit);
    bool ok = run_with(small, &net, PATIENCE, &answer);
    setrlimit(RLIMIT_DATA, &before);
    child_close(small);
    assert_false(ok);
    if (err.code != ERR_RETRY ||
        !strstr(err.msg, "no memory running the network"))
        fail_msg("%d %s", err.code, err.msg);
    unlink(net.weights_path);
}
#endif

static void test_wrong_hash(void **state)
{
    (void)state;
    struct network net = make_network("good");
    struct child_answer answer;
    net.weights_sha256[5] ^= 1;
    assert_false(run_with(child, &net, PATIENCE, &answer));
    assert_int_equal(err.code, ERR_REJECT);
    assert_non_null(strstr(err.msg, "it is damaged or another version"));
    unlink(net.weights_path);
}

static void truncate_and_hash(struct network *net)
{
    assert_int_equal(truncate(net->weights_path, 700), 0);
    assert_true(weights_hash_file(net->weights_path, INT64_MAX,
                                  net->weights_sha256, &err));
}

static void test_truncated_file(void **state)
{
    (void)state;
    struct network net = make_network("good");
    struct child_answer answer;
    truncate_and_hash(&net);
    assert_false(run_with(child, &net, PATIENCE, &answer));
    assert_int_equal(err.code, ERR_REJECT);
    assert_non_null(
        strstr(err.msg, "the file is truncated or not a TorchScript file"));
    unlink(net.weights_path);
    assert_works();
}

static void test_unusable_image(void **state)
{
    (void)state;
    struct network net = make_network("good");
    struct child_answer answer;
    struct child_image image = whole_film();
    image.fd = memfd_create("empty", MFD_CLOEXEC);
    assert_true(
        child_run(child, &net, &image, within(PATIENCE), &answer, &err));
    assert_true(answer.unusable);
    assert_true(answer.reason[0] != '\0');
    child_answer_free(&answer);
    close(image.fd);
    image = whole_film();
    image.rows = COLUMNS;
    image.columns = ROWS;
    assert_true(
        child_run(child, &net, &image, within(PATIENCE), &answer, &err));
    assert_true(answer.unusable);
    assert_string_equal(answer.reason,
                        "the pixels are 64 x 32, but the header says 32 x 64");
    child_answer_free(&answer);
    unlink(net.weights_path);
}

static void test_device_that_is_not_there(void **state)
{
    (void)state;
    struct network net = make_network("good");
    struct child *gpu = child_open(model, "cuda:0", 1, false);
    struct child_answer answer;
    bool ok = run_with(gpu, &net, PATIENCE, &answer);
    child_close(gpu);
    if (ok)
        child_answer_free(&answer); /* a machine with a GPU */
    else
        assert_non_null(strstr(err.msg, "device cuda:0"));
    unlink(net.weights_path);
}

static void assert_program(const char *program, const char *message)
{
    struct network net = make_network("good");
    struct child *other = child_open(program, "cpu", 1, false);
    struct child_answer answer;
    int64_t start = clock_mono_ms();
    assert_false(run_with(other, &net, 5000, &answer));
    assert_in_range(clock_mono_ms() - start, 0, 2000);
    assert_string_equal(err.msg, message);
    child_close(other);
    unlink(net.weights_path);
}

static void write_script(char path[static 96], const char *text)
{
    snprintf(path, 96, "%s/script", dir);
    FILE *out = fopen(path, "w");
    assert_non_null(out);
    fputs(text, out);
    assert_int_equal(fclose(out), 0);
    assert_int_equal(chmod(path, 0700), 0);
}

static void test_other_programs(void **state)
{
    (void)state;
    char path[96];
    assert_program("/bin/false",
                   "model good: osteon-model ended with status 1");
    assert_program("/nonexistent", "/nonexistent: No such file or directory");
    write_script(path, "#!/bin/sh\nkill -SEGV $$\n");
    assert_program(path, "model good: osteon-model was killed by signal 11 "
                         "(Segmentation fault)");
    write_script(path, "#!/bin/sh\necho nonsense nonsense nonsense >&3\n"
                       "sleep 9\n");
    assert_program(path,
                   "model good: osteon-model was stopped: a message is not of "
                   "protocol version 3: are osteon-infer and osteon-model of "
                   "the same version?");
    unlink(path);
}

/* The kernel's own bound, for when nobody is there to wait. */
static void test_processor_time(void **state)
{
    (void)state;
    char path[96], how[160];
    struct spawned process;
    struct pollfd ended;
    write_script(path, "#!/bin/sh\nwhile :; do :; done\n");
    assert_true(spawn_model(path, 1, &process, &err));
    spawn_allow_cpu(&process, 0);
    ended = (struct pollfd){.fd = process.socket, .events = POLLIN};
    assert_int_equal(poll(&ended, 1, 30000), 1);
    assert_true(spawn_end(&process, how, sizeof how));
    assert_string_equal(how, "was killed by signal 24 (CPU time limit "
                             "exceeded)");
    unlink(path);
}

/* A service may be given passwords in its environment. */
static void test_environment(void **state)
{
    (void)state;
    char path[96], list[120], text[4096] = "";
    struct network net = make_network("good");
    struct child_answer answer;
    setenv("PACS_PASSWORD", "sesame", 1);
    setenv("CUDA_VISIBLE_DEVICES", "1", 1);
    write_script(path, "#!/bin/sh\ncat /proc/self/environ >$0.env\n");
    struct child *other = child_open(path, "cpu", 3, false);
    assert_false(run_with(other, &net, 5000, &answer));
    child_close(other);
    unsetenv("PACS_PASSWORD");
    unsetenv("CUDA_VISIBLE_DEVICES");
    snprintf(list, sizeof list, "%s.env", path);
    FILE *in = fopen(list, "r");
    assert_non_null(in);
    size_t n = fread(text, 1, sizeof text - 1, in);
    fclose(in);
    for (size_t i = 0; i < n; i++)
        text[i] = text[i] ? text[i] : '\n';
    assert_non_null(strstr(text, "OMP_NUM_THREADS=3"));
    assert_non_null(strstr(text, "CUDA_VISIBLE_DEVICES=1"));
    assert_null(strstr(text, "sesame"));
    unlink(list);
    unlink(path);
    unlink(net.weights_path);
}

/* What is loaded stays as it was checked; what is loaded anew is checked. */
static void test_weights_change_on_disk(void **state)
{
    (void)state;
    struct network net = make_network("good");
    struct child_answer answer;
    struct child *own = child_open(model, "cpu", 1, false);
    assert_true(run_with(own, &net, PATIENCE, &answer));
    child_answer_free(&answer);
    int fd = open(net.weights_path, O_WRONLY);
    assert_int_equal(pwrite(fd, "x", 1, 600), 1);
    close(fd);
    assert_true(run_with(own, &net, PATIENCE, &answer));
    child_answer_free(&answer);
    assert_false(run_with(own, &net, 0, &answer)); /* late: killed */
    assert_int_equal(err.code, ERR_RETRY);
    assert_false(run_with(own, &net, PATIENCE, &answer));
    assert_int_equal(err.code, ERR_REJECT);
    assert_non_null(strstr(err.msg, "it is damaged or another version"));
    child_close(own);
    unlink(net.weights_path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_good),
        cmocka_unit_test(test_misbehaving_networks),
        cmocka_unit_test(test_writes_nothing),
        cmocka_unit_test(test_loop_meets_the_deadline),
        cmocka_unit_test(test_asked_to_stop),
        cmocka_unit_test(test_weights_cannot_be_opened_now),
#ifndef __SANITIZE_ADDRESS__
        cmocka_unit_test(test_eater_meets_its_limit),
#endif
        cmocka_unit_test(test_wrong_hash),
        cmocka_unit_test(test_truncated_file),
        cmocka_unit_test(test_unusable_image),
        cmocka_unit_test(test_device_that_is_not_there),
        cmocka_unit_test(test_other_programs),
        cmocka_unit_test(test_processor_time),
        cmocka_unit_test(test_environment),
        cmocka_unit_test(test_weights_change_on_disk),
    };
    if (!find_programs()) {
        printf("1..0 # SKIP %s and %s are not both built\n", model, maker);
        return 0;
    }
    return cmocka_run_group_tests(tests, group_setup, group_teardown);
}
