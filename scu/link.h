#ifndef SCU_LINK_H
#define SCU_LINK_H

#include "conf/conf.h"
#include "dicom/request.h"

/* The connection to one destination and what is known of its state. A
 * destination that is away costs one attempt per back-off, whatever waits in
 * the queue, and one line in the log per change. */
enum link_state { LINK_UNKNOWN, LINK_UP, LINK_DOWN, LINK_REFUSED };

#define LINK_CONTEXTS 128

struct link {
    const struct conf_destination *dest;
    const struct conf_retry *retry;
    uint32_t pdu_bytes;

    enum link_state state;
    int64_t failures; /* in a row */
    int64_t probe_ms; /* monotonic: no attempt before */
    struct dcm_scu *scu;
    struct dcm_context contexts[LINK_CONTEXTS]; /* proposed */
    size_t n_contexts;
    bool answered;   /* something was sent on it, and an answer came */
    int64_t used_ms; /* monotonic: last answer on the association */
};

bool link_resting(const struct link *link); /* down, and too early to try */

/* A fresh association that proposes exactly these contexts. */
bool link_open(struct link *link, const struct dcm_context *contexts, size_t n,
               struct err *err);
void link_close(struct link *link);
void link_close_idle(struct link *link);

bool link_proposed(const struct link *link, const struct dcm_context *context);

/* first * 2^(failures-1), at most cap. */
int64_t link_pause_ms(const struct conf_retry *retry, int64_t failures);

#endif
