/* The supervisor's loop: it waits for signals and for the next thing that is
 * due, in one place (sigtimedwait), so that there are no handlers and no
 * races. It parses nothing from the network and touches no data. */
#include "cli/supervise.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "cli/alive.h"
#include "cli/child.h"
#include "conf/clock.h"
#include "conf/log.h"
#include "conf/mem.h"
#include "db/damage.h"

#define IDLE_MS  60000
#define READY_MS 20

struct supervisor {
    const struct cli_args *args;
    struct conf *conf;
    struct child *children;
    size_t n;
    bool ending;
    bool damaged; /* ending, to start again */
    bool ready;   /* it was said that the node listens */
    /* A new configuration whose models are being checked by checker. */
    struct conf *candidate;
    pid_t checker;
};

static sigset_t waited_for(void)
{
    sigset_t set;

    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGHUP);
    sigaddset(&set, SIGCHLD);
    return set;
}

void supervise_signals(void)
{
    sigset_t set = waited_for();

    /* Ignored by whoever started us, nobody would tell of a death. */
    signal(SIGCHLD, SIG_DFL);
    /* A log that nobody reads is no reason to end. */
    signal(SIGPIPE, SIG_IGN);
    sigprocmask(SIG_BLOCK, &set, NULL);
}

int supervise_once(const char *program, const char *option,
                   const struct cli_args *args, bool *stop)
{
    const char *extra[] = {option, NULL};
    sigset_t set = waited_for();
    struct err err = {0};
    struct program line;
    int status, sig;
    pid_t pid = -1;

    if (program_prepare(&line, program, args, extra, &err))
        pid = program_start(&line, -1, &err);
    if (pid < 0)
        return cli_fail(-1, "%s", err.msg);
    for (;;) {
        if (waitpid(pid, &status, WNOHANG) == pid)
            return program_status(status);
        sig = sigwaitinfo(&set, NULL);
        if (sig == SIGTERM || sig == SIGINT) {
            *stop = true;
            kill(pid, SIGTERM);
        }
    }
}

/* Makes the places those of a configuration: a place whose name stays is
 * kept, others end when their process has. */
static void adopt(struct supervisor *s, const struct conf *conf)
{
    struct plan_entry *plan;
    size_t n, i, j;

    for (i = 0; i < s->n; i++)
        s->children[i].wanted = false;
    plan = plan_make(conf, &n);
    for (i = 0; i < n; i++) {
        for (j = 0; j < s->n; j++)
            if (strcmp(s->children[j].entry.name, plan[i].name) == 0)
                break;
        if (j == s->n) {
            s->children = mem_grow(s->children, s->n + 1, sizeof *s->children);
            memset(&s->children[s->n++], 0, sizeof *s->children);
        }
        s->children[j].entry = plan[i];
        s->children[j].wanted = true;
    }
    free(plan);
}

static void start_anew(struct supervisor *s, struct conf *conf)
{
    int64_t now_ms = clock_mono_ms();
    size_t i;

    conf_free(s->conf);
    s->conf = conf;
    adopt(s, conf);
    log_info("conf.loaded", KV_STR("file", s->args->common.path));
    for (i = 0; i < s->n; i++) {
        child_replace(&s->children[i], now_ms);
        if (s->children[i].pid == 0)
            s->children[i].due_ms = now_ms;
    }
}

static void refuse(const char *why)
{
    log_error("conf.refused", KV_STR("reason", why));
}

/* The spool is locked under our name and the database belongs to it. */
static bool moved(const struct conf *old, const struct conf *new)
{
    return strcmp(old->node.spool, new->node.spool) != 0 ||
           strcmp(old->node.database, new->node.database) != 0;
}

static bool start_checker(struct supervisor *s, struct err *err)
{
    const char *extra[] = {"--check", NULL};
    struct program line;
    pid_t pid;

    if (!program_prepare(&line, "osteon-infer", s->args, extra, err))
        return false;
    pid = program_start(&line, STDERR_FILENO, err);
    if (pid > 0)
        s->checker = pid;
    return pid > 0;
}

/* SIGHUP. The models are checked by a child, while all others work on. */
static void reload(struct supervisor *s)
{
    struct err err = {0};
    struct conf *conf;

    if (s->checker > 0) {
        refuse("an earlier one is still being checked");
        return;
    }
    conf = cli_load_node(s->args, &err);
    if (conf) {
        if (moved(s->conf, conf))
            err_set(&err, ERR_REJECT,
                    "spool or database moved; stop and start the node");
        else if (start_checker(s, &err))
            s->candidate = conf;
    }
    if (err.code != ERR_NONE) {
        conf_free(conf);
        refuse(err.msg);
    }
}

static void checked(struct supervisor *s, int status)
{
    struct conf *conf = s->candidate;

    s->checker = 0;
    s->candidate = NULL;
    if (s->ending) {
        conf_free(conf);
    } else if (status == 0) {
        start_anew(s, conf);
    } else {
        conf_free(conf);
        refuse("a model is not valid: see the lines before");
    }
}

static size_t reap(struct supervisor *s)
{
    int64_t now_ms = clock_mono_ms();
    size_t n = 0;
    int status;
    pid_t pid;
    size_t i;

    while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
        n++;
        if (pid == s->checker)
            checked(s, program_status(status));
        for (i = 0; i < s->n; i++)
            if (s->children[i].pid == pid)
                child_died(&s->children[i], status, now_ms);
    }
    return n;
}

static void end(struct supervisor *s)
{
    int64_t now_ms = clock_mono_ms();
    size_t i;

    if (!s->ending)
        log_info("node.stopping", KV_INT("port", s->conf->node.port));
    s->ending = true;
    for (i = 0; i < s->n; i++)
        child_stop(&s->children[i], now_ms);
    if (s->checker > 0)
        kill(s->checker, SIGTERM);
}

/* The node is at work when its receiver listens, and not when it was told to.
 */
static bool say_ready(struct supervisor *s)
{
    if (s->ready || s->ending)
        return true;
    s->ready = alive_owner(s->conf->node.spool, "listening") != 0;
    if (s->ready)
        log_info("ready", KV_INT("port", s->conf->node.port),
                 KV_INT("processes", s->n));
    return s->ready;
}

/* Whoever found it has ended; no other may go on with such a database. */
static void look_for_damage(struct supervisor *s)
{
    if (s->ending || !damage_marked(s->conf->node.database))
        return;
    s->damaged = true;
    log_error("node.damaged", KV_STR("database", s->conf->node.database));
    end(s);
}

/* Does what is due; returns when the next thing is. */
static int64_t work(struct supervisor *s)
{
    int64_t now_ms = clock_mono_ms(), next_ms = now_ms + IDLE_MS;
    struct child *child;
    size_t i;

    for (i = 0; i < s->n; i++) {
        child = &s->children[i];
        if (child->pid == 0 && !child->wanted) {
            *child = s->children[--s->n];
            i--;
            continue;
        }
        if (child->pid == 0 && !s->ending && now_ms >= child->due_ms)
            child_start(child, s->args, now_ms);
        child_press(child, now_ms);
        if ((child->pid == 0 || child->stopping) && child->due_ms < next_ms)
            next_ms = child->due_ms;
    }
    if (!say_ready(s) && now_ms + READY_MS < next_ms)
        next_ms = now_ms + READY_MS;
    return next_ms;
}

static bool running(const struct supervisor *s)
{
    size_t i;

    for (i = 0; i < s->n; i++)
        if (s->children[i].pid > 0)
            return true;
    return s->checker > 0;
}

static void await(struct supervisor *s, int64_t until_ms)
{
    int64_t ms = until_ms - clock_mono_ms();
    sigset_t set = waited_for();
    struct timespec left;

    if (ms < 0)
        ms = 0;
    left.tv_sec = (time_t)(ms / 1000);
    left.tv_nsec = (long)(ms % 1000) * 1000000;
    switch (sigtimedwait(&set, NULL, &left)) {
    case SIGTERM:
    case SIGINT:
        s->damaged = false; /* not to start again */
        end(s);
        break;
    case SIGHUP:
        if (!s->ending)
            reload(s);
        break;
    default:
        break;
    }
    /* One SIGCHLD may stand for several deaths, and hide behind another. */
    if (reap(s) > 0)
        look_for_damage(s);
}

bool supervise_pause(int64_t ms)
{
    int64_t until_ms = clock_mono_ms() + ms;
    sigset_t set = waited_for();
    struct timespec left;
    int sig;

    while ((ms = until_ms - clock_mono_ms()) > 0) {
        left.tv_sec = (time_t)(ms / 1000);
        left.tv_nsec = (long)(ms % 1000) * 1000000;
        sig = sigtimedwait(&set, NULL, &left);
        if (sig == SIGTERM || sig == SIGINT)
            return true;
    }
    return false;
}

int supervise(struct conf **conf, const struct cli_args *args)
{
    struct supervisor s = {.args = args, .conf = *conf};
    int64_t next_ms;

    adopt(&s, s.conf);
    next_ms = work(&s);
    while (!s.ending || running(&s)) {
        await(&s, next_ms);
        next_ms = work(&s);
    }
    log_info("node.stopped", KV_INT("port", s.conf->node.port));
    free(s.children);
    *conf = s.conf;
    return s.damaged ? SUPERVISE_DAMAGED : CLI_DONE;
}
