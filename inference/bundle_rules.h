#ifndef INFERENCE_BUNDLE_RULES_H
#define INFERENCE_BUNDLE_RULES_H

#include "conf/yaml.h"
#include "inference/bundle.h"

/* The two lists of model.yaml whose items come in kinds: `checks` and
 * `measurements`. The bundle's landmarks are known by then. A node of NULL is
 * an empty list. */
bool bundle_rules_checks(const struct yaml_file *file,
                         const struct yaml_node *list, struct bundle *out,
                         struct err *err);
bool bundle_rules_measures(const struct yaml_file *file,
                           const struct yaml_node *list,
                           const struct bundle_codes *codes, struct bundle *out,
                           struct err *err);

#endif
