/* Collects what `osteon status` shows. It only reads: neither the database
 * nor a lock or connection is made, so that a look cannot disturb the node. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "cli/alive.h"
#include "cli/status.h"
#include "conf/clock.h"
#include "conf/mem.h"

static void keep(void *ctx, const struct report_count *count)
{
    struct status *status = ctx;

    status->counts =
        mem_grow(status->counts, status->n_counts + 1, sizeof *status->counts);
    status->counts[status->n_counts++] = *count;
}

static void keep_destination(void *ctx, const struct destination_state *state)
{
    struct status *status = ctx;

    status->destinations =
        mem_grow(status->destinations, status->n_destinations + 1,
                 sizeof *status->destinations);
    status->destinations[status->n_destinations++] = *state;
}

static bool gather_queue(struct status *status, struct err *err)
{
    const char *path = status->conf->node.database;
    struct db *db;
    bool good;

    if (access(path, F_OK) != 0 && errno == ENOENT)
        return true;
    status->started = true;
    if (status->storage.damaged)
        return true;
    db = db_open(path, err);
    if (!db)
        return false;
    good = report_counts(db, keep, status, err) &&
           destination_each(db, keep_destination, status, err) &&
           status_storage_read(db, status->now_ms, &status->storage, err);
    db_close(db);
    return good;
}

static void gather_processes(struct status *status)
{
    const struct conf *conf = status->conf;
    struct plan_entry *plan;
    size_t i;

    plan = plan_make(conf, &status->n_processes);
    status->processes =
        mem_calloc(status->n_processes, sizeof *status->processes);
    for (i = 0; i < status->n_processes; i++) {
        struct status_process *process = &status->processes[i];

        memcpy(process->name, plan[i].name, sizeof process->name);
        process->program = plan[i].program;
        process->pid = alive_owner(conf->node.spool, plan[i].name);
        process->alive = process->pid != 0;
    }
    free(plan);
}

static int64_t file_bytes(const char *path, const char *suffix)
{
    char name[CONF_PATH + 8];
    struct stat file;

    snprintf(name, sizeof name, "%s%s", path, suffix);
    return stat(name, &file) == 0 ? (int64_t)file.st_size : 0;
}

static void gather_space(struct status *status)
{
    const struct conf_node *node = &status->conf->node;
    struct status_space *space = &status->space;
    struct statvfs fs;

    space->limit_bytes = node->limits.free_bytes;
    if (statvfs(node->spool, &fs) == 0) {
        space->free_bytes = (int64_t)fs.f_bavail * (int64_t)fs.f_frsize;
        space->total_bytes = (int64_t)fs.f_blocks * (int64_t)fs.f_frsize;
        space->free_files = (int64_t)fs.f_favail;
    }
    space->database_bytes = file_bytes(node->database, "");
    space->wal_bytes = file_bytes(node->database, "-wal");
}

bool status_gather(const struct conf *conf, struct status *out, struct err *err)
{
    memset(out, 0, sizeof *out);
    out->conf = conf;
    out->now_ms = clock_wall_ms();
    gather_processes(out);
    gather_space(out);
    status_storage_look(conf, &out->storage);
    return gather_queue(out, err);
}

void status_free(struct status *status)
{
    free(status->counts);
    free(status->destinations);
    free(status->processes);
}

struct status_queue *status_queues(const struct report_count *counts, size_t n,
                                   size_t *n_queues)
{
    struct status_queue *queues = mem_calloc(n + 1, sizeof *queues), *queue;
    size_t i, j;

    *n_queues = 0;
    for (i = 0; i < n; i++) {
        for (j = 0; j < *n_queues; j++)
            if (queues[j].stage == counts[i].stage &&
                strcmp(queues[j].key, counts[i].key) == 0)
                break;
        queue = &queues[j];
        if (j == *n_queues) {
            (*n_queues)++;
            queue->stage = counts[i].stage;
            memcpy(queue->key, counts[i].key, sizeof queue->key);
        }
        queue->counts[counts[i].state] += counts[i].count;
        if ((counts[i].state == JOB_QUEUED || counts[i].state == JOB_BUSY) &&
            (queue->oldest_ms == 0 || counts[i].oldest_ms < queue->oldest_ms))
            queue->oldest_ms = counts[i].oldest_ms;
    }
    return queues;
}
