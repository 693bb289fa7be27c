/* Walks the images of a job: header first, because most refusals need no
 * pixel; then a copy of the pixel module alone for the sandboxed process; then
 * from what the networks saw to measurements. What concerns one image refuses
 * that image, what concerns the model or the moment fails the job. */
#include "inference/analyse.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "conf/clock.h"
#include "conf/mem.h"
#include "dicom/match.h"
#include "dicom/scan.h"
#include "inference/measure.h"
#include "inference/spacing.h"
#include "inference/usable.h"

#define REASON USABLE_REASON

void analyse_path(const struct analyse_source *source,
                  char out[static ANALYSE_PATH])
{
    snprintf(out, ANALYSE_PATH, "/proc/self/fd/%d", source->fd);
}

struct dcm *analyse_header(const struct analyse_source *source, struct err *err)
{
    char path[ANALYSE_PATH];
    struct err local;
    analyse_path(source, path);
    struct dcm *set = dcm_read(path, &local);
    if (!set) {
        size_t n = strlen(path);
        bool named = strncmp(local.msg, path, n) == 0 &&
                     strncmp(local.msg + n, ": ", 2) == 0;
        err_set(err, local.code, "%s", local.msg + (named ? n + 2 : 0));
    }
    return set;
}

static bool read_header(const struct analyse_source *source, struct scan *scan,
                        struct dcm **set, struct err *err)
{
    if (!scan_data_set(source->fd, source->offset, source->transfer_syntax,
                       &scan_limits_default, scan, err))
        return false;
    *set = analyse_header(source, err);
    return *set != NULL;
}

/* A file of memory with the pixel module, sealed: all that the other side
 * ever sees of a patient. */
static bool copy_pixels(const struct analyse_source *source, int *fd,
                        struct err *err)
{
    *fd = memfd_create("pixels", MFD_CLOEXEC | MFD_ALLOW_SEALING);
    if (*fd < 0)
        return err_set(err, ERR_RETRY, "memfd_create: %s", strerror(errno));
    if (!scan_copy_pixels(source->fd, source->offset, source->transfer_syntax,
                          *fd, err)) {
        close(*fd);
        return false;
    }
    if (fcntl(*fd, F_ADD_SEALS,
              F_SEAL_WRITE | F_SEAL_GROW | F_SEAL_SHRINK | F_SEAL_SEAL) != 0 ||
        lseek(*fd, 0, SEEK_SET) != 0) {
        close(*fd);
        return err_set(err, ERR_RETRY, "sealing pixels: %s", strerror(errno));
    }
    return true;
}

/* A DA (PS3.5 6.2); else it is not known. */
static void study_date(const struct dcm *set, char out[static 9])
{
    char date[10];
    dcm_text(set, "StudyDate", date, sizeof date);
    if (strlen(date) == 8 && strspn(date, "0123456789") == 8)
        memcpy(out, date, 9);
}

/* What the header says of the series and the day. */
static void fill_header(const struct dcm *set, struct findings *findings,
                        struct findings_image *image)
{
    dcm_text(set, "SeriesInstanceUID", image->series_uid,
             sizeof image->series_uid);
    if (!scan_uid_valid(image->series_uid))
        image->series_uid[0] = '\0';
    if (findings->study_date[0] == '\0')
        study_date(set, findings->study_date);
}

static void fill_image(const struct scan *scan, const struct spacing *spacing,
                       struct findings_image *image)
{
    memcpy(image->sop_class, scan->sop_class, sizeof image->sop_class);
    memcpy(image->sop_uid, scan->sop_uid, sizeof image->sop_uid);
    image->rows = scan->rows;
    image->columns = scan->columns;
    image->calibration = spacing->calibration;
    memcpy(image->spacing_mm, spacing->mm, sizeof image->spacing_mm);
}

struct context {
    struct child *child;
    const struct bundle *bundle;
    const struct analyse_how *how;
    struct err failure; /* of the first image that failed by itself */
    size_t n_failed;
};

/* The image's fault, perhaps: the model is loaded and works on others. An
 * error that may pass is that of the moment until the last attempt. */
static bool alone(const struct context *ctx, const struct err *err)
{
    return err->code == ERR_REJECT ||
           (err->code == ERR_RETRY && ctx->how->last &&
            !child_stopped(ctx->child));
}

static bool run_model(struct context *ctx, size_t input,
                      const struct stage_image *image, struct seen *seen,
                      struct stage_picture *picture, char reason[static REASON],
                      struct err *err)
{
    const struct bundle *bundle = ctx->bundle;
    struct protocol_loaded loaded;
    struct err local;
    int64_t deadline_ms = clock_mono_ms() + ctx->how->image_ms;
    if (!stages_load(ctx->child, bundle->stages, bundle->n_stages, deadline_ms,
                     &loaded, err))
        return false;
    if (stages_run(ctx->child, bundle->stages, bundle->n_stages, input, image,
                   deadline_ms, seen, picture, reason, &local))
        return true;
    if (!alone(ctx, &local)) {
        *err = local;
        return false;
    }
    if (ctx->n_failed++ == 0)
        ctx->failure = local;
    snprintf(reason, REASON, "the analysis of this image failed: %.120s",
             local.msg);
    return true;
}

static void measure(const struct context *ctx, const struct usable *use,
                    const struct spacing *spacing, const struct seen *seen,
                    size_t i, struct findings *findings)
{
    struct measure_how how = {.only = use->only,
                              .no_spacing = spacing->reason,
                              .aspect = spacing->aspect,
                              .turn = use->turn,
                              .from_behind = use->from_behind,
                              .partial = ctx->bundle->n_inputs > 1};
    measure_image(&ctx->bundle->rules, seen, i, &how, findings);
}

/* Of an image that lies on its side neither edge is left. */
static enum side left_edge(const struct context *ctx, const struct usable *use)
{
    char rows_run_to = ctx->bundle->inputs[use->input].orientation[0];
    bool right = (rows_run_to == 'L') == !(use->turn & TURN_FLIP_X);
    if ((rows_run_to != 'L' && rows_run_to != 'R') ||
        (use->turn & TURN_TRANSPOSE))
        return SIDE_NONE;
    return right ? SIDE_RIGHT : SIDE_LEFT;
}

/* True with a reason: the image is refused. */
static bool run_image(struct context *ctx, const struct analyse_source *source,
                      const struct spacing *spacing, const struct usable *use,
                      struct findings *findings, size_t i,
                      struct analyse_picture *picture,
                      char reason[static REASON], struct err *err)
{
    const struct findings_image *image = &findings->images[i];
    struct stage_image request = {.rows = image->rows,
                                  .columns = image->columns,
                                  .frame = image->frame ? image->frame - 1 : 0,
                                  .aspect = spacing->aspect,
                                  .turn = use->turn,
                                  .picture_pixels = ctx->how->picture_pixels};
    struct stage_picture drawn = {0};
    memcpy(request.spacing_mm, image->spacing_mm, sizeof request.spacing_mm);
    if (!copy_pixels(source, &request.fd, err)) {
        if (err->code == ERR_REJECT) /* this image's fault */
            snprintf(reason, REASON, "%.160s", err->msg);
        return err->code == ERR_REJECT;
    }
    struct seen *seen = mem_calloc(1, sizeof *seen);
    bool ok = run_model(ctx, use->input, &request, seen, &drawn, reason, err);
    close(request.fd);
    if (ok && reason[0] == '\0') {
        findings->images[i].left_edge = left_edge(ctx, use);
        memcpy(findings->images[i].input, ctx->bundle->inputs[use->input].name,
               sizeof findings->images[i].input);
        memcpy(findings->images[i].view, use->view, sizeof use->view);
        memcpy(findings->images[i].body_part, use->body_part,
               sizeof use->body_part);
        measure(ctx, use, spacing, seen, i, findings);
        *picture = (struct analyse_picture){.rows = drawn.rows,
                                            .columns = drawn.columns,
                                            .pixels = drawn.pixels};
        drawn.pixels = NULL;
    }
    free(drawn.pixels);
    seen_free(seen);
    free(seen);
    return ok;
}

static bool analyse_image(struct context *ctx,
                          const struct analyse_source *source, size_t i,
                          struct findings *findings,
                          struct analyse_picture *picture, struct err *err)
{
    struct scan scan = {0};
    struct spacing spacing = {0};
    struct usable use = {0};
    struct dcm *set = NULL;
    char reason[REASON] = "";
    struct err local = {0};
    bool ok = read_header(source, &scan, &set, &local);
    if (ok) {
        spacing_read(set, &spacing);
        if (ctx->how->inference)
            spacing_magnify(match_magnification(ctx->how->inference, set),
                            &spacing);
        fill_image(&scan, &spacing, &findings->images[i]);
        fill_header(set, findings, &findings->images[i]);
        findings->images[i].frame = usable_frame(&scan, set);
        if (spacing.skewed)
            snprintf(reason, REASON, "the pixels may not be square: %.120s",
                     spacing.reason);
        if (reason[0] == '\0' &&
            usable_image(&scan, set, &spacing, ctx->bundle, &use, reason))
            ok = run_image(ctx, source, &spacing, &use, findings, i, picture,
                           reason, &local);
    }
    dcm_free(set);
    if (!ok && findings->images[i].sop_uid[0] == '\0' &&
        local.code == ERR_REJECT) { /* the header itself */
        snprintf(reason, REASON, "%.160s", local.msg);
        ok = true;
    }
    if (!ok)
        *err = local;
    else if (reason[0])
        measure_refuse(&ctx->bundle->rules, i, use.quality, reason, findings);
    return ok;
}

static void describe_model(const struct bundle *bundle, struct findings *out)
{
    memcpy(out->model, bundle->name, sizeof out->model);
    memcpy(out->version, bundle->version, sizeof out->version);
    memcpy(out->manufacturer, bundle->manufacturer, sizeof out->manufacturer);
    memcpy(out->description, bundle->description, sizeof out->description);
    memcpy(out->demonstration, bundle->demonstration,
           sizeof out->demonstration);
    memcpy(out->weights_sha256, bundle->weights_sha256,
           sizeof out->weights_sha256);
    memcpy(out->config_sha256, bundle->config_sha256,
           sizeof out->config_sha256);
    out->min_confidence = bundle->min_confidence;
}

bool analyse_images(struct child *child, const struct bundle *bundle,
                    const struct analyse_source *sources, size_t n,
                    const struct analyse_how *how, struct analysis *out,
                    struct err *err)
{
    struct context ctx = {.child = child, .bundle = bundle, .how = how};
    size_t most = FINDINGS_MEASUREMENTS / measure_rows(&bundle->rules);
    if (most > FINDINGS_IMAGES)
        most = FINDINGS_IMAGES;
    memset(out, 0, sizeof *out);
    if (n == 0 || n > most)
        return err_set(err, ERR_REJECT,
                       "the job selects %zu images, and one report of model "
                       "%s holds 1 to %zu; narrow the route's match",
                       n, bundle->name, most);
    describe_model(bundle, &out->findings);
    out->findings.n_images = n;
    for (size_t i = 0; i < n; i++) {
        if (!analyse_image(&ctx, &sources[i], i, &out->findings,
                           &out->pictures[i], err))
            return false;
    }
    measure_job(&bundle->rules, &out->findings);
    if (ctx.n_failed == 0 || out->findings.n_measurements > 0 ||
        out->findings.n_found > 0)
        return true;
    *err = ctx.failure; /* nothing is left to report but that */
    return false;
}

void analyse_failed(const struct bundle *bundle, struct analyse_source *sources,
                    size_t *n, const char *why, struct findings *out)
{
    size_t n_sources = *n;
    memset(out, 0, sizeof *out);
    describe_model(bundle, out);
    snprintf(out->failure, sizeof out->failure, "%.160s", why);
    *n = 0;
    for (size_t i = 0; i < n_sources && *n < FINDINGS_IMAGES; i++) {
        struct scan scan;
        struct spacing none = {0};
        struct err unused;
        if (!scan_data_set(sources[i].fd, sources[i].offset,
                           sources[i].transfer_syntax, &scan_limits_default,
                           &scan, &unused))
            continue;
        fill_image(&scan, &none, &out->images[*n]);
        struct analyse_source kept = sources[i];
        sources[i] = sources[*n];
        sources[(*n)++] = kept;
    }
    out->n_images = *n;
}

void analyse_free(struct analysis *analysis)
{
    for (size_t i = 0; i < FINDINGS_IMAGES; i++) {
        free(analysis->pictures[i].pixels);
        analysis->pictures[i].pixels = NULL;
    }
}
