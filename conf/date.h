#ifndef CONF_DATE_H
#define CONF_DATE_H

#include <stdbool.h>
#include <stdint.h>

/* Dates as DICOM writes them (PS3.5 6.2, DA): 20240131. */

/* Days since 1970. False: it is no date. */
bool date_days(const char *da, int64_t *out);

/* "2024-01-31"; what is no date is `none`. */
#define DATE_TEXT 11
const char *date_text(const char *da, const char *none,
                      char out[static DATE_TEXT]);

#endif
