/* db/rebuild: jobs come back as they ended, images that they did not cover wait
 * for the next revision, and nothing is done twice. */
#include "test/unit/queue_case.h"

#include "db/meta.h"
#include "db/rebuild.h"

#define STUDY "1.2"

static struct job job;

static struct result_of of(int64_t revision, int64_t images)
{
    struct result_of result = {.route = "long-leg",
                               .model = "leg-alignment",
                               .revision = revision,
                               .images = images,
                               .part = 1,
                               .parts = 1};

    return result;
}

static void images(int n)
{
    struct job_demand demand = case_demand();
    static int serial;
    char uid[32];

    while (n-- > 0) {
        snprintf(uid, sizeof uid, STUDY ".%d", ++serial);
        case_arrives(STUDY, uid, &demand);
    }
}

static void claim(int64_t revision, int64_t covered)
{
    struct result_of result = of(revision, covered);

    MUST(rebuild_claim(db, STUDY, &result, 5, &job, &err));
}

/* The result of the revision, and its delivery. */
static void finish(int64_t revision)
{
    struct job send = {.key = "pacs", .object_id = 1};
    struct object result;
    char uid[32];

    snprintf(uid, sizeof uid, "2.25.%d", (int)revision);
    result = case_image(STUDY, uid, uid);
    MUST(queue_finish(db, &job, &result, 1, &send, 1, "{}", &err));
}

static int64_t jobs(const char *where)
{
    char sql[256];

    snprintf(sql, sizeof sql, "SELECT count(*) FROM job WHERE %s", where);
    return case_number(sql);
}

static void an_analysis_is_done_again_as_it_was(void **state)
{
    (void)state;
    images(3);
    claim(1, 3);
    assert_int_not_equal(job.id, 0);
    assert_int_equal(job.revision, 1);
    finish(1);
    assert_int_equal(jobs("stage = 1"), 1);
    assert_int_equal(jobs("stage = 1 AND state = 3 AND upto = 3"), 1);
    assert_int_equal(jobs("stage = 2 AND state = 1"), 1);
    /* Once. */
    claim(1, 3);
    assert_int_equal(job.id, 0);
    case_sound();
}

static void what_it_did_not_cover_is_the_next_revision(void **state)
{
    (void)state;
    images(3);
    claim(1, 2);
    assert_int_equal(jobs("stage = 1 AND state = 1 AND revision = 2 AND seen "
                          "= 1 AND upto IS NULL"),
                     1);
    finish(1);
    assert_true(case_claim(JOB_ANALYSE, NULL, &job));
    assert_int_equal(job.revision, 2);
    case_sound();
}

static void revisions_in_their_order(void **state)
{
    (void)state;
    images(4);
    claim(1, 1);
    finish(1);
    claim(2, 3);
    finish(2);
    claim(3, 4);
    finish(3);
    assert_int_equal(jobs("stage = 1 AND state = 3"), 3);
    assert_int_equal(jobs("stage = 1 AND state = 1"), 0);
    assert_int_equal(jobs("stage = 1 AND (revision, upto) IN "
                          "((1, 1), (2, 3), (3, 4))"),
                     3);
    /* A late image goes on from there. */
    images(1);
    assert_int_equal(jobs("stage = 1 AND state = 1 AND revision = 4"), 1);
    case_sound();
}

/* The first revision had nothing to say. */
static void a_revision_without_a_result(void **state)
{
    (void)state;
    images(2);
    claim(2, 2);
    finish(2);
    assert_int_equal(jobs("stage = 1"), 1);
    assert_int_equal(jobs("stage = 1 AND state = 3 AND revision = 2"), 1);
}

/* Its images are lost or no route wants them any more. */
static void results_without_images(void **state)
{
    (void)state;
    claim(1, 3);
    assert_int_not_equal(job.id, 0);
    finish(1);
    assert_int_equal(jobs("stage = 1 AND state = 3 AND revision = 1"), 1);
    case_sound();
}

/* A worker has it and will make the same again; a person dropped it. */
static void not_what_is_somebody_elses(void **state)
{
    struct job other;

    (void)state;
    images(1);
    now_ms += 3600000;
    assert_true(case_claim(JOB_ANALYSE, NULL, &other));
    claim(1, 1);
    assert_int_equal(job.id, 0);
    MUST(queue_bury(db, &other, "no", &err));
    claim(1, 1);
    assert_int_equal(job.id, 0);
}

/* Killed between claim and end: the next rebuild goes on. */
static void interrupted(void **state)
{
    (void)state;
    images(2);
    claim(1, 1);
    case_close();
    db = case_open();
    claim(1, 1);
    assert_int_not_equal(job.id, 0);
    finish(1);
    assert_int_equal(jobs("stage = 1"), 2);
    assert_int_equal(jobs("stage = 1 AND state = 1 AND revision = 2"), 1);
    case_sound();
}

static void known_and_stale(void **state)
{
    struct object object = case_image(STUDY, "1.2.1", "x");
    bool yes;

    (void)state;
    case_receive(&object, NULL);
    MUST(rebuild_known(db, object.path, &yes, &err));
    assert_true(yes);
    MUST(rebuild_known(db, "obj/00/none.dcm", &yes, &err));
    assert_false(yes);
    MUST(rebuild_stale(db, &object, &yes, &err));
    assert_false(yes);
    case_close();
    case_number("UPDATE object SET purged_ms = received_ms + 1 RETURNING 1");
    db = case_open();
    MUST(rebuild_stale(db, &object, &yes, &err));
    assert_true(yes);
    object.received_ms += 2; /* sent again after that */
    MUST(rebuild_stale(db, &object, &yes, &err));
    assert_false(yes);
}

static void reported(void **state)
{
    struct rebuild_report report = {.at_ms = START_MS}, last;
    bool due;

    (void)state;
    MUST(rebuild_due(db, &due, &err));
    assert_true(due); /* a new database */
    MUST(rebuild_done(db, &report, &err));
    MUST(rebuild_due(db, &due, &err));
    assert_false(due);
    MUST(rebuild_last(db, &last, &err));
    assert_int_equal(last.at_ms, 0); /* nothing was found */
    report.images = 3;
    report.results = 2;
    report.damaged = 1;
    MUST(meta_set(db, META_ASIDE, "/x/osteon.db.damaged-1", &err));
    MUST(rebuild_done(db, &report, &err));
    MUST(rebuild_last(db, &last, &err));
    assert_int_equal(last.at_ms, START_MS);
    assert_int_equal(last.images, 3);
    assert_int_equal(last.results, 2);
    assert_int_equal(last.damaged, 1);
    assert_string_equal(last.aside, "/x/osteon.db.damaged-1");
    assert_int_equal(case_number("SELECT count(*) FROM audit WHERE event = "
                                 "'database.rebuilt'"),
                     1);
    MUST(rebuild_done(db, &(struct rebuild_report){.at_ms = 1}, &err));
    MUST(rebuild_last(db, &last, &err));
    assert_int_equal(last.at_ms, START_MS);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, case_setup, case_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(an_analysis_is_done_again_as_it_was),
        TEST(what_it_did_not_cover_is_the_next_revision),
        TEST(revisions_in_their_order),
        TEST(a_revision_without_a_result),
        TEST(results_without_images),
        TEST(not_what_is_somebody_elses),
        TEST(interrupted),
        TEST(known_and_stale),
        TEST(reported),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
