#ifndef DB_AUDIT_KIND_H
#define DB_AUDIT_KIND_H

#include <stdbool.h>
#include <stdio.h>

/* Which message of PS3.15 A.5.3 an event of ours is. */
enum audit_who {
    AUDIT_WHO_NODE,           /* this node, or the person named */
    AUDIT_WHO_APPLICATION,    /* this node, starting or stopping */
    AUDIT_WHO_FROM_CALLER,    /* a caller to us */
    AUDIT_WHO_TO_DESTINATION, /* we to a destination */
    AUDIT_WHO_AGAINST_CALLER  /* what a caller tried */
};

struct audit_kind {
    const char *event, *meaning; /* ours: name, and in words */
    const char *id, *id_system, *id_meaning;
    const char *type, *type_system, *type_meaning; /* NULL: none */
    char action;  /* C R U D E; 0: by the receipt */
    char outcome; /* 0 success, 4 minor, 8 serious failure */
    enum audit_who who;
    bool log; /* it is about the audit log */
};

/* broken: a chain.verified that says no. Never NULL. */
const struct audit_kind *audit_kind(const char *event, bool broken);

/* PS3.15 A.5.3.7: C the receiver had no copy, R it had the same, U it had
 * another one. rebuilt: it was read from the node's own spool. */
char audit_kind_action(const struct audit_kind *kind, const char *receipt,
                       bool rebuilt);

/* Every event and its message, as a table in Markdown. */
void audit_kind_print(FILE *out);

#endif
