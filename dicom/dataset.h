#ifndef DICOM_DATASET_H
#define DICOM_DATASET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "conf/err.h"

/* The C face of a DCMTK data set. Attributes are named by PS3.6 keyword;
 * nested ones by a path: "RequestAttributesSequence[0].StudyID". Values are
 * the stored bytes without padding, in the data set's own character set.
 * Never logs. Only objects that passed dicom/scan.h may be read here. */
#ifdef __cplusplus
extern "C" {
#endif

struct dcm;

/* Reads a Part 10 file up to, not including, PixelData. */
struct dcm *dcm_read(const char *path, struct err *err);
struct dcm *dcm_new(void);
void dcm_free(struct dcm *set);

/* False when absent or empty; out is then "". Longer values are cut; a NUL
 * inside becomes '?'. */
bool dcm_text(const struct dcm *set, const char *path, char *out, size_t size);
/* Value number i (0-based) of a multi-valued attribute. */
bool dcm_value(const struct dcm *set, const char *path, size_t i, char *out,
               size_t size);
/* Decimal or binary number; false when absent or not a finite number. */
bool dcm_number(const struct dcm *set, const char *path, size_t i, double *out);
size_t dcm_items(const struct dcm *set, const char *sequence); /* 0: absent */
bool dcm_has(const struct dcm *set, const char *path); /* present at all */

/* Calls each(ctx, value) for every value under the path, through every item
 * of the sequences named on the way when no [n] is given. Stops when each
 * returns true, and returns that. */
bool dcm_each(const struct dcm *set, const char *path,
              bool (*each)(void *ctx, const char *value), void *ctx);

/* Creates sequences and items on the way. value "" writes an empty element. */
bool dcm_set(struct dcm *set, const char *path, const char *value,
             struct err *err);
bool dcm_set_bytes(struct dcm *set, const char *path, const void *bytes,
                   size_t n, struct err *err);
/* Verbatim, sequences included. An absent source element is no error. */
bool dcm_copy(struct dcm *to, const struct dcm *from, const char *path,
              struct err *err);
/* Copies a whole item: to.path_to (item is made) from from.path_from. */
bool dcm_copy_item(struct dcm *to, const char *path_to, const struct dcm *from,
                   const char *path_from, struct err *err);
/* Absent already: nothing to do. Top level only. */
bool dcm_remove(struct dcm *set, const char *keyword, struct err *err);
bool dcm_to_utf8(struct dcm *set, struct err *err); /* ISO_IR 192 */

/* Explicit VR Little Endian bytes of the data set, no meta header.
 * *bytes is malloc'd and the caller's. */
bool dcm_encode(const struct dcm *set, unsigned char **bytes, size_t *n,
                struct err *err);

/* Is it a keyword of the dictionary (sequences and their members by '.')? */
bool dcm_keyword(const char *path, bool *is_number);

#ifdef __cplusplus
}
#endif
#endif
