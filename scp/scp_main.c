/* osteon-scp: accepts connections and forks a child for each. The parent
 * never reads a byte from the network: it counts, reaps, and stops. */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "conf/clock.h"
#include "conf/conf.h"
#include "conf/harden.h"
#include "conf/log.h"
#include "db/spool.h"
#include "db/worker.h"
#include "dicom/address.h"
#include "dicom/dataset.h"
#include "dicom/match.h"
#include "scp/children.h"
#include "scp/listen.h"
#include "scp/serve.h"
#include "scp/sops.h"

#define GRACE_MS 10000 /* for children to finish an object at SIGTERM */

static const char usage[] =
    "usage: osteon-scp [-c FILE] [--state DIR] [--port N] [--sops]\n"
    "  -c FILE      configuration, default " CONF_DEFAULT_PATH "\n"
    "  --state DIR  spool and database below DIR\n"
    "  --port N     listen on port N\n"
    "  --sops       print the accepted SOP classes and exit\n";

static volatile sig_atomic_t stopping;

static void on_signal(int number)
{
    if (number != SIGCHLD)
        stopping = 1;
}

/* Signals arrive only inside ppoll(): no window between test and wait. */
static void prepare_signals(sigset_t *waiting)
{
    struct sigaction action = {.sa_handler = on_signal};
    sigset_t blocked;

    sigaction(SIGCHLD, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    sigaction(SIGINT, &action, NULL);
    signal(SIGPIPE, SIG_IGN);
    sigemptyset(&blocked);
    sigaddset(&blocked, SIGCHLD);
    sigaddset(&blocked, SIGTERM);
    sigaddset(&blocked, SIGINT);
    sigprocmask(SIG_BLOCK, &blocked, waiting);
}

static void reap(struct children *children)
{
    struct child child;
    int status;
    pid_t pid;

    while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
        if (!children_remove(children, pid, &child))
            continue;
        if (WIFSIGNALED(status) && !stopping)
            log_error("association.died", KV_INT("child", pid),
                      KV_INT("signal", WTERMSIG(status)),
                      KV_STR("address", child.address));
    }
}

/* No caller has this address: whoever it is will be rejected, and may not take
 * the place of one who would not. */
static bool stranger(const struct conf *conf, const char *address)
{
    size_t i;

    for (i = 0; i < conf->n_callers; i++) {
        const struct conf_caller *c = &conf->callers[i];

        if (conf_caller(conf, c->ae, c->called_ae, address, c->certificate))
            return false;
    }
    return true;
}

static void take(const struct conf *conf, struct children *children, int fd)
{
    enum children_answer answer;
    pid_t parent = getpid(), pid;
    char address[64];

    address_of_peer(fd, address);
    answer = children_ask(children, &conf->node.limits, address,
                          stranger(conf, address));
    if (answer == CHILDREN_DROP) {
        log_warn("association.dropped", KV_STR("address", address));
        close(fd);
        return;
    }
    pid = fork();
    if (pid == 0)
        serve_child(conf, parent, fd, answer == CHILDREN_REJECT);
    if (pid < 0)
        log_error("association.dropped", KV_STR("address", address),
                  KV_STR("reason", strerror(errno)));
    else
        children_add(children, pid, address, answer == CHILDREN_REJECT);
    close(fd);
}

static void serve(const struct conf *conf, struct children *children,
                  int listener, const sigset_t *waiting)
{
    struct pollfd poll_on = {.fd = listener, .events = POLLIN};

    while (!stopping) {
        int fd;

        if (ppoll(&poll_on, 1, NULL, waiting) < 0 && errno != EINTR) {
            log_error("accept.failed", KV_STR("reason", strerror(errno)));
            clock_sleep_ms(100);
        }
        reap(children);
        if (stopping)
            break;
        fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
        if (fd >= 0) {
            take(conf, children, fd);
        } else if (errno != EAGAIN && errno != EINTR && errno != ECONNABORTED) {
            log_error("accept.failed", KV_STR("reason", strerror(errno)));
            clock_sleep_ms(100);
        }
    }
}

static void tell(const struct children *children, int number)
{
    size_t i;

    for (i = 0; i < children->n; i++)
        kill(children->slots[i].pid, number);
}

static void finish(struct children *children)
{
    int64_t end_ms = clock_mono_ms() + GRACE_MS;

    tell(children, SIGTERM);
    while (children->n > 0 && clock_mono_ms() < end_ms) {
        clock_sleep_ms(20);
        reap(children);
    }
    tell(children, SIGKILL);
}

static bool start(const struct conf *conf, int *listener, struct err *err)
{
    const struct conf_node *node = &conf->node;
    bool number;

    if (!spool_prepare(node->spool, err) ||
        !worker_lock(node->spool, "scp", err))
        return false;
    *listener = listen_open(node->address, node->port, err);
    if (*listener < 0)
        return false;
    /* loads DCMTK's dictionary once for all children */
    (void)dcm_keyword("Modality", &number);
    return true;
}

int main(int argc, char **argv)
{
    struct conf_options options = {0};
    struct children children = {0};
    struct err err = {0};
    struct conf *conf;
    sigset_t waiting;
    int listener = -1;
    int next;

    log_start("osteon-scp");
    harden();
    next = conf_options(argc, argv, usage, &options);
    if (next < argc && strcmp(argv[next], "--sops") == 0) {
        sops_print();
        return 0;
    }
    if (next < argc) {
        fputs(usage, stderr);
        return 2;
    }
    conf = conf_load(options.path, &options.over, &err);
    if (conf == NULL || !match_check(conf, &err) || !conf_may_run(conf, &err)) {
        log_error("conf.refused", KV_STR("reason", err.msg));
        conf_free(conf);
        return CONF_EXIT;
    }
    prepare_signals(&waiting);
    if (!start(conf, &listener, &err)) {
        log_error("start.failed", KV_STR("reason", err.msg));
        conf_free(conf);
        return 1;
    }
    log_info("ready", KV_STR("address", conf->node.address),
             KV_INT("port", conf->node.port));
    serve(conf, &children, listener, &waiting);
    close(listener);
    finish(&children);
    children_free(&children);
    conf_free(conf);
    log_info("stopped", KV_STR("reason", "signal"));
    return 0;
}
