/* osteon-scu DEST: sends to one destination what is queued for it. One
 * process per destination, so that a dead PACS delays only itself. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "conf/conf.h"
#include "conf/harden.h"
#include "conf/log.h"
#include "db/spool.h"
#include "db/worker.h"
#include "scu/send.h"

static const char usage[] =
    "usage: osteon-scu [-c FILE] [--state DIR] DEST\n"
    "  -c FILE      configuration, default " CONF_DEFAULT_PATH "\n"
    "  --state DIR  spool and database below DIR\n"
    "  DEST         a name under `destinations`\n";

/* Long enough for the largest object the node takes, over a slow line: the
 * association keeps its own, tighter deadlines. */
static int64_t job_limit_ms(const struct conf *conf,
                            const struct conf_destination *dest)
{
    return 2 * (dest->connect_ms + 2 * dest->response_ms) +
           2 * (conf->node.limits.object_bytes / 1000) + 60000;
}

static int serve(const struct conf *conf, const struct conf_destination *dest,
                 const struct dcm_tls *tls)
{
    const struct conf_retry *retry = &conf->node.retry;
    char owner[sizeof "scu." + CONF_NAME];
    struct err err = {0};
    int status = 1;

    snprintf(owner, sizeof owner, "scu.%s", dest->name);
    struct send send = {
        .link = {.dest = dest,
                 .retry = retry,
                 .pdu_bytes = (uint32_t)conf->node.limits.pdu_bytes,
                 .tls = tls}};

    if (spool_prepare(conf->node.spool, &err) &&
        worker_lock(conf->node.spool, owner, &err))
        send.link.db = send.db = db_open(conf->node.database, &err);
    /* a clock that was wrong at boot makes all look old */
    clock_watch_start(&send.clock, send.link.dest->retry_for_ms);
    if (send.db == NULL) {
        log_error("start.failed", KV_STR("dest", dest->name),
                  KV_STR("reason", err.msg));
    } else {
        struct worker worker = {.db = send.db,
                                .stage = JOB_SEND,
                                .also = JOB_COMMIT,
                                .key = dest->name,
                                .owner = owner,
                                .limits = {.job_ms = job_limit_ms(conf, dest),
                                           .first_ms = retry->first_ms,
                                           .cap_ms = retry->cap_ms,
                                           .attempts = 0},
                                .work = send_work,
                                .idle = send_idle,
                                .ready = send_ready,
                                .away = send_away,
                                .ctx = &send};

        log_info("ready", KV_STR("dest", dest->name));
        status = worker_run(&worker);
        link_close(&send.link);
    }
    db_close(send.db);
    return status;
}

int main(int argc, char **argv)
{
    struct conf_options options = {0};
    const struct conf_destination *dest;
    struct dcm_tls *tls = NULL;
    struct err err = {0};
    struct conf *conf;
    int next, status;

    log_start("osteon-scu");
    harden();
    next = conf_options(argc, argv, usage, &options);
    if (next != argc - 1 || argv[next][0] == '-') {
        fputs(usage, stderr);
        return 2;
    }
    conf = conf_load(options.path, &options.over, &err);
    if (conf == NULL || !conf_may_run(conf, &err)) {
        log_error("conf.refused", KV_STR("reason", err.msg));
        conf_free(conf);
        return CONF_EXIT;
    }
    dest = conf_destination(conf, argv[next]);
    if (dest == NULL) {
        log_error("conf.refused", KV_STR("reason", "no such destination"),
                  KV_STR("dest", argv[next]));
        conf_free(conf);
        return CONF_EXIT;
    }
    if (dest->tls)
        tls = dcm_tls_open(&conf->node.tls, DCM_TLS_CALL, &err);
    if (dest->tls && tls == NULL) {
        log_error("conf.refused", KV_STR("reason", err.msg),
                  KV_STR("dest", dest->name));
        conf_free(conf);
        return CONF_EXIT;
    }
    srandom((unsigned)getpid());
    status = serve(conf, dest, tls);
    dcm_tls_close(tls);
    conf_free(conf);
    return status;
}
