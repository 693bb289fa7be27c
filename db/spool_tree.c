/* The spool's folders, all of them made at once and their names durable before
 * the first object: no object then waits for, or is lost with, a folder. */
#include "db/spool_tree.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "db/spool.h"
#include "db/spool_health.h"

bool spool_sync_folder(int fd, const char *dir, struct err *err)
{
    int error;

    if (fsync(fd) == 0)
        return true;
    error = errno;
    spool_degrade(dir, error);
    return err_set(err, ERR_RETRY, "cannot sync the spool %s: %s", dir,
                   strerror(error));
}

/* Makes one folder below the descriptor; its name is durable when its parent
 * was synced after. */
static bool make_folder(int parent, const char *name, const char *dir,
                        struct err *err)
{
    if (mkdirat(parent, name, 0700) == 0 || errno == EEXIST)
        return true;
    return err_set(err, ERR_RETRY, "cannot make %s in the spool %s: %s", name,
                   dir, strerror(errno));
}

/* A folder that was made just now; its name becomes durable. */
static bool sync_above(const char *path, const char *dir, struct err *err)
{
    char above[SPOOL_PATH + 4];
    bool ok;
    int fd;

    snprintf(above, sizeof above, "%s/..", path);
    fd = open(above, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return err_set(err, ERR_RETRY, "cannot open %s: %s", above,
                       strerror(errno));
    ok = spool_sync_folder(fd, dir, err);
    close(fd);
    return ok;
}

/* The spool's own folder and those above it. */
static bool make_parents(const char *dir, struct err *err)
{
    char path[SPOOL_PATH];
    size_t n = strlen(dir);

    if (n == 0 || n >= sizeof path)
        return err_set(err, ERR_REJECT, "the spool's path is too long");
    memcpy(path, dir, n + 1);
    for (size_t i = 1; i <= n; i++) {
        if (path[i] != '/' && path[i] != '\0')
            continue;
        path[i] = '\0';
        if (mkdir(path, 0700) == 0) {
            if (!sync_above(path, dir, err))
                return false;
        } else if (errno != EEXIST) {
            return err_set(err, ERR_RETRY, "cannot make the spool %s: %s", dir,
                           strerror(errno));
        }
        path[i] = dir[i];
    }
    return true;
}

static bool make_tree(int root, const char *dir, struct err *err)
{
    char name[16];
    bool ok;
    int fd;

    if (!make_folder(root, "tmp", dir, err) ||
        !make_folder(root, "lock", dir, err) ||
        !make_folder(root, "obj", dir, err))
        return false;
    /* All of them now, so that no object waits for its folder to be synced,
     * nor is lost with a folder that another process made and did not sync. */
    for (unsigned i = 0; i < 256; i++) {
        snprintf(name, sizeof name, "obj/%02x", i);
        if (!make_folder(root, name, dir, err))
            return false;
    }
    fd = openat(root, "obj", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return err_set(err, ERR_RETRY, "cannot open %s/obj: %s", dir,
                       strerror(errno));
    ok = spool_sync_folder(fd, dir, err) && spool_sync_folder(root, dir, err);
    close(fd);
    return ok;
}

bool spool_tree(const char *dir, struct err *err)
{
    bool ok;
    int root, above;

    if (!make_parents(dir, err))
        return false;
    root = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (root < 0)
        return err_set(err, ERR_RETRY, "cannot open the spool %s: %s", dir,
                       strerror(errno));
    ok = make_tree(root, dir, err);
    above = openat(root, "..", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (ok && above >= 0)
        ok = spool_sync_folder(above, dir, err);
    if (above >= 0)
        close(above);
    close(root);
    return ok;
}
