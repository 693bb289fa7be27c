/* Garbage of crashes and purges: a process that died left a file in tmp/, or
 * one in obj/ that no row names. Young files are somebody's work. */
#include "db/sweep.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "db/upkeep.h"

#define NAME_DIGITS 32

bool sweep_is_ours(const char *name)
{
    return strspn(name, "0123456789abcdef") == NAME_DIGITS &&
           strcmp(name + NAME_DIGITS, ".dcm") == 0;
}

struct sweep {
    struct db *db; /* NULL: what nobody holds a lock on */
    const char *folder;
    int64_t before_ms;
    int64_t removed;
};

static bool abandoned(int dir, const char *name)
{
    int fd = openat(dir, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
    bool is = fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) == 0;

    if (fd >= 0)
        close(fd);
    return is;
}

static bool garbage(const struct sweep *sweep, int dir, const char *name,
                    bool *is, struct err *err)
{
    bool named = true;
    char path[320];

    if (!sweep->db) {
        *is = abandoned(dir, name);
        return true;
    }
    snprintf(path, sizeof path, "%s/%s", sweep->folder, name);
    if (!upkeep_named(sweep->db, path, &named, err))
        return false;
    *is = !named;
    return true;
}

static bool sweep_file(struct sweep *sweep, int dir, const char *name,
                       struct err *err)
{
    struct stat st;
    bool is;

    if (!sweep_is_ours(name) ||
        fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) != 0 ||
        !S_ISREG(st.st_mode) || (int64_t)st.st_mtime >= sweep->before_ms / 1000)
        return true;
    if (!garbage(sweep, dir, name, &is, err))
        return false;
    if (is && unlinkat(dir, name, 0) == 0)
        sweep->removed++;
    return true;
}

static bool run(struct sweep *sweep, const char *spool, struct err *err)
{
    const struct dirent *entry;
    char path[512];
    bool ok = true;
    DIR *dir;

    snprintf(path, sizeof path, "%s/%s", spool, sweep->folder);
    dir = opendir(path);
    if (!dir)
        return err_set(err, ERR_RETRY, "cannot read %s: %s", path,
                       strerror(errno));
    while (ok && (entry = readdir(dir)))
        ok = sweep_file(sweep, dirfd(dir), entry->d_name, err);
    closedir(dir);
    return ok;
}

bool sweep_unfinished(const char *spool, int64_t before_ms, int64_t *removed,
                      struct err *err)
{
    struct sweep sweep = {.folder = "tmp", .before_ms = before_ms};
    bool ok = run(&sweep, spool, err);

    *removed += sweep.removed;
    return ok;
}

bool sweep_folder(struct db *db, const char *spool, const char *folder,
                  int64_t before_ms, int64_t *removed, struct err *err)
{
    struct sweep sweep = {.db = db, .folder = folder, .before_ms = before_ms};
    bool ok = run(&sweep, spool, err);

    *removed += sweep.removed;
    return ok;
}
