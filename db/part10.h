#ifndef DB_PART10_H
#define DB_PART10_H

#include <stddef.h>

#include "db/object.h"

/* Preamble and File Meta Information (PS3.10 7.1), Explicit VR Little Endian,
 * for object's sop_class, sop_uid, transfer_syntax, calling_ae and called_ae.
 * The preamble is zero: nothing a sender chose precedes the data set.
 * Returns the bytes written. */
#define PART10_HEADER_BYTES 1024
size_t part10_header(const struct object *object,
                     unsigned char out[static PART10_HEADER_BYTES]);

#endif
