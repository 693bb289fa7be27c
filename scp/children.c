/* Who is connected, so that one caller cannot take every place, and those who
 * connect and say nothing cannot take any: when places run out, the one that
 * has been silent longest goes, and the newest gets its chance to say who it
 * is. */
#include "scp/children.h"

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
    /* who came first and is not admitted: of all, of this address, rejecting;
     * before the one who asks */
    struct child *any, *own, *refused;
};

static void earliest(struct child **found, struct child *child,
                     const struct comer *who)
{
    if (child->who.turn < who->turn &&
        (*found == NULL || child->who.turn < (*found)->who.turn))
        *found = child;
}

static struct count count(const struct children *children,
                          const struct comer *who)
{
    struct count c = {0};
    size_t i;

    for (i = 0; i < children->n; i++) {
        struct child *child = &children->slots[i];
        bool same = strcmp(child->who.address, who->address) == 0;

        if (child->asked && !child->admitted)
            continue; /* as good as gone */
        if (child->rejecting) {
            c.rejecting++;
            earliest(&c.refused, child, who);
            continue;
        }
        c.all++;
        c.same += same;
        if (child->admitted)
            continue;
        earliest(&c.any, child, who);
        if (same)
            earliest(&c.own, child, who);
    }
    return c;
}

int64_t children_of(const struct children *children, const char *address)
{
    int64_t n = 0;
    size_t i;

    for (i = 0; i < children->n; i++)
        n += strcmp(children->slots[i].who.address, address) == 0;
    return n;
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
                                  const struct comer *who,
                                  struct child **instead)
{
    struct count c = count(children, who);
    struct child *silent = c.own;

    *instead = NULL;
    if (!who->stranger && has_room(&c, limits))
        return CHILDREN_SERVE;
    if (silent == NULL && c.same < limits->associations_per_caller)
        silent = c.any;
    if (!who->stranger && silent) {
        replace(silent, instead);
        return CHILDREN_SERVE;
    }
    if (c.rejecting < MOST_REJECTING)
        return CHILDREN_REJECT;
    if (who->stranger || c.refused == NULL)
        return CHILDREN_DROP;
    replace(c.refused, instead);
    return CHILDREN_REJECT;
}

void children_add(struct children *children, pid_t pid, const struct comer *who,
                  bool rejecting, int news)
{
    if (children->n == children->room) {
        children->room = children->room ? 2 * children->room : 16;
        children->slots =
            mem_grow(children->slots, children->room, sizeof *children->slots);
    }
    children->slots[children->n++] = (struct child){
        .pid = pid, .who = *who, .rejecting = rejecting, .news = news};
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
        *child = children->slots[--children->n];
        return true;
    }
    return false;
}

void children_free(struct children *children)
{
    free(children->slots);
    memset(children, 0, sizeof *children);
}
