/* conf/log.c: the shape of a line, escaping of what comes from the network,
 * and the bound that keeps one write whole. */
#include <regex.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "conf/log.h"

static char line[8192];

/* Runs log_event with stderr in a pipe; `line` is all that came out. */
static void capture(enum log_level level, const char *event,
                    const struct kv *fields)
{
    int ends[2], keep = dup(STDERR_FILENO);
    ssize_t n;

    assert_int_equal(pipe(ends), 0);
    dup2(ends[1], STDERR_FILENO);
    close(ends[1]);
    log_event(level, event, fields);
    dup2(keep, STDERR_FILENO);
    close(keep);
    n = read(ends[0], line, sizeof line - 1);
    close(ends[0]);
    assert_true(n > 0);
    line[n] = '\0';
}

static const char *value_of(const char *text)
{
    static char out[1024];
    const struct kv fields[] = {KV_STR("v", text), KV_END};
    const char *at;

    capture(LOG_LEVEL_INFO, "x.y", fields);
    at = strstr(line, " v=");
    assert_non_null(at);
    snprintf(out, sizeof out, "%.*s", (int)strcspn(at + 3, "\n"), at + 3);
    return out;
}

static void a_line_has_its_shape(void **state)
{
    const struct kv fields[] = {KV_INT("job", 42), KV_STR("stage", "send"),
                                KV_INT("ms", -1), KV_END};
    regex_t shape;

    (void)state;
    log_start("osteon-test");
    capture(LOG_LEVEL_WARN, "job.done", fields);
    assert_int_equal(
        regcomp(&shape,
                "^ts=[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}"
                "\\.[0-9]{3}Z level=warn prog=osteon-test pid=[0-9]+ "
                "event=job\\.done job=42 stage=\"send\" ms=-1\n$",
                REG_EXTENDED | REG_NOSUB),
        0);
    assert_int_equal(regexec(&shape, line, 0, NULL, 0), 0);
    regfree(&shape);
}

static void values_cannot_break_a_line(void **state)
{
    (void)state;
    assert_string_equal(value_of("plain"), "\"plain\"");
    assert_string_equal(value_of(""), "\"\"");
    assert_string_equal(value_of("a\nlevel=info b"), "\"a\\x0Alevel=info b\"");
    assert_string_equal(value_of("\x1b[2J\x7f"), "\"\\x1B[2J\\x7F\"");
    assert_string_equal(value_of("say \"hi\" \\"), "\"say \\\"hi\\\" \\\\\"");
}

static void only_utf8_passes(void **state)
{
    (void)state;
    assert_string_equal(value_of("M\xc3\xbcller"), "\"M\xc3\xbcller\"");
    assert_string_equal(value_of("\xe2\x82\xac\xf0\x9f\xa6\xb4"),
                        "\"\xe2\x82\xac\xf0\x9f\xa6\xb4\"");
    assert_string_equal(value_of("M\xfcller"), "\"M\\xFCller\"");
    assert_string_equal(value_of("cut \xe2\x82"), "\"cut \\xE2\\x82\"");
    assert_string_equal(value_of("\xc0\xaf"), "\"\\xC0\\xAF\"");
    assert_string_equal(value_of("\xed\xa0\x80"), "\"\\xED\\xA0\\x80\"");
    assert_string_equal(value_of("\xc2\x9b"), "\"\\xC2\\x9B\"");
}

static void values_are_cut_at_256(void **state)
{
    char text[600];

    (void)state;
    memset(text, 'a', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    assert_int_equal(strlen(value_of(text)), 256 + 2);
    memset(text, '\n', sizeof text - 1);
    assert_int_equal(strlen(value_of(text)), 256 + 2);
}

static void a_line_stays_below_4096(void **state)
{
    char text[600];
    struct kv fields[41];

    (void)state;
    memset(text, 'b', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    for (int i = 0; i < 40; i++)
        fields[i] = KV_STR("field", text);
    fields[40] = KV_END;
    capture(LOG_LEVEL_ERROR, "x.y", fields);
    assert_true(strlen(line) < 4096);
    assert_true(strlen(line) > 3500);
    assert_int_equal(line[strlen(line) - 1], '\n');
    assert_ptr_equal(strchr(line, '\n'), line + strlen(line) - 1);
    assert_int_equal(line[strlen(line) - 2], '"');
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_line_has_its_shape),
        cmocka_unit_test(values_cannot_break_a_line),
        cmocka_unit_test(only_utf8_passes),
        cmocka_unit_test(values_are_cut_at_256),
        cmocka_unit_test(a_line_stays_below_4096),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
