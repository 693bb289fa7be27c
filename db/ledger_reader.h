#ifndef DB_LEDGER_READER_H
#define DB_LEDGER_READER_H

#include "db/ledger_segment.h"

/* Walks the lines of a ledger from segment to segment, while the keeper may go
 * on writing it. Nothing is judged here. */
struct ledger_reader {
    char folder[256];
    int64_t segment; /* number of the one being read */
    gzFile file;     /* NULL: not open */
    char name[LEDGER_NAME];
    int64_t line; /* number of the last line, from 1, in this segment */
    size_t n;     /* its bytes, without line feed */
    char text[LEDGER_LINE + 2];
};

enum ledger_read {
    LEDGER_RECORD, /* text, n */
    LEDGER_TORN,   /* text, n: without a line feed, or longer than any record */
    LEDGER_END,    /* no more now; the next call looks again */
    LEDGER_FAIL    /* err: ERR_REJECT, a segment is missing or damaged */
};

/* At the first record, or as near before record seq as its segment's start.
 * NULL: the folder cannot be read. */
struct ledger_reader *ledger_reader_open(const char *folder, int64_t seq,
                                         struct err *err);
void ledger_reader_close(struct ledger_reader *reader); /* NULL is fine */
enum ledger_read ledger_reader_next(struct ledger_reader *reader,
                                    struct err *err);

#endif
