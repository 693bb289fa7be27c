#ifndef CONF_YAML_TREE_H
#define CONF_YAML_TREE_H

#include "conf/yaml.h"

/* Most of each in a file; the reader refuses more. */
enum { YAML_FILE_BYTES = 64 * 1024, YAML_DEPTH = 16, YAML_NODES = 16384 };

/* Builds file->root from n <= YAML_FILE_BYTES bytes of one document.
 * file->path is set. On failure the caller frees what there is. */
bool yaml_tree(struct yaml_file *file, const char *bytes, size_t n,
               struct err *err);

#endif
