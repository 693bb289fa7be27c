#ifndef DB_PART10_H
#define DB_PART10_H

#include <stdbool.h>
#include <stddef.h>

#include "conf/err.h"
#include "db/object.h"

/* Preamble and File Meta Information (PS3.10 7.1), Explicit VR Little Endian.
 * The preamble is zero: nothing a sender chose precedes the data set.
 *
 * The last element, Private Information (0002,0102), is a block of fixed size
 * that holds what the database knows of the object, so that a lost database
 * can be made again from the spool; it ends with the SHA-256 of all header
 * bytes before it. Until part10_complete() it is zero: a file that was not
 * finished says nothing. */
#define PART10_HEADER_BYTES 1024

/* For object's sop_class, sop_uid, transfer_syntax, calling_ae and called_ae.
 * Returns the bytes written. */
size_t part10_header(const struct object *object,
                     unsigned char out[static PART10_HEADER_BYTES]);

/* Fills the block of a header of n bytes from object's kind, study and series,
 * times, data_bytes and sha256. result: NULL unless it is one. */
void part10_complete(unsigned char *header, size_t n,
                     const struct object *object,
                     const struct result_of *result);

/* Reads a header back; bytes beyond it are ignored. Fills all of *object but
 * id and path. ERR_REJECT: it is not a complete header of this node's making,
 * or somebody changed it. */
bool part10_read(const unsigned char *bytes, size_t n, struct object *object,
                 struct result_of *result, struct err *err);

#endif
