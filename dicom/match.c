/* Which routes take an image. Runs for each received image and again in
 * `osteon explain`, so that what the admin is told is what the node does.
 * Values come from the network: they are compared, cut and quoted, never
 * trusted. */
#include "dicom/match.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "dicom/match_value.h"

enum {
    REGEX_CHARACTERS = 1024, /* of a value; a text may have gigabytes */
    SHOWN_VALUES = 4,
    SHOWN_CHARACTERS = 64
};

/* A text that is cut when it is full. */
struct text {
    char *out;
    size_t size, used;
};

__attribute__((format(printf, 2, 3))) static void say(struct text *text,
                                                      const char *fmt, ...)
{
    va_list ap;
    int n;

    if (text->used + 1 >= text->size)
        return;
    va_start(ap, fmt);
    n = vsnprintf(text->out + text->used, text->size - text->used, fmt, ap);
    va_end(ap);
    if (n > 0)
        text->used += (size_t)n;
}

/* Calls each() for every value until it returns true; says whether it did. */
static bool each_value(const char *keyword, const struct match_input *in,
                       bool (*each)(void *ctx, const char *value), void *ctx)
{
    const char *title = NULL;

    if (strcmp(keyword, "calling_ae") == 0)
        title = in->calling_ae;
    else if (strcmp(keyword, "called_ae") == 0)
        title = in->called_ae;
    else
        return dcm_each(in->set, keyword, each, ctx);
    return title && title[0] && each(ctx, title);
}

struct comparison {
    const struct conf_match *match;
    bool numbers; /* the attribute holds numbers */
    regex_t *regex;
};

static bool equal(const struct comparison *c, const char *wanted,
                  const char *value)
{
    double a, b;

    if (c->numbers && match_value_number(wanted, &a) &&
        match_value_number(value, &b))
        return !(a < b) && !(a > b);
    return strcmp(wanted, value) == 0;
}

static bool ordered(const struct comparison *c, const char *value)
{
    double limit, number;

    if (!match_value_number(c->match->values[0], &limit) ||
        !match_value_number(value, &number))
        return false;
    return c->match->op == CONF_LT ? number < limit : number > limit;
}

static bool value_holds(void *ctx, const char *value)
{
    const struct comparison *c = ctx;
    char head[REGEX_CHARACTERS + 1];

    switch (c->match->op) {
    case CONF_EQUALS:
    case CONF_IN:
        for (size_t i = 0; i < c->match->n_values; i++)
            if (equal(c, c->match->values[i], value))
                return true;
        return false;
    case CONF_LT:
    case CONF_GT:
        return ordered(c, value);
    case CONF_EXISTS:
        return value[0] != '\0';
    case CONF_MATCHES:
        snprintf(head, sizeof head, "%s", value);
        return regexec(c->regex, head, 0, NULL, 0) == 0;
    case CONF_NOT:
    case CONF_ANY:
    case CONF_ALL:
        break;
    }
    return false;
}

static bool exists(const struct conf_match *match, const struct match_input *in)
{
    struct comparison c = {.match = match};

    if (each_value(match->keyword, in, value_holds, &c))
        return true;
    return !match_value_is_ae(match->keyword) &&
           dcm_items(in->set, match->keyword) > 0;
}

static bool leaf_holds(const struct conf_match *match,
                       const struct match_input *in)
{
    struct comparison c = {.match = match};
    regex_t regex;
    bool holds;

    if (match->op == CONF_EXISTS)
        return exists(match, in) == (strcmp(match->values[0], "true") == 0);
    if (!match_value_is_ae(match->keyword))
        dcm_keyword(match->keyword, &c.numbers);
    if (match->op != CONF_MATCHES)
        return each_value(match->keyword, in, value_holds, &c);
    if (match_value_compile(match->values[0], &regex) != 0)
        return false;
    c.regex = &regex;
    holds = each_value(match->keyword, in, value_holds, &c);
    regfree(&regex);
    return holds;
}

static bool holds(const struct conf_match *match, const struct match_input *in)
{
    size_t held = 0;

    if (match->op != CONF_NOT && match->op != CONF_ANY && match->op != CONF_ALL)
        return leaf_holds(match, in);
    for (size_t i = 0; i < match->n_children; i++) {
        held += holds(&match->children[i], in);
        if (match->op == CONF_ANY && held > 0)
            return true;
        if (match->op != CONF_ANY && held <= i)
            break;
    }
    if (match->op == CONF_ANY)
        return false;
    return (held == match->n_children) == (match->op == CONF_ALL);
}

/* ---- why not ---- */

static void say_condition(struct text *text, const struct conf_match *match)
{
    switch (match->op) {
    case CONF_EQUALS:
        say(text, "\"%s\"", match->values[0]);
        break;
    case CONF_MATCHES:
        say(text, "matches \"%s\"", match->values[0]);
        break;
    case CONF_IN:
        for (size_t i = 0; i < match->n_values; i++)
            say(text, "%s%s", i ? ", " : "in [", match->values[i]);
        say(text, "]");
        break;
    case CONF_LT:
        say(text, "lt %s", match->values[0]);
        break;
    case CONF_GT:
        say(text, "gt %s", match->values[0]);
        break;
    case CONF_EXISTS:
        say(text, "exists %s", match->values[0]);
        break;
    case CONF_NOT:
    case CONF_ANY:
    case CONF_ALL:
        break;
    }
}

struct values {
    struct text *text;
    int n;
};

static bool say_value(void *ctx, const char *value)
{
    struct values *v = ctx;

    if (v->n == SHOWN_VALUES) {
        say(v->text, ", ...");
        return true;
    }
    say(v->text, "%s\"", v->n++ ? ", " : ", image has ");
    for (int i = 0; i < SHOWN_CHARACTERS && value[i]; i++) {
        unsigned char c = (unsigned char)value[i];

        say(v->text, c < 0x20 || c == 0x7F ? "\\x%02X" : "%c", c);
    }
    say(v->text, "\"");
    return false;
}

static void say_leaf(struct text *text, const struct conf_match *match,
                     const char *wants, const struct match_input *in)
{
    struct values v = {.text = text};

    say(text, "%s: %s ", match->keyword, wants);
    say_condition(text, match);
    each_value(match->keyword, in, say_value, &v);
    if (v.n == 0 && !match_value_is_ae(match->keyword) &&
        dcm_items(in->set, match->keyword) > 0)
        say(text, ", image has it");
    else if (v.n == 0)
        say(text, match_value_is_ae(match->keyword)
                      ? ", the association is not known"
                      : ", image has none");
}

/* Why `match` is not what it should be: it does not hold, or, below a `not`,
 * it does. */
static void say_why(struct text *text, const struct conf_match *match,
                    bool should, const struct match_input *in)
{
    const char *between = "";

    if (match->op == CONF_NOT) {
        say_why(text, &match->children[0], !should, in);
        return;
    }
    if (match->op != CONF_ANY && match->op != CONF_ALL) {
        say_leaf(text, match, should ? "wants" : "wants not", in);
        return;
    }
    /* An `all` fails by one condition, an `any` by each of them; below a
     * `not` it is the other way round. */
    for (size_t i = 0; i < match->n_children; i++) {
        if (holds(&match->children[i], in) == should)
            continue;
        say(text, "%s", between);
        say_why(text, &match->children[i], should, in);
        if ((match->op == CONF_ALL) == should)
            return;
        between = should ? "; or " : "; and ";
    }
    if (match->n_children == 0)
        say(text, "wants not every image");
}

bool match_image(const struct conf_match *match, const struct match_input *in,
                 char *why, size_t why_size)
{
    struct text text = {.out = why, .size = why_size};

    if (holds(match, in))
        return true;
    if (why && why_size > 0) {
        why[0] = '\0';
        say_why(&text, match, true, in);
    }
    return false;
}

uint32_t match_needs(const struct conf_complete *complete,
                     const struct match_input *in)
{
    uint32_t met = 0;

    for (size_t i = 0; i < complete->n_needs; i++)
        if (holds(&complete->needs[i], in))
            met |= UINT32_C(1) << i;
    return met;
}

void match_routes(const struct conf *conf, const struct match_input *in,
                  bool *selected)
{
    bool ended = false;

    for (size_t i = 0; i < conf->n_routes; i++) {
        selected[i] = !ended && holds(&conf->routes[i].match, in);
        ended = ended || (selected[i] && conf->routes[i].final);
    }
}

double match_magnification(const struct conf_inference *inference,
                           const struct dcm *set)
{
    const struct match_input in = {set, "", ""};

    for (size_t i = 0; i < inference->n_devices; i++)
        if (match_image(inference->devices[i].match, &in, NULL, 0))
            return inference->devices[i].magnification;
    return 0;
}
