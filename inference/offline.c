/* Analysis of files on the command line: a first try, a model's evaluation, an
 * audit of what the node would have said. One entry per file and model, also
 * for a file nobody can use, so that the output has as many answers as there
 * were questions. */
#include "inference/offline.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "conf/clock.h"
#include "conf/json_line.h"
#include "conf/mem.h"
#include "dicom/match.h"
#include "dicom/scan.h"
#include "inference/offline_print.h"

struct file {
    const struct offline *offline;
    const char *name;
    struct analyse_source source;
    bool failed; /* something technical went wrong */
};

static void refuse(struct file *file, const char *model, const char *version,
                   const struct err *err)
{
    offline_print_refused(file->offline->json, file->name, model, version,
                          err->msg);
}

static void fail(struct file *file, const struct bundle *bundle,
                 const struct err *err)
{
    file->failed = true;
    refuse(file, bundle->name, bundle->version, err);
}

/* Also a job that fails for good keeps its measurements unmeasured. */
static void run(struct file *file, const struct conf_route *route,
                const struct bundle *bundle)
{
    const struct offline *offline = file->offline;
    struct analysis *analysis = mem_calloc(1, sizeof *analysis);
    struct err err = {0};
    uint32_t pixels = !offline->save ? 0
                      : route        ? (uint32_t)route->results.overlay_pixels
                                     : 2048;
    struct analyse_how how = {.picture_pixels = pixels,
                              .image_ms =
                                  offline->conf->node.inference.deadline_ms,
                              .inference = &offline->conf->node.inference};
    bool ok = analyse_images(offline->child, bundle, &file->source, 1, &how,
                             analysis, &err);
    if (ok && offline->save)
        ok = offline->save(offline->ctx, route, analysis, &file->source,
                           file->name, &err);
    if (ok)
        offline_print_findings(offline->json, file->name, &analysis->findings);
    else
        fail(file, bundle, &err);
    analyse_free(analysis);
    free(analysis);
}

static bool open_file(struct file *file, struct err *err)
{
    struct stat st;
    off_t offset;
    struct analyse_source *source = &file->source;
    source->fd = open(file->name, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    if (source->fd < 0 || fstat(source->fd, &st) != 0) {
        file->failed = true;
        return err_set(err, ERR_RETRY, "cannot be opened: %s", strerror(errno));
    }
    if (!S_ISREG(st.st_mode))
        return err_set(err, ERR_REJECT, "is not a regular file");
    if (!scan_part10(source->fd, source->transfer_syntax, &offset, err))
        return false;
    source->offset = offset;
    return true;
}

/* The first route that names the model: how its results would look. */
static const struct conf_route *route_of(const struct conf *conf,
                                         const char *model)
{
    for (size_t i = 0; i < conf->n_routes; i++) {
        for (size_t j = 0; j < conf->routes[i].n_models; j++) {
            if (strcmp(conf->routes[i].models[j], model) == 0)
                return &conf->routes[i];
        }
    }
    return NULL;
}

static void run_named(struct file *file)
{
    const struct offline *offline = file->offline;
    run(file, route_of(offline->conf, offline->model),
        models_find(offline->models, offline->model));
}

static bool explain(const struct conf *conf, const bool *selected,
                    const struct match_input *in, struct err *err)
{
    char why[300] = "";
    for (size_t i = 0; i < conf->n_routes; i++) {
        if (selected[i])
            return err_set(err, ERR_REJECT,
                           "route %s takes this image and names no model",
                           conf->routes[i].name);
        if (conf->routes[i].n_models > 0 && why[0] == '\0')
            match_image(&conf->routes[i].match, in, why, sizeof why);
    }
    return err_set(err, ERR_REJECT, "no route takes this image%s%s",
                   why[0] ? ": " : "", why);
}

/* False: no model ran, and err says why. */
static bool run_routes(struct file *file, const struct dcm *set,
                       struct err *err)
{
    const struct conf *conf = file->offline->conf;
    struct match_input in = {.set = set, .calling_ae = "", .called_ae = ""};
    bool *selected = mem_calloc(conf->n_routes + 1, sizeof *selected);
    bool any = false;
    match_routes(conf, &in, selected);
    for (size_t i = 0; i < conf->n_routes; i++) {
        for (size_t j = 0; selected[i] && j < conf->routes[i].n_models; j++) {
            any = true;
            run(file, &conf->routes[i],
                models_find(file->offline->models, conf->routes[i].models[j]));
        }
    }
    bool ok = any || explain(conf, selected, &in, err);
    free(selected);
    return ok;
}

static bool analyse_file(struct file *file, struct err *err)
{
    struct scan scan;
    if (!open_file(file, err) ||
        !scan_data_set(file->source.fd, file->source.offset,
                       file->source.transfer_syntax, &scan_limits_default,
                       &scan, err))
        return false;
    if (file->offline->model) {
        run_named(file);
        return true;
    }
    struct dcm *set = analyse_header(&file->source, err);
    if (!set)
        return false;
    bool ok = run_routes(file, set, err);
    dcm_free(set);
    return ok;
}

int offline_analyse(const struct offline *offline, char *const *files, size_t n)
{
    int status = 0;
    for (size_t i = 0; i < n; i++) {
        struct file file = {
            .offline = offline, .name = files[i], .source = {.fd = -1}};
        struct err err = {0};
        if (!analyse_file(&file, &err)) {
            const struct bundle *bundle =
                offline->model ? models_find(offline->models, offline->model)
                               : NULL;
            refuse(&file, offline->model, bundle ? bundle->version : NULL,
                   &err);
        }
        if (file.source.fd >= 0)
            close(file.source.fd);
        if (file.failed)
            status = 1;
        fflush(stdout);
    }
    return ferror(stdout) ? 1 : status;
}
