/* Walks the images of a job: header first, because most refusals need no
 * pixel; then a copy of the pixel module alone for the sandboxed process; then
 * from heatmaps to landmarks and measurements. What concerns one image refuses
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
#include "dicom/scan.h"
#include "inference/heatmap.h"
#include "inference/measure.h"
#include "inference/spacing.h"

#define PIXELS_MOST (UINT64_C(128) * 1024 * 1024) /* rows x columns */
#define REASON      161                           /* as struct refusal */

void analyse_path(const struct analyse_source *source,
                  char out[static ANALYSE_PATH])
{
    snprintf(out, ANALYSE_PATH, "/proc/self/fd/%d", source->fd);
}

/* PatientOrientation says how the pixels lie, whatever the view and whatever
 * was flipped before. Without it an image counts as displayed the usual way,
 * unless it says that it was mirrored or taken from behind: right would be
 * left. */
static bool oriented(const struct dcm *set, const struct bundle *bundle,
                     char reason[static REASON])
{
    char row[17] = "", column[17] = "", both[40], flip[17] = "", view[17] = "";
    dcm_value(set, "PatientOrientation", 0, row, sizeof row);
    dcm_value(set, "PatientOrientation", 1, column, sizeof column);
    snprintf(both, sizeof both, "%s\\%s", row, column);
    if (bundle->orientation[0] == '\0' ||
        strcmp(both, bundle->orientation) == 0)
        return true;
    if (row[0] || column[0]) {
        snprintf(reason, REASON, "PatientOrientation is %s; the model wants %s",
                 both, bundle->orientation);
        return false;
    }
    dcm_text(set, "FieldOfViewHorizontalFlip", flip, sizeof flip);
    dcm_text(set, "ViewPosition", view, sizeof view);
    if (strcmp(flip, "YES") != 0 && strcmp(view, "PA") != 0)
        return true;
    snprintf(reason, REASON,
             "PatientOrientation is absent from an image that is %s: right "
             "and left are not certain",
             strcmp(view, "PA") == 0 ? "a PA view" : "flipped");
    return false;
}

/* The side of a paired body part, where the image says it shows one only. */
static enum side only_side(const struct dcm *set)
{
    char side[17];
    if (!dcm_text(set, "ImageLaterality", side, sizeof side))
        dcm_text(set, "Laterality", side, sizeof side);
    return strcmp(side, "R") == 0   ? SIDE_RIGHT
           : strcmp(side, "L") == 0 ? SIDE_LEFT
                                    : SIDE_NONE;
}

/* What an image must be before a model for grey single frames looks at it. */
static bool usable(const struct scan *scan, const struct dcm *set,
                   const struct bundle *bundle, char reason[static REASON])
{
    char photometric[17] = "";
    dcm_text(set, "PhotometricInterpretation", photometric, sizeof photometric);
    if (scan->pixel_offset < 0 || scan->rows == 0 || scan->columns == 0) {
        snprintf(reason, REASON, "the object holds no image");
        return false;
    }
    if ((uint64_t)scan->rows * scan->columns > PIXELS_MOST) {
        snprintf(reason, REASON, "an image of %u x %u pixels is too large",
                 scan->rows, scan->columns);
        return false;
    }
    if (scan->frames > 1) {
        snprintf(reason, REASON,
                 "the object has %u frames; the model takes single images",
                 scan->frames);
        return false;
    }
    if (strcmp(photometric, "MONOCHROME1") != 0 &&
        strcmp(photometric, "MONOCHROME2") != 0) {
        snprintf(reason, REASON,
                 "PhotometricInterpretation is %s; the model takes grey images",
                 photometric[0] ? photometric : "absent");
        return false;
    }
    return oriented(set, bundle, reason);
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

static bool decode_landmarks(const struct bundle *bundle, const float *logits,
                             struct findings_image *image, struct err *err)
{
    struct heatmap_grid grid = {
        .rows = bundle->rows / bundle->stride,
        .columns = bundle->columns / bundle->stride,
        .stride = bundle->stride,
        .sigma = bundle->sigma,
        .box = letterbox_fit(image->rows, image->columns, bundle->rows,
                             bundle->columns)};
    size_t cells = (size_t)grid.rows * grid.columns;
    for (size_t i = 0; i < bundle->n_landmarks; i++) {
        struct heatmap_point point;
        if (!heatmap_decode(logits + i * cells, &grid, &point))
            return err_set(err, ERR_RETRY, "heatmap %zu cannot be read", i);
        struct landmark *l = &image->landmarks[i];
        memcpy(l->name, bundle->landmarks[i], sizeof l->name);
        l->x = point.x;
        l->y = point.y;
        l->confidence = point.confidence;
    }
    image->n_landmarks = bundle->n_landmarks;
    return true;
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
    uint32_t picture_pixels;
    int64_t image_ms;
};

/* True with a reason: the image is refused. */
static bool run_image(const struct context *ctx,
                      const struct analyse_source *source,
                      const struct spacing *spacing, enum side only,
                      struct findings *findings, size_t i,
                      struct analyse_picture *picture,
                      char reason[static REASON], struct err *err)
{
    struct findings_image *image = &findings->images[i];
    struct child_image request = {.rows = image->rows,
                                  .columns = image->columns,
                                  .picture_pixels = ctx->picture_pixels};
    struct child_answer answer;
    if (!copy_pixels(source, &request.fd, err)) {
        if (err->code == ERR_REJECT) /* this image's fault */
            snprintf(reason, REASON, "%.160s", err->msg);
        return err->code == ERR_REJECT;
    }
    bool ok = child_run(ctx->child, ctx->bundle, &request,
                        clock_mono_ms() + ctx->image_ms, &answer, err);
    close(request.fd);
    if (!ok)
        return false;
    if (answer.unusable) {
        memcpy(reason, answer.reason, sizeof answer.reason);
        return true;
    }
    ok = decode_landmarks(ctx->bundle, answer.logits, image, err);
    if (ok) {
        measure_image(ctx->bundle, i, only, spacing->reason, findings);
        *picture = (struct analyse_picture){.rows = answer.picture_rows,
                                            .columns = answer.picture_columns,
                                            .pixels = answer.picture};
        answer.picture = NULL;
    }
    child_answer_free(&answer);
    return ok;
}

static bool analyse_image(const struct context *ctx,
                          const struct analyse_source *source, size_t i,
                          struct findings *findings,
                          struct analyse_picture *picture, struct err *err)
{
    struct scan scan = {0};
    struct spacing spacing = {0};
    struct dcm *set = NULL;
    char reason[REASON] = "";
    struct err local = {0};
    bool ok = read_header(source, &scan, &set, &local);
    if (ok) {
        spacing_read(set, &spacing);
        fill_image(&scan, &spacing, &findings->images[i]);
        if (spacing.skewed)
            snprintf(reason, REASON, "the pixels may not be square: %.120s",
                     spacing.reason);
        if (reason[0] == '\0' && usable(&scan, set, ctx->bundle, reason))
            ok = run_image(ctx, source, &spacing, only_side(set), findings, i,
                           picture, reason, &local);
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
        measure_refuse(ctx->bundle, i, reason, findings);
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
                    uint32_t picture_pixels, int64_t image_ms,
                    struct analysis *out, struct err *err)
{
    struct context ctx = {.child = child,
                          .bundle = bundle,
                          .picture_pixels = picture_pixels,
                          .image_ms = image_ms};
    size_t most = FINDINGS_MEASUREMENTS / bundle->n_measures;
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
    return true;
}

void analyse_free(struct analysis *analysis)
{
    for (size_t i = 0; i < FINDINGS_IMAGES; i++) {
        free(analysis->pictures[i].pixels);
        analysis->pictures[i].pixels = NULL;
    }
}
