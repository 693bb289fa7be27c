/* One way to read the ledger, for whoever checks, shows, exports or sends it:
 * zlib reads plain and compressed segments alike. */
#include "db/ledger_reader.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "conf/mem.h"

/* First seq of a segment; -1: it has none, or is not there. */
static int64_t first_of(const char *folder, int64_t number, char *line)
{
    char name[LEDGER_NAME];
    struct err ignored;
    gzFile file = ledger_segment_open(folder, number, name, &ignored);
    int64_t seq = -1;

    if (file && gzgets(file, line, LEDGER_LINE))
        seq = ledger_record_seq(line, strlen(line));
    if (file)
        gzclose(file);
    return seq;
}

struct ledger_reader *ledger_reader_open(const char *folder, int64_t seq,
                                         struct err *err)
{
    struct ledger_reader *reader = mem_calloc(1, sizeof *reader);
    int64_t number;

    snprintf(reader->folder, sizeof reader->folder, "%s", folder);
    if (!ledger_segment_last(folder, &number, err)) {
        free(reader);
        return NULL;
    }
    while (seq > 0 && number > 1) {
        int64_t first = first_of(folder, number, reader->text);

        if (first >= 0 && first <= seq)
            break;
        number--;
    }
    reader->segment = seq > 0 && number > 0 ? number : 1;
    ledger_segment_name(reader->segment, false, reader->name);
    return reader;
}

void ledger_reader_close(struct ledger_reader *reader)
{
    if (reader && reader->file)
        gzclose(reader->file);
    free(reader);
}

static bool later_exists(const struct ledger_reader *reader)
{
    struct err ignored;
    int64_t last;

    return ledger_segment_last(reader->folder, &last, &ignored) &&
           last > reader->segment;
}

static bool damaged(const struct ledger_reader *reader, struct err *err)
{
    int code;
    const char *what = gzerror(reader->file, &code);

    if (code == Z_OK || code == Z_STREAM_END)
        return false;
    err_set(err, ERR_REJECT, "%s is damaged (%s)", reader->name,
            code == Z_ERRNO ? "it cannot be read" : what);
    return true;
}

static bool get(struct ledger_reader *reader)
{
    if (!gzgets(reader->file, reader->text, sizeof reader->text))
        return false;
    reader->n = strlen(reader->text);
    reader->line++;
    return true;
}

static enum ledger_read take(struct ledger_reader *reader)
{
    bool whole = reader->n > 0 && reader->text[reader->n - 1] == '\n';

    if (whole)
        reader->text[--reader->n] = '\0';
    return whole ? LEDGER_RECORD : LEDGER_TORN;
}

static enum ledger_read start(struct ledger_reader *reader, struct err *err)
{
    struct err why = {0};

    reader->line = 0;
    reader->file = ledger_segment_open(reader->folder, reader->segment,
                                       reader->name, &why);
    if (reader->file)
        return LEDGER_RECORD;
    if (why.code == ERR_REJECT && !later_exists(reader))
        return LEDGER_END;
    *err = why;
    return LEDGER_FAIL;
}

enum ledger_read ledger_reader_next(struct ledger_reader *reader,
                                    struct err *err)
{
    for (;;) {
        enum ledger_read started =
            reader->file ? LEDGER_RECORD : start(reader, err);

        if (started != LEDGER_RECORD)
            return started;
        if (get(reader))
            return take(reader);
        if (damaged(reader, err))
            return LEDGER_FAIL;
        gzclearerr(reader->file);
        if (!later_exists(reader))
            return LEDGER_END;
        /* The last of it may have been written between the two looks. */
        if (get(reader))
            return take(reader);
        gzclose(reader->file);
        reader->file = NULL;
        reader->segment++;
    }
}
