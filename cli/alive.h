#ifndef CLI_ALIVE_H
#define CLI_ALIVE_H

#include <sys/types.h>

/* Who holds the lock `owner` (db/worker.h) of this spool; 0: nobody. Looked up
 * in /proc, so that looking never takes away the lock that a starting process
 * is about to want. */
pid_t alive_owner(const char *spool, const char *owner);

/* One line of /proc/locks (proc(5)): the holder of an flock on this inode, 0:
 * another line. */
pid_t alive_lock_line(const char *line, ino_t inode);

#endif
