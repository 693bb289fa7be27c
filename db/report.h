#ifndef DB_REPORT_H
#define DB_REPORT_H

#include "db/queue.h"

/* Read-only views for `osteon status` and `osteon show`. */
struct report_count {
    enum job_stage stage;
    enum job_state state;
    char key[65];
    int64_t count, oldest_ms; /* created_ms of the oldest */
};
bool report_counts(struct db *db,
                   void (*each)(void *ctx, const struct report_count *),
                   void *ctx, struct err *err);

/* Jobs of one study (study_uid NULL: every job not DONE), newest last. */
bool report_jobs(struct db *db, const char *study_uid,
                 void (*each)(void *ctx, const struct job *,
                              const char *summary),
                 void *ctx, struct err *err);
bool report_objects(struct db *db, const char *study_uid,
                    void (*each)(void *ctx, const struct object *), void *ctx,
                    struct err *err);

#endif
