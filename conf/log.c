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
#include "conf/utf8.h"

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

static void put_value(struct line *line, const char *value)
{
    const unsigned char *s = (const unsigned char *)value;
    size_t shown = 0;

    put_str(line, "\"");
    while (*s) {
        size_t n = utf8_control(s) ? 0 : utf8_length(s);
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

const char *log_program(void)
{
    return program_name;
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
