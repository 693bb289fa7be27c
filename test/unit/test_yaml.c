/* conf/yaml*.c: every refusal by its text, line and column, and what the
 * reader does with hostile files. */
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

#include "conf/clock.h"
#include "conf/yaml.h"

static char folder[] = "/tmp/osteon-yaml.XXXXXX";
static struct err err;

static void write_bytes(const char *bytes, size_t n)
{
    FILE *f = fopen("x.yaml", "w");

    assert_non_null(f);
    assert_int_equal(fwrite(bytes, 1, n, f), n);
    assert_int_equal(fclose(f), 0);
}

static void refused_bytes(const char *bytes, size_t n, const char *message)
{
    struct yaml_file file;

    write_bytes(bytes, n);
    memset(&err, 0, sizeof err);
    assert_false(yaml_read("x.yaml", &file, &err));
    assert_string_equal(err.msg, message);
    assert_int_equal(err.code, ERR_REJECT);
}

static void refused(const char *text, const char *message)
{
    refused_bytes(text, strlen(text), message);
}

static void read_text(const char *text, struct yaml_file *file)
{
    write_bytes(text, strlen(text));
    memset(&err, 0, sizeof err);
    if (!yaml_read("x.yaml", file, &err))
        fail_msg("%s", err.msg);
    assert_int_equal(err.code, ERR_NONE);
}

static void builds_the_tree(void **state)
{
    struct yaml_file file;
    const struct yaml_node *list;

    (void)state;
    read_text("a: 1\n"
              "list: [x, \"y z\", {k: NO}]\n"
              "empty:\n"
              "text: >-\n  two\n  lines\n",
              &file);
    assert_int_equal(file.root.kind, YAML_MAPPING);
    assert_int_equal(file.root.count, 4);
    assert_string_equal(yaml_get(&file.root, "a")->text, "1");
    list = yaml_get(&file.root, "list");
    assert_int_equal(list->kind, YAML_SEQUENCE);
    assert_int_equal(list->count, 3);
    assert_int_equal(list->line, 2);
    assert_int_equal(list->column, 7);
    assert_string_equal(list->items[1].text, "y z");
    assert_true(list->items[1].quoted);
    assert_false(list->items[0].quoted);
    assert_int_equal(list->items[1].column, 11);
    assert_string_equal(yaml_get(&list->items[2], "k")->text, "NO");
    assert_string_equal(yaml_get(&file.root, "empty")->text, "");
    assert_string_equal(yaml_get(&file.root, "text")->text, "two lines");
    assert_null(yaml_get(&file.root, "nothing"));
    assert_null(yaml_get(list, "nothing"));
    yaml_free(&file);
    yaml_free(&file);
    yaml_free(NULL);
}

static void file_problems(void **state)
{
    struct yaml_file file;
    char path[400];

    (void)state;
    assert_false(yaml_read("absent.yaml", &file, &err));
    assert_string_equal(
        err.msg, "absent.yaml: cannot be opened: No such file or directory");
    assert_false(yaml_read("/", &file, &err));
    assert_string_equal(err.msg, "/: is a folder, not a file");
    memset(path, 'p', sizeof path - 1);
    path[sizeof path - 1] = '\0';
    assert_false(yaml_read(path, &file, &err));
    assert_non_null(
        strstr(err.msg, "pppp...: the path is longer than 255 characters"));
    refused("", "x.yaml:1:1: the file is empty; write `key: value` lines");
    refused("# only this\n",
            "x.yaml:2:1: the file is empty; write `key: value` lines");
}

static void syntax(void **state)
{
    (void)state;
    refused("a: [1, 2\nb: 3\n",
            "x.yaml:2:2: did not find expected ',' or ']' (while parsing a "
            "flow sequence from line 1 on)");
    refused("a:\n\tb: 1\n",
            "x.yaml:2:1: found character that cannot start any token (while "
            "scanning for the next token from line 2 on); indent with "
            "spaces, not tabs, and quote values that start with % @ or `");
    refused("a: b: c\n",
            "x.yaml:1:5: mapping values are not allowed in this context; "
            "check the indentation, and quote values that contain ': '");
    refused("a: \"open\n",
            "x.yaml:2:1: found unexpected end of stream (while scanning a "
            "quoted scalar from line 1 on)");
}

static void bytes_that_are_no_text(void **state)
{
    struct yaml_file file;

    (void)state;
    refused_bytes("a: 1\nb:\0 2\n", 11,
                  "x.yaml:2:3: a NUL byte; the file must be UTF-8 text");
    refused_bytes("\xff\xfe"
                  "a\0:\0",
                  6, "x.yaml:1:4: a NUL byte; the file must be UTF-8 text");
    refused("a: \"x\\0y\"\n",
            "x.yaml:1:4: a value must not contain a NUL character");
    refused("a: M\xfcller\n",
            "x.yaml:1:1: invalid leading UTF-8 octet in byte 5; save the "
            "file as UTF-8");
    refused("a: \x01\n", "x.yaml:1:1: control characters are not allowed in "
                         "byte 4; save the file as UTF-8");
    read_text("\xEF\xBB\xBF"
              "a: 1\n",
              &file);
    assert_int_equal(file.root.keys[0].column, 1);
    assert_string_equal(file.root.keys[0].text, "a");
    yaml_free(&file);
}

static void yaml_we_do_not_take(void **state)
{
    (void)state;
    refused("a: &x 1\n", "x.yaml:1:4: anchors (&name) are not supported; "
                         "quote the value if it is a text");
    refused("a: *x\n", "x.yaml:1:4: aliases (*name) are not supported; write "
                       "the value again, or quote it if it is a text");
    refused("a: !!int 1\n", "x.yaml:1:4: tags (!name) are not supported; "
                            "quote the value if it is a text");
    refused("a: &x [1]\n", "x.yaml:1:4: anchors (&name) are not supported; "
                           "quote the value if it is a text");
    refused("a: !x {b: 1}\n", "x.yaml:1:4: tags (!name) are not supported; "
                              "quote the value if it is a text");
    refused("? [1, 2]\n: x\n",
            "x.yaml:1:3: a key must be a text; write `key: value`");
    refused("a: 1\n---\nb: 2\n",
            "x.yaml:2:1: a second document starts here; a file holds one");
    refused("a: 1\nb: 2\na: 3\n",
            "x.yaml:3:1: key \"a\" is already in line 1; keep one of them");
    refused("x: {k: 1, \"k\": 2}\n",
            "x.yaml:1:11: key \"k\" is already in line 1; keep one of them");
}

static void depth_is_bounded(void **state)
{
    struct yaml_file file;

    (void)state;
    read_text("[[[[[[[[[[[[[[[[x]]]]]]]]]]]]]]]]", &file);
    yaml_free(&file);
    refused("[[[[[[[[[[[[[[[[[x]]]]]]]]]]]]]]]]]",
            "x.yaml:1:17: nested too deeply; at most 16 levels are allowed");
    refused("a:\n b:\n  c:\n   d:\n    e:\n     f:\n      g:\n       h:\n"
            "        i:\n         j:\n          k:\n           l:\n"
            "            m:\n             n:\n              o:\n"
            "               p:\n                q: 1\n",
            "x.yaml:17:17: nested too deeply; at most 16 levels are allowed");
}

/* Below a second each; libyaml's own document reader takes over a minute for
 * the first. */
static void hostile_files_are_quick(void **state)
{
    static char bytes[200000];
    int64_t start = clock_mono_ms();
    size_t n = 0;

    (void)state;
    memset(bytes, '[', sizeof bytes);
    refused_bytes(bytes, sizeof bytes,
                  "x.yaml: is larger than 64 KiB; a "
                  "configuration is smaller");
    refused_bytes(bytes, 65536,
                  "x.yaml:1:17: nested too deeply; at most 16 levels are "
                  "allowed");
    memset(bytes, '{', sizeof bytes);
    refused_bytes(bytes, 65536,
                  "x.yaml:1:17: nested too deeply; at most 16 levels are "
                  "allowed");
    for (size_t i = 0; i < 65536; i += 2)
        memcpy(bytes + i, "- ", 2);
    refused_bytes(bytes, 65536,
                  "x.yaml:1:33: nested too deeply; at most 16 levels are "
                  "allowed");
    for (size_t i = 0; i < 65536; i += 2)
        memcpy(bytes + i, "[\n", 2);
    refused_bytes(bytes, 65536,
                  "x.yaml:17:1: nested too deeply; at most 16 levels are "
                  "allowed");
    for (size_t i = 0; i < 65536; i += 2)
        memcpy(bytes + i, "? ", 2);
    refused_bytes(bytes, 65536,
                  "x.yaml:1:33: nested too deeply; at most 16 levels are "
                  "allowed");
    bytes[n++] = '[';
    while (n < 65534) {
        bytes[n++] = 'x';
        bytes[n++] = ',';
    }
    bytes[n++] = ']';
    refused_bytes(bytes, n,
                  "x.yaml:1:32768: too many entries; at most 16384 values and "
                  "keys are allowed");
    n = 0;
    for (unsigned i = 0; n < 65500; i++)
        n += (size_t)sprintf(bytes + n, "%x:\n", i);
    refused_bytes(bytes, n,
                  "x.yaml:8192:6: too many entries; at most 16384 values and "
                  "keys are allowed");
    assert_true(clock_mono_ms() - start < 4000);
}

/* ---- the schema ---- */

static const char *const colors[] = {"red", "green", NULL};

struct inner {
    int64_t depth;
};

struct outer {
    char name[9];
    char ae[17];
    int64_t port, wait_ms, room_bytes;
    double ratio;
    bool on;
    int color;
    char path[24];
    struct inner inner;
    const struct yaml_node *any;
};

static const struct yaml_key inner_keys[] = {
    {.name = "depth", .type = YAML_INT, YAML_AT(struct inner, depth)},
    {.name = NULL},
};

static const struct yaml_key keys[] = {
    {.name = "name", .type = YAML_TEXT, YAML_AT(struct outer, name), .min = 2},
    {.name = "ae", .type = YAML_AE, YAML_AT(struct outer, ae)},
    {.name = "port",
     .type = YAML_INT,
     YAML_AT(struct outer, port),
     .min = 1,
     .max = 65535,
     .required = true},
    {.name = "wait",
     .type = YAML_DURATION,
     YAML_AT(struct outer, wait_ms),
     .min = 500,
     .max = 7200000},
    {.name = "room",
     .type = YAML_BYTES,
     YAML_AT(struct outer, room_bytes),
     .min = 512,
     .max = 1048576},
    {.name = "ratio",
     .type = YAML_NUMBER,
     YAML_AT(struct outer, ratio),
     .min = -1.5,
     .max = 1.5},
    {.name = "on", .type = YAML_BOOL, YAML_AT(struct outer, on)},
    {.name = "color",
     .type = YAML_CHOICE,
     YAML_AT(struct outer, color),
     .choices = colors},
    {.name = "path", .type = YAML_PATH, YAML_AT(struct outer, path)},
    {.name = "inner",
     .type = YAML_NESTED,
     YAML_AT(struct outer, inner),
     .nested = inner_keys},
    {.name = "any", .type = YAML_ANY, YAML_AT(struct outer, any)},
    {.name = NULL},
};

static struct outer applied(const char *text)
{
    struct outer out = {.wait_ms = 7, .color = 1};
    struct yaml_file file;

    read_text(text, &file);
    if (!yaml_apply(&file, &file.root, keys, &out, &err))
        fail_msg("%s", err.msg);
    yaml_free(&file);
    return out;
}

static void misapplied(const char *text, const char *message)
{
    struct outer out = {0};
    struct yaml_file file;

    read_text(text, &file);
    assert_false(yaml_apply(&file, &file.root, keys, &out, &err));
    assert_string_equal(err.msg, message);
    assert_int_equal(err.code, ERR_REJECT);
    yaml_free(&file);
}

static void values_of_every_type(void **state)
{
    struct outer out =
        applied("{name: knee, ae: MY PACS, port: 104, wait: 2h, room: 64KiB, "
                "ratio: -0.5e0, on: true, color: red, path: /abs/x, inner: "
                "{depth: -9}, any: [1]}");

    (void)state;
    assert_string_equal(out.name, "knee");
    assert_string_equal(out.ae, "MY PACS");
    assert_int_equal(out.port, 104);
    assert_int_equal(out.wait_ms, 7200000);
    assert_int_equal(out.room_bytes, 65536);
    assert_true(out.ratio == -0.5);
    assert_true(out.on);
    assert_int_equal(out.color, 0);
    assert_string_equal(out.path, "/abs/x");
    assert_int_equal(out.inner.depth, -9);
    assert_non_null(out.any);

    out = applied("port: \"1\"\n");
    assert_int_equal(out.wait_ms, 7);
    assert_int_equal(out.color, 1);
    assert_null(out.any);
    assert_int_equal(applied("{port: 1, wait: 750ms}").wait_ms, 750);
    assert_int_equal(applied("{port: 1, wait: 20s}").wait_ms, 20000);
    assert_int_equal(applied("{port: 1, wait: 5m}").wait_ms, 300000);
    assert_int_equal(applied("{port: 1, room: 512}").room_bytes, 512);
    assert_int_equal(applied("{port: 1, room: 1MiB}").room_bytes, 1048576);
    assert_string_equal(applied("{port: 1, path: ../m}").path, "../m");
}

static void paths_start_at_the_file(void **state)
{
    struct outer out = {0};
    struct yaml_file file;

    (void)state;
    assert_int_equal(mkdir("sub", 0700), 0);
    write_bytes("{port: 1, path: ../models}", 26);
    assert_int_equal(rename("x.yaml", "sub/y.yaml"), 0);
    assert_true(yaml_read("sub/y.yaml", &file, &err));
    assert_true(yaml_apply(&file, &file.root, keys, &out, &err));
    assert_string_equal(out.path, "sub/../models");
    yaml_free(&file);
    misapplied("{port: 1, path: aaaaaaaaaaaaaaaaaaaaaaaaaaaa}",
               "x.yaml:1:17: path: is 28 characters long; at most 23");
}

static void keys_and_shapes(void **state)
{
    (void)state;
    misapplied("prot: 1\n",
               "x.yaml:1:1: unknown key \"prot\"; did you mean \"port\"?");
    misapplied("port: 1\nPort: 1\n",
               "x.yaml:2:1: unknown key \"Port\"; did you mean \"port\"?");
    misapplied("port: 1\ninner: {dpeth: 1}\n",
               "x.yaml:2:9: unknown key \"dpeth\"; did you mean \"depth\"?");
    misapplied("zebra: 1\n",
               "x.yaml:1:1: unknown key \"zebra\"; known here: name, ae, "
               "port, wait, room, ratio, on, color, path, inner, any");
    misapplied("on: true\n", "x.yaml:1:1: key \"port\" is missing");
    misapplied("- port\n", "x.yaml:1:1: wants a mapping; write `key: value`");
    misapplied("{port: 1, inner: 3}",
               "x.yaml:1:18: inner: wants a mapping; write `inner: {key: "
               "value}`");
    misapplied("port: [1]\n", "x.yaml:1:7: port: wants one value, not a list");
    misapplied("port: {a: 1}\n",
               "x.yaml:1:7: port: wants one value, not a mapping");
    misapplied("port:\n", "x.yaml:1:6: port: has no value");
}

static void wrong_values(void **state)
{
    (void)state;
    misapplied("port: x1\n", "x.yaml:1:7: port: \"x1\" is not a whole number");
    misapplied("port: 1.5\n",
               "x.yaml:1:7: port: \"1.5\" is not a whole number");
    misapplied("port: \"\"\n", "x.yaml:1:7: port: \"\" is not a whole number");
    misapplied("port: 99999999999999999999\n",
               "x.yaml:1:7: port: \"99999999999999999999\" is not a whole "
               "number");
    misapplied("port: 0\n", "x.yaml:1:7: port: 0 is out of range; 1 to 65535");
    misapplied("port: 65536\n",
               "x.yaml:1:7: port: 65536 is out of range; 1 to 65535");
    misapplied("{port: 1, wait: 20}",
               "x.yaml:1:17: wait: \"20\" is not a time; a whole number with "
               "ms, s, m, h, d or y, such as 20s");
    misapplied("{port: 1, wait: 1d}",
               "x.yaml:1:17: wait: 1d is out of range; 500ms to 2h");
    misapplied("{port: 1, wait: 9223372036854775807d}",
               "x.yaml:1:17: wait: \"9223372036854775807d\" is not a time; a "
               "whole number with ms, s, m, h, d or y, such as 20s");
    misapplied("{port: 1, room: 1KB}",
               "x.yaml:1:17: room: \"1KB\" is not a size; a whole number of "
               "bytes, or with KiB, MiB, GiB or TiB, such as 64MiB");
    misapplied("{port: 1, room: 2MiB}",
               "x.yaml:1:17: room: 2MiB is out of range; 512 to 1MiB");
    misapplied("{port: 1, ratio: 2}",
               "x.yaml:1:18: ratio: 2 is out of range; -1.5 to 1.5");
    misapplied("{port: 1, ratio: 0x1}",
               "x.yaml:1:18: ratio: \"0x1\" is not a number");
    misapplied("{port: 1, ratio: nan}",
               "x.yaml:1:18: ratio: \"nan\" is not a number");
    misapplied("{port: 1, ratio: 1e999}",
               "x.yaml:1:18: ratio: \"1e999\" is not a number");
    misapplied("{port: 1, on: yes}",
               "x.yaml:1:15: on: \"yes\" is not true or false");
    misapplied("{port: 1, color: blue}",
               "x.yaml:1:18: color: \"blue\" is not one of red, green");
    misapplied("{port: 1, name: a}",
               "x.yaml:1:17: name: is 1 characters long; at least 2");
    misapplied("{port: 1, name: abcdefghi}",
               "x.yaml:1:17: name: is 9 characters long; at most 8");
    misapplied("{port: 1, name: \"a\\nb\"}",
               "x.yaml:1:17: name: contains a control character or a line "
               "break; write the text on one line, or with >-");
}

static void wrong_titles(void **state)
{
    static const char rule[] = "is not an AE title; 1 to 16 ASCII characters, "
                               "no backslash, no space around it";
    static const char *const bad[] = {"", "SEVENTEEN_LETTERS", "A\\\\B", " A",
                                      "A "};
    static const char *const shown[] = {"", "SEVENTEEN_LETTERS", "A\\B", " A",
                                        "A "};
    char text[80], message[200];

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        snprintf(text, sizeof text, "{port: 1, ae: \"%s\"}", bad[i]);
        snprintf(message, sizeof message, "x.yaml:1:15: ae: \"%s\" %s",
                 shown[i], rule);
        misapplied(text, message);
    }
    misapplied("{port: 1, ae: \xc3\x84}",
               "x.yaml:1:15: ae: \"\xc3\x84\" is not an AE title; only ASCII "
               "characters are allowed");
}

static void nearest(void **state)
{
    static const char *const list[] = {"BodyPartExamined", "Modality", "lt",
                                       NULL};

    (void)state;
    assert_string_equal(yaml_nearest("bodypart", list), "BodyPartExamined");
    assert_null(yaml_nearest("Bod", list));
    assert_string_equal(yaml_nearest("BodyPartExamnied", list),
                        "BodyPartExamined");
    assert_string_equal(yaml_nearest("MODALITY", list), "Modality");
    assert_string_equal(yaml_nearest("Modalty", list), "Modality");
    assert_string_equal(yaml_nearest("lte", list), "lt");
    assert_null(yaml_nearest("xy", list));
    assert_null(yaml_nearest("", list));
    assert_null(yaml_nearest("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
                             "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
                             list));
}

static int enter(void **state)
{
    (void)state;
    return mkdtemp(folder) && chdir(folder) == 0 ? 0 : -1;
}

static int leave(void **state)
{
    (void)state;
    unlink("x.yaml");
    unlink("sub/y.yaml");
    rmdir("sub");
    return chdir("/") == 0 ? rmdir(folder) : -1;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(builds_the_tree),
        cmocka_unit_test(file_problems),
        cmocka_unit_test(syntax),
        cmocka_unit_test(bytes_that_are_no_text),
        cmocka_unit_test(yaml_we_do_not_take),
        cmocka_unit_test(depth_is_bounded),
        cmocka_unit_test(hostile_files_are_quick),
        cmocka_unit_test(values_of_every_type),
        cmocka_unit_test(paths_start_at_the_file),
        cmocka_unit_test(keys_and_shapes),
        cmocka_unit_test(wrong_values),
        cmocka_unit_test(wrong_titles),
        cmocka_unit_test(nearest),
    };

    return cmocka_run_group_tests(tests, enter, leave);
}
