/* Nothing is analysed or sent that is not, byte for byte, what was stored:
 * disks rot, and people restore backups. */
#include <errno.h>
#include <fcntl.h>
#include <openssl/evp.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "db/spool.h"

#define BLOCK_BYTES 65536

static bool digest(int fd, int64_t left, char out[static 65], struct err *err)
{
    static const char digits[] = "0123456789abcdef";
    unsigned char block[BLOCK_BYTES], bytes[EVP_MAX_MD_SIZE];
    EVP_MD_CTX *md = EVP_MD_CTX_new();
    bool ok = md && EVP_DigestInit_ex(md, EVP_sha256(), NULL) == 1;

    while (ok && left > 0) {
        size_t want = left < BLOCK_BYTES ? (size_t)left : BLOCK_BYTES;
        ssize_t n = read(fd, block, want);

        if (n < 0 && errno == EINTR)
            continue;
        ok = n > 0 && EVP_DigestUpdate(md, block, (size_t)n) == 1;
        left -= n > 0 ? n : 0;
    }
    ok = ok && EVP_DigestFinal_ex(md, bytes, NULL) == 1;
    EVP_MD_CTX_free(md);
    if (!ok)
        return err_set(err, ERR_RETRY, "cannot read it: %s", strerror(errno));
    for (size_t i = 0; i < 32; i++) {
        out[2 * i] = digits[bytes[i] >> 4];
        out[2 * i + 1] = digits[bytes[i] & 15];
    }
    out[64] = '\0';
    return true;
}

static bool check(const struct object *object, int fd, struct err *err)
{
    char sha256[65];
    struct stat st;
    int64_t size = -1;

    if (fstat(fd, &st) != 0)
        return err_set(err, ERR_RETRY, "cannot look at it: %s",
                       strerror(errno));
    if (object->data_offset < 0 || object->data_bytes < 0 ||
        __builtin_add_overflow(object->data_offset, object->data_bytes, &size))
        size = -1;
    if (!S_ISREG(st.st_mode) || st.st_size != size)
        return err_set(err, ERR_REJECT,
                       "the file has %lld bytes, %lld were stored",
                       (long long)st.st_size, (long long)size);
    if (lseek(fd, object->data_offset, SEEK_SET) < 0)
        return err_set(err, ERR_RETRY, "cannot seek in it: %s",
                       strerror(errno));
    if (!digest(fd, object->data_bytes, sha256, err))
        return false;
    if (strcmp(sha256, object->sha256) != 0)
        return err_set(err, ERR_REJECT,
                       "its SHA-256 is not that of what was stored");
    if (lseek(fd, object->data_offset, SEEK_SET) < 0)
        return err_set(err, ERR_RETRY, "cannot seek in it: %s",
                       strerror(errno));
    return true;
}

bool spool_verify(const struct object *object, int *fd, struct err *err)
{
    char path[SPOOL_PATH];
    int file;

    spool_path(object, path);
    file = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
    if (file < 0 && errno == ENOENT)
        return err_set(err, ERR_REJECT,
                       "object %lld: its file %s is gone: was it longer ago "
                       "than node.keep?",
                       (long long)object->id, path);
    if (file < 0)
        return err_set(err, errno == ELOOP ? ERR_REJECT : ERR_RETRY,
                       "object %lld: cannot open %s: %s", (long long)object->id,
                       path, strerror(errno));
    if (!check(object, file, err)) {
        close(file);
        return err_wrap(err, "object %lld (%s)", (long long)object->id, path);
    }
    *fd = file;
    return true;
}
