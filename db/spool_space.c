/* The node refuses before the disk is full, so that it can still finish what
 * it has: results, journal and database need room, too. Inodes run out like
 * bytes do. */
#include "db/spool_space.h"

#include <errno.h>
#include <string.h>
#include <sys/statvfs.h>

#define LEAST_INODES 256

bool spool_space(const char *dir, struct spool_space *out, struct err *err)
{
    struct statvfs fs;
    uint64_t bytes;

    if (statvfs(dir, &fs) != 0)
        return err_set(err, ERR_RETRY, "cannot look at the spool %s: %s", dir,
                       strerror(errno));
    if (__builtin_mul_overflow((uint64_t)fs.f_bavail, (uint64_t)fs.f_frsize,
                               &bytes) ||
        bytes > INT64_MAX)
        bytes = INT64_MAX;
    out->free_bytes = (int64_t)bytes;
    out->free_inodes = fs.f_files == 0 || fs.f_favail > INT64_MAX
                           ? INT64_MAX
                           : (int64_t)fs.f_favail;
    return true;
}

bool spool_space_check(const char *dir, int64_t free_bytes, struct err *err)
{
    struct spool_space space;

    if (!spool_space(dir, &space, err))
        return false;
    if (space.free_bytes < free_bytes)
        return err_set(err, ERR_RETRY,
                       "only %lld MiB are free in the spool %s, %lld MiB are "
                       "kept in reserve (node.limits.free)",
                       (long long)(space.free_bytes >> 20), dir,
                       (long long)(free_bytes >> 20));
    if (space.free_inodes < LEAST_INODES)
        return err_set(err, ERR_RETRY,
                       "only %lld inodes are free in the spool %s",
                       (long long)space.free_inodes, dir);
    return true;
}
