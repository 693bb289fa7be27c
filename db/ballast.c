/* A full disk must not keep the node from emptying it: Orthanc 1.10.1 does not
 * start on one. Removing a file needs no space. */
#include "db/ballast.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "db/spool_space.h"

#define PATH_BYTES 512
#define LOW_SHARE  4

static bool nearly_full(const struct conf_node *node,
                        const struct spool_space *space)
{
    return space->free_bytes < node->limits.free_bytes / LOW_SHARE ||
           space->free_bytes == 0;
}

static bool make(const char *path, int64_t bytes)
{
    int fd =
        open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    bool ok =
        fd >= 0 && posix_fallocate(fd, 0, (off_t)bytes) == 0 && fsync(fd) == 0;

    if (fd >= 0)
        close(fd);
    if (!ok && fd >= 0)
        unlink(path);
    return ok;
}

static enum ballast_change give_up(const char *path)
{
    return unlink(path) == 0 ? BALLAST_GONE : BALLAST_SAME;
}

enum ballast_change ballast_keep(const struct conf_node *node, bool full)
{
    const struct conf_limits *limits = &node->limits;
    struct spool_space space;
    struct err ignored = {0};
    char path[PATH_BYTES];
    struct stat st;
    bool there;

    snprintf(path, sizeof path, "%s/ballast", node->spool);
    there = lstat(path, &st) == 0;
    if (!spool_space(node->spool, &space, &ignored))
        return BALLAST_SAME;
    if (there && (full || nearly_full(node, &space) ||
                  st.st_size != limits->ballast_bytes))
        return give_up(path);
    if (there || full || limits->ballast_bytes == 0 ||
        space.free_bytes - limits->ballast_bytes < limits->free_bytes)
        return BALLAST_SAME;
    return make(path, limits->ballast_bytes) ? BALLAST_MADE : BALLAST_SAME;
}

enum ballast_change ballast_relieve(const struct conf_node *node)
{
    struct spool_space space;
    struct err ignored = {0};
    char path[PATH_BYTES];

    snprintf(path, sizeof path, "%s/ballast", node->spool);
    if (spool_space(node->spool, &space, &ignored) && nearly_full(node, &space))
        return give_up(path);
    return BALLAST_SAME;
}
