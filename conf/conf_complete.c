/* When a study is complete, and which objects come out of it: the two parts
 * of a route that have defaults of their own. */
#include "conf/conf_read.h"

#include <string.h>

#include "conf/mem.h"

#define HOUR_MS 3600000.0

static const char *const on_cap_choices[] = {"analyse", "hold", NULL};
static const char *const sr_class_choices[] = {
    "comprehensive", "comprehensive_3d", "auto", NULL};
static const char *const angle_choices[] = {"arms", "polyline4", NULL};
static const char *const viewer_choices[] = {"standard", "ohif", NULL};
static const char *const charset_choices[] = {"source", "utf8", NULL};

struct complete_parts {
    struct conf_complete complete;
    const struct yaml_node *needs;
};

static const struct yaml_key complete_keys[] = {
    {.name = "needs", .type = YAML_ANY, YAML_AT(struct complete_parts, needs)},
    {.name = "count",
     .type = YAML_INT,
     YAML_AT(struct complete_parts, complete.count),
     .min = 0,
     .max = 10000},
    {.name = "quiet",
     .type = YAML_DURATION,
     YAML_AT(struct complete_parts, complete.quiet_ms),
     .min = 100,
     .max = 24 * HOUR_MS},
    {.name = "cap",
     .type = YAML_DURATION,
     YAML_AT(struct complete_parts, complete.cap_ms),
     .min = 100,
     .max = 7 * 24 * HOUR_MS},
    {.name = "on_cap",
     .type = YAML_CHOICE,
     YAML_AT(struct complete_parts, complete.on_cap),
     .choices = on_cap_choices},
    {.name = NULL},
};

static bool read_needs(const struct yaml_file *file,
                       const struct yaml_node *node, struct conf_complete *out,
                       struct err *err)
{
    if (!conf_list_check(file, node, "needs", 0, CONF_NEEDS, err))
        return false;
    out->needs = mem_calloc(node->count, sizeof *out->needs);
    out->n_needs = node->count;
    for (size_t i = 0; i < node->count; i++)
        if (!conf_match_read(file, &node->items[i], &out->needs[i], err))
            return false;
    return true;
}

bool conf_complete_read(const struct yaml_file *file,
                        const struct yaml_node *node, struct conf_complete *out,
                        struct err *err)
{
    struct complete_parts parts = {
        .complete = {.quiet_ms = 20000, .cap_ms = 300000}};

    if (node && !yaml_apply(file, node, complete_keys, &parts, err))
        return false;
    *out = parts.complete;
    if (out->cap_ms < out->quiet_ms) {
        const struct yaml_node *cap = yaml_get(node, "cap");

        return yaml_error(file, cap ? cap : yaml_get(node, "quiet"), err,
                          "cap: is shorter than quiet (%lld ms < %lld ms); "
                          "make it at least as long",
                          (long long)out->cap_ms, (long long)out->quiet_ms);
    }
    return !parts.needs || read_needs(file, parts.needs, out, err);
}

struct result_parts {
    struct conf_results results;
    const struct yaml_node *objects;
};

static const struct yaml_key result_keys[] = {
    {.name = "objects",
     .type = YAML_ANY,
     YAML_AT(struct result_parts, objects)},
    {.name = "sr_class",
     .type = YAML_CHOICE,
     YAML_AT(struct result_parts, results.sr_class),
     .choices = sr_class_choices},
    {.name = "angle_lines",
     .type = YAML_CHOICE,
     YAML_AT(struct result_parts, results.angle_lines),
     .choices = angle_choices},
    {.name = "viewer_profile",
     .type = YAML_CHOICE,
     YAML_AT(struct result_parts, results.viewer_profile),
     .choices = viewer_choices},
    {.name = "charset",
     .type = YAML_CHOICE,
     YAML_AT(struct result_parts, results.charset),
     .choices = charset_choices},
    /* SeriesNumber is an IS; the other objects get the next ones. */
    {.name = "series_number",
     .type = YAML_INT,
     YAML_AT(struct result_parts, results.series_number),
     .min = 1,
     .max = 999999},
    {.name = "overlay_pixels",
     .type = YAML_INT,
     YAML_AT(struct result_parts, results.overlay_pixels),
     .min = 256,
     .max = 8192},
    {.name = "research",
     .type = YAML_BOOL,
     YAML_AT(struct result_parts, results.research)},
    {.name = "chart",
     .type = YAML_BOOL,
     YAML_AT(struct result_parts, results.chart)},
    {.name = NULL},
};

static bool read_objects(const struct yaml_file *file,
                         const struct yaml_node *node, struct conf_results *out,
                         struct err *err)
{
    static const char *const kinds[] = {"sr",   "sc",  "summary",
                                        "gsps", "kos", NULL};
    static const struct yaml_key kind = {
        .name = "objects", .type = YAML_CHOICE, .choices = kinds};

    if (!conf_list_check(file, node, "objects", 1, 5, err))
        return false;
    out->sr = out->sc = out->summary = out->gsps = out->kos = false;
    for (size_t i = 0; i < node->count; i++) {
        bool *const made[] = {&out->sr, &out->sc, &out->summary, &out->gsps,
                              &out->kos};
        int which;

        if (!yaml_scalar(file, &node->items[i], &kind, &which, err))
            return false;
        *made[which] = true;
    }
    return true;
}

/* OHIF draws only the first of two arms. */
static bool read_viewer(const struct yaml_file *file,
                        const struct yaml_node *node, struct conf_results *out,
                        struct err *err)
{
    const struct yaml_node *lines = yaml_get(node, "angle_lines");

    if (out->viewer_profile != CONF_VIEWER_OHIF)
        return true;
    if (lines && out->angle_lines == CONF_ANGLE_ARMS)
        return yaml_error(file, lines, err,
                          "angle_lines: arms cannot be drawn by ohif; use "
                          "polyline4 or leave it out");
    out->angle_lines = CONF_ANGLE_POLYLINE4;
    return true;
}

bool conf_results_read(const struct yaml_file *file,
                       const struct yaml_node *node, struct conf_results *out,
                       struct err *err)
{
    struct result_parts parts = {.results = {.sr = true,
                                             .sc = true,
                                             .series_number = 9001,
                                             .overlay_pixels = 2048}};
    bool ok = true;

    if (node && node->kind == YAML_SEQUENCE)
        parts.objects = node;
    else if (node)
        ok = yaml_apply(file, node, result_keys, &parts, err) &&
             read_viewer(file, node, &parts.results, err);
    *out = parts.results;
    return ok &&
           (!parts.objects || read_objects(file, parts.objects, out, err));
}
