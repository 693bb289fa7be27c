/* Lists and names, which every part of the configuration has. */
#include "conf/conf_read.h"

#include <string.h>

#include "conf/mem.h"

bool conf_list_check(const struct yaml_file *file, const struct yaml_node *node,
                     const char *name, size_t least, size_t most,
                     struct err *err)
{
    if (node->kind != YAML_SEQUENCE)
        return yaml_error(file, node, err,
                          "%s: wants a list; write [A, B] or lines that start "
                          "with -",
                          name);
    if (node->count < least)
        return yaml_error(file, node, err, "%s: wants at least %zu entry", name,
                          least);
    if (node->count > most)
        return yaml_error(file, node, err,
                          "%s: has %zu entries; at most %zu are allowed", name,
                          node->count, most);
    return true;
}

bool conf_list_read(const struct yaml_file *file, const struct yaml_node *node,
                    const struct yaml_key *rule, size_t least, size_t most,
                    void *out, size_t *n, struct err *err)
{
    char *items;

    if (!node)
        return true;
    if (!conf_list_check(file, node, rule->name, least, most, err))
        return false;
    items = mem_calloc(node->count, rule->size);
    memcpy(out, &items, sizeof items);
    *n = node->count;
    for (size_t i = 0; i < node->count; i++) {
        if (!yaml_scalar(file, &node->items[i], rule, items + i * rule->size,
                         err))
            return false;
        for (size_t j = 0; j < i; j++)
            if (strcmp(node->items[i].text, node->items[j].text) == 0)
                return yaml_error(file, &node->items[i], err,
                                  "%s: \"%s\" stands twice in the list; remove "
                                  "one",
                                  rule->name, node->items[i].text);
    }
    return true;
}

bool conf_list_name(const struct yaml_file *file, const struct yaml_node *node,
                    const char *what, struct err *err)
{
    static const char first[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                "abcdefghijklmnopqrstuvwxyz0123456789";
    static const char rest[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                               "abcdefghijklmnopqrstuvwxyz0123456789_.-";
    size_t n = strlen(node->text);

    if (node->kind == YAML_SCALAR && n > 0 && n < CONF_NAME &&
        strchr(first, node->text[0]) && strspn(node->text, rest) == n)
        return true;
    return yaml_error(file, node, err,
                      "\"%.80s\" cannot be the name of a %s; use 1 to 64 "
                      "letters, digits and _ . -, a letter or digit first",
                      node->text, what);
}

bool conf_list_destinations(const struct yaml_file *file,
                            const struct yaml_node *list, const char *key,
                            const struct conf *conf, struct err *err)
{
    const char *names[CONF_MOST_DESTINATIONS + 1] = {NULL};

    for (size_t i = 0; i < conf->n_destinations; i++)
        names[i] = conf->destinations[i].name;
    for (size_t i = 0; list && i < list->count; i++) {
        const char *name = list->items[i].text;
        const char *near = yaml_nearest(name, names);

        if (conf_destination(conf, name))
            continue;
        if (near)
            return yaml_error(file, &list->items[i], err,
                              "%s: no destination \"%.64s\"; did you mean "
                              "\"%s\"?",
                              key, name, near);
        return yaml_error(file, &list->items[i], err,
                          "%s: no destination \"%.64s\"; add it under "
                          "destinations",
                          key, name);
    }
    return true;
}
