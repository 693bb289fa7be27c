/* The way to copy a database that others write to is to let SQLite read it:
 * cp(1) takes a file in the middle of a checkpoint. */
#include "db/backup.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "db/damage.h"
#include "db/meta.h"
#include "db/sql.h"

static bool make_file(const char *path, struct err *err)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

    if (fd >= 0) {
        close(fd);
        return true;
    }
    return err_set(err, errno == EEXIST ? ERR_REJECT : ERR_RETRY,
                   errno == EEXIST ? "%s exists: a backup overwrites nothing"
                                   : "cannot make %s: %s",
                   path, strerror(errno));
}

static bool copy(struct db *db, const char *path, struct err *err)
{
    struct sql q = SQL(db, "VACUUM INTO ?");

    sql_text(&q, path);
    return sql_run(&q, err);
}

/* Whoever starts with it will have a spool that is newer. */
static bool check(sqlite3 *handle, struct err *err)
{
    static const char mark[] = "INSERT INTO meta (key, value) VALUES "
                               "('" META_REBUILD "', '1') ON CONFLICT (key) "
                               "DO UPDATE SET value = '1'";
    sqlite3_stmt *statement = NULL;
    bool ok =
        sqlite3_exec(handle, mark, NULL, NULL, NULL) == SQLITE_OK &&
        sqlite3_prepare_v2(handle, "PRAGMA quick_check(1)", -1, &statement,
                           NULL) == SQLITE_OK &&
        sqlite3_step(statement) == SQLITE_ROW &&
        strcmp((const char *)sqlite3_column_text(statement, 0), "ok") == 0;

    sqlite3_finalize(statement);
    return ok || err_set(err, ERR_RETRY, "the copy is not sound: %s",
                         sqlite3_errmsg(handle));
}

static bool verify(const char *path, struct err *err)
{
    sqlite3 *handle = NULL;
    bool ok =
        sqlite3_open_v2(path, &handle, SQLITE_OPEN_READWRITE, NULL) == SQLITE_OK
            ? check(handle, err)
            : err_set(err, ERR_RETRY, "cannot open the copy %s", path);

    sqlite3_close(handle);
    return ok;
}

static bool sync_file(const char *path, int64_t *bytes, struct err *err)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    struct stat st = {0};
    bool ok = fd >= 0 && fsync(fd) == 0 && fstat(fd, &st) == 0;

    if (!ok)
        err_set(err, ERR_RETRY, "cannot sync %s: %s", path, strerror(errno));
    if (fd >= 0)
        close(fd);
    *bytes = (int64_t)st.st_size;
    return ok && damage_sync_folder(path, err);
}

bool backup_make(struct db *db, const char *path, int64_t *bytes,
                 struct err *err)
{
    if (!make_file(path, err))
        return false;
    if (copy(db, path, err) && verify(path, err) && sync_file(path, bytes, err))
        return true;
    unlink(path);
    return false;
}
