#ifndef TEST_UNIT_CHILD_FIXTURE_H
#define TEST_UNIT_CHILD_FIXTURE_H

/* What tests of osteon-model's parent share: the program itself, networks made
 * by make_torchscript, and one film. Included by one file of a test. */
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "conf/clock.h"
#include "db/part10.h"
#include "dicom/dataset.h"
#include "inference/child.h"
#include "inference/weights.h"

#define ROWS     64
#define COLUMNS  32
#define PATIENCE 60000 /* a sanitized build is slow */

static char model[PATH_MAX], maker[PATH_MAX], dir[64], outside[96];
static struct child *child;
static int pixels = -1; /* the film */
static struct err err;

static int64_t within(int64_t ms)
{
    return clock_mono_ms() + ms;
}

/* A 12-bit film, dark but for a bright square around row 40, column 12. */
static int make_film(void)
{
    static uint16_t grey[ROWS * COLUMNS];
    static const char *const tags[][2] = {
        {"Rows", "64"},
        {"Columns", "32"},
        {"SamplesPerPixel", "1"},
        {"BitsAllocated", "16"},
        {"BitsStored", "12"},
        {"HighBit", "11"},
        {"PixelRepresentation", "0"},
        {"PhotometricInterpretation", "MONOCHROME2"}};
    struct object object = {.sop_class = "1.2.840.10008.5.1.4.1.1.1",
                            .sop_uid = "1.2.3",
                            .transfer_syntax = "1.2.840.10008.1.2.1"};
    unsigned char header[PART10_HEADER_BYTES], *bytes;
    size_t n, n_header = part10_header(&object, header);
    struct dcm *set = dcm_new();
    for (size_t i = 0; i < ROWS * COLUMNS; i++)
        grey[i] = 100;
    for (int r = 36; r < 44; r++) {
        for (int c = 8; c < 16; c++)
            grey[r * COLUMNS + c] = 4000;
    }
    for (size_t i = 0; i < sizeof tags / sizeof tags[0]; i++)
        assert_true(dcm_set(set, tags[i][0], tags[i][1], &err));
    assert_true(dcm_set_bytes(set, "PixelData", grey, sizeof grey, &err));
    assert_true(dcm_encode(set, &bytes, &n, &err));
    int fd = memfd_create("film", MFD_CLOEXEC);
    assert_int_equal(write(fd, header, n_header), n_header);
    assert_int_equal(write(fd, bytes, n), n);
    free(bytes);
    dcm_free(set);
    return fd;
}

/* Beside this test: the programs it is about. */
static bool find_programs(void)
{
    char self[PATH_MAX] = "";
    if (readlink("/proc/self/exe", self, sizeof self - 32) < 0)
        return false;
    *strrchr(self, '/') = '\0';
    snprintf(maker, sizeof maker, "%.4000s/make_torchscript", self);
    snprintf(model, sizeof model, "%.4000s/../osteon-model", self);
    return access(model, X_OK) == 0 && access(maker, X_OK) == 0;
}

static int group_setup(void **state)
{
    (void)state;
    strcpy(dir, "/tmp/osteon-child-XXXXXX");
    if (!mkdtemp(dir))
        return -1;
    snprintf(outside, sizeof outside, "%s/outside", dir);
    pixels = make_film();
    child = child_open(model, "cpu", 1, false);
    return 0;
}

static int group_teardown(void **state)
{
    (void)state;
    child_close(child);
    unlink(outside);
    close(pixels);
    return rmdir(dir);
}

/* Two landmarks as heatmaps of stride 4, until a test wants more. */
static struct network make_network(const char *kind)
{
    struct network net = {.version = "1",
                          .rows = ROWS,
                          .columns = COLUMNS,
                          .limits = {1, 99},
                          .outputs = {{.name = "landmarks",
                                       .kind = OUTPUT_HEATMAPS,
                                       .n_names = 2,
                                       .stride = 4,
                                       .sigma = 1.5}},
                          .n_outputs = 1};
    snprintf(net.model, sizeof net.model, "%s", kind);
    snprintf(net.weights_path, sizeof net.weights_path, "%s/%s.pt", dir, kind);
    pid_t pid = fork();
    if (pid == 0) {
        execl(maker, maker, kind, net.weights_path, "2", outside, (char *)NULL);
        _exit(127);
    }
    int status;
    waitpid(pid, &status, 0);
    assert_int_equal(status, 0);
    assert_true(weights_hash_file(net.weights_path, INT64_MAX,
                                  net.weights_sha256, &err));
    network_shape(&net);
    return net;
}

#endif
