/* Segments keep single files small, and make what is closed a file that a
 * backup copies once. A closed one is never written again. */
#include "db/ledger_segment.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "db/uid.h"

#define NAME "%06" PRId64 ".jsonl"

void ledger_segment_name(int64_t number, bool closed,
                         char out[static LEDGER_NAME])
{
    snprintf(out, LEDGER_NAME, NAME "%s", number, closed ? ".gz" : "");
}

void ledger_segment_path(const char *folder, int64_t number, bool closed,
                         char out[static LEDGER_PATH])
{
    snprintf(out, LEDGER_PATH, "%s/" NAME "%s", folder, number,
             closed ? ".gz" : "");
}

static bool failed(const char *path, const char *what, struct err *err)
{
    return err_set(err, ERR_RETRY, "audit ledger: cannot %s %s: %s", what, path,
                   strerror(errno));
}

static int64_t number_of(const char *name)
{
    char *end;
    int64_t number = strtoll(name, &end, 10);

    if (number <= 0 ||
        (strcmp(end, ".jsonl") != 0 && strcmp(end, ".jsonl.gz") != 0))
        return 0;
    return number;
}

bool ledger_segment_last(const char *folder, int64_t *number, struct err *err)
{
    DIR *dir = opendir(folder);
    const struct dirent *entry;

    if (!dir)
        return failed(folder, "read", err);
    *number = 0;
    while ((entry = readdir(dir)) != NULL)
        if (number_of(entry->d_name) > *number)
            *number = number_of(entry->d_name);
    closedir(dir);
    return true;
}

gzFile ledger_segment_open(const char *folder, int64_t number,
                           char name[static LEDGER_NAME], struct err *err)
{
    char path[LEDGER_PATH];
    gzFile file = NULL;

    /* The keeper may close it between two looks. */
    for (int look = 0; !file && look < 3; look++) {
        ledger_segment_path(folder, number, look == 1, path);
        ledger_segment_name(number, look == 1, name);
        errno = 0;
        file = gzopen(path, "rbe");
    }
    if (!file && errno == ENOENT)
        err_set(err, ERR_REJECT, "segment " NAME " is missing", number);
    else if (!file)
        failed(path, "open", err);
    return file;
}

bool ledger_segment_sync(const char *folder, struct err *err)
{
    int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    bool good = fd >= 0 && fsync(fd) == 0;

    if (!good)
        failed(folder, "sync", err);
    if (fd >= 0)
        close(fd);
    return good;
}

static bool copy(int from, gzFile to, int64_t bytes)
{
    char block[65536];
    int64_t done = 0;

    while (done < bytes) {
        size_t want = sizeof block;
        ssize_t got;

        if ((int64_t)want > bytes - done)
            want = (size_t)(bytes - done);
        got = pread(from, block, want, (off_t)done);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0 || gzwrite(to, block, (unsigned)got) != got)
            return false;
        done += got;
    }
    return true;
}

/* zlib closes the descriptor that it was given: fsync needs another. */
static bool compress_file(int from, int64_t bytes, const char *path)
{
    int fd =
        open(path, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600);
    int again = fd < 0 ? -1 : dup(fd);
    gzFile to = again < 0 ? NULL : gzdopen(again, "wb6");
    bool good = to && copy(from, to, bytes);

    if (to)
        good = gzclose(to) == Z_OK && good;
    else if (again >= 0)
        close(again);
    good = good && fsync(fd) == 0;
    if (fd >= 0)
        good = close(fd) == 0 && good;
    return good;
}

bool ledger_segment_close(const char *folder, int64_t number, int64_t bytes,
                          struct err *err)
{
    char plain[LEDGER_PATH], closed[LEDGER_PATH], temporary[LEDGER_PATH + 8];
    int from;
    bool good;

    ledger_segment_path(folder, number, false, plain);
    ledger_segment_path(folder, number, true, closed);
    snprintf(temporary, sizeof temporary, "%s.tmp", closed);
    from = open(plain, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
    if (from < 0)
        return failed(plain, "open", err);
    errno = 0;
    good = compress_file(from, bytes, temporary) ||
           failed(temporary, "write", err);
    close(from);
    if (!good) {
        unlink(temporary);
        return false;
    }
    if (rename(temporary, closed) != 0)
        return failed(closed, "make", err);
    if (!ledger_segment_sync(folder, err))
        return false;
    if (unlink(plain) != 0)
        return failed(plain, "remove", err);
    return ledger_segment_sync(folder, err);
}

bool ledger_segment_digest(const char *folder, int64_t number,
                           char out[static 65], struct err *err)
{
    char path[LEDGER_PATH];
    struct stat st;
    void *bytes = MAP_FAILED;
    int fd;

    ledger_segment_path(folder, number, true, path);
    fd = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
    if (fd >= 0 && fstat(fd, &st) == 0 && st.st_size > 0)
        bytes = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
    if (bytes == MAP_FAILED) {
        failed(path, "read", err);
    } else {
        sha256_hex(out, bytes, (size_t)st.st_size);
        munmap(bytes, (size_t)st.st_size);
    }
    if (fd >= 0)
        close(fd);
    return bytes != MAP_FAILED;
}

bool ledger_segment_describe(const char *folder, int64_t number,
                             struct ledger_closed *out, struct err *err)
{
    static char line[LEDGER_LINE + 1];
    gzFile file;

    memset(out, 0, sizeof *out);
    if (!ledger_segment_digest(folder, number, out->sha256, err))
        return false;
    file = ledger_segment_open(folder, number, out->file, err);
    if (!file)
        return false;
    while (gzgets(file, line, sizeof line)) {
        int64_t seq = ledger_record_seq(line, strlen(line));

        if (out->records++ == 0)
            out->first = seq;
        out->last = seq;
    }
    gzclose(file);
    ledger_segment_name(number, true, out->file);
    return true;
}
