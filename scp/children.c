/* Who is connected, so that one caller cannot take every place. */
#include "scp/children.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "conf/mem.h"

/* Rejecting in DICOM takes a process for a moment; so many at a time. */
#define MOST_REJECTING 16

enum children_answer children_ask(const struct children *children,
                                  const struct conf_limits *limits,
                                  const char *address, bool stranger)
{
    int64_t all = 0, same = 0, rejecting = 0;
    size_t i;

    for (i = 0; i < children->n; i++) {
        const struct child *child = &children->slots[i];

        if (child->rejecting) {
            rejecting++;
            continue;
        }
        all++;
        same += strcmp(child->address, address) == 0;
    }
    if (!stranger && all < limits->associations &&
        same < limits->associations_per_caller)
        return CHILDREN_SERVE;
    return rejecting < MOST_REJECTING ? CHILDREN_REJECT : CHILDREN_DROP;
}

void children_add(struct children *children, pid_t pid, const char *address,
                  bool rejecting)
{
    struct child *child;

    if (children->n == children->room) {
        children->room = children->room ? 2 * children->room : 16;
        children->slots =
            mem_grow(children->slots, children->room, sizeof *children->slots);
    }
    child = &children->slots[children->n++];
    child->pid = pid;
    child->rejecting = rejecting;
    snprintf(child->address, sizeof child->address, "%s", address);
}

bool children_remove(struct children *children, pid_t pid, struct child *out)
{
    size_t i;

    for (i = 0; i < children->n; i++) {
        if (children->slots[i].pid != pid)
            continue;
        *out = children->slots[i];
        children->slots[i] = children->slots[--children->n];
        return true;
    }
    return false;
}

void children_free(struct children *children)
{
    free(children->slots);
    memset(children, 0, sizeof *children);
}
