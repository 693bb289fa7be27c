/* Limits in all and by peer. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <stdio.h>

#include "scp/children.c"

static const struct conf_limits limits = {.associations = 3,
                                          .associations_per_caller = 2};

static struct child *instead;
static int64_t turn;

static struct comer comer(const char *address)
{
    struct comer who = {.turn = turn++};

    snprintf(who.address, sizeof who.address, "%s", address);
    return who;
}

static enum children_answer ask(struct children *children, const char *address)
{
    struct comer who = comer(address);

    return children_ask(children, &limits, &who, &instead);
}

static enum children_answer ask_stranger(struct children *children)
{
    struct comer who = comer("x");

    who.stranger = true;
    return children_ask(children, &limits, &who, &instead);
}

static void add_silent(struct children *children, pid_t pid,
                       const char *address)
{
    struct comer who = comer(address);

    children_add(children, pid, &who, false, -1);
}

static void add(struct children *children, pid_t pid, const char *address)
{
    add_silent(children, pid, address);
    children->slots[children->n - 1].admitted = true;
}

static void test_limits(void **state)
{
    struct children children = {0};
    struct child gone;

    (void)state;
    assert_int_equal(ask(&children, "a"), CHILDREN_SERVE);
    add(&children, 10, "a");
    assert_int_equal(ask(&children, "a"), CHILDREN_SERVE);
    add(&children, 11, "a");
    assert_int_equal(ask(&children, "a"), CHILDREN_REJECT);
    assert_int_equal(ask(&children, "b"), CHILDREN_SERVE);
    add(&children, 12, "b");
    assert_int_equal(ask(&children, "b"), CHILDREN_REJECT);

    assert_false(children_remove(&children, 99, &gone));
    assert_true(children_remove(&children, 10, &gone));
    assert_string_equal(gone.who.address, "a");
    assert_int_equal(ask(&children, "c"), CHILDREN_SERVE);
    assert_false(children_remove(&children, 10, &gone));
    children_free(&children);
}

static void add_rejecting(struct children *children)
{
    struct comer who;
    int i;

    for (i = 0; i < MOST_REJECTING; i++) {
        who = comer("x");
        children_add(children, 100 + i, &who, true, -1);
    }
}

static void test_callers_are_answered_before_the_longest_rejected(void **state)
{
    struct children children = {0};

    (void)state;
    add_rejecting(&children);
    assert_int_equal(ask(&children, "a"), CHILDREN_SERVE);
    assert_null(instead);
    add(&children, 10, "a");
    add(&children, 11, "a");
    assert_int_equal(ask(&children, "a"), CHILDREN_REJECT);
    assert_int_equal(instead->pid, 100);
    /* on its way out, it is not asked twice, and its place is free */
    assert_int_equal(ask(&children, "a"), CHILDREN_REJECT);
    assert_null(instead);
    children_free(&children);
}

static void test_strangers_take_no_place(void **state)
{
    struct children children = {0};

    (void)state;
    assert_int_equal(ask_stranger(&children), CHILDREN_REJECT);
    add_rejecting(&children);
    assert_int_equal(ask_stranger(&children), CHILDREN_DROP);
    assert_null(instead);
    assert_int_equal(ask(&children, "a"), CHILDREN_SERVE);
    children_free(&children);
}

static void test_the_silent_make_room(void **state)
{
    struct children children = {0};

    (void)state;
    add_silent(&children, 10, "a");
    add_silent(&children, 11, "a");
    assert_int_equal(ask(&children, "a"), CHILDREN_SERVE);
    assert_int_equal(instead->pid, 10);
    add(&children, 12, "a");
    assert_int_equal(ask(&children, "a"), CHILDREN_SERVE);
    assert_int_equal(instead->pid, 11);
    add(&children, 13, "a");
    assert_int_equal(ask(&children, "a"), CHILDREN_REJECT);
    assert_null(instead);
    /* one that was asked to go was admitted just before: it counts again */
    assert_int_equal(ask(&children, "b"), CHILDREN_SERVE);
    assert_null(instead);
    children.slots[0].admitted = true;
    assert_int_equal(ask(&children, "b"), CHILDREN_REJECT);
    children_free(&children);
}

static void test_all_places_taken_by_silence_of_others(void **state)
{
    struct children children = {0};

    (void)state;
    add_silent(&children, 10, "a");
    add_silent(&children, 11, "b");
    add_silent(&children, 12, "c");
    assert_int_equal(ask(&children, "d"), CHILDREN_SERVE);
    assert_int_equal(instead->pid, 10);
    children_free(&children);
}

static void test_who_came_earlier_displaces_nobody(void **state)
{
    struct children children = {0};
    struct comer early = comer("a");

    (void)state;
    add_silent(&children, 10, "a");
    add_silent(&children, 11, "a");
    assert_int_equal(children_ask(&children, &limits, &early, &instead),
                     CHILDREN_REJECT);
    add_rejecting(&children);
    assert_int_equal(children_ask(&children, &limits, &early, &instead),
                     CHILDREN_DROP);
    assert_null(instead);
    assert_int_equal(children_of(&children, "a"), 2);
    children_free(&children);
}

static void test_reserve_is_for_those_who_have_none(void **state)
{
    static const struct conf_limits many = {.associations = 6,
                                            .associations_per_caller = 4};
    struct comer again = comer("a"), new = comer("c");
    struct children children = {0};
    int i;

    (void)state;
    for (i = 0; i < 4; i++)
        add(&children, 10 + i, i < 2 ? "a" : "b");
    assert_int_equal(children_ask(&children, &many, &again, &instead),
                     CHILDREN_REJECT);
    assert_int_equal(children_ask(&children, &many, &new, &instead),
                     CHILDREN_SERVE);
    assert_null(instead);
    children_free(&children);
}

static void test_news_of_admission(void **state)
{
    struct children children = {0};
    struct comer who = comer("a");
    struct child gone;
    int ends[2], others[2];

    (void)state;
    assert_int_equal(pipe2(ends, O_NONBLOCK), 0);
    assert_int_equal(pipe2(others, O_NONBLOCK), 0);
    children_add(&children, 10, &who, false, ends[0]);
    children_add(&children, 11, &who, false, others[0]);
    children_hear(&children);
    assert_false(children.slots[0].admitted);
    assert_int_equal(write(ends[1], "", 1), 1);
    children_hear(&children);
    assert_true(children.slots[0].admitted);
    assert_int_equal(children.slots[0].news, -1);
    close(others[1]); /* ended without */
    assert_true(children_remove(&children, 11, &gone));
    assert_false(gone.admitted);
    assert_int_equal(read(others[0], &gone, 1), -1);
    close(ends[1]);
    children_free(&children);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_limits),
        cmocka_unit_test(test_callers_are_answered_before_the_longest_rejected),
        cmocka_unit_test(test_strangers_take_no_place),
        cmocka_unit_test(test_the_silent_make_room),
        cmocka_unit_test(test_all_places_taken_by_silence_of_others),
        cmocka_unit_test(test_who_came_earlier_displaces_nobody),
        cmocka_unit_test(test_reserve_is_for_those_who_have_none),
        cmocka_unit_test(test_news_of_admission),
    };

    return cmocka_run_group_tests_name("children", tests, NULL, NULL);
}
