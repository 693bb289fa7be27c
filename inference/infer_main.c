/* osteon-infer: the policy half of inference. In service it turns ANALYSE jobs
 * into results; with --check and --analyse it does the same work without
 * network and database. The only file of the folder that knows sr_writer. */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "conf/clock.h"
#include "conf/harden.h"
#include "conf/log.h"
#include "conf/mem.h"
#include "db/part10.h"
#include "db/uid.h"
#include "dicom/match.h"
#include "inference/offline.h"
#include "inference/refusal.h"
#include "inference/service.h"
#include "sr_writer/codes.h"
#include "sr_writer/results.h"

#define EXIT_USAGE 2

static const char usage[] =
    "usage: osteon-infer [-c FILE] [--state DIR] [--slot N]\n"
    "       osteon-infer --check [-c FILE] [--json]\n"
    "       osteon-infer --analyse [-c FILE] [--json] [--model NAME]\n"
    "                    [--out DIR] FILE...\n"
    "       osteon-infer --codes\n";

struct options {
    struct conf_options common;
    bool check, analyse, codes, json;
    const char *model, *out;
    long slot;
    char **files;
    size_t n_files;
};

static _Noreturn void usage_error(const char *what, const char *text)
{
    fprintf(stderr, "osteon-infer: %s%s\n%s", what, text, usage);
    exit(EXIT_USAGE);
}

static const char *value_of(int argc, char **argv, int *i)
{
    if (*i + 1 >= argc || argv[*i + 1][0] == '\0')
        usage_error("no value for ", argv[*i]);
    return argv[++*i];
}

static long parse_slot(const char *text)
{
    char *end;
    long slot = strtol(text, &end, 10);
    if (end == text || *end != '\0' || slot < 0 || slot > 999)
        usage_error("--slot wants 0 to 999, not ", text);
    return slot;
}

/* One word that is not a common option; *i moves over its value. */
static void own_option(int argc, char **argv, int *i, struct options *out)
{
    const char *word = argv[*i];
    if (strcmp(word, "--check") == 0)
        out->check = true;
    else if (strcmp(word, "--analyse") == 0)
        out->analyse = true;
    else if (strcmp(word, "--json") == 0)
        out->json = true;
    else if (strcmp(word, "--slot") == 0)
        out->slot = parse_slot(value_of(argc, argv, i));
    else if (strcmp(word, "--model") == 0)
        out->model = value_of(argc, argv, i);
    else if (strcmp(word, "--out") == 0)
        out->out = value_of(argc, argv, i);
    else if (strcmp(word, "--codes") == 0)
        out->codes = true;
    else if (word[0] == '-')
        usage_error("unknown option ", word);
    else
        out->files[out->n_files++] = argv[*i];
}

static void parse(int argc, char **argv, struct options *out)
{
    *out = (struct options){.slot = 1};
    out->files = mem_calloc((size_t)argc + 1, sizeof *out->files);
    int i = 0;
    while ((i += conf_options(argc - i, argv + i, usage, &out->common)) < argc)
        own_option(argc, argv, &i, out);
    if (out->check && out->analyse)
        usage_error("--check and --analyse", " exclude each other");
    if (out->analyse != (out->n_files > 0))
        usage_error("", out->analyse ? "--analyse wants files"
                                     : "files are for --analyse");
    if ((out->model || out->out) && !out->analyse)
        usage_error("", "--model and --out are for --analyse");
}

static void take(struct outcome *outcome, struct result *result)
{
    outcome->items[outcome->n++] =
        (struct outcome_object){.object = result->object,
                                .bytes = result->bytes,
                                .n_bytes = result->n_bytes};
}

static struct result_request request_of(const struct outcome_request *r)
{
    return (struct result_request){.findings = &r->analysis->findings,
                                   .source_paths = r->source_paths,
                                   .source_sha256 = r->source_sha256,
                                   .options = r->options,
                                   .node_ae = r->node_ae,
                                   .site_secret = r->secret,
                                   .predecessor = r->predecessor,
                                   .content_ms = r->content_ms};
}

static struct grey grey_of(const struct analyse_picture *picture)
{
    return (struct grey){.rows = picture->rows,
                         .columns = picture->columns,
                         .pixels = picture->pixels};
}

/* A destination that refuses Comprehensive 3D SR gets the same tree as
 * Comprehensive SR. */
static bool build_srs(const struct result_request *request,
                      struct outcome *outcome, struct err *err)
{
    int class = request->options->sr_class;
    struct result result = {0};
    if (!sr_build(request, class != CONF_SR_COMPREHENSIVE, &result, err))
        return false;
    take(outcome, &result);
    outcome->sr = outcome->n;
    if (class != CONF_SR_AUTO)
        return true;
    result = (struct result){0};
    if (!sr_build(request, false, &result, err))
        return false;
    take(outcome, &result);
    outcome->alternate = outcome->n;
    return true;
}

static bool build_states(const struct result_request *request,
                         struct outcome *outcome, struct err *err)
{
    for (size_t i = 0; i < request->findings->n_images; i++) {
        struct result result = {0};
        if (!image_has_findings(request->findings, i))
            continue;
        if (!gsps_build(request, i, &result, err))
            return false;
        if (result.bytes) /* an image in colour has none */
            take(outcome, &result);
    }
    return true;
}

static bool build_keys(const struct result_request *request,
                       struct outcome *outcome, struct err *err)
{
    struct result result = {0};
    if (!kos_wanted(request))
        return true;
    if (!kos_build(request, &result, err))
        return false;
    take(outcome, &result);
    return true;
}

/* Something was measured, or looked for, be it in vain. */
static bool looked(const struct findings *findings)
{
    return findings->n_measurements + findings->n_found > 0;
}

static bool build_summary(const struct result_request *request,
                          struct outcome *outcome, struct err *err)
{
    size_t pages = 1;
    outcome->summary = outcome->n + 1;
    for (size_t i = 0; i < pages && i < OUTCOME_PAGES; i++) {
        struct result result = {0};
        if (!sc_summary(request, i, &pages, &result, err))
            return false;
        take(outcome, &result);
        outcome->pages++;
    }
    return true;
}

static bool build(const struct outcome_request *r, struct outcome *outcome,
                  struct err *err)
{
    const struct findings *findings = &r->analysis->findings;
    struct result_request request = request_of(r);
    bool measured = looked(findings);
    if (!measured && r->on_failure == CONF_FAILURE_NOTE) {
        struct result note = {0};
        if (!sc_note(&request, &note, err))
            return false;
        take(outcome, &note);
        return true;
    }
    if ((r->options->sr || !measured) && !build_srs(&request, outcome, err))
        return false;
    for (size_t i = 0; r->options->sc && i < findings->n_images; i++) {
        struct grey grey = grey_of(&r->analysis->pictures[i]);
        struct result result = {0};
        if (!grey.pixels || !image_has_findings(findings, i))
            continue;
        if (!sc_build(&request, i, &grey, &result, err))
            return false;
        take(outcome, &result);
    }
    return (!r->options->summary || build_summary(&request, outcome, err)) &&
           (!r->options->gsps || build_states(&request, outcome, err)) &&
           build_keys(&request, outcome, err);
}

struct saver {
    const struct conf *conf;
    const char *folder;
};

static bool write_file(const char *path, const struct outcome_object *item,
                       struct err *err)
{
    unsigned char header[PART10_HEADER_BYTES];
    size_t n = part10_header(&item->object, header);
    FILE *out = fopen(path, "wbe");
    if (!out)
        return err_set(err, ERR_RETRY, "%s: %s", path, strerror(errno));
    bool ok = fwrite(header, 1, n, out) == n &&
              fwrite(item->bytes, 1, item->n_bytes, out) == item->n_bytes;
    ok = fclose(out) == 0 && ok;
    return ok || err_set(err, ERR_RETRY, "%s: cannot be written: %s", path,
                         strerror(errno));
}

/* DIR/NAME<suffix>, NAME being the file's without folder and .dcm. */
static bool name_file(const struct saver *saver, const char *file,
                      const char *suffix, char out[static PATH_MAX],
                      struct err *err)
{
    const char *slash = strrchr(file, '/'), *base = slash ? slash + 1 : file;
    const char *dot = strrchr(base, '.');
    int n =
        dot && strcmp(dot, ".dcm") == 0 ? (int)(dot - base) : (int)strlen(base);
    if (snprintf(out, PATH_MAX, "%s/%.*s%s", saver->folder, n, base, suffix) >=
        PATH_MAX)
        return err_set(err, ERR_REJECT, "%s: the name is too long", file);
    return true;
}

static const char *suffix(const char *sop_class)
{
    static const char *const rows[][2] = {
        {"1.2.840.10008.5.1.4.1.1.7", "-sc.dcm"},
        {"1.2.840.10008.5.1.4.1.1.11.1", "-pr.dcm"},
        {"1.2.840.10008.5.1.4.1.1.88.59", "-ko.dcm"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (strcmp(sop_class, rows[i][0]) == 0)
            return rows[i][1];
    }
    return "-sr.dcm";
}

/* What the name of item i ends with; pages of a summary are numbered. */
static void name_end(const struct outcome *outcome, size_t i,
                     char out[static 32])
{
    size_t page = i + 1 - outcome->summary;
    if (!outcome->summary || i + 1 < outcome->summary || page >= outcome->pages)
        snprintf(out, 32, "%s", suffix(outcome->items[i].object.sop_class));
    else
        snprintf(out, 32, page ? "-summary-%zu.dcm" : "-summary.dcm", page + 1);
}

static bool save_all(const struct saver *saver,
                     const struct outcome_request *request,
                     const struct outcome *outcome, const char *file,
                     struct err *err)
{
    char path[PATH_MAX];
    for (size_t i = 0; i < outcome->n; i++) {
        bool alternate = i + 1 == outcome->alternate;
        char kind[32];
        name_end(outcome, i, kind);
        if (!alternate && (!name_file(saver, file, kind, path, err) ||
                           !write_file(path, &outcome->items[i], err)))
            return false;
    }
    struct grey grey = grey_of(&request->analysis->pictures[0]);
    struct result_request as_result = request_of(request);
    size_t pages = 1;
    for (size_t i = 0; i < pages; i++) {
        char word[32];
        snprintf(word, sizeof word, i ? "-summary-%zu.png" : "-summary.png",
                 i + 1);
        if (!name_file(saver, file, word, path, err) ||
            !sc_summary_png(&as_result, i, &pages, path, err))
            return false;
    }
    if (!grey.pixels || !image_has_findings(&request->analysis->findings, 0))
        return true;
    return name_file(saver, file, "-sc.png", path, err) &&
           sc_png(&as_result, 0, &grey, path, err);
}

/* Offline there is no node's secret. A word that everybody knows would let
 * anybody try which PatientID a tracking UID was made from. */
static bool make_secret(char out[static 65], struct err *err)
{
    unsigned char random[32];
    if (getrandom(random, sizeof random, 0) != (ssize_t)sizeof random)
        return err_set(err, ERR_RETRY, "getrandom: %s", strerror(errno));
    sha256_hex(out, random, sizeof random);
    return true;
}

/* What the node would send, as files; also the report of a refusal, which the
 * node sends only where the route says so. */
static bool save(void *ctx, const struct conf_route *route,
                 const struct analysis *analysis,
                 const struct analyse_source *source, const char *file,
                 struct err *err)
{
    static const struct conf_results usual = {
        .sr = true, .sc = true, .summary = true, .series_number = 9001};
    const struct saver *saver = ctx;
    char path[ANALYSE_PATH];
    const char *const paths[] = {path};
    struct outcome outcome = {0};
    char secret[65];
    if (!make_secret(secret, err))
        return false;
    struct outcome_request request = {.analysis = analysis,
                                      .options =
                                          route ? &route->results : &usual,
                                      .source_paths = paths,
                                      .node_ae = saver->conf->node.ae_titles[0],
                                      .secret = secret,
                                      .content_ms = clock_wall_ms()};
    analyse_path(source, path);
    bool ok = build(&request, &outcome, err) &&
              save_all(saver, &request, &outcome, file, err);
    outcome_free(&outcome);
    return ok;
}

static int offline(const struct options *options, const struct conf *conf,
                   struct models *models, struct child *child)
{
    struct saver saver = {.conf = conf, .folder = options->out};
    struct offline offline = {.conf = conf,
                              .models = models,
                              .child = child,
                              .json = options->json,
                              .model = options->model,
                              .save = options->out ? save : NULL,
                              .ctx = &saver};
    if (options->check)
        return offline_check(&offline);
    if (options->out && mkdir(options->out, 0777) != 0 && errno != EEXIST) {
        fprintf(stderr, "osteon-infer: %s: %s\n", options->out,
                strerror(errno));
        return 1;
    }
    return offline_analyse(&offline, options->files, options->n_files);
}

struct visit {
    void (*row)(void *ctx, const char *table, const char *key,
                const char *unit);
    void *ctx;
};

static void visit_code(void *ctx, const char *table,
                       const struct codes_row *row)
{
    const struct visit *visit = ctx;
    visit->row(visit->ctx, table, row->key, row->unit);
}

static void each_code(void (*row)(void *ctx, const char *table, const char *key,
                                  const char *unit),
                      void *ctx)
{
    struct visit visit = {.row = row, .ctx = ctx};
    codes_each(visit_code, &visit);
}

static bool load(const struct options *options, struct conf **conf,
                 struct models *models, struct err *err)
{
    static const struct bundle_codes codes = {.each = each_code};
    *conf = conf_load(options->common.path, &options->common.over, err);
    return *conf && match_check(*conf, err) &&
           (options->check || options->analyse || conf_may_run(*conf, err)) &&
           models_load(models, *conf, &codes, err) &&
           (!options->model || models_add(models, options->model, err));
}

int main(int argc, char **argv)
{
    struct options options;
    struct conf *conf = NULL;
    struct models models = {0};
    struct err err = {0};
    int status;
    parse(argc, argv, &options);
    if (options.codes) {
        codes_print(stdout);
        free(options.files);
        return 0;
    }
    bool serve = !options.check && !options.analyse;
    log_start("osteon-infer");
    harden();
    if (!load(&options, &conf, &models, &err)) {
        if (serve) {
            log_error("conf.refused", KV_STR("reason", err.msg));
            refusal_at_start(&models, &err);
        } else {
            fprintf(stderr, "osteon-infer: %s\n", err.msg);
        }
        status = CONF_EXIT;
    } else {
        const struct conf_inference *with = &conf->node.inference;
        struct child *child =
            child_open(NULL, with->device, (uint32_t)with->threads, serve);
        struct service service = {.conf = conf,
                                  .models = &models,
                                  .child = child,
                                  .slot = options.slot,
                                  .build = build};
        status = serve ? service_run(&service)
                       : offline(&options, conf, &models, child);
        child_close(child);
    }
    models_free(&models);
    conf_free(conf);
    free(options.files);
    return status;
}
