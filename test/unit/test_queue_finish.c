/* db/queue_finish, _admin, _objects and report: how jobs end, and what an
 * admin sees and may do. */
#include "test/unit/queue_case.h"

#include "db/report.h"

static struct job job;

static void busy(const char *study, struct job *out)
{
    struct job_demand demand = case_demand();
    char uid[80];

    snprintf(uid, sizeof uid, "%s.1", study);
    demand.count = 1;
    demand.priority = 7;
    case_arrives(study, uid, &demand);
    assert_true(case_claim(JOB_ANALYSE, NULL, out));
}

static void results_and_sends_in_one(void **state)
{
    struct object results[2] = {case_image("1.2", "2.25.1", "SR"),
                                case_image("1.2", "2.25.2", "SC")};
    struct job sends[2] = {{.key = "pacs", .object_id = 1},
                           {.key = "pacs", .object_id = 2}};
    struct object object;

    (void)state;
    busy("1.2", &job);
    MUST(queue_finish(db, &job, results, 2, sends, 2, "{\"n\":1}", &err));
    assert_int_equal(case_number("SELECT state FROM job WHERE id = 1"),
                     JOB_DONE);
    assert_int_equal(case_number("SELECT done_ms FROM job WHERE id = 1"),
                     now_ms);
    MUST(queue_object(db, results[1].id, &object, &err));
    assert_int_equal(object.kind, OBJECT_RESULT);
    assert_string_equal(object.sop_uid, "2.25.2");
    assert_true(case_claim(JOB_SEND, "pacs", &job));
    assert_int_equal(job.object_id, results[0].id);
    assert_int_equal(job.priority, 7);
    assert_string_equal(job.route, "long-leg");
    assert_string_equal(job.study_uid, "1.2");
    assert_string_equal(job.why, "");
    assert_true(case_claim(JOB_SEND, "pacs", &job));
    assert_int_equal(job.object_id, results[1].id);
}

static void twice_is_refused(void **state)
{
    struct object result = case_image("1.2", "2.25.1", "SR");

    (void)state;
    busy("1.2", &job);
    MUST(queue_finish(db, &job, NULL, 0, NULL, 0, "{}", &err));
    REFUSES(queue_finish(db, &job, &result, 1, NULL, 0, "{}", &err), ERR_RETRY,
            "job 1 is no longer ours: attempt 1 lost its lease");
    assert_int_equal(case_number("SELECT count(*) FROM object"), 1);
}

static void a_bad_index_undoes_all(void **state)
{
    struct object result = case_image("1.2", "2.25.1", "SR");
    struct job send = {.key = "pacs", .object_id = 2};

    (void)state;
    busy("1.2", &job);
    REFUSES(queue_finish(db, &job, &result, 1, &send, 1, "{}", &err), ERR_FATAL,
            "job 1: a delivery names result 2 of 1");
    assert_int_equal(case_number("SELECT state FROM job WHERE id = 1"),
                     JOB_BUSY);
    assert_int_equal(case_number("SELECT count(*) FROM object"), 1);
    assert_int_equal(result.id, 0);
    send.object_id = 1;
    MUST(queue_finish(db, &job, &result, 1, &send, 1, "{}", &err));
}

static void the_same_result_is_one_object(void **state)
{
    struct object result = case_image("1.2", "2.25.1", "SR");
    struct object again = case_image("1.2", "2.25.1", "SR");
    struct job_demand demand = case_demand();
    int64_t id;

    (void)state;
    busy("1.2", &job);
    MUST(queue_finish(db, &job, &result, 1, NULL, 0, "{}", &err));
    id = result.id;
    demand.count = 1;
    case_arrives("1.2", "1.2.7", &demand);
    assert_true(case_claim(JOB_ANALYSE, NULL, &job));
    MUST(queue_finish(db, &job, &again, 1, NULL, 0, "{}", &err));
    assert_int_equal(again.id, id);
}

static void predecessor(void **state)
{
    struct object sr = case_image("1.2", "2.25.1", "SR");
    struct object sc = case_image("1.2", "2.25.2", "SC");
    struct object results[2], found;
    struct job_demand demand = case_demand();

    (void)state;
    snprintf(sr.sop_class, 65, "1.2.840.10008.5.1.4.1.1.88.33");
    results[0] = sc;
    results[1] = sr;
    busy("1.2", &job);
    err_set(&err, ERR_FATAL, "of something else");
    assert_false(queue_predecessor(db, &job, &found, &err));
    assert_int_equal(err.code, ERR_NONE);
    MUST(queue_finish(db, &job, results, 2, NULL, 0, "{}", &err));
    demand.count = 1;
    case_arrives("1.2", "1.2.7", &demand);
    assert_true(case_claim(JOB_ANALYSE, NULL, &job));
    MUST(queue_predecessor(db, &job, &found, &err));
    assert_string_equal(found.sop_uid, "2.25.1");
}

static void defer_and_bury(void **state)
{
    (void)state;
    busy("1.2", &job);
    MUST(queue_defer(db, &job, 30000, "no answer", &err));
    now_ms += 29999;
    assert_false(case_claim(JOB_ANALYSE, NULL, &job));
    now_ms += 1;
    assert_true(case_claim(JOB_ANALYSE, NULL, &job));
    assert_string_equal(job.why, "no answer");
    MUST(queue_bury(db, &job, "not a leg", &err));
    assert_int_equal(case_number("SELECT state FROM job"), JOB_DEAD);
    assert_int_equal(case_number("SELECT why = 'not a leg' FROM job"), 1);
}

static void bury_with_what_says_so(void **state)
{
    struct object results[1] = {case_image("1.2", "2.25.1", "SR")};
    struct job send = {.key = "pacs", .object_id = 2};

    (void)state;
    busy("1.2", &job);
    REFUSES(queue_bury_with(db, &job, "no", results, 1, &send, 1, &err),
            ERR_FATAL, "job 1: a delivery names result 2 of 1");
    assert_int_equal(case_number("SELECT state FROM job"), JOB_BUSY);
    assert_int_equal(case_number("SELECT count(*) FROM audit WHERE event = "
                                 "'study.manual'"),
                     0);
    send.object_id = 1;
    MUST(queue_bury_with(db, &job, "no", results, 1, &send, 1, &err));
    assert_int_equal(case_number("SELECT state FROM job WHERE id = 1"),
                     JOB_DEAD);
    assert_int_equal(case_number("SELECT count(*) FROM audit WHERE event = "
                                 "'study.manual'"),
                     1);
    assert_int_equal(case_number("SELECT job_id FROM object WHERE sop_uid = "
                                 "'2.25.1' AND kind = 2"),
                     1);
    assert_true(case_claim(JOB_SEND, "pacs", &job));
    assert_string_equal(job.study_uid, "1.2");
}

static void a_burial_is_a_predecessor(void **state)
{
    struct object sr = case_image("1.2", "2.25.1", "SR"), found;

    (void)state;
    snprintf(sr.sop_class, 65, "1.2.840.10008.5.1.4.1.1.88.33");
    busy("1.2", &job);
    MUST(queue_bury_with(db, &job, "no", &sr, 1, NULL, 0, &err));
    MUST(queue_retry(db, job.id, &err));
    assert_true(case_claim(JOB_ANALYSE, NULL, &job));
    MUST(queue_predecessor(db, &job, &found, &err));
    assert_string_equal(found.sop_uid, "2.25.1");
}

static void given_back_is_not_counted(void **state)
{
    struct job again;

    (void)state;
    busy("1.2", &job);
    MUST(queue_give_back(db, &job, &err));
    assert_int_equal(case_number("SELECT attempts FROM job"), 0);
    REFUSES(queue_give_back(db, &job, &err), ERR_RETRY,
            "job 1 is no longer ours: attempt 1 lost its lease");
    assert_true(case_claim(JOB_ANALYSE, NULL, &again));
    assert_int_equal(again.attempts, 1);
    assert_int_equal(again.upto, job.upto);
}

static void old_sends_expire(void **state)
{
    struct object results[1] = {case_image("1.2", "2.25.1", "SR")};
    struct job send = {.key = "pacs", .object_id = 1};
    int64_t n;

    (void)state;
    busy("1.2", &job);
    MUST(queue_finish(db, &job, results, 1, &send, 1, "{}", &err));
    now_ms += 1000;
    MUST(queue_expire(db, JOB_SEND, "pacs", 1000, "72 h", &n, &err));
    assert_int_equal(n, 0);
    now_ms += 1;
    MUST(queue_expire(db, JOB_SEND, "other", 1000, "72 h", &n, &err));
    assert_int_equal(n, 0);
    MUST(queue_expire(db, JOB_SEND, "pacs", 1000, "72 h", &n, &err));
    assert_int_equal(n, 1);
    assert_false(case_claim(JOB_SEND, "pacs", &job));
    /* Retried by a person it has all its time again. */
    MUST(queue_retry(db, 2, &err));
    MUST(queue_expire(db, JOB_SEND, "pacs", 1000, "72 h", &n, &err));
    assert_int_equal(n, 0);
    assert_true(case_claim(JOB_SEND, "pacs", &job));
    assert_int_equal(job.attempts, 1);
}

static void verbs(void **state)
{
    (void)state;
    busy("1.2", &job);
    REFUSES(queue_retry(db, 1, &err), ERR_REJECT,
            "job 1 is busy: cannot retry it");
    REFUSES(queue_drop(db, 1, &err), ERR_REJECT,
            "job 1 is busy: cannot drop it");
    REFUSES(queue_hold(db, 1, &err), ERR_REJECT,
            "job 1 is busy: cannot hold it");
    REFUSES(queue_release(db, 1, &err), ERR_REJECT,
            "job 1 is busy: cannot release it");
    REFUSES(queue_hold(db, 99, &err), ERR_REJECT, "there is no job 99");
    MUST(queue_defer(db, &job, 0, "later", &err));
    MUST(queue_hold(db, 1, &err));
    assert_false(case_claim(JOB_ANALYSE, NULL, &job));
    MUST(queue_release(db, 1, &err));
    assert_true(case_claim(JOB_ANALYSE, NULL, &job));
    assert_int_equal(job.attempts, 2);
    MUST(queue_bury(db, &job, "no", &err));
    REFUSES(queue_release(db, 1, &err), ERR_REJECT,
            "job 1 is dead: cannot release it");
    MUST(queue_retry(db, 1, &err));
    assert_true(case_claim(JOB_ANALYSE, NULL, &job));
    assert_int_equal(job.attempts, 1);
    MUST(queue_finish(db, &job, NULL, 0, NULL, 0, "{}", &err));
    REFUSES(queue_drop(db, 1, &err), ERR_REJECT,
            "job 1 is done: cannot drop it");
}

static void retry_beside_a_newer_revision(void **state)
{
    struct job_demand demand = case_demand();

    (void)state;
    case_arrives("1.2", "1.2.1", &demand);
    MUST(queue_drop(db, 1, &err));
    case_arrives("1.2", "1.2.2", &demand);
    REFUSES(queue_retry(db, 1, &err), ERR_REJECT,
            "job 1: a newer revision of the same study, route and model is "
            "waiting already");
    case_sound();
}

static char seen[1024];

static void count(void *ctx, const struct report_count *row)
{
    (void)ctx;
    snprintf(seen + strlen(seen), sizeof seen - strlen(seen),
             "%s %s %s %lld %lld\n", job_stage_name(row->stage), row->key,
             job_state_name(row->state), (long long)row->count,
             (long long)(row->oldest_ms - START_MS));
}

static void list_job(void *ctx, const struct job *row, const char *summary)
{
    (void)ctx;
    snprintf(seen + strlen(seen), sizeof seen - strlen(seen), "%lld %s %s\n",
             (long long)row->id, job_state_name(row->state), summary);
}

static void list_object(void *ctx, const struct object *row)
{
    (void)ctx;
    snprintf(seen + strlen(seen), sizeof seen - strlen(seen), "%s\n",
             row->sop_uid);
}

static void reports(void **state)
{
    struct object result = case_image("1.2", "2.25.1", "SR");
    struct job send = {.key = "pacs", .object_id = 1};

    (void)state;
    busy("1.2", &job);
    MUST(queue_finish(db, &job, &result, 1, &send, 1, "{\"n\":1}", &err));
    now_ms += 5;
    busy("1.3", &job);
    seen[0] = '\0';
    MUST(report_counts(db, count, NULL, &err));
    assert_string_equal(seen, "analyse leg-alignment busy 1 5\n"
                              "analyse leg-alignment done 1 0\n"
                              "send pacs queued 1 0\n");
    seen[0] = '\0';
    MUST(report_jobs(db, NULL, list_job, NULL, &err));
    assert_string_equal(seen, "2 queued \n3 busy \n");
    seen[0] = '\0';
    MUST(report_jobs(db, "1.2", list_job, NULL, &err));
    assert_string_equal(seen, "1 done {\"n\":1}\n2 queued \n");
    seen[0] = '\0';
    MUST(report_objects(db, "1.2", list_object, NULL, &err));
    assert_string_equal(seen, "1.2.1\n2.25.1\n");
}

static void no_such_object(void **state)
{
    struct object object;

    (void)state;
    REFUSES(queue_object(db, 5, &object, &err), ERR_REJECT,
            "there is no object 5");
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, case_setup, case_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(results_and_sends_in_one),
        TEST(twice_is_refused),
        TEST(a_bad_index_undoes_all),
        TEST(the_same_result_is_one_object),
        TEST(predecessor),
        TEST(defer_and_bury),
        TEST(bury_with_what_says_so),
        TEST(a_burial_is_a_predecessor),
        TEST(given_back_is_not_counted),
        TEST(old_sends_expire),
        TEST(verbs),
        TEST(retry_beside_a_newer_revision),
        TEST(reports),
        TEST(no_such_object),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
