#ifndef DICOM_PART10_H
#define DICOM_PART10_H

#include <stdbool.h>

#include "conf/err.h"

#ifdef __cplusplus
extern "C" {
#endif

/* The transfer syntax a file names in its meta header; uid has 65 bytes. DCMTK
 * guesses at a file that names none, and what it guesses may not be what
 * dicom/scan.h checked: so every file is asked this before DCMTK opens it. */
bool part10_syntax(const char *path, char *uid, struct err *err);

#ifdef __cplusplus
}
#endif
#endif
