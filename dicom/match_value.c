/* Numbers, patterns and association values: the check at start and the
 * evaluation of an image must agree on them to the letter. */
#include "dicom/match_value.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

bool match_value_number(const char *text, double *out)
{
    char *end;

    *out = strtod(text, &end);
    if (end == text || !isfinite(*out) ||
        text[strspn(text, " +-.0123456789eE")])
        return false;
    return end[strspn(end, " ")] == '\0';
}

int match_value_compile(const char *pattern, regex_t *out)
{
    return regcomp(out, pattern, REG_EXTENDED | REG_ICASE | REG_NOSUB);
}

bool match_value_is_ae(const char *keyword)
{
    return strcmp(keyword, "calling_ae") == 0 ||
           strcmp(keyword, "called_ae") == 0;
}
