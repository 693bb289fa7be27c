/* One process, one association. It is forked with nothing open but the
 * connection: neither the listening socket nor the program's lock may outlive
 * the parent in a child. */
#include "scp/serve.h"

#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "conf/clock.h"
#include "conf/log.h"
#include "dicom/address.h"
#include "scp/receive.h"
#include "scp/refusal.h"
#include "scp/sops.h"

/* A rejected peer gets no more time than this to say who it is. */
#define REJECT_PATIENCE_S 5
/* Beyond the deadline of the association request: a hang is a crash. */
#define HANG_S 30

static void on_term(int signal_number)
{
    (void)signal_number;
    if (!receive_inside())
        _exit(0);
    receive_leave();
    alarm(SERVE_GRACE_S);
}

static void on_another(int signal_number)
{
    (void)signal_number;
    if (!receive_admitted())
        _exit(0);
}

static void prepare_signals(void)
{
    struct sigaction term = {.sa_handler = on_term, .sa_flags = SA_RESTART};
    struct sigaction another = {.sa_handler = on_another,
                                .sa_flags = SA_RESTART};
    sigset_t none;

    sigaction(SIGTERM, &term, NULL);
    sigaction(SIGUSR1, &another, NULL);
    signal(SIGINT, SIG_IGN);
    signal(SIGCHLD, SIG_DFL);
    signal(SIGPIPE, SIG_IGN);
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
}

/* A killed parent has no one else to tell its children: they end as at
 * SIGTERM, after the object they are receiving, and do not go on beside the
 * next parent, uncounted and by an old configuration. SIGTERM is still
 * blocked here. */
static void end_with(pid_t parent)
{
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    if (getppid() != parent)
        _exit(0);
}

static int seconds(int64_t ms)
{
    return (int)((ms + 999) / 1000);
}

static void log_end(const struct receive *r, bool good, int64_t begun_ms,
                    const char *why)
{
    if (good)
        log_info("association.ended", KV_INT("objects", r->objects),
                 KV_INT("ms", clock_mono_ms() - begun_ms),
                 KV_STR("calling_ae", r->peer.calling_ae),
                 KV_STR("address", r->peer.address));
    else
        log_warn("association.broken", KV_STR("reason", why),
                 KV_INT("objects", r->objects),
                 KV_INT("ms", clock_mono_ms() - begun_ms),
                 KV_STR("calling_ae", r->peer.calling_ae),
                 KV_STR("address", r->peer.address));
}

/* All but two descriptors above stderr. */
static void close_others(int one, int other)
{
    int low = one < other ? one : other, high = one < other ? other : one;

    if (low > 3)
        close_range(3, (unsigned)low - 1, 0);
    if (high > low + 1)
        close_range((unsigned)low + 1, (unsigned)high - 1, 0);
    close_range((unsigned)high + 1, ~0U, 0);
}

_Noreturn void serve_child(const struct serve *serve)
{
    const struct conf_limits *limits = &serve->conf->node.limits;
    struct dcm_scp_limits bounds = {.associate_s =
                                        seconds(limits->associate_ms),
                                    .idle_s = seconds(limits->idle_ms),
                                    .object_s = seconds(limits->object_ms),
                                    .pdu_bytes = (uint32_t)limits->pdu_bytes,
                                    .tls = serve->tls};
    struct receive receive = {
        .conf = serve->conf, .busy = serve->busy, .news = serve->news};
    int64_t begun_ms = clock_mono_ms();
    struct err err = {0};
    bool good;

    close_others(serve->fd, serve->news);
    end_with(serve->parent);
    prepare_signals();
    address_of_peer(serve->fd, receive.peer.address);
    if (serve->busy && bounds.associate_s > REJECT_PATIENCE_S)
        bounds.associate_s = REJECT_PATIENCE_S;
    alarm((unsigned)bounds.associate_s + HANG_S); /* until it is admitted */
    good = dcm_scp_serve(serve->fd, &bounds, sops_uids(), &receive_ops,
                         &receive, &err);
    receive_close(&receive);
    if (receive.refused[0])
        refusal_record(serve->conf, &receive.peer, receive.refused,
                       serve->brief);
    else
        log_end(&receive, good, begun_ms, err.msg);
    _exit(0);
}
