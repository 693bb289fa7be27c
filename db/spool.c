/* Why an acknowledged object is still there after a power cut (P1). DCMTK's
 * file writers ignore a failed last write and never sync, so the durable path
 * is ours: one descriptor, every result looked at, and a file that failed once
 * is thrown away. After a failed fsync the kernel may mark pages clean, and a
 * second one would succeed without the data. */
#include "db/spool.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/random.h>
#include <unistd.h>

#include "db/part10.h"
#include "db/spool_health.h"
#include "db/spool_space.h"
#include "db/spool_tree.h"

#define NAME_BYTES 64 /* tmp/<32 hex>.dcm */
/* Results may take three quarters of the reserve, the journal has the rest. */
#define RESULT_SHARE 4

struct spool_file {
    const char *dir;
    char name[NAME_BYTES]; /* <32 hex>.dcm */
    int fd;
    bool failed;
    EVP_MD_CTX *md;
    int64_t data_offset, data_bytes;
    unsigned char header[PART10_HEADER_BYTES];
    struct result_of result;
    bool is_result, completed, synced;
};

static const char *spool_dir = ".";

bool spool_prepare(const char *dir, struct err *err)
{
    if (!spool_tree(dir, err))
        return false;
    spool_dir = dir;
    return true;
}

const char *spool_here(void)
{
    return spool_dir;
}

void spool_path(const struct object *object, char out[static SPOOL_PATH])
{
    snprintf(out, SPOOL_PATH, "%s/%s", spool_dir, object->path);
}

static bool random_name(char name[static NAME_BYTES], struct err *err)
{
    unsigned char random[16];

    if (getrandom(random, sizeof random, 0) != (ssize_t)sizeof random)
        return err_set(err, ERR_RETRY, "no random bytes: %s", strerror(errno));
    for (size_t i = 0; i < sizeof random; i++)
        snprintf(name + 2 * i, 3, "%02x", random[i]);
    memcpy(name + 2 * sizeof random, ".dcm", 5);
    return true;
}

/* Nothing of a path comes from outside; NOFOLLOW and EXCL are for whoever
 * else may write to the disk. */
static bool open_new(struct spool_file *file, struct err *err)
{
    char path[SPOOL_PATH + NAME_BYTES];

    snprintf(path, sizeof path, "%s/tmp/%s", file->dir, file->name);
    file->fd =
        open(path, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (file->fd < 0)
        return err_set(err, ERR_RETRY, "cannot make a file in %s/tmp: %s",
                       file->dir, strerror(errno));
    /* Whoever looks for garbage sees that it is somebody's (sweep.c). */
    if (flock(file->fd, LOCK_EX | LOCK_NB) == 0)
        return true;
    return err_set(err, ERR_RETRY, "cannot lock a file in %s/tmp: %s",
                   file->dir, strerror(errno));
}

static bool write_all(struct spool_file *file, const void *bytes, size_t n,
                      struct err *err)
{
    const char *at = bytes;

    while (n > 0) {
        ssize_t done = write(file->fd, at, n);

        if (done < 0 && errno == EINTR)
            continue;
        if (done <= 0) {
            int error = done == 0 ? ENOSPC : errno;

            file->failed = true;
            spool_degrade(file->dir, error);
            return err_set(err, ERR_RETRY, "cannot write to the spool %s: %s",
                           file->dir, strerror(error));
        }
        at += done;
        n -= (size_t)done;
    }
    return true;
}

static bool start(struct spool_file *file, const struct object *object,
                  struct err *err)
{
    size_t n = part10_header(object, file->header);

    if (!random_name(file->name, err) || !open_new(file, err))
        return false;
    file->data_offset = (int64_t)n;
    if (!file->md || EVP_DigestInit_ex(file->md, EVP_sha256(), NULL) != 1)
        return err_set(err, ERR_RETRY, "cannot start a SHA-256");
    return write_all(file, file->header, n, err);
}

struct spool_file *spool_create(const char *dir, int64_t free_bytes,
                                const struct object *object, struct err *err)
{
    struct spool_file *file;

    if (spool_degraded(dir)) {
        err_set(err, ERR_RETRY,
                "the spool %s is degraded: its disk failed a write, and the "
                "keeper has not seen it work again",
                dir);
        return NULL;
    }
    /* The reserve is there for what the node has taken on. */
    if (object->kind == OBJECT_RESULT)
        free_bytes /= RESULT_SHARE;
    if (!spool_space_check(dir, free_bytes, err))
        return NULL;
    file = calloc(1, sizeof *file);
    if (!file) {
        err_set(err, ERR_RETRY, "out of memory");
        return NULL;
    }
    file->dir = dir;
    file->fd = -1;
    file->md = EVP_MD_CTX_new();
    if (start(file, object, err))
        return file;
    spool_discard(file);
    return NULL;
}

bool spool_write(struct spool_file *file, const void *bytes, size_t n,
                 struct err *err)
{
    if (!write_all(file, bytes, n, err))
        return false;
    file->data_bytes += (int64_t)n;
    if (EVP_DigestUpdate(file->md, bytes, n) == 1)
        return true;
    file->failed = true;
    return err_set(err, ERR_RETRY, "cannot continue a SHA-256");
}

void spool_result(struct spool_file *file, const struct result_of *result)
{
    file->result = *result;
    file->is_result = true;
}

int spool_fd(const struct spool_file *file)
{
    return file->fd;
}

int64_t spool_data_offset(const struct spool_file *file)
{
    return file->data_offset;
}

static bool failed(const struct spool_file *file, const char *what, int error,
                   struct err *err)
{
    spool_degrade(file->dir, error);
    return err_set(err, ERR_RETRY, "cannot %s a file of the spool %s: %s", what,
                   file->dir, strerror(error));
}

static bool finish_digest(struct spool_file *file, char sha256[static 65],
                          struct err *err)
{
    unsigned char digest[EVP_MAX_MD_SIZE];

    if (file->failed)
        return err_set(err, ERR_RETRY,
                       "a file of the spool %s was not written in full",
                       file->dir);
    if (EVP_DigestFinal_ex(file->md, digest, NULL) != 1)
        return err_set(err, ERR_RETRY, "cannot finish a SHA-256");
    for (size_t i = 0; i < 32; i++)
        snprintf(sha256 + 2 * i, 3, "%02x", digest[i]);
    return true;
}

/* Now that all is known, the header gets what a rebuild needs. */
static bool complete_header(struct spool_file *file,
                            const struct object *object, struct err *err)
{
    size_t n = (size_t)file->data_offset;
    ssize_t done;

    part10_complete(file->header, n, object,
                    file->is_result ? &file->result : NULL);
    do
        done = pwrite(file->fd, file->header, n, 0);
    while (done < 0 && errno == EINTR);
    if (done == (ssize_t)n)
        return true;
    return failed(file, "complete", done < 0 ? errno : ENOSPC, err);
}

bool spool_complete(struct spool_file *file, struct object *object,
                    struct err *err)
{
    struct object stored = *object;

    stored.data_offset = file->data_offset;
    stored.data_bytes = file->data_bytes;
    if (!finish_digest(file, stored.sha256, err) ||
        !complete_header(file, &stored, err))
        return false;
    snprintf(stored.path, sizeof stored.path, "tmp/%s", file->name);
    *object = stored;
    file->completed = true;
    return true;
}

bool spool_sync(struct spool_file *file, struct err *err)
{
    if (file->failed)
        return err_set(err, ERR_RETRY, "a file of the spool %s was not synced",
                       file->dir);
    if (fsync(file->fd) != 0) {
        file->failed = true;
        return failed(file, "sync", errno, err);
    }
    file->synced = true;
    return true;
}

static bool close_file(struct spool_file *file, struct err *err)
{
    int fd = file->fd;

    file->fd = -1;
    return close(fd) == 0 || failed(file, "close", errno, err);
}

static bool publish(struct spool_file *file, int root, struct err *err)
{
    char from[NAME_BYTES + 8], to[NAME_BYTES + 8], folder[8];
    bool ok = false;
    int fd;

    snprintf(from, sizeof from, "tmp/%s", file->name);
    snprintf(folder, sizeof folder, "obj/%.2s", file->name);
    snprintf(to, sizeof to, "%s/%s", folder, file->name);
    fd = openat(root, folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return err_set(err, ERR_RETRY, "cannot open %s/%s: %s", file->dir,
                       folder, strerror(errno));
    if (renameat(root, from, root, to) != 0)
        failed(file, "rename", errno, err);
    else if (!(ok = spool_sync_folder(fd, file->dir, err)))
        unlinkat(root, to, 0);
    close(fd);
    return ok;
}

static bool commit(struct spool_file *file, struct object *object,
                   struct err *err)
{
    bool ok;
    int root;

    if (!file->completed && !spool_complete(file, object, err))
        return false;
    if ((!file->synced && !spool_sync(file, err)) || !close_file(file, err))
        return false;
    root = open(file->dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (root < 0)
        return err_set(err, ERR_RETRY, "cannot open the spool %s: %s",
                       file->dir, strerror(errno));
    ok = publish(file, root, err);
    close(root);
    snprintf(object->path, sizeof object->path, "obj/%.2s/%s", file->name,
             file->name);
    return ok;
}

bool spool_commit(struct spool_file *file, struct object *object,
                  struct err *err)
{
    struct object stored = *object;
    bool ok = commit(file, &stored, err);

    if (ok)
        *object = stored;
    spool_discard(file);
    return ok;
}

void spool_discard(struct spool_file *file)
{
    char path[SPOOL_PATH + NAME_BYTES];

    if (!file)
        return;
    if (file->fd >= 0)
        close(file->fd);
    /* After a commit there is nothing under this name. */
    snprintf(path, sizeof path, "%s/tmp/%s", file->dir, file->name);
    if (file->name[0])
        unlink(path);
    EVP_MD_CTX_free(file->md);
    free(file);
}

void spool_remove(const struct object *object)
{
    char path[SPOOL_PATH];

    spool_path(object, path);
    /* What stays behind is the keeper's: no row names it. */
    if (unlink(path) != 0)
        return;
}
