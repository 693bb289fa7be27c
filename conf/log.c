/* The log is for an admin with grep and for the tests, which wait on events.
 * A line goes out by one write(2) below PIPE_BUF, so that processes sharing a
 * pipe never mix their lines (POSIX write: atomic up to PIPE_BUF). Values may
 * come from the network, so nothing passes that could break a line or a
 * terminal. */
#include "conf/log.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "conf/clock.h"

#define LINE_BYTES  4096
#define VALUE_BYTES 256

static char program_name[32] = "osteon";

struct line {
    char text[LINE_BYTES];
    size_t used;
};

static bool put(struct line *line, const char *text, size_t n)
{
    if (n > sizeof line->text - 1 - line->used)
        return false;
    memcpy(line->text + line->used, text, n);
    line->used += n;
    return true;
}

static bool put_str(struct line *line, const char *text)
{
    return put(line, text, strlen(text));
}

/* Length of the UTF-8 character at s, 0: not one (RFC 3629, section 4), or a
 * C1 control, which some terminals obey. */
static size_t utf8_length(const unsigned char *s)
{
    static const struct {
        unsigned char first_lo, first_hi, second_lo, second_hi, length;
    } forms[] = {
        {0xC2, 0xC2, 0xA0, 0xBF, 2}, {0xC3, 0xDF, 0x80, 0xBF, 2},
        {0xE0, 0xE0, 0xA0, 0xBF, 3}, {0xE1, 0xEC, 0x80, 0xBF, 3},
        {0xED, 0xED, 0x80, 0x9F, 3}, {0xEE, 0xEF, 0x80, 0xBF, 3},
        {0xF0, 0xF0, 0x90, 0xBF, 4}, {0xF1, 0xF3, 0x80, 0xBF, 4},
        {0xF4, 0xF4, 0x80, 0x8F, 4},
    };

    if (s[0] >= 0x20 && s[0] < 0x7F)
        return 1;
    for (size_t f = 0; f < sizeof forms / sizeof forms[0]; f++) {
        if (s[0] < forms[f].first_lo || s[0] > forms[f].first_hi)
            continue;
        if (s[1] < forms[f].second_lo || s[1] > forms[f].second_hi)
            return 0;
        for (size_t i = 2; i < forms[f].length; i++)
            if (s[i] < 0x80 || s[i] > 0xBF)
                return 0;
        return forms[f].length;
    }
    return 0;
}

static void put_value(struct line *line, const char *value)
{
    const unsigned char *s = (const unsigned char *)value;
    size_t shown = 0;

    put_str(line, "\"");
    while (*s) {
        size_t n = utf8_length(s);
        char piece[8];

        if (n == 0) {
            snprintf(piece, sizeof piece, "\\x%02X", *s++);
        } else if (*s == '"' || *s == '\\') {
            snprintf(piece, sizeof piece, "\\%c", *s++);
        } else {
            memcpy(piece, s, n);
            piece[n] = '\0';
            s += n;
        }
        shown += strlen(piece);
        if (shown > VALUE_BYTES || !put_str(line, piece))
            break;
    }
    put_str(line, "\"");
}

static void put_time(struct line *line)
{
    int64_t now_ms = clock_wall_ms();
    time_t seconds = (time_t)(now_ms / 1000);
    struct tm tm;
    char text[48];
    size_t n;

    gmtime_r(&seconds, &tm);
    n = strftime(text, sizeof text, "ts=%Y-%m-%dT%H:%M:%S", &tm);
    snprintf(text + n, sizeof text - n, ".%03dZ", (int)(now_ms % 1000));
    put_str(line, text);
}

void log_start(const char *program)
{
    snprintf(program_name, sizeof program_name, "%s", program);
}

void log_event(enum log_level level, const char *event, const struct kv *fields)
{
    static const char *const names[] = {"error", "warn", "info", "debug"};
    struct line line = {.used = 0};
    char text[96];

    put_time(&line);
    snprintf(text, sizeof text,
             " level=%s prog=%s pid=%ld event=", names[level], program_name,
             (long)getpid());
    put_str(&line, text);
    put_str(&line, event);
    for (; fields->key; fields++) {
        size_t start = line.used;

        /* A field that might not fit is left out whole, never cut. */
        if (strlen(fields->key) + VALUE_BYTES + 8 >
            sizeof line.text - 1 - line.used)
            continue;
        put_str(&line, " ");
        put_str(&line, fields->key);
        put_str(&line, "=");
        if (fields->str) {
            put_value(&line, fields->str);
        } else {
            snprintf(text, sizeof text, "%lld", (long long)fields->num);
            if (!put_str(&line, text))
                line.used = start;
        }
    }
    put(&line, "\n", 1);
    /* Nobody is left to tell when the log itself cannot be written. */
    if (write(STDERR_FILENO, line.text, line.used) < 0)
        return;
}
