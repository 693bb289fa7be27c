#ifndef INFERENCE_MODELS_H
#define INFERENCE_MODELS_H

#include "conf/conf.h"
#include "inference/bundle.h"

/* The bundles this process may run, read and checked at start. */
struct models {
    const struct conf *conf;
    const struct bundle_codes *codes;
    struct bundle *bundles;
    size_t n;
    char refused[BUNDLE_NAME]; /* whose weights are not the right ones, or "" */
};

/* Every bundle that a route names: read, its weights' SHA-256 compared, and
 * refused when it is a demonstration and the configuration does not accept
 * those. ERR_REJECT says which and why. models_free() afterwards, also on
 * failure. */
bool models_load(struct models *models, const struct conf *conf,
                 const struct bundle_codes *codes, struct err *err);
/* None yet; true. */
bool models_none(struct models *models, const struct conf *conf,
                 const struct bundle_codes *codes);
/* After models_none(): as models_load(), but goes on. bad() is told of each
 * bundle that is refused, once. False: there was one. */
bool models_load_good(struct models *models,
                      void (*bad)(void *ctx, const char *name,
                                  const struct err *why),
                      void *ctx);
/* One more by name; nothing when it is there already. */
bool models_add(struct models *models, const char *name, struct err *err);
const struct bundle *models_find(const struct models *models,
                                 const char *name); /* NULL: not there */
void models_free(struct models *models);

#endif
