/* Circuit breaker: jobs are not spent on finding out that a PACS is away, and
 * not on finding out again. */
#include "scu/link.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "conf/clock.h"
#include "conf/log.h"

int64_t link_pause_ms(const struct conf_retry *retry, int64_t failures)
{
    int64_t pause = retry->first_ms;

    while (--failures > 0 && pause < retry->cap_ms)
        pause *= 2;
    return pause < retry->cap_ms ? pause : retry->cap_ms;
}

/* +-20 %, so that several senders do not knock in step. */
static int64_t jitter(int64_t ms)
{
    return ms * (80 + random() % 41) / 100;
}

static void change(struct link *link, enum link_state state, const char *why)
{
    if (link->state == state)
        return;
    if (state == LINK_DOWN)
        log_warn("destination.down", KV_STR("dest", link->dest->name),
                 KV_STR("reason", why));
    if (state == LINK_REFUSED)
        log_error("destination.refused", KV_STR("dest", link->dest->name),
                  KV_STR("reason", why));
    if (state == LINK_UP)
        log_info("destination.up", KV_STR("dest", link->dest->name));
    link->state = state;
}

bool link_resting(const struct link *link)
{
    return link->failures > 0 && clock_mono_ms() < link->probe_ms;
}

static int seconds(int64_t ms)
{
    return (int)((ms + 999) / 1000);
}

bool link_open(struct link *link, const struct dcm_context *contexts, size_t n,
               struct err *err)
{
    const struct conf_destination *dest = link->dest;
    struct dcm_dest to = {.port = (int)dest->port,
                          .connect_s = seconds(dest->connect_ms),
                          .response_s = seconds(dest->response_ms),
                          .pdu_bytes = link->pdu_bytes};

    link_close(link);
    memcpy(to.ae, dest->ae, sizeof to.ae);
    memcpy(to.calling_ae, dest->calling_ae, sizeof to.calling_ae);
    memcpy(to.host, dest->host, sizeof to.host);
    link->scu = dcm_scu_open(&to, contexts, n, err);
    if (link->scu == NULL) {
        bool refused = err->code == ERR_REJECT;

        link->failures++;
        link->probe_ms = clock_mono_ms() +
                         jitter(link_pause_ms(link->retry, link->failures));
        change(link, refused ? LINK_REFUSED : LINK_DOWN, err->msg);
        /* not the object's fault */
        err->code = ERR_RETRY;
        return err_wrap(err, "destination %s", dest->name);
    }
    memcpy(link->contexts, contexts, n * sizeof *contexts);
    link->n_contexts = n;
    link->failures = 0;
    link->answered = false;
    link->used_ms = clock_mono_ms();
    change(link, LINK_UP, NULL);
    return true;
}

void link_close(struct link *link)
{
    dcm_scu_close(link->scu);
    link->scu = NULL;
    link->n_contexts = 0;
}

void link_close_idle(struct link *link)
{
    if (link->scu && clock_mono_ms() - link->used_ms >= link->dest->idle_ms)
        link_close(link);
}

bool link_proposed(const struct link *link, const struct dcm_context *context)
{
    size_t i;

    for (i = 0; i < link->n_contexts; i++)
        if (strcmp(link->contexts[i].sop_class, context->sop_class) == 0 &&
            strcmp(link->contexts[i].transfer_syntax,
                   context->transfer_syntax) == 0)
            return true;
    return false;
}
