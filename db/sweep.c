/* Garbage of crashes and purges: a process that died left a file in tmp/, or
 * one in obj/ that no row names. Young files are somebody's work. */
#include "db/sweep.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "db/upkeep.h"

#define NAME_DIGITS 32

static bool is_ours(const char *name)
{
    return strspn(name, "0123456789abcdef") == NAME_DIGITS &&
           strcmp(name + NAME_DIGITS, ".dcm") == 0;
}

static bool sweep_file(struct db *db, int dir, const char *folder,
                       const char *name, int64_t before_ms, int64_t *removed,
                       struct err *err)
{
    bool named = false;
    char path[320];
    struct stat st;

    if (!is_ours(name) || fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) != 0 ||
        !S_ISREG(st.st_mode) || (int64_t)st.st_mtime >= before_ms / 1000)
        return true;
    snprintf(path, sizeof path, "%s/%s", folder, name);
    if (!upkeep_named(db, path, &named, err))
        return false;
    if (!named && unlinkat(dir, name, 0) == 0)
        ++*removed;
    return true;
}

bool sweep_folder(struct db *db, const char *spool, const char *folder,
                  int64_t before_ms, int64_t *removed, struct err *err)
{
    const struct dirent *entry;
    char path[512];
    bool ok = true;
    DIR *dir;

    snprintf(path, sizeof path, "%s/%s", spool, folder);
    dir = opendir(path);
    if (!dir)
        return err_set(err, ERR_RETRY, "cannot read %s: %s", path,
                       strerror(errno));
    while (ok && (entry = readdir(dir)))
        ok = sweep_file(db, dirfd(dir), folder, entry->d_name, before_ms,
                        removed, err);
    closedir(dir);
    return ok;
}
