/* conf/conf*.c: defaults, every refusal by its text, line and column, who may
 * call, and the common options. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "conf/conf.h"

#define NODE         "{ae_titles: [OSTEON]}"
#define CALLERS      "[{ae: \"*\", address: 127.0.0.1}]"
#define DESTINATIONS "{pacs: {ae: PACS, host: h, port: 104}}"
#define ROUTE        "name: r, match: {}, models: [leg], send: [pacs]"

static char folder[] = "/tmp/osteon-conf.XXXXXX";
static char source[200]; /* where make runs the test */
static struct err err;

static void write_conf(const char *node, const char *callers,
                       const char *destinations, const char *routes)
{
    FILE *f = fopen("x.yaml", "w");

    assert_non_null(f);
    fprintf(f,
            "node: %s\ncallers: %s\ndestinations: %s\nmodels: m\nroutes: %s\n",
            node, callers, destinations, routes);
    assert_int_equal(fclose(f), 0);
}

static struct conf *loaded(const char *node, const char *callers,
                           const char *destinations, const char *routes)
{
    struct conf *conf;

    write_conf(node, callers, destinations, routes);
    memset(&err, 0, sizeof err);
    conf = conf_load("x.yaml", NULL, &err);
    if (!conf)
        fail_msg("%s", err.msg);
    assert_int_equal(err.code, ERR_NONE);
    return conf;
}

static void load_refused(const char *message)
{
    memset(&err, 0, sizeof err);
    assert_null(conf_load("x.yaml", NULL, &err));
    assert_string_equal(err.msg, message);
    assert_int_equal(err.code, ERR_REJECT);
}

static void bad_node(const char *node, const char *message)
{
    write_conf(node, CALLERS, DESTINATIONS, "[]");
    load_refused(message);
}

static void bad_callers(const char *callers, const char *message)
{
    write_conf(NODE, callers, DESTINATIONS, "[]");
    load_refused(message);
}

static void bad_destinations(const char *destinations, const char *message)
{
    write_conf(NODE, CALLERS, destinations, "[]");
    load_refused(message);
}

static void bad_routes(const char *routes, const char *message)
{
    write_conf(NODE, CALLERS, DESTINATIONS, routes);
    load_refused(message);
}

static void bad_match(const char *match, const char *message)
{
    char routes[600];

    snprintf(routes, sizeof routes, "[{name: r, final: true, match: %s}]",
             match);
    bad_routes(routes, message);
}

static void the_shipped_file_loads(void **state)
{
    char path[256], models[256];
    const struct conf_route *route;
    struct conf *conf;

    (void)state;
    snprintf(path, sizeof path, "%s/conf/osteon.yaml", source);
    snprintf(models, sizeof models, "%s/conf/../models", source);
    conf = conf_load(path, NULL, &err);
    if (!conf)
        fail_msg("%s", err.msg);
    assert_string_equal(conf->path, path);
    assert_string_equal(conf->models, models);
    assert_string_equal(conf->node.ae_titles[0], "OSTEON");
    assert_int_equal(conf->node.port, 11112);
    assert_true(conf->node.inference.demonstration_models);
    assert_non_null(conf_caller(conf, "ANY", "OSTEON", "127.0.0.1", NULL));
    assert_non_null(conf_caller(conf, "ANY", "OSTEON", "::1", NULL));
    assert_null(conf_caller(conf, "ANY", "OSTEON", "10.0.0.1", NULL));
    assert_int_equal(conf_destination(conf, "pacs")->port, 4242);
    assert_string_equal(conf_destination(conf, "pacs")->ae, "ORTHANC");
    assert_string_equal(conf_destination(conf, "pacs")->calling_ae, "OSTEON");
    assert_int_equal(conf->n_routes, 2);
    assert_true(conf->routes[0].final);
    assert_int_equal(conf->routes[0].n_models, 0);
    route = conf_route(conf, "long-leg");
    assert_non_null(route);
    assert_string_equal(route->models[0], "leg-alignment");
    assert_string_equal(route->send[0], "pacs");
    assert_true(route->results.sr && route->results.sc);
    assert_int_equal(route->complete.quiet_ms, 20000);
    assert_int_equal(route->complete.cap_ms, 300000);
    conf_free(conf);
}

static void the_shipped_file_shows_the_defaults(void **state)
{
    char path[256];
    struct conf *shipped, *bare;

    (void)state;
    snprintf(path, sizeof path, "%s/conf/osteon.yaml", source);
    shipped = conf_load(path, NULL, &err);
    assert_non_null(shipped);
    bare = loaded(NODE, CALLERS, DESTINATIONS, "[{" ROUTE "}]");
    assert_memory_equal(&shipped->node.limits, &bare->node.limits,
                        sizeof bare->node.limits);
    assert_memory_equal(&shipped->node.retry, &bare->node.retry,
                        sizeof bare->node.retry);
    assert_int_equal(shipped->node.keep_ms, bare->node.keep_ms);
    assert_string_equal(shipped->node.spool, bare->node.spool);
    assert_string_equal(shipped->node.database, bare->node.database);
    assert_string_equal(shipped->node.address, bare->node.address);
    assert_int_equal(shipped->node.inference.deadline_ms,
                     bare->node.inference.deadline_ms);
    assert_false(bare->node.inference.demonstration_models);
    assert_int_equal(shipped->destinations[0].retry_for_ms,
                     bare->destinations[0].retry_for_ms);
    assert_int_equal(shipped->routes[1].complete.quiet_ms,
                     bare->routes[0].complete.quiet_ms);
    conf_free(shipped);
    conf_free(bare);
}

static void a_full_route(void **state)
{
    struct conf *conf = loaded(
        "{ae_titles: [A, B], port: 104, keep: 1d, limits: {free: 16MiB}, "
        "inference: {device: \"cuda:1\"}}",
        CALLERS,
        "{pacs: {ae: P, host: \"::1\", port: 104, calling_ae: US, idle: 0s}, "
        "b: {ae: B, host: b.example, port: 11112}}",
        "[{name: a, match: {Modality: CR}, final: true}, {" ROUTE
        ", forward: [b, pacs], priority: 9, on_failure: sr, complete: {needs: "
        "[{ViewPosition: AP}, {Laterality: [L, R]}], count: 2, quiet: 500ms, "
        "cap: 1m, on_cap: hold}, results: {objects: [sr, summary, gsps], "
        "sr_class: "
        "auto, "
        "viewer_profile: ohif, charset: utf8, series_number: 77, "
        "overlay_pixels: 1024, research: true}}]");
    const struct conf_route *r = conf_route(conf, "r");

    (void)state;
    assert_int_equal(conf->node.n_ae_titles, 2);
    assert_int_equal(conf->node.limits.free_bytes, 16 << 20);
    assert_int_equal(conf->node.limits.associations, 32);
    assert_string_equal(conf->node.inference.device, "cuda:1");
    assert_string_equal(conf_destination(conf, "pacs")->calling_ae, "US");
    assert_int_equal(conf_destination(conf, "pacs")->idle_ms, 0);
    assert_string_equal(conf_destination(conf, "b")->calling_ae, "A");
    assert_null(conf_destination(conf, "c"));
    assert_null(conf_route(conf, "c"));
    assert_int_equal(r->line, 5);
    assert_int_equal(r->n_forward, 2);
    assert_string_equal(r->forward[1], "pacs");
    assert_int_equal(r->priority, 9);
    assert_int_equal(r->on_failure, CONF_FAILURE_SR);
    assert_int_equal(r->complete.n_needs, 2);
    assert_int_equal(r->complete.needs[1].op, CONF_ALL);
    assert_int_equal(r->complete.needs[1].children[0].op, CONF_IN);
    assert_int_equal(r->complete.count, 2);
    assert_int_equal(r->complete.on_cap, CONF_CAP_HOLD);
    assert_true(r->results.sr);
    assert_false(r->results.sc);
    assert_true(r->results.gsps);
    assert_true(r->results.summary);
    assert_false(r->results.kos);
    assert_int_equal(r->results.viewer_profile, CONF_VIEWER_OHIF);
    assert_int_equal(r->results.sr_class, CONF_SR_AUTO);
    assert_int_equal(r->results.angle_lines, CONF_ANGLE_POLYLINE4);
    assert_int_equal(r->results.charset, CONF_CHARSET_UTF8);
    assert_int_equal(r->results.series_number, 77);
    assert_true(r->results.research);
    conf_free(conf);
}

static void conditions_become_a_tree(void **state)
{
    struct conf *conf =
        loaded(NODE, CALLERS, DESTINATIONS,
               "[{name: r, final: true, match: {Modality: [DX, CR], any: "
               "[{Rows: {gt: 100, lt: 9e3}}, {not: {StudyID: {exists: true}}}, "
               "{all: [{KVP: {equals: 60}}]}], SeriesDescription: {matches: "
               "\"a.*b\"}}}]");
    const struct conf_match *top = &conf->routes[0].match;
    const struct conf_match *any = &top->children[1];

    (void)state;
    assert_int_equal(top->op, CONF_ALL);
    assert_int_equal(top->n_children, 3);
    assert_null(top->keyword);
    assert_int_equal(top->children[0].op, CONF_IN);
    assert_string_equal(top->children[0].keyword, "Modality");
    assert_int_equal(top->children[0].n_values, 2);
    assert_string_equal(top->children[0].values[1], "CR");
    assert_int_equal(top->children[0].line, 5);
    assert_int_equal(top->children[0].column, 41);
    assert_int_equal(any->op, CONF_ANY);
    assert_int_equal(any->n_children, 3);
    assert_int_equal(any->children[0].children[0].op, CONF_ALL);
    assert_int_equal(any->children[0].children[0].children[0].op, CONF_GT);
    assert_string_equal(any->children[0].children[0].children[1].values[0],
                        "9e3");
    assert_int_equal(any->children[1].children[0].op, CONF_NOT);
    assert_int_equal(any->children[1].children[0].children[0].children[0].op,
                     CONF_EXISTS);
    assert_int_equal(any->children[2].children[0].op, CONF_ALL);
    assert_int_equal(top->children[2].op, CONF_MATCHES);
    assert_string_equal(top->children[2].values[0], "a.*b");
    conf_free(conf);
}

static void mistakes_at_the_top(void **state)
{
    FILE *f;

    (void)state;
    memset(&err, 0, sizeof err);
    assert_null(conf_load("absent.yaml", NULL, &err));
    assert_string_equal(
        err.msg, "absent.yaml: cannot be opened: No such file or directory");
    f = fopen("x.yaml", "w");
    fputs("node: {}\nroute: []\n", f);
    fclose(f);
    load_refused("x.yaml:2:1: unknown key \"route\"; did you mean \"routes\"?");
    f = fopen("x.yaml", "w");
    fputs("node: {}\nroutes: []\n", f);
    fclose(f);
    load_refused("x.yaml:1:1: key \"callers\" is missing");
    f = fopen("x.yaml", "w");
    fputs("node: " NODE "\ncallers: " CALLERS "\nroutes: [{" ROUTE "}]\n", f);
    fclose(f);
    load_refused("x.yaml:3:40: models: the file does not say where models "
                 "are; add `models: FOLDER` at its top level");
}

static void mistakes_in_node(void **state)
{
    (void)state;
    bad_node("{}", "x.yaml:1:7: key \"ae_titles\" is missing");
    bad_node("7", "x.yaml:1:7: wants a mapping; write `key: value`");
    bad_node("{ae_titles: OSTEON}",
             "x.yaml:1:19: ae_titles: wants a list; write [A, B] or lines "
             "that start with -");
    bad_node("{ae_titles: []}",
             "x.yaml:1:19: ae_titles: wants at least 1 entry");
    bad_node("{ae_titles: [A, B, A]}",
             "x.yaml:1:26: ae_titles: \"A\" stands twice in the list; remove "
             "one");
    bad_node("{ae_titles: [A,B,C,D,E,F,G,H,I,J,K,L,M,N,O,P,Q]}",
             "x.yaml:1:19: ae_titles: has 17 entries; at most 16 are allowed");
    bad_node("{ae_titles: [A], address: localhost}",
             "x.yaml:1:33: address: \"localhost\" is not an IP address; "
             "0.0.0.0 listens on every interface");
    bad_node("{ae_titles: [A], prot: 104}",
             "x.yaml:1:24: unknown key \"prot\"; did you mean \"port\"?");
    bad_node("{ae_titles: [A], port: 70000}",
             "x.yaml:1:30: port: 70000 is out of range; 0 to 65535");
    bad_node("{ae_titles: [A], spool: spool}",
             "x.yaml:1:31: spool: \"spool\" is not an absolute path; start it "
             "with /");
    bad_node("{ae_titles: [A], database: \"\"}",
             "x.yaml:1:34: database: \"\" is not an absolute path; start it "
             "with /");
    bad_node("{ae_titles: [A], limits: {pdu: 1MiB}}",
             "x.yaml:1:38: pdu: 1MiB is out of range; 4KiB to 128KiB");
    bad_node("{ae_titles: [A], limits: {idle: 2h}}",
             "x.yaml:1:39: idle: 2h is out of range; 1s to 1h");
    bad_node("{ae_titles: [A], inference: {device: gpu}}",
             "x.yaml:1:44: device: \"gpu\" is not a device; cpu or cuda:0");
    bad_node("{ae_titles: [A], inference: {device: \"cuda:\"}}",
             "x.yaml:1:44: device: \"cuda:\" is not a device; cpu or cuda:0");
    bad_node("{ae_titles: [A], retry: {first: 1m, cap: 30s}}",
             "x.yaml:1:48: cap: is shorter than first; make it at least as "
             "long");
    bad_node("{ae_titles: [A], retry: {first: 20m}}",
             "x.yaml:1:31: cap: is shorter than first; make it at least as "
             "long");
}

static void mistakes_in_callers(void **state)
{
    char *many = calloc(1, 300 * 32);

    (void)state;
    bad_callers("[]", "x.yaml:2:10: callers: wants at least 1 entry");
    bad_callers("[{ae: A}]", "x.yaml:2:11: key \"address\" is missing");
    bad_callers("[{ae: \"CT*\", address: \"*\"}]",
                "x.yaml:2:16: ae: \"CT*\" is not a pattern; write a whole "
                "title, or \"*\" for any");
#define ADDRESS_RULE                                                           \
    "is not an IP address or range; write 10.0.0.5, 10.0.0.0/24, fd00::/8, "   \
    "or \"*\" for any"
    bad_callers("[{ae: A, address: host}]",
                "x.yaml:2:28: address: \"host\" " ADDRESS_RULE);
    bad_callers("[{ae: A, address: 10.0.0.0/33}]",
                "x.yaml:2:28: address: \"10.0.0.0/33\" " ADDRESS_RULE);
    bad_callers("[{ae: A, address: 10.0.0.0/}]",
                "x.yaml:2:28: address: \"10.0.0.0/\" " ADDRESS_RULE);
    bad_callers("[{ae: A, address: 10.0.0.0/-1}]",
                "x.yaml:2:28: address: \"10.0.0.0/-1\" " ADDRESS_RULE);
    bad_callers("[{ae: A, address: \"fd00::/129\"}]",
                "x.yaml:2:28: address: \"fd00::/129\" " ADDRESS_RULE);
    strcpy(many, "[");
    for (int i = 0; i < 257; i++)
        strcat(many, "{ae: A, address: \"*\"},");
    strcat(many, "]");
    bad_callers(many, "x.yaml:2:10: callers: has 257 entries; at most 256 "
                      "are allowed");
    free(many);
}

static void mistakes_in_destinations(void **state)
{
    char many[4000] = "{";

    (void)state;
    bad_destinations("[a]", "x.yaml:3:15: destinations: wants a mapping; write "
                            "`pacs: {ae: TITLE, host: ADDRESS, port: NUMBER}`");
    bad_destinations("{p: {ae: A, port: 1}}",
                     "x.yaml:3:19: key \"host\" is missing");
    bad_destinations("{\"a b\": {}}",
                     "x.yaml:3:16: \"a b\" cannot be the name of a "
                     "destination; use 1 to 64 letters, digits and _ . -, a "
                     "letter or digit first");
    bad_destinations("{--help: {}}",
                     "x.yaml:3:16: \"--help\" cannot be the name of a "
                     "destination; use 1 to 64 letters, digits and _ . -, a "
                     "letter or digit first");
    bad_destinations("{p: {ae: A, host: \"h:x/y\", port: 1}}",
                     "x.yaml:3:33: host: \"h:x/y\" is not a host; write its "
                     "name or IP address, and the port apart");
    bad_destinations("{p: {ae: A, host: h, port: 1, retry_for: 0s}}",
                     "x.yaml:3:56: retry_for: 0s is out of range; 1s to 365d");
    bad_destinations("{p: {ae: A, host: h, port: 1}, p: {}}",
                     "x.yaml:3:46: key \"p\" is already in line 3; keep one "
                     "of them");
    for (int i = 0; i < 65; i++)
        sprintf(many + strlen(many), "d%d: {ae: A, host: h, port: 1},", i);
    strcat(many, "}");
    bad_destinations(many, "x.yaml:3:15: destinations: has 65 entries; at "
                           "most 64 are allowed");
}

static void mistakes_in_routes(void **state)
{
    (void)state;
    bad_routes("{}", "x.yaml:5:9: routes: wants a list; write [A, B] or lines "
                     "that start with -");
    bad_routes("[{name: r}]", "x.yaml:5:10: key \"match\" is missing");
    bad_routes("[{name: .., match: {}}]",
               "x.yaml:5:17: \"..\" cannot be the name of a route; use 1 to "
               "64 letters, digits and _ . -, a letter or digit first");
    bad_routes("[{name: a, match: {}, final: true}, {name: a, match: {}, "
               "final: true}]",
               "x.yaml:5:52: route \"a\" is already in line 5; each needs a "
               "name of its own");
    bad_routes("[{name: r, match: {}, models: [leg], send: [pasc]}]",
               "x.yaml:5:53: send: no destination \"pasc\"; did you mean "
               "\"pacs\"?");
    bad_routes("[{name: r, match: {}, forward: [archive]}]",
               "x.yaml:5:41: forward: no destination \"archive\"; add it "
               "under destinations");
    bad_routes("[{name: r, match: {}, models: [knee], send: [pacs]}]",
               "x.yaml:5:40: models: no model \"knee\"; m/knee/model.yaml "
               "cannot be read: No such file or directory");
    bad_routes("[{name: r, match: {}, models: [../m/leg], send: [pacs]}]",
               "x.yaml:5:40: \"../m/leg\" cannot be the name of a model; use "
               "1 to 64 letters, digits and _ . -, a letter or digit first");
    bad_routes("[{name: r, match: {}, models: [leg]}]",
               "x.yaml:5:17: route \"r\" has models but nowhere to send their "
               "results; add `send: [DESTINATION]`");
    bad_routes("[{name: r, match: {}, send: [pacs]}]",
               "x.yaml:5:17: route \"r\" sends results but has no models; use "
               "forward for the images themselves");
    bad_routes("[{name: r, match: {}}]",
               "x.yaml:5:17: route \"r\" does nothing; give it models or "
               "forward, or `final: true` to end the search");
    bad_routes("[{" ROUTE ", priority: 10}]",
               "x.yaml:5:70: priority: 10 is out of range; 0 to 9");
    bad_routes("[{" ROUTE ", on_failure: cry}]",
               "x.yaml:5:72: on_failure: \"cry\" is not one of none, sr, note");
    bad_routes("[{" ROUTE ", send: []}]",
               "x.yaml:5:60: key \"send\" is already in line 5; keep one of "
               "them");
}

static void priors_have_defaults_and_keys(void **state)
{
    struct conf *conf = loaded(
        NODE, CALLERS, DESTINATIONS,
        "[{" ROUTE "}, {name: own, match: {}, models: [leg], send: [pacs], "
        "priors: {}}, {name: all, match: {}, models: [leg], send: [pacs], "
        "priors: {within: 90d, most: 8, agree: [view]}}, {name: any, match: "
        "{}, models: [leg], send: [pacs], "
        "priors: {within: 2y, agree: []}, results: {chart: false, "
        "objects: [sr, sc, summary, gsps, kos]}}]");
    const struct conf_priors *p = &conf_route(conf, "r")->priors;

    (void)state;
    assert_false(p->on);
    assert_false(conf_route(conf, "r")->results.chart);
    assert_true(conf_route(conf, "own")->results.chart);
    assert_false(conf_route(conf, "any")->results.chart);
    assert_true(conf_route(conf, "any")->results.kos);
    p = &conf_route(conf, "own")->priors;
    assert_true(p->on);
    assert_int_equal(p->within_ms, 157788000000);
    assert_int_equal(p->most, 3);
    assert_true(p->agree_body_part && p->agree_view);
    p = &conf_route(conf, "all")->priors;
    assert_int_equal(p->within_ms, 7776000000);
    assert_int_equal(p->most, CONF_PRIORS);
    assert_true(p->agree_view);
    assert_false(p->agree_body_part);
    p = &conf_route(conf, "any")->priors;
    assert_int_equal(p->within_ms, 63115200000);
    assert_false(p->agree_body_part || p->agree_view);
    conf_free(conf);
}

static void mistakes_in_priors(void **state)
{
    (void)state;
    bad_routes("[{" ROUTE ", results: {chart: true}}]",
               "x.yaml:5:77: chart: route \"r\" has no earlier values to draw; "
               "add `priors:`");
    bad_routes("[{" ROUTE ", priors: true}]",
               "x.yaml:5:68: wants a mapping; write `key: value`");
    bad_routes("[{" ROUTE ", priors: {with: 5y}}]",
               "x.yaml:5:69: unknown key \"with\"; did you mean \"within\"?");
    bad_routes("[{" ROUTE ", priors: {agree: view}}]",
               "x.yaml:5:76: agree: wants a list; write [A, B] or lines that "
               "start with -");
    bad_routes("[{" ROUTE ", priors: {within: 12h}}]",
               "x.yaml:5:77: within: 12h is out of range; 1d to 100y");
    bad_routes("[{" ROUTE ", priors: {within: 101y}}]",
               "x.yaml:5:77: within: 101y is out of range; 1d to 100y");
    bad_routes("[{" ROUTE ", priors: {most: 0}}]",
               "x.yaml:5:75: most: 0 is out of range; 1 to 8");
    bad_routes("[{" ROUTE ", priors: {most: 9}}]",
               "x.yaml:5:75: most: 9 is out of range; 1 to 8");
    bad_routes("[{" ROUTE ", priors: {agree: [sight]}}]",
               "x.yaml:5:77: agree: \"sight\" is not one of body_part, view");
    bad_routes("[{name: r, match: {}, forward: [pacs], priors: {}}]",
               "x.yaml:5:17: route \"r\" has priors but no models whose "
               "numbers they could be compared with; remove priors");
}

static void mistakes_in_complete_and_results(void **state)
{
    char needs[600];

    (void)state;
    bad_routes("[{" ROUTE ", complete: {quiet: 10s, cap: 5s}}]",
               "x.yaml:5:88: cap: is shorter than quiet (5000 ms < 10000 "
               "ms); make it at least as long");
    bad_routes("[{" ROUTE ", complete: {quiet: 10m}}]",
               "x.yaml:5:78: cap: is shorter than quiet (300000 ms < 600000 "
               "ms); make it at least as long");
    bad_routes("[{" ROUTE ", complete: {cap: 30d}}]",
               "x.yaml:5:76: cap: 30d is out of range; 100ms to 7d");
    bad_routes("[{" ROUTE ", complete: {needs: [AP]}}]",
               "x.yaml:5:79: wants conditions; write {Keyword: value}, or {} "
               "to take everything");
    strcpy(needs, "[{" ROUTE ", complete: {needs: [");
    for (int i = 0; i < 17; i++)
        strcat(needs, "{Modality: CR},");
    strcat(needs, "]}}]");
    bad_routes(needs, "x.yaml:5:78: needs: has 17 entries; at most 16 are "
                      "allowed");
    bad_routes(
        "[{" ROUTE ", results: [seg]}]",
        "x.yaml:5:70: objects: \"seg\" is not one of sr, sc, summary, gsps, "
        "kos");
    bad_routes("[{" ROUTE ", results: {angle_lines: arms, viewer_profile: "
               "ohif}}]",
               "x.yaml:5:83: angle_lines: arms cannot be drawn by ohif; use "
               "polyline4 or "
               "leave it out");
    bad_routes("[{" ROUTE ", results: []}]",
               "x.yaml:5:69: objects: wants at least 1 entry");
    bad_routes("[{" ROUTE ", results: {sr_clas: auto}}]",
               "x.yaml:5:70: unknown key \"sr_clas\"; did you mean "
               "\"sr_class\"?");
}

static void mistakes_in_conditions(void **state)
{
    (void)state;
    bad_match("[]", "x.yaml:5:40: wants conditions; write {Keyword: value}, "
                    "or {} to take everything");
    bad_match("{Modality: }", "x.yaml:5:51: Modality: has no value");
    bad_match("{Modality: \"\"}",
              "x.yaml:5:51: Modality: an empty value matches nothing; write "
              "{exists: false} for absent or empty");
    bad_match("{Modality: []}",
              "x.yaml:5:51: Modality: wants at least 1 entry");
    bad_match("{Modality: [[A]]}",
              "x.yaml:5:52: Modality: wants one value, not a list");
    bad_match("{Modality: {}}",
              "x.yaml:5:51: Modality: wants an operator; known are equals, "
              "matches, in, lt, gt, exists");
    bad_match("{Modality: {match: x}}",
              "x.yaml:5:52: Modality: unknown operator \"match\"; did you "
              "mean \"matches\"?");
    bad_match("{Modality: {contains: x}}",
              "x.yaml:5:52: Modality: unknown operator \"contains\"; known "
              "are equals, matches, in, lt, gt, exists");
    bad_match("{Modality: {in: CR}}",
              "x.yaml:5:56: Modality: wants a list; write [A, B] or lines "
              "that start with -");
    bad_match("{Rows: {lt: many}}",
              "x.yaml:5:52: lt: \"many\" is not a number");
    bad_match("{Rows: {gt: 0x10}}",
              "x.yaml:5:52: gt: \"0x10\" is not a number");
    bad_match("{Rows: {exists: yes}}",
              "x.yaml:5:56: exists: \"yes\" is not true or false");
    bad_match("{any: {Modality: CR}}",
              "x.yaml:5:46: any: wants a list of conditions; write "
              "[{Keyword: value}, {Keyword: value}]");
    bad_match("{all: []}", "x.yaml:5:46: all: wants at least one condition");
    bad_match("{not: {}}", "x.yaml:5:46: not: wants at least one condition");
    bad_match("{any: [{Modality: CR}, 7]}",
              "x.yaml:5:63: wants conditions; write {Keyword: value}, or {} "
              "to take everything");
    bad_match("{not: {not: {not: {not: {not: {not: {not: {not: {not: {not: "
              "{not: {not: {not: {not: {A: b}}}}}}}}}}}}}}}",
              "x.yaml:5:118: nested too deeply; at most 16 levels are "
              "allowed");
}

static void too_many_routes(void **state)
{
    char *many = calloc(1, 65 * 64);

    (void)state;
    strcpy(many, "[");
    for (int i = 0; i < 65; i++)
        sprintf(many + strlen(many), "{name: r%d, match: {}, final: true},", i);
    strcat(many, "]");
    bad_routes(many, "x.yaml:5:9: routes: has 65 entries; at most 64 are "
                     "allowed");
    free(many);
}

static void the_command_line_overrides(void **state)
{
    struct conf_override over = {.state = "/srv/state", .port = 30720};
    char here[200], expected[256], long_path[300];
    struct conf *conf;

    (void)state;
    write_conf(NODE, CALLERS, DESTINATIONS, "[]");
    conf = conf_load("x.yaml", &over, &err);
    assert_non_null(conf);
    assert_string_equal(conf->node.spool, "/srv/state/spool");
    assert_string_equal(conf->node.database, "/srv/state/osteon.db");
    assert_int_equal(conf->node.port, 30720);
    conf_free(conf);

    over = (struct conf_override){.state = "state"};
    conf = conf_load("x.yaml", &over, &err);
    assert_non_null(conf);
    assert_non_null(getcwd(here, sizeof here));
    snprintf(expected, sizeof expected, "%s/state/spool", here);
    assert_string_equal(conf->node.spool, expected);
    assert_int_equal(conf->node.port, 11112);
    conf_free(conf);

    memset(long_path, 'x', sizeof long_path - 1);
    long_path[0] = '/';
    long_path[sizeof long_path - 1] = '\0';
    over.state = long_path;
    assert_null(conf_load("x.yaml", &over, &err));
    assert_non_null(
        strstr(err.msg, "xx: the path is longer than 245 characters"));
}

static void who_may_call(void **state)
{
    struct conf *conf =
        loaded(NODE,
               "[{ae: ONE, address: 10.1.2.3}, {ae: NET, address: "
               "10.1.0.0/20}, {ae: SIX, address: \"2001:db8::/33\"}, {ae: "
               "ANY, address: \"*\"}, {ae: \"*\", address: 192.168.0.9}, {ae: "
               "LINK, address: \"fe80::/10\"}]",
               DESTINATIONS, "[]");
    const struct {
        const char *ae, *address;
        int entry; /* -1: not allowed */
    } cases[] = {
        {"ONE", "10.1.2.3", 0},           {"ONE", "::ffff:10.1.2.3", 0},
        {"ONE", "10.1.2.4", -1},          {"one", "10.1.2.3", -1},
        {"NET", "10.1.0.0", 1},           {"NET", "10.1.15.255", 1},
        {"NET", "::ffff:10.1.15.255", 1}, {"NET", "10.1.16.0", -1},
        {"NET", "10.0.255.255", -1},      {"SIX", "2001:db8:7fff::1", 2},
        {"SIX", "2001:db8:8000::1", -1},  {"SIX", "10.1.2.3", -1},
        {"ANY", "fe80::1%eth0", 3},       {"ANY", "not an address", 3},
        {"ONE", "not an address", -1},    {"ELSE", "192.168.0.9", 4},
        {"", "192.168.0.9", 4},           {"ELSE", "192.168.0.8", -1},
        {"LINK", "fe80::1%eth0", 5},      {"LINK", "fec0::1%eth0", -1},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const struct conf_caller *c =
            conf_caller(conf, cases[i].ae, "OSTEON", cases[i].address, NULL);
        int entry = c ? (int)(c - conf->callers) : -1;

        if (entry != cases[i].entry)
            fail_msg("%s from %s: entry %d, not %d", cases[i].ae,
                     cases[i].address, entry, cases[i].entry);
    }
    conf_free(conf);
}

/* ---- options ---- */

static void options_without_a_word(void **state)
{
    struct conf_options o = {0};
    char *argv[] = {(char *)"p", NULL};

    (void)state;
    unsetenv("OSTEON_CONF");
    assert_int_equal(conf_options(1, argv, "usage", &o), 1);
    assert_string_equal(o.path, "/etc/osteon/osteon.yaml");
    assert_null(o.over.state);
    assert_int_equal(o.over.port, 0);
    setenv("OSTEON_CONF", "/env.yaml", 1);
    o.path = NULL;
    assert_int_equal(conf_options(1, argv, "usage", &o), 1);
    assert_string_equal(o.path, "/env.yaml");
    unsetenv("OSTEON_CONF");
}

static void options_between_own_ones(void **state)
{
    struct conf_options o = {0};
    char *argv[] = {(char *)"p",      (char *)"-c",
                    (char *)"f.yaml", (char *)"--id",
                    (char *)"7",      (char *)"--port=104",
                    (char *)"file",   (char *)"--state",
                    (char *)"/s",     NULL};
    int i;

    (void)state;
    i = conf_options(9, argv, "usage", &o);
    assert_int_equal(i, 3);
    assert_string_equal(o.path, "f.yaml");
    i += 1; /* the value of --id is used up */
    i += conf_options(9 - i, argv + i, "usage", &o);
    assert_int_equal(i, 6);
    assert_int_equal(o.over.port, 104);
    i += conf_options(9 - i, argv + i, "usage", &o);
    assert_int_equal(i, 9);
    assert_string_equal(o.over.state, "/s");
    assert_string_equal(o.path, "f.yaml");
}

static void exits(const char *word, const char *next, int fd, int status,
                  const char *output)
{
    char text[300];
    int ends[2], result, used = 0;
    ssize_t n;
    pid_t pid;

    assert_int_equal(pipe(ends), 0);
    fflush(NULL);
    pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        char first[] = "p", *argv[4] = {first, strdup(word)};
        struct conf_options o = {0};

        dup2(ends[1], fd);
        argv[2] = next ? strdup(next) : NULL;
        conf_options(next ? 3 : 2, argv, "usage: p\n", &o);
        _exit(99);
    }
    close(ends[1]);
    while ((n = read(ends[0], text + used, sizeof text - 1 - (size_t)used)) > 0)
        used += (int)n;
    close(ends[0]);
    text[used] = '\0';
    assert_int_equal(waitpid(pid, &result, 0), pid);
    assert_true(WIFEXITED(result));
    assert_int_equal(WEXITSTATUS(result), status);
    assert_string_equal(text, output);
}

static void options_that_exit(void **state)
{
    (void)state;
    exits("--help", NULL, STDOUT_FILENO, 0, "usage: p\n");
    exits("--version", NULL, STDOUT_FILENO, 0, "osteon 0.1.0\n");
    exits("-c", NULL, STDERR_FILENO, 2,
          "test_conf: no value for -c\nusage: p\n");
    exits("--state=", NULL, STDERR_FILENO, 2,
          "test_conf: no value for --state\nusage: p\n");
    exits("--port", "70000", STDERR_FILENO, 2,
          "test_conf: --port wants 1 to 65535, not 70000\nusage: p\n");
    exits("--port", "1x", STDERR_FILENO, 2,
          "test_conf: --port wants 1 to 65535, not 1x\nusage: p\n");
    exits("--portal", NULL, STDOUT_FILENO, 99, "");
    exits("-cfile", NULL, STDOUT_FILENO, 99, "");
}

static int enter(void **state)
{
    FILE *f;

    (void)state;
    if (!getcwd(source, sizeof source) || !mkdtemp(folder) || chdir(folder) ||
        mkdir("m", 0700) || mkdir("m/leg", 0700))
        return -1;
    f = fopen("m/leg/model.yaml", "w");
    return f ? fclose(f) : -1;
}

static int leave(void **state)
{
    (void)state;
    unlink("x.yaml");
    unlink("m/leg/model.yaml");
    rmdir("m/leg");
    rmdir("m");
    return chdir("/") == 0 ? rmdir(folder) : -1;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_shipped_file_loads),
        cmocka_unit_test(the_shipped_file_shows_the_defaults),
        cmocka_unit_test(a_full_route),
        cmocka_unit_test(conditions_become_a_tree),
        cmocka_unit_test(mistakes_at_the_top),
        cmocka_unit_test(mistakes_in_node),
        cmocka_unit_test(mistakes_in_callers),
        cmocka_unit_test(mistakes_in_destinations),
        cmocka_unit_test(mistakes_in_routes),
        cmocka_unit_test(priors_have_defaults_and_keys),
        cmocka_unit_test(mistakes_in_priors),
        cmocka_unit_test(mistakes_in_complete_and_results),
        cmocka_unit_test(mistakes_in_conditions),
        cmocka_unit_test(too_many_routes),
        cmocka_unit_test(the_command_line_overrides),
        cmocka_unit_test(who_may_call),
        cmocka_unit_test(options_without_a_word),
        cmocka_unit_test(options_between_own_ones),
        cmocka_unit_test(options_that_exit),
    };

    return cmocka_run_group_tests(tests, enter, leave);
}
