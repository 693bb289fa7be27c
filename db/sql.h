#ifndef DB_SQL_H
#define DB_SQL_H

#include <sqlite3.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "conf/err.h"

/* SQLite for db/ only. Statements are literals with parameters, prepared once
 * per connection; values are bound in order. The first failure of a statement
 * is kept until sql_step() or sql_run() reports it, so that binding needs no
 * checks:
 *
 *   struct sql q = SQL(db, "UPDATE job SET why = ? WHERE id = ?");
 *
 *   sql_text(&q, why);
 *   sql_int(&q, id);
 *   return sql_run(&q, err);
 *
 * One call at a time per literal: a statement is not reentrant. */
#define SQL_STATEMENTS  160
#define SQL_PATIENCE_MS 5000

struct db {
    sqlite3 *handle;
    struct {
        const char *text;
        sqlite3_stmt *statement;
    } cache[SQL_STATEMENTS];
    size_t n_cached;
    int64_t patience_ms; /* how long a locked database is waited for */
    int64_t waiting_ms;  /* monotonic: since when it is */
    char secret[65];     /* "": not read yet (study_key.c) */
    int lock;            /* <database>.lock, shared (damage.h) */
    bool full;           /* the last failure was a full disk */
    bool rebuilding;     /* audit_rebuilding() */
};

struct sql {
    struct db *db;
    sqlite3_stmt *statement;
    int rc;     /* SQLITE_OK, or what failed first */
    int at;     /* last parameter bound */
    int column; /* next column read */
};

#define SQL(db, text) sql_start(db, "" text)
struct sql sql_start(struct db *db, const char *text);

/* Bytes of a text stay the caller's and must live until the statement ends. */
void sql_text(struct sql *q, const char *value);
void sql_int(struct sql *q, int64_t value);
void sql_id(struct sql *q, int64_t value); /* 0 is NULL */
void sql_real(struct sql *q, double value);

/* SQL_END and SQL_FAIL end the statement; after SQL_ROW go on until then, or
 * sql_end(). A change is durable only when SQL_END was seen. */
enum sql_step { SQL_ROW, SQL_END, SQL_FAIL };
enum sql_step sql_step(struct sql *q, struct err *err);
void sql_end(struct sql *q);
bool sql_run(struct sql *q, struct err *err); /* to its end, rows unread */

/* The first row's first column; *found false when there is none. */
bool sql_number(struct sql *q, int64_t *out, bool *found, struct err *err);

/* Columns in order; NULL reads as 0 and "". Longer texts are cut. */
int64_t sql_get_int(struct sql *q);
double sql_get_real(struct sql *q);
void sql_get_text(struct sql *q, char *out, size_t size);
const char *sql_get_string(struct sql *q); /* until the next step */

/* A transaction takes the write lock at once: it never has to give up in the
 * middle. sql_commit(): rolls back when it fails. */
bool sql_begin(struct db *db, struct err *err);
bool sql_commit(struct db *db, struct err *err);
bool sql_rollback(struct db *db); /* always false */

/* Rows changed by the last statement. */
int64_t sql_changes(const struct db *db);

/* Always false: names what the result code means for the caller, marks a
 * damaged database as such, and the spool as degraded after a lost write. */
bool sql_error(struct db *db, int rc, struct err *err);

/* Always false, ERR_FATAL: the same for damage that SQLite does not see. */
bool sql_damaged(struct db *db, const char *what, struct err *err);

#endif
