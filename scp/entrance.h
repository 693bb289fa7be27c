#ifndef SCP_ENTRANCE_H
#define SCP_ENTRANCE_H

#include "conf/conf.h"
#include "dicom/tls.h"
#include "scp/children.h"

#define ENTRANCE_ROOM 256

struct waiting {
    int fd;
    bool secure; /* came by the listener with TLS */
    struct comer who;
};

/* From listening sockets to children, by the caps of the configuration. No
 * byte of a peer is read here. */
struct entrance {
    const struct conf *conf;
    const struct dcm_tls *tls; /* NULL: no secure listener */
    int plain, secure;         /* listening sockets, or -1 */
    struct children children;
    struct waiting waiting[ENTRANCE_ROOM]; /* by their turn */
    size_t n_waiting;
    int64_t turn;
    int64_t minute; /* the current one, monotonic */
    int refused;    /* in it */
};

/* Room for the descriptors that entrance_take() may need. */
void entrance_allow_files(const struct conf_limits *limits);

/* Accepts all who knock and sees to one of those who wait: n_waiting is 0 when
 * nobody does any more. */
void entrance_take(struct entrance *entrance);
void entrance_close(struct entrance *entrance); /* the doors, and who waits */

/* Children that ended. quiet: how is no matter any more. */
void entrance_reap(struct entrance *entrance, bool quiet);

#endif
