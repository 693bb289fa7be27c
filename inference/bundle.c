/* A model bundle is a promise: these bytes, given such an image, answer with
 * such landmarks, from which these measurements follow. model.yaml says it in
 * words an admin can read; this file turns the words into numbers and refuses
 * every promise that contradicts itself, at start and not in front of a
 * patient's film. */
#include "inference/bundle.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "conf/yaml.h"
#include "inference/bundle_rules.h"
#include "inference/weights.h"

#define YAML_MOST   (64 * 1024)        /* as conf/yaml.h */
#define INPUT_MOST  (4096 * 4096)      /* pixels of the network input */
#define OUTPUT_MOST (32 * 1024 * 1024) /* floats */

struct input {
    int64_t rows, columns;
    int fit;
    const struct yaml_node *percentiles;
    char orientation[17];
};

struct output {
    int kind;
    int64_t stride;
    double sigma;
    const struct yaml_node *landmarks;
};

struct weights {
    char file[128], sha256[65];
};

struct document {
    struct bundle bundle;
    struct weights weights;
    struct input input;
    struct output output;
    const struct yaml_node *checks, *measurements;
};

#define TEXT(key, record, member, least, needed)                               \
    {                                                                          \
        .name = key, .type = YAML_TEXT, .offset = offsetof(record, member),    \
        .size = sizeof(((record *)0)->member), .min = least,                   \
        .required = needed                                                     \
    }
#define INTEGER(key, record, member, least, most)                              \
    {                                                                          \
        .name = key, .type = YAML_INT, .offset = offsetof(record, member),     \
        .size = sizeof(int64_t), .min = least, .max = most, .required = true   \
    }
#define NUMBER(key, record, member, least, most)                               \
    {                                                                          \
        .name = key, .type = YAML_NUMBER, .offset = offsetof(record, member),  \
        .size = sizeof(double), .min = least, .max = most, .required = true    \
    }
#define CHOICE(key, record, member, words)                                     \
    {                                                                          \
        .name = key, .type = YAML_CHOICE, .offset = offsetof(record, member),  \
        .size = sizeof(int), .choices = words, .required = true                \
    }
#define ANY(key, record, member, needed)                                       \
    {                                                                          \
        .name = key, .type = YAML_ANY, .offset = offsetof(record, member),     \
        .size = sizeof(void *), .required = needed                             \
    }
#define NESTED(key, record, member, schema)                                    \
    {                                                                          \
        .name = key, .type = YAML_NESTED, .offset = offsetof(record, member),  \
        .size = sizeof(((record *)0)->member), .nested = schema,               \
        .required = true                                                       \
    }
#define END                                                                    \
    {                                                                          \
        .name = NULL                                                           \
    }

static const char *const fits[] = {"letterbox", NULL};
static const char *const kinds[] = {"heatmaps", NULL};

static const struct yaml_key weights_keys[] = {
    TEXT("file", struct weights, file, 1, true),
    TEXT("sha256", struct weights, sha256, 64, true), END};

static const struct yaml_key input_keys[] = {
    INTEGER("rows", struct input, rows, 16, 4096),
    INTEGER("columns", struct input, columns, 16, 4096),
    CHOICE("fit", struct input, fit, fits),
    ANY("percentiles", struct input, percentiles, true),
    TEXT("orientation", struct input, orientation, 1, false),
    END};

static const struct yaml_key output_keys[] = {
    CHOICE("kind", struct output, kind, kinds),
    INTEGER("stride", struct output, stride, 1, 64),
    NUMBER("sigma", struct output, sigma, 0.1, 100),
    ANY("landmarks", struct output, landmarks, true), END};

static const struct yaml_key top_keys[] = {
    TEXT("name", struct document, bundle.name, 1, true),
    TEXT("version", struct document, bundle.version, 1, true),
    TEXT("manufacturer", struct document, bundle.manufacturer, 1, true),
    TEXT("description", struct document, bundle.description, 1, true),
    TEXT("demonstration", struct document, bundle.demonstration, 1, false),
    NESTED("weights", struct document, weights, weights_keys),
    NESTED("input", struct document, input, input_keys),
    NESTED("output", struct document, output, output_keys),
    NUMBER("min_confidence", struct document, bundle.min_confidence, 0.001, 1),
    ANY("checks", struct document, checks, false),
    ANY("measurements", struct document, measurements, true),
    END};

bool bundle_name_valid(const char *name)
{
    size_t n = strspn(name, "abcdefghijklmnopqrstuvwxyz"
                            "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-");
    return n > 0 && n < BUNDLE_NAME && name[n] == '\0' && name[0] != '.';
}

static const struct yaml_node *node(const struct yaml_file *file,
                                    const char *section, const char *key)
{
    const struct yaml_node *at = yaml_get(&file->root, section);
    const struct yaml_node *in = at && key ? yaml_get(at, key) : NULL;
    return in ? in : at ? at : &file->root;
}

static bool read_percentiles(const struct yaml_file *file,
                             const struct yaml_node *list, double out[2],
                             struct err *err)
{
    static const struct yaml_key rule = {.name = "percentiles",
                                         .type = YAML_NUMBER,
                                         .size = sizeof(double),
                                         .max = 100};
    if (list->kind != YAML_SEQUENCE || list->count != 2)
        return yaml_error(file, list, err,
                          "percentiles wants two numbers, as in [1, 99]");
    for (size_t i = 0; i < 2; i++) {
        if (!yaml_scalar(file, &list->items[i], &rule, &out[i], err))
            return false;
    }
    if (!(out[0] < out[1]))
        return yaml_error(file, list, err,
                          "percentiles: the first must be below the second");
    return true;
}

static bool read_landmarks(const struct yaml_file *file,
                           const struct yaml_node *list, struct bundle *out,
                           struct err *err)
{
    static const struct yaml_key rule = {.name = "landmarks",
                                         .type = YAML_TEXT,
                                         .min = 1,
                                         .size = sizeof out->landmarks[0]};
    if (list->kind != YAML_SEQUENCE || list->count == 0 ||
        list->count > FINDINGS_LANDMARKS)
        return yaml_error(file, list, err,
                          "landmarks wants a list of 1 to %d names",
                          FINDINGS_LANDMARKS);
    for (size_t i = 0; i < list->count; i++) {
        char *name = out->landmarks[i];
        if (!yaml_scalar(file, &list->items[i], &rule, name, err))
            return false;
        if (!bundle_name_valid(name))
            return yaml_error(file, &list->items[i], err,
                              "a landmark's name has letters, digits, "
                              "'.', '_' and '-' only");
        for (size_t j = 0; j < i; j++) {
            if (strcmp(out->landmarks[j], name) == 0)
                return yaml_error(file, &list->items[i], err,
                                  "landmark \"%s\" is listed twice", name);
        }
    }
    out->n_landmarks = list->count;
    return true;
}

static bool read_weights(const struct yaml_file *file, const char *folder,
                         struct document *doc, struct err *err)
{
    struct bundle *out = &doc->bundle;
    char *sha = doc->weights.sha256;
    if (!bundle_name_valid(doc->weights.file))
        return yaml_error(file, node(file, "weights", "file"), err,
                          "weights.file is the name of a file in the bundle's "
                          "own folder");
    for (size_t i = 0; sha[i]; i++)
        sha[i] = (char)tolower((unsigned char)sha[i]);
    if (strlen(sha) != 64 || sha[strspn(sha, "0123456789abcdef")] != '\0')
        return yaml_error(file, node(file, "weights", "sha256"), err,
                          "weights.sha256 wants 64 hexadecimal digits, as "
                          "sha256sum prints them");
    memcpy(out->weights_sha256, sha, sizeof out->weights_sha256);
    if (snprintf(out->weights_path, sizeof out->weights_path, "%s/%s", folder,
                 doc->weights.file) >= (int)sizeof out->weights_path)
        return yaml_error(file, node(file, "weights", "file"), err,
                          "the path of the weights is too long");
    return true;
}

static bool check_shapes(const struct yaml_file *file, struct document *doc,
                         struct err *err)
{
    struct bundle *out = &doc->bundle;
    int64_t rows = doc->input.rows, columns = doc->input.columns;
    int64_t stride = doc->output.stride;
    if (rows * columns > INPUT_MOST)
        return yaml_error(file, node(file, "input", NULL), err,
                          "rows x columns is more than %d pixels", INPUT_MOST);
    if (rows % stride != 0 || columns % stride != 0)
        return yaml_error(file, node(file, "output", "stride"), err,
                          "stride %d does not divide input rows %d and "
                          "columns %d",
                          (int)stride, (int)rows, (int)columns);
    if ((int64_t)out->n_landmarks * (rows / stride) * (columns / stride) >
        OUTPUT_MOST)
        return yaml_error(file, node(file, "output", "landmarks"), err,
                          "the heatmaps hold more than %d numbers",
                          OUTPUT_MOST);
    out->rows = (uint32_t)rows;
    out->columns = (uint32_t)columns;
    out->stride = (uint32_t)stride;
    out->sigma = doc->output.sigma;
    return true;
}

static bool check_name(const struct yaml_file *file, const char *name,
                       const struct bundle *out, struct err *err)
{
    if (strcmp(out->name, name) != 0)
        return yaml_error(file, node(file, "name", NULL), err,
                          "the bundle is named \"%s\" but its folder \"%s\"; "
                          "they must agree",
                          out->name, name);
    return true;
}

static bool check_orientation(const struct yaml_file *file,
                              struct document *doc, struct err *err)
{
    const char *text = doc->input.orientation;
    size_t row = strspn(text, "LRAPHF");
    size_t column = text[row] == '\\' ? strspn(text + row + 1, "LRAPHF") : 0;
    if (text[0] != '\0' &&
        (row == 0 || column == 0 || text[row + 1 + column] != '\0'))
        return yaml_error(file, node(file, "input", "orientation"), err,
                          "orientation is written as PatientOrientation, the "
                          "direction of rows and of columns: L\\F");
    memcpy(doc->bundle.orientation, text, sizeof doc->bundle.orientation);
    return true;
}

static bool read_document(const struct yaml_file *file, const char *folder,
                          const char *name, const struct bundle_codes *codes,
                          struct document *doc, struct err *err)
{
    return yaml_apply(file, &file->root, top_keys, doc, err) &&
           check_name(file, name, &doc->bundle, err) &&
           read_weights(file, folder, doc, err) &&
           read_percentiles(file, doc->input.percentiles,
                            doc->bundle.percentiles, err) &&
           check_orientation(file, doc, err) &&
           read_landmarks(file, doc->output.landmarks, &doc->bundle, err) &&
           check_shapes(file, doc, err) &&
           bundle_rules_checks(file, doc->checks, &doc->bundle, err) &&
           bundle_rules_measures(file, doc->measurements, codes, &doc->bundle,
                                 err);
}

bool bundle_read(const char *models, const char *name,
                 const struct bundle_codes *codes, struct bundle *out,
                 struct err *err)
{
    char folder[BUNDLE_PATH], path[BUNDLE_PATH];
    if (!bundle_name_valid(name))
        return err_set(err, ERR_REJECT, "\"%s\" is not the name of a model",
                       name);
    if (snprintf(folder, sizeof folder, "%s/%s", models, name) >=
            (int)sizeof folder ||
        snprintf(path, sizeof path, "%s/model.yaml", folder) >=
            (int)sizeof path)
        return err_set(err, ERR_REJECT, "the path of model %s is too long",
                       name);
    struct yaml_file file;
    struct document doc = {0};
    if (!weights_hash_file(path, YAML_MOST, doc.bundle.config_sha256, err) ||
        !yaml_read(path, &file, err))
        return false;
    bool ok = read_document(&file, folder, name, codes, &doc, err);
    yaml_free(&file);
    if (ok)
        *out = doc.bundle;
    return ok;
}

bool bundle_open_weights(const struct bundle *bundle, int *fd, struct err *err)
{
    return weights_open(bundle->weights_path, bundle->weights_sha256, fd, err);
}
