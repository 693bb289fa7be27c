/* db/queue_claim: order, leases, one worker per job, contexts to propose. */
#include "test/unit/queue_case.h"

#include <sys/wait.h>

static struct job job;

static int64_t send_due(const char *destination, int64_t priority)
{
    static int serial;
    struct object image;
    struct job forward = {.priority = priority};
    enum receipt receipt;
    char uid[32];

    snprintf(uid, sizeof uid, "1.9.%d", ++serial);
    image = case_image("1.9", uid, uid);
    snprintf(forward.key, sizeof forward.key, "%s", destination);
    snprintf(forward.route, sizeof forward.route, "r");
    MUST(queue_receive(db, &image, NULL, 0, &forward, 1, &receipt, &err));
    return image.id;
}

static void urgent_first_then_oldest(void **state)
{
    int64_t low, normal, older, high;

    (void)state;
    low = send_due("pacs", 0);
    older = send_due("pacs", 5);
    now_ms++;
    normal = send_due("pacs", 5);
    high = send_due("pacs", 9);
    send_due("archive", 9);
    assert_true(case_claim(JOB_SEND, "pacs", &job));
    assert_int_equal(job.object_id, high);
    assert_true(case_claim(JOB_SEND, "pacs", &job));
    assert_int_equal(job.object_id, older);
    assert_true(case_claim(JOB_SEND, "pacs", &job));
    assert_int_equal(job.object_id, normal);
    assert_true(case_claim(JOB_SEND, "pacs", &job));
    assert_int_equal(job.object_id, low);
    assert_false(case_claim(JOB_SEND, "pacs", &job));
    assert_true(case_claim(JOB_SEND, NULL, &job));
    assert_string_equal(job.key, "archive");
    assert_false(case_claim(JOB_SEND, NULL, &job));
    assert_false(case_claim(JOB_ANALYSE, NULL, &job));
}

static void nothing_due_clears_an_old_error(void **state)
{
    (void)state;
    err_set(&err, ERR_FATAL, "of something else");
    assert_false(queue_claim(db, JOB_SEND, NULL, "x", 1, &job, &err));
    assert_int_equal(err.code, ERR_NONE);
}

static void an_expired_lease_is_claimed_again(void **state)
{
    struct job first;

    (void)state;
    send_due("pacs", 5);
    assert_true(case_claim(JOB_SEND, "pacs", &first));
    now_ms += 59999;
    assert_false(case_claim(JOB_SEND, "pacs", &job));
    now_ms += 1;
    assert_true(case_claim(JOB_SEND, "pacs", &job));
    assert_int_equal(job.id, first.id);
    assert_int_equal(job.attempts, 2);
    /* The slow worker comes back, too late for everything. */
    REFUSES(queue_finish(db, &first, NULL, 0, NULL, 0, "{}", &err), ERR_RETRY,
            "job 1 is no longer ours: attempt 1 lost its lease");
    REFUSES(queue_defer(db, &first, 5, "slow", &err), ERR_RETRY,
            "job 1 is no longer ours: attempt 1 lost its lease");
    REFUSES(queue_bury(db, &first, "slow", &err), ERR_RETRY,
            "job 1 is no longer ours: attempt 1 lost its lease");
    MUST(queue_finish(db, &job, NULL, 0, NULL, 0, "{}", &err));
}

static void reclaim_takes_back_only_its_own(void **state)
{
    (void)state;
    send_due("pacs", 5);
    send_due("pacs", 5);
    assert_true(queue_claim(db, JOB_SEND, NULL, "scu.a", 60000, &job, &err));
    assert_true(queue_claim(db, JOB_SEND, NULL, "scu.b", 60000, &job, &err));
    assert_false(case_claim(JOB_SEND, NULL, &job));
    MUST(queue_reclaim(db, "scu.b", &err));
    assert_true(case_claim(JOB_SEND, NULL, &job));
    assert_int_equal(job.id, 2);
    assert_int_equal(job.attempts, 2);
    assert_string_equal(job.why, "its worker ended in the middle of it");
    assert_false(case_claim(JOB_SEND, NULL, &job));
}

/* Claims until nothing is due, and says what it got. */
static void claim_all(const char *owner, int out)
{
    struct job got;
    struct err why = {0};
    int64_t empty = 0;

    db = case_open();
    while (empty < 20) {
        if (queue_claim(db, JOB_SEND, "pacs", owner, 60000, &got, &why)) {
            if (write(out, &got.id, sizeof got.id) != sizeof got.id)
                _exit(2);
            empty = 0;
        } else if (why.code != ERR_NONE) {
            _exit(3);
        } else {
            empty++;
            usleep(1000);
        }
    }
    case_close();
    _exit(0);
}

static void eight_workers_never_share_a_job(void **state)
{
    enum { JOBS = 120, WORKERS = 8 };
    int times[JOBS + 1] = {0}, fds[2], status;
    int64_t id;

    (void)state;
    for (int i = 0; i < JOBS; i++)
        send_due("pacs", i % 10);
    case_close();
    assert_int_equal(pipe(fds), 0);
    for (int i = 0; i < WORKERS; i++) {
        char owner[16];

        snprintf(owner, sizeof owner, "scu.%d", i);
        if (fork() == 0) {
            close(fds[0]);
            claim_all(owner, fds[1]);
        }
    }
    close(fds[1]);
    while (read(fds[0], &id, sizeof id) == sizeof id) {
        assert_in_range(id, 1, JOBS);
        times[id]++;
    }
    close(fds[0]);
    for (int i = 0; i < WORKERS; i++) {
        assert_true(wait(&status) > 0);
        assert_int_equal(status, 0);
    }
    for (int i = 1; i <= JOBS; i++)
        assert_int_equal(times[i], 1);
    db = case_open();
}

static void contexts_are_distinct_and_bounded(void **state)
{
    struct send_context contexts[4];
    struct object image = case_image("1.2", "1.2.1", "A");
    struct job forward = {.key = "pacs", .route = "r", .priority = 9};
    enum receipt receipt;
    size_t n = 4;

    (void)state;
    MUST(queue_send_contexts(db, "pacs", contexts, &n, &err));
    assert_int_equal(n, 0);
    send_due("pacs", 5);
    send_due("pacs", 5);
    snprintf(image.transfer_syntax, sizeof image.transfer_syntax,
             "1.2.840.10008.1.2.4.90");
    MUST(queue_receive(db, &image, NULL, 0, &forward, 1, &receipt, &err));
    n = 4;
    MUST(queue_send_contexts(db, "pacs", contexts, &n, &err));
    assert_int_equal(n, 2);
    assert_string_equal(contexts[0].transfer_syntax, "1.2.840.10008.1.2.4.90");
    assert_string_equal(contexts[1].transfer_syntax, "1.2.840.10008.1.2.1");
    n = 1;
    MUST(queue_send_contexts(db, "pacs", contexts, &n, &err));
    assert_int_equal(n, 1);
    assert_string_equal(contexts[0].transfer_syntax, "1.2.840.10008.1.2.4.90");
}

static void contexts_have_the_alternate(void **state)
{
    struct job_demand demand = case_demand();
    struct object results[2] = {case_image("1.2", "2.25.1", "3D"),
                                case_image("1.2", "2.25.2", "C")};
    struct job send = {.key = "pacs", .object_id = 1, .alternate_id = 2};
    struct send_context contexts[4];
    size_t n = 4;

    (void)state;
    snprintf(results[0].sop_class, 65, "1.2.840.10008.5.1.4.1.1.88.34");
    snprintf(results[1].sop_class, 65, "1.2.840.10008.5.1.4.1.1.88.33");
    case_arrives("1.2", "1.2.1", &demand);
    now_ms += 20000;
    assert_true(case_claim(JOB_ANALYSE, NULL, &job));
    MUST(queue_finish(db, &job, results, 2, &send, 1, "{}", &err));
    MUST(queue_send_contexts(db, "pacs", contexts, &n, &err));
    assert_int_equal(n, 2);
    assert_string_equal(contexts[0].sop_class, results[0].sop_class);
    assert_string_equal(contexts[1].sop_class, results[1].sop_class);
}

/* A forked worker that is killed while it claims and finishes leaves whole
 * transactions only. */
static void work_until_killed(int ready)
{
    struct err why = {0};
    struct job got;
    struct object result;
    struct job send = {.key = "pacs", .object_id = 1};
    char uid[32];

    db = case_open();
    close(ready);
    for (;;) {
        if (!queue_claim(db, JOB_ANALYSE, NULL, "infer.1", 60000, &got, &why))
            _exit(why.code == ERR_NONE ? 0 : 3);
        snprintf(uid, sizeof uid, "2.25.%lld", (long long)got.id);
        result = case_image(got.study_uid, uid, uid);
        if (!queue_finish(db, &got, &result, 1, &send, 1, "{}", &why))
            _exit(4);
    }
}

static void killed_workers_lose_and_repeat_nothing(void **state)
{
    enum { STUDIES = 60 };
    struct job_demand demand = case_demand();
    char study[32], uid[40];
    int fds[2], status, rounds = 0;
    pid_t pid;

    (void)state;
    demand.count = 1;
    for (int i = 0; i < STUDIES; i++) {
        snprintf(study, sizeof study, "1.%d", i + 2);
        snprintf(uid, sizeof uid, "%s.1", study);
        case_arrives(study, uid, &demand);
    }
    case_close();
    do {
        assert_int_equal(pipe(fds), 0);
        pid = fork();
        if (pid == 0) {
            close(fds[0]);
            work_until_killed(fds[1]);
        }
        close(fds[1]);
        assert_int_equal(read(fds[0], uid, 1), 0);
        close(fds[0]);
        usleep(300 + (useconds_t)rounds * 150);
        kill(pid, SIGKILL);
        assert_int_equal(waitpid(pid, &status, 0), pid);
        if (!WIFSIGNALED(status))
            assert_int_equal(WEXITSTATUS(status), 0);
        db = case_open();
        case_sound();
        assert_int_equal(
            case_number("SELECT count(*) FROM job WHERE stage = 1 AND "
                        "state = 3"),
            case_number("SELECT count(*) FROM job WHERE stage = 2"));
        assert_int_equal(
            case_number("SELECT count(*) FROM object WHERE kind = 2"),
            case_number("SELECT count(*) FROM job WHERE stage = 2"));
        MUST(queue_reclaim(db, "infer.1", &err));
        case_close();
    } while (WIFSIGNALED(status) && ++rounds < 400);
    assert_in_range(rounds, 1, 399);
    db = case_open();
    assert_int_equal(case_number("SELECT count(*) FROM job WHERE stage = 2"),
                     STUDIES);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, case_setup, case_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(urgent_first_then_oldest),
        TEST(nothing_due_clears_an_old_error),
        TEST(an_expired_lease_is_claimed_again),
        TEST(reclaim_takes_back_only_its_own),
        TEST(eight_workers_never_share_a_job),
        TEST(contexts_are_distinct_and_bounded),
        TEST(contexts_have_the_alternate),
        TEST(killed_workers_lose_and_repeat_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
