/* The two faces of `osteon explain`: sentences for the admin, JSON for a
 * script that tries a new configuration on a folder of old films. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "cli/describe.h"
#include "cli/explain.h"
#include "cli/table.h"
#include "cli/text.h"
#include "conf/json_line.h"

static const char *outcome_name(enum explain_outcome outcome)
{
    static const char *const names[] = {"takes it", "does not", "not asked"};

    return names[outcome];
}

static void print_needs(const struct explain_route *route)
{
    const struct conf_complete *complete = &route->route->complete;
    size_t i;

    for (i = 0; i < complete->n_needs; i++) {
        bool met = route->needs_met >> i & 1;

        printf("    needs an image where ");
        describe_match(stdout, &complete->needs[i]);
        printf(": %s\n", met ? "this one" : "not this one");
    }
}

static void print_effects(const struct explain *explain)
{
    bool any = false;
    size_t i;

    for (i = 0; i < explain->conf->n_routes; i++) {
        const struct explain_route *route = &explain->routes[i];

        if (route->outcome != EXPLAIN_TAKES)
            continue;
        any = true;
        printf("  route %s ", route->route->name);
        describe_effect(stdout, route->route);
        putchar('\n');
        if (route->route->n_models == 0)
            continue;
        fputs("    ", stdout);
        describe_complete(stdout, &route->route->complete);
        putchar('\n');
        print_needs(route);
        if (explain->barred)
            printf("    but it is not analysed: %s\n", explain->barred);
    }
    if (!any)
        puts("  no route takes it: it is stored, nothing else");
}

void explain_text(const struct explain *explain)
{
    const struct scan *scan = &explain->scan;
    char clean[4096];
    struct table *table;
    size_t i;

    text_printable(clean, sizeof clean, explain->path);
    printf("%s%s%s\n", table_tone(stdout, TABLE_BOLD), clean,
           table_tone_end(stdout, TABLE_BOLD));
    if (explain->error) {
        text_printable(clean, sizeof clean, explain->error);
        printf("  %srefused%s: %s\n", table_tone(stdout, TABLE_BAD),
               table_tone_end(stdout, TABLE_BAD), clean);
        return;
    }
    text_printable(clean, sizeof clean, scan->modality);
    printf("  %s, ", *clean ? clean : "no modality");
    if (scan->rows > 0)
        printf("%" PRIu32 " x %" PRIu32 " pixels, ", scan->columns, scan->rows);
    printf("SOP class %s\n", scan->sop_class);
    table = table_new(4, NULL);
    for (i = 0; i < explain->conf->n_routes; i++) {
        const struct explain_route *route = &explain->routes[i];
        bool takes = route->outcome == EXPLAIN_TAKES;

        table_cell(table, TABLE_PLAIN, " ");
        table_cell(table, TABLE_PLAIN, "%s", route->route->name);
        table_cell(table, takes ? TABLE_GOOD : TABLE_PLAIN, "%s",
                   outcome_name(route->outcome));
        table_cell(table, TABLE_PLAIN, "%s", route->why);
    }
    table_print(table, stdout);
    print_effects(explain);
}

static json_t *names_json(char (*names)[CONF_NAME], size_t n)
{
    json_t *list = json_array();
    size_t i;

    for (i = 0; i < n; i++)
        json_line_append(list, json_line_text(names[i]));
    return list;
}

static void phrase_match(FILE *out, const void *match)
{
    describe_match(out, match);
}

static json_t *needs_json(const struct explain_route *route)
{
    const struct conf_complete *complete = &route->route->complete;
    json_t *list = json_array();
    size_t i;

    for (i = 0; i < complete->n_needs; i++)
        json_line_append(
            list, json_pack("{s:o,s:b}", "condition",
                            describe_json(phrase_match, &complete->needs[i]),
                            "met", (int)(route->needs_met >> i & 1)));
    return list;
}

static json_t *results_json(const struct conf_route *route)
{
    json_t *list = json_array();

    if (route->n_models > 0 && route->results.sr)
        json_line_append(list, json_string("sr"));
    if (route->n_models > 0 && route->results.sc)
        json_line_append(list, json_string("sc"));
    if (route->n_models > 0 && route->results.gsps)
        json_line_append(list, json_string("gsps"));
    if (route->n_models > 0 && route->results.kos)
        json_line_append(list, json_string("kos"));
    if (route->n_models > 0 && route->results.chart)
        json_line_append(list, json_string("chart"));
    return list;
}

static json_t *route_json(const struct explain_route *route)
{
    static const char *const outcomes[] = {"takes", "differs", "not_reached"};
    const struct conf_route *conf = route->route;

    return json_pack(
        "{s:o,s:s,s:o,s:b,s:o,s:o,s:o,s:o,s:o}", "route",
        json_line_text(conf->name), "outcome", outcomes[route->outcome], "why",
        json_line_text(route->why), "final", conf->final, "models",
        names_json(conf->models, conf->n_models), "results", results_json(conf),
        "send", names_json(conf->send, conf->n_send), "forward",
        names_json(conf->forward, conf->n_forward), "needs", needs_json(route));
}

void explain_json(const struct explain *explain)
{
    const struct scan *scan = &explain->scan;
    json_t *line, *routes = json_array();
    size_t i;

    for (i = 0; !explain->error && i < explain->conf->n_routes; i++)
        json_line_append(routes, route_json(&explain->routes[i]));
    line = json_pack("{s:o,s:o}", "file", json_line_text(explain->path),
                     "error", json_line_text(explain->error));
    if (!explain->error) {
        json_line_set(line, "sop_class", json_line_text(scan->sop_class));
        json_line_set(line, "modality", json_line_text(scan->modality));
        json_line_set(line, "rows", json_integer(scan->rows));
        json_line_set(line, "columns", json_integer(scan->columns));
        json_line_set(line, "not_analysed", json_line_text(explain->barred));
    }
    json_line_set(line, "routes", routes);
    json_line_print(line);
}
