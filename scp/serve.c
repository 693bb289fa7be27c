/* One process, one association. It is forked with nothing open but the
 * connection: neither the listening socket nor the program's lock may outlive
 * the parent in a child. */
#include "scp/serve.h"

#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "conf/clock.h"
#include "conf/log.h"
#include "scp/receive.h"
#include "scp/sops.h"

/* A rejected peer gets no more time than this to say who it is. */
#define REJECT_PATIENCE_S 5

static void on_term(int signal_number)
{
    (void)signal_number;
    if (!receive_inside())
        _exit(0);
    receive_leave();
}

static void prepare_signals(void)
{
    struct sigaction term = {.sa_handler = on_term, .sa_flags = SA_RESTART};
    sigset_t none;

    sigaction(SIGTERM, &term, NULL);
    signal(SIGINT, SIG_IGN);
    signal(SIGCHLD, SIG_DFL);
    signal(SIGPIPE, SIG_IGN);
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
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

_Noreturn void serve_child(const struct conf *conf, int fd, bool busy)
{
    const struct conf_limits *limits = &conf->node.limits;
    struct dcm_scp_limits bounds = {.associate_s =
                                        seconds(limits->associate_ms),
                                    .idle_s = seconds(limits->idle_ms),
                                    .object_s = seconds(limits->object_ms),
                                    .pdu_bytes = (uint32_t)limits->pdu_bytes};
    struct receive receive = {.conf = conf, .busy = busy};
    int64_t begun_ms = clock_mono_ms();
    struct err err = {0};
    bool good;

    if (fd > 3)
        close_range(3, (unsigned)fd - 1, 0);
    close_range((unsigned)fd + 1, ~0U, 0);
    prepare_signals();
    if (busy && bounds.associate_s > REJECT_PATIENCE_S)
        bounds.associate_s = REJECT_PATIENCE_S;
    good =
        dcm_scp_serve(fd, &bounds, sops_uids(), &receive_ops, &receive, &err);
    receive_close(&receive);
    log_end(&receive, good, begun_ms, err.msg);
    _exit(0);
}
