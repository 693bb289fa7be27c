/* SQLite's results become our one error convention here, so that everything
 * above reads as statements and values. A locked or full database may work
 * later; a damaged one, or one whose fsync failed, ends the process. */
#include "db/sql.h"

#include <stdio.h>
#include <string.h>

#include "db/damage.h"
#include "db/spool.h"
#include "db/spool_health.h"

static enum err_code code_of(int rc)
{
    switch (rc) {
    case SQLITE_IOERR_FSYNC:
    case SQLITE_IOERR_DIR_FSYNC:
    case SQLITE_IOERR_CLOSE:
        return ERR_FATAL;
    default:
        break;
    }
    switch (rc & 0xFF) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
    case SQLITE_FULL:
    case SQLITE_IOERR:
    case SQLITE_NOMEM:
    case SQLITE_CANTOPEN:
    case SQLITE_READONLY:
    case SQLITE_PERM:
    case SQLITE_PROTOCOL:
        return ERR_RETRY;
    case SQLITE_CONSTRAINT:
    case SQLITE_TOOBIG:
        return ERR_REJECT;
    default:
        return ERR_FATAL;
    }
}

static bool lost_a_write(int rc)
{
    switch (rc) {
    case SQLITE_IOERR_FSYNC:
    case SQLITE_IOERR_DIR_FSYNC:
    case SQLITE_IOERR_CLOSE:
    case SQLITE_IOERR_WRITE:
    case SQLITE_IOERR_TRUNCATE:
        return true;
    default:
        return false;
    }
}

static bool is_damage(int rc)
{
    return (rc & 0xFF) == SQLITE_CORRUPT || (rc & 0xFF) == SQLITE_NOTADB;
}

bool sql_damaged(struct db *db, const char *what, struct err *err)
{
    const char *file = sqlite3_db_filename(db->handle, "main");

    if (file && file[0])
        damage_mark(file, what);
    return err_set(err, ERR_FATAL,
                   "the database is damaged (%s): the node sets it aside and "
                   "makes it again from the spool when it starts",
                   what);
}

static int see_row(void *ctx, int columns, char **values, char **names)
{
    bool *sound = ctx;

    (void)names;
    *sound = columns > 0 && values[0] && strcmp(values[0], "ok") == 0;
    return 0;
}

/* SQLite calls it damage, too, when the disk does not give a page just now. Of
 * a database that is thrown away, a second look must say the same. */
static bool damage_confirmed(struct db *db)
{
    bool sound = false;
    int rc = sqlite3_exec(db->handle, "PRAGMA quick_check(1)", see_row, &sound,
                          NULL);

    return rc == SQLITE_OK ? !sound : is_damage(rc);
}

bool sql_error(struct db *db, int rc, struct err *err)
{
    char detail[160];

    snprintf(detail, sizeof detail, "%s", sqlite3_errmsg(db->handle));
    db->full = (rc & 0xFF) == SQLITE_FULL;
    if (is_damage(rc) && damage_confirmed(db))
        return sql_damaged(db, detail, err);
    if (is_damage(rc))
        return err_set(err, ERR_RETRY,
                       "the disk did not give a page of the database; a second "
                       "look finds it sound");
    if (lost_a_write(rc))
        spool_degrade(spool_here(), sqlite3_system_errno(db->handle));
    return err_set(err, code_of(rc), "database: %s (SQLite %d)", detail, rc);
}

static int prepare(struct db *db, const char *text, sqlite3_stmt **out)
{
    int rc;

    for (size_t i = 0; i < db->n_cached; i++) {
        if (db->cache[i].text == text) {
            *out = db->cache[i].statement;
            return SQLITE_OK;
        }
    }
    if (db->n_cached == SQL_STATEMENTS)
        return SQLITE_MISUSE;
    rc = sqlite3_prepare_v3(db->handle, text, -1, SQLITE_PREPARE_PERSISTENT,
                            out, NULL);
    if (rc == SQLITE_OK) {
        db->cache[db->n_cached].text = text;
        db->cache[db->n_cached++].statement = *out;
    }
    return rc;
}

struct sql sql_start(struct db *db, const char *text)
{
    struct sql q = {.db = db};

    q.rc = prepare(db, text, &q.statement);
    return q;
}

static void keep(struct sql *q, int rc)
{
    if (q->rc == SQLITE_OK)
        q->rc = rc;
}

void sql_text(struct sql *q, const char *value)
{
    if (q->rc == SQLITE_OK)
        keep(q, sqlite3_bind_text(q->statement, ++q->at, value, -1,
                                  SQLITE_STATIC));
}

void sql_int(struct sql *q, int64_t value)
{
    if (q->rc == SQLITE_OK)
        keep(q, sqlite3_bind_int64(q->statement, ++q->at, value));
}

void sql_id(struct sql *q, int64_t value)
{
    if (value != 0)
        sql_int(q, value);
    else if (q->rc == SQLITE_OK)
        keep(q, sqlite3_bind_null(q->statement, ++q->at));
}

void sql_end(struct sql *q)
{
    if (!q->statement)
        return;
    sqlite3_reset(q->statement);
    sqlite3_clear_bindings(q->statement);
}

void sql_real(struct sql *q, double value)
{
    if (q->rc == SQLITE_OK)
        keep(q, sqlite3_bind_double(q->statement, ++q->at, value));
}

enum sql_step sql_step(struct sql *q, struct err *err)
{
    q->column = 0;
    if (q->rc == SQLITE_OK) {
        int rc = sqlite3_step(q->statement);

        if (rc == SQLITE_ROW)
            return SQL_ROW;
        if (rc != SQLITE_DONE)
            q->rc = sqlite3_extended_errcode(q->db->handle);
    }
    if (q->rc == SQLITE_ERROR && !q->statement)
        /* Our statements are sound: it is not our schema. */
        sql_damaged(q->db, sqlite3_errmsg(q->db->handle), err);
    else if (q->rc != SQLITE_OK)
        sql_error(q->db, q->rc, err);
    sql_end(q);
    return q->rc == SQLITE_OK ? SQL_END : SQL_FAIL;
}

bool sql_run(struct sql *q, struct err *err)
{
    enum sql_step step;

    do
        step = sql_step(q, err);
    while (step == SQL_ROW);
    return step == SQL_END;
}

bool sql_number(struct sql *q, int64_t *out, bool *found, struct err *err)
{
    enum sql_step step = sql_step(q, err);

    *found = step == SQL_ROW;
    if (step != SQL_ROW)
        return step == SQL_END;
    *found = sqlite3_column_type(q->statement, 0) != SQLITE_NULL;
    *out = sql_get_int(q);
    return sql_run(q, err);
}

int64_t sql_get_int(struct sql *q)
{
    return sqlite3_column_int64(q->statement, q->column++);
}

double sql_get_real(struct sql *q)
{
    return sqlite3_column_double(q->statement, q->column++);
}

const char *sql_get_string(struct sql *q)
{
    const unsigned char *text = sqlite3_column_text(q->statement, q->column++);

    return text ? (const char *)text : "";
}

void sql_get_text(struct sql *q, char *out, size_t size)
{
    snprintf(out, size, "%s", sql_get_string(q));
}

bool sql_begin(struct db *db, struct err *err)
{
    struct sql q = SQL(db, "BEGIN IMMEDIATE");

    return sql_run(&q, err);
}

bool sql_rollback(struct db *db)
{
    struct sql q;
    struct err ignored;

    /* SQLite has rolled back by itself after some failures. What keeps it
     * from doing so now also keeps the transaction from being committed. */
    if (sqlite3_get_autocommit(db->handle) == 0) {
        q = SQL(db, "ROLLBACK");
        sql_run(&q, &ignored);
    }
    return false;
}

bool sql_commit(struct db *db, struct err *err)
{
    struct sql q = SQL(db, "COMMIT");

    if (sql_run(&q, err))
        return true;
    return sql_rollback(db);
}

int64_t sql_changes(const struct db *db)
{
    return sqlite3_changes64(db->handle);
}
