/* After a failed fsync the kernel marks the pages clean, and a second one
 * succeeds without the data (RELIABILITY: "fsync errors"): nothing is retried
 * on the same file, and nothing is taken on until another file proves that the
 * disk works. The proof takes the way of an object: write, sync, close,
 * rename, sync of the folder, read. */
#include "db/spool_health.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define PATH_BYTES  512
#define PROOF_BYTES 65536

bool spool_degraded(const char *dir)
{
    char path[PATH_BYTES];

    snprintf(path, sizeof path, "%s/degraded", dir);
    return access(path, F_OK) == 0;
}

void spool_degrade(const char *dir, int error)
{
    char path[PATH_BYTES];
    int fd;

    if (error != EIO && error != ENXIO && error != EUCLEAN)
        return;
    snprintf(path, sizeof path, "%s/degraded", dir);
    fd = open(path, O_WRONLY | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (fd >= 0)
        close(fd);
}

static bool write_proof(int fd)
{
    unsigned char bytes[4096];

    for (size_t at = 0; at < PROOF_BYTES; at += sizeof bytes) {
        memset(bytes, (int)(at / sizeof bytes + 1), sizeof bytes);
        if (write(fd, bytes, sizeof bytes) != (ssize_t)sizeof bytes)
            return false;
    }
    return fsync(fd) == 0;
}

static bool read_proof(int fd)
{
    unsigned char bytes[4096], wanted[4096];

    for (size_t at = 0; at < PROOF_BYTES; at += sizeof bytes) {
        memset(wanted, (int)(at / sizeof bytes + 1), sizeof wanted);
        if (read(fd, bytes, sizeof bytes) != (ssize_t)sizeof bytes ||
            memcmp(bytes, wanted, sizeof bytes) != 0)
            return false;
    }
    return true;
}

/* Every step must succeed; what failed is in errno. */
static bool prove(int root)
{
    int fd, folder = -1;
    bool ok;

    fd = openat(root, "tmp/proof",
                O_RDWR | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (fd < 0)
        return false;
    ok = write_proof(fd);
    ok = close(fd) == 0 && ok;
    ok = ok && renameat(root, "tmp/proof", root, "obj/proof") == 0;
    if (ok)
        folder = openat(root, "obj", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    ok = folder >= 0 && fsync(folder) == 0;
    if (folder >= 0)
        close(folder);
    if (!ok)
        return false;
    fd = openat(root, "obj/proof", O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
    ok = fd >= 0 && read_proof(fd);
    if (fd >= 0)
        close(fd);
    return unlinkat(root, "obj/proof", 0) == 0 && ok;
}

bool spool_self_test(const char *dir, struct err *err)
{
    int root = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    bool ok = root >= 0 && prove(root);

    if (!ok) {
        err_set(err, ERR_RETRY, "a test file in the spool %s failed: %s", dir,
                strerror(errno));
        if (root >= 0) {
            unlinkat(root, "tmp/proof", 0);
            unlinkat(root, "obj/proof", 0);
        }
    } else if (unlinkat(root, "degraded", 0) != 0 && errno != ENOENT) {
        ok = err_set(err, ERR_RETRY, "cannot remove %s/degraded: %s", dir,
                     strerror(errno));
    }
    if (root >= 0)
        close(root);
    return ok;
}
