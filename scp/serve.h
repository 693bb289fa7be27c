#ifndef SCP_SERVE_H
#define SCP_SERVE_H

#include <sys/types.h>

#include "conf/conf.h"

/* The whole life of a child of `parent`: serves the association on fd and ends
 * the process. Every other descriptor above stderr is closed first. busy: only
 * rejects it. */
_Noreturn void serve_child(const struct conf *conf, pid_t parent, int fd,
                           bool busy);

#endif
