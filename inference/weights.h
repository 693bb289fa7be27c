#ifndef INFERENCE_WEIGHTS_H
#define INFERENCE_WEIGHTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "conf/err.h"

/* Bytes whose SHA-256 is known: libtorch does not check the CRC of weights,
 * and one flipped bit gives other numbers without an error. */
#define WEIGHTS_MOST_BYTES INT64_C(4294967296)

/* Hex digest of a regular file of at most `most` bytes. ERR_REJECT: it is not
 * there, or is not what it must be; ERR_RETRY: too many open files, no memory,
 * a read error. So for the others. */
bool weights_hash_file(const char *path, int64_t most, char out[static 65],
                       struct err *err);

/* Opens a file whose digest was compared; *fd is close-on-exec. */
bool weights_open(const char *path, const char *sha256, int *fd,
                  struct err *err);

/* All bytes of fd, malloc'd, after the digest of just these bytes was
 * compared: what is checked is what is used. */
bool weights_read(int fd, const char *sha256, unsigned char **bytes, size_t *n,
                  struct err *err);

#endif
