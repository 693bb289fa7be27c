#ifndef DICOM_SCAN_READER_H
#define DICOM_SCAN_READER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include <zlib.h>

#include "conf/err.h"
#include "dicom/scan.h"

/* Bytes of a data set in order, from a file descriptor that is not moved
 * (pread), inflated on the way when the data set is deflated. Two buffers of
 * 64 KiB, whatever the object's size. */
#define SCAN_READER_BYTES 65536

struct scan_reader {
    int fd;
    off_t at;       /* in the file, of what follows the buffers */
    int64_t bytes;  /* of the file, from where the data set starts */
    int64_t offset; /* in the (inflated) data set, of the next byte */
    int64_t left;   /* what offset can still grow; deflated: the cap */
    bool deflated;
    bool ended; /* nothing follows the buffer */
    z_stream inflate;
    int ratio;
    size_t from, to; /* unread part of out */
    unsigned char in[SCAN_READER_BYTES], out[SCAN_READER_BYTES];
};

bool scan_reader_open(struct scan_reader *reader, int fd, off_t offset,
                      bool deflated, const struct scan_limits *limits,
                      struct err *err);
void scan_reader_close(struct scan_reader *reader);

/* *got < n only where the data ends. */
bool scan_reader_some(struct scan_reader *reader, void *out, size_t n,
                      size_t *got, struct err *err);
/* All n bytes; ERR_REJECT when the data ends before. */
bool scan_reader_all(struct scan_reader *reader, void *out, size_t n,
                     struct err *err);
/* The next n (<= 16) bytes, left in place; *got as above. */
bool scan_reader_peek(struct scan_reader *reader, const unsigned char **bytes,
                      size_t n, size_t *got, struct err *err);
bool scan_reader_skip(struct scan_reader *reader, int64_t n, int64_t *skipped,
                      struct err *err);

#endif
