/* Who is connected, so that one caller cannot take every place, and those who
 * connect and say nothing cannot take any: when places run out, the one that
 * has been silent longest goes, and the newest gets its chance to say who it
 * is. */
#include "scp/children.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "conf/mem.h"

/* Rejecting in DICOM takes a process for a moment; so many at a time. */
#define MOST_REJECTING 16
/* Places that no peer gets beside another one of its own. */
#define RESERVE 2

struct count {
    int64_t all, same, rejecting;
    /* the first that is not admitted: of all, of this address, rejecting */
    struct child *any, *own, *refused;
};

static void first(struct child **found, struct child *child)
{
    if (*found == NULL)
        *found = child;
}

static struct count count(const struct children *children, const char *address)
{
    struct count c = {0};
    size_t i;

    for (i = 0; i < children->n; i++) {
        struct child *child = &children->slots[i];
        bool same = strcmp(child->address, address) == 0;

        if (child->asked && !child->admitted)
            continue; /* as good as gone */
        if (child->rejecting) {
            c.rejecting++;
            first(&c.refused, child);
            continue;
        }
        c.all++;
        c.same += same;
        if (child->admitted)
            continue;
        first(&c.any, child);
        if (same)
            first(&c.own, child);
    }
    return c;
}

static bool has_room(const struct count *c, const struct conf_limits *limits)
{
    int64_t reserve = limits->associations - limits->associations_per_caller;

    if (reserve > RESERVE)
        reserve = RESERVE;
    if (reserve < 0 || c->same == 0)
        reserve = 0;
    return c->same < limits->associations_per_caller &&
           c->all < limits->associations - reserve;
}

static void replace(struct child *child, struct child **instead)
{
    child->asked = true;
    *instead = child;
}

enum children_answer children_ask(struct children *children,
                                  const struct conf_limits *limits,
                                  const char *address, bool stranger,
                                  struct child **instead)
{
    struct count c = count(children, address);
    struct child *silent = c.own;

    *instead = NULL;
    if (stranger)
        return c.rejecting < MOST_REJECTING ? CHILDREN_REJECT : CHILDREN_DROP;
    if (has_room(&c, limits))
        return CHILDREN_SERVE;
    if (silent == NULL && c.same < limits->associations_per_caller)
        silent = c.any;
    if (silent) {
        replace(silent, instead);
        return CHILDREN_SERVE;
    }
    if (c.rejecting >= MOST_REJECTING)
        replace(c.refused, instead);
    return CHILDREN_REJECT;
}

void children_add(struct children *children, pid_t pid, const char *address,
                  bool rejecting, int news)
{
    struct child *child;

    if (children->n == children->room) {
        children->room = children->room ? 2 * children->room : 16;
        children->slots =
            mem_grow(children->slots, children->room, sizeof *children->slots);
    }
    child = &children->slots[children->n++];
    *child = (struct child){.pid = pid, .rejecting = rejecting, .news = news};
    snprintf(child->address, sizeof child->address, "%s", address);
}

static void hear(struct child *child)
{
    char byte;

    if (child->news < 0)
        return;
    child->admitted = read(child->news, &byte, 1) == 1;
    if (!child->admitted)
        return;
    close(child->news);
    child->news = -1;
}

void children_hear(struct children *children)
{
    size_t i;

    for (i = 0; i < children->n; i++)
        hear(&children->slots[i]);
}

bool children_remove(struct children *children, pid_t pid, struct child *out)
{
    size_t i;

    for (i = 0; i < children->n; i++) {
        struct child *child = &children->slots[i];

        if (child->pid != pid)
            continue;
        hear(child);
        if (child->news >= 0)
            close(child->news);
        *out = *child;
        children->n--;
        memmove(child, child + 1, (children->n - i) * sizeof *child);
        return true;
    }
    return false;
}

void children_free(struct children *children)
{
    free(children->slots);
    memset(children, 0, sizeof *children);
}
