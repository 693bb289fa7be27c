/* What a script reads of `osteon … --json`. A writer this small is easier to
 * trust than a dependency: it keeps commas and nesting, and makes every byte
 * that came over the network harmless. */
#include "cli/json.h"

#include <assert.h>
#include <inttypes.h>
#include <string.h>

#include "cli/text.h"

static void string(struct json *json, const char *text)
{
    const unsigned char *at = (const unsigned char *)text;
    size_t n;

    fputc('"', json->out);
    while (*at) {
        n = text_utf8(at);
        if (n == 0) {
            fputs("\xEF\xBF\xBD", json->out);
            n = 1;
        } else if (*at == '"' || *at == '\\') {
            fprintf(json->out, "\\%c", *at);
        } else if (*at < 0x20 || *at == 0x7F) {
            fprintf(json->out, "\\u%04X", *at);
        } else {
            fwrite(at, 1, n, json->out);
        }
        at += n;
    }
    fputc('"', json->out);
}

static void next(struct json *json, const char *key)
{
    if (json->depth > 0) {
        if (json->more[json->depth - 1])
            fputc(',', json->out);
        json->more[json->depth - 1] = true;
    }
    if (key) {
        string(json, key);
        fputc(':', json->out);
    }
}

static void nest(struct json *json, const char *key, char open, char close)
{
    next(json, key);
    assert(json->depth < JSON_DEPTH);
    fputc(open, json->out);
    json->close[json->depth] = close;
    json->more[json->depth] = false;
    json->depth++;
}

void json_start(struct json *json, FILE *out)
{
    memset(json, 0, sizeof *json);
    json->out = out;
}

void json_object(struct json *json, const char *key)
{
    nest(json, key, '{', '}');
}

void json_array(struct json *json, const char *key)
{
    nest(json, key, '[', ']');
}

void json_end(struct json *json)
{
    assert(json->depth > 0);
    json->depth--;
    fputc(json->close[json->depth], json->out);
    if (json->depth == 0)
        fputc('\n', json->out);
}

void json_text(struct json *json, const char *key, const char *text)
{
    next(json, key);
    string(json, text);
}

void json_int(struct json *json, const char *key, int64_t number)
{
    next(json, key);
    fprintf(json->out, "%" PRId64, number);
}

void json_bool(struct json *json, const char *key, bool yes)
{
    json_raw(json, key, yes ? "true" : "false");
}

void json_null(struct json *json, const char *key)
{
    json_raw(json, key, "null");
}

void json_time(struct json *json, const char *key, int64_t wall_ms)
{
    char text[TEXT_TIME];

    if (wall_ms == 0) {
        json_null(json, key);
        return;
    }
    text_utc(text, wall_ms);
    json_text(json, key, text);
}

void json_raw(struct json *json, const char *key, const char *value)
{
    next(json, key);
    fputs(value, json->out);
}
