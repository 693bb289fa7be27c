#ifndef TEST_UNIT_BUNDLE_CASE_H
#define TEST_UNIT_BUNDLE_CASE_H

/* A bundle in a folder of its own, for tests of model.yaml: a document that
 * uses the whole language, read as it is or with a few words replaced. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "inference/bundle.h"

static char models[64], folder[96], yaml[128];
static struct bundle *bundle;
static struct err err;

static inline void write_text(const char *path, const char *text)
{
    FILE *out = fopen(path, "w");
    assert_non_null(out);
    fputs(text, out);
    assert_int_equal(fclose(out), 0);
}

static inline int setup(void **state)
{
    (void)state;
    strcpy(models, "/tmp/osteon-bundle-XXXXXX");
    if (!mkdtemp(models))
        return -1;
    snprintf(folder, sizeof folder, "%s/knee", models);
    snprintf(yaml, sizeof yaml, "%s/model.yaml", folder);
    bundle = calloc(1, sizeof *bundle);
    return bundle ? mkdir(folder, 0700) : -1;
}

static inline int teardown(void **state)
{
    (void)state;
    free(bundle);
    unlink(yaml);
    rmdir(folder);
    return rmdir(models);
}

static inline void each_code(void (*row)(void *ctx, const char *table,
                                         const char *key, const char *unit),
                             void *ctx)
{
    static const char *const rows[][3] = {
        {"concept", "hip_knee_ankle_angle", "deg"},
        {"concept", "leg_length", "mm"},
        {"concept", "angle", "deg"},
        {"concept", "distance", "mm"},
        {"concept", "ratio", "ratio"},
        {"concept", "area", "mm2"},
        {"concept", "cobb_angle", "deg"},
        {"concept", "kellgren_lawrence_grade", "grade"},
        {"site", "lower_limb", ""},
        {"site", "knee", ""},
        {"site", "spine", ""},
        {"finding", "fracture_of_bone", ""},
        {"finding", "osteoarthritis_of_knee", ""},
        {"grade", "kl_0", ""},
        {"grade", "kl_1", ""},
        {"grade", "kl_2", ""}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        row(ctx, rows[i][0], rows[i][1], rows[i][2]);
}
static const struct bundle_codes codes = {each_code};

/* document with `from` once replaced by `to` */
static inline bool read_with(const char *document, const char *from,
                             const char *to)
{
    char text[16384];
    const char *at = strstr(document, from);
    assert_non_null(at);
    assert_true(snprintf(text, sizeof text, "%.*s%s%s", (int)(at - document),
                         document, to, at + strlen(from)) < (int)sizeof text);
    write_text(yaml, text);
    memset(&err, 0, sizeof err);
    return bundle_read(models, "knee", &codes, bundle, &err);
}

struct mistake {
    const char *from, *to, *message; /* behind the file's path */
};

static inline void check_mistakes(const char *document,
                                  const struct mistake *cases, size_t n)
{
    size_t bad = 0;
    for (size_t i = 0; i < n; i++) {
        size_t path = strlen(yaml);
        bool ok = read_with(document, cases[i].from, cases[i].to);
        if (!ok && err.code == ERR_REJECT &&
            strncmp(err.msg, yaml, path) == 0 &&
            strcmp(err.msg + path, cases[i].message) == 0)
            continue;
        print_error("%s\n is %s\n not %s\n", cases[i].to,
                    ok ? "accepted" : err.msg, cases[i].message);
        bad++;
    }
    assert_int_equal(bad, 0);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

#endif
