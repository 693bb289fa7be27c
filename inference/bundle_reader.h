#ifndef INFERENCE_BUNDLE_READER_H
#define INFERENCE_BUNDLE_READER_H

#include "conf/yaml.h"
#include "inference/bundle.h"

/* The parts of model.yaml, each read by a file of its own into one bundle, in
 * the order below: a part knows the names that those before it defined. A node
 * of NULL is a key that the file does not have. Internal to bundle*.c. */
struct bundle_reader {
    const struct yaml_file *file;
    const char *folder; /* of the bundle */
    const struct bundle_codes *codes;
    struct bundle *out;
};

bool bundle_inputs(const struct bundle_reader *reader,
                   const struct yaml_node *list, struct err *err);
bool bundle_stages(const struct bundle_reader *reader,
                   const struct yaml_node *list, struct err *err);
bool bundle_confidence(const struct bundle_reader *reader,
                       const struct yaml_node *mapping, struct err *err);
bool bundle_geometry(const struct bundle_reader *reader,
                     const struct yaml_node *list, struct err *err);
bool bundle_calibration(const struct bundle_reader *reader,
                        const struct yaml_node *mapping, struct err *err);
bool bundle_checks(const struct bundle_reader *reader,
                   const struct yaml_node *list, struct err *err);
bool bundle_measures(const struct bundle_reader *reader,
                     const struct yaml_node *list, struct err *err);
bool bundle_findings(const struct bundle_reader *reader,
                     const struct yaml_node *list, struct err *err);

/* `curve`, of the confidence and of a measurement. */
bool bundle_curve(const struct bundle_reader *reader,
                  const struct yaml_node *list, struct rule_curve *out,
                  struct err *err);

/* The list `outputs` of a stage. */
bool bundle_outputs(const struct bundle_reader *reader,
                    const struct yaml_node *list, struct stage *stage,
                    struct err *err);

/* Rows of a schema (conf/yaml.h). */
#define KEY_TEXT(key, record, member, least, needed)                           \
    {                                                                          \
        .name = key, .type = YAML_TEXT, .min = least, .required = needed,      \
        YAML_AT(record, member)                                                \
    }
#define KEY_INT(key, record, member, least, most, needed)                      \
    {                                                                          \
        .name = key, .type = YAML_INT, .min = least, .max = most,              \
        .required = needed, YAML_AT(record, member)                            \
    }
#define KEY_NUMBER(key, record, member, least, most, needed)                   \
    {                                                                          \
        .name = key, .type = YAML_NUMBER, .min = least, .max = most,           \
        .required = needed, YAML_AT(record, member)                            \
    }
#define KEY_CHOICE(key, record, member, words, needed)                         \
    {                                                                          \
        .name = key, .type = YAML_CHOICE, .choices = words,                    \
        .required = needed, YAML_AT(record, member)                            \
    }
#define KEY_NESTED(key, record, member, schema, needed)                        \
    {                                                                          \
        .name = key, .type = YAML_NESTED, .nested = schema,                    \
        .required = needed, YAML_AT(record, member)                            \
    }
#define KEY_ANY(key, record, member, needed)                                   \
    {                                                                          \
        .name = key, .type = YAML_ANY, .required = needed,                     \
        YAML_AT(record, member)                                                \
    }
#define KEY_END                                                                \
    {                                                                          \
        .name = NULL                                                           \
    }

#endif
