/* `stages` of model.yaml: the networks, what each of them sees, and the
 * landmarks that they find. A later stage looks around landmarks of earlier
 * ones only, so that the order of the file is the order of work. */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "inference/bundle_names.h"
#include "inference/seen.h"

#define INPUT_MOST (4096 * 4096) /* pixels of a network's input */

struct weights {
    char file[128], sha256[65];
};

struct width {
    double mm, times;
    const struct yaml_node *of;
};

struct item {
    struct weights weights;
    struct width width;
    const struct yaml_node *name, *input, *percentiles, *window, *around,
        *sides, *outputs;
    int64_t rows, columns;
    int fit, mirror;
    bool zscore;
};

static const char *const fits[] = {"letterbox", "stretch", NULL};
static const char *const mirrors[] = {"left", NULL};
static const char *const intensities[] = {"percentiles", "window", "zscore",
                                          NULL};
static const char *const widths[] = {"mm", "times", NULL};

static const struct yaml_key weights_keys[] = {
    KEY_TEXT("file", struct weights, file, 1, true),
    KEY_TEXT("sha256", struct weights, sha256, 64, true), KEY_END};

static const struct yaml_key width_keys[] = {
    KEY_NUMBER("mm", struct width, mm, 1, 3000, false),
    KEY_NUMBER("times", struct width, times, 0.01, 100, false),
    KEY_ANY("of", struct width, of, false), KEY_END};

static const struct yaml_key keys[] = {
    KEY_ANY("name", struct item, name, true),
    KEY_ANY("input", struct item, input, false),
    KEY_NESTED("weights", struct item, weights, weights_keys, true),
    KEY_INT("rows", struct item, rows, 16, 4096, true),
    KEY_INT("columns", struct item, columns, 16, 4096, true),
    KEY_CHOICE("fit", struct item, fit, fits, true),
    KEY_ANY("percentiles", struct item, percentiles, false),
    KEY_ANY("window", struct item, window, false),
    {.name = "zscore", .type = YAML_BOOL, YAML_AT(struct item, zscore)},
    KEY_ANY("around", struct item, around, false),
    KEY_ANY("sides", struct item, sides, false),
    KEY_NESTED("width", struct item, width, width_keys, false),
    KEY_CHOICE("mirror", struct item, mirror, mirrors, false),
    KEY_ANY("outputs", struct item, outputs, true),
    KEY_END};

static bool read_weights(const struct bundle_reader *reader,
                         const struct yaml_node *at, struct weights *weights,
                         struct network *out, struct err *err)
{
    char *sha = weights->sha256;
    if (!bundle_name_valid(weights->file))
        return yaml_error(reader->file, yaml_get(at, "file"), err,
                          "weights.file is the name of a file in the bundle's "
                          "own folder");
    for (size_t i = 0; sha[i]; i++)
        sha[i] = (char)tolower((unsigned char)sha[i]);
    if (strlen(sha) != 64 || sha[strspn(sha, "0123456789abcdef")] != '\0')
        return yaml_error(reader->file, yaml_get(at, "sha256"), err,
                          "weights.sha256 wants 64 hexadecimal digits, as "
                          "sha256sum prints them");
    memcpy(out->weights_sha256, sha, sizeof out->weights_sha256);
    snprintf(out->where, sizeof out->where, "%s:%d:%d", reader->file->path,
             yaml_get(at, "file")->line, yaml_get(at, "file")->column);
    return snprintf(out->weights_path, sizeof out->weights_path, "%s/%s",
                    reader->folder,
                    weights->file) < (int)sizeof out->weights_path ||
           yaml_error(reader->file, yaml_get(at, "file"), err,
                      "the path of the weights is too long");
}

static bool read_intensity(const struct bundle_reader *reader,
                           const struct yaml_node *at, const struct item *item,
                           struct network *out, struct err *err)
{
    size_t which;
    if (!names_kind(reader, at, intensities, "a stage", &which, err))
        return false;
    out->intensity = (enum network_intensity)which;
    if (item->percentiles)
        return names_range(reader, item->percentiles, "percentiles", 0, 100,
                           out->limits, err);
    if (item->window)
        return names_range(reader, item->window, "window", -1e6, 1e6,
                           out->limits, err);
    return item->zscore || yaml_error(reader->file, yaml_get(at, "zscore"), err,
                                      "zscore can only be true");
}

static bool find_input(const struct bundle_reader *reader,
                       const struct yaml_node *node, size_t *out,
                       struct err *err)
{
    const struct bundle *bundle = reader->out;
    const char *names[BUNDLE_INPUTS + 1] = {NULL};
    *out = 0;
    if (!node)
        return true;
    if (node->kind != YAML_SCALAR)
        return yaml_error(reader->file, node, err,
                          "the name of one input is wanted");
    for (size_t i = 0; i < bundle->n_inputs; i++) {
        names[i] = bundle->inputs[i].name;
        if (strcmp(names[i], node->text) == 0) {
            *out = i;
            return true;
        }
    }
    const char *near = yaml_nearest(node->text, names);
    return yaml_error(reader->file, node, err,
                      "\"%.64s\" is no input; did you mean \"%s\"?", node->text,
                      near ? near : names[0]);
}

/* A point that earlier stages find, for each side of this one. */
static bool read_point(const struct bundle_reader *reader,
                       const struct yaml_node *node, const struct stage *stage,
                       char out[static 49], struct err *err)
{
    size_t found;
    if (!names_read(reader, node, "around", out, 49, err))
        return false;
    for (size_t i = 0; i < stage->n_sides || i == 0; i++) {
        enum side side = stage->n_sides ? stage->sides[i] : SIDE_NONE;
        char full[65];
        names_full(side, out, full);
        if (!names_object(reader, node, side, OBJECT_POINT, &found, err))
            return false;
        if (strcmp(reader->out->rules.objects[found].name, full) != 0)
            return yaml_error(reader->file, node, err,
                              "\"%s\" is no landmark of a stage before", full);
    }
    return true;
}

static bool read_width(const struct bundle_reader *reader,
                       const struct yaml_node *at, const struct width *width,
                       struct stage *out, struct err *err)
{
    size_t which;
    if (!names_kind(reader, at, widths, "width", &which, err))
        return false;
    out->width_mm = width->mm;
    out->width_times = width->times;
    if (!width->times)
        return !width->of || yaml_error(reader->file, width->of, err,
                                        "of belongs to times, not to mm");
    if (!width->of)
        return yaml_error(reader->file, at, err,
                          "times wants the two landmarks whose distance it "
                          "multiplies, as in of: [hip_center, ankle_center]");
    if (!names_list(reader, width->of, "of", 2, 2, "landmarks", err))
        return false;
    for (size_t i = 0; i < 2; i++) {
        if (!read_point(reader, &width->of->items[i], out, out->width_of[i],
                        err))
            return false;
    }
    return true;
}

/* Where a later stage looks. */
static bool read_region(const struct bundle_reader *reader,
                        const struct yaml_node *at, const struct item *item,
                        struct stage *out, struct err *err)
{
    static const char *const only[] = {"sides", "width", "mirror"};
    for (size_t i = 0; i < 3 && !item->around; i++) {
        if (yaml_get(at, only[i]))
            return yaml_error(reader->file, yaml_get(at, only[i]), err,
                              "%s is for a stage that looks around landmarks",
                              only[i]);
    }
    if (!item->around)
        return true;
    if (!yaml_get(at, "width"))
        return yaml_error(reader->file, at, err,
                          "a stage that looks around landmarks wants its "
                          "width, as in {mm: 140}");
    if (item->sides &&
        !names_sides(reader, item->sides, out->sides, &out->n_sides, err))
        return false;
    if (yaml_get(at, "mirror") && out->n_sides == 0)
        return yaml_error(reader->file, yaml_get(at, "mirror"), err,
                          "mirror wants sides");
    out->mirror_left = yaml_get(at, "mirror") != NULL;
    if (!names_list(reader, item->around, "around", 1, STAGE_AROUND,
                    "landmarks", err))
        return false;
    out->n_around = item->around->count;
    for (size_t i = 0; i < out->n_around; i++) {
        if (!read_point(reader, &item->around->items[i], out, out->around[i],
                        err))
            return false;
    }
    return read_width(reader, yaml_get(at, "width"), &item->width, out, err);
}

/* The list of names that an output's landmarks were read from. */
static bool add_landmark(const struct bundle_reader *reader,
                         const struct yaml_node *node, enum side side,
                         const char *name, struct err *err)
{
    struct rules *rules = &reader->out->rules;
    struct rule_object object = {.kind = OBJECT_POINT, .how = HOW_LANDMARK};
    if (side != SIDE_NONE && names_side(name) != SIDE_NONE)
        return yaml_error(reader->file, node, err,
                          "a stage with sides puts them in front itself; "
                          "write \"%s\"",
                          strchr(name, '.') + 1);
    names_full(side, name, object.name);
    object.side = names_side(object.name);
    for (size_t i = 0; i < rules->n_objects; i++) {
        if (strcmp(rules->objects[i].name, object.name) == 0)
            return true; /* found again, and better */
    }
    if (rules->n_objects == FINDINGS_LANDMARKS)
        return yaml_error(reader->file, node, err,
                          "more than %d landmarks, sides counted",
                          FINDINGS_LANDMARKS);
    rules->objects[rules->n_objects++] = object;
    return true;
}

static bool add_landmarks(const struct bundle_reader *reader,
                          const struct yaml_node *outputs,
                          const struct stage *stage, struct err *err)
{
    for (size_t s = 0; s < stage->n_sides || s == 0; s++) {
        enum side side = stage->n_sides ? stage->sides[s] : SIDE_NONE;
        for (size_t i = 0; i < stage->network.n_outputs; i++) {
            const struct network_output *o = &stage->network.outputs[i];
            const struct yaml_node *names =
                yaml_get(&outputs->items[i], "landmarks");
            for (size_t j = 0; names && j < o->n_names; j++) {
                if (!add_landmark(reader, &names->items[j], side, o->names[j],
                                  err))
                    return false;
            }
        }
    }
    reader->out->rules.n_landmarks = reader->out->rules.n_objects;
    return true;
}

static bool check_name(const struct bundle_reader *reader,
                       const struct yaml_node *node, const char *name,
                       struct err *err)
{
    for (size_t i = 0; i < reader->out->n_stages; i++) {
        if (strcmp(reader->out->stages[i].name, name) == 0)
            return yaml_error(reader->file, node, err,
                              "stage \"%s\" is there twice", name);
    }
    return true;
}

/* What an answer has room for (seen.h), sides counted. */
static bool check_room(const struct bundle_reader *reader,
                       const struct yaml_node *at, struct err *err)
{
    size_t masks = 0, classes = 0, scalars = 0;
    for (size_t i = 0; i < reader->out->n_stages; i++) {
        const struct stage *stage = &reader->out->stages[i];
        size_t sides = stage->n_sides ? stage->n_sides : 1;
        for (size_t j = 0; j < stage->network.n_outputs; j++) {
            const struct network_output *o = &stage->network.outputs[j];
            masks += o->kind == OUTPUT_MASK ? sides : 0;
            classes += o->kind == OUTPUT_CLASSES ? sides * o->n_names : 0;
            scalars += o->kind == OUTPUT_SCALAR ? sides * o->n_names : 0;
        }
    }
    if (masks <= SEEN_MASKS && classes <= SEEN_CLASSES &&
        scalars <= SEEN_SCALARS)
        return true;
    return yaml_error(reader->file, at, err,
                      "a bundle has at most %d masks, %d classes and %d "
                      "scalars, sides counted",
                      SEEN_MASKS, SEEN_CLASSES, SEEN_SCALARS);
}

static bool read_stage(const struct bundle_reader *reader,
                       const struct yaml_node *at, struct err *err)
{
    struct item item = {0};
    struct stage *out = &reader->out->stages[reader->out->n_stages];
    struct network *network = &out->network;
    if (!yaml_apply(reader->file, at, keys, &item, err) ||
        !names_read(reader, item.name, "name", out->name, sizeof out->name,
                    err) ||
        !check_name(reader, item.name, out->name, err) ||
        !find_input(reader, item.input, &out->input, err) ||
        !read_weights(reader, yaml_get(at, "weights"), &item.weights, network,
                      err) ||
        !read_intensity(reader, at, &item, network, err))
        return false;
    network->fit = (enum network_fit)item.fit;
    network->rows = (uint32_t)item.rows;
    network->columns = (uint32_t)item.columns;
    if (item.rows * item.columns > INPUT_MOST)
        return yaml_error(reader->file, at, err,
                          "rows x columns is more than %d pixels", INPUT_MOST);
    if (!read_region(reader, at, &item, out, err) ||
        !bundle_outputs(reader, item.outputs, out, err) ||
        !add_landmarks(reader, item.outputs, out, err))
        return false;
    reader->out->n_stages++;
    return check_room(reader, at, err);
}

bool bundle_stages(const struct bundle_reader *reader,
                   const struct yaml_node *list, struct err *err)
{
    if (!names_list(reader, list, "stages", 1, STAGES, "networks", err) ||
        !names_mappings(reader, list, "stages", err))
        return false;
    for (size_t i = 0; i < list->count; i++) {
        if (!read_stage(reader, &list->items[i], err))
            return false;
    }
    return true;
}
