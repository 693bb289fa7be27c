/* Limits in all and by peer. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "scp/children.c"

static const struct conf_limits limits = {.associations = 3,
                                          .associations_per_caller = 2};

static enum children_answer ask(const struct children *children,
                                const char *address)
{
    return children_ask(children, &limits, address, false);
}

static void test_limits(void **state)
{
    struct children children = {0};
    struct child gone;

    (void)state;
    assert_int_equal(ask(&children, "a"), CHILDREN_SERVE);
    children_add(&children, 10, "a", false);
    assert_int_equal(ask(&children, "a"), CHILDREN_SERVE);
    children_add(&children, 11, "a", false);
    assert_int_equal(ask(&children, "a"), CHILDREN_REJECT);
    assert_int_equal(ask(&children, "b"), CHILDREN_SERVE);
    children_add(&children, 12, "b", false);
    assert_int_equal(ask(&children, "b"), CHILDREN_REJECT);

    assert_false(children_remove(&children, 99, &gone));
    assert_true(children_remove(&children, 10, &gone));
    assert_string_equal(gone.address, "a");
    assert_int_equal(ask(&children, "a"), CHILDREN_SERVE);
    assert_false(children_remove(&children, 10, &gone));
    children_free(&children);
}

static void test_rejecting_is_limited_and_counts_for_nothing(void **state)
{
    struct children children = {0};
    struct child gone;
    int i;

    (void)state;
    for (i = 0; i < MOST_REJECTING; i++)
        children_add(&children, 100 + i, "a", true);
    assert_int_equal(ask(&children, "a"), CHILDREN_SERVE);
    children_add(&children, 10, "a", false);
    children_add(&children, 11, "a", false);
    assert_int_equal(ask(&children, "a"), CHILDREN_DROP);
    assert_true(children_remove(&children, 107, &gone));
    assert_true(gone.rejecting);
    assert_int_equal(ask(&children, "a"), CHILDREN_REJECT);
    children_free(&children);
}

static void test_strangers_take_no_place(void **state)
{
    struct children children = {0};
    int i;

    (void)state;
    for (i = 0; i < MOST_REJECTING; i++) {
        assert_int_equal(children_ask(&children, &limits, "x", true),
                         CHILDREN_REJECT);
        children_add(&children, 100 + i, "x", true);
    }
    assert_int_equal(children_ask(&children, &limits, "x", true),
                     CHILDREN_DROP);
    assert_int_equal(ask(&children, "a"), CHILDREN_SERVE);
    children_free(&children);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_limits),
        cmocka_unit_test(test_rejecting_is_limited_and_counts_for_nothing),
        cmocka_unit_test(test_strangers_take_no_place),
    };

    return cmocka_run_group_tests_name("children", tests, NULL, NULL);
}
