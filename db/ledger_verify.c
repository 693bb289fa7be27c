/* The whole chain, once, from the first record. It may run beside the keeper:
 * what the anchor and the database name is read first, and the ledger can only
 * have grown since. */
#include "db/ledger_verify.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "conf/json_line.h"
#include "db/audit.h"
#include "db/ledger_reader.h"

struct walk {
    struct ledger_verdict *out;
    struct ledger_reader *reader;
    struct ledger_head head;
    struct ledger_head marks[2]; /* what others say of the ledger's end */
    const char *whose[2];
    size_t n_marks;
    const char *anchor_why;               /* NULL, or what is wrong with it */
    int64_t segment;                      /* being read */
    int64_t first, records;               /* first seq of it, and how many */
    int64_t before_first, before_records; /* of the one before */
};

__attribute__((format(printf, 5, 6))) static void
bad(struct walk *walk, int64_t seq, const char *file, int64_t line,
    const char *format, ...)
{
    struct ledger_verdict *out = walk->out;
    va_list args;

    if (!out->intact)
        return;
    out->intact = false;
    out->seq = seq;
    out->line = line;
    snprintf(out->file, sizeof out->file, "%s", file);
    va_start(args, format);
    vsnprintf(out->why, sizeof out->why, format, args);
    va_end(args);
}

/* Is this the record that the anchor, or the database, saw last? */
static void compare_marks(struct walk *walk)
{
    for (size_t i = 0; i < walk->n_marks; i++)
        if (walk->head.seq == walk->marks[i].seq &&
            strcmp(walk->head.hash, walk->marks[i].hash) != 0)
            bad(walk, walk->head.seq, walk->reader->name, walk->reader->line,
                "it is not the record that %s names: it, or all before it, "
                "was written anew",
                walk->whose[i]);
}

static int64_t integer(const json_t *fields, const char *key)
{
    return json_integer_value(json_object_get(fields, key));
}

/* The record of a closed segment, against its file. */
static void check_closed(struct walk *walk, const json_t *fields)
{
    const char *sha256 = json_string_value(json_object_get(fields, "sha256"));
    const char *file = json_string_value(json_object_get(fields, "file"));
    int64_t number = walk->segment - 1;
    char digest[65], name[LEDGER_NAME];
    struct err err = {0};

    ledger_segment_name(number, true, name);
    if (!sha256 || !file || strcmp(file, name) != 0)
        bad(walk, walk->head.seq, walk->reader->name, walk->reader->line,
            "it does not say what became of segment %s", name);
    else if (!ledger_segment_digest(walk->reader->folder, number, digest, &err))
        bad(walk, walk->before_first, name, 0, "%.190s", err.msg);
    else if (strcmp(digest, sha256) != 0)
        bad(walk, walk->before_first, name, 0,
            "the file was changed: its SHA-256 is not the one that record "
            "%" PRId64 " names",
            walk->head.seq);
    else if (integer(fields, "records") != walk->before_records ||
             integer(fields, "first") != walk->before_first)
        bad(walk, walk->before_first, name, 0,
            "it holds other records than record %" PRId64 " says",
            walk->head.seq);
}

static void first_of_segment(struct walk *walk)
{
    struct ledger_event event;
    int64_t seq;
    json_t *fields;

    if (walk->segment == 1)
        return;
    if (!ledger_record_read(walk->reader->text, walk->reader->n, &seq,
                            &event)) {
        bad(walk, walk->head.seq, walk->reader->name, 1,
            "this is no record of a ledger");
        return;
    }
    fields = json_line_read(event.fields);
    if (strcmp(event.event, audit_name(AUDIT_SEGMENT_CLOSED)) == 0)
        check_closed(walk, fields);
    else
        bad(walk, seq, walk->reader->name, 1,
            "a segment begins with segment.closed, of the one before it");
    json_decref(fields);
    free(event.fields);
}

static void enter_segment(struct walk *walk)
{
    if (walk->reader->segment == walk->segment)
        return;
    walk->before_first = walk->first;
    walk->before_records = walk->records;
    walk->segment = walk->reader->segment;
    walk->first = walk->head.seq + 1;
    walk->records = 0;
    walk->out->segments++;
}

static void take(struct walk *walk)
{
    struct ledger_verdict *out = walk->out;
    const struct ledger_reader *reader = walk->reader;
    char why[LEDGER_WHY];

    enter_segment(walk);
    if (!ledger_record_check(reader->text, reader->n, &walk->head, why)) {
        bad(walk, walk->head.seq + 1, reader->name, reader->line, "%s", why);
        return;
    }
    if (walk->records++ == 0)
        first_of_segment(walk);
    if (out->records++ == 0)
        out->first_ms = walk->head.at_ms;
    out->last_ms = walk->head.at_ms;
    compare_marks(walk);
}

/* How many records somebody has seen. */
static int64_t seen(const struct walk *walk, size_t *who)
{
    int64_t most = 0;

    *who = 0;
    for (size_t i = 0; i < walk->n_marks; i++)
        if (walk->marks[i].seq > most) {
            most = walk->marks[i].seq;
            *who = i;
        }
    return most;
}

static bool last_segment(const struct walk *walk)
{
    struct err ignored;
    int64_t last;

    return ledger_segment_last(walk->reader->folder, &last, &ignored) &&
           last <= walk->reader->segment;
}

/* What stands at the end without a line feed was never synced, unless
 * somebody has seen it. */
static void torn(struct walk *walk)
{
    size_t who;

    enter_segment(walk);
    if (last_segment(walk) && seen(walk, &who) <= walk->head.seq)
        walk->out->unfinished = true;
    else
        bad(walk, walk->head.seq + 1, walk->reader->name, walk->reader->line,
            "its line was cut off");
}

static void end(struct walk *walk)
{
    size_t who;
    int64_t most = seen(walk, &who), next = walk->head.seq + 1;
    const char *name = walk->reader->name;

    if (most == next)
        bad(walk, next, name, walk->reader->line + 1,
            "it is missing at the end: %s counts %" PRId64 " records",
            walk->whose[who], most);
    else if (most > next)
        bad(walk, next, name, walk->reader->line + 1,
            "it and all up to %" PRId64 " are missing at the end: %s counts "
            "%" PRId64 " records",
            most, walk->whose[who], most);
    else if (walk->anchor_why)
        bad(walk, 0, "anchor", 0, "%.190s", walk->anchor_why);
    else if (walk->out->anchored < 0 && walk->out->records > 0)
        bad(walk, 0, "anchor", 0,
            "it is missing: records that were cut off would not be missed");
}

static void walk_all(struct walk *walk)
{
    struct err why = {0};

    while (walk->out->intact) {
        switch (ledger_reader_next(walk->reader, &why)) {
        case LEDGER_RECORD:
            take(walk);
            continue;
        case LEDGER_TORN:
            torn(walk);
            break;
        case LEDGER_FAIL:
            bad(walk, walk->head.seq + 1, walk->reader->name, 0, "%.190s",
                why.msg);
            break;
        case LEDGER_END:
            break;
        }
        break;
    }
    if (walk->out->intact)
        end(walk);
}

static void add_mark(struct walk *walk, const char *who,
                     const struct ledger_head *mark)
{
    walk->whose[walk->n_marks] = who;
    walk->marks[walk->n_marks++] = *mark;
}

bool ledger_verify(const char *folder, const char *secret,
                   const struct ledger_head *known, struct ledger_verdict *out,
                   struct err *err)
{
    struct walk walk = {.out = out, .head = ledger_head_none};
    struct ledger_head anchor;
    struct err why = {0};
    bool there;

    *out = (struct ledger_verdict){.intact = true, .anchored = -1};
    if (!ledger_anchor_read(folder, secret, &anchor, &there, &why)) {
        if (why.code != ERR_REJECT) {
            *err = why;
            return false;
        }
        walk.anchor_why = why.msg;
    } else if (there) {
        out->anchored = anchor.seq;
        add_mark(&walk, "the anchor", &anchor);
    }
    if (known)
        add_mark(&walk, "the database", known);
    walk.reader = ledger_reader_open(folder, 0, err);
    if (!walk.reader)
        return false;
    walk_all(&walk);
    ledger_reader_close(walk.reader);
    return true;
}
