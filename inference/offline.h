#ifndef INFERENCE_OFFLINE_H
#define INFERENCE_OFFLINE_H

#include "conf/conf.h"
#include "inference/analyse.h"
#include "inference/models.h"

/* `osteon-infer --analyse` and `--check`: the same bundles, child process and
 * analysis as in service, without network and database. */
struct offline {
    const struct conf *conf;
    struct models *models;
    struct child *child;
    bool json;
    const char *model; /* NULL: those of the routes that take the file */
    /* NULL, or what to do with the analysis of one file: write objects */
    bool (*save)(void *ctx, const struct conf_route *route,
                 const struct analysis *analysis,
                 const struct analyse_source *source, const char *file,
                 struct err *err);
    void *ctx;
};

/* Prints one entry per file and model on stdout. 0: every file was analysed
 * or refused with a reason; 1: something failed. */
int offline_analyse(const struct offline *offline, char *const *files,
                    size_t n);

/* Reads every bundle that a route names into `models`, which hold none yet,
 * loads its networks once and says what it takes, runs, measures and looks for,
 * or why it is refused. 0, or CONF_EXIT. */
int offline_check(const struct offline *offline);

#endif
