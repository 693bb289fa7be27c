/* `outputs` of a stage: what each tensor of its network means. Every kind has
 * its own keys. */
#include <string.h>

#include "inference/bundle_names.h"

struct item {
    const struct yaml_node *name, *names;
    int kind;
    int64_t stride, most;
    double sigma, threshold, overlap;
};

static const char *const kinds[] = {"heatmaps", "points", "mask", "boxes",
                                    "classes",  "scalar", NULL};

#define NAME                                                                   \
    KEY_ANY("name", struct item, name, true),                                  \
        KEY_CHOICE("kind", struct item, kind, kinds, true)
#define STRIDE     KEY_INT("stride", struct item, stride, 1, 64, true)
#define NAMES(key) KEY_ANY(key, struct item, names, true)

static const struct yaml_key heatmaps_keys[] = {
    NAME, STRIDE, KEY_NUMBER("sigma", struct item, sigma, 0.1, 100, true),
    NAMES("landmarks"), KEY_END};
static const struct yaml_key points_keys[] = {NAME, NAMES("landmarks"),
                                              KEY_END};
static const struct yaml_key mask_keys[] = {NAME, STRIDE, NAMES("labels"),
                                            KEY_END};
static const struct yaml_key boxes_keys[] = {
    NAME,
    STRIDE,
    NAMES("classes"),
    KEY_NUMBER("threshold", struct item, threshold, 0.001, 1, false),
    KEY_NUMBER("overlap", struct item, overlap, 0.001, 1, false),
    KEY_INT("most", struct item, most, 1, 64, false),
    KEY_END};
static const struct yaml_key classes_keys[] = {NAME, NAMES("classes"), KEY_END};
static const struct yaml_key scalar_keys[] = {NAME, NAMES("names"), KEY_END};

static const struct {
    const struct yaml_key *keys;
    const char *names; /* the key of its list */
    size_t least, most;
} forms[] = {{heatmaps_keys, "landmarks", 1, NETWORK_NAMES},
             {points_keys, "landmarks", 1, NETWORK_NAMES},
             {mask_keys, "labels", 2, 32},
             {boxes_keys, "classes", 1, 16},
             {classes_keys, "classes", 2, 32},
             {scalar_keys, "names", 1, 16}};

static bool read_names(const struct bundle_reader *reader,
                       const struct yaml_node *list, const char *key,
                       struct network_output *out, struct err *err)
{
    for (size_t i = 0; i < list->count; i++) {
        const struct yaml_node *node = &list->items[i];
        if (!names_read(reader, node, key, out->names[i], sizeof out->names[i],
                        err))
            return false;
        for (size_t j = 0; j < i; j++) {
            if (strcmp(out->names[j], out->names[i]) == 0)
                return yaml_error(reader->file, node, err,
                                  "\"%s\" is listed twice", out->names[i]);
        }
    }
    out->n_names = list->count;
    return true;
}

static bool check_stride(const struct bundle_reader *reader,
                         const struct yaml_node *at, const struct item *item,
                         const struct network *network, struct err *err)
{
    return item->stride == 0 ||
           (network->rows % item->stride == 0 &&
            network->columns % item->stride == 0) ||
           yaml_error(reader->file, yaml_get(at, "stride"), err,
                      "stride %d does not divide rows %u and columns %u",
                      (int)item->stride, network->rows, network->columns);
}

/* Names of outputs are those of the whole bundle: rules use them. */
static bool check_unique(const struct bundle_reader *reader,
                         const struct yaml_node *node, const char *name,
                         const struct stage *current, struct err *err)
{
    const struct bundle *bundle = reader->out;
    for (size_t i = 0; i <= bundle->n_stages && i < STAGES; i++) {
        const struct stage *stage =
            i < bundle->n_stages ? &bundle->stages[i] : current;
        for (size_t j = 0; j < stage->network.n_outputs; j++) {
            if (strcmp(stage->network.outputs[j].name, name) == 0)
                return yaml_error(reader->file, node, err,
                                  "output \"%s\" is there twice", name);
        }
    }
    return true;
}

static bool read_kind(const struct bundle_reader *reader,
                      const struct yaml_node *at, int *kind, struct err *err)
{
    static const struct yaml_key rule = {.name = "kind",
                                         .type = YAML_CHOICE,
                                         .size = sizeof(int),
                                         .choices = kinds};
    const struct yaml_node *node = yaml_get(at, "kind");
    return node ? yaml_scalar(reader->file, node, &rule, kind, err)
                : yaml_error(reader->file, at, err, "key \"kind\" is missing");
}

static bool read_output(const struct bundle_reader *reader,
                        const struct yaml_node *at, struct stage *stage,
                        struct err *err)
{
    struct item item = {.threshold = 0.3, .overlap = 0.3, .most = 16};
    struct network *network = &stage->network;
    struct network_output *out = &network->outputs[network->n_outputs];
    if (!read_kind(reader, at, &item.kind, err) ||
        !yaml_apply(reader->file, at, forms[item.kind].keys, &item, err) ||
        !names_read(reader, item.name, "name", out->name, sizeof out->name,
                    err) ||
        !check_unique(reader, item.name, out->name, stage, err) ||
        !check_stride(reader, at, &item, network, err) ||
        !names_list(reader, item.names, forms[item.kind].names,
                    forms[item.kind].least, forms[item.kind].most, "names",
                    err) ||
        !read_names(reader, item.names, forms[item.kind].names, out, err))
        return false;
    out->kind = (enum output_kind)item.kind;
    out->stride = (uint32_t)item.stride;
    out->sigma = item.sigma;
    if (out->kind == OUTPUT_BOXES) {
        out->threshold = item.threshold;
        out->overlap = item.overlap;
        out->most = (uint32_t)item.most;
    }
    network->n_outputs++;
    network_shape(network);
    return network_floats(network) > 0 ||
           yaml_error(reader->file, at, err,
                      "the outputs of a network hold at most %d numbers",
                      (int)NETWORK_FLOATS);
}

bool bundle_outputs(const struct bundle_reader *reader,
                    const struct yaml_node *list, struct stage *stage,
                    struct err *err)
{
    if (!names_list(reader, list, "outputs", 1, NETWORK_OUTPUTS, "outputs",
                    err) ||
        !names_mappings(reader, list, "outputs", err))
        return false;
    for (size_t i = 0; i < list->count; i++) {
        if (!read_output(reader, &list->items[i], stage, err))
            return false;
    }
    return true;
}
