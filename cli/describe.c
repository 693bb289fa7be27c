/* A route as a sentence. The admin who reads back what the node understood
 * finds the mistake that no check can: a valid rule that says something
 * else. */
#include "cli/describe.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "cli/text.h"
#include "conf/json_line.h"

static void values(FILE *out, const struct conf_match *match)
{
    size_t i;

    fputs(" in [", out);
    for (i = 0; i < match->n_values; i++)
        fprintf(out, "%s%s", i ? ", " : "", match->values[i]);
    fputc(']', out);
}

static void join(FILE *out, const struct conf_match *match, bool nested)
{
    const char *word = match->op == CONF_ANY ? " or " : " and ";
    bool brackets = nested && match->n_children > 1;
    size_t i;

    if (match->n_children == 0)
        fputs("every image", out);
    if (brackets)
        fputc('(', out);
    for (i = 0; i < match->n_children; i++) {
        const struct conf_match *child = &match->children[i];

        if (i)
            fputs(word, out);
        if (child->op == CONF_ANY || child->op == CONF_ALL)
            join(out, child, match->n_children > 1);
        else
            describe_match(out, child);
    }
    if (brackets)
        fputc(')', out);
}

void describe_match(FILE *out, const struct conf_match *match)
{
    const char *value = match->n_values ? match->values[0] : "";

    switch (match->op) {
    case CONF_EQUALS:
        fprintf(out, "%s is %s", match->keyword, value);
        break;
    case CONF_MATCHES:
        fprintf(out, "%s matches /%s/", match->keyword, value);
        break;
    case CONF_IN:
        fputs(match->keyword, out);
        values(out, match);
        break;
    case CONF_LT:
        fprintf(out, "%s < %s", match->keyword, value);
        break;
    case CONF_GT:
        fprintf(out, "%s > %s", match->keyword, value);
        break;
    case CONF_EXISTS:
        fprintf(out, "%s has %s value", match->keyword,
                strcmp(value, "false") == 0 ? "no" : "a");
        break;
    case CONF_NOT:
        fputs("not (", out);
        if (match->n_children > 0)
            describe_match(out, &match->children[0]);
        fputc(')', out);
        break;
    case CONF_ANY:
    case CONF_ALL:
        join(out, match, false);
        break;
    }
}

void describe_complete(FILE *out, const struct conf_complete *complete)
{
    char quiet[TEXT_TIME], cap[TEXT_TIME];
    bool wanted = complete->n_needs > 0 || complete->count > 0;
    size_t i;

    fputs("starts ", out);
    if (wanted)
        fputs("at once with ", out);
    for (i = 0; i < complete->n_needs; i++) {
        fprintf(out, "%san image where ", i ? ", " : "");
        describe_match(out, &complete->needs[i]);
    }
    if (complete->count > 0)
        fprintf(out, "%s%" PRId64 " image%s", complete->n_needs ? ", " : "",
                complete->count, complete->count == 1 ? "" : "s");
    fprintf(out, "%s%s after the last image, %s after the first at the latest",
            wanted ? "; else " : "", text_duration(quiet, complete->quiet_ms),
            text_duration(cap, complete->cap_ms));
    if (wanted && complete->on_cap == CONF_CAP_HOLD)
        fputs(" (then held for a person)", out);
}

static void names(FILE *out, char (*name)[CONF_NAME], size_t n)
{
    size_t i;

    for (i = 0; i < n; i++)
        fprintf(out, "%s%s",
                i == 0       ? ""
                : i + 1 == n ? " and "
                             : ", ",
                name[i]);
}

#define OBJECT_KINDS 5

static size_t object_kinds(const struct conf_results *results,
                           char out[OBJECT_KINDS][CONF_NAME])
{
    const bool made[OBJECT_KINDS] = {results->sr, results->sc, results->gsps,
                                     results->kos, results->chart};
    static const char *const words[OBJECT_KINDS] = {"SR", "SC", "GSPS", "KOS",
                                                    "trend chart"};
    size_t n = 0;

    for (size_t i = 0; i < OBJECT_KINDS; i++)
        if (made[i])
            snprintf(out[n++], CONF_NAME, "%s", words[i]);
    return n;
}

void describe_effect(FILE *out, const struct conf_route *route)
{
    bool models = route->n_models > 0, forward = route->n_forward > 0;
    const struct conf_results *results = &route->results;

    if (models) {
        fputs("runs ", out);
        names(out, route->models, route->n_models);
        if (route->n_send > 0) {
            char kinds[OBJECT_KINDS][CONF_NAME];
            size_t n = object_kinds(results, kinds);
            fputs(", sends ", out);
            names(out, kinds, n);
            fputs(" to ", out);
            names(out, route->send, route->n_send);
        }
    }
    if (forward) {
        fputs(models ? ", forwards the original to "
                     : "forwards the original to ",
              out);
        names(out, route->forward, route->n_forward);
    }
    if (!models && !forward)
        fputs("stores the image, nothing else", out);
}

json_t *describe_json(void (*phrase)(FILE *out, const void *what),
                      const void *what)
{
    char *text = NULL;
    json_t *value;
    size_t n;
    FILE *out = open_memstream(&text, &n);

    if (!out)
        return NULL;
    phrase(out, what);
    value = fclose(out) == 0 ? json_line_text(text) : NULL;
    free(text);
    return value;
}
