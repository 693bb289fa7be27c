/* Which earlier measurements a route's are compared with, and what must agree
 * with them. Numbers that are not of the same thing seen in the same way are
 * worse than none: what is not said here agrees in everything. */
#include "conf/conf_read.h"

#define DAY_MS 86400000.0

static const char *const agree_choices[] = {"body_part", "view", NULL};

struct prior_parts {
    struct conf_priors priors;
    const struct yaml_node *agree;
};

static const struct yaml_key keys[] = {
    {.name = "within",
     .type = YAML_DURATION,
     YAML_AT(struct prior_parts, priors.within_ms),
     .min = DAY_MS,
     .max = 100 * 365.25 * DAY_MS},
    {.name = "most",
     .type = YAML_INT,
     YAML_AT(struct prior_parts, priors.most),
     .min = 1,
     .max = CONF_PRIORS},
    {.name = "agree", .type = YAML_ANY, YAML_AT(struct prior_parts, agree)},
    {.name = NULL},
};

static bool read_agree(const struct yaml_file *file,
                       const struct yaml_node *node, struct conf_priors *out,
                       struct err *err)
{
    static const struct yaml_key rule = {
        .name = "agree", .type = YAML_CHOICE, .choices = agree_choices};
    bool *const parts[] = {&out->agree_body_part, &out->agree_view};

    if (!conf_list_check(file, node, "agree", 0, 2, err))
        return false;
    out->agree_body_part = out->agree_view = false;
    for (size_t i = 0; i < node->count; i++) {
        int which;

        if (!yaml_scalar(file, &node->items[i], &rule, &which, err))
            return false;
        *parts[which] = true;
    }
    return true;
}

bool conf_priors_read(const struct yaml_file *file,
                      const struct yaml_node *node, struct conf_priors *out,
                      struct err *err)
{
    struct prior_parts parts = {
        .priors = {.on = true,
                   .within_ms = (int64_t)(5 * 365.25 * DAY_MS),
                   .most = 3,
                   .agree_body_part = true,
                   .agree_view = true}};

    if (!node)
        return true;
    if (!yaml_apply(file, node, keys, &parts, err))
        return false;
    *out = parts.priors;
    return !parts.agree || read_agree(file, parts.agree, out, err);
}
