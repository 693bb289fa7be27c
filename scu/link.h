#ifndef SCU_LINK_H
#define SCU_LINK_H

#include "conf/conf.h"
#include "dicom/request.h"

/* The connection to one destination and what is known of its state. A
 * destination that does not work costs one attempt per interval, whatever
 * waits in the queue, and one line in the log per change; `osteon status`
 * reads the state from its row (db/destination.h). */
enum link_state {
    LINK_UNKNOWN,
    LINK_UP,
    LINK_DOWN,  /* no connection, or rejected for now */
    LINK_BUSY,  /* it answers, but took nothing for a while */
    LINK_PARKED /* it will not have us until somebody changes something */
};

#define LINK_PATIENCE 3 /* failures in a row of what was sent to it */

#define LINK_CONTEXTS 128

struct link {
    struct db *db;
    const struct conf_destination *dest;
    const struct conf_retry *retry;
    uint32_t pdu_bytes;
    const struct dcm_tls *tls; /* NULL: plain */

    enum link_state state;
    int64_t failures; /* of connecting, or of probing while busy */
    int64_t troubles; /* see LINK_PATIENCE */
    int64_t probe_ms; /* monotonic: no attempt before */
    struct dcm_scu *scu;
    struct dcm_context contexts[LINK_CONTEXTS]; /* proposed */
    size_t n_contexts;
    bool answered;   /* something was sent on it, and an answer came */
    int64_t used_ms; /* monotonic: last answer on the association */
    int64_t keep_ms; /* monotonic: kept open until then, for a report */
};

bool link_resting(const struct link *link); /* too early to try again */

/* Could not even be connected to: no job is to blame. */
bool link_away(const struct link *link);

/* A fresh association that proposes exactly these contexts. */
bool link_open(struct link *link, const struct dcm_context *contexts, size_t n,
               struct err *err);
void link_close(struct link *link);

/* What was sent was taken or refused for good, as it should be; or not now. */
void link_fine(struct link *link);
void link_trouble(struct link *link, const char *why);

void link_close_idle(struct link *link);

bool link_proposed(const struct link *link, const struct dcm_context *context);

/* first * 2^(failures-1), at most cap. */
int64_t link_pause_ms(const struct conf_retry *retry, int64_t failures);

#endif
