/* Which keys and certificates the node works with, and what it says of the
 * others: the admin reads it when nothing starts. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dicom/tls.h"

static char folder[] = "/tmp/osteon-tls-XXXXXX";

/* NAME.key and NAME.pem, self-signed. */
static void make(const char *name, const char *kind, const char *days)
{
    char command[512];

    snprintf(command, sizeof command,
             "cd %s && openssl req -x509 -newkey %s -nodes -keyout %s.key "
             "-out %s.pem -subj /CN=%s -days %s 2>/dev/null",
             folder, kind, name, name, name, days);
    assert_int_equal(system(command), 0);
}

static int set_up(void **state)
{
    char path[64];
    FILE *out;

    (void)state;
    assert_non_null(mkdtemp(folder));
    make("node", "rsa:2048", "2");
    make("other", "rsa:2048", "2");
    make("short", "rsa:1024", "2");
    snprintf(path, sizeof path, "%s/nonsense", folder);
    out = fopen(path, "w");
    assert_non_null(out);
    fputs("nothing of that kind\n", out);
    return fclose(out);
}

static int tear_down(void **state)
{
    char command[64];

    (void)state;
    snprintf(command, sizeof command, "rm -r %s", folder);
    return system(command);
}

static void name_file(char out[CONF_PATH], const char *name)
{
    snprintf(out, CONF_PATH, "%s/%s", folder, name);
}

static struct conf_tls files(const char *key, const char *certificate,
                             const char *authorities)
{
    struct conf_tls conf = {.on = true};

    name_file(conf.key, key);
    name_file(conf.certificate, certificate);
    name_file(conf.authorities, authorities);
    return conf;
}

static void assert_refused(const struct conf_tls *conf, const char *words)
{
    struct err err = {0};

    assert_false(dcm_tls_check(conf, &err));
    assert_int_equal(err.code, ERR_REJECT);
    if (strstr(err.msg, words) == NULL || strstr(err.msg, folder) == NULL)
        fail_msg("\"%s\" is not in: %s", words, err.msg);
}

static void test_good(void **state)
{
    struct conf_tls conf = files("node.key", "node.pem", "node.pem");
    struct err err = {0};
    struct dcm_tls *tls;

    (void)state;
    assert_true(dcm_tls_check(&conf, &err));
    conf.profile = CONF_TLS_EX;
    tls = dcm_tls_open(&conf, DCM_TLS_CALL, &err);
    assert_non_null(tls);
    assert_non_null(dcm_tls_context(tls));
    dcm_tls_close(tls);
    dcm_tls_close(NULL);
    assert_int_equal(err.code, ERR_NONE);
}

static void test_without_the_section(void **state)
{
    struct conf_tls conf = {.on = false};
    struct err err = {0};

    (void)state;
    assert_true(dcm_tls_check(&conf, &err));
}

static void test_key_and_certificate(void **state)
{
    struct conf_tls conf = files("other.key", "node.pem", "node.pem");

    (void)state;
    assert_refused(&conf, "/node.pem does not belong to key /tmp/");
    conf = files("nonsense", "node.pem", "node.pem");
    assert_refused(&conf, "node.tls: key /tmp/");
    conf = files("node.key", "nonsense", "node.pem");
    assert_refused(&conf, "node.tls: certificate /tmp/");
    conf = files("short.key", "short.pem", "node.pem");
    assert_refused(&conf, "key too small");
}

static void test_authorities_and_revocations(void **state)
{
    struct conf_tls conf = files("node.key", "node.pem", "nonsense");

    (void)state;
    assert_refused(&conf, "node.tls: authorities /tmp/");
    conf = files("node.key", "node.pem", "node.pem");
    name_file(conf.revoked, "nonsense");
    assert_refused(&conf, "node.tls: revoked /tmp/");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_good),
        cmocka_unit_test(test_without_the_section),
        cmocka_unit_test(test_key_and_certificate),
        cmocka_unit_test(test_authorities_and_revocations),
    };

    return cmocka_run_group_tests_name("tls", tests, set_up, tear_down);
}
