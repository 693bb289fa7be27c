/* `osteon status` asks the kernel which processes hold their locks. flock()
 * itself would have to take a lock to find out, and could so keep a worker
 * from starting. */
#include "cli/alive.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

pid_t alive_lock_line(const char *line, ino_t inode)
{
    unsigned major, minor;
    unsigned long found;
    char kind[16];
    int pid;

    /* "3: FLOCK  ADVISORY  WRITE 812 08:01:1835 0 EOF"; a waiting one has
     * "->" behind the number and does not hold it. The device is not
     * compared: stat(2) gives another one on overlayfs and btrfs. */
    if (sscanf(line, "%*d: %15s ADVISORY WRITE %d %x:%x:%lu", kind, &pid,
               &major, &minor, &found) != 5 ||
        strcmp(kind, "FLOCK") != 0 || found != inode)
        return 0;
    return pid;
}

/* Another file system may hold a lock on the same inode number. */
static bool ours(pid_t pid)
{
    char path[64], name[32];
    FILE *in;
    bool is = true;

    snprintf(path, sizeof path, "/proc/%d/comm", (int)pid);
    in = fopen(path, "re");
    if (!in)
        return true; /* hidden from us: believe the lock */
    if (fgets(name, sizeof name, in))
        is = strncmp(name, "osteon", 6) == 0;
    fclose(in);
    return is;
}

pid_t alive_owner(const char *spool, const char *owner)
{
    char path[4096], line[256];
    struct stat file;
    pid_t pid = 0;
    FILE *in;

    if (snprintf(path, sizeof path, "%s/lock/%s", spool, owner) >=
            (int)sizeof path ||
        stat(path, &file) != 0)
        return 0;
    in = fopen("/proc/locks", "re");
    if (!in)
        return 0;
    while (pid == 0 && fgets(line, sizeof line, in)) {
        pid = alive_lock_line(line, file.st_ino);
        if (pid > 0 && !ours(pid))
            pid = 0;
    }
    fclose(in);
    return pid;
}
