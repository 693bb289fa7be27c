#ifndef SCP_CHILDREN_H
#define SCP_CHILDREN_H

#include <stddef.h>
#include <sys/types.h>

#include "conf/conf.h"

/* The associations being served, by process: counted in all and by peer. */
struct child {
    pid_t pid;
    char address[64];
    bool rejecting; /* only says no */
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

/* stranger: will be rejected in any case. */
enum children_answer children_ask(const struct children *children,
                                  const struct conf_limits *limits,
                                  const char *address, bool stranger);
void children_add(struct children *children, pid_t pid, const char *address,
                  bool rejecting);
/* False: not one of ours. */
bool children_remove(struct children *children, pid_t pid, struct child *out);
void children_free(struct children *children);

#endif
