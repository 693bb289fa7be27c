#ifndef SCP_CHILDREN_H
#define SCP_CHILDREN_H

#include <stddef.h>
#include <sys/types.h>

#include "conf/conf.h"

/* The connections, by process: counted in all and by peer. One that has not
 * been admitted yet (no association request that we accept) keeps its place
 * only while nobody else needs it. */
struct comer {
    char address[64];
    bool stranger; /* will be rejected in any case */
    int64_t turn;  /* who came first has the lower one */
};

struct child {
    pid_t pid;
    struct comer who;
    bool rejecting; /* only says no */
    int news;       /* a byte comes when it is admitted; -1: no more news */
    bool admitted;
    bool asked; /* to go, unless it is admitted */
};

struct children {
    struct child *slots;
    size_t n, room;
};

enum children_answer {
    CHILDREN_SERVE,
    CHILDREN_REJECT, /* by a child, in DICOM */
    CHILDREN_DROP    /* too many are being rejected already */
};

/* May this one be served? *instead: NULL, or the child to be told to go, one
 * that came earlier; it is marked so. */
enum children_answer children_ask(struct children *children,
                                  const struct conf_limits *limits,
                                  const struct comer *who,
                                  struct child **instead);
/* The children of that address. */
int64_t children_of(const struct children *children, const char *address);
/* news: read end of a pipe, given away; -1: none. */
void children_add(struct children *children, pid_t pid, const struct comer *who,
                  bool rejecting, int news);
void children_hear(struct children *children); /* who was admitted meanwhile */
/* False: not one of ours. */
bool children_remove(struct children *children, pid_t pid, struct child *out);
void children_free(struct children *children);

#endif
