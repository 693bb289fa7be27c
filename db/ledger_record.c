/* The line is taken apart by position and not by a JSON parser: a parser
 * accepts the same value in many spellings, and here each byte counts. */
#include "db/ledger_record.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "conf/json_line.h"
#include "conf/mem.h"
#include "db/uid.h"

/* ,"prev":"<64>" and ,"hash":"<64>"} */
#define PREV_BYTES  74
#define HASH_BYTES  75
#define HEAD_BYTES  512 /* everything before the fields, at most */
#define MOST_FIELDS (LEDGER_LINE - HEAD_BYTES - PREV_BYTES - HASH_BYTES - 2)

/* Programs run beside each other: only more than this is a clock that went
 * back. */
#define BACK_MS 1000

static const char start[] = "{\"seq\":";

const struct ledger_head ledger_head_none = {
    .hash = "0000000000000000000000000000000000000000000000000000000000000000"};

/* Names of ours need no escapes; what is none becomes harmless. */
static void name(char *out, size_t size, const char *text)
{
    size_t n = 0;

    for (; text[n] && n + 1 < size; n++)
        out[n] =
            text[n] == '"' || text[n] == '\\' || text[n] < ' ' || text[n] > '~'
                ? '_'
                : text[n];
    out[n] = '\0';
}

static bool readable(const char *fields)
{
    json_t *value =
        strlen(fields) <= MOST_FIELDS ? json_line_read(fields) : NULL;
    bool good = json_is_object(value) && strpbrk(fields, "\n\r") == NULL;

    json_decref(value);
    return good;
}

size_t ledger_record_write(const struct ledger_event *event,
                           struct ledger_head *head,
                           char out[static LEDGER_LINE])
{
    char of[64], by[32], extra[96] = "", other[48];
    const char *fields = event->fields;
    size_t n = 0;

    name(of, sizeof of, event->event);
    name(by, sizeof by, event->prog);
    if (event->row != 0)
        n += (size_t)snprintf(extra, sizeof extra, "\"row\":%" PRId64 ",",
                              event->row);
    if (event->times != 1)
        n += (size_t)snprintf(extra + n, sizeof extra - n,
                              "\"times\":%" PRId64 ",", event->times);
    if (event->at_ms < head->at_ms - BACK_MS)
        snprintf(extra + n, sizeof extra - n, "\"clock\":\"back\",");
    if (!readable(fields)) {
        snprintf(other, sizeof other, "{\"unreadable\":%zu}", strlen(fields));
        fields = other;
    }
    n = (size_t)snprintf(out, LEDGER_LINE,
                         "%s%" PRId64 ",\"ts\":%" PRId64 ",\"event\":\"%s\","
                         "\"prog\":\"%s\",%s\"fields\":%s,\"prev\":\"%s\"",
                         start, head->seq + 1, event->at_ms, of, by, extra,
                         fields, head->hash);
    head->seq++;
    head->at_ms = event->at_ms;
    sha256_hex(head->hash, out, n);
    n += (size_t)snprintf(out + n, LEDGER_LINE - n, ",\"hash\":\"%s\"}\n",
                          head->hash);
    return n;
}

/* Decimal digits at *at; -1: none, or more than a number of ours has. */
static int64_t number(const char *line, size_t n, size_t *at)
{
    int64_t value = 0;
    size_t digits = 0;

    for (; *at < n && line[*at] >= '0' && line[*at] <= '9'; (*at)++, digits++) {
        if (digits == 17)
            return -1;
        value = value * 10 + (line[*at] - '0');
    }
    return digits > 0 ? value : -1;
}

int64_t ledger_record_seq(const char *line, size_t n)
{
    size_t at = strlen(start);

    return n > at && memcmp(line, start, at) == 0 ? number(line, n, &at) : -1;
}

static int64_t time_of(const char *line, size_t n)
{
    static const char key[] = ",\"ts\":";
    size_t at = strlen(start);

    number(line, n, &at);
    if (n - at < strlen(key) || memcmp(line + at, key, strlen(key)) != 0)
        return -1;
    at += strlen(key);
    return number(line, n, &at);
}

/* `,"key":"<64>"` ends at `end`. */
static bool tail(const char *line, size_t end, const char *key,
                 const char **digits)
{
    const char *at = line + end - PREV_BYTES;

    *digits = at + 9;
    return memcmp(at, key, 9) == 0 && line[end - 1] == '"';
}

bool ledger_record_check(const char *line, size_t n, struct ledger_head *head,
                         char why[static LEDGER_WHY])
{
    const char *prev, *hash;
    int64_t seq = ledger_record_seq(line, n);
    char digest[65];

    why[0] = '\0';
    if (n < PREV_BYTES + HASH_BYTES || n >= LEDGER_LINE || line[n - 1] != '}' ||
        !tail(line, n - 1, ",\"hash\":\"", &hash)) {
        snprintf(why, LEDGER_WHY, "this is no record of a ledger");
        return false;
    }
    sha256_hex(digest, line, n - HASH_BYTES);
    if (memcmp(digest, hash, 64) != 0)
        snprintf(why, LEDGER_WHY,
                 "it was changed: its hash is not that of "
                 "its bytes");
    else if (seq < 0 || !tail(line, n - HASH_BYTES, ",\"prev\":\"", &prev))
        snprintf(why, LEDGER_WHY, "this is no record of a ledger");
    else if (seq != head->seq + 1)
        snprintf(why, LEDGER_WHY,
                 "record %" PRId64 " stands in its place: records were "
                 "removed, inserted or moved",
                 seq);
    else if (memcmp(prev, head->hash, 64) != 0)
        snprintf(why, LEDGER_WHY,
                 "it does not follow the record before it: "
                 "one of the two was replaced");
    if (why[0] != '\0')
        return false;
    head->seq = seq;
    head->at_ms = time_of(line, n);
    memcpy(head->hash, digest, sizeof head->hash);
    return true;
}

static int64_t integer(const json_t *record, const char *key, int64_t other)
{
    const json_t *value = json_object_get(record, key);

    return json_is_integer(value) ? json_integer_value(value) : other;
}

static const char *text(const json_t *record, const char *key)
{
    const char *value = json_string_value(json_object_get(record, key));

    return value ? value : "";
}

bool ledger_record_read(const char *line, size_t n, int64_t *seq,
                        struct ledger_event *out)
{
    json_t *record = json_loadb(line, n, JSON_REJECT_DUPLICATES, NULL);
    const json_t *fields = json_object_get(record, "fields");
    bool good = json_is_object(fields);

    if (good) {
        *seq = integer(record, "seq", 0);
        out->at_ms = integer(record, "ts", 0);
        out->row = integer(record, "row", 0);
        out->times = integer(record, "times", 1);
        snprintf(out->event, sizeof out->event, "%s", text(record, "event"));
        snprintf(out->prog, sizeof out->prog, "%s", text(record, "prog"));
        out->fields = json_line_dump(json_deep_copy(fields));
    }
    json_decref(record);
    return good;
}
