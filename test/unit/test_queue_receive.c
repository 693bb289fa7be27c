/* db/queue_receive: receipts, and every case of the debounce. */
#include "test/unit/queue_case.h"

static struct job job;

static void expect_due_in(int64_t ms)
{
    assert_int_equal(case_number("SELECT due_ms FROM job WHERE state = 1 "
                                 "ORDER BY id DESC LIMIT 1"),
                     now_ms + ms);
}

static void receipts(void **state)
{
    struct object first = case_image("1.2", "1.2.1", "A");
    struct object again = case_image("1.2", "1.2.1", "A");
    struct object other = case_image("1.2", "1.2.1", "B");
    struct job_demand demand = case_demand();

    (void)state;
    assert_int_equal(case_receive(&first, &demand), RECEIPT_NEW);
    assert_true(first.id > 0);
    assert_int_equal(case_receive(&again, &demand), RECEIPT_DUPLICATE);
    assert_int_equal(again.id, first.id);
    assert_int_equal(case_number("SELECT seen FROM job"), 1);
    assert_int_equal(case_number("SELECT count(*) FROM object"), 1);
    assert_int_equal(case_receive(&other, &demand), RECEIPT_REPLACED);
    assert_int_not_equal(other.id, first.id);
    assert_int_equal(case_number("SELECT count(*) FROM job"), 1);
    assert_int_equal(case_number("SELECT seen FROM job"), 1);
}

static void newest_version_is_analysed(void **state)
{
    struct object first = case_image("1.2", "1.2.1", "A");
    struct object second = case_image("1.2", "1.2.2", "C");
    struct object other = case_image("1.2", "1.2.1", "B");
    struct job_demand demand = case_demand();
    struct object *objects;
    size_t n;

    (void)state;
    case_receive(&first, &demand);
    case_receive(&second, &demand);
    now_ms += 20000;
    assert_true(case_claim(JOB_ANALYSE, NULL, &job));
    assert_int_equal(case_receive(&other, &demand), RECEIPT_REPLACED);
    /* The claimed job keeps its images, the next revision has the new one. */
    MUST(queue_objects(db, &job, &objects, &n, &err));
    assert_int_equal(n, 2);
    assert_int_equal(objects[0].id, first.id);
    assert_string_equal(objects[1].sop_uid, "1.2.2");
    free(objects);
    now_ms += 20000;
    assert_true(case_claim(JOB_ANALYSE, NULL, &job));
    assert_int_equal(job.revision, 2);
    MUST(queue_objects(db, &job, &objects, &n, &err));
    assert_int_equal(n, 2);
    assert_int_equal(objects[0].id, second.id);
    assert_int_equal(objects[1].id, other.id);
    assert_string_equal(objects[1].sha256, other.sha256);
    assert_string_equal(objects[1].path, other.path);
    assert_int_equal(objects[1].data_offset, 400);
    free(objects);
}

static void quiet_starts_it(void **state)
{
    struct job_demand demand = case_demand();

    (void)state;
    case_arrives("1.2", "1.2.1", &demand);
    expect_due_in(20000);
    now_ms += 19999;
    assert_false(case_claim(JOB_ANALYSE, NULL, &job));
    case_arrives("1.2", "1.2.2", &demand);
    expect_due_in(20000);
    now_ms += 19999;
    assert_false(case_claim(JOB_ANALYSE, NULL, &job));
    now_ms += 1;
    assert_true(case_claim(JOB_ANALYSE, NULL, &job));
    assert_string_equal(job.study_uid, "1.2");
    assert_string_equal(job.route, "long-leg");
    assert_string_equal(job.key, "leg-alignment");
    assert_int_equal(job.revision, 1);
    assert_int_equal(job.attempts, 1);
    assert_int_equal(job.state, JOB_BUSY);
    assert_int_equal(job.upto, 2);
    assert_false(case_claim(JOB_ANALYSE, NULL, &job));
}

static void cap_bounds_the_wait(void **state)
{
    struct job_demand demand = case_demand();
    char uid[32];

    (void)state;
    for (int i = 0; i < 20; i++) {
        snprintf(uid, sizeof uid, "1.2.%d", i + 1);
        case_arrives("1.2", uid, &demand);
        now_ms += 15000;
    }
    assert_int_equal(now_ms, START_MS + 300000);
    assert_true(case_claim(JOB_ANALYSE, NULL, &job));
    assert_int_equal(job.upto, 20);
}

static void needs_start_it_at_once(void **state)
{
    struct job_demand demand = case_demand();

    (void)state;
    demand.needs_all = 3;
    demand.needs_met = 1;
    case_arrives("1.2", "1.2.1", &demand);
    expect_due_in(20000);
    case_arrives("1.2", "1.2.2", &demand);
    expect_due_in(20000);
    demand.needs_met = 2;
    case_arrives("1.2", "1.2.3", &demand);
    expect_due_in(0);
    assert_true(case_claim(JOB_ANALYSE, NULL, &job));
    assert_int_equal(job.upto, 3);
}

static void count_starts_it_at_once(void **state)
{
    struct job_demand demand = case_demand();

    (void)state;
    demand.count = 2;
    case_arrives("1.2", "1.2.1", &demand);
    expect_due_in(20000);
    case_arrives("1.2", "1.2.2", &demand);
    expect_due_in(0);
    demand.count = 1;
    case_arrives("1.3", "1.3.1", &demand);
    expect_due_in(0);
}

static void needs_and_count(void **state)
{
    struct job_demand demand = case_demand();

    (void)state;
    demand.needs_all = demand.needs_met = 1;
    demand.count = 2;
    case_arrives("1.2", "1.2.1", &demand);
    expect_due_in(20000);
    demand.needs_met = 0;
    case_arrives("1.2", "1.2.2", &demand);
    expect_due_in(0);
}

static void incomplete_is_analysed_after_quiet(void **state)
{
    struct job_demand demand = case_demand();

    (void)state;
    demand.needs_all = 1;
    case_arrives("1.2", "1.2.1", &demand);
    now_ms += 20000;
    assert_true(case_claim(JOB_ANALYSE, NULL, &job));
}

static void incomplete_is_held_at_cap(void **state)
{
    struct job_demand demand = case_demand();

    (void)state;
    demand.needs_all = 1;
    demand.hold_at_cap = 1;
    case_arrives("1.2", "1.2.1", &demand);
    now_ms += 299999;
    assert_false(case_claim(JOB_ANALYSE, NULL, &job));
    assert_int_equal(case_number("SELECT state FROM job"), JOB_QUEUED);
    now_ms += 1;
    assert_false(case_claim(JOB_ANALYSE, NULL, &job));
    assert_int_equal(case_number("SELECT state FROM job"), JOB_HELD);
    assert_int_equal(case_number("SELECT attempts FROM job"), 0);
    assert_int_equal(
        case_number("SELECT why = 'cap has passed without what the route "
                    "needs' FROM job"),
        1);
    /* A held study still takes its images, and a person lets it go. */
    case_arrives("1.2", "1.2.2", &demand);
    assert_int_equal(case_number("SELECT count(*) FROM job"), 1);
    MUST(queue_release(db, 1, &err));
    assert_true(case_claim(JOB_ANALYSE, NULL, &job));
    assert_int_equal(job.upto, 2);
}

static void complete_is_not_held(void **state)
{
    struct job_demand demand = case_demand();

    (void)state;
    demand.needs_all = 1;
    demand.hold_at_cap = 1;
    case_arrives("1.2", "1.2.1", &demand);
    demand.needs_met = 1;
    case_arrives("1.2", "1.2.2", &demand);
    assert_true(case_claim(JOB_ANALYSE, NULL, &job));
    /* Late images of a study that was complete are not held either. */
    demand.needs_met = 0;
    case_arrives("1.2", "1.2.3", &demand);
    now_ms += 20000;
    assert_true(case_claim(JOB_ANALYSE, NULL, &job));
    assert_int_equal(job.revision, 2);
    assert_int_equal(job.hold, 0);
}

static void late_images_make_revisions(void **state)
{
    struct job_demand demand = case_demand();
    struct job first, again;

    (void)state;
    case_arrives("1.2", "1.2.1", &demand);
    now_ms += 20000;
    assert_true(case_claim(JOB_ANALYSE, NULL, &first));
    case_arrives("1.2", "1.2.2", &demand); /* BUSY */
    expect_due_in(20000);
    MUST(queue_defer(db, &first, 1000, "no memory", &err));
    case_arrives("1.2", "1.2.3", &demand); /* deferred: its images are fixed */
    now_ms += 1000;
    assert_true(case_claim(JOB_ANALYSE, NULL, &again));
    assert_int_equal(again.id, first.id);
    assert_int_equal(again.attempts, 2);
    assert_int_equal(again.upto, 1);
    assert_string_equal(again.why, "no memory");
    now_ms += 19000;
    assert_true(case_claim(JOB_ANALYSE, NULL, &job));
    assert_int_equal(job.revision, 2);
    assert_int_equal(job.upto, 3);
    MUST(queue_finish(db, &again, NULL, 0, NULL, 0, "{}", &err));
    case_arrives("1.2", "1.2.4", &demand); /* DONE */
    now_ms += 20000;
    assert_true(case_claim(JOB_ANALYSE, NULL, &job));
    assert_int_equal(job.revision, 3);
    assert_int_equal(case_number("SELECT count(*) FROM job"), 3);
}

static void models_and_routes_are_apart(void **state)
{
    struct object image = case_image("1.2", "1.2.1", "A");
    struct job_demand demands[3] = {case_demand(), case_demand(),
                                    case_demand()};
    enum receipt receipt;

    (void)state;
    snprintf(demands[1].model, sizeof demands[1].model, "hip");
    snprintf(demands[2].route, sizeof demands[2].route, "other");
    MUST(queue_receive(db, &image, demands, 3, NULL, 0, &receipt, &err));
    assert_int_equal(case_number("SELECT count(*) FROM job"), 3);
    assert_int_equal(case_number("SELECT count(*) FROM selection"), 2);
}

static void forwards_are_queued(void **state)
{
    struct object image = case_image("1.2", "1.2.1", "A");
    struct job forward = {.priority = 7};
    enum receipt receipt;

    (void)state;
    snprintf(forward.key, sizeof forward.key, "archive");
    snprintf(forward.route, sizeof forward.route, "long-leg");
    MUST(queue_receive(db, &image, NULL, 0, &forward, 1, &receipt, &err));
    assert_false(case_claim(JOB_SEND, "pacs", &job));
    assert_true(case_claim(JOB_SEND, "archive", &job));
    assert_int_equal(job.object_id, image.id);
    assert_int_equal(job.alternate_id, 0);
    assert_int_equal(job.priority, 7);
    assert_string_equal(job.study_uid, "1.2");
    assert_int_equal(
        (queue_receive(db, &image, NULL, 0, &forward, 1, &receipt, &err),
         receipt),
        RECEIPT_DUPLICATE);
    assert_int_equal(case_number("SELECT count(*) FROM job"), 1);
}

static void all_or_nothing(void **state)
{
    struct object image = case_image("1.2", "1.2.1", "A");
    struct job_demand demand = case_demand();
    enum receipt receipt;

    (void)state;
    demand.priority = 10;
    REFUSES(queue_receive(db, &image, &demand, 1, NULL, 0, &receipt, &err),
            ERR_REJECT,
            "database: CHECK constraint failed: priority BETWEEN 0 AND 9 "
            "(SQLite 275)");
    assert_int_equal(image.id, 0);
    assert_int_equal(case_number("SELECT count(*) FROM object"), 0);
    assert_int_equal(case_number("SELECT count(*) FROM selection"), 0);
}

static void text_is_only_text(void **state)
{
    const char *evil = "'); DROP TABLE job;--";
    struct object image = case_image("1.2", "1.2.1", "A");
    struct job_demand demand = case_demand();

    (void)state;
    snprintf(image.calling_ae, sizeof image.calling_ae, "%.16s", evil);
    snprintf(image.study_uid, sizeof image.study_uid, "%s", evil);
    case_receive(&image, &demand);
    now_ms += 20000;
    assert_true(case_claim(JOB_ANALYSE, NULL, &job));
    assert_string_equal(job.study_uid, evil);
    case_sound();
}

static void own_results_are_known(void **state)
{
    struct job_demand demand = case_demand();
    struct object result = case_image("1.2", "2.25.7", "R");

    (void)state;
    case_arrives("1.2", "1.2.1", &demand);
    now_ms += 20000;
    assert_true(case_claim(JOB_ANALYSE, NULL, &job));
    assert_false(queue_is_result(db, "2.25.7"));
    MUST(queue_finish(db, &job, &result, 1, NULL, 0, "{}", &err));
    assert_true(queue_is_result(db, "2.25.7"));
    assert_false(queue_is_result(db, "1.2.1"));
}

/* The clock goes back ten years: the study waits for its quiet time, not for
 * ten years. */
static void clock_goes_back(void **state)
{
    struct job_demand demand = case_demand();

    (void)state;
    case_arrives("1.2", "1.2.1", &demand);
    now_ms += 5000;
    now_ms -= INT64_C(315360000000);
    assert_false(case_claim(JOB_ANALYSE, NULL, &job));
    expect_due_in(20000);
    case_arrives("1.2", "1.2.2", &demand);
    expect_due_in(20000);
    now_ms += 20000;
    assert_true(case_claim(JOB_ANALYSE, NULL, &job));
    /* A lease from the future ends, too. */
    now_ms -= INT64_C(3600000);
    assert_false(case_claim(JOB_ANALYSE, NULL, &job));
    now_ms += 60000;
    assert_true(case_claim(JOB_ANALYSE, NULL, &job));
    assert_int_equal(job.attempts, 2);
}

static void small_corrections_are_no_jump(void **state)
{
    struct job_demand demand = case_demand();

    (void)state;
    case_arrives("1.2", "1.2.1", &demand);
    now_ms -= 59000;
    assert_false(case_claim(JOB_ANALYSE, NULL, &job));
    expect_due_in(79000);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, case_setup, case_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(receipts),
        TEST(newest_version_is_analysed),
        TEST(quiet_starts_it),
        TEST(cap_bounds_the_wait),
        TEST(needs_start_it_at_once),
        TEST(count_starts_it_at_once),
        TEST(needs_and_count),
        TEST(incomplete_is_analysed_after_quiet),
        TEST(incomplete_is_held_at_cap),
        TEST(complete_is_not_held),
        TEST(late_images_make_revisions),
        TEST(models_and_routes_are_apart),
        TEST(forwards_are_queued),
        TEST(all_or_nothing),
        TEST(text_is_only_text),
        TEST(own_results_are_known),
        TEST(clock_goes_back),
        TEST(small_corrections_are_no_jump),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
