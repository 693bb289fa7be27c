#ifndef DB_JOB_H
#define DB_JOB_H

#include <stdint.h>

/* The one value that carries work through the node: one row of one table,
 * one stage. Pointer-free, sized by DICOM's limits, copied by assignment, and
 * without a patient field, so that nothing made from it can leak one. */
enum job_stage { JOB_ANALYSE = 1, JOB_SEND = 2, JOB_COMMIT = 3 };

/* QUEUED -> BUSY -> DONE | QUEUED (deferred) | DEAD (buried: file kept, the
 * admin sees why). HELD waits for a person. Table in docs/ARCHITECTURE.md. */
enum job_state { JOB_QUEUED = 1, JOB_BUSY, JOB_DONE, JOB_DEAD, JOB_HELD };

struct job {
    int64_t id;
    enum job_stage stage;
    enum job_state state;
    char key[65]; /* ANALYSE: model; SEND, COMMIT: destination */
    char route[65];
    char study_uid[65];
    int64_t object_id;    /* SEND: what; else 0 */
    int64_t alternate_id; /* SEND: sent instead where the destination refuses
                             the SOP class of object_id; 0: none */
    int64_t revision;     /* ANALYSE: 1, 2, … of (study, route, model) */
    int64_t priority;     /* 0..9, higher first */
    int64_t attempts;     /* counted when claimed, so that a crash counts */
    int64_t created_ms, due_ms, done_ms;
    int64_t upto;      /* ANALYSE: last selection it covers, fixed at the
                          first claim so that a rerun sees the same images */
    int64_t hold;      /* ANALYSE: 1 = at `cap` without its needs, HOLD */
    int64_t rounds;    /* SEND: sent anew since the destination had not kept it;
                          COMMIT: asked without an answer */
    int64_t sent_id;   /* SEND: which of the two went; its sender says it to
                          queue_finish() */
    int64_t commit_ms; /* not stored: queue_finish() of a SEND asks the
                          destination for its commitment after so long; 0: it
                          is not asked */
    char why[256];     /* last failure */
};

/* What one route wants of one received image: the debounce's terms. */
struct job_demand {
    char route[65], model[65];
    int64_t quiet_ms, cap_ms;
    uint32_t needs_met, needs_all; /* bit i: condition i of the route */
    int64_t count;                 /* images wanted; 0: no matter */
    int64_t priority;
    int hold_at_cap;
};

const char *job_stage_name(enum job_stage stage); /* "analyse" */
const char *job_state_name(enum job_state state); /* "queued" */

#endif
