#ifndef DICOM_SCAN_H
#define DICOM_SCAN_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "conf/err.h"

/* Pre-scan of received bytes, before DCMTK parses any: DCMTK 3.6.7 overflows
 * its stack on sequences nested about 6,000 deep. Iterative, reads the file
 * once in bounded memory, knows implicit and explicit VR, both byte orders
 * and deflated (bounded inflate). Every length is checked against what is
 * left. Pure C, no DCMTK. */
struct scan_limits {
    int depth;              /* nested sequences; 32 */
    uint32_t elements;      /* of any data set; 100,000 */
    uint32_t more_elements; /* of a large one: one for each 512 bytes of the
                               file, at most 1,000,000. Multi-frame images
                               have about a hundred a frame */
    int64_t inflated_bytes; /* deflated only; 1 GiB */
    int inflate_ratio;      /* 100 */
};
extern const struct scan_limits scan_limits_default;

struct scan {
    char sop_class[65], sop_uid[65], study_uid[65], series_uid[65];
    char modality[17];
    char transfer_syntax[65];
    /* image pixel module; 0 when absent */
    uint32_t rows, columns, samples, bits_allocated, frames;
    int64_t pixel_offset; /* of the value of PixelData in the (inflated) data
                             set; -1: none */
    int64_t pixel_bytes;  /* native: its length; encapsulated: -1 */
    int64_t total_bytes;  /* of the (inflated) data set */
};

/* The data set that starts at `offset` in fd. ERR_REJECT: not a data set, a
 * limit exceeded, a UID malformed (PS3.5 9.1) or missing. Truncated native
 * pixel data is no error (RELIABILITY: stored, the analysis refuses it). */
bool scan_data_set(int fd, off_t offset, const char *transfer_syntax,
                   const struct scan_limits *limits, struct scan *out,
                   struct err *err);

/* A Part 10 file on disk: finds the transfer syntax and the offset of the
 * data set in the meta header. Files without preamble or meta are refused. */
bool scan_part10(int fd, char transfer_syntax[static 65], off_t *offset,
                 struct err *err);

/* Writes to out_fd a Part 10 file with nothing but what decoding needs:
 * groups 0028 and 2050 and PixelData, element bytes verbatim (deflated input
 * comes out as Explicit VR Little Endian). No identifier passes. */
bool scan_copy_pixels(int fd, off_t offset, const char *transfer_syntax,
                      int out_fd, struct err *err);

bool scan_uid_valid(const char *uid); /* PS3.5 9.1, 1..64 characters */

#endif
