/* One connection per process, set up the same way everywhere. SQLite 3.7.0 to
 * 3.51.2 can damage a WAL database when a checkpoint races with a commit that
 * resets the WAL (sqlite.org/wal.html#walresetbug): no connection but the
 * keeper's ever checkpoints, neither by size nor when it is closed. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "conf/clock.h"
#include "conf/mem.h"
#include "db/damage.h"
#include "db/meta.h"
#include "db/queue.h"
#include "db/schema.h"
#include "db/sql.h"

/* Makes the file private and its name durable, before SQLite sees it. An
 * existing file is not opened: closing it would drop the locks of another
 * connection of this process. */
static bool create_file(const char *path, struct err *err)
{
    int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

    if (fd < 0 && errno == EEXIST)
        return true;
    if (fd < 0)
        return err_set(err, ERR_RETRY, "cannot make the database %s: %s", path,
                       strerror(errno));
    close(fd);
    /* One of an earlier database says nothing of this one. */
    return seal_break(path, err) && damage_sync_folder(path, err);
}

/* SQLite's own handler sleeps up to 100 ms at a time, so that whoever asks
 * first waits longest: with eight writers a steady look each millisecond gave
 * three times the commits and a p99 of 150 ms instead of 1 s. */
static int wait_for_lock(void *ctx, int times)
{
    struct db *db = ctx;
    int64_t now_ms = clock_mono_ms();

    if (times == 0)
        db->waiting_ms = now_ms;
    if (now_ms - db->waiting_ms >= db->patience_ms)
        return 0;
    clock_sleep_ms(1);
    return 1;
}

static int configure(struct db *db)
{
    static const char *const pragmas[] = {
        "PRAGMA journal_mode = WAL",     "PRAGMA synchronous = FULL",
        "PRAGMA wal_autocheckpoint = 0", "PRAGMA mmap_size = 0",
        "PRAGMA foreign_keys = ON",      "PRAGMA trusted_schema = OFF",
        "PRAGMA temp_store = MEMORY",    "PRAGMA secure_delete = ON",
    };
    sqlite3 *handle = db->handle;
    int rc = sqlite3_busy_handler(handle, wait_for_lock, db);

    db->patience_ms = SQL_PATIENCE_MS;
    sqlite3_extended_result_codes(handle, 1);
    if (rc == SQLITE_OK)
        rc = sqlite3_db_config(handle, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1,
                               NULL);
    if (rc == SQLITE_OK)
        rc = sqlite3_db_config(handle, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    /* Or else every bound value makes SQLite plan the statement again: an
     * empty look cost 95 us instead of 8. */
    if (rc == SQLITE_OK)
        rc = sqlite3_db_config(handle, SQLITE_DBCONFIG_ENABLE_QPSG, 1, NULL);
    for (size_t i = 0; rc == SQLITE_OK && i < sizeof pragmas / sizeof *pragmas;
         i++)
        rc = sqlite3_exec(handle, pragmas[i], NULL, NULL, NULL);
    return rc;
}

/* The file says that it may only be read (sqlite.org/fileformat, 1.3.3): none
 * of ours does. SQLite also falls back to reading when it cannot open the file
 * for writing just now, which is no damage. */
static bool later_format(struct db *db)
{
    unsigned char write_version = 0;
    sqlite3_file *file = NULL;

    return sqlite3_file_control(db->handle, "main", SQLITE_FCNTL_FILE_POINTER,
                                &file) == SQLITE_OK &&
           file && file->pMethods &&
           file->pMethods->xRead(file, &write_version, 1, 18) == SQLITE_OK &&
           write_version > 2;
}

static bool settle(struct db *db, const char *path, struct err *err)
{
    int rc = configure(db);
    struct sql q;
    enum sql_step step;
    char mode[16] = "";

    if (rc != SQLITE_OK)
        return sql_error(db, rc, err);
    q = SQL(db, "PRAGMA journal_mode");
    step = sql_step(&q, err);
    if (step == SQL_FAIL)
        return false;
    if (step == SQL_ROW)
        sql_get_text(&q, mode, sizeof mode);
    sql_end(&q);
    if (strcmp(mode, "wal") != 0)
        return err_set(err, ERR_RETRY,
                       "the file system of %s allows no WAL: use a local disk",
                       path);
    if (sqlite3_db_readonly(db->handle, "main") == 1)
        return later_format(db)
                   ? sql_damaged(db, "its format is that of a later SQLite",
                                 err)
                   : err_set(err, ERR_RETRY, "the database %s is read-only",
                             path);
    return schema_migrate(db, err);
}

static struct db *try_open(const char *path, struct err *err)
{
    struct db *db = mem_calloc(1, sizeof *db);
    int rc;

    db->lock = damage_lock(path, false, SQL_PATIENCE_MS, err);
    if (db->lock < 0) {
        free(db);
        return NULL;
    }
    rc =
        sqlite3_open_v2(path, &db->handle,
                        SQLITE_OPEN_READWRITE | SQLITE_OPEN_PRIVATECACHE, NULL);
    if (rc != SQLITE_OK)
        sql_error(db, rc, err);
    else if (settle(db, path, err))
        return db;
    db_close(db);
    return NULL;
}

struct db *db_open(const char *path, struct err *err)
{
    int64_t until_ms = clock_mono_ms() + SQL_PATIENCE_MS;
    struct err why = {0};
    struct db *db;

    if (damage_marked(path)) {
        err_set(err, ERR_FATAL,
                "%s is damaged: the node sets it aside and makes it again from "
                "the spool when it starts",
                path);
        return NULL;
    }
    if (!create_file(path, err))
        return NULL;
    /* Turning a fresh database into WAL mode needs it alone, and SQLite does
     * not wait for that. */
    while (!(db = try_open(path, &why)) && why.code == ERR_RETRY &&
           clock_mono_ms() < until_ms)
        clock_sleep_ms(20);
    if (!db) {
        *err = why;
        err_wrap(err, "%s", path);
    }
    return db;
}

void db_close(struct db *db)
{
    if (!db)
        return;
    for (size_t i = 0; i < db->n_cached; i++)
        sqlite3_finalize(db->cache[i].statement);
    sqlite3_close(db->handle);
    close(db->lock);
    free(db);
}

void db_patience(struct db *db, int64_t patience_ms)
{
    db->patience_ms = patience_ms > 0 ? patience_ms : SQL_PATIENCE_MS;
}

bool db_secret(struct db *db, char out[static 65], struct err *err)
{
    bool found;

    if (!meta_get(db, META_SECRET, out, 65, &found, err))
        return false;
    return found || err_set(err, ERR_FATAL, "the database has no node secret");
}
