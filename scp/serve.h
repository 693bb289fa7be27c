#ifndef SCP_SERVE_H
#define SCP_SERVE_H

#include <sys/types.h>

#include "conf/conf.h"
#include "dicom/tls.h"

/* For the object that is on its way at SIGTERM. */
#define SERVE_GRACE_S 10

/* What the parent knows of a connection. */
struct serve {
    const struct conf *conf;
    const struct dcm_tls *tls; /* of the listener it came by; NULL: plain */
    pid_t parent;
    int fd;
    int news;   /* a byte is written to it on admission */
    bool busy;  /* it is only rejected */
    bool brief; /* too many are refused to write down who each one is */
};

/* The whole life of a child: serves the association and ends the process.
 * Every other descriptor above stderr is closed first. SIGUSR1 ends it while
 * it is not admitted. */
_Noreturn void serve_child(const struct serve *serve);

#endif
