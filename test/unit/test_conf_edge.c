/* conf/conf_tls.c, conf_audit.c, and what callers and destinations say about
 * certificates, commitment and audit: defaults, and each refusal by its text.
 */
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

#include "conf/conf.h"

#define TLS    "tls: {key: key.pem, certificate: cert.pem, authorities: ca.pem"
#define CALLER "{ae: A, address: \"*\"}"
#define PACS   "ae: P, host: h, port: 104"

static char folder[] = "/tmp/osteon-conf-edge.XXXXXX";
static struct err err;

/* extra: more of `node` and more sections, or "". */
static struct conf *load(const char *node, const char *caller, const char *pacs,
                         const char *sections)
{
    FILE *f = fopen("x.yaml", "w");

    assert_non_null(f);
    fprintf(f,
            "node: {ae_titles: [OSTEON, KNEE]%s}\n"
            "callers: [%s]\n"
            "destinations: {pacs: {%s}}\n"
            "routes: []\n%s",
            node, caller, pacs, sections);
    assert_int_equal(fclose(f), 0);
    memset(&err, 0, sizeof err);
    return conf_load("x.yaml", NULL, &err);
}

static void refused(const char *node, const char *caller, const char *pacs,
                    const char *sections, const char *message)
{
    assert_null(load(node, caller, pacs, sections));
    assert_string_equal(err.msg, message);
    assert_int_equal(err.code, ERR_REJECT);
}

static struct conf *loaded(const char *node, const char *caller,
                           const char *pacs, const char *sections)
{
    struct conf *conf = load(node, caller, pacs, sections);

    if (!conf)
        fail_msg("%s", err.msg);
    return conf;
}

static void without_the_sections(void **state)
{
    struct conf *conf =
        loaded(", database: /var/x/osteon.db", CALLER, PACS, "");

    (void)state;
    assert_false(conf->node.tls.on);
    assert_int_equal(conf->node.tls.port, 0);
    assert_false(conf->node.allow_root);
    assert_int_equal(conf->node.limits.ballast_bytes, 64 << 20);
    assert_int_equal(conf->node.retry.parked_ms, 3600000);
    assert_string_equal(conf->callers[0].called_ae, "*");
    assert_string_equal(conf->callers[0].certificate, "");
    assert_false(conf->destinations[0].tls);
    assert_int_equal(conf->destinations[0].commit, CONF_COMMIT_NONE);
    assert_int_equal(conf->destinations[0].commit_wait_ms, 86400000);
    assert_string_equal(conf->audit.ledger, "/var/x/audit");
    assert_int_equal(conf->audit.segment_bytes, 16 << 20);
    assert_int_equal(conf->audit.syslog.transport, CONF_SYSLOG_NONE);
    conf_free(conf);
}

static void all_of_it(void **state)
{
    struct conf *conf = loaded(
        ", port: 0, " TLS ", profile: ex, revoked: crl.pem}",
        "{ae: A, called_ae: KNEE, address: 10.0.0.0/8, certificate: \"CN=a\"}",
        PACS ", tls: true, certificate: \"CN=p\", commit: cfind, "
             "commit_wait: 2h",
        "audit: {ledger: /var/l, segment: 1MiB, syslog: {transport: tls, "
        "host: log, authorities: ca.pem}}\n");

    (void)state;
    assert_true(conf->node.tls.on);
    assert_int_equal(conf->node.tls.port, 2762);
    assert_int_equal(conf->node.tls.profile, CONF_TLS_EX);
    assert_int_equal(conf->node.port, 0);
    assert_true(conf->destinations[0].tls);
    assert_int_equal(conf->destinations[0].commit, CONF_COMMIT_CFIND);
    assert_int_equal(conf->destinations[0].commit_wait_ms, 7200000);
    assert_string_equal(conf->audit.ledger, "/var/l");
    assert_int_equal(conf->audit.syslog.port, 6514);
    conf_free(conf);
    conf = loaded("", CALLER, PACS,
                  "audit: {syslog: {transport: udp, host: log}}\n");
    assert_int_equal(conf->audit.syslog.port, 514);
    conf_free(conf);
}

static void who_may_call(void **state)
{
    struct conf *conf = loaded(
        ", " TLS "}",
        "{ae: A, called_ae: KNEE, address: 10.0.0.1, certificate: \"CN=a\"}, "
        "{ae: B, address: 10.0.0.2}",
        PACS, "");

    (void)state;
    assert_non_null(conf_caller(conf, "A", "KNEE", "10.0.0.1", "CN=a"));
    assert_null(conf_caller(conf, "A", "OSTEON", "10.0.0.1", "CN=a"));
    assert_null(conf_caller(conf, "A", "KNEE", "10.0.0.2", "CN=a"));
    assert_null(conf_caller(conf, "A", "KNEE", "10.0.0.1", "CN=b"));
    assert_null(conf_caller(conf, "A", "KNEE", "10.0.0.1", NULL));
    assert_null(conf_caller(conf, "B", "KNEE", "10.0.0.1", "CN=a"));
    /* without a certificate in its entry: over TLS and without */
    assert_non_null(conf_caller(conf, "B", "OSTEON", "10.0.0.2", NULL));
    assert_non_null(conf_caller(conf, "B", "KNEE", "10.0.0.2", "CN=b"));
    conf_free(conf);
}

static void mistakes_in_tls(void **state)
{
    (void)state;
    refused(", port: 0", CALLER, PACS, "",
            "x.yaml:1:41: port: 0 is for a node that listens with tls only; "
            "add the section tls");
    refused(", port: 2762, " TLS "}", CALLER, PACS, "",
            "x.yaml:1:52: port: is the plain one, too; give TLS another");
    refused(", tls: {key: key.pem, certificate: cert.pem}", CALLER, PACS, "",
            "x.yaml:1:40: key \"authorities\" is missing");
    refused(", tls: {key: none.pem, certificate: cert.pem, authorities: "
            "ca.pem}",
            CALLER, PACS, "",
            "x.yaml:1:46: key: none.pem cannot be read: No such file or "
            "directory");
    refused(", tls: {key: ., certificate: cert.pem, authorities: ca.pem}",
            CALLER, PACS, "", "x.yaml:1:46: key: . is not a file");
    refused(", " TLS ", profile: bcp195}", CALLER, PACS, "",
            "x.yaml:1:108: profile: \"bcp195\" is not one of nd, ex");
    assert_int_equal(chmod("key.pem", 0640), 0);
    refused(", " TLS "}", CALLER, PACS, "",
            "x.yaml:1:46: key: others can read key.pem (mode 640); chmod 600 "
            "it");
    assert_int_equal(chmod("key.pem", 0600), 0);
}

static void mistakes_in_callers_and_destinations(void **state)
{
    (void)state;
    refused("", "{ae: A, called_ae: HIP, address: \"*\"}", PACS, "",
            "x.yaml:2:30: called_ae: \"HIP\" is none of node.ae_titles");
    refused("", "{ae: A, address: \"*\", certificate: \"CN=a\"}", PACS, "",
            "x.yaml:2:46: certificate: needs the section node.tls");
    refused("", CALLER, PACS ", tls: true", "",
            "x.yaml:3:55: tls: needs the section node.tls, which says what we "
            "show and whom we trust");
    refused(", " TLS "}", CALLER, PACS ", certificate: CN=p", "",
            "x.yaml:3:63: certificate: is for tls: true");
    refused("", CALLER, PACS ", commit: yes", "",
            "x.yaml:3:58: commit: \"yes\" is not one of none, naction, cfind");
}

static void mistakes_in_audit(void **state)
{
    (void)state;
    refused("", CALLER, PACS, "audit: {ledger: here}\n",
            "x.yaml:5:17: ledger: \"here\" is not an absolute path; start it "
            "with /");
    refused("", CALLER, PACS, "audit: {syslog: {host: log}}\n",
            "x.yaml:5:17: key \"transport\" is missing");
    refused("", CALLER, PACS, "audit: {syslog: {transport: tls, host: log}}\n",
            "x.yaml:5:17: syslog: transport tls needs authorities, who signed "
            "the collector's certificate");
}

static void nobody_runs_it_as_root_by_accident(void **state)
{
    struct conf *conf = loaded("", CALLER, PACS, "");
    bool root = geteuid() == 0;

    (void)state;
    assert_int_equal(conf_may_run(conf, &err), !root);
    if (root)
        assert_string_equal(err.msg,
                            "osteon does not run as root: start it as a user "
                            "of its own, as the systemd units do, or set "
                            "node.allow_root: true");
    conf_free(conf);
    conf = loaded(", allow_root: true", CALLER, PACS, "");
    assert_true(conf_may_run(conf, &err));
    conf_free(conf);
}

static void touch(const char *name)
{
    FILE *f = fopen(name, "w");

    assert_non_null(f);
    assert_int_equal(fclose(f), 0);
    assert_int_equal(chmod(name, 0600), 0);
}

static int setup(void **state)
{
    (void)state;
    if (!mkdtemp(folder) || chdir(folder) != 0)
        return -1;
    touch("key.pem");
    touch("cert.pem");
    touch("ca.pem");
    touch("crl.pem");
    return 0;
}

static int teardown(void **state)
{
    static const char *const files[] = {"key.pem", "cert.pem", "ca.pem",
                                        "crl.pem", "x.yaml"};

    (void)state;
    for (size_t i = 0; i < sizeof files / sizeof *files; i++)
        unlink(files[i]);
    return rmdir(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(without_the_sections),
        cmocka_unit_test(all_of_it),
        cmocka_unit_test(who_may_call),
        cmocka_unit_test(mistakes_in_tls),
        cmocka_unit_test(mistakes_in_callers_and_destinations),
        cmocka_unit_test(mistakes_in_audit),
        cmocka_unit_test(nobody_runs_it_as_root_by_accident),
    };

    return cmocka_run_group_tests(tests, setup, teardown);
}
