/* Names of what networks answer beside landmarks: outputs, their classes,
 * labels of masks, scalars. */
#include <stdio.h>
#include <string.h>

#include "inference/bundle_names.h"

static const char *const output_kinds[] = {"heatmaps", "points",  "mask",
                                           "boxes",    "classes", "scalar"};

#define OUTPUTS_MOST (STAGES * NETWORK_OUTPUTS)

bool names_output(const struct bundle_reader *reader,
                  const struct yaml_node *node, enum output_kind kind,
                  const struct stage **stage, const struct network_output **out,
                  struct err *err)
{
    const char *names[OUTPUTS_MOST + 1];
    char what[48];
    size_t n = 0;
    if (node->kind != YAML_SCALAR)
        return yaml_error(reader->file, node, err,
                          "the name of one output is wanted");
    for (size_t i = 0; i < reader->out->n_stages; i++) {
        *stage = &reader->out->stages[i];
        for (size_t j = 0; j < (*stage)->network.n_outputs; j++) {
            *out = &(*stage)->network.outputs[j];
            if (strcmp((*out)->name, node->text) == 0)
                return (*out)->kind == kind ||
                       yaml_error(reader->file, node, err,
                                  "output \"%s\" is of kind %s; %s is wanted",
                                  (*out)->name, output_kinds[(*out)->kind],
                                  output_kinds[kind]);
            names[n] = (*out)->name;
            n += (*out)->kind == kind;
        }
    }
    snprintf(what, sizeof what, "output of kind %s", output_kinds[kind]);
    return names_unknown(reader, node, SIDE_NONE, what, names, n, err);
}

static bool stage_shows(const struct stage *stage, enum side side)
{
    for (size_t i = 0; i < stage->n_sides; i++) {
        if (stage->sides[i] == side)
            return true;
    }
    return stage->n_sides == 0;
}

bool names_output_side(const struct bundle_reader *reader,
                       const struct yaml_node *node, const struct stage *stage,
                       enum side side, struct err *err)
{
    if (stage_shows(stage, side))
        return true;
    if (side == SIDE_NONE)
        return yaml_error(reader->file, node, err,
                          "stage \"%s\" has sides: say which, as in sides: "
                          "[right, left]",
                          stage->name);
    return yaml_error(reader->file, node, err,
                      "stage \"%s\" does not look at the %s side", stage->name,
                      side_name(side));
}

bool names_class(const struct bundle_reader *reader,
                 const struct yaml_node *node,
                 const struct network_output *output, size_t *out,
                 struct err *err)
{
    const char *names[NETWORK_NAMES + 1];
    char what[64];
    if (node->kind != YAML_SCALAR)
        return yaml_error(reader->file, node, err, "one class is wanted");
    for (*out = 0; *out < output->n_names; (*out)++) {
        if (strcmp(output->names[*out], node->text) == 0)
            return true;
        names[*out] = output->names[*out];
    }
    snprintf(what, sizeof what, "class of output \"%s\"", output->name);
    return names_unknown(reader, node, SIDE_NONE, what, names, output->n_names,
                         err);
}

static bool channel_of(const struct stage *stage,
                       const struct network_output *output, const char *name,
                       struct names_channel *out)
{
    enum side side = stage->n_sides > 0 ? names_side(name) : SIDE_NONE;
    const char *bare = names_bare(name, side);
    if (stage->n_sides > 0 && (side == SIDE_NONE || !stage_shows(stage, side)))
        return false;
    for (size_t i = 0; i < output->n_names; i++) {
        if (strcmp(output->names[i], bare) != 0)
            continue;
        *out = (struct names_channel){.output = output, .index = i};
        snprintf(out->name, sizeof out->name, "%s", name);
        return true;
    }
    return false;
}

static bool find_channel(const struct bundle *bundle, enum output_kind kind,
                         const char *name, struct names_channel *out)
{
    for (size_t i = 0; i < bundle->n_stages; i++) {
        const struct stage *stage = &bundle->stages[i];
        for (size_t j = 0; j < stage->network.n_outputs; j++) {
            const struct network_output *output = &stage->network.outputs[j];
            if (output->kind == kind && channel_of(stage, output, name, out))
                return true;
        }
    }
    return false;
}

bool names_channel(const struct bundle_reader *reader,
                   const struct yaml_node *node, enum side side,
                   enum output_kind kind, struct names_channel *out,
                   struct err *err)
{
    const char *names[RULES_OBJECTS + 1];
    char full[65];
    size_t n = 0;
    if (node->kind != YAML_SCALAR)
        return yaml_error(reader->file, node, err, "one name is wanted");
    names_full(side, node->text, full);
    if (find_channel(reader->out, kind, full, out) ||
        find_channel(reader->out, kind, node->text, out))
        return true;
    for (size_t i = 0; i < reader->out->n_stages; i++) {
        const struct network *network = &reader->out->stages[i].network;
        for (size_t j = 0; j < network->n_outputs; j++) {
            const struct network_output *o = &network->outputs[j];
            for (size_t k = 0; o->kind == kind && k < o->n_names; k++) {
                if (strcmp(o->names[k], node->text) == 0)
                    return names_output_side(
                        reader, node, &reader->out->stages[i], side, err);
                if (n < RULES_OBJECTS)
                    names[n++] = o->names[k];
            }
        }
    }
    return names_unknown(reader, node, side,
                         kind == OUTPUT_MASK ? "label of a mask"
                                             : "name of a scalar output",
                         names, n, err);
}
