/* osteon-scp: accepts connections and forks a child for each. The parent
 * never reads a byte from the network: it counts, reaps, and stops. */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "conf/clock.h"
#include "conf/conf.h"
#include "conf/harden.h"
#include "conf/log.h"
#include "db/spool.h"
#include "db/worker.h"
#include "dicom/dataset.h"
#include "dicom/match.h"
#include "dicom/tls.h"
#include "scp/entrance.h"
#include "scp/listen.h"
#include "scp/rebuild.h"
#include "scp/serve.h"
#include "scp/sops.h"

static const char usage[] =
    "usage: osteon-scp [-c FILE] [--state DIR] [--port N] [--rebuild | "
    "--sops]\n"
    "  -c FILE      configuration, default " CONF_DEFAULT_PATH "\n"
    "  --state DIR  spool and database below DIR\n"
    "  --port N     listen on port N\n"
    "  --rebuild    take up what the spool has and the database does not, "
    "and exit\n"
    "  --sops       print the accepted SOP classes and exit\n";

static volatile sig_atomic_t stopping, replaced;

static void on_signal(int number)
{
    if (number != SIGCHLD)
        stopping = 1;
    if (number == SIGHUP)
        replaced = 1;
}

/* Signals arrive only inside ppoll(): no window between test and wait. */
static void prepare_signals(sigset_t *waiting)
{
    struct sigaction action = {.sa_handler = on_signal};
    sigset_t blocked;

    sigaction(SIGCHLD, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    sigaction(SIGHUP, &action, NULL);
    sigaction(SIGINT, &action, NULL);
    signal(SIGPIPE, SIG_IGN);
    sigemptyset(&blocked);
    sigaddset(&blocked, SIGCHLD);
    sigaddset(&blocked, SIGTERM);
    sigaddset(&blocked, SIGHUP);
    sigaddset(&blocked, SIGINT);
    sigprocmask(SIG_BLOCK, &blocked, waiting);
}

static void serve(struct entrance *e, const sigset_t *waiting)
{
    struct pollfd on[] = {{.fd = e->plain, .events = POLLIN},
                          {.fd = e->secure, .events = POLLIN}};
    static const struct timespec now;

    while (!stopping) {
        if (ppoll(on, 2, e->n_waiting > 0 ? &now : NULL, waiting) < 0 &&
            errno != EINTR) {
            log_error("accept.failed", KV_STR("reason", strerror(errno)));
            clock_sleep_ms(100);
        }
        entrance_reap(e, stopping);
        if (!stopping)
            entrance_take(e);
    }
}

static void tell(const struct children *children, int number)
{
    size_t i;

    for (i = 0; i < children->n; i++)
        kill(children->slots[i].pid, number);
}

static void finish(struct entrance *e)
{
    int64_t end_ms = clock_mono_ms() + SERVE_GRACE_S * 1000;

    tell(&e->children, SIGTERM);
    while (e->children.n > 0 && clock_mono_ms() < end_ms) {
        clock_sleep_ms(20);
        entrance_reap(e, true);
    }
    tell(&e->children, SIGKILL);
}

static bool listen_on(const struct conf_node *node, int64_t port, int *listener,
                      struct err *err)
{
    if (port > 0)
        *listener = listen_open(node->address, port, err);
    return port == 0 || *listener >= 0;
}

/* Loads DCMTK's dictionary once for all children, and looks up what they ask of
 * every image besides the routes' keywords: DCMTK searches from the beginning,
 * a millisecond each. */
static void learn_keywords(void)
{
    static const char *const asked[] = {"PixelData", "Manufacturer",
                                        "ManufacturerModelName"};
    bool number;

    for (size_t i = 0; i < sizeof asked / sizeof *asked; i++)
        (void)dcm_keyword(asked[i], &number);
}

static bool start(struct entrance *e, struct err *err)
{
    const struct conf_node *node = &e->conf->node;

    if (!spool_prepare(node->spool, err) ||
        !worker_lock(node->spool, "scp", err))
        return false;
    if (!listen_on(node, node->port, &e->plain, err) ||
        !listen_on(node, node->tls.port, &e->secure, err))
        return false;
    /* Held from now on: for whoever waits for this moment (osteon run). */
    if (!worker_lock(node->spool, "listening", err))
        return false;
    entrance_allow_files(&node->limits);
    learn_keywords();
    return true;
}

static bool load(const struct conf_options *options, struct conf **conf,
                 struct dcm_tls **tls, struct err *err)
{
    *conf = conf_load(options->path, &options->over, err);
    if (*conf == NULL || !match_check(*conf, err) || !conf_may_run(*conf, err))
        return false;
    if (!(*conf)->node.tls.on)
        return true;
    *tls = dcm_tls_open(&(*conf)->node.tls, DCM_TLS_ACCEPT, err);
    return *tls != NULL;
}

static bool rebuild(const struct conf *conf, const sigset_t *waiting,
                    struct err *err)
{
    sigprocmask(SIG_SETMASK, waiting, NULL);
    return spool_prepare(conf->node.spool, err) &&
           worker_lock(conf->node.spool, "scp", err) &&
           rebuild_run(conf, &stopping, err);
}

int main(int argc, char **argv)
{
    struct conf_options options = {0};
    static struct entrance e = {.plain = -1, .secure = -1};
    struct dcm_tls *tls = NULL;
    struct err err = {0};
    struct conf *conf;
    sigset_t waiting;
    bool once = false;
    int next;

    log_start("osteon-scp");
    harden();
    next = conf_options(argc, argv, usage, &options);
    if (next < argc && strcmp(argv[next], "--sops") == 0) {
        sops_print();
        return 0;
    }
    if (next < argc && strcmp(argv[next], "--rebuild") == 0) {
        once = true;
        next += conf_options(argc - next, argv + next, usage, &options);
    }
    if (next < argc) {
        fputs(usage, stderr);
        return 2;
    }
    if (!load(&options, &conf, &tls, &err)) {
        log_error("conf.refused", KV_STR("reason", err.msg));
        conf_free(conf);
        return CONF_EXIT;
    }
    prepare_signals(&waiting);
    if (once) {
        once = rebuild(conf, &waiting, &err);
        if (!once)
            log_error("rebuild.failed", KV_STR("reason", err.msg));
        dcm_tls_close(tls);
        conf_free(conf);
        return once ? 0 : 1;
    }
    e.conf = conf;
    e.tls = tls;
    if (!start(&e, &err)) {
        log_error("start.failed", KV_STR("reason", err.msg));
        conf_free(conf);
        return 1;
    }
    log_info("ready", KV_STR("address", conf->node.address),
             KV_INT("port", conf->node.port),
             KV_INT("tls_port", conf->node.tls.port));
    serve(&e, &waiting);
    entrance_close(&e);
    if (!replaced) /* else our death tells them */
        finish(&e);
    children_free(&e.children);
    dcm_tls_close(tls);
    conf_free(conf);
    log_info("stopped", KV_STR("reason", "signal"));
    return 0;
}
