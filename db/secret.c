/* Two copies in two places, and one rule which of them counts. */
#include "db/secret.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "db/meta.h"

#define DIGITS 64

/* "" where there is none that could be one. */
static void read_copy(int root, char out[static DIGITS + 1])
{
    int fd = openat(root, "secret", O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
    ssize_t n = fd < 0 ? -1 : read(fd, out, DIGITS);

    if (fd >= 0)
        close(fd);
    out[n == DIGITS ? DIGITS : 0] = '\0';
    if (strspn(out, "0123456789abcdef") != strlen(out))
        out[0] = '\0';
}

static bool write_copy(int root, const char *secret, struct err *err)
{
    int fd =
        openat(root, "secret.new",
               O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600);
    bool ok = fd >= 0 && write(fd, secret, DIGITS) == DIGITS && fsync(fd) == 0;

    if (fd >= 0)
        ok = close(fd) == 0 && ok;
    ok = ok && renameat(root, "secret.new", root, "secret") == 0 &&
         fsync(root) == 0;
    return ok || err_set(err, ERR_RETRY,
                         "cannot keep a copy of the node secret in the spool: "
                         "%s",
                         strerror(errno));
}

static bool settle(struct db *db, int root, struct err *err)
{
    char ours[65], copy[DIGITS + 1], rebuild[4];
    bool found;

    if (!db_secret(db, ours, err) ||
        !meta_get(db, META_REBUILD, rebuild, sizeof rebuild, &found, err))
        return false;
    read_copy(root, copy);
    if (strcmp(ours, copy) == 0)
        return true;
    if (copy[0] && rebuild[0] == '1')
        return meta_set(db, META_SECRET, copy, err);
    return write_copy(root, ours, err);
}

bool secret_keep(struct db *db, const char *spool, struct err *err)
{
    int root = open(spool, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    bool ok;

    if (root < 0)
        return err_set(err, ERR_RETRY, "cannot open the spool %s: %s", spool,
                       strerror(errno));
    ok = settle(db, root, err);
    close(root);
    return ok;
}
