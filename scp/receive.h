#ifndef SCP_RECEIVE_H
#define SCP_RECEIVE_H

#include "conf/conf.h"
#include "db/queue.h"
#include "db/spool.h"
#include "dicom/accept.h"
#include "scp/routing_apart.h"

/* One association's objects: from fragments to spool and queue. `ctx` of
 * receive_ops is a struct receive; zero it and set conf, busy and news. */
struct receive {
    const struct conf *conf;
    bool busy; /* over a limit: the association is rejected */
    int news;  /* a byte is written to it on admission */

    struct dcm_peer peer;
    char refused[256]; /* why it was not let in, or "" */
    int64_t objects;   /* stored */

    struct db *db;      /* opened with the first object */
    struct apart apart; /* reads headers; started with the first object */
    struct spool_file *file;
    struct object object;
    struct err failure; /* ERR_NONE: so far so good */
    int64_t begun_ms;   /* monotonic */
    int64_t bytes;
};

extern const struct dcm_scp_ops receive_ops;

void receive_close(struct receive *receive);

/* The C-STORE status for a failure (PS3.4 B.2.3). */
uint16_t receive_status(enum err_code code);

/* The association was let in. */
bool receive_admitted(void);

/* True between the first and the last moment of an object: ending the process
 * now would lose it. After receive_leave() no further object is begun. */
bool receive_inside(void);
void receive_leave(void);

#endif
