/* `devices` of node.inference: what a radiograph magnifies depends on where
 * the patient stands between tube and detector, which the site knows and a
 * header often does not say. */
#include "conf/conf_read.h"

#include <stdlib.h>

#include "conf/mem.h"

struct device_parts {
    const struct yaml_node *match;
    double magnification;
};

static const struct yaml_key device_keys[] = {
    {.name = "match",
     .type = YAML_ANY,
     YAML_AT(struct device_parts, match),
     .required = true},
    {.name = "magnification",
     .type = YAML_NUMBER,
     YAML_AT(struct device_parts, magnification),
     .min = 1,
     .max = 2,
     .required = true},
    {.name = NULL},
};

bool conf_device_read(const struct yaml_file *file,
                      const struct yaml_node *node, struct conf_inference *out,
                      struct err *err)
{
    if (!node)
        return true;
    if (!conf_list_check(file, node, "devices", 1, CONF_MOST_DEVICES, err))
        return false;
    out->devices = mem_calloc(node->count, sizeof *out->devices);
    for (size_t i = 0; i < node->count; i++) {
        struct device_parts parts = {0};
        struct conf_device *device = &out->devices[i];
        if (!yaml_apply(file, &node->items[i], device_keys, &parts, err))
            return false;
        device->magnification = parts.magnification;
        device->match = mem_calloc(1, sizeof *device->match);
        out->n_devices++;
        if (!conf_match_read(file, parts.match, device->match, err))
            return false;
        if (device->match->n_children == 0)
            return yaml_error(file, parts.match, err,
                              "match: would take every device; name the "
                              "Manufacturer, ManufacturerModelName or "
                              "StationName");
    }
    return true;
}

void conf_device_free(struct conf_inference *inference)
{
    for (size_t i = 0; i < inference->n_devices; i++) {
        conf_match_free(inference->devices[i].match);
        free(inference->devices[i].match);
    }
    free(inference->devices);
}
