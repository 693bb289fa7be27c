#ifndef DICOM_MATCH_VALUE_H
#define DICOM_MATCH_VALUE_H

#include <regex.h>
#include <stdbool.h>

/* What match.c and match_check.c must see alike. */

/* The whole text as a finite number, spaces around it allowed (IS and DS,
 * PS3.5 6.2). */
bool match_value_number(const char *text, double *out);

/* POSIX extended, case ignored. 0, or regcomp()'s error. */
int match_value_compile(const char *pattern, regex_t *out);

/* "calling_ae" or "called_ae": from the association, not from the headers. */
bool match_value_is_ae(const char *keyword);

#endif
