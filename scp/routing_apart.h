#ifndef SCP_ROUTING_APART_H
#define SCP_ROUTING_APART_H

#include <sys/types.h>

#include "conf/conf.h"
#include "db/object.h"
#include "db/spool.h"
#include "scp/routing.h"

/* routing_decide() for objects in files, in a process of its own that reads one
 * after the other: whatever DCMTK does with their headers ends there. All zero:
 * none runs yet. */
struct apart {
    pid_t pid; /* 0: none runs */
    int fd;
    int64_t answers; /* of this process */
    bool asking;
    struct question {
        struct object object;
        bool analyse;
        char path[SPOOL_PATH];
    } question;
};

/* Starts the process, so that the first object need not wait for it; if that
 * fails, routing_apart_ask() says so. */
void routing_apart_start(struct apart *apart, const struct conf *conf);

/* The object whose file is `path`, which stays there until the answer came.
 * analyse as in routing_decide(); results of an osteon and what is no image are
 * never analysed. ERR_RETRY: no process. */
bool routing_apart_ask(struct apart *apart, const struct conf *conf,
                       const struct object *object, const char *path,
                       bool analyse, struct err *err);

/* The answer to the last question. ERR_REJECT: it cannot be read, or reading it
 * crashed or took too long, also in a process that had read nothing else; *out
 * is empty then. */
bool routing_apart_answer(struct apart *apart, const struct conf *conf,
                          struct routing *out, struct err *err);

void routing_apart_end(struct apart *apart);

#endif
