/* One job from claim to commit. Nothing is visible outside before
 * queue_finish(): results lie in the spool without a row, and when a later
 * step fails the keeper removes them and the job runs again from the start
 * (P2, P4 of docs/ARCHITECTURE.md). */
#include "inference/service.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "conf/clock.h"
#include "conf/json_line.h"
#include "conf/log.h"
#include "conf/mem.h"
#include "db/spool.h"
#include "db/study_key.h"
#include "db/worker.h"
#include "dicom/match.h"
#include "inference/change.h"
#include "inference/findings_json.h"
#include "inference/refusal.h"
#include "inference/remember.h"
#include "inference/service_job.h"

#define WRITING_MS 60000 /* for the results, after the images */

struct run { /* one job on its way */
    const struct job *job;
    const struct conf_route *route;
    const struct bundle *bundle;
    struct object *objects; /* malloc'd */
    size_t n;
    struct analyse_source sources[FINDINGS_IMAGES];
    size_t n_open;
    char paths[FINDINGS_IMAGES][ANALYSE_PATH];
    const char *path_list[FINDINGS_IMAGES], *sha256_list[FINDINGS_IMAGES];
    struct analysis analysis;
    struct history history; /* what was measured, as rows */
    struct outcome outcome;
    int64_t start_ms, content_ms;
};

static bool find_images(const struct service_context *ctx, struct run *run,
                        struct err *err)
{
    const struct job *job = run->job;
    run->route = conf_route(ctx->service->conf, job->route);
    if (!run->route)
        return err_set(err, ERR_REJECT,
                       "route %s is no longer in the configuration",
                       job->route);
    run->bundle = models_find(ctx->service->models, job->key);
    if (!run->bundle)
        return err_set(err, ERR_REJECT, "no route names model %s any more",
                       job->key);
    if (!queue_objects(ctx->db, job, &run->objects, &run->n, err))
        return false;
    return run->n > 0 ||
           err_set(err, ERR_REJECT, "the images of the job are gone");
}

/* Does the route, as it is configured now, take the image? */
static bool taken(const struct run *run, const struct object *object,
                  const struct analyse_source *source, bool *out,
                  struct err *err)
{
    char why[160];
    struct match_input in = {.calling_ae = object->calling_ae,
                             .called_ae = object->called_ae};
    struct dcm *set = analyse_header(source, err);
    if (!set)
        return false;
    in.set = set;
    *out = match_image(&run->route->match, &in, why, sizeof why);
    dcm_free(set);
    return true;
}

static bool too_many(const struct run *run, size_t n, struct err *err)
{
    return err_set(err, ERR_REJECT,
                   "route %s takes %zu images of this study, and one report "
                   "holds %d: narrow its match to the views that the model "
                   "is for, then osteon retry %lld",
                   run->job->route, n, FINDINGS_IMAGES,
                   (long long)run->job->id);
}

/* What was verified is what is read: by descriptor, never again by name. Of
 * more images than a report holds those count that the route still takes, so
 * that a narrower match and a retry help. */
static bool open_images(struct run *run, struct err *err)
{
    size_t selected = run->n;
    run->n = 0;
    for (size_t i = 0; i < selected; i++) {
        bool wanted = true;
        const struct object *object = &run->objects[i];
        struct analyse_source source = {.offset = object->data_offset};
        memcpy(source.transfer_syntax, object->transfer_syntax,
               sizeof source.transfer_syntax);
        if (!spool_verify(object, &source.fd, err))
            return false;
        bool ok = selected <= FINDINGS_IMAGES ||
                  taken(run, object, &source, &wanted, err);
        if (ok && wanted && run->n == FINDINGS_IMAGES)
            ok = too_many(run, selected, err);
        if (!ok || !wanted) {
            close(source.fd);
            if (!ok)
                return false;
            continue;
        }
        run->objects[run->n] = *object;
        run->sources[run->n] = source;
        analyse_path(&source, run->paths[run->n]);
        run->path_list[run->n] = run->paths[run->n];
        run->sha256_list[run->n] = run->objects[run->n].sha256;
        run->n_open = ++run->n;
    }
    return run->n > 0 || err_set(err, ERR_REJECT,
                                 "route %s takes none of %zu images any more",
                                 run->job->route, selected);
}

static bool remember_findings(const struct service_context *ctx,
                              struct run *run, struct err *err)
{
    struct remember_how how = {.bundle = run->bundle,
                               .sources = run->sources,
                               .source_sha256 = run->sha256_list,
                               .secret = ctx->secret,
                               .study_uid = run->job->study_uid};
    return remember(&run->analysis.findings, &how, &run->history, err);
}

/* What is known here of the same person. Whoever brings earlier studies has
 * put them into the history by now. */
static bool compare(const struct service_context *ctx, struct run *run,
                    struct err *err)
{
    struct change_how how = {.bundle = run->bundle,
                             .priors = &run->route->priors};
    struct history past = {0};
    if (!run->route->priors.on)
        return true;
    if (!history_of(ctx->db, run->history.patient.key, &past, err))
        return false;
    change_find(&how, &run->history, &past, &run->analysis.findings);
    history_free(&past);
    return true;
}

static bool build(const struct service_context *ctx, struct run *run,
                  struct err *err)
{
    struct object predecessor;
    struct err none = {0};
    bool has_predecessor =
        queue_predecessor(ctx->db, run->job, &predecessor, &none);
    if (!has_predecessor && none.code != ERR_NONE) {
        *err = none;
        return false;
    }
    /* nothing measured goes out only where the route wants to hear of it */
    const struct findings *found = &run->analysis.findings;
    if (found->n_measurements + found->n_found == 0 &&
        run->route->on_failure == CONF_FAILURE_NONE)
        return true;
    struct outcome_request request = {
        .analysis = &run->analysis,
        .options = &run->route->results,
        .source_paths = run->path_list,
        .source_sha256 = run->sha256_list,
        .node_ae = ctx->service->conf->node.ae_titles[0],
        .secret = ctx->secret,
        .predecessor = has_predecessor ? &predecessor : NULL,
        .content_ms = run->content_ms,
        .on_failure = run->route->on_failure};
    return ctx->service->build(&request, &run->outcome, err);
}

static bool spool_one(const struct conf_node *node, struct outcome_object *item,
                      const struct result_of *result, int64_t infer_ms,
                      struct err *err)
{
    struct object *object = &item->object;
    object->kind = OBJECT_RESULT;
    object->received_ms = clock_wall_ms();
    object->receive_ms = infer_ms;
    memcpy(object->calling_ae, node->ae_titles[0], sizeof object->calling_ae);
    struct spool_file *file =
        spool_create(node->spool, node->limits.free_bytes, object, err);
    if (!file)
        return false;
    spool_result(file, result);
    if (!spool_write(file, item->bytes, item->n_bytes, err)) {
        spool_discard(file);
        return false;
    }
    return spool_commit(file, object, err);
}

bool service_spool(const struct service_context *ctx, const struct job *job,
                   struct outcome *outcome, int64_t infer_ms,
                   struct object objects[static OUTCOME_MOST], struct err *err)
{
    int64_t covered;
    if (!queue_covered(ctx->db, job, &covered, err))
        return false;
    for (size_t i = 0; i < outcome->n; i++) {
        struct result_of result = outcome_result(outcome, i + 1, job, covered);
        if (!spool_one(&ctx->service->conf->node, &outcome->items[i], &result,
                       infer_ms, err))
            return false;
        objects[i] = outcome->items[i].object;
    }
    return true;
}

static bool finish(const struct service_context *ctx, struct run *run,
                   struct err *err)
{
    struct object objects[OUTCOME_MOST];
    if (!service_spool(ctx, run->job, &run->outcome,
                       clock_mono_ms() - run->start_ms, objects, err))
        return false;
    char *summary =
        json_line_dump(findings_json(&run->analysis.findings, NULL));
    struct job *sends =
        mem_calloc(run->outcome.n * run->route->n_send + 1, sizeof *sends);
    size_t n = outcome_sends(&run->outcome, run->route, run->job, sends);
    bool ok = queue_finish_measured(ctx->db, run->job, objects, run->outcome.n,
                                    sends, n, summary, &run->history, err);
    free(sends);
    free(summary);
    return ok;
}

static int64_t present(const struct findings *findings)
{
    int64_t n = 0;
    for (size_t i = 0; i < findings->n_found; i++)
        n += findings->found[i].present;
    return n;
}

static void log_analysed(const struct service_context *ctx,
                         const struct run *run)
{
    char study[STUDY_KEY];
    const struct findings *findings = &run->analysis.findings;
    int64_t recv_ms = 0, last_ms = 0;
    for (size_t i = 0; i < run->n; i++) {
        recv_ms += run->objects[i].receive_ms;
        if (run->objects[i].received_ms > last_ms)
            last_ms = run->objects[i].received_ms;
    }
    study_key(ctx->db, run->job->study_uid, study);
    log_info("job.analysed", KV_INT("job", run->job->id),
             KV_STR("study", study), KV_STR("route", run->job->route),
             KV_STR("model", run->job->key), KV_INT("images", run->n),
             KV_INT("recv_ms", recv_ms),
             KV_INT("wait_ms", run->content_ms - last_ms),
             KV_INT("infer_ms", clock_mono_ms() - run->start_ms),
             KV_INT("measured", findings->n_measurements),
             KV_INT("found", present(findings)),
             KV_INT("refused", findings->n_refused),
             KV_INT("results", run->outcome.n));
}

static bool run_job(const struct service_context *ctx, struct run *run,
                    struct err *err)
{
    if (!find_images(ctx, run, err) || !open_images(run, err))
        return false;
    const struct conf_results *options = &run->route->results;
    const struct conf_node *node = &ctx->service->conf->node;
    struct analyse_how how = {
        .picture_pixels = options->sc ? (uint32_t)options->overlay_pixels : 0,
        .image_ms = node->inference.deadline_ms,
        .last = run->job->attempts >= node->retry.attempts,
        .inference = &node->inference};
    if (!analyse_images(ctx->service->child, run->bundle, run->sources, run->n,
                        &how, &run->analysis, err) ||
        !remember_findings(ctx, run, err) || !compare(ctx, run, err) ||
        !build(ctx, run, err) || !finish(ctx, run, err))
        return false;
    log_analysed(ctx, run);
    return true;
}

static bool work(void *context, const struct job *job, struct err *err)
{
    const struct service_context *ctx = context;
    struct run *run = mem_calloc(1, sizeof *run);
    run->job = job;
    run->start_ms = clock_mono_ms();
    run->content_ms = clock_wall_ms();
    bool ok = run_job(ctx, run, err);
    if (!ok && err->code == ERR_REJECT && run->bundle)
        refusal_of_job(ctx->db, run->bundle);
    for (size_t i = 0; i < run->n_open; i++)
        close(run->sources[i].fd);
    analyse_free(&run->analysis);
    history_free(&run->history);
    outcome_free(&run->outcome);
    free(run->objects);
    free(run);
    return ok;
}

static bool start(const struct conf_node *node, const char *owner,
                  struct service_context *ctx, struct err *err)
{
    if (!spool_prepare(node->spool, err) ||
        !worker_lock(node->spool, owner, err))
        return false;
    ctx->db = db_open(node->database, err);
    return ctx->db && db_secret(ctx->db, ctx->secret, err);
}

int service_run(const struct service *service)
{
    const struct conf_node *node = &service->conf->node;
    char owner[32];
    struct err err = {0};
    struct service_context ctx = {.service = service};
    snprintf(owner, sizeof owner, "infer.%ld", service->slot);
    if (!start(node, owner, &ctx, &err)) {
        log_error("start.failed", KV_STR("owner", owner),
                  KV_STR("reason", err.msg));
        db_close(ctx.db);
        return 1;
    }
    struct worker worker = {
        .db = ctx.db,
        .stage = JOB_ANALYSE,
        .owner = owner,
        .limits = {.job_ms = node->inference.deadline_ms * FINDINGS_IMAGES +
                             WRITING_MS,
                   .first_ms = node->retry.first_ms,
                   .cap_ms = node->retry.cap_ms,
                   .attempts = node->retry.attempts},
        .work = work,
        .bury = service_bury,
        .ctx = &ctx};
    log_info("ready", KV_STR("owner", owner),
             KV_INT("models", service->models->n));
    child_stop_when(service->child, worker_must_end);
    int status = worker_run(&worker);
    db_close(ctx.db);
    return status;
}
