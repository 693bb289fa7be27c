#ifndef DB_PART10_BLOCK_H
#define DB_PART10_BLOCK_H

#include <stdbool.h>
#include <stddef.h>

#include "conf/err.h"
#include "db/object.h"

/* The block at the end of a header of n bytes (part10.h). Numbers are little
 * endian, texts padded with NUL. */
#define PART10_BLOCK_BYTES 440

bool part10_block_read(const unsigned char *header, size_t n,
                       struct object *object, struct result_of *result,
                       struct err *err);

#endif
