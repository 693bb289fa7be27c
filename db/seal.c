/* SQLite has no checksums in its pages: quick_check sees a broken tree, but not
 * a digit that changed in a row. Since only the keeper's checkpoints write to
 * the main file, one digest of it tells whether the disk still has what was
 * put there. The write-ahead log has checksums of its own. */
#include <errno.h>
#include <fcntl.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "db/damage.h"

#define PATH_BYTES  512
#define BLOCK_BYTES 65536

static bool digest(const char *path, char out[static 65])
{
    unsigned char block[BLOCK_BYTES], bytes[EVP_MAX_MD_SIZE];
    EVP_MD_CTX *md = EVP_MD_CTX_new();
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    bool ok = fd >= 0 && md && EVP_DigestInit_ex(md, EVP_sha256(), NULL) == 1;
    ssize_t n = 0;

    while (ok && (n = read(fd, block, sizeof block)) > 0)
        ok = EVP_DigestUpdate(md, block, (size_t)n) == 1;
    ok = ok && n == 0 && EVP_DigestFinal_ex(md, bytes, NULL) == 1;
    if (fd >= 0)
        close(fd);
    EVP_MD_CTX_free(md);
    for (size_t i = 0; ok && i < 32; i++)
        snprintf(out + 2 * i, 3, "%02x", bytes[i]);
    return ok;
}

bool seal_break(const char *database, struct err *err)
{
    char path[PATH_BYTES];

    snprintf(path, sizeof path, "%s.seal", database);
    if (unlink(path) != 0) {
        if (errno == ENOENT)
            return true;
        return err_set(err, ERR_RETRY, "cannot remove %s: %s", path,
                       strerror(errno));
    }
    /* After a power cut it must not be there beside what came later. */
    return damage_sync_folder(database, err);
}

/* Without a seal nothing is worse than before it: failures are silent. */
void seal_make(const char *database)
{
    char path[PATH_BYTES], temporary[PATH_BYTES], sha256[65];
    bool ok;
    int fd;

    if (!digest(database, sha256))
        return;
    snprintf(path, sizeof path, "%s.seal", database);
    snprintf(temporary, sizeof temporary, "%s.seal.new", database);
    fd = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC,
              0600);
    if (fd < 0)
        return;
    ok = write(fd, sha256, 64) == 64 && fsync(fd) == 0;
    ok = close(fd) == 0 && ok;
    if (!ok || rename(temporary, path) != 0)
        unlink(temporary);
}

bool seal_intact(const char *database)
{
    char path[PATH_BYTES], wal[PATH_BYTES], sealed[65] = "", sha256[65];
    ssize_t n;
    int fd;

    snprintf(path, sizeof path, "%s.seal", database);
    fd = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0)
        return true;
    n = read(fd, sealed, 64);
    close(fd);
    if (n != 64 || !digest(database, sha256))
        return true;
    if (strcmp(sealed, sha256) == 0)
        return true;
    snprintf(wal, sizeof wal, "%s-wal", database);
    return access(wal, F_OK) != 0;
}
