/* Who waits at the door. A fork costs milliseconds, and a flood of connections
 * must not let others wait for as many forks: first comes whoever has fewest
 * children, then who came last; and nobody is forked for who would be told to
 * go at once. */
#include "scp/entrance.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "conf/clock.h"
#include "conf/log.h"
#include "dicom/address.h"
#include "scp/serve.h"

/* Refusals that the ledger describes one by one, in a minute. */
#define MOST_DESCRIBED 100
/* More of one address than it may have: so many hear why not. */
#define MOST_ANSWERED 8
/* Strangers that wait. */
#define MOST_STRANGERS 16

void entrance_allow_files(const struct conf_limits *limits)
{
    rlim_t wanted = (rlim_t)limits->associations + ENTRANCE_ROOM + 64;
    struct rlimit limit;

    if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= wanted)
        return;
    limit.rlim_cur = wanted < limit.rlim_max ? wanted : limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
}

static void count_refused(struct entrance *e)
{
    int64_t minute = clock_mono_ms() / 60000;

    if (minute != e->minute)
        e->refused = 0;
    e->minute = minute;
    e->refused++;
}

void entrance_reap(struct entrance *e, bool quiet)
{
    struct child child;
    int status;
    pid_t pid;

    while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
        if (!children_remove(&e->children, pid, &child))
            continue;
        if (!child.admitted && !child.asked)
            count_refused(e);
        if (WIFSIGNALED(status) && !quiet && !child.asked)
            log_error("association.died", KV_INT("child", pid),
                      KV_INT("signal", WTERMSIG(status)),
                      KV_STR("address", child.who.address));
    }
}

/* No caller has this address: whoever it is will be rejected, and may not take
 * the place of one who would not. */
static bool stranger(const struct conf *conf, const char *address, bool secure)
{
    size_t i;

    for (i = 0; i < conf->n_callers; i++) {
        const struct conf_caller *c = &conf->callers[i];

        if (conf_caller(conf, c->ae, c->called_ae, address,
                        secure ? c->certificate : NULL))
            return false;
    }
    return true;
}

static void drop(const char *address, const char *why)
{
    log_warn("association.dropped", KV_STR("address", address),
             KV_STR("reason", why));
}

static void start_child(struct entrance *e, const struct serve *as,
                        const struct comer *who)
{
    struct serve serve = *as;
    int ends[2];
    pid_t pid;

    if (pipe2(ends, O_CLOEXEC | O_NONBLOCK) != 0) {
        drop(who->address, strerror(errno));
        return;
    }
    serve.news = ends[1];
    pid = fork();
    if (pid == 0)
        serve_child(&serve);
    close(ends[1]);
    if (pid > 0) {
        children_add(&e->children, pid, who, serve.busy, ends[0]);
        return;
    }
    drop(who->address, strerror(errno));
    close(ends[0]);
}

static void see_to(struct entrance *e, const struct waiting *w)
{
    struct serve serve = {.conf = e->conf,
                          .tls = w->secure ? e->tls : NULL,
                          .parent = getpid(),
                          .fd = w->fd,
                          .brief = e->refused > MOST_DESCRIBED};
    enum children_answer answer;
    struct child *instead;

    answer =
        children_ask(&e->children, &e->conf->node.limits, &w->who, &instead);
    serve.busy = answer == CHILDREN_REJECT;
    if (instead) {
        drop(instead->who.address, "said nothing, and another one came");
        kill(instead->pid, SIGUSR1);
    }
    if (answer == CHILDREN_DROP)
        drop(w->who.address, "too many are being rejected");
    else
        start_child(e, &serve, &w->who);
}

static void forget(struct entrance *e, struct waiting *w)
{
    struct waiting *end = e->waiting + e->n_waiting;

    close(w->fd);
    memmove(w, w + 1, (size_t)(end - w - 1) * sizeof *w);
    e->n_waiting--;
}

/* There is no use in more of one address than it may have, and in strangers:
 * who came first goes. */
static void thin_out(struct entrance *e, const struct waiting *last)
{
    int64_t most = e->conf->node.limits.associations_per_caller + MOST_ANSWERED;
    int64_t same = 0, strangers = 0;
    struct waiting *w, *first = NULL, *first_stranger = NULL;

    for (w = e->waiting + e->n_waiting; w-- > e->waiting;) {
        if (strcmp(w->who.address, last->who.address) == 0) {
            same++;
            first = w;
        }
        if (w->who.stranger) {
            strangers++;
            first_stranger = w;
        }
    }
    if (strangers > MOST_STRANGERS)
        first = first_stranger;
    else if (same <= most)
        return;
    drop(first->who.address, "too many at once");
    forget(e, first);
}

static void accept_all(struct entrance *e, int listener, bool secure)
{
    while (listener >= 0 && e->n_waiting < ENTRANCE_ROOM) {
        struct waiting *w = &e->waiting[e->n_waiting];
        int fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC);

        if (fd < 0 && (errno == EINTR || errno == ECONNABORTED))
            continue;
        if (fd < 0 && errno != EAGAIN) {
            log_error("accept.failed", KV_STR("reason", strerror(errno)));
            clock_sleep_ms(100);
        }
        if (fd < 0)
            return;
        *w = (struct waiting){.fd = fd, .secure = secure};
        address_of_peer(fd, w->who.address);
        w->who.stranger = stranger(e->conf, w->who.address, secure);
        w->who.turn = e->turn++;
        e->n_waiting++;
        thin_out(e, w);
    }
}

static struct waiting *next(struct entrance *e)
{
    struct waiting *w, *best = NULL;
    int64_t fewest = INT64_MAX;

    for (w = e->waiting + e->n_waiting; w-- > e->waiting;) {
        int64_t n = w->who.stranger ? INT64_MAX - 1
                                    : children_of(&e->children, w->who.address);

        if (n < fewest) {
            fewest = n;
            best = w;
        }
    }
    return best;
}

void entrance_take(struct entrance *e)
{
    struct waiting *w;

    accept_all(e, e->plain, false);
    accept_all(e, e->secure, true);
    children_hear(&e->children);
    w = next(e);
    if (w == NULL)
        return;
    see_to(e, w);
    forget(e, w);
}

void entrance_close(struct entrance *e)
{
    while (e->n_waiting > 0)
        forget(e, e->waiting);
    if (e->plain >= 0)
        close(e->plain);
    if (e->secure >= 0)
        close(e->secure);
}
