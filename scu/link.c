/* Circuit breaker: jobs are not spent on finding out that a PACS is away, and
 * not on finding out again. */
#include "scu/link.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "conf/clock.h"
#include "conf/log.h"
#include "db/destination.h"

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

static void note(struct link *link, const char *why)
{
    static const char *const names[] = {[LINK_UNKNOWN] = "unknown",
                                        [LINK_UP] = "up",
                                        [LINK_DOWN] = "down",
                                        [LINK_BUSY] = "busy",
                                        [LINK_PARKED] = "parked"};
    struct err err = {0};

    if (!destination_note(link->db, link->dest->name, names[link->state], why,
                          &err))
        log_warn("queue.failed", KV_STR("reason", err.msg));
}

static void change(struct link *link, enum link_state state, const char *why)
{
    if (link->state == state)
        return;
    link->state = state;
    if (state == LINK_DOWN)
        log_warn("destination.down", KV_STR("dest", link->dest->name),
                 KV_STR("reason", why));
    if (state == LINK_BUSY)
        log_warn("destination.busy", KV_STR("dest", link->dest->name),
                 KV_STR("reason", why));
    if (state == LINK_PARKED)
        log_error("destination.parked", KV_STR("dest", link->dest->name),
                  KV_STR("reason", why));
    if (state == LINK_UP)
        log_info("destination.up", KV_STR("dest", link->dest->name));
    note(link, why);
}

bool link_resting(const struct link *link)
{
    return link->failures > 0 && clock_mono_ms() < link->probe_ms;
}

bool link_away(const struct link *link)
{
    return link->state == LINK_DOWN || link->state == LINK_PARKED;
}

static void rest(struct link *link, enum link_state state, const char *why)
{
    int64_t ms = state == LINK_PARKED
                     ? link->retry->parked_ms
                     : link_pause_ms(link->retry, link->failures);

    link->probe_ms = clock_mono_ms() + jitter(ms);
    change(link, state, why);
}

void link_fine(struct link *link)
{
    link->troubles = 0;
    link->failures = 0;
    change(link, LINK_UP, "");
}

void link_trouble(struct link *link, const char *why)
{
    if (++link->troubles < LINK_PATIENCE)
        return;
    link_close(link);
    link->failures = link->troubles - LINK_PATIENCE + 1;
    rest(link, LINK_BUSY, why);
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
                          .pdu_bytes = link->pdu_bytes,
                          .tls = link->tls};

    link_close(link);
    memcpy(to.ae, dest->ae, sizeof to.ae);
    memcpy(to.calling_ae, dest->calling_ae, sizeof to.calling_ae);
    memcpy(to.host, dest->host, sizeof to.host);
    memcpy(to.certificate, dest->certificate, sizeof to.certificate);
    link->scu = dcm_scu_open(&to, contexts, n, err);
    if (link->scu == NULL) {
        link->troubles = 0;
        link->failures++;
        rest(link, err->code == ERR_REJECT ? LINK_PARKED : LINK_DOWN, err->msg);
        /* not the object's fault */
        err->code = ERR_RETRY;
        return err_wrap(err, "destination %s", dest->name);
    }
    memcpy(link->contexts, contexts, n * sizeof *contexts);
    link->n_contexts = n;
    link->answered = false;
    link->used_ms = clock_mono_ms();
    /* one that was busy has still to take something */
    if (link->troubles == 0)
        link_fine(link);
    return true;
}

void link_close(struct link *link)
{
    dcm_scu_close(link->scu);
    link->scu = NULL;
    link->n_contexts = 0;
    link->keep_ms = 0;
}

void link_close_idle(struct link *link)
{
    int64_t now_ms = clock_mono_ms();

    if (link->scu && now_ms - link->used_ms >= link->dest->idle_ms &&
        now_ms >= link->keep_ms)
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
