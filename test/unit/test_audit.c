/* db/audit and the records of the queue: each change leaves its one row, in
 * the same transaction, with what the ledger promises and nothing more. */
#include "test/unit/queue_case.h"

#include <sys/wait.h>

#include "conf/json_line.h"
#include "conf/log.h"
#include "db/audit.h"
#include "db/study_key.h"
#include "db/upkeep.h"

static struct job job;

/* The newest row, as "event prog times {fields}". */
static const char *newest(void)
{
    static char text[4096];
    sqlite3 *handle;
    sqlite3_stmt *st;

    assert_int_equal(sqlite3_open(database, &handle), SQLITE_OK);
    sqlite3_db_config(handle, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
    assert_int_equal(sqlite3_prepare_v2(handle,
                                        "SELECT event, prog, times, fields "
                                        "FROM audit ORDER BY id DESC LIMIT 1",
                                        -1, &st, NULL),
                     SQLITE_OK);
    assert_int_equal(sqlite3_step(st), SQLITE_ROW);
    snprintf(text, sizeof text, "%s %s %d %s", sqlite3_column_text(st, 0),
             sqlite3_column_text(st, 1), sqlite3_column_int(st, 2),
             sqlite3_column_text(st, 3));
    sqlite3_finalize(st);
    sqlite3_close(handle);
    return text;
}

static int64_t rows(void)
{
    return case_number("SELECT count(*) FROM audit");
}

static const char *digest_of(const char *content)
{
    static char hex[65];

    sha256_hex(hex, content, strlen(content));
    return hex;
}

static void test_equal_events_are_counted(void **state)
{
    (void)state;
    for (int i = 0; i < 3; i++)
        MUST(audit_count(db, AUDIT_CALLER_REFUSED,
                         json_pack("{s:s}", "calling_ae", "EVIL"), &err));
    MUST(audit_count(db, AUDIT_CALLER_REFUSED,
                     json_pack("{s:s}", "calling_ae", "OTHER"), &err));
    assert_int_equal(rows(), 2);
    assert_int_equal(
        case_number("SELECT times FROM audit WHERE fields GLOB '*EVIL*'"), 3);
    assert_string_equal(newest(),
                        "caller.refused test 1 {\"calling_ae\":\"OTHER\"}");
}

static void test_receipts(void **state)
{
    struct object object = case_image("1.2", "1.2.1", "bytes");
    char wanted[1024];

    (void)state;
    case_receive(&object, NULL);
    snprintf(wanted, sizeof wanted,
             "object.received test 1 {\"object\":1,\"study_uid\":\"1.2\","
             "\"sop_class\":\"1.2.840.10008.5.1.4.1.1.1.1\","
             "\"sop_uid\":\"1.2.1\",\"sha256\":\"%s\",\"receipt\":\"new\","
             "\"calling_ae\":\"MODALITY\",\"called_ae\":\"OSTEON\","
             "\"bytes\":1000}",
             digest_of("bytes"));
    assert_string_equal(newest(), wanted);
    case_receive(&object, NULL);
    assert_non_null(strstr(newest(), "\"receipt\":\"duplicate\""));
    assert_non_null(strstr(newest(), "\"object\":1,"));
    MUST(queue_restore(db, &object, &err));
    assert_non_null(strstr(newest(), "\"receipt\":\"restored\""));
    object = case_image("1.2", "1.2.1", "others");
    case_receive(&object, NULL);
    assert_non_null(strstr(newest(), "\"receipt\":\"replaced\""));
    assert_int_equal(rows(), 4);
}

/* No object without its record, and no record without its object. */
static void test_a_refused_receipt_leaves_no_row(void **state)
{
    struct object first = case_image("1.2", "1.2.1", "a"), second;

    (void)state;
    case_receive(&first, NULL);
    second = case_image("1.2", "1.2.2", "b");
    memcpy(second.path, first.path, sizeof second.path);
    memset(&err, 0, sizeof err);
    assert_false(
        queue_receive(db, &second, NULL, 0, NULL, 0, &(enum receipt){0}, &err));
    assert_int_equal(rows(), 1);
}

static void claimed(void)
{
    struct job_demand demand = case_demand();

    demand.count = 1;
    case_arrives("1.2", "1.2.1", &demand);
    assert_true(case_claim(JOB_ANALYSE, NULL, &job));
}

static void test_analysed_and_sent(void **state)
{
    struct object result = case_image("1.2", "1.2.9", "sr");
    struct job send = {.stage = JOB_SEND, .key = "pacs", .object_id = 1};
    char wanted[1024], input[65];

    (void)state;
    claimed();
    memcpy(input, digest_of("1.2.1"), sizeof input);
    MUST(queue_finish(db, &job, &result, 1, &send, 1,
                      "{\"model\":\"m\",\"version\":\"1.0\","
                      "\"weights_sha256\":\"ab\",\"config_sha256\":\"cd\","
                      "\"measurements\":[]}",
                      &err));
    snprintf(
        wanted, sizeof wanted,
        "study.analysed test 1 {\"job\":1,\"stage\":\"analyse\","
        "\"study_uid\":\"1.2\",\"route\":\"long-leg\","
        "\"model\":\"leg-alignment\",\"revision\":1,\"version\":\"1.0\","
        "\"weights_sha256\":\"ab\",\"config_sha256\":\"cd\",\"measured\":0,"
        "\"inputs\":[{"
        "\"sop_class\":\"1.2.840.10008.5.1.4.1.1.1.1\",\"sop_uid\":"
        "\"1.2.1\",\"sha256\":\"%s\"}],\"results\":[{\"sop_class\":"
        "\"1.2.840.10008.5.1.4.1.1.1.1\",\"sop_uid\":\"1.2.9\","
        "\"sha256\":\"%s\"}]}",
        input, digest_of("sr"));
    assert_string_equal(newest(), wanted);

    assert_true(case_claim(JOB_SEND, "pacs", &job));
    MUST(queue_finish(db, &job, NULL, 0, NULL, 0,
                      "{\"status\":\"B007\",\"object\":2}", &err));
    assert_non_null(strstr(newest(), "object.sent test 1 {\"object\":2,"));
    assert_non_null(strstr(newest(), "\"sop_uid\":\"1.2.9\""));
    assert_non_null(
        strstr(newest(), "\"destination\":\"pacs\",\"status\":\"B007\"}"));
}

static void test_buried_is_manual(void **state)
{
    (void)state;
    claimed();
    MUST(queue_bury(db, &job, "the film is damaged", &err));
    assert_string_equal(
        newest(), "study.manual test 1 {\"job\":1,\"stage\":\"analyse\","
                  "\"study_uid\":\"1.2\",\"route\":\"long-leg\","
                  "\"model\":\"leg-alignment\",\"revision\":1,\"attempts\":1,"
                  "\"reason\":\"the film is damaged\"}");
    /* not ours any more: no second record */
    memset(&err, 0, sizeof err);
    assert_false(queue_bury(db, &job, "again", &err));
    assert_int_equal(rows(), 2);
}

static void test_expired_deliveries_are_failures(void **state)
{
    struct object object = case_image("1.2", "1.2.1", "a");
    struct job forward = {.stage = JOB_SEND, .key = "pacs", .priority = 5};
    char wanted[1024];
    enum receipt receipt;
    int64_t n;

    (void)state;
    MUST(queue_receive(db, &object, NULL, 0, &forward, 1, &receipt, &err));
    now_ms += 10000;
    MUST(queue_expire(db, JOB_SEND, "pacs", 5000, "too old", &n, &err));
    assert_int_equal(n, 1);
    snprintf(wanted, sizeof wanted,
             "delivery.failed test 1 {\"job\":1,\"stage\":\"send\","
             "\"study_uid\":\"1.2\",\"route\":\"\","
             "\"destination\":\"pacs\","
             "\"sop_class\":\"1.2.840.10008.5.1.4.1.1.1.1\","
             "\"sop_uid\":\"1.2.1\",\"sha256\":\"%s\","
             "\"attempts\":0,\"reason\":\"too old\"}",
             digest_of("a"));
    assert_string_equal(newest(), wanted);
    assert_int_equal(case_number("SELECT state FROM job"), JOB_DEAD);
}

static void test_what_a_person_did(void **state)
{
    struct job_demand demand = case_demand();

    (void)state;
    case_arrives("1.2", "1.2.1", &demand);
    MUST(queue_hold(db, 1, &err));
    assert_non_null(strstr(newest(), "job.held test 1 {\"job\":1,"));
    assert_non_null(strstr(newest(), ",\"user\":\""));
    MUST(queue_release(db, 1, &err));
    assert_non_null(strstr(newest(), "job.released "));
    MUST(queue_drop(db, 1, &err));
    assert_non_null(strstr(newest(), "job.dropped "));
    MUST(queue_retry(db, 1, &err));
    assert_non_null(strstr(newest(), "job.retried "));
    assert_int_equal(rows(), 5);
    REFUSES(queue_release(db, 1, &err), ERR_REJECT,
            "job 1 is queued: cannot release it");
    assert_int_equal(rows(), 5);
}

static void test_a_rebuilt_object_says_so(void **state)
{
    (void)state;
    audit_rebuilding(db);
    case_arrives("1.2", "1.2.1", NULL);
    assert_non_null(strstr(newest(), "\"receipt\":\"new\","));
    assert_non_null(strstr(newest(), ",\"rebuilt\":true}"));
}

static void test_key_leads_back_to_its_study(void **state)
{
    char key[STUDY_KEY], uid[65];
    bool found;

    (void)state;
    case_arrives("1.2", "1.2.1", NULL);
    case_arrives("1.3", "1.3.1", NULL);
    study_key(db, "1.3", key);
    assert_int_equal(strlen(key), 16);
    MUST(study_key_find(db, key, uid, &found, &err));
    assert_true(found);
    assert_string_equal(uid, "1.3");
    MUST(study_key_find(db, "0123456789abcdef", uid, &found, &err));
    assert_false(found);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, case_teardown)

static int setup(void **state)
{
    log_start("test");
    return case_setup(state);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_equal_events_are_counted),
        TEST(test_receipts),
        TEST(test_a_refused_receipt_leaves_no_row),
        TEST(test_analysed_and_sent),
        TEST(test_buried_is_manual),
        TEST(test_expired_deliveries_are_failures),
        TEST(test_what_a_person_did),
        TEST(test_a_rebuilt_object_says_so),
        TEST(test_key_leads_back_to_its_study),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
