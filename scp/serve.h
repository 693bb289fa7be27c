#ifndef SCP_SERVE_H
#define SCP_SERVE_H

#include "conf/conf.h"

/* The whole life of a child: serves the association on fd and ends the
 * process. Every other descriptor above stderr is closed first. busy: only
 * rejects it. */
_Noreturn void serve_child(const struct conf *conf, int fd, bool busy);

#endif
