#ifndef DB_LEDGER_H
#define DB_LEDGER_H

#include "conf/err.h"
#include "db/ledger_record.h"

/* The ledger, for its one writer: append-only files of hash-chained records
 * (ledger_record.h) in segments (ledger_segment.h), and beside them `anchor`:
 *
 *   {"count":1234,"hash":"<of record 1234>","mac":"<64 hex>"}
 *
 * mac is the HMAC-SHA-256 with the node's secret over "ledger <count> <hash>".
 * It is replaced at each append, so that records cut off at the end are
 * missed. Folder 0700, files 0600. */
struct ledger {
    char folder[256];
    char secret[65];
    int64_t segment_bytes;   /* the open segment is closed beyond this */
    struct ledger_head head; /* the last record that is durable */
    int64_t number, bytes;   /* open segment */
    int fd;                  /* -1: not open */
    bool spoilt;             /* a sync failed: close the segment */
};

/* What was found and put right, or not, for the log. */
struct ledger_opening {
    int64_t torn_bytes;      /* of an unfinished last line, removed */
    int64_t recovered;       /* records beyond the anchor, of a crash */
    char damage[LEDGER_WHY]; /* "": none seen; osteon audit verify knows more */
};

/* Opens or starts a ledger. known: the head that the database remembers, seq
 * 0: none. Where the end of the ledger is not what anchor or database say, it
 * goes on from what they say, so that the gap stays visible for ever. */
bool ledger_open(struct ledger *ledger, const char *folder,
                 int64_t segment_bytes, const char *secret,
                 const struct ledger_head *known, struct ledger_opening *found,
                 struct err *err);
void ledger_close(struct ledger *ledger);

/* Writes the events in one piece and syncs them. False: none of them is in the
 * ledger. The anchor is the caller's next step. */
bool ledger_append(struct ledger *ledger, const struct ledger_event *events,
                   size_t n, struct err *err);

/* The head that the anchor names; *found false: there is no anchor. secret
 * NULL: its mac is not checked. ERR_REJECT: it is not this node's, or was
 * changed. */
bool ledger_anchor_read(const char *folder, const char *secret,
                        struct ledger_head *out, bool *found, struct err *err);
bool ledger_anchor_write(const char *folder, const char *secret,
                         const struct ledger_head *head, struct err *err);

#endif
