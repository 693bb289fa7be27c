#ifndef INFERENCE_BUNDLE_MEASURES_H
#define INFERENCE_BUNDLE_MEASURES_H

#include "inference/bundle_names.h"

/* One item of `measurements` as it stands in the file, before what it is made
 * of is read for each side. Internal to bundle_measure*.c. */
struct measure_item {
    struct rule_measure rule; /* what is the same for both sides */
    const struct yaml_node *at, *how, *concept, *code, *sides, *normal, *needs,
        *around, *curve;
    int modifier, toward, to, positive, unit;
};

/* What is behind the key that says how it is measured, in the order of
 * enum rule_kind but for RULE_ANGLE_AXIS, which is an angle of one line. */
enum measure_how {
    MEASURE_HOW_ANGLE,
    MEASURE_HOW_SIGNED_ANGLE,
    MEASURE_HOW_DISTANCE,
    MEASURE_HOW_PERPENDICULAR,
    MEASURE_HOW_RATIO,
    MEASURE_HOW_DIFFERENCE,
    MEASURE_HOW_COBB,
    MEASURE_HOW_WIDTH,
    MEASURE_HOW_AREA,
    MEASURE_HOW_GRADE,
    MEASURE_HOW_SCALAR
};
extern const char *const measure_hows[];
extern const char *const measure_positives[];
extern const char *const measure_units[];

/* Fills kind, unit and all that follows from item->how for out->side. */
bool bundle_measure_operands(const struct bundle_reader *reader,
                             const struct measure_item *item,
                             enum measure_how how, struct rule_measure *out,
                             struct err *err);

/* The same of one key each; the side is out->side. */
bool bundle_cobb(const struct bundle_reader *reader,
                 const struct measure_item *item, struct rule_measure *out,
                 struct err *err);
bool bundle_width(const struct bundle_reader *reader,
                  const struct measure_item *item, struct rule_measure *out,
                  struct err *err);
bool bundle_area(const struct bundle_reader *reader,
                 const struct measure_item *item, struct rule_measure *out,
                 struct err *err);
bool bundle_grade(const struct bundle_reader *reader,
                  const struct measure_item *item, struct rule_measure *out,
                  struct err *err);
bool bundle_scalar(const struct bundle_reader *reader,
                   const struct measure_item *item, struct rule_measure *out,
                   struct err *err);

/* Always false: at the item's key, or at the item where it has none. */
bool bundle_mistake(const struct bundle_reader *reader,
                    const struct measure_item *item, const char *key,
                    struct err *err, const char *message);

#endif
