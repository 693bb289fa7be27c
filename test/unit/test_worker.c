/* db/worker: each life of a worker is a forked process here, for it ends by
 * exit, by signal, or by its timer. */
#include "test/unit/queue_case.h"

#include <sys/stat.h>
#include <sys/wait.h>

#include "db/study_key.h"
#include "db/wake.h"
#include "db/worker.h"

/* Real time would pass in db/wake.c: test_wake.c. */
void wake_open(struct wake *wake, struct db *database_of)
{
    (void)database_of;
    wake->fd = -1;
}

void wake_rest(struct wake *wake)
{
    (void)wake;
    clock_sleep_ms(50);
}

void wake_close(struct wake *wake)
{
    (void)wake;
}

enum deed {
    DEED_FINISH,
    DEED_RETRY,
    DEED_REJECT,
    DEED_FATAL,
    DEED_HANG,
    DEED_CRASH,
    DEED_STOP_AND_FINISH,
    DEED_STOP_AND_HANG,
    DEED_STOP_AND_RETRY,
    DEED_LOSE_LEASE,
    DEED_NOT_TAKEN_BACK
};

struct life {
    enum deed deed;
    enum { PLAIN, TELLS, DIES_TELLING } bury;
    int idles; /* SIGTERM after so many */
    bool ready, away;
    enum job_stage also;
    struct worker_limits limits;
};

static char log_path[128];

static void hang(void)
{
    for (;;)
        pause();
}

/* What the queue is told of the first attempt does not reach it. */
static void spoil(const struct job *job)
{
    sqlite3 *handle;

    if (job->attempts > 1)
        return;
    assert_int_equal(sqlite3_open(database, &handle), SQLITE_OK);
    assert_int_equal(
        sqlite3_exec(handle, "UPDATE job SET attempts = 5", NULL, NULL, NULL),
        SQLITE_OK);
    sqlite3_close(handle);
}

static bool work(void *ctx, const struct job *job, struct err *why)
{
    const struct life *life = ctx;
    struct job other;

    switch (life->deed) {
    case DEED_FINISH:
        break;
    case DEED_RETRY:
        return err_set(why, ERR_RETRY, "no answer");
    case DEED_REJECT:
        return err_set(why, ERR_REJECT, "not a leg");
    case DEED_FATAL:
        return err_set(why, ERR_FATAL, "no device");
    case DEED_HANG:
        hang();
        break;
    case DEED_CRASH:
        raise(SIGKILL);
        break;
    case DEED_STOP_AND_FINISH:
        raise(SIGTERM);
        break;
    case DEED_STOP_AND_HANG:
        raise(SIGTERM);
        hang();
        break;
    case DEED_STOP_AND_RETRY:
        raise(SIGTERM);
        if (worker_must_end())
            return err_set(why, ERR_REJECT, "at once");
        now_ms += 3000;
        return worker_must_end() ? err_set(why, ERR_RETRY, "asked to end")
                                 : err_set(why, ERR_REJECT, "not asked");
    case DEED_NOT_TAKEN_BACK:
        spoil(job);
        break;
    case DEED_LOSE_LEASE:
        now_ms += life->limits.job_ms;
        if (!queue_claim(db, job->stage, NULL, "another", 1000000, &other, why))
            return false;
        break;
    }
    return queue_finish(db, job, NULL, 0, NULL, 0, "{}", why);
}

static bool bury(void *ctx, const struct job *job, const char *why,
                 struct err *error)
{
    const struct life *life = ctx;
    struct object result = case_image("1.2", "2.25.1", "SR");
    struct job send = {.key = "pacs", .object_id = 1};

    if (life->bury == DIES_TELLING)
        raise(SIGKILL);
    return queue_bury_with(db, job, why, &result, 1, &send, 1, error);
}

static void idle(void *ctx)
{
    struct life *life = ctx;

    if (life->idles-- <= 0)
        raise(SIGTERM);
}

/* Asked once: the worker ends then, or it would go on with the same job. */
static bool away(void *ctx)
{
    (void)ctx;
    raise(SIGTERM);
    return true;
}

static bool ready(void *ctx)
{
    struct life *life = ctx;

    if (!life->ready)
        idle(ctx);
    if (life->deed == DEED_STOP_AND_HANG && !life->ready)
        hang();
    return life->ready;
}

/* Runs one life; returns wait's status. */
static int live(struct life life)
{
    struct worker worker = {.stage = JOB_ANALYSE,
                            .also = life.also,
                            .away = life.away ? away : NULL,
                            .owner = "infer.1",
                            .limits = life.limits,
                            .work = work,
                            .bury = life.bury == PLAIN ? NULL : bury,
                            .idle = idle,
                            .ready = ready,
                            .ctx = &life};
    int status;
    pid_t pid;

    case_close();
    snprintf(log_path, sizeof log_path, "%s/log", folder);
    fflush(NULL);
    pid = fork();
    if (pid == 0) {
        if (!freopen(log_path, "a", stderr))
            _exit(99);
        db = worker.db = case_open();
        _exit(worker_run(&worker));
    }
    assert_int_equal(waitpid(pid, &status, 0), pid);
    db = case_open();
    return status;
}

static struct life life_of(enum deed deed)
{
    struct life life = {
        .deed = deed,
        .ready = true,
        .limits = {
            .job_ms = 60000, .first_ms = 1000, .cap_ms = 1500, .attempts = 3}};

    return life;
}

static void one_job(void)
{
    struct job_demand demand = case_demand();

    demand.count = 1;
    case_arrives("1.2", "1.2.1", &demand);
}

static int64_t state_of_job(void)
{
    return case_number("SELECT state FROM job");
}

static bool logged(const char *text)
{
    char line[4096];
    FILE *file = fopen(log_path, "r");
    bool found = false;

    assert_non_null(file);
    while (!found && fgets(line, sizeof line, file))
        found = strstr(line, text) != NULL;
    fclose(file);
    return found;
}

/* A line about job 1, whose study goes by its key. */
static bool logged_job(const char *event, const char *rest)
{
    char line[512], key[STUDY_KEY];

    study_key(db, "1.2", key);
    assert_int_equal(strlen(key), STUDY_KEY - 1);
    snprintf(line, sizeof line, "event=%s job=1 study=\"%s\" %s", event, key,
             rest);
    return logged(line);
}

static void finishes(void **state)
{
    (void)state;
    one_job();
    assert_int_equal(live(life_of(DEED_FINISH)), 0);
    assert_int_equal(state_of_job(), JOB_DONE);
    assert_true(logged_job("job.claimed",
                           "stage=\"analyse\" "
                           "key=\"leg-alignment\" attempts=1\n"));
    assert_true(logged_job("job.done",
                           "stage=\"analyse\" "
                           "key=\"leg-alignment\" attempts=1 ms=0\n"));
}

static void retries_back_off_and_end(void **state)
{
    struct life life = life_of(DEED_RETRY);

    (void)state;
    one_job();
    assert_int_equal(live(life), 0);
    assert_int_equal(state_of_job(), JOB_QUEUED);
    assert_int_equal(case_number("SELECT attempts FROM job"), 1);
    /* 1 s +-20 %, and the second 2 s, but at most 1.5 s. */
    assert_in_range(case_number("SELECT due_ms - stamp_ms FROM job"), 800,
                    1200);
    now_ms += 1200;
    assert_int_equal(live(life), 0);
    assert_int_equal(case_number("SELECT attempts FROM job"), 2);
    assert_in_range(case_number("SELECT due_ms - stamp_ms FROM job"), 1200,
                    1800);
    assert_true(logged_job("job.deferred",
                           "stage=\"analyse\" "
                           "key=\"leg-alignment\" attempts=2 ms=0 "
                           "reason=\"no answer\"\n"));
    life.idles = 1000;
    assert_int_equal(live(life), 0);
    assert_int_equal(state_of_job(), JOB_DEAD);
    assert_int_equal(case_number("SELECT attempts FROM job"), 3);
    assert_true(logged_job("job.buried",
                           "stage=\"analyse\" "
                           "key=\"leg-alignment\" attempts=3 ms=0 "
                           "reason=\"no answer\"\n"));
}

static void no_count_no_end(void **state)
{
    struct life life = life_of(DEED_RETRY);

    (void)state;
    one_job();
    life.limits.attempts = 0;
    life.idles = 400;
    assert_int_equal(live(life), 0);
    assert_int_equal(state_of_job(), JOB_QUEUED);
    assert_in_range(case_number("SELECT attempts FROM job"), 8, 18);
}

static void rejects_are_buried(void **state)
{
    (void)state;
    one_job();
    assert_int_equal(live(life_of(DEED_REJECT)), 0);
    assert_int_equal(state_of_job(), JOB_DEAD);
    assert_int_equal(case_number("SELECT attempts FROM job"), 1);
    assert_int_equal(case_number("SELECT why = 'not a leg' FROM job"), 1);
}

static void fatal_ends_the_process(void **state)
{
    int status;

    (void)state;
    one_job();
    status = live(life_of(DEED_FATAL));
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 1);
    assert_int_equal(state_of_job(), JOB_BUSY);
    assert_true(logged("reason=\"no device\""));
    assert_int_equal(live(life_of(DEED_FINISH)), 0);
    assert_int_equal(state_of_job(), JOB_DONE);
    assert_int_equal(case_number("SELECT attempts FROM job"), 2);
}

static void a_hang_is_a_crash(void **state)
{
    struct life life = life_of(DEED_HANG);
    int status;

    (void)state;
    one_job();
    life.limits.job_ms = 100;
    status = live(life);
    assert_true(WIFSIGNALED(status));
    assert_int_equal(WTERMSIG(status), SIGALRM);
    assert_int_equal(state_of_job(), JOB_BUSY);
}

static void a_deadly_job_is_buried(void **state)
{
    (void)state;
    one_job();
    for (int i = 0; i < 3; i++)
        assert_true(WIFSIGNALED(live(life_of(DEED_CRASH))));
    assert_int_equal(state_of_job(), JOB_BUSY);
    assert_int_equal(live(life_of(DEED_CRASH)), 0);
    assert_int_equal(state_of_job(), JOB_DEAD);
    assert_int_equal(case_number("SELECT why = 'its worker ended in the "
                                 "middle of it' FROM job"),
                     1);
}

static void a_burial_tells_others(void **state)
{
    struct life life = life_of(DEED_REJECT);

    (void)state;
    one_job();
    life.bury = TELLS;
    assert_int_equal(live(life), 0);
    assert_int_equal(case_number("SELECT state FROM job WHERE stage = 1"),
                     JOB_DEAD);
    assert_int_equal(case_number("SELECT state FROM job WHERE stage = 2"),
                     JOB_QUEUED);
    assert_true(logged("event=job.buried"));
}

/* Deadly in work() and in bury(): the one after that is a plain burial. */
static void a_deadly_burial_is_not_repeated(void **state)
{
    struct life life = life_of(DEED_CRASH);

    (void)state;
    one_job();
    life.bury = DIES_TELLING;
    for (int i = 0; i < 4; i++)
        assert_true(WIFSIGNALED(live(life)));
    assert_int_equal(state_of_job(), JOB_BUSY);
    assert_int_equal(live(life), 0);
    assert_int_equal(state_of_job(), JOB_DEAD);
}

static void stop_costs_no_attempt(void **state)
{
    struct life life = life_of(DEED_STOP_AND_RETRY);

    (void)state;
    one_job();
    life.limits.attempts = 1;
    assert_int_equal(live(life), 0);
    assert_int_equal(state_of_job(), JOB_QUEUED);
    assert_int_equal(case_number("SELECT attempts FROM job"), 0);
    assert_true(logged_job("job.returned",
                           "stage=\"analyse\" key=\"leg-alignment\" "
                           "attempts=1 ms=3000 reason=\"asked to end\"\n"));
}

static void stop_finishes_the_job(void **state)
{
    (void)state;
    one_job();
    assert_int_equal(live(life_of(DEED_STOP_AND_FINISH)), 0);
    assert_int_equal(state_of_job(), JOB_DONE);
}

static void stop_does_not_wait_for_ever(void **state)
{
    (void)state;
    one_job();
    assert_int_equal(live(life_of(DEED_STOP_AND_HANG)), 0);
    assert_int_equal(state_of_job(), JOB_BUSY);
}

static void a_lost_lease_changes_nothing(void **state)
{
    (void)state;
    one_job();
    assert_int_equal(live(life_of(DEED_LOSE_LEASE)), 0);
    assert_int_equal(state_of_job(), JOB_BUSY);
    assert_int_equal(case_number("SELECT attempts FROM job"), 2);
    assert_int_equal(case_number("SELECT owner = 'another' FROM job"), 1);
    assert_true(logged_job("job.left", "stage=\"analyse\" "
                                       "key=\"leg-alignment\" attempts=1 "));
    assert_true(logged("reason=\"job 1 is no longer ours: attempt 1 lost its "
                       "lease\"\n"));
}

static void not_ready_not_claimed(void **state)
{
    struct life life = life_of(DEED_FINISH);

    (void)state;
    one_job();
    life.ready = false;
    assert_int_equal(live(life), 0);
    assert_int_equal(state_of_job(), JOB_QUEUED);
    assert_int_equal(case_number("SELECT attempts FROM job"), 0);
}

/* A PACS that is mute while we connect. */
static void stop_does_not_wait_for_ready(void **state)
{
    struct life life = life_of(DEED_STOP_AND_HANG);

    (void)state;
    one_job();
    life.ready = false;
    assert_int_equal(live(life), 0);
    assert_int_equal(state_of_job(), JOB_QUEUED);
}

/* Its lease would give it back after a minute; the clock stands still. */
static void what_is_left_busy_is_taken_back(void **state)
{
    struct life life = life_of(DEED_NOT_TAKEN_BACK);

    (void)state;
    one_job();
    life.limits.attempts = 9;
    assert_int_equal(live(life), 0);
    assert_true(logged("event=job.left"));
    assert_int_equal(state_of_job(), JOB_DONE);
    assert_true(now_ms < START_MS + life.limits.job_ms);
}

static void one_owner(void **state)
{
    char path[128], wanted[256];
    int status;
    pid_t pid;

    (void)state;
    snprintf(path, sizeof path, "%s/lock", folder);
    assert_int_equal(mkdir(path, 0700), 0);
    MUST(worker_lock(folder, "infer.1", &err));
    pid = fork();
    if (pid == 0) {
        struct err why = {0};

        snprintf(wanted, sizeof wanted,
                 "another process is infer.1 on the spool %s", folder);
        if (worker_lock(folder, "infer.1", &why) || why.code != ERR_RETRY ||
            strcmp(why.msg, wanted) != 0)
            _exit(1);
        _exit(worker_lock(folder, "infer.2", &why) ? 0 : 2);
    }
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_int_equal(status, 0);
    REFUSES(worker_lock(folder, "../x", &err), ERR_REJECT,
            "\"../x\" is no name for a worker");
    REFUSES(worker_lock(folder, "", &err), ERR_REJECT,
            "\"\" is no name for a worker");
}

static void the_destination_is_to_blame(void **state)
{
    struct life life = life_of(DEED_RETRY);

    (void)state;
    one_job();
    life.away = true;
    assert_int_equal(live(life), 0);
    assert_int_equal(state_of_job(), JOB_QUEUED);
    assert_int_equal(case_number("SELECT attempts FROM job"), 0);
    assert_true(logged("event=job.returned"));
    assert_false(logged("event=job.deferred"));
}

static void two_stages_in_turn(void **state)
{
    struct life life = life_of(DEED_FINISH);
    struct object object = case_image("1.2", "1.2.2", "b");
    struct job forward = {.key = "pacs", .route = "r"}, send;
    enum receipt receipt;

    (void)state;
    one_job();
    MUST(queue_receive(db, &object, NULL, 0, &forward, 1, &receipt, &err));
    assert_true(case_claim(JOB_SEND, "pacs", &send));
    send.sent_id = send.object_id;
    send.commit_ms = 1;
    MUST(queue_finish(db, &send, NULL, 0, NULL, 0, "{}", &err));
    now_ms++;
    life.also = JOB_COMMIT;
    assert_int_equal(live(life), 0);
    assert_int_equal(case_number("SELECT count(*) FROM job WHERE state = 3 "
                                 "AND stage IN (1, 3)"),
                     2);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, case_setup, case_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(finishes),
        TEST(retries_back_off_and_end),
        TEST(no_count_no_end),
        TEST(rejects_are_buried),
        TEST(fatal_ends_the_process),
        TEST(a_hang_is_a_crash),
        TEST(a_deadly_job_is_buried),
        TEST(a_burial_tells_others),
        TEST(a_deadly_burial_is_not_repeated),
        TEST(stop_costs_no_attempt),
        TEST(stop_finishes_the_job),
        TEST(stop_does_not_wait_for_ever),
        TEST(a_lost_lease_changes_nothing),
        TEST(not_ready_not_claimed),
        TEST(stop_does_not_wait_for_ready),
        TEST(what_is_left_busy_is_taken_back),
        TEST(one_owner),
        TEST(the_destination_is_to_blame),
        TEST(two_stages_in_turn),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
