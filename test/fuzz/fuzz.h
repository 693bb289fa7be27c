#ifndef TEST_FUZZ_H
#define TEST_FUZZ_H

/* What the libFuzzer targets of this folder share (`make fuzz`). A target gets
 * bytes that nobody chose and must neither crash, hang nor report under the
 * sanitizers; where it can say what must hold besides, it aborts. */
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

#define FUZZ_PATH 32

/* A file in memory that holds exactly these bytes; *fd is kept and used again
 * (-1 at first). path: FUZZ_PATH bytes for the name under which it can be
 * opened, or NULL. */
static inline void fuzz_file(int *fd, const uint8_t *bytes, size_t n,
                             char *path)
{
    if (*fd < 0)
        *fd = memfd_create("fuzz", MFD_CLOEXEC);
    if (*fd < 0 || ftruncate(*fd, 0) != 0 ||
        pwrite(*fd, bytes, n, 0) != (ssize_t)n || lseek(*fd, 0, SEEK_SET) != 0)
        abort();
    if (path)
        snprintf(path, FUZZ_PATH, "/proc/self/fd/%d", *fd);
}

#endif
