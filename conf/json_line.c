/* jansson refuses what it cannot write: text that is not UTF-8, numbers that
 * are none. File names, AE titles and the words of a peer may be anything,
 * and no record may be missing for that. */
#include "conf/json_line.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "conf/log.h"
#include "conf/mem.h"
#include "conf/utf8.h"

#define READ_BYTES ((size_t)1 << 20)

/* 15 digits: each decimal number of ours reads back as it was written. */
#define FLAGS (JSON_COMPACT | JSON_REAL_PRECISION(15))

static void check(bool good)
{
    if (good)
        return;
    log_error("memory.exhausted", KV_STR("for", "JSON"));
    exit(EXIT_FAILURE);
}

static json_t *clean_text(const char *text)
{
    static const char replacement[] = "\xEF\xBF\xBD";
    const unsigned char *at = (const unsigned char *)text;
    size_t n, used = 0;
    char *clean;
    json_t *value;

    clean = mem_calloc(strlen(text), sizeof replacement);
    while (*at) {
        n = utf8_length(at);
        memcpy(clean + used, n ? (const void *)at : replacement, n ? n : 3);
        used += n ? n : 3;
        at += n ? n : 1;
    }
    value = json_stringn(clean, used);
    free(clean);
    return value;
}

json_t *json_line_text(const char *text)
{
    json_t *value = text ? json_string(text) : json_null();

    return value ? value : clean_text(text);
}

json_t *json_line_number(double value, int decimals)
{
    double scale = pow(10, decimals), rounded = round(value * scale) / scale;

    return isfinite(rounded) ? json_real(rounded) : json_null();
}

void json_line_set(json_t *object, const char *key, json_t *value)
{
    check(json_object_set_new(object, key, value) == 0);
}

void json_line_append(json_t *list, json_t *value)
{
    check(json_array_append_new(list, value) == 0);
}

char *json_line_dump(json_t *value)
{
    char *line = json_dumps(value, FLAGS);

    check(line);
    json_decref(value);
    return line;
}

void json_line_print(json_t *value)
{
    char *line = json_line_dump(value);

    puts(line);
    free(line);
}

json_t *json_line_read(const char *text)
{
    return strnlen(text, READ_BYTES + 1) > READ_BYTES
               ? NULL
               : json_loads(text, JSON_REJECT_DUPLICATES, NULL);
}
