/* Nobody restores a queue at night. What is damaged is kept for whoever wants
 * to know why, and never used again; the spool has what it takes to go on. The
 * mark is a file, since whoever notices may have no database to write to, and
 * cannot replace it while others have it open. */
#include "db/damage.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <time.h>
#include <unistd.h>

#include "conf/clock.h"
#include "conf/mem.h"

#define PATH_BYTES 512
#define LOOK_MS    20

static void beside(const char *database, const char *suffix,
                   char out[static PATH_BYTES])
{
    snprintf(out, PATH_BYTES, "%s%s", database, suffix);
}

void damage_mark(const char *database, const char *what)
{
    char path[PATH_BYTES];
    size_t n = strlen(what);
    int fd;

    beside(database, ".damaged", path);
    /* The first who noticed knows best. */
    fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (fd < 0)
        return;
    if (write(fd, what, n) != (ssize_t)n)
        n = 0; /* an empty mark says enough */
    close(fd);
}

bool damage_marked(const char *database)
{
    char path[PATH_BYTES];

    beside(database, ".damaged", path);
    return access(path, F_OK) == 0;
}

void damage_what(const char *database, char *out, size_t size)
{
    char path[PATH_BYTES];
    ssize_t n = -1;
    int fd;

    beside(database, ".damaged", path);
    fd = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
    if (fd >= 0) {
        n = read(fd, out, size - 1);
        close(fd);
    }
    out[n > 0 ? n : 0] = '\0';
}

int damage_lock(const char *database, bool exclusive, int64_t patience_ms,
                struct err *err)
{
    int64_t until_ms = clock_mono_ms() + patience_ms;
    int how = (exclusive ? LOCK_EX : LOCK_SH) | LOCK_NB;
    char path[PATH_BYTES];
    int fd;

    beside(database, ".lock", path);
    fd = open(path, O_RDONLY | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (fd < 0) {
        err_set(err, ERR_RETRY, "cannot open %s: %s", path, strerror(errno));
        return -1;
    }
    while (flock(fd, how) != 0) {
        if (clock_mono_ms() >= until_ms) {
            close(fd);
            err_set(err, ERR_RETRY,
                    exclusive ? "%s: another program has the database open; "
                                "end osteon's programs and start the node again"
                              : "%s: the keeper is replacing the database",
                    database);
            return -1;
        }
        clock_sleep_ms(LOOK_MS);
    }
    return fd;
}

void damage_unlock(int lock)
{
    close(lock);
}

bool damage_sync_folder(const char *database, struct err *err)
{
    char *copy = mem_strdup(database);
    int fd = open(dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    bool ok = fd >= 0 && fsync(fd) == 0;

    if (!ok)
        err_set(err, ERR_RETRY, "cannot sync the folder of the database %s: %s",
                database, strerror(errno));
    if (fd >= 0)
        close(fd);
    free(copy);
    return ok;
}

static bool rename_one(const char *database, const char *aside,
                       const char *suffix, struct err *err)
{
    char from[PATH_BYTES], to[PATH_BYTES];

    beside(database, suffix, from);
    beside(aside, suffix, to);
    if (rename(from, to) == 0 || errno == ENOENT)
        return true;
    return err_set(err, ERR_RETRY, "cannot rename %s to %s: %s", from, to,
                   strerror(errno));
}

bool damage_set_aside(const char *database, char *aside, size_t size,
                      struct err *err)
{
    time_t now = (time_t)(clock_wall_ms() / 1000);
    char path[PATH_BYTES], stamp[32];
    struct tm utc;

    strftime(stamp, sizeof stamp, "%Y%m%dT%H%M%SZ", gmtime_r(&now, &utc));
    snprintf(aside, size, "%s.damaged-%s", database, stamp);
    /* Twice in a second: the earlier one is not overwritten. */
    for (int i = 2; access(aside, F_OK) == 0 && i < 100; i++)
        snprintf(aside, size, "%s.damaged-%s-%d", database, stamp, i);
    if (!seal_break(database, err) ||
        !rename_one(database, aside, "-wal", err) ||
        !rename_one(database, aside, "-shm", err) ||
        !rename_one(database, aside, "", err) ||
        !damage_sync_folder(database, err))
        return false;
    beside(database, ".damaged", path);
    if (unlink(path) == 0 || errno == ENOENT)
        return true;
    return err_set(err, ERR_RETRY, "cannot remove %s: %s", path,
                   strerror(errno));
}
