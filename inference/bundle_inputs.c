/* `inputs` of model.yaml: which images the bundle takes, by what their headers
 * say. */
#include <stdio.h>
#include <string.h>

#include "inference/bundle_names.h"

struct item {
    struct bundle_input input;
    int laterality, spacing;
    const struct yaml_node *name, *modality, *body_part, *view, *header, *rows,
        *columns;
};

static const char *const lateralities[] = {"any", "one", "both", NULL};
static const char *const spacings[] = {"optional", "required", NULL};
static const char *const needs[] = {"modality",   "body_part",   "view",
                                    "laterality", "orientation", NULL};

static const struct yaml_key keys[] = {
    KEY_ANY("name", struct item, name, true),
    KEY_ANY("modality", struct item, modality, false),
    KEY_ANY("body_part", struct item, body_part, false),
    KEY_ANY("view", struct item, view, false),
    KEY_ANY("header", struct item, header, false),
    KEY_CHOICE("laterality", struct item, laterality, lateralities, false),
    KEY_TEXT("orientation", struct item, input.orientation, 1, false),
    KEY_ANY("rows", struct item, rows, false),
    KEY_ANY("columns", struct item, columns, false),
    KEY_CHOICE("spacing", struct item, spacing, spacings, false),
    KEY_END};

static bool read_terms(const struct bundle_reader *reader,
                       const struct yaml_node *list, const char *key,
                       struct bundle_terms *out, struct err *err)
{
    const struct yaml_key rule = {
        .name = key, .type = YAML_TEXT, .min = 1, .size = sizeof out->terms[0]};
    if (!list)
        return true;
    if (!names_list(reader, list, key, 1, BUNDLE_TERMS, "terms", err))
        return false;
    for (size_t i = 0; i < list->count; i++) {
        const struct yaml_node *node = &list->items[i];
        char *term = out->terms[i];
        if (!yaml_scalar(reader->file, node, &rule, term, err))
            return false;
        if (term[strspn(term, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_ ")])
            return yaml_error(reader->file, node, err,
                              "%s: a term of DICOM's has capital letters, "
                              "digits, '_' and spaces only",
                              key);
    }
    out->n = list->count;
    return true;
}

static bool read_size(const struct bundle_reader *reader,
                      const struct yaml_node *list, const char *key,
                      uint32_t out[2], struct err *err)
{
    double range[2];
    if (!list)
        return true;
    if (!names_range(reader, list, key, 1, 65535, range, err))
        return false;
    out[0] = (uint32_t)range[0];
    out[1] = (uint32_t)range[1];
    return out[0] == range[0] && out[1] == range[1]
               ? true
               : yaml_error(reader->file, list, err,
                            "%s wants whole numbers of pixels", key);
}

static bool read_header(const struct bundle_reader *reader,
                        const struct yaml_node *list, struct bundle_input *out,
                        struct err *err)
{
    static const struct yaml_key rule = {.name = "header",
                                         .type = YAML_CHOICE,
                                         .size = sizeof(int),
                                         .choices = needs};
    bool *flags[] = {&out->modality.needed, &out->body_part.needed,
                     &out->view.needed, &out->laterality_needed,
                     &out->orientation_needed};
    if (!list)
        return true;
    if (!names_list(reader, list, "header", 1, 5, "attributes", err))
        return false;
    for (size_t i = 0; i < list->count; i++) {
        int which;
        if (!yaml_scalar(reader->file, &list->items[i], &rule, &which, err))
            return false;
        *flags[which] = true;
    }
    return true;
}

static bool check_orientation(const struct bundle_reader *reader,
                              const struct yaml_node *at, const char *text,
                              struct err *err)
{
    size_t row = strspn(text, "LRAPHF");
    size_t column = text[row] == '\\' ? strspn(text + row + 1, "LRAPHF") : 0;
    return text[0] == '\0' ||
           (row > 0 && column > 0 && text[row + 1 + column] == '\0') ||
           yaml_error(reader->file, yaml_get(at, "orientation"), err,
                      "orientation is written as PatientOrientation, the "
                      "direction of rows and of columns: L\\F");
}

static bool read_input(const struct bundle_reader *reader,
                       const struct yaml_node *at, struct err *err)
{
    struct item item = {0};
    struct bundle_input *input = &item.input;
    struct bundle *out = reader->out;
    if (!yaml_apply(reader->file, at, keys, &item, err) ||
        !names_read(reader, item.name, "name", input->name, sizeof input->name,
                    err) ||
        !read_terms(reader, item.modality, "modality", &input->modality, err) ||
        !read_terms(reader, item.body_part, "body_part", &input->body_part,
                    err) ||
        !read_terms(reader, item.view, "view", &input->view, err) ||
        !read_header(reader, item.header, input, err) ||
        !read_size(reader, item.rows, "rows", input->rows, err) ||
        !read_size(reader, item.columns, "columns", input->columns, err) ||
        !check_orientation(reader, at, input->orientation, err))
        return false;
    input->laterality = (enum bundle_laterality)item.laterality;
    input->spacing_required = item.spacing == 1;
    for (size_t i = 0; i < out->n_inputs; i++) {
        if (strcmp(out->inputs[i].name, input->name) == 0)
            return yaml_error(reader->file, item.name, err,
                              "input \"%s\" is there twice", input->name);
    }
    out->inputs[out->n_inputs++] = *input;
    return true;
}

bool bundle_inputs(const struct bundle_reader *reader,
                   const struct yaml_node *list, struct err *err)
{
    if (!names_list(reader, list, "inputs", 1, BUNDLE_INPUTS, "views", err) ||
        !names_mappings(reader, list, "inputs", err))
        return false;
    for (size_t i = 0; i < list->count; i++) {
        if (!read_input(reader, &list->items[i], err))
            return false;
    }
    return true;
}
