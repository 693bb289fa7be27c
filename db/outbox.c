/* From the outbox to the ledger: two stores, and a crash may come between
 * them. The ledger is written first; each record names its row, so that a row
 * that is there twice is seen by its id, time and event. */
#include "db/outbox.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "conf/mem.h"
#include "db/ledger_reader.h"
#include "db/meta.h"
#include "db/sql.h"

#define ROWS_AT_ONCE 500
#define KEY          "ledger"

bool outbox_head(struct db *db, struct ledger_head *out, bool *found,
                 struct err *err)
{
    char value[160];

    *out = ledger_head_none;
    if (!meta_get(db, KEY, value, sizeof value, found, err))
        return false;
    if (*found && sscanf(value, "%" SCNd64 " %" SCNd64 " %64s", &out->seq,
                         &out->at_ms, out->hash) != 3)
        return err_set(err, ERR_FATAL,
                       "the database is damaged: it does not "
                       "know its audit ledger any more");
    return true;
}

static bool store_head(struct db *db, const struct ledger_head *head,
                       struct err *err)
{
    char value[160];

    snprintf(value, sizeof value, "%" PRId64 " %" PRId64 " %s", head->seq,
             head->at_ms, head->hash);
    return meta_set(db, KEY, value, err);
}

/* The row may have been counted up since it was read: what is new stays. */
static bool remove_row(struct db *db, const struct ledger_event *event,
                       struct err *err)
{
    struct sql q = SQL(db, "DELETE FROM audit WHERE id = ?1 AND at_ms = ?2 "
                           "AND event = ?3 AND times <= ?4");

    sql_int(&q, event->row);
    sql_int(&q, event->at_ms);
    sql_text(&q, event->event);
    sql_int(&q, event->times);
    if (!sql_run(&q, err))
        return false;
    if (sql_changes(db) > 0)
        return true;
    q = SQL(db, "UPDATE audit SET times = times - ?4 WHERE id = ?1 AND "
                "at_ms = ?2 AND event = ?3");
    sql_int(&q, event->row);
    sql_int(&q, event->at_ms);
    sql_text(&q, event->event);
    sql_int(&q, event->times);
    return sql_run(&q, err);
}

static bool remove_recorded(struct db *db, struct ledger_reader *reader,
                            int64_t after, struct err *err)
{
    struct ledger_event event;
    enum ledger_read read;
    int64_t seq;
    bool good = true;

    while (good && (read = ledger_reader_next(reader, err)) == LEDGER_RECORD) {
        if (ledger_record_seq(reader->text, reader->n) <= after ||
            !ledger_record_read(reader->text, reader->n, &seq, &event))
            continue;
        good = event.row == 0 || remove_row(db, &event, err);
        free(event.fields);
    }
    return good;
}

static bool settle(struct db *db, const struct ledger *ledger, struct err *err)
{
    struct ledger_head known;
    struct ledger_reader *reader = NULL;
    struct err why = {0};
    bool good, found;

    if (!outbox_head(db, &known, &found, err))
        return false;
    /* A database that knows no ledger never moved a row to one: its first
     * step, below, is to store the head. */
    if (found && known.seq < ledger->head.seq) {
        reader = ledger_reader_open(ledger->folder, known.seq + 1, err);
        good = reader && remove_recorded(db, reader, known.seq, &why);
        ledger_reader_close(reader);
        if (!good && why.code != ERR_REJECT) {
            *err = why;
            return false;
        }
    }
    return store_head(db, &ledger->head, err);
}

bool outbox_settle(struct db *db, const struct ledger *ledger, struct err *err)
{
    if (!sql_begin(db, err))
        return false;
    return settle(db, ledger, err) ? sql_commit(db, err) : sql_rollback(db);
}

static bool read_rows(struct db *db, struct ledger_event *events, size_t *n,
                      struct err *err)
{
    struct sql q = SQL(db, "SELECT id, at_ms, event, prog, fields, times "
                           "FROM audit ORDER BY id LIMIT ?");
    enum sql_step step;

    *n = 0;
    sql_int(&q, ROWS_AT_ONCE);
    while ((step = sql_step(&q, err)) == SQL_ROW) {
        struct ledger_event *event = &events[(*n)++];

        event->row = sql_get_int(&q);
        event->at_ms = sql_get_int(&q);
        sql_get_text(&q, event->event, sizeof event->event);
        sql_get_text(&q, event->prog, sizeof event->prog);
        event->fields = mem_strdup(sql_get_string(&q));
        event->times = sql_get_int(&q);
    }
    return step == SQL_END;
}

static bool remove_rows(struct db *db, const struct ledger *ledger,
                        const struct ledger_event *events, size_t n,
                        struct err *err)
{
    for (size_t i = 0; i < n; i++)
        if (!remove_row(db, &events[i], err))
            return false;
    return store_head(db, &ledger->head, err);
}

static bool move(struct db *db, struct ledger *ledger,
                 const struct ledger_event *events, size_t n, struct err *err)
{
    if (!ledger_append(ledger, events, n, err) ||
        !ledger_anchor_write(ledger->folder, ledger->secret, &ledger->head,
                             err) ||
        !sql_begin(db, err))
        return false;
    return remove_rows(db, ledger, events, n, err) ? sql_commit(db, err)
                                                   : sql_rollback(db);
}

bool outbox_move(struct db *db, struct ledger *ledger, size_t *moved,
                 struct err *err)
{
    struct ledger_event *events = mem_calloc(ROWS_AT_ONCE, sizeof *events);
    size_t n;
    bool good = read_rows(db, events, &n, err) &&
                (n == 0 || move(db, ledger, events, n, err));

    for (size_t i = 0; i < n; i++)
        free(events[i].fields);
    free(events);
    *moved = good ? n : 0;
    return good;
}
