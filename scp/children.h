#ifndef SCP_CHILDREN_H
#define SCP_CHILDREN_H

#include <stddef.h>
#include <sys/types.h>

#include "conf/conf.h"

/* The connections, by process: counted in all and by peer. One that has not
 * been admitted yet (no association request that we accept) keeps its place
 * only while nobody else needs it. */
struct child {
    pid_t pid;
    char address[64];
    bool rejecting; /* only says no */
    int news;       /* a byte comes when it is admitted; -1: no more news */
    bool admitted;
    bool asked; /* to go, unless it is admitted */
};

struct children {
    struct child *slots; /* oldest first */
    size_t n, room;
};

enum children_answer {
    CHILDREN_SERVE,
    CHILDREN_REJECT, /* by a child, in DICOM */
    CHILDREN_DROP    /* too many are being rejected already */
};

/* May one more from `address` be served? stranger: will be rejected in any
 * case. *instead: NULL, or the child to be told to go; it is marked
 * so. */
enum children_answer children_ask(struct children *children,
                                  const struct conf_limits *limits,
                                  const char *address, bool stranger,
                                  struct child **instead);
/* news: read end of a pipe, given away; -1: none. */
void children_add(struct children *children, pid_t pid, const char *address,
                  bool rejecting, int news);
void children_hear(struct children *children); /* who was admitted meanwhile */
/* False: not one of ours. */
bool children_remove(struct children *children, pid_t pid, struct child *out);
void children_free(struct children *children);

#endif
