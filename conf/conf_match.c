/* Conditions as the file writes them become a tree of a closed set of
 * operators. There is no expression language on purpose: each condition can
 * be printed with what the image has instead. Keywords are checked later, by
 * dicom/match.h, which knows the dictionary. */
#include "conf/conf_read.h"

#include <stdlib.h>
#include <string.h>

#include "conf/mem.h"

enum { VALUE_CHARACTERS = 256 };

static const struct {
    const char *name;
    enum conf_op op;
} operators[] = {
    {"equals", CONF_EQUALS}, {"matches", CONF_MATCHES}, {"in", CONF_IN},
    {"lt", CONF_LT},         {"gt", CONF_GT},           {"exists", CONF_EXISTS},
};
enum { N_OPERATORS = sizeof operators / sizeof operators[0] };

static bool read_value(const struct yaml_file *file, const char *keyword,
                       const struct yaml_node *node, char **out,
                       struct err *err)
{
    char text[VALUE_CHARACTERS + 1];
    const struct yaml_key rule = {.name = keyword,
                                  .type = YAML_TEXT,
                                  .size = sizeof text,
                                  .min = 1,
                                  .max = VALUE_CHARACTERS};

    if (node->kind == YAML_SCALAR && node->quoted && node->text[0] == '\0')
        return yaml_error(file, node, err,
                          "%s: an empty value matches nothing; write {exists: "
                          "false} for absent or empty",
                          keyword);
    if (!yaml_scalar(file, node, &rule, text, err))
        return false;
    *out = mem_strdup(text);
    return true;
}

static bool check_value(const struct yaml_file *file,
                        const struct yaml_node *node, enum conf_op op,
                        struct err *err)
{
    double number;
    bool yes;

    if (op == CONF_LT || op == CONF_GT)
        return yaml_scalar(
            file, node,
            &(struct yaml_key){.name = op == CONF_LT ? "lt" : "gt",
                               .type = YAML_NUMBER},
            &number, err);
    if (op == CONF_EXISTS)
        return yaml_scalar(
            file, node, &(struct yaml_key){.name = "exists", .type = YAML_BOOL},
            &yes, err);
    return true;
}

/* out->op, keyword and place are set. */
static bool read_values(const struct yaml_file *file,
                        const struct yaml_node *node, struct conf_match *out,
                        struct err *err)
{
    const struct yaml_node *items = node;
    size_t n = 1;

    if (out->op == CONF_IN) {
        if (!conf_list_check(file, node, out->keyword, 1, CONF_MOST_VALUES,
                             err))
            return false;
        items = node->items;
        n = node->count;
    }
    out->values = mem_calloc(n, sizeof *out->values);
    for (; out->n_values < n; out->n_values++) {
        const struct yaml_node *item = &items[out->n_values];

        if (!read_value(file, out->keyword, item, &out->values[out->n_values],
                        err))
            return false;
        if (!check_value(file, item, out->op, err)) {
            out->n_values++;
            return false;
        }
    }
    return true;
}

static void place(struct conf_match *out, enum conf_op op,
                  const struct yaml_node *at)
{
    out->op = op;
    out->line = at->line;
    out->column = at->column;
}

static struct conf_match *add_children(struct conf_match *out, size_t n)
{
    out->children = mem_calloc(n, sizeof *out->children);
    out->n_children = n;
    return out->children;
}

static bool read_operator(const struct yaml_file *file, const char *keyword,
                          const struct yaml_node *key,
                          const struct yaml_node *value, struct conf_match *out,
                          struct err *err)
{
    const char *names[N_OPERATORS + 1] = {NULL}, *near;

    for (size_t i = 0; i < N_OPERATORS; i++) {
        names[i] = operators[i].name;
        if (strcmp(key->text, names[i]) == 0) {
            place(out, operators[i].op, key);
            out->keyword = mem_strdup(keyword);
            return read_values(file, value, out, err);
        }
    }
    near = yaml_nearest(key->text, names);
    return yaml_error(
        file, key, err, "%.64s: unknown operator \"%.64s\"; %s%s%s", keyword,
        key->text, near ? "did you mean \"" : "",
        near ? near : "known are equals, matches, in, lt, gt, exists",
        near ? "\"?" : "");
}

/* Keyword: VALUE, Keyword: [A, B] or Keyword: {operator: value, ...} */
static bool read_keyword(const struct yaml_file *file,
                         const struct yaml_node *key,
                         const struct yaml_node *value, struct conf_match *out,
                         struct err *err)
{
    struct conf_match *children = out;

    place(out, value->kind == YAML_SEQUENCE ? CONF_IN : CONF_EQUALS, key);
    if (value->kind != YAML_MAPPING) {
        out->keyword = mem_strdup(key->text);
        return read_values(file, value, out, err);
    }
    if (value->count == 0)
        return yaml_error(file, value, err,
                          "%.64s: wants an operator; known are equals, "
                          "matches, in, lt, gt, exists",
                          key->text);
    if (value->count > 1) {
        out->op = CONF_ALL;
        children = add_children(out, value->count);
    }
    for (size_t i = 0; i < value->count; i++)
        if (!read_operator(file, key->text, &value->keys[i], &value->items[i],
                           &children[i], err))
            return false;
    return true;
}

/* The list of `any` or `all`. */
static bool read_group(const struct yaml_file *file,
                       const struct yaml_node *key,
                       const struct yaml_node *value, struct conf_match *out,
                       struct err *err)
{
    place(out, strcmp(key->text, "any") == 0 ? CONF_ANY : CONF_ALL, key);
    if (value->kind != YAML_SEQUENCE)
        return yaml_error(file, value, err,
                          "%s: wants a list of conditions; write [{Keyword: "
                          "value}, {Keyword: value}]",
                          key->text);
    if (value->count == 0)
        return yaml_error(file, value, err, "%s: wants at least one condition",
                          key->text);
    add_children(out, value->count);
    for (size_t i = 0; i < value->count; i++)
        if (!conf_match_read(file, &value->items[i], &out->children[i], err))
            return false;
    return true;
}

static bool read_not(const struct yaml_file *file, const struct yaml_node *key,
                     const struct yaml_node *value, struct conf_match *out,
                     struct err *err)
{
    place(out, CONF_NOT, key);
    if (value->kind == YAML_MAPPING && value->count == 0)
        return yaml_error(file, value, err,
                          "not: wants at least one "
                          "condition");
    return conf_match_read(file, value, add_children(out, 1), err);
}

bool conf_match_read(const struct yaml_file *file, const struct yaml_node *node,
                     struct conf_match *out, struct err *err)
{
    place(out, CONF_ALL, node);
    if (node->kind != YAML_MAPPING)
        return yaml_error(file, node, err,
                          "wants conditions; write {Keyword: value}, or {} to "
                          "take everything");
    add_children(out, node->count);
    for (size_t i = 0; i < node->count; i++) {
        const struct yaml_node *key = &node->keys[i], *value = &node->items[i];
        struct conf_match *child = &out->children[i];
        bool ok;

        if (strcmp(key->text, "any") == 0 || strcmp(key->text, "all") == 0)
            ok = read_group(file, key, value, child, err);
        else if (strcmp(key->text, "not") == 0)
            ok = read_not(file, key, value, child, err);
        else
            ok = read_keyword(file, key, value, child, err);
        if (!ok)
            return false;
    }
    return true;
}

void conf_match_free(struct conf_match *match)
{
    for (size_t i = 0; i < match->n_children; i++)
        conf_match_free(&match->children[i]);
    for (size_t i = 0; i < match->n_values; i++)
        free(match->values[i]);
    free(match->children);
    free(match->values);
    free(match->keyword);
}
