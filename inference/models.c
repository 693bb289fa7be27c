/* Which networks may run here. All of them are looked at before the first
 * job: a bundle that is wrong stops the start, when an admin is watching, and
 * not the first patient. */
#include "inference/models.h"

#include <stdlib.h>
#include <string.h>

#include "conf/mem.h"

static bool acceptable(struct models *models, const struct bundle *bundle,
                       struct err *err)
{
    if (bundle->demonstration[0] &&
        !models->conf->node.inference.demonstration_models)
        return err_set(err, ERR_REJECT,
                       "model %s is a demonstration (%s); set "
                       "node.inference.demonstration_models: true to run it",
                       bundle->name, bundle->demonstration);
    if (!bundle_weights_good(bundle, err)) {
        if (err->code == ERR_REJECT)
            memcpy(models->refused, bundle->name, sizeof models->refused);
        return err_wrap(err, "model %s", bundle->name);
    }
    return true;
}

bool models_add(struct models *models, const char *name, struct err *err)
{
    if (models_find(models, name))
        return true;
    struct bundle *bundle = mem_calloc(1, sizeof *bundle);
    bool ok =
        bundle_read(models->conf->models, name, models->codes, bundle, err) &&
        acceptable(models, bundle, err);
    if (ok) {
        models->bundles =
            mem_grow(models->bundles, models->n + 1, sizeof *models->bundles);
        models->bundles[models->n++] = *bundle;
    }
    free(bundle);
    return ok;
}

bool models_none(struct models *models, const struct conf *conf,
                 const struct bundle_codes *codes)
{
    *models = (struct models){.conf = conf, .codes = codes};
    return true;
}

bool models_load(struct models *models, const struct conf *conf,
                 const struct bundle_codes *codes, struct err *err)
{
    models_none(models, conf, codes);
    for (size_t i = 0; i < conf->n_routes; i++) {
        const struct conf_route *route = &conf->routes[i];
        for (size_t j = 0; j < route->n_models; j++) {
            if (!models_add(models, route->models[j], err))
                return false;
        }
    }
    return true;
}

/* Did a route before this one, or this one, name it already? */
static bool named_before(const struct conf *conf, size_t route, size_t model)
{
    const char *name = conf->routes[route].models[model];
    for (size_t i = 0; i <= route; i++) {
        size_t n = i < route ? conf->routes[i].n_models : model;
        for (size_t j = 0; j < n; j++) {
            if (strcmp(conf->routes[i].models[j], name) == 0)
                return true;
        }
    }
    return false;
}

bool models_load_good(struct models *models,
                      void (*bad)(void *ctx, const char *name,
                                  const struct err *why),
                      void *ctx)
{
    const struct conf *conf = models->conf;
    bool all = true;
    for (size_t i = 0; i < conf->n_routes; i++) {
        for (size_t j = 0; j < conf->routes[i].n_models; j++) {
            struct err err = {0};
            if (named_before(conf, i, j) ||
                models_add(models, conf->routes[i].models[j], &err))
                continue;
            bad(ctx, conf->routes[i].models[j], &err);
            all = false;
        }
    }
    return all;
}

const struct bundle *models_find(const struct models *models, const char *name)
{
    for (size_t i = 0; i < models->n; i++) {
        if (strcmp(models->bundles[i].name, name) == 0)
            return &models->bundles[i];
    }
    return NULL;
}

void models_free(struct models *models)
{
    free(models->bundles);
    models->bundles = NULL;
    models->n = 0;
}
