#ifndef CLI_STATUS_H
#define CLI_STATUS_H

#include <jansson.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "cli/plan.h"
#include "cli/status_storage.h"
#include "conf/conf.h"
#include "db/destination.h"
#include "db/report.h"

/* What `osteon status` knows, gathered before anything is printed. */
struct status_process {
    char name[CONF_NAME + 8];
    const char *program;
    bool alive;
    pid_t pid; /* 0: unknown, or not alive */
};

struct status_space {
    int64_t free_bytes, total_bytes, limit_bytes;
    int64_t free_files; /* inodes */
    int64_t database_bytes, wal_bytes;
};

struct status {
    const struct conf *conf;
    int64_t now_ms;
    bool started; /* the database exists: the node has run */
    struct report_count *counts;
    size_t n_counts;
    struct destination_state *destinations; /* those that were tried */
    size_t n_destinations;
    struct status_process *processes;
    size_t n_processes;
    struct status_space space;
    struct status_storage storage;
};

bool status_gather(const struct conf *conf, struct status *out,
                   struct err *err);
void status_free(struct status *status);

/* Those of the configuration; nothing before the node has run. */
void status_print_destinations(const struct status *status);
json_t *status_destinations_json(const struct status *status);

/* The row of one queue: jobs of a stage for a model or destination. */
struct status_queue {
    enum job_stage stage;
    char key[65];
    int64_t counts[JOB_HELD + 1]; /* by state */
    int64_t oldest_ms; /* created_ms of the oldest queued or busy job, or 0 */
};
/* Folds counts by queue, in order of appearance; malloc'd. */
struct status_queue *status_queues(const struct report_count *counts, size_t n,
                                   size_t *n_queues);

#endif
