/* An analysis that failed for good: the study is read as without AI, and the
 * route says whether the PACS is told so. A report of a failure is a courtesy,
 * the burial is not: whatever stands in the way of the first, a film that
 * cannot be read or a full disk, must not keep the job alive (P2, P7 of
 * docs/ARCHITECTURE.md). */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "conf/clock.h"
#include "conf/log.h"
#include "conf/mem.h"
#include "db/spool.h"
#include "inference/service_job.h"

struct burial { /* one failed job */
    const struct job *job;
    const struct conf_route *route;
    const struct bundle *bundle;
    struct analyse_source *sources; /* as many as are open */
    size_t n_open, n;
    struct analysis analysis;
    struct outcome outcome;
};

/* Images that are not what was stored, or are gone, cannot be spoken of. */
static bool open_sources(const struct service_context *ctx,
                         struct burial *burial, struct err *err)
{
    struct object *objects;
    size_t n;
    if (!queue_objects(ctx->db, burial->job, &objects, &n, err))
        return false;
    burial->sources = mem_calloc(FINDINGS_IMAGES, sizeof *burial->sources);
    for (size_t i = 0; i < n && burial->n_open < FINDINGS_IMAGES; i++) {
        struct analyse_source *source = &burial->sources[burial->n_open];
        struct err unused;
        if (!spool_verify(&objects[i], &source->fd, &unused))
            continue;
        source->offset = objects[i].data_offset;
        memcpy(source->transfer_syntax, objects[i].transfer_syntax,
               sizeof source->transfer_syntax);
        burial->n_open++;
    }
    free(objects);
    return true;
}

static bool build(const struct service_context *ctx, struct burial *burial,
                  struct err *err)
{
    char paths[FINDINGS_IMAGES][ANALYSE_PATH];
    const char *list[FINDINGS_IMAGES];
    for (size_t i = 0; i < burial->n; i++) {
        analyse_path(&burial->sources[i], paths[i]);
        list[i] = paths[i];
    }
    struct outcome_request request = {.analysis = &burial->analysis,
                                      .options = &burial->route->results,
                                      .source_paths = list,
                                      .node_ae =
                                          ctx->service->conf->node.ae_titles[0],
                                      .secret = ctx->secret,
                                      .content_ms = clock_wall_ms(),
                                      .on_failure = burial->route->on_failure};
    return ctx->service->build(&request, &burial->outcome, err);
}

/* True with an empty outcome: there is nothing to say, or nobody to say it of,
 * or it was said before (somebody retried, and it failed in the same way). */
static bool prepare(const struct service_context *ctx, struct burial *burial,
                    const char *why, struct err *err)
{
    burial->route = conf_route(ctx->service->conf, burial->job->route);
    burial->bundle = models_find(ctx->service->models, burial->job->key);
    if (!burial->route || !burial->bundle ||
        burial->route->on_failure == CONF_FAILURE_NONE)
        return true;
    if (!open_sources(ctx, burial, err))
        return false;
    size_t n = burial->n_open;
    analyse_failed(burial->bundle, burial->sources, &n, why,
                   &burial->analysis.findings);
    burial->n = n;
    if (n == 0)
        return true;
    if (!build(ctx, burial, err))
        return false;
    if (burial->outcome.n > 0 &&
        queue_is_result(ctx->db, burial->outcome.items[0].object.sop_uid))
        outcome_free(&burial->outcome);
    return true;
}

static bool bury_with(const struct service_context *ctx, struct burial *burial,
                      const char *why, struct err *err)
{
    struct object objects[OUTCOME_MOST];
    struct outcome *outcome = &burial->outcome;
    if (!service_spool(ctx, burial->job, outcome, 0, objects, err))
        return false;
    struct job *sends =
        mem_calloc(outcome->n * burial->route->n_send + 1, sizeof *sends);
    size_t n = outcome_sends(outcome, burial->route, burial->job, sends);
    bool ok = queue_bury_with(ctx->db, burial->job, why, objects, outcome->n,
                              sends, n, err);
    free(sends);
    return ok;
}

bool service_bury(void *context, const struct job *job, const char *why,
                  struct err *err)
{
    const struct service_context *ctx = context;
    struct burial *burial = mem_calloc(1, sizeof *burial);
    struct err local = {0};
    burial->job = job;
    bool told = prepare(ctx, burial, why, &local) &&
                (burial->outcome.n == 0 || bury_with(ctx, burial, why, &local));
    bool buried = told && burial->outcome.n > 0;
    if (!told)
        log_warn("failure.untold", KV_INT("job", job->id),
                 KV_STR("reason", local.msg));
    for (size_t i = 0; i < burial->n_open; i++)
        close(burial->sources[i].fd);
    outcome_free(&burial->outcome);
    free(burial->sources);
    free(burial);
    return buried || queue_bury(ctx->db, job, why, err);
}
