#ifndef SCP_LISTEN_H
#define SCP_LISTEN_H

#include <stdint.h>

#include "conf/err.h"

/* A listening, non-blocking socket on a numeric address ("0.0.0.0", "::" for
 * both families, "127.0.0.1"); -1: err says why. */
int listen_open(const char *address, int64_t port, struct err *err);

#endif
