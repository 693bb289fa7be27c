/* `osteon check` of bundles: what each is, in words that an admin compares
 * with what was ordered, and whether its networks answer as it says. A network
 * is wrong where model.yaml asks for it: FILE:LINE:COLUMN. */
#include <stdio.h>
#include <string.h>

#include "conf/clock.h"
#include "conf/json_line.h"
#include "inference/offline.h"
#include "inference/sandbox.h"
#include "inference/stages.h"

static const char *const output_kinds[] = {"heatmaps", "points",  "mask",
                                           "boxes",    "classes", "scalar"};
static const char *const priorities[] = {"routine", "high", "stat"};

/* What of a bundle is told, once for both faces: texts of one line. */
struct line {
    char text[256];
};

static void add(struct line *line, const char *before, const char *text)
{
    size_t n = strlen(line->text);
    snprintf(line->text + n, sizeof line->text - n, "%s%s", before, text);
}

static void add_terms(struct line *line, const char *what,
                      const struct bundle_terms *terms)
{
    for (size_t i = 0; i < terms->n; i++) {
        if (i == 0)
            add(line, "; ", what);
        add(line, i ? ", " : " ", terms->terms[i]);
    }
    if (terms->n > 0 && terms->needed)
        add(line, " ", "(must be there)");
}

static void add_size(struct line *line, const char *what,
                     const uint32_t size[2])
{
    char text[48];
    if (size[1] == 0)
        return;
    snprintf(text, sizeof text, "%s %u to %u", what, size[0], size[1]);
    add(line, "; ", text);
}

static void describe_input(const struct bundle_input *input, struct line *out)
{
    *out = (struct line){""};
    add(out, "", input->name);
    add_terms(out, "modality", &input->modality);
    add_terms(out, "body part", &input->body_part);
    add_terms(out, "view", &input->view);
    if (input->laterality != LATERALITY_ANY)
        add(out, "; ",
            input->laterality == LATERALITY_ONE ? "one side" : "both sides");
    if (input->orientation[0])
        add(out, "; orientation ", input->orientation);
    add_size(out, "rows", input->rows);
    add_size(out, "columns", input->columns);
    if (input->spacing_required)
        add(out, "; ", "millimeters required");
}

static void describe_stage(const struct bundle *bundle,
                           const struct stage *stage, struct line *out)
{
    const struct network *network = &stage->network;
    char text[128];
    *out = (struct line){""};
    snprintf(text, sizeof text, "%s: %u x %u of %s", stage->name, network->rows,
             network->columns, bundle->inputs[stage->input].name);
    add(out, "", text);
    for (size_t i = 0; i < stage->n_around; i++)
        add(out, i ? ", " : " around ", stage->around[i]);
    for (size_t i = 0; i < stage->n_sides; i++)
        add(out, i ? " and " : ", ", side_name(stage->sides[i]));
    for (size_t i = 0; i < network->n_outputs; i++) {
        const struct network_output *o = &network->outputs[i];
        snprintf(text, sizeof text, "%s, %s of %zu", o->name,
                 output_kinds[o->kind], o->n_names);
        add(out, "; ", text);
    }
}

/* Rows of one id are of its sides, and follow each other. */
static void add_side(struct line *line, enum side side)
{
    if (side != SIDE_NONE)
        add(line, " ", side_name(side));
}

static void describe_measure(const struct rules *rules, size_t first,
                             struct line *out)
{
    const struct rule_measure *rule = &rules->measures[first];
    char text[96];
    *out = (struct line){""};
    add(out, "", rule->id);
    for (size_t i = first;
         i < rules->n_measures && strcmp(rules->measures[i].id, rule->id) == 0;
         i++)
        add_side(out, rules->measures[i].side);
    if (rule->own.value[0])
        snprintf(text, sizeof text, "%s of %s", rule->own.value,
                 rule->own.scheme);
    else
        snprintf(text, sizeof text, "%s", rule->concept);
    add(out, ": ", text);
    if (rule->kind == RULE_GRADE)
        return;
    snprintf(text, sizeof text, "%g to %g %s", rule->min, rule->max,
             rule->unit);
    add(out, ", ", text);
}

static void describe_finding(const struct rules *rules, size_t first,
                             struct line *out)
{
    const struct rule_finding *rule = &rules->findings[first];
    *out = (struct line){""};
    add(out, "", rule->id);
    for (size_t i = first;
         i < rules->n_findings && strcmp(rules->findings[i].id, rule->id) == 0;
         i++)
        add_side(out, rules->findings[i].side);
    add(out, ": ", rule->own.value[0] ? rule->own.meaning : rule->concept);
    add(out, ", priority ", priorities[rule->priority]);
}

/* The parts of a bundle, each with its lines in turn. */
static void each_line(const struct bundle *bundle,
                      void (*line)(void *ctx, const char *part,
                                   const char *text),
                      void *ctx)
{
    const struct rules *rules = &bundle->rules;
    struct line out;
    for (size_t i = 0; i < bundle->n_inputs; i++) {
        describe_input(&bundle->inputs[i], &out);
        line(ctx, "inputs", out.text);
    }
    for (size_t i = 0; i < bundle->n_stages; i++) {
        describe_stage(bundle, &bundle->stages[i], &out);
        line(ctx, "stages", out.text);
    }
    for (size_t i = 0; i < rules->n_measures; i++) {
        if (i > 0 &&
            strcmp(rules->measures[i].id, rules->measures[i - 1].id) == 0)
            continue;
        describe_measure(rules, i, &out);
        line(ctx, "measurements", out.text);
    }
    for (size_t i = 0; i < rules->n_findings; i++) {
        if (i > 0 &&
            strcmp(rules->findings[i].id, rules->findings[i - 1].id) == 0)
            continue;
        describe_finding(rules, i, &out);
        line(ctx, "findings", out.text);
    }
}

static void print_line(void *ctx, const char *part, const char *text)
{
    const char **last = ctx;
    bool again = *last && strcmp(*last, part) == 0;
    printf("  %-14s%s\n", again ? "" : part, text);
    *last = part;
}

static void append_line(void *ctx, const char *part, const char *text)
{
    json_line_append(json_object_get(ctx, part), json_line_text(text));
}

static json_t *entry(const struct bundle *bundle, const char *sandbox,
                     const char *problem)
{
    json_t *out = json_pack("{s:o,s:o,s:b,s:b,s:o,s:o,s:[],s:[],s:[],s:[]}",
                            "model", json_line_text(bundle->name), "version",
                            json_line_text(bundle->version), "ok", !problem,
                            "demonstration", bundle->demonstration[0] != '\0',
                            "sandbox", json_line_text(problem ? NULL : sandbox),
                            "problem", json_line_text(problem), "inputs",
                            "stages", "measurements", "findings");
    each_line(bundle, append_line, out);
    return out;
}

static void tell(const struct bundle *bundle, json_t *list, uint32_t layers,
                 const char *problem)
{
    char sandbox[SANDBOX_TEXT];
    const char *last = NULL;
    sandbox_text(layers, sandbox);
    if (!list) {
        printf("model %s %s: %s%s\n", bundle->name, bundle->version,
               problem ? "refused" : "ok, sandbox ", problem ? "" : sandbox);
        each_line(bundle, print_line, &last);
    }
    if (problem)
        fprintf(stderr, "%s\n", problem);
    else if (layers != SANDBOX_ALL)
        fprintf(stderr,
                "warning: model %s: this system gives osteon-model no more "
                "than %s; osteon-model(8) says what a hostile model could "
                "do\n",
                bundle->name, sandbox);
    if (list)
        json_line_append(list, entry(bundle, sandbox, problem));
}

static bool load(const struct offline *offline, const struct bundle *bundle,
                 uint32_t *layers, struct err *err)
{
    struct protocol_loaded loaded = {0};
    for (size_t i = 0; i < bundle->n_stages; i++) {
        const struct stage *stage = &bundle->stages[i];
        int64_t deadline_ms =
            clock_mono_ms() + offline->conf->node.inference.deadline_ms;
        if (!stages_load(offline->child, stage, 1, deadline_ms, &loaded, err))
            return err_wrap(err, "%s", stage->network.where);
        if (loaded.load_ms >= 0) /* it was not there already */
            *layers = loaded.layers;
    }
    return true;
}

/* ctx: the list, NULL for people. */
static void tell_unread(void *ctx, const char *name, const struct err *why)
{
    if (ctx)
        json_line_append(
            ctx,
            json_pack("{s:o,s:n,s:b,s:b,s:n,s:o,s:[],s:[],s:[],s:[]}", "model",
                      json_line_text(name), "version", "ok", 0, "demonstration",
                      0, "sandbox", "problem", json_line_text(why->msg),
                      "inputs", "stages", "measurements", "findings"));
    else
        printf("model %s: refused\n", name);
    fprintf(stderr, "%s\n", why->msg);
}

int offline_check(const struct offline *offline)
{
    const struct models *models = offline->models;
    json_t *list = offline->json ? json_array() : NULL;
    int status =
        models_load_good(offline->models, tell_unread, list) ? 0 : CONF_EXIT;
    uint32_t layers = 0;
    for (size_t i = 0; i < models->n; i++) {
        struct err err = {0};
        bool ok = load(offline, &models->bundles[i], &layers, &err);
        tell(&models->bundles[i], list, layers, ok ? NULL : err.msg);
        if (!ok)
            status = CONF_EXIT;
    }
    if (list)
        json_line_print(list);
    return fflush(stdout) == 0 ? status : 1;
}
