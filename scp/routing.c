/* Turns the routes that match into rows for the queue: one demand for each
 * model of each route, one forward for each destination. */
#include "scp/routing.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "conf/mem.h"

static void add_demands(const struct conf_route *route,
                        const struct match_input *in, struct routing *out)
{
    size_t i;

    for (i = 0; i < route->n_models; i++) {
        struct job_demand *d = &out->demands[out->n_demands++];

        snprintf(d->route, sizeof d->route, "%s", route->name);
        snprintf(d->model, sizeof d->model, "%s", route->models[i]);
        d->quiet_ms = route->complete.quiet_ms;
        d->cap_ms = route->complete.cap_ms;
        d->needs_met = match_needs(&route->complete, in);
        d->needs_all = (UINT32_C(1) << route->complete.n_needs) - 1;
        d->count = route->complete.count;
        d->priority = route->priority;
        d->hold_at_cap = route->complete.on_cap == CONF_CAP_HOLD;
    }
}

static bool has_forward(const struct routing *out, const char *destination)
{
    size_t i;

    for (i = 0; i < out->n_forwards; i++)
        if (strcmp(out->forwards[i].key, destination) == 0)
            return true;
    return false;
}

static void add_forwards(const struct conf_route *route, const char *study_uid,
                         struct routing *out)
{
    size_t i;

    for (i = 0; i < route->n_forward; i++) {
        struct job *job = &out->forwards[out->n_forwards];

        if (has_forward(out, route->forward[i]))
            continue;
        out->n_forwards++;
        job->stage = JOB_SEND;
        job->state = JOB_QUEUED;
        job->priority = route->priority;
        snprintf(job->key, sizeof job->key, "%s", route->forward[i]);
        snprintf(job->route, sizeof job->route, "%s", route->name);
        snprintf(job->study_uid, sizeof job->study_uid, "%s", study_uid);
    }
}

void routing_decide(const struct conf *conf, const struct match_input *in,
                    const char *study_uid, bool analyse, struct routing *out)
{
    bool *selected = mem_calloc(conf->n_routes + 1, sizeof *selected);
    size_t models = 0, forwards = 0, i;

    memset(out, 0, sizeof *out);
    for (i = 0; i < conf->n_routes; i++) {
        models += conf->routes[i].n_models;
        forwards += conf->routes[i].n_forward;
    }
    out->demands = mem_calloc(models + 1, sizeof *out->demands);
    out->forwards = mem_calloc(forwards + 1, sizeof *out->forwards);
    match_routes(conf, in, selected);
    for (i = 0; i < conf->n_routes; i++) {
        if (!selected[i])
            continue;
        out->routes++;
        if (analyse)
            add_demands(&conf->routes[i], in, out);
        add_forwards(&conf->routes[i], study_uid, out);
    }
    free(selected);
}

void routing_free(struct routing *routing)
{
    free(routing->demands);
    free(routing->forwards);
    memset(routing, 0, sizeof *routing);
}

bool routing_is_result(const struct dcm *set)
{
    char maker[17], model[17];

    return dcm_text(set, "Manufacturer", maker, sizeof maker) &&
           dcm_text(set, "ManufacturerModelName", model, sizeof model) &&
           strcmp(maker, "osteon") == 0 && strcmp(model, "osteon") == 0;
}
