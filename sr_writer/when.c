/* Dates of a result are in the time zone its data set names, and that is
 * copied from the source: a node in UTC must not date a result an hour before
 * the image it was made from. */
#include "sr_writer/when.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

/* PS3.3 C.12.1.1.8: &ZZXX, -1200 to +1400. */
static bool offset_s(const char *text, int64_t *out)
{
    int sign = text[0] == '-' ? -1 : 1, number = 0;

    if ((text[0] != '+' && text[0] != '-') || strlen(text) != 5 ||
        strspn(text + 1, "0123456789") != 4)
        return false;
    for (int i = 1; i < 5; i++)
        number = number * 10 + (text[i] - '0');
    *out = sign * (number / 100 * 3600 + number % 100 * 60);
    return true;
}

bool when_write(int64_t wall_ms, const char *offset, struct when *out)
{
    int64_t shift_s = 0;
    bool zoned = offset_s(offset, &shift_s);
    time_t seconds = (time_t)(wall_ms / 1000 + shift_s);
    struct tm tm;

    if ((zoned ? gmtime_r(&seconds, &tm) : localtime_r(&seconds, &tm)) == NULL)
        return false;
    if (wall_ms < 0 || tm.tm_year > 8099)
        return false;
    if (strftime(out->date, sizeof(out->date), "%Y%m%d", &tm) != 8 ||
        strftime(out->time, sizeof(out->time), "%H%M%S", &tm) != 6)
        return false;
    snprintf(out->time + 6, sizeof(out->time) - 6, ".%03d",
             (int)(wall_ms % 1000));
    return true;
}
