#ifndef CLI_STUDY_H
#define CLI_STUDY_H

#include "db/queue.h"
#include "db/study_key.h"

/* Everything the queue knows of one study, or all jobs that are not done. */
struct study_job {
    struct job job;
    char *summary; /* "" when there is none */
};

struct study {
    char uid[65];        /* "": jobs of all studies */
    char key[STUDY_KEY]; /* what the log calls it */
    struct object *objects;
    size_t n_objects;
    struct study_job *jobs;
    size_t n_jobs;
};

/* study_uid NULL: every job that is not done. */
bool study_read(struct db *db, const char *study_uid, struct study *out,
                struct err *err);
void study_free(struct study *study);

/* "manual": the analysis failed, or nothing could be measured, and the study
 * is read as without AI; "measured"; NULL: no analysis, or not over yet. */
const char *study_outcome(const struct study_job *of);

void study_json(const struct study *study);
void study_text(const struct study *study);
void study_list(const struct study *study); /* the jobs as one table */

#endif
