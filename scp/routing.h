#ifndef SCP_ROUTING_H
#define SCP_ROUTING_H

#include "db/job.h"
#include "dicom/match.h"

/* What the routes of the configuration want of one received object. */
struct routing {
    size_t routes; /* that took it */
    struct job_demand *demands;
    size_t n_demands;
    struct job *forwards; /* one a destination, the first route's */
    size_t n_forwards;
};

/* analyse false: routes may forward the object, no model gets it. */
void routing_decide(const struct conf *conf, const struct match_input *in,
                    const char *study_uid, bool analyse, struct routing *out);
void routing_free(struct routing *routing);

/* Did an osteon make it, this node or another one? */
bool routing_is_result(const struct dcm *set);

#endif
