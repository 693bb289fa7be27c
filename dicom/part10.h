#ifndef DICOM_PART10_H
#define DICOM_PART10_H

#include <stdbool.h>

#include "conf/err.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Before DCMTK opens a file: its transfer syntax, from the meta header (DCMTK
 * guesses where there is none, and may guess otherwise than dicom/scan.h), to
 * uid, which has 65 bytes; and that the data set's structure holds and nests
 * no deeper than DCMTK's recursive reader can stand. */
bool part10_check(const char *path, char *uid, struct err *err);

#ifdef __cplusplus
}
#endif
#endif
