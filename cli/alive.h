#ifndef CLI_ALIVE_H
#define CLI_ALIVE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/* Is a process of the node alive? Looked up in /proc, so that looking never
 * takes away the lock (db/worker.h) a starting process is about to want, and
 * opens no connection that the node would log. */

/* Who holds the lock `owner` of this spool; 0: nobody. */
pid_t alive_owner(const char *spool, const char *owner);

/* Does any process of this host listen on the port? */
bool alive_listens(int port);

/* One line of /proc/locks (proc(5)): the holder of an flock on this inode, 0:
 * another line. One line of /proc/net/tcp or tcp6: listening on the port? */
pid_t alive_lock_line(const char *line, ino_t inode);
bool alive_listen_line(const char *line, int port);

#endif
