/* The loop every worker shares, so that leases, back-off, burial and shutdown
 * are decided once. A hang is a crash: the timer kills the process, its next
 * life takes the job back, and since attempts count from the claim a job that
 * kills its workers is buried like one that fails (P2). */
#include "db/worker.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/random.h>
#include <sys/time.h>
#include <unistd.h>

#include "conf/clock.h"
#include "conf/log.h"
#include "db/study_key.h"
#include "db/wake.h"

#define POLL_MS    50
#define TROUBLE_MS 1000 /* the database cannot be asked */
#define GRACE_MS   5000 /* for the current job after SIGTERM */
#define HINT_MS    3000 /* of it, until worker_must_end() */
#define LOCK_MS    6000 /* the owner before may be in its grace */

static volatile sig_atomic_t stopping;
static volatile int64_t stopping_ms; /* set before stopping */
static bool left_one; /* a job of ours is BUSY that nobody works on */

static void start_timer(int64_t ms)
{
    struct itimerval timer = {
        .it_value = {.tv_sec = (time_t)(ms / 1000),
                     .tv_usec = (suseconds_t)(ms % 1000) * 1000}};

    setitimer(ITIMER_REAL, &timer, NULL);
}

/* The job is left BUSY: this owner's next life takes it back. */
static void leave(int signal_number)
{
    (void)signal_number;
    _exit(0);
}

/* A job that is running gets a moment, not its whole limit; and so does what
 * goes on between jobs, such as connecting to a PACS that is mute. */
static void on_stop(int signal_number)
{
    struct itimerval left;

    (void)signal_number;
    if (!stopping)
        stopping_ms = clock_mono_ms();
    stopping = 1;
    signal(SIGALRM, leave);
    if (getitimer(ITIMER_REAL, &left) == 0 &&
        (left.it_value.tv_sec >= GRACE_MS / 1000 ||
         (left.it_value.tv_sec == 0 && left.it_value.tv_usec == 0)))
        start_timer(GRACE_MS);
}

bool worker_must_end(void)
{
    return stopping && clock_mono_ms() - stopping_ms >= HINT_MS;
}

static void catch_signals(void)
{
    struct sigaction action = {.sa_handler = on_stop, .sa_flags = SA_RESTART};

    sigemptyset(&action.sa_mask);
    sigaction(SIGTERM, &action, NULL);
    sigaction(SIGINT, &action, NULL);
    signal(SIGALRM, SIG_DFL);
    signal(SIGPIPE, SIG_IGN); /* a log that nobody reads is no reason to end */
}

bool worker_lock(const char *spool, const char *owner, struct err *err)
{
    int64_t until_ms = clock_mono_ms() + LOCK_MS;
    char path[512];
    int fd;

    if (owner[0] == '\0' || owner[0] == '.' || strchr(owner, '/') ||
        (size_t)snprintf(path, sizeof path, "%s/lock/%s", spool, owner) >=
            sizeof path)
        return err_set(err, ERR_REJECT, "\"%s\" is no name for a worker",
                       owner);
    fd = open(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (fd < 0)
        return err_set(err, ERR_RETRY, "cannot open %s: %s", path,
                       strerror(errno));
    /* Whoever only looks (osteon status) holds it for a moment. The
     * descriptor stays open until exit: the lock ends with the process. */
    while (flock(fd, LOCK_EX | LOCK_NB) != 0) {
        if (clock_mono_ms() >= until_ms) {
            close(fd);
            return err_set(err, ERR_RETRY,
                           "another process is %s on the spool %s", owner,
                           spool);
        }
        clock_sleep_ms(POLL_MS);
    }
    return true;
}

/* first * 2^(n-1), at most cap, +-20 % so that workers do not march in step. */
static int64_t back_off_ms(const struct worker_limits *limits, int64_t attempts)
{
    int64_t ms = limits->first_ms;
    uint32_t random = 0;

    for (int64_t n = 1; n < attempts && ms < limits->cap_ms; n++)
        if (__builtin_mul_overflow(ms, 2, &ms))
            ms = limits->cap_ms;
    if (ms > limits->cap_ms)
        ms = limits->cap_ms;
    if (getrandom(&random, sizeof random, 0) < 0)
        random = 0;
    return ms - ms / 5 + (int64_t)((double)(ms / 5) * 2 * random / UINT32_MAX);
}

static bool too_many(const struct worker *worker, const struct job *job)
{
    return worker->limits.attempts > 0 &&
           job->attempts >= worker->limits.attempts;
}

static void say(const struct worker *worker, enum log_level level,
                const char *event, const struct job *job, int64_t ms,
                const char *why)
{
    char study[STUDY_KEY];

    study_key(worker->db, job->study_uid, study);
    LOG_AT(level, event, KV_INT("job", job->id), KV_STR("study", study),
           KV_STR("stage", job_stage_name(job->stage)), KV_STR("key", job->key),
           KV_INT("attempts", job->attempts), KV_INT("ms", ms),
           KV_STR("reason", why));
}

/* The queue could not be told how a job ended: it stays BUSY until it can be
 * asked again (turn), since its lease may be an hour. */
static bool left_busy(const struct worker *worker, const struct job *job,
                      int64_t ms, const struct err *err)
{
    left_one = true;
    say(worker, LOG_LEVEL_WARN, "job.left", job, ms, err->msg);
    return err->code != ERR_FATAL;
}

static bool bury(struct worker *worker, const struct job *job, int64_t ms,
                 const char *why)
{
    struct err err = {0};
    bool ok;

    /* What tells of a job that kills its workers may kill them as well: it
     * has one try. */
    if (worker->bury && (worker->limits.attempts == 0 ||
                         job->attempts <= worker->limits.attempts + 1)) {
        start_timer(stopping ? GRACE_MS : worker->limits.job_ms);
        ok = worker->bury(worker->ctx, job, why, &err);
        start_timer(0);
    } else {
        ok = queue_bury(worker->db, job, why, &err);
    }
    if (!ok)
        return left_busy(worker, job, ms, &err);
    /* a study without AI is read as ever; a result that cannot be delivered
     * needs a person */
    say(worker, job->stage == JOB_ANALYSE ? LOG_LEVEL_WARN : LOG_LEVEL_ERROR,
        "job.buried", job, ms, why);
    return true;
}

/* Asked to end in the middle of it, or not the job's fault. */
static bool give_back(struct worker *worker, const struct job *job, int64_t ms,
                      const char *why)
{
    struct err err = {0};

    if (!queue_give_back(worker->db, job, &err))
        return left_busy(worker, job, ms, &err);
    say(worker, LOG_LEVEL_INFO, "job.returned", job, ms, why);
    return true;
}

static bool failed(struct worker *worker, const struct job *job, int64_t ms,
                   const struct err *why)
{
    struct err err = {0};
    int64_t delay_ms;

    switch (why->code) {
    case ERR_FATAL:
        say(worker, LOG_LEVEL_ERROR, "job.left", job, ms, why->msg);
        return false;
    case ERR_RETRY:
        if (stopping || (worker->away && worker->away(worker->ctx)))
            return give_back(worker, job, ms, why->msg);
        if (too_many(worker, job))
            return bury(worker, job, ms, why->msg);
        delay_ms = back_off_ms(&worker->limits, job->attempts);
        if (!queue_defer(worker->db, job, delay_ms, why->msg, &err))
            return left_busy(worker, job, ms, &err);
        say(worker, LOG_LEVEL_WARN, "job.deferred", job, ms, why->msg);
        return true;
    case ERR_REJECT:
    case ERR_NONE:
        break;
    }
    return bury(worker, job, ms, why->msg);
}

/* False: this process cannot go on. */
static bool run_job(struct worker *worker, const struct job *job)
{
    int64_t start_ms = clock_mono_ms();
    char study[STUDY_KEY];
    struct err err = {0};
    bool ok;

    study_key(worker->db, job->study_uid, study);
    log_info("job.claimed", KV_INT("job", job->id), KV_STR("study", study),
             KV_STR("stage", job_stage_name(job->stage)),
             KV_STR("key", job->key), KV_INT("attempts", job->attempts));
    /* Its earlier attempts never came back to tell why they failed. */
    if (worker->limits.attempts > 0 && job->attempts > worker->limits.attempts)
        return bury(worker, job, 0,
                    job->why[0] ? job->why : "its workers did not survive it");
    start_timer(worker->limits.job_ms);
    if (stopping)
        start_timer(GRACE_MS);
    ok = worker->work(worker->ctx, job, &err);
    start_timer(0);
    if (!ok)
        return failed(worker, job, clock_mono_ms() - start_ms, &err);
    log_info("job.done", KV_INT("job", job->id), KV_STR("study", study),
             KV_STR("stage", job_stage_name(job->stage)),
             KV_STR("key", job->key), KV_INT("attempts", job->attempts),
             KV_INT("ms", clock_mono_ms() - start_ms));
    return true;
}

/* Under the timer, too: names are looked up and connections made there. */
static bool is_ready(struct worker *worker)
{
    bool ready;

    if (!worker->ready)
        return true;
    start_timer(worker->limits.job_ms);
    if (stopping)
        start_timer(GRACE_MS);
    ready = worker->ready(worker->ctx);
    start_timer(0);
    return ready;
}

/* Of two stages neither waits until the other has nothing left. */
static bool claim(struct worker *worker, struct job *job, struct err *err)
{
    static bool other;
    enum job_stage stages[] = {worker->stage, worker->also};

    if (worker->also != 0)
        other = !other;
    for (size_t i = 0; i < 2 && err->code == ERR_NONE; i++) {
        enum job_stage stage = stages[other ? 1 - i : i];

        if (stage != 0 &&
            queue_claim(worker->db, stage, worker->key, worker->owner,
                        worker->limits.job_ms, job, err))
            return true;
    }
    return false;
}

/* False: this process cannot go on. */
static bool turn(struct worker *worker, struct wake *wake)
{
    struct err err = {0};
    struct job job;

    if (!is_ready(worker)) {
        clock_sleep_ms(POLL_MS);
        return true;
    }
    if (stopping)
        return true;
    if (left_one)
        left_one = !queue_reclaim(worker->db, worker->owner, &err);
    if (err.code == ERR_NONE && claim(worker, &job, &err))
        return run_job(worker, &job);
    if (err.code == ERR_NONE) {
        if (worker->idle)
            worker->idle(worker->ctx);
        wake_rest(wake);
        return true;
    }
    log_error("queue.failed", KV_STR("reason", err.msg));
    clock_sleep_ms(TROUBLE_MS);
    return err.code != ERR_FATAL;
}

int worker_run(struct worker *worker)
{
    struct err err = {0};
    struct wake wake;
    bool good = true;

    catch_signals();
    while (!stopping && !queue_reclaim(worker->db, worker->owner, &err)) {
        log_error("queue.failed", KV_STR("reason", err.msg));
        if (err.code == ERR_FATAL)
            return 1;
        clock_sleep_ms(TROUBLE_MS);
    }
    wake_open(&wake, worker->db);
    while (good && !stopping)
        good = turn(worker, &wake);
    wake_close(&wake);
    return good ? 0 : 1;
}
