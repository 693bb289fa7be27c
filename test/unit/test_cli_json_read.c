/* cli/json_read.c: reads what RFC 8259 allows and refuses the rest. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "cli/json_read.c"
#include "cli/text.c"

static void test_values(void **state)
{
    const struct json_value *root, *list;
    struct err err = {0};
    struct json_tree *tree;

    (void)state;
    tree = json_parse(" {\"id\":\"hka\", \"value\":-176.25e+0,\"no\":null,"
                      "\"yes\":true,\"list\":[1,22,\"x\",[ ],{}]} ",
                      &err);
    assert_non_null(tree);
    root = json_root(tree);
    assert_int_equal(root->kind, JSON_OBJECT);
    assert_string_equal(json_get_text(root, "id", "?"), "hka");
    assert_string_equal(json_get_text(root, "value", "?"), "-176.25e+0");
    assert_string_equal(json_get_text(root, "no", "absent"), "absent");
    assert_string_equal(json_get_text(root, "other", "absent"), "absent");
    assert_string_equal(json_get_text(root, "yes", "?"), "true");
    list = json_get(root, "list");
    assert_int_equal(list->kind, JSON_ARRAY);
    assert_string_equal(list->child->text, "1");
    assert_string_equal(list->child->next->text, "22");
    assert_string_equal(list->child->next->next->text, "x");
    assert_int_equal(list->child->next->next->next->kind, JSON_ARRAY);
    assert_null(list->child->next->next->next->next->next);
    assert_null(json_get(list, "id"));
    assert_null(json_get(NULL, "id"));
    json_tree_free(tree);
}

static void test_scalars_alone(void **state)
{
    struct err err = {0};
    struct json_tree *tree;

    (void)state;
    tree = json_parse("7", &err);
    assert_string_equal(json_root(tree)->text, "7");
    json_tree_free(tree);
    tree = json_parse("-0.5E-3\n", &err);
    assert_string_equal(json_root(tree)->text, "-0.5E-3");
    json_tree_free(tree);
}

static void test_escapes(void **state)
{
    struct err err = {0};
    struct json_tree *tree;

    (void)state;
    tree = json_parse("\"a\\\"\\\\\\/\\n\\t\\u00fc\\u20AC\\ud83e\\uDDB4 z\"",
                      &err);
    assert_non_null(tree);
    assert_string_equal(json_root(tree)->text,
                        "a\"\\/\n\t\xc3\xbc\xe2\x82\xac\xf0\x9f\xa6\xb4 z");
    json_tree_free(tree);
}

static void test_refuses(void **state)
{
    static const char *const bad[] = {"",
                                      " ",
                                      "{",
                                      "[",
                                      "]",
                                      "{\"a\"}",
                                      "{\"a\":}",
                                      "{\"a\":1,}",
                                      "[1,]",
                                      "[1 2]",
                                      "{a:1}",
                                      "01",
                                      "1.",
                                      ".5",
                                      "+1",
                                      "-",
                                      "1e",
                                      "nul",
                                      "truely",
                                      "\"",
                                      "\"a",
                                      "\"\\",
                                      "\"\\x\"",
                                      "\"\\u12\"",
                                      "\"\\u0000\"",
                                      "\"\\ud800\"",
                                      "\"\\ud800\\u0041\"",
                                      "\"\\udc00\"",
                                      "\"\n\"",
                                      "\"\xfc\"",
                                      "{} {}",
                                      "[1]x",
                                      "NaN",
                                      "[NaN]",
                                      "\"a\":1"};
    size_t i;

    (void)state;
    for (i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct err err = {0};

        if (json_parse(bad[i], &err))
            fail_msg("accepted: %s", bad[i]);
        assert_string_equal(err.msg, "not JSON");
        assert_int_equal(err.code, ERR_REJECT);
    }
}

static void test_depth_is_bounded(void **state)
{
    struct err err = {0};
    struct json_tree *tree;
    char *deep = malloc(200001);

    (void)state;
    memset(deep, '[', 200000);
    deep[200000] = '\0';
    assert_null(json_parse(deep, &err));
    free(deep);
    tree = json_parse("[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]", &err);
    assert_non_null(tree); /* 16 */
    json_tree_free(tree);
    assert_null(json_parse("[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]", &err));
}

static void test_length_is_bounded(void **state)
{
    struct err err = {0};
    char *text = malloc(JSON_READ_BYTES + 2);

    (void)state;
    memset(text, ' ', JSON_READ_BYTES + 1);
    text[JSON_READ_BYTES + 1] = '\0';
    assert_null(json_parse(text, &err));
    assert_string_equal(err.msg, "JSON longer than 1 MiB");
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_values),
        cmocka_unit_test(test_scalars_alone),
        cmocka_unit_test(test_escapes),
        cmocka_unit_test(test_refuses),
        cmocka_unit_test(test_depth_is_bounded),
        cmocka_unit_test(test_length_is_bounded),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
