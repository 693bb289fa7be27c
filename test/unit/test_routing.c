/* What routes want of an object becomes rows: models times routes, each
 * destination once. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "scp/routing.c"

static char first_models[][CONF_NAME] = {"knee", "hip"};
static char second_models[][CONF_NAME] = {"knee"};
static char first_forward[][CONF_NAME] = {"pacs", "archive"};
static char second_forward[][CONF_NAME] = {"archive", "vault"};
static struct conf_route routes[] = {{.name = "first",
                                      .match = {.op = CONF_ALL},
                                      .models = first_models,
                                      .n_models = 2,
                                      .forward = first_forward,
                                      .n_forward = 2,
                                      .priority = 7,
                                      .complete = {.count = 2,
                                                   .quiet_ms = 1000,
                                                   .cap_ms = 60000,
                                                   .on_cap = CONF_CAP_HOLD}},
                                     {.name = "second",
                                      .match = {.op = CONF_ALL},
                                      .models = second_models,
                                      .n_models = 1,
                                      .forward = second_forward,
                                      .n_forward = 2,
                                      .priority = 5}};
static struct conf conf = {.routes = routes, .n_routes = 2};

static void test_all(void **state)
{
    struct match_input in = {
        .set = dcm_new(), .calling_ae = "", .called_ae = ""};
    struct routing r;

    (void)state;
    routing_decide(&conf, &in, "1.2.3", true, &r);
    assert_int_equal(r.routes, 2);
    assert_int_equal(r.n_demands, 3);
    assert_string_equal(r.demands[0].route, "first");
    assert_string_equal(r.demands[0].model, "knee");
    assert_string_equal(r.demands[1].model, "hip");
    assert_string_equal(r.demands[2].route, "second");
    assert_int_equal(r.demands[0].needs_all, 0);
    assert_int_equal(r.demands[0].count, 2);
    assert_int_equal(r.demands[0].quiet_ms, 1000);
    assert_int_equal(r.demands[0].cap_ms, 60000);
    assert_int_equal(r.demands[0].priority, 7);
    assert_true(r.demands[0].hold_at_cap);
    assert_false(r.demands[2].hold_at_cap);
    assert_int_equal(r.n_forwards, 3);
    assert_string_equal(r.forwards[0].key, "pacs");
    assert_string_equal(r.forwards[1].key, "archive");
    assert_string_equal(r.forwards[1].route, "first");
    assert_string_equal(r.forwards[2].key, "vault");
    assert_string_equal(r.forwards[2].study_uid, "1.2.3");
    assert_int_equal(r.forwards[2].priority, 5);
    routing_free(&r);

    routing_decide(&conf, &in, "1.2.3", false, &r);
    assert_int_equal(r.routes, 2);
    assert_int_equal(r.n_demands, 0);
    assert_int_equal(r.n_forwards, 3);
    routing_free(&r);
    dcm_free((struct dcm *)in.set);
}

static void test_no_route(void **state)
{
    struct conf none = {0};
    struct match_input in = {.set = dcm_new()};
    struct routing r;

    (void)state;
    routing_decide(&none, &in, "1.2.3", true, &r);
    assert_int_equal(r.routes + r.n_demands + r.n_forwards, 0);
    routing_free(&r);
    dcm_free((struct dcm *)in.set);
}

static void test_result(void **state)
{
    struct dcm *set = dcm_new();
    struct err err = {0};

    (void)state;
    assert_false(routing_is_result(set));
    assert_true(dcm_set(set, "Manufacturer", "osteon", &err));
    assert_false(routing_is_result(set));
    assert_true(dcm_set(set, "ManufacturerModelName", "osteon", &err));
    assert_true(routing_is_result(set));
    assert_true(dcm_set(set, "Manufacturer", "osteonics", &err));
    assert_false(routing_is_result(set));
    dcm_free(set);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_all),
        cmocka_unit_test(test_no_route),
        cmocka_unit_test(test_result),
    };

    return cmocka_run_group_tests_name("routing", tests, NULL, NULL);
}
