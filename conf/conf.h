#ifndef CONF_CONF_H
#define CONF_CONF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "conf/err.h"

/* What osteon.yaml says, checked. conf/osteon.yaml is the annotated default
 * and osteon.yaml(5) the reference. Times in milliseconds (_ms), sizes in
 * bytes (_bytes). Callers own nothing inside; conf_free() releases all. */
#define CONF_PATH   256
#define CONF_NAME   65
#define CONF_AE     17
#define CONF_NEEDS  16 /* most `needs` conditions of a route */
#define CONF_PRIORS 8  /* most priors a result is compared with */

struct conf_limits {
    int64_t associations, associations_per_caller;
    int64_t pdu_bytes, object_bytes;
    int64_t associate_ms;  /* connect to A-ASSOCIATE-RQ complete */
    int64_t idle_ms;       /* between messages */
    int64_t object_ms;     /* one C-STORE, wall clock */
    int64_t free_bytes;    /* refuse with A700 below this much space */
    int64_t ballast_bytes; /* kept to be given up on a full disk; 0: none */
};

struct conf_match;

/* X-ray devices whose images say only how large a pixel is at the detector. */
struct conf_device {
    struct conf_match *match; /* CONF_ALL at the top */
    double magnification;     /* of what lies in the patient, 1..2 */
};

struct conf_inference {
    int64_t processes; /* osteon-infer processes */
    int64_t threads;   /* libtorch threads in each */
    char device[16];   /* cpu, cuda:0 */
    int64_t deadline_ms;
    bool demonstration_models;   /* accept bundles marked a demonstration */
    struct conf_device *devices; /* the first that matches counts */
    size_t n_devices;
};

struct conf_retry {
    int64_t first_ms, cap_ms, attempts;
    int64_t parked_ms; /* between looks at a destination that refused us */
};

/* BCP 195 profiles of PS3.15: B.10 and B.11. */
enum conf_tls_profile { CONF_TLS_ND, CONF_TLS_EX };

/* Our side of mutual TLS, listening and calling. PEM files. */
struct conf_tls {
    bool on;      /* the section exists */
    int64_t port; /* of the second listener; 0: none */
    char key[CONF_PATH], certificate[CONF_PATH];
    char authorities[CONF_PATH]; /* who may sign a peer's certificate */
    char revoked[CONF_PATH];     /* CRL, or "" */
    int profile;
};

struct conf_node {
    char (*ae_titles)[CONF_AE];
    size_t n_ae_titles;
    char address[64];
    int64_t port;    /* plain; 0: TLS only */
    bool allow_root; /* programs may run as root */
    struct conf_tls tls;
    char spool[CONF_PATH], database[CONF_PATH];
    int64_t keep_ms; /* sources stay this long after delivery */
    struct conf_limits limits;
    struct conf_inference inference;
    struct conf_retry retry;
};

struct conf_caller {
    char ae[CONF_AE];        /* "*": any title */
    char called_ae[CONF_AE]; /* "*": any of ae_titles */
    char address[64];        /* IPv4/IPv6 address or CIDR range, "*": any */
    char certificate[256];   /* subject (RFC 2253) of the TLS peer: "CN=ct1,
                                O=Hospital"; "": with or without TLS */
};

enum conf_commit { CONF_COMMIT_NONE, CONF_COMMIT_NACTION, CONF_COMMIT_CFIND };

struct conf_destination {
    char name[CONF_NAME];
    char ae[CONF_AE], calling_ae[CONF_AE]; /* calling: default ae_titles[0] */
    char host[256];
    int64_t port;
    int64_t retry_for_ms; /* default 72 h */
    int64_t connect_ms, response_ms, idle_ms;
    bool tls;               /* with node.tls */
    char certificate[256];  /* its subject must be this; "": any trusted */
    int commit;             /* enum conf_commit */
    int64_t commit_wait_ms; /* asked again when nothing came; default 24 h */
};

/* A condition on the headers of one image: a closed set of operators. The
 * keyword is validated by dicom/match.h, which knows the dictionary. */
enum conf_op {
    CONF_EQUALS,  /* any value of the attribute equals */
    CONF_MATCHES, /* POSIX extended regular expression, case ignored */
    CONF_IN,
    CONF_LT,
    CONF_GT,
    CONF_EXISTS, /* present with a value, or not: values[0] "true"/"false" */
    CONF_NOT,    /* children[0] */
    CONF_ANY,
    CONF_ALL
};

struct conf_match {
    enum conf_op op;
    int line, column;
    char *keyword; /* "Modality", "RequestAttributesSequence.StudyID",
                      "calling_ae", "called_ae"; NULL for NOT ANY ALL */
    char **values;
    size_t n_values;
    struct conf_match *children;
    size_t n_children;
};

enum conf_on_cap { CONF_CAP_ANALYSE, CONF_CAP_HOLD };
enum conf_on_failure { CONF_FAILURE_NONE, CONF_FAILURE_SR, CONF_FAILURE_NOTE };
enum conf_sr_class {
    CONF_SR_COMPREHENSIVE,
    CONF_SR_COMPREHENSIVE_3D,
    CONF_SR_AUTO
};
enum conf_angle_lines { CONF_ANGLE_ARMS, CONF_ANGLE_POLYLINE4 };
enum conf_viewer { CONF_VIEWER_STANDARD, CONF_VIEWER_OHIF };
enum conf_charset { CONF_CHARSET_SOURCE, CONF_CHARSET_UTF8 };

struct conf_complete {
    struct conf_match *needs; /* each met by at least one selected image */
    size_t n_needs;           /* <= CONF_NEEDS */
    int64_t count;            /* at least so many images; 0: no matter */
    int64_t quiet_ms, cap_ms;
    int on_cap;
};

struct conf_results {
    bool sr, sc, summary, gsps,
        kos; /* kos: of every finding, not only urgent ones */
    int sr_class;
    int angle_lines;
    int viewer_profile; /* ohif: then angle_lines is polyline4 */
    int charset;
    int64_t series_number;  /* SR; then SC, GSPS, KOS */
    int64_t overlay_pixels; /* longest side of the secondary capture */
    bool research;          /* ContentQualification RESEARCH */
    bool chart;             /* the course since priors; with priors: true */
};

/* Earlier measurements of the same person, from our own history, for the
 * change since then. */
struct conf_priors {
    bool on;           /* the section exists */
    int64_t within_ms; /* before the study's date */
    int64_t most;      /* 1..CONF_PRIORS, the latest ones */
    bool agree_body_part, agree_view;
};

struct conf_route {
    char name[CONF_NAME];
    int line, column;
    struct conf_match match; /* CONF_ALL at the top */
    bool final;
    struct conf_complete complete;
    char (*models)[CONF_NAME];
    size_t n_models;
    struct conf_results results;
    char (*send)[CONF_NAME]; /* destinations of results */
    size_t n_send;
    char (*forward)[CONF_NAME]; /* destinations of the originals */
    size_t n_forward;
    struct conf_priors priors;
    int64_t priority; /* 0..9, higher first; default 5 */
    int on_failure;
};

enum conf_syslog { CONF_SYSLOG_NONE, CONF_SYSLOG_UDP, CONF_SYSLOG_TLS };

struct conf_audit {
    char ledger[CONF_PATH]; /* folder; default beside the database */
    int64_t segment_bytes;  /* of the open segment, at most */
    struct {
        int transport; /* enum conf_syslog; RFC 5426 or RFC 5425 */
        char host[256];
        int64_t port;                /* default 514, TLS 6514 */
        char authorities[CONF_PATH]; /* TLS: who signed the collector */
    } syslog;
};

struct conf {
    char path[CONF_PATH];
    struct conf_node node;
    struct conf_caller *callers;
    size_t n_callers;
    struct conf_destination *destinations;
    size_t n_destinations;
    char models[CONF_PATH]; /* folder of bundles: <models>/<name>/model.yaml */
    struct conf_route *routes;
    size_t n_routes;
    struct conf_audit audit;
};

/* What the command line overrides, for a first try and for tests. */
struct conf_override {
    const char *state; /* NULL, or a folder for spool and database */
    int port;          /* 0, or the port to listen on */
};

#define CONF_DEFAULT_PATH "/etc/osteon/osteon.yaml"
#define CONF_EXIT         78 /* EX_CONFIG */

/* NULL: ERR_REJECT, the message starts with the file and, where there is one,
 * the line and column. over may be NULL. */
struct conf *conf_load(const char *path, const struct conf_override *over,
                       struct err *err);
void conf_free(struct conf *conf);

const struct conf_route *conf_route(const struct conf *, const char *name);
const struct conf_destination *conf_destination(const struct conf *,
                                                const char *name);

/* The caller's entry, or NULL: not allowed. certificate: the subject that TLS
 * verified, or NULL for a plain connection. */
const struct conf_caller *conf_caller(const struct conf *, const char *ae,
                                      const char *called_ae,
                                      const char *address,
                                      const char *certificate);

/* ERR_REJECT: this process is root and node.allow_root is not set. For
 * programs that run with the node; subcommands of the admin may be root. */
bool conf_may_run(const struct conf *, struct err *err);

/* Options every program shares: -c FILE, --state DIR, --port N, --help,
 * --version. Returns the index of the first argument it does not know, or
 * argc; prints and exits for --help/--version (0) and usage errors (2).
 * *out must be zero before the first call; path is then -c, $OSTEON_CONF or
 * CONF_DEFAULT_PATH. A program with own options calls again from the word it
 * used up last, i.e. conf_options(argc - i, argv + i, ...). */
struct conf_options {
    const char *path;
    struct conf_override over;
};
int conf_options(int argc, char **argv, const char *usage,
                 struct conf_options *out);

#endif
