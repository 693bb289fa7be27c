/* conf/err.c: codes, texts, context, and texts too long for the struct. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "conf/err.h"

static void set_keeps_code_and_text(void **state)
{
    struct err err = {0};

    (void)state;
    assert_false(err_set(&err, ERR_RETRY, "%s is locked", "db"));
    assert_int_equal(err.code, ERR_RETRY);
    assert_string_equal(err.msg, "db is locked");
}

static void wrap_keeps_the_code(void **state)
{
    struct err err = {0};

    (void)state;
    err_set(&err, ERR_REJECT, "no UID");
    assert_false(err_wrap(&err, "object %d", 7));
    assert_int_equal(err.code, ERR_REJECT);
    assert_string_equal(err.msg, "object 7: no UID");
}

static void set_may_quote_the_old_message(void **state)
{
    struct err err = {0};

    (void)state;
    err_set(&err, ERR_RETRY, "timeout");
    err_set(&err, ERR_FATAL, "gave up after: %s", err.msg);
    assert_int_equal(err.code, ERR_FATAL);
    assert_string_equal(err.msg, "gave up after: timeout");
}

static void long_texts_are_cut(void **state)
{
    struct {
        struct err err;
        char after[8];
    } box = {.after = "intact!"};
    char text[2000];

    (void)state;
    memset(text, 'a', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    err_set(&box.err, ERR_FATAL, "%s", text);
    assert_int_equal(strlen(box.err.msg), sizeof box.err.msg - 1);
    err_wrap(&box.err, "front");
    assert_int_equal(strlen(box.err.msg), sizeof box.err.msg - 1);
    assert_memory_equal(box.err.msg, "front: aaaa", 11);
    err_wrap(&box.err, "%s", text);
    assert_int_equal(strlen(box.err.msg), sizeof box.err.msg - 1);
    assert_string_equal(box.after, "intact!");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(set_keeps_code_and_text),
        cmocka_unit_test(wrap_keeps_the_code),
        cmocka_unit_test(set_may_quote_the_old_message),
        cmocka_unit_test(long_texts_are_cut),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
