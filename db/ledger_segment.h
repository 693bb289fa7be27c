#ifndef DB_LEDGER_SEGMENT_H
#define DB_LEDGER_SEGMENT_H

#include <stdbool.h>
#include <stdint.h>
#include <zlib.h>

#include "conf/err.h"
#include "db/ledger_record.h"

/* The files of a ledger: 000001.jsonl.gz, 000002.jsonl.gz, … are closed
 * (RFC 1952), the last one, NNNNNN.jsonl, is open. For a moment of closing, or
 * after a crash in it, a segment is there in both forms. */
#define LEDGER_PATH 320
#define LEDGER_NAME 32

void ledger_segment_name(int64_t number, bool closed,
                         char out[static LEDGER_NAME]);
void ledger_segment_path(const char *folder, int64_t number, bool closed,
                         char out[static LEDGER_PATH]);

/* The highest number there is; 0: none. ERR_RETRY: the folder cannot be
 * read. */
bool ledger_segment_last(const char *folder, int64_t *number, struct err *err);

/* Opens it for reading in the form it has; name says which. NULL: ERR_REJECT
 * when it is not there. */
gzFile ledger_segment_open(const char *folder, int64_t number,
                           char name[static LEDGER_NAME], struct err *err);

/* Closes the open segment, of which the first `bytes` count: compressed,
 * synced, renamed, the plain file removed. */
bool ledger_segment_close(const char *folder, int64_t number, int64_t bytes,
                          struct err *err);

/* What a segment.closed record says of a closed segment. */
struct ledger_closed {
    char file[LEDGER_NAME];
    int64_t records, first, last;
    char sha256[65]; /* of the compressed file */
};
bool ledger_segment_describe(const char *folder, int64_t number,
                             struct ledger_closed *out, struct err *err);
bool ledger_segment_digest(const char *folder, int64_t number,
                           char out[static 65], struct err *err);

/* fsync of the folder: names are durable. */
bool ledger_segment_sync(const char *folder, struct err *err);

#endif
