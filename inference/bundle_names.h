#ifndef INFERENCE_BUNDLE_NAMES_H
#define INFERENCE_BUNDLE_NAMES_H

#include "inference/bundle_reader.h"

/* Names of model.yaml: lists of them, the sides they stand for, and what they
 * name. Every refusal says where, and the nearest name there is. */

/* A list of least..most items; what completes "KEY wants ...". */
bool names_list(const struct bundle_reader *reader,
                const struct yaml_node *list, const char *key, size_t least,
                size_t most, const char *what, struct err *err);
/* A list of mappings, of any length. */
bool names_mappings(const struct bundle_reader *reader,
                    const struct yaml_node *list, const char *key,
                    struct err *err);
/* Two numbers within least..most, the first below the second. */
bool names_range(const struct bundle_reader *reader,
                 const struct yaml_node *list, const char *key, double least,
                 double most, double out[static 2], struct err *err);

/* Which one of several keys an item has: index into keys (ends with NULL).
 * what: "a check". None or two of them are errors. */
bool names_kind(const struct bundle_reader *reader, const struct yaml_node *at,
                const char *const *keys, const char *what, size_t *out,
                struct err *err);

/* list NULL: one of SIDE_NONE. */
bool names_sides(const struct bundle_reader *reader,
                 const struct yaml_node *list, enum side sides[static 2],
                 size_t *n, struct err *err);
/* SIDE_RIGHT of right.hip_center */
enum side names_side(const char *name);
/* right.hip_center of SIDE_RIGHT and hip_center */
void names_full(enum side side, const char *name, char out[static 65]);

/* Letters, digits, '.', '_', '-': the name of an input, stage, output,
 * landmark or object. out has room for `size`; key opens the message. */
bool names_read(const struct bundle_reader *reader,
                const struct yaml_node *node, const char *key, char *out,
                size_t size, struct err *err);
bool names_id(const struct bundle_reader *reader, const struct yaml_node *node,
              const char *id, struct err *err);

/* The name without the side that a rule of that side adds by itself. */
const char *names_bare(const char *name, enum side side);
/* Always false: `"node" is no WHAT; did you mean "..."?` of these n names;
 * names has room for one more. */
bool names_unknown(const struct bundle_reader *reader,
                   const struct yaml_node *node, enum side side,
                   const char *what, const char **names, size_t n,
                   struct err *err);

/* The landmark or object that a name means for a side: with the side in
 * front, or else as it is written. It must be one of that kind; a circle is a
 * point too. */
bool names_object(const struct bundle_reader *reader,
                  const struct yaml_node *node, enum side side,
                  enum rule_object_kind kind, size_t *out, struct err *err);
/* A list of least..most of them, appended to objects. */
bool names_objects(const struct bundle_reader *reader,
                   const struct yaml_node *list, const char *key,
                   enum side side, enum rule_object_kind kind, size_t least,
                   size_t most, size_t *objects, size_t *n, struct err *err);
/* Any of them: its kind is looked at by the caller. */
bool names_any_object(const struct bundle_reader *reader,
                      const struct yaml_node *node, enum side side, size_t *out,
                      struct err *err);
const char *names_object_kind(enum rule_object_kind kind); /* "a line" */

/* An output of a stage, of that kind. */
bool names_output(const struct bundle_reader *reader,
                  const struct yaml_node *node, enum output_kind kind,
                  const struct stage **stage, const struct network_output **out,
                  struct err *err);
/* The stage gives it for that side. */
bool names_output_side(const struct bundle_reader *reader,
                       const struct yaml_node *node, const struct stage *stage,
                       enum side side, struct err *err);
/* One of an output's classes. */
bool names_class(const struct bundle_reader *reader,
                 const struct yaml_node *node,
                 const struct network_output *output, size_t *out,
                 struct err *err);
/* The label of a mask, or the number of a scalar output, that a name means
 * for a side, by the same rule as names_object(). name: as the network's, with
 * the side in front where the stage has sides. */
struct names_channel {
    const struct network_output *output;
    size_t index;
    char name[65];
};
bool names_channel(const struct bundle_reader *reader,
                   const struct yaml_node *node, enum side side,
                   enum output_kind kind, struct names_channel *out,
                   struct err *err);

/* The measurement of that id: index of its first row. */
bool names_measure(const struct bundle_reader *reader,
                   const struct yaml_node *node, size_t *out, struct err *err);

/* Is there a code? table as struct bundle_codes. unit: of a concept, or NULL;
 * "" when it has none or nobody knows. */
bool names_code(const struct bundle_reader *reader,
                const struct yaml_node *node, const char *table,
                const char *key, char unit[static 9], struct err *err);
/* `concept` or `code` of an item: one of both. */
bool names_concept(const struct bundle_reader *reader,
                   const struct yaml_node *at, const char *table,
                   char concept[static 49], struct own_code *own,
                   char unit[static 9], struct err *err);

#endif
