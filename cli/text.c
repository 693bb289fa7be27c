/* Times, sizes and foreign text as the admin sees them. Anything that came
 * over the network may hold escape sequences, so it passes text_printable()
 * on its way to a terminal. */
#include "cli/text.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "conf/utf8.h"

#define WORD_MAX 32 /* longer words are never near one of ours */

char *text_local(char out[static TEXT_TIME], int64_t wall_ms)
{
    time_t s = (time_t)(wall_ms / 1000);
    struct tm tm;

    if (wall_ms == 0 || !localtime_r(&s, &tm) ||
        strftime(out, TEXT_TIME, "%Y-%m-%d %H:%M:%S", &tm) == 0)
        strcpy(out, "-");
    return out;
}

json_t *text_utc(int64_t wall_ms)
{
    time_t s = (time_t)(wall_ms / 1000);
    char out[TEXT_TIME];
    struct tm tm;
    size_t n;

    if (wall_ms == 0 || !gmtime_r(&s, &tm) ||
        (n = strftime(out, TEXT_TIME, "%Y-%m-%dT%H:%M:%S", &tm)) == 0)
        return json_null();
    snprintf(out + n, TEXT_TIME - n, ".%03dZ", (int)(wall_ms % 1000));
    return json_string(out);
}

/* One decimal below ten, unless it is whole. */
static void scaled(char out[static TEXT_TIME], int64_t n, int64_t unit,
                   const char *name)
{
    if (n % unit == 0 || n / unit >= 10)
        snprintf(out, TEXT_TIME, "%" PRId64 " %s", n / unit, name);
    else
        snprintf(out, TEXT_TIME, "%" PRId64 ".%d %s", n / unit,
                 (int)(n % unit * 10 / unit), name);
}

char *text_duration(char out[static TEXT_TIME], int64_t ms)
{
    static const struct {
        int64_t ms;
        const char *name;
    } units[] = {{86400000, "d"}, {3600000, "h"}, {60000, "min"}, {1000, "s"}};
    size_t i;

    for (i = 0; i < sizeof units / sizeof *units; i++) {
        /* 90 s stays 90 s, not 1.5 min */
        if (ms >= units[i].ms &&
            (ms % units[i].ms == 0 || i == 3 || ms >= 3 * units[i].ms)) {
            scaled(out, ms, units[i].ms, units[i].name);
            return out;
        }
    }
    snprintf(out, TEXT_TIME, "%" PRId64 " ms", ms);
    return out;
}

char *text_bytes(char out[static TEXT_TIME], int64_t bytes)
{
    static const char *const names[] = {"TiB", "GiB", "MiB", "KiB"};
    int64_t unit = (int64_t)1 << 40;
    size_t i;

    for (i = 0; i < sizeof names / sizeof *names; i++, unit >>= 10) {
        if (bytes >= unit) {
            scaled(out, bytes, unit, names[i]);
            return out;
        }
    }
    snprintf(out, TEXT_TIME, "%" PRId64 " B", bytes);
    return out;
}

size_t text_printable(char *out, size_t size, const char *text)
{
    const unsigned char *at = (const unsigned char *)text;
    size_t used = 0, characters = 0, n;

    while (*at) {
        n = utf8_length(at);
        if (used + (n ? n : 1) >= size)
            break;
        if (n == 0 || utf8_control(at)) {
            out[used++] = '?';
            n = n ? n : 1;
        } else {
            memcpy(out + used, at, n);
            used += n;
        }
        at += n;
        characters++;
    }
    out[used] = '\0';
    return characters;
}

size_t text_distance(const char *a, const char *b)
{
    size_t row[WORD_MAX + 1], n = strlen(b), i, j, corner, above, best;

    if (n > WORD_MAX || strlen(a) > WORD_MAX)
        return WORD_MAX;
    for (j = 0; j <= n; j++)
        row[j] = j;
    /* Levenshtein, one row at a time. */
    for (i = 1; a[i - 1]; i++) {
        corner = row[0];
        row[0] = i;
        for (j = 1; j <= n; j++) {
            above = row[j];
            best = corner + (a[i - 1] != b[j - 1]);
            if (above + 1 < best)
                best = above + 1;
            if (row[j - 1] + 1 < best)
                best = row[j - 1] + 1;
            corner = above;
            row[j] = best;
        }
    }
    return row[n];
}
