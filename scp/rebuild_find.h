#ifndef SCP_REBUILD_FIND_H
#define SCP_REBUILD_FIND_H

#include <signal.h>

#include "conf/conf.h"
#include "db/rebuild.h"
#include "scp/routing_apart.h"

/* A file of obj/ without a row, small enough for a million of them. */
struct found {
    char name[37]; /* <32 hex digits>.dcm */
    unsigned char kind, part;
    char group[17]; /* results: of one study, route and model */
    int64_t revision;
    int64_t received_ms;
};

struct rebuild {
    const struct conf *conf;
    struct db *db;
    struct apart apart; /* reads headers */
    const volatile sig_atomic_t *stop;
    struct found *files; /* in the order in which they are taken up */
    size_t n;
    size_t stale; /* others, whose object was purged since */
    int64_t told_ms;
    struct rebuild_report report;
};

/* Fills files and n. Headers that are not ours go to damaged/. */
bool rebuild_find(struct rebuild *r, struct err *err);

/* The object and its file's header again. ERR_REJECT: set aside. */
bool rebuild_read(const char *name, struct object *object,
                  struct result_of *result, struct err *err);

/* To <spool>/damaged, logged with its reason; it is never removed. */
bool rebuild_set_aside(struct rebuild *r, const char *name, const char *why,
                       struct err *err);

#endif
