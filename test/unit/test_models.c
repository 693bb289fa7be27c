/* Which bundles a process starts with, and which it refuses. */
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

#include "inference/models.h"

static char folders[2][128];
static struct conf conf;
static struct conf_route route = {.name = "r"};
static char names[2][CONF_NAME] = {"first", "second"};

static void write_text(const char *folder, const char *file, const char *text)
{
    char path[320];
    snprintf(path, sizeof path, "%s/%s", folder, file);
    FILE *out = fopen(path, "w");
    assert_non_null(out);
    fputs(text, out);
    assert_int_equal(fclose(out), 0);
}

static void write_bundle(int i, const char *extra)
{
    char text[1024];
    snprintf(text, sizeof text,
             "name: %s\nversion: 1\nmanufacturer: m\ndescription: d\n%s"
             "inputs: [{name: film}]\n"
             "stages:\n"
             "  - name: whole\n"
             /* FIPS 180-4's digest of "abc" */
             "    weights: {file: model.pt, sha256: ba7816bf8f01cfea414140de5d"
             "ae2223b00361a396177a9cb410ff61f20015ad}\n"
             "    rows: 64\n    columns: 32\n    fit: letterbox\n"
             "    percentiles: [1, 99]\n"
             "    outputs: [{name: heat, kind: heatmaps, stride: 4, sigma: "
             "1.5, landmarks: [a, b]}]\n"
             "confidence: {least: 0.4}\n"
             "measurements:\n"
             "  - {id: x, concept: c, site: s, distance: [a, b], min: 1, max: "
             "2}\n",
             names[i], extra);
    write_text(folders[i], "model.yaml", text);
    write_text(folders[i], "model.pt", "abc");
}

static int setup(void **state)
{
    (void)state;
    strcpy(conf.models, "/tmp/osteon-models-XXXXXX");
    if (!mkdtemp(conf.models))
        return -1;
    for (int i = 0; i < 2; i++) {
        snprintf(folders[i], sizeof folders[i], "%.60s/%.30s", conf.models,
                 names[i]);
        if (mkdir(folders[i], 0700) != 0)
            return -1;
        write_bundle(i, "");
    }
    route.models = names;
    route.n_models = 2;
    conf.routes = &route;
    conf.n_routes = 1;
    conf.node.inference.demonstration_models = false;
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    for (int i = 0; i < 2; i++) {
        char path[320];
        snprintf(path, sizeof path, "%s/model.yaml", folders[i]);
        unlink(path);
        snprintf(path, sizeof path, "%s/model.pt", folders[i]);
        unlink(path);
        rmdir(folders[i]);
    }
    return rmdir(conf.models);
}

static void test_all_of_the_routes(void **state)
{
    (void)state;
    struct models models;
    struct err err = {0};
    if (!models_load(&models, &conf, NULL, &err))
        fail_msg("%s", err.msg);
    assert_int_equal(models.n, 2);
    assert_string_equal(models_find(&models, "second")->name, "second");
    assert_null(models_find(&models, "third"));
    assert_true(models_add(&models, "first", &err));
    assert_int_equal(models.n, 2);
    models_free(&models);
}

static void test_demonstration(void **state)
{
    (void)state;
    struct models models;
    struct err err = {0};
    write_bundle(1, "demonstration: phantoms only\n");
    assert_false(models_load(&models, &conf, NULL, &err));
    assert_int_equal(err.code, ERR_REJECT);
    assert_string_equal(err.msg,
                        "model second is a demonstration (phantoms only); set "
                        "node.inference.demonstration_models: true to run it");
    models_free(&models);
    conf.node.inference.demonstration_models = true;
    assert_true(models_load(&models, &conf, NULL, &err));
    models_free(&models);
}

static void test_damaged_weights(void **state)
{
    (void)state;
    struct models models;
    struct err err = {0};
    write_text(folders[1], "model.pt", "abd");
    assert_false(models_load(&models, &conf, NULL, &err));
    assert_int_equal(err.code, ERR_REJECT);
    assert_non_null(strstr(err.msg, "model second: "));
    assert_non_null(strstr(err.msg, "install the bundle again"));
    models_free(&models);
}

static size_t n_bad;
static char last_bad[320];

static void take_bad(void *ctx, const char *name, const struct err *why)
{
    assert_null(ctx);
    n_bad++;
    snprintf(last_bad, sizeof last_bad, "%s: %.250s", name, why->msg);
}

/* A bundle that two routes name is told once, and the good one is there. */
static void test_good_ones(void **state)
{
    (void)state;
    struct models models;
    struct conf_route routes[2] = {route, route};
    conf.routes = routes;
    conf.n_routes = 2;
    assert_true(models_none(&models, &conf, NULL));
    assert_true(models_load_good(&models, take_bad, NULL));
    assert_int_equal(models.n, 2);
    models_free(&models);
    write_bundle(0, "wrong: key\n");
    n_bad = 0;
    assert_true(models_none(&models, &conf, NULL));
    assert_false(models_load_good(&models, take_bad, NULL));
    assert_int_equal(n_bad, 1);
    assert_non_null(strstr(last_bad, "first: "));
    assert_non_null(strstr(last_bad, "unknown key \"wrong\""));
    assert_int_equal(models.n, 1);
    assert_string_equal(models.bundles[0].name, "second");
    models_free(&models);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_all_of_the_routes),
        TEST(test_demonstration),
        TEST(test_damaged_weights),
        TEST(test_good_ones),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
