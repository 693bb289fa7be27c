/* Which objects an analysis leads to, by what the route wants. */
#include "inference/infer_results.h"

static void take(struct outcome *outcome, struct result *result)
{
    outcome->items[outcome->n++] =
        (struct outcome_object){.object = result->object,
                                .bytes = result->bytes,
                                .n_bytes = result->n_bytes};
}

struct result_request infer_request(const struct outcome_request *r)
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

struct grey infer_grey(const struct analyse_picture *picture)
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

/* None where nothing can be compared: a page without a course says nothing. */
static bool build_chart(const struct result_request *request,
                        struct outcome *outcome, struct err *err)
{
    size_t pages = sc_chart_pages(request->findings);
    outcome->chart = outcome->n + 1;
    for (size_t i = 0; i < pages && i < OUTCOME_CHARTS; i++) {
        struct result result = {0};
        if (!sc_chart(request, i, &pages, &result, err))
            return false;
        take(outcome, &result);
        outcome->charts++;
    }
    return true;
}

bool infer_build(const struct outcome_request *r, struct outcome *outcome,
                 struct err *err)
{
    const struct findings *findings = &r->analysis->findings;
    struct result_request request = infer_request(r);
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
        struct grey grey = infer_grey(&r->analysis->pictures[i]);
        struct result result = {0};
        if (!grey.pixels || !image_has_findings(findings, i))
            continue;
        if (!sc_build(&request, i, &grey, &result, err))
            return false;
        take(outcome, &result);
    }
    return (!r->options->summary || build_summary(&request, outcome, err)) &&
           (!r->options->chart || build_chart(&request, outcome, err)) &&
           (!r->options->gsps || build_states(&request, outcome, err)) &&
           build_keys(&request, outcome, err);
}
