#ifndef CLI_CHILD_H
#define CLI_CHILD_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "cli/plan.h"
#include "cli/program.h"

/* One place in the supervisor: a process that is to run, runs, or is being
 * stopped. Times are monotonic milliseconds. */
#define CHILD_FIRST_MS 100
#define CHILD_CAP_MS   10000
#define CHILD_LIFE_MS  10000 /* lived so long: the next start is prompt */
#define CHILD_STOP_MS  20000 /* between SIGTERM and SIGKILL */

struct child {
    struct plan_entry entry;
    bool wanted;        /* false: leave the place when it is dead */
    bool stopping;      /* we sent SIGTERM */
    pid_t pid;          /* 0: does not run */
    int64_t started_ms; /* of this life */
    int64_t delay_ms;   /* back-off before the last start; 0: none */
    int64_t due_ms;     /* next start, or the SIGKILL when stopping */
};

/* The pause before the next start of a process that lived lived_ms and had
 * been started after a pause of delay_ms. */
int64_t child_backoff(int64_t delay_ms, int64_t lived_ms);

/* Starts it; failing that, it is due again after the back-off. */
void child_start(struct child *child, const struct cli_args *args,
                 int64_t now_ms);
void child_stop(struct child *child, int64_t now_ms); /* SIGTERM, once */
/* The same for who is started again at once: the receiver's port is free for
 * its successor while the objects on their way come to their end. */
void child_replace(struct child *child, int64_t now_ms);
/* SIGKILL when it was asked to stop and did not. */
void child_press(struct child *child, int64_t now_ms);
/* It is dead: logs it and says when it is due again. */
void child_died(struct child *child, int wait_status, int64_t now_ms);

#endif
