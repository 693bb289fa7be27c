#include "conf/date.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DAYS_TO_1970 719469

bool date_days(const char *da, int64_t *out)
{
    if (strlen(da) != 8 || strspn(da, "0123456789") != 8)
        return false;
    long all = strtol(da, NULL, 10);
    long year = all / 10000, month = all / 100 % 100, day = all % 100;
    if (month < 1 || month > 12 || day < 1 || day > 31)
        return false;
    if (month <= 2) { /* a year begins in March: the leap day is its last */
        year--;
        month += 12;
    }
    *out = 365 * year + year / 4 - year / 100 + year / 400 +
           (153 * (month - 3) + 2) / 5 + day - DAYS_TO_1970;
    return true;
}

const char *date_text(const char *da, const char *none,
                      char out[static DATE_TEXT])
{
    int64_t days;

    if (!date_days(da, &days))
        return none;
    snprintf(out, DATE_TEXT, "%.4s-%.2s-%.2s", da, da + 4, da + 6);
    return out;
}
