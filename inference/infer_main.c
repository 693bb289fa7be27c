/* osteon-infer: the policy half of inference. In service it turns ANALYSE jobs
 * into results; with --check and --analyse it does the same work without
 * network and database. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "conf/harden.h"
#include "conf/log.h"
#include "conf/mem.h"
#include "dicom/match.h"
#include "inference/infer_results.h"
#include "inference/offline.h"
#include "inference/refusal.h"
#include "inference/service.h"
#include "sr_writer/codes.h"

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

static int offline(const struct options *options, const struct conf *conf,
                   struct models *models, struct child *child)
{
    struct infer_saver saver = {.conf = conf, .folder = options->out};
    struct offline offline = {.conf = conf,
                              .models = models,
                              .child = child,
                              .json = options->json,
                              .model = options->model,
                              .save = options->out ? infer_save : NULL,
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
           (options->check ? models_none(models, *conf, &codes)
                           : models_load(models, *conf, &codes, err)) &&
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
                                  .build = infer_build};
        status = serve ? service_run(&service)
                       : offline(&options, conf, &models, child);
        child_close(child);
    }
    models_free(&models);
    conf_free(conf);
    free(options.files);
    return status;
}
