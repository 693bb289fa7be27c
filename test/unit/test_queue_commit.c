/* Storage commitment in the database: what is asked, what an answer may
 * change, and when a person has to look. */
#include "test/unit/queue_case.h"

#include "db/destination.h"
#include "db/queue_commit.h"
#include "db/upkeep.h"

#define STUDY          "1.2.3"
#define SENDS(where)   "SELECT count(*) FROM job WHERE stage = 2 AND " where
#define COMMITS(where) "SELECT count(*) FROM job WHERE stage = 3 AND " where
#define AUDITS(event)  "SELECT count(*) FROM audit WHERE event = '" event "'"

/* An original of the study goes to the destination, which is asked. */
static void deliver(const char *uid, const char *dest, int64_t commit_ms)
{
    struct object object = case_image(STUDY, uid, uid);
    struct job forward = {.priority = 5}, job;
    enum receipt receipt;

    snprintf(forward.key, sizeof forward.key, "%s", dest);
    snprintf(forward.route, sizeof forward.route, "long-leg");
    MUST(queue_receive(db, &object, NULL, 0, &forward, 1, &receipt, &err));
    assert_true(case_claim(JOB_SEND, dest, &job));
    job.sent_id = job.object_id;
    job.commit_ms = commit_ms;
    MUST(queue_finish(db, &job, NULL, 0, NULL, 0, "{}", &err));
}

static struct job ask(const char *dest, char request[static 65])
{
    struct job job;

    now_ms += 2000;
    assert_true(case_claim(JOB_COMMIT, dest, &job));
    MUST(queue_commit_ask(db, &job, request, &err));
    MUST(queue_commit_asked(db, &job, 86400000, &err));
    return job;
}

static struct commit_words tell(const char *request, const char *uid,
                                uint16_t failure)
{
    struct commit_words out;
    char uids[1][65] = {""};
    struct job job;
    bool found;

    snprintf(uids[0], sizeof uids[0], "%s", uid);
    MUST(queue_commit_find(db, request, &job, &found, &err));
    assert_true(found);
    MUST(queue_commit_words(db, &job, (const char(*)[65])uids, &failure, 1, 500,
                            &out, &err));
    return out;
}

static void nobody_is_asked_unless_told(void **state)
{
    bool due;

    (void)state;
    deliver("1.2.3.1", "pacs", 0);
    now_ms += 100000;
    MUST(queue_commit_due(db, "pacs", &due, &err));
    assert_false(due);
    assert_int_equal(case_number(COMMITS("1")), 0);
    assert_int_equal(case_number(SENDS("sent_id = object_id AND "
                                       "committed = 0")),
                     1);
}

static void one_question_for_a_study(void **state)
{
    struct commit_object *objects;
    struct job job;
    size_t n;
    bool due;

    (void)state;
    deliver("1.2.3.1", "pacs", 2000);
    now_ms += 1500;
    deliver("1.2.3.2", "pacs", 2000);
    deliver("1.2.3.3", "other", 2000);
    now_ms += 1500;
    assert_false(case_claim(JOB_COMMIT, "pacs", &job));
    now_ms += 500;
    MUST(queue_commit_due(db, "pacs", &due, &err));
    assert_true(due);
    assert_true(case_claim(JOB_COMMIT, "pacs", &job));
    assert_string_equal(job.study_uid, STUDY);
    MUST(queue_commit_objects(db, &job, &objects, &n, &err));
    assert_int_equal(n, 2);
    assert_string_equal(objects[0].sop_uid, "1.2.3.1");
    assert_string_equal(objects[1].sop_uid, "1.2.3.2");
    assert_string_equal(objects[1].series_uid, STUDY ".1");
    free(objects);
}

static void committed_is_done(void **state)
{
    struct commit_words out;
    char request[65];

    (void)state;
    deliver("1.2.3.1", "pacs", 2000);
    deliver("1.2.3.2", "pacs", 2000);
    ask("pacs", request);
    out = tell(request, "1.2.3.1", 0);
    assert_int_equal(out.committed, 1);
    assert_int_equal(case_number(COMMITS("state = 1")), 1);
    out = tell(request, "1.2.3.2", 0);
    assert_int_equal(out.committed, 1);
    assert_false(out.duplicate);
    assert_int_equal(case_number(COMMITS("state = 3 AND done_ms > 0")), 1);
    assert_int_equal(case_number(SENDS("committed = 2")), 2);
    assert_int_equal(case_number(AUDITS("object.committed")), 2);
    out = tell(request, "1.2.3.1", 0x0112);
    assert_true(out.duplicate);
    assert_int_equal(out.resent, 0);
    assert_int_equal(case_number(SENDS("committed = 2 AND state = 3")), 2);
    assert_int_equal(case_number(AUDITS("object.uncommitted")), 0);
    case_sound();
}

static void a_report_speaks_for_its_own(void **state)
{
    struct commit_words out;
    char request[65];
    struct job job;
    bool found;

    (void)state;
    deliver("1.2.3.1", "pacs", 2000);
    deliver("1.2.3.2", "other", 2000);
    ask("pacs", request);
    out = tell(request, "1.2.3.2", 0);
    assert_int_equal(out.committed, 0);
    out = tell(request, "1.2.3.9", 0x0110);
    assert_int_equal(out.resent, 0);
    assert_int_equal(case_number(SENDS("committed = 1 AND state = 3")), 2);
    assert_int_equal(case_number("SELECT count(*) FROM audit WHERE event "
                                 "GLOB 'object.*committed'"),
                     0);
    MUST(queue_commit_find(db, "1.2.3.4", &job, &found, &err));
    assert_false(found);
    MUST(queue_commit_find(db, "", &job, &found, &err));
    assert_false(found);
}

static void refused_is_sent_again_then_dead(void **state)
{
    struct commit_words out;
    char request[65];
    struct job job;
    int round;

    (void)state;
    deliver("1.2.3.1", "pacs", 2000);
    for (round = 1; round <= COMMIT_ROUNDS; round++) {
        ask("pacs", request);
        out = tell(request, "1.2.3.1", 0x0110);
        assert_int_equal(out.resent, 1);
        assert_int_equal(case_number(COMMITS("state IN (1, 2)")), 0);
        assert_false(case_claim(JOB_SEND, "pacs", &job));
        now_ms += 500;
        assert_true(case_claim(JOB_SEND, "pacs", &job));
        assert_int_equal(job.rounds, round);
        assert_string_equal(
            job.why, "destination pacs does not keep it: failure reason 0110");
        job.sent_id = job.object_id;
        job.commit_ms = 2000;
        MUST(queue_finish(db, &job, NULL, 0, NULL, 0, "{}", &err));
    }
    ask("pacs", request);
    out = tell(request, "1.2.3.1", 0x0110);
    assert_int_equal(out.dead, 1);
    assert_int_equal(case_number(SENDS("state = 4 AND committed = 3")), 1);
    assert_int_equal(case_number(AUDITS("object.uncommitted")), 4);
    assert_int_equal(case_number(AUDITS("delivery.failed")), 1);
    MUST(queue_retry(db, job.id, &err));
    assert_int_equal(case_number(SENDS("state = 1 AND rounds = 0")), 1);
}

static void silence_is_counted(void **state)
{
    char first[65], second[65];
    struct job job;
    bool found;

    (void)state;
    deliver("1.2.3.1", "pacs", 2000);
    ask("pacs", first);
    now_ms += 86400000 - 2000;
    job = ask("pacs", second);
    assert_int_equal(job.rounds, 1);
    assert_string_not_equal(first, second);
    MUST(queue_commit_find(db, first, &job, &found, &err));
    assert_false(found);
    MUST(queue_commit_find(db, second, &job, &found, &err));
    assert_true(found);
    assert_int_equal(job.rounds, 2);
    /* another delivery asks for everything, and counts anew */
    deliver("1.2.3.2", "pacs", 2000);
    job = ask("pacs", first);
    assert_int_equal(job.rounds, 0);
}

static void the_answer_may_be_faster(void **state)
{
    char request[65];
    struct job job;

    (void)state;
    deliver("1.2.3.1", "pacs", 2000);
    now_ms += 2000;
    assert_true(case_claim(JOB_COMMIT, "pacs", &job));
    MUST(queue_commit_ask(db, &job, request, &err));
    tell(request, "1.2.3.1", 0);
    MUST(queue_commit_asked(db, &job, 86400000, &err));
    assert_int_equal(case_number(COMMITS("state = 3")), 1);
    REFUSES(queue_commit_ask(db, &job, request, &err), ERR_RETRY,
            "job 2 is no longer ours: attempt 1 lost its lease");
}

static void nothing_is_purged_meanwhile(void **state)
{
    char request[65];
    int64_t files;

    (void)state;
    deliver("1.2.3.1", "pacs", 2000);
    ask("pacs", request);
    now_ms += 10 * INT64_C(86400000);
    MUST(upkeep_purge(db, 86400000, &files, &err));
    assert_int_equal(files, -1);
    tell(request, "1.2.3.1", 0);
    MUST(upkeep_purge(db, 86400000, &files, &err));
    assert_int_equal(files, -1);
    now_ms += 2 * INT64_C(86400000);
    MUST(upkeep_purge(db, 86400000, &files, &err));
    assert_int_equal(files, 1);
}

static struct destination_state seen;

static void see(void *ctx, const struct destination_state *state)
{
    (*(int *)ctx)++;
    seen = *state;
}

static void destinations_keep_their_since(void **state)
{
    int64_t began_ms = now_ms;
    int n = 0;

    (void)state;
    MUST(destination_note(db, "pacs", "down", "refused", &err));
    now_ms += 5000;
    MUST(destination_note(db, "pacs", "down", "no answer", &err));
    MUST(destination_each(db, see, &n, &err));
    assert_int_equal(n, 1);
    assert_int_equal(seen.since_ms, began_ms);
    assert_string_equal(seen.why, "no answer");
    MUST(destination_note(db, "pacs", "up", "", &err));
    MUST(destination_each(db, see, &n, &err));
    assert_int_equal(seen.since_ms, now_ms);
    assert_string_equal(seen.state, "up");
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, case_setup, case_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(nobody_is_asked_unless_told),
        TEST(one_question_for_a_study),
        TEST(committed_is_done),
        TEST(a_report_speaks_for_its_own),
        TEST(refused_is_sent_again_then_dead),
        TEST(silence_is_counted),
        TEST(the_answer_may_be_faster),
        TEST(nothing_is_purged_meanwhile),
        TEST(destinations_keep_their_since),
    };

    return cmocka_run_group_tests_name("queue_commit", tests, NULL, NULL);
}
