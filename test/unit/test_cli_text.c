/* cli/text.c and cli/table.c: what the admin reads lines up, is rounded as a
 * person would and cannot drive the terminal. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "cli/table.c"
#include "cli/text.c"

static void test_durations(void **state)
{
    static const struct {
        int64_t ms;
        const char *text;
    } rows[] = {{0, "0 ms"},         {250, "250 ms"},    {1000, "1 s"},
                {1500, "1.5 s"},     {20000, "20 s"},    {90000, "90 s"},
                {60000, "1 min"},    {300000, "5 min"},  {3600000, "1 h"},
                {5400000, "90 min"}, {259200000, "3 d"}, {86400000, "1 d"},
                {187200000, "52 h"}, {12345, "12 s"},    {216000000, "60 h"},
                {1000000000, "11 d"}};
    char out[TEXT_TIME];
    size_t i;

    (void)state;
    for (i = 0; i < sizeof rows / sizeof *rows; i++)
        assert_string_equal(text_duration(out, rows[i].ms), rows[i].text);
}

static void test_bytes(void **state)
{
    char out[TEXT_TIME];

    (void)state;
    assert_string_equal(text_bytes(out, 0), "0 B");
    assert_string_equal(text_bytes(out, 1023), "1023 B");
    assert_string_equal(text_bytes(out, 1024), "1 KiB");
    assert_string_equal(text_bytes(out, 1536), "1.5 KiB");
    assert_string_equal(text_bytes(out, 13004800), "12 MiB");
    assert_string_equal(text_bytes(out, (int64_t)2 << 30), "2 GiB");
    assert_string_equal(text_bytes(out, (int64_t)3 << 50), "3072 TiB");
}

static void test_times(void **state)
{
    char out[TEXT_TIME];
    json_t *then;

    (void)state;
    setenv("TZ", "Europe/Berlin", 1);
    tzset();
    assert_string_equal(text_local(out, 1777629600123), "2026-05-01 12:00:00");
    assert_string_equal(text_local(out, 0), "-");
    then = text_utc(1777629600007);
    assert_string_equal(json_string_value(then), "2026-05-01T10:00:00.007Z");
    json_decref(then);
    assert_true(json_is_null(text_utc(0)));
}

static void test_printable(void **state)
{
    char out[64];

    (void)state;
    assert_int_equal(text_printable(out, sizeof out, "\x1b[31mRED\r\n\x7f"),
                     11);
    assert_string_equal(out, "?[31mRED???");
    /* C1 control in UTF-8, Latin-1 byte, two-byte character */
    assert_int_equal(text_printable(out, sizeof out, "\xc2\x9b\xfc\xc3\xbc"),
                     3);
    assert_string_equal(out, "??\xc3\xbc");
    /* never half a character */
    assert_int_equal(text_printable(out, 3, "a\xc3\xbc"), 1);
    assert_string_equal(out, "a");
}

static void test_distance(void **state)
{
    (void)state;
    assert_int_equal(text_distance("status", "status"), 0);
    assert_int_equal(text_distance("statsu", "status"), 2);
    assert_int_equal(text_distance("stauts", "status"), 2);
    assert_int_equal(text_distance("", "run"), 3);
    assert_int_equal(text_distance("run", "rn"), 1);
    assert_int_equal(
        text_distance("a-word-longer-than-any-command-of-ours", "run"), 32);
}

static void test_table(void **state)
{
    struct table *table = table_new(3, " r");
    char *text = NULL;
    size_t n;
    FILE *out = open_memstream(&text, &n);

    (void)state;
    table_cell(table, TABLE_BOLD, "%s", "NAME");
    table_cell(table, TABLE_BOLD, "%s", "N");
    table_cell(table, TABLE_BOLD, "%s", "LAST");
    table_cell(table, TABLE_BAD, "%s", "m\xc3\xbcller-pacs");
    table_cell(table, TABLE_PLAIN, "%d", 12345);
    table_cell(table, TABLE_PLAIN, "%s", "\x1b]0;x");
    table_cell(table, TABLE_PLAIN, "%s", "a");
    table_cell(table, TABLE_PLAIN, "%d", 7);
    table_cell(table, TABLE_PLAIN, "%s", "");
    table_print(table, out);
    fclose(out);
    assert_string_equal(text, "NAME             N  LAST\n"
                              "m\xc3\xbcller-pacs  12345  ?]0;x\n"
                              "a                7\n");
    free(text);
}

static void test_no_color_in_a_file(void **state)
{
    FILE *out = tmpfile();

    (void)state;
    assert_string_equal(table_tone(out, TABLE_BAD), "");
    assert_string_equal(table_tone_end(out, TABLE_BAD), "");
    fclose(out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_durations),
        cmocka_unit_test(test_bytes),
        cmocka_unit_test(test_times),
        cmocka_unit_test(test_printable),
        cmocka_unit_test(test_distance),
        cmocka_unit_test(test_table),
        cmocka_unit_test(test_no_color_in_a_file),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
