#ifndef DB_LEDGER_RECORD_H
#define DB_LEDGER_RECORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* One record of the ledger is one line of JSON (RFC 8259):
 *
 *   {"seq":7,"ts":1780000000000,"event":"object.received",
 *    "prog":"osteon-scp","row":12,"times":3,"clock":"back","fields":{...},
 *    "prev":"<64 hex>","hash":"<64 hex>"}
 *
 * without the breaks. hash is the SHA-256 of all bytes before `,"hash"`, prev
 * the hash of record seq - 1 (zeros: the first one). Whatever byte changes,
 * its own record says so; whatever record is missing, moved or inserted, the
 * first one that no longer follows does. ts: UTC, ms since 1970. row, times
 * and clock are there when they say something: id in the outbox, how often,
 * and that the wall clock went back before this record (seq is the order). */
#define LEDGER_LINE 65536 /* longest line, with its line feed */

struct ledger_head { /* the last record: what the next one follows */
    int64_t seq, at_ms;
    char hash[65];
};
extern const struct ledger_head ledger_head_none; /* of an empty ledger */

struct ledger_event {
    int64_t at_ms, times, row; /* times 1, row 0: not written */
    char event[64], prog[32];
    char *fields; /* a JSON object, whoever fills it frees it */
};

/* Writes the line that follows *head, and advances it. Fields that are no
 * JSON object or too long are replaced by {"unreadable":<bytes>}. Returns its
 * length; not NUL-terminated. */
size_t ledger_record_write(const struct ledger_event *event,
                           struct ledger_head *head,
                           char out[static LEDGER_LINE]);

/* Does the line (n bytes, without line feed) follow *head? Then *head is
 * advanced, else why says what is wrong. */
#define LEDGER_WHY 200
bool ledger_record_check(const char *line, size_t n, struct ledger_head *head,
                         char why[static LEDGER_WHY]);

/* seq of a line that need not be sound; -1: none. */
int64_t ledger_record_seq(const char *line, size_t n);

/* A checked line as values; fields is malloc'd. False: it is no JSON. */
bool ledger_record_read(const char *line, size_t n, int64_t *seq,
                        struct ledger_event *out);

#endif
