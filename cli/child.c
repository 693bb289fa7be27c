/* What the supervisor does to one process: start, stop, and how long it waits
 * before it starts again what died. The pause doubles so that a program that
 * cannot run does not eat the machine, and ends early once one has lived. */
#include "cli/child.h"

#include <signal.h>
#include <string.h>

#include "conf/log.h"

int64_t child_backoff(int64_t delay_ms, int64_t lived_ms)
{
    if (lived_ms >= CHILD_LIFE_MS || delay_ms <= 0)
        return CHILD_FIRST_MS;
    return delay_ms >= CHILD_CAP_MS / 2 ? CHILD_CAP_MS : delay_ms * 2;
}

static void again(struct child *child, int64_t lived_ms, int64_t now_ms)
{
    child->delay_ms = child_backoff(child->delay_ms, lived_ms);
    child->due_ms = now_ms + child->delay_ms;
}

void child_start(struct child *child, const struct cli_args *args,
                 int64_t now_ms)
{
    const char *extra[3] = {NULL};
    struct err err = {0};
    struct program program;
    size_t i;

    for (i = 0; i < 2 && child->entry.arguments[i][0]; i++)
        extra[i] = child->entry.arguments[i];
    child->stopping = false;
    child->started_ms = now_ms;
    child->pid = 0;
    if (program_prepare(&program, child->entry.program, args, extra, &err))
        child->pid = program_start(&program, -1, &err);
    if (child->pid <= 0) {
        child->pid = 0;
        again(child, 0, now_ms);
        log_error("process.failed", KV_STR("program", child->entry.program),
                  KV_STR("name", child->entry.name), KV_STR("reason", err.msg));
        return;
    }
    log_info("process.started", KV_STR("program", child->entry.program),
             KV_STR("name", child->entry.name), KV_INT("pid", child->pid));
}

static void stop_by(struct child *child, int signal_number, int64_t now_ms)
{
    if (child->pid == 0 || child->stopping)
        return;
    child->stopping = true;
    child->due_ms = now_ms + CHILD_STOP_MS;
    kill(child->pid, signal_number);
}

void child_stop(struct child *child, int64_t now_ms)
{
    stop_by(child, SIGTERM, now_ms);
}

void child_replace(struct child *child, int64_t now_ms)
{
    bool hands_over = strcmp(child->entry.program, "osteon-scp") == 0;

    stop_by(child, hands_over ? SIGHUP : SIGTERM, now_ms);
}

void child_press(struct child *child, int64_t now_ms)
{
    if (child->pid == 0 || !child->stopping || now_ms < child->due_ms)
        return;
    log_warn("process.killed", KV_STR("program", child->entry.program),
             KV_STR("name", child->entry.name), KV_INT("pid", child->pid));
    kill(child->pid, SIGKILL);
    child->due_ms = now_ms + CHILD_STOP_MS;
}

void child_died(struct child *child, int wait_status, int64_t now_ms)
{
    int status = program_status(wait_status);
    int64_t lived_ms = now_ms - child->started_ms;

    if (child->stopping) {
        log_info("process.stopped", KV_STR("program", child->entry.program),
                 KV_STR("name", child->entry.name), KV_INT("pid", child->pid),
                 KV_INT("status", status));
        child->delay_ms = 0;
        child->due_ms = now_ms;
    } else {
        again(child, lived_ms, now_ms);
        log_error("process.died", KV_STR("program", child->entry.program),
                  KV_STR("name", child->entry.name), KV_INT("pid", child->pid),
                  KV_INT("status", status), KV_INT("lived_ms", lived_ms),
                  KV_INT("restart_ms", child->delay_ms));
    }
    child->pid = 0;
    child->stopping = false;
}
