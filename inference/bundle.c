/* A model bundle is a promise: these bytes, given such an image, answer with
 * such outputs, from which these measurements follow. model.yaml says it in
 * words an admin can read; bundle*.c turn the words into numbers and refuse
 * every promise that contradicts itself, at start and not in front of a
 * patient's film. Here is who the bundle is; each list has a file of its own.
 */
#include "inference/bundle.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "conf/mem.h"
#include "db/uid.h"
#include "inference/bundle_names.h"
#include "inference/bundle_reader.h"
#include "inference/weights.h"

#define YAML_MOST (64 * 1024) /* as conf/yaml.h */

struct document {
    struct bundle bundle;
    const struct yaml_node *inputs, *stages, *confidence, *calibration,
        *geometry, *checks, *measurements, *findings, *bridges;
};

static const struct yaml_key keys[] = {
    KEY_TEXT("name", struct document, bundle.name, 1, true),
    KEY_TEXT("version", struct document, bundle.version, 1, true),
    KEY_TEXT("manufacturer", struct document, bundle.manufacturer, 1, true),
    KEY_TEXT("description", struct document, bundle.description, 1, true),
    KEY_TEXT("demonstration", struct document, bundle.demonstration, 1, false),
    KEY_ANY("bridges", struct document, bridges, false),
    KEY_ANY("inputs", struct document, inputs, true),
    KEY_ANY("stages", struct document, stages, true),
    KEY_ANY("confidence", struct document, confidence, true),
    KEY_ANY("calibration", struct document, calibration, false),
    KEY_ANY("geometry", struct document, geometry, false),
    KEY_ANY("checks", struct document, checks, false),
    KEY_ANY("measurements", struct document, measurements, false),
    KEY_ANY("findings", struct document, findings, false),
    KEY_END};

bool bundle_name_valid(const char *name)
{
    size_t n = strspn(name, "abcdefghijklmnopqrstuvwxyz"
                            "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-");
    return n > 0 && n < BUNDLE_NAME && name[n] == '\0' && name[0] != '.';
}

static bool check_name(const struct yaml_file *file, const char *name,
                       const struct bundle *out, struct err *err)
{
    return strcmp(out->name, name) == 0 ||
           yaml_error(file, yaml_get(&file->root, "name"), err,
                      "the bundle is named \"%s\" but its folder \"%s\"; they "
                      "must agree",
                      out->name, name);
}

/* Versions that this one does not need a bridge to are mistakes. */
static bool read_bridges(const struct bundle_reader *reader,
                         const struct yaml_node *list, struct err *err)
{
    struct bundle *out = reader->out;
    static const struct yaml_key rule = {.name = "bridges",
                                         .type = YAML_TEXT,
                                         .size = sizeof out->bridges[0],
                                         .min = 1};
    if (!list)
        return true;
    if (!names_list(reader, list, "bridges", 1, BUNDLE_BRIDGES, "versions",
                    err))
        return false;
    for (size_t i = 0; i < list->count; i++) {
        char *version = out->bridges[out->n_bridges++];
        if (!yaml_scalar(reader->file, &list->items[i], &rule, version, err))
            return false;
        if (strcmp(version, out->version) == 0)
            return yaml_error(reader->file, &list->items[i], err,
                              "bridges: %s is this version; name earlier ones",
                              version);
    }
    return true;
}

static bool check_purpose(const struct yaml_file *file,
                          const struct document *doc, struct err *err)
{
    const struct rules *rules = &doc->bundle.rules;
    return rules->n_measures > 0 || rules->n_findings > 0 ||
           yaml_error(file, doc->measurements ? doc->measurements : &file->root,
                      err, "the bundle measures nothing and finds nothing");
}

/* Who asks for it, in what a network's process says and the log. */
static void name_networks(struct bundle *out)
{
    for (size_t i = 0; i < out->n_stages; i++) {
        struct network *network = &out->stages[i].network;
        memcpy(network->model, out->name, sizeof network->model);
        memcpy(network->version, out->version, sizeof network->version);
    }
}

/* One digest that names the weights in reports. That of a single network is
 * what sha256sum prints. */
static void hash_weights(struct bundle *out)
{
    char all[STAGES * 64 + 1] = "";
    for (size_t i = 0; i < out->n_stages; i++)
        memcpy(all + i * 64, out->stages[i].network.weights_sha256, 65);
    if (out->n_stages == 1)
        memcpy(out->weights_sha256, all, 65);
    else
        sha256_hex(out->weights_sha256, all, strlen(all));
}

static bool read_document(const struct bundle_reader *reader, const char *name,
                          struct document *doc, struct err *err)
{
    const struct yaml_file *file = reader->file;
    if (!yaml_apply(file, &file->root, keys, doc, err) ||
        !check_name(file, name, &doc->bundle, err) ||
        !read_bridges(reader, doc->bridges, err) ||
        !bundle_inputs(reader, doc->inputs, err) ||
        !bundle_stages(reader, doc->stages, err) ||
        !bundle_confidence(reader, doc->confidence, err) ||
        !bundle_geometry(reader, doc->geometry, err) ||
        !bundle_calibration(reader, doc->calibration, err) ||
        !bundle_checks(reader, doc->checks, err) ||
        !bundle_measures(reader, doc->measurements, err) ||
        !bundle_findings(reader, doc->findings, err) ||
        !check_purpose(file, doc, err))
        return false;
    name_networks(&doc->bundle);
    hash_weights(&doc->bundle);
    return true;
}

static bool read_file(const char *folder, const char *path, const char *name,
                      const struct bundle_codes *codes, struct document *doc,
                      struct err *err)
{
    struct yaml_file file;
    if (!weights_hash_file(path, YAML_MOST, doc->bundle.config_sha256, err) ||
        !yaml_read(path, &file, err))
        return false;
    struct bundle_reader reader = {
        .file = &file, .folder = folder, .codes = codes, .out = &doc->bundle};
    bool ok = read_document(&reader, name, doc, err);
    yaml_free(&file);
    return ok;
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
    struct document *doc = mem_calloc(1, sizeof *doc);
    bool ok = read_file(folder, path, name, codes, doc, err);
    if (ok)
        *out = doc->bundle;
    free(doc);
    return ok;
}

bool bundle_weights_good(const struct bundle *bundle, struct err *err)
{
    for (size_t i = 0; i < bundle->n_stages; i++) {
        const struct network *network = &bundle->stages[i].network;
        int fd;
        if (!weights_open(network->weights_path, network->weights_sha256, &fd,
                          err))
            return err_wrap(err, "%s", network->where);
        close(fd);
    }
    return true;
}
