/* The two faces of `osteon explain`: sentences for the admin, JSON for a
 * script that tries a new configuration on a folder of old films. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "cli/describe.h"
#include "cli/explain.h"
#include "cli/json.h"
#include "cli/table.h"
#include "cli/text.h"

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

static void json_names(struct json *json, const char *key,
                       char (*names)[CONF_NAME], size_t n)
{
    size_t i;

    json_array(json, key);
    for (i = 0; i < n; i++)
        json_text(json, NULL, names[i]);
    json_end(json);
}

static void json_needs(struct json *json, const struct explain_route *route)
{
    const struct conf_complete *complete = &route->route->complete;
    char *text;
    size_t i, n;
    FILE *out;

    json_array(json, "needs");
    for (i = 0; i < complete->n_needs; i++) {
        text = NULL;
        out = open_memstream(&text, &n);
        if (!out)
            break;
        describe_match(out, &complete->needs[i]);
        fclose(out);
        json_object(json, NULL);
        json_text(json, "condition", text);
        json_bool(json, "met", route->needs_met >> i & 1);
        json_end(json);
        free(text);
    }
    json_end(json);
}

static void json_route(struct json *json, const struct explain_route *route)
{
    static const char *const outcomes[] = {"takes", "differs", "not_reached"};
    const struct conf_route *conf = route->route;

    json_object(json, NULL);
    json_text(json, "route", conf->name);
    json_text(json, "outcome", outcomes[route->outcome]);
    json_text(json, "why", route->why);
    json_bool(json, "final", conf->final);
    json_names(json, "models", conf->models, conf->n_models);
    json_array(json, "results");
    if (conf->n_models > 0 && conf->results.sr)
        json_text(json, NULL, "sr");
    if (conf->n_models > 0 && conf->results.sc)
        json_text(json, NULL, "sc");
    json_end(json);
    json_names(json, "send", conf->send, conf->n_send);
    json_names(json, "forward", conf->forward, conf->n_forward);
    json_needs(json, route);
    json_end(json);
}

void explain_json(const struct explain *explain)
{
    struct json json;
    size_t i;

    json_start(&json, stdout);
    json_object(&json, NULL);
    json_text(&json, "file", explain->path);
    if (explain->error) {
        json_text(&json, "error", explain->error);
    } else {
        json_null(&json, "error");
        json_text(&json, "sop_class", explain->scan.sop_class);
        json_text(&json, "modality", explain->scan.modality);
        json_int(&json, "rows", explain->scan.rows);
        json_int(&json, "columns", explain->scan.columns);
        if (explain->barred)
            json_text(&json, "not_analysed", explain->barred);
        else
            json_null(&json, "not_analysed");
    }
    json_array(&json, "routes");
    for (i = 0; !explain->error && i < explain->conf->n_routes; i++)
        json_route(&json, &explain->routes[i]);
    json_end(&json);
    json_end(&json);
}
