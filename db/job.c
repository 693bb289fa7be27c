/* The names of stages and states, the same in the log, in `osteon status` and
 * in the documents. */
#include "db/job.h"

const char *job_stage_name(enum job_stage stage)
{
    switch (stage) {
    case JOB_ANALYSE:
        return "analyse";
    case JOB_SEND:
        return "send";
    case JOB_COMMIT:
        return "commit";
    }
    return "unknown";
}

const char *job_state_name(enum job_state state)
{
    switch (state) {
    case JOB_QUEUED:
        return "queued";
    case JOB_BUSY:
        return "busy";
    case JOB_DONE:
        return "done";
    case JOB_DEAD:
        return "dead";
    case JOB_HELD:
        return "held";
    }
    return "unknown";
}
