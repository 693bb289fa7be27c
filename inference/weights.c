/* The bytes of a model. They are read once into memory, and the digest of that
 * memory is compared: a file that changes between the check and the use cannot
 * slip through, and a damaged disk cannot turn into a slightly different knee.
 */
#include "inference/weights.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "db/uid.h"

static bool file_size(int fd, int64_t most, size_t *out, struct err *err)
{
    struct stat st;
    if (fstat(fd, &st) != 0)
        return err_set(err, ERR_RETRY, "%s", strerror(errno));
    if (!S_ISREG(st.st_mode))
        return err_set(err, ERR_REJECT, "not a regular file");
    if (st.st_size == 0)
        return err_set(err, ERR_REJECT, "the file is empty");
    if (st.st_size > most)
        return err_set(err, ERR_REJECT,
                       "%lld bytes are more than the %lld "
                       "that are allowed",
                       (long long)st.st_size, (long long)most);
    *out = (size_t)st.st_size;
    return true;
}

static bool read_all(int fd, unsigned char *bytes, size_t n, struct err *err)
{
    for (size_t done = 0; done < n;) {
        ssize_t got = pread(fd, bytes + done, n - done, (off_t)done);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return err_set(err, ERR_RETRY, "%s", strerror(errno));
        if (got == 0)
            return err_set(err, ERR_REJECT, "the file became shorter");
        done += (size_t)got;
    }
    return true;
}

static bool load(int fd, int64_t most, unsigned char **bytes, size_t *n,
                 struct err *err)
{
    size_t size = 0;
    if (!file_size(fd, most, &size, err))
        return false;
    unsigned char *buffer = malloc(size);
    if (!buffer)
        return err_set(err, ERR_RETRY, "no memory for %zu bytes", size);
    if (!read_all(fd, buffer, size, err)) {
        free(buffer);
        return false;
    }
    *bytes = buffer;
    *n = size;
    return true;
}

/* Of this moment and this machine, not of the file. */
static bool passing(int error)
{
    return error == EMFILE || error == ENFILE || error == ENOMEM ||
           error == EIO || error == EINTR;
}

static bool open_file(const char *path, int *fd, struct err *err)
{
    *fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    if (*fd < 0)
        return err_set(err, passing(errno) ? ERR_RETRY : ERR_REJECT,
                       "cannot be opened: %s", strerror(errno));
    return true;
}

bool weights_hash_file(const char *path, int64_t most, char out[static 65],
                       struct err *err)
{
    int fd;
    unsigned char *bytes;
    size_t n;
    if (!open_file(path, &fd, err))
        return err_wrap(err, "%s", path);
    bool ok = load(fd, most, &bytes, &n, err);
    close(fd);
    if (!ok)
        return err_wrap(err, "%s", path);
    sha256_hex(out, bytes, n);
    free(bytes);
    return true;
}

bool weights_read(int fd, const char *sha256, unsigned char **bytes, size_t *n,
                  struct err *err)
{
    char found[65];
    if (!load(fd, WEIGHTS_MOST_BYTES, bytes, n, err))
        return false;
    sha256_hex(found, *bytes, *n);
    if (strcmp(found, sha256) == 0)
        return true;
    free(*bytes);
    return err_set(err, ERR_REJECT,
                   "the file's SHA-256 is %s, but model.yaml wants %s: it is "
                   "damaged or another version; install the bundle again",
                   found, sha256);
}

bool weights_open(const char *path, const char *sha256, int *fd,
                  struct err *err)
{
    unsigned char *bytes;
    size_t n;
    if (!open_file(path, fd, err))
        return err_wrap(err, "%s", path);
    if (!weights_read(*fd, sha256, &bytes, &n, err)) {
        close(*fd);
        return err_wrap(err, "%s", path);
    }
    free(bytes);
    return true;
}
