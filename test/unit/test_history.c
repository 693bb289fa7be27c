/* db/history: rows come with the end of their job or not at all, the newest
 * revision counts, and one person's numbers are never another's. */
#include "test/unit/queue_case.h"

#include <math.h>

#include "db/history.h"
#include "db/tracking.h"

static struct history_row rows[3];
static struct history history = {.rows = rows};

static void person(const char *issuer, const char *id)
{
    char who[TRACKING_PERSON];

    snprintf(history.patient.issuer, HISTORY_NAME, "%s", issuer);
    snprintf(history.patient.id, HISTORY_NAME, "%s", id);
    tracking_person(who, issuer, id, "1.2");
    tracking_key(history.patient.key, "secret", who);
}

static void row(size_t i, const char *measure, enum side side, double value,
                const char *date)
{
    rows[i] = (struct history_row){.side = side,
                                   .value = value,
                                   .unit = "deg",
                                   .confidence = 0.875,
                                   .series_uid = "1.2.1",
                                   .sop_class = "1.2.840.10008.5.1.4.1.1.1.1",
                                   .sop_uid = "1.2.1.1",
                                   .frame = 2,
                                   .input = "film",
                                   .view = "AP",
                                   .body_part = "LEG",
                                   .calibration = CALIBRATION_BALL,
                                   .implant = true,
                                   .model = "leg-alignment",
                                   .version = "1.1.0"};
    snprintf(rows[i].measure, sizeof rows[i].measure, "%s", measure);
    snprintf(rows[i].study_date, sizeof rows[i].study_date, "%s", date);
    tracking_uid(rows[i].tracking_uid, "secret", history.patient.id, measure,
                 "knee", side, 1);
    history.n = i + 1;
}

static void busy(const char *study, struct job *out)
{
    struct job_demand demand = case_demand();
    static unsigned images;
    char uid[80];

    snprintf(uid, sizeof uid, "%s.%u", study, ++images);
    demand.count = 1;
    case_arrives(study, uid, &demand);
    assert_true(case_claim(JOB_ANALYSE, NULL, out));
    for (size_t i = 0; i < 3; i++)
        snprintf(rows[i].study_uid, 65, "%s", study);
}

static void finish(const char *study)
{
    struct job job;

    busy(study, &job);
    MUST(queue_finish_measured(db, &job, NULL, 0, NULL, 0, "{}", &history,
                               &err));
}

static size_t known(struct history *out)
{
    MUST(history_of(db, history.patient.key, out, &err));
    return out->n;
}

static void rows_come_back_as_they_were(void **state)
{
    struct history out;
    struct history_row *got;

    (void)state;
    person("HOSPITAL", "4711");
    row(0, "hka", SIDE_LEFT, 178.25, "20240105");
    snprintf(rows[0].sr_uid, 65, "no report's");
    finish("1.2");
    assert_int_equal(known(&out), 1);
    got = &out.rows[0];
    assert_int_equal(got->origin, HISTORY_OWN);
    assert_string_equal(got->measure, "hka");
    assert_int_equal(got->side, SIDE_LEFT);
    assert_true(got->value == 178.25 && got->confidence == 0.875);
    assert_string_equal(got->unit, "deg");
    assert_string_equal(got->study_date, "20240105");
    assert_string_equal(got->study_uid, "1.2");
    assert_string_equal(got->series_uid, "1.2.1");
    assert_string_equal(got->sop_uid, "1.2.1.1");
    assert_int_equal(got->frame, 2);
    assert_string_equal(got->input, "film");
    assert_string_equal(got->view, "AP");
    assert_string_equal(got->body_part, "LEG");
    assert_int_equal(got->calibration, CALIBRATION_BALL);
    assert_true(got->implant);
    assert_string_equal(got->model, "leg-alignment");
    assert_string_equal(got->version, "1.1.0");
    assert_string_equal(got->tracking_uid, rows[0].tracking_uid);
    assert_string_equal(got->route, "long-leg");
    assert_int_equal(got->revision, 1);
    history_free(&out);
}

static void with_the_job_or_not_at_all(void **state)
{
    struct job job, send = {.key = "pacs", .object_id = 2};
    struct object result = case_image("1.2", "2.25.1", "SR");

    (void)state;
    person("", "4711");
    row(0, "hka", SIDE_LEFT, 178.25, "20240105");
    busy("1.2", &job);
    assert_false(queue_finish_measured(db, &job, &result, 1, &send, 1, "{}",
                                       &history, &err));
    assert_int_equal(case_number("SELECT count(*) FROM measure"), 0);
    rows[0].side = (enum side)7; /* the table refuses it */
    assert_false(queue_finish_measured(db, &job, &result, 1, NULL, 0, "{}",
                                       &history, &err));
    assert_int_equal(case_number("SELECT state FROM job WHERE id = 1"),
                     JOB_BUSY);
    rows[0].side = SIDE_LEFT;
    MUST(queue_finish_measured(db, &job, &result, 1, NULL, 0, "{}", &history,
                               &err));
    assert_false(queue_finish_measured(db, &job, &result, 1, NULL, 0, "{}",
                                       &history, &err));
    assert_int_equal(case_number("SELECT count(*) FROM measure"), 1);
}

static void the_newest_revision_counts(void **state)
{
    struct history out;

    (void)state;
    person("", "4711");
    row(0, "hka", SIDE_LEFT, 178, "20240105");
    row(1, "hka", SIDE_RIGHT, 179, "20240105");
    finish("1.2");
    row(0, "hka", SIDE_LEFT, 177, "20240105");
    finish("1.2");
    assert_int_equal(known(&out), 1);
    assert_true(out.rows[0].value == 177);
    assert_int_equal(out.rows[0].revision, 2);
    history_free(&out);
    /* one that measured nothing takes the numbers back */
    history.n = 0;
    finish("1.2");
    assert_int_equal(known(&out), 0);
    history_free(&out);
    assert_int_equal(case_number("SELECT count(*) FROM measure"), 3);
}

static void in_the_order_of_time(void **state)
{
    struct history out;

    (void)state;
    person("", "4711");
    row(0, "hka", SIDE_LEFT, 3, "20260105");
    finish("1.4");
    row(0, "hka", SIDE_LEFT, 1, "20230105");
    finish("1.2");
    row(0, "hka", SIDE_LEFT, 2, "20240105");
    row(1, "mpta", SIDE_LEFT, 2.5, "20240105");
    finish("1.3");
    assert_int_equal(known(&out), 4);
    assert_true(out.rows[0].value == 1 && out.rows[1].value == 2 &&
                out.rows[2].value == 2.5 && out.rows[3].value == 3);
    history_free(&out);
}

static void a_report_is_read_once(void **state)
{
    struct history out;

    (void)state;
    person("", "4711");
    row(0, "hka", SIDE_LEFT, 3, "20230105");
    row(1, "hka", SIDE_RIGHT, 4, "20230105");
    for (size_t i = 0; i < 2; i++) {
        snprintf(rows[i].study_uid, 65, "1.9");
        snprintf(rows[i].sr_uid, 65, "2.25.9");
    }
    MUST(history_add(db, &history, &err));
    rows[0].value = 5;
    MUST(history_add(db, &history, &err));
    assert_int_equal(known(&out), 2);
    assert_int_equal(out.rows[0].origin, HISTORY_REPORT);
    assert_string_equal(out.rows[0].sr_uid, "2.25.9");
    assert_true(out.rows[0].value == 3);
    history_free(&out);
}

static void whose_they_are(void **state)
{
    struct history_patient found[2];
    struct history out;
    size_t n = 2;

    (void)state;
    person("B", "4711");
    row(0, "hka", SIDE_LEFT, 1, "20230105");
    finish("1.2");
    person("A", "4711");
    finish("1.3");
    person("C", "4712");
    finish("1.4");
    MUST(history_patients(db, "4711", NULL, found, &n, &err));
    assert_int_equal(n, 2);
    assert_string_equal(found[0].issuer, "A");
    assert_string_equal(found[1].issuer, "B");
    assert_string_not_equal(found[0].key, found[1].key);
    MUST(history_patients(db, "4711", "B", found, &n, &err));
    assert_int_equal(n, 1);
    MUST(history_of(db, found[0].key, &out, &err));
    assert_int_equal(out.n, 1);
    assert_string_equal(out.rows[0].study_uid, "1.2");
    history_free(&out);
    MUST(history_patients(db, "471", NULL, found, &n, &err));
    assert_int_equal(n, 0);
}

static void nobody_has_no_history(void **state)
{
    (void)state;
    person("A", "");
    row(0, "hka", SIDE_LEFT, 1, "20230105");
    finish("1.2");
    person("A", "4711");
    rows[0].value = NAN;
    finish("1.3");
    assert_int_equal(case_number("SELECT count(*) FROM measure"), 0);
}

static void names_for_a_measure(void **state)
{
    struct findings f = {
        .measurements = {{.id = "a", .side = SIDE_LEFT},
                         {.id = "a", .side = SIDE_RIGHT},
                         {.id = "a", .side = SIDE_LEFT},
                         {.id = "a", .side = SIDE_LEFT, .site = "knee"}},
        .n_measurements = 4};
    char who[TRACKING_PERSON], one[65], other[65];

    (void)state;
    tracking_person(who, "I", "4711", "1.2");
    assert_string_equal(who, "I|4711");
    tracking_person(who, "I", "", "1.2");
    assert_string_equal(who, "study|1.2");
    tracking_uid(one, "s", "I|4711", "hka", "knee", SIDE_LEFT, 1);
    /* as every report so far has it */
    assert_string_equal(one, "2.25.290307218197734324748896780049716238798");
    tracking_uid(other, "t", "I|4711", "hka", "knee", SIDE_LEFT, 1);
    assert_string_not_equal(one, other);
    tracking_uid(other, "s", "I|4711", "hka", "knee", SIDE_LEFT, 2);
    assert_string_not_equal(one, other);
    assert_int_equal(tracking_ordinal(&f, 1), 1);
    assert_int_equal(tracking_ordinal(&f, 2), 2);
    assert_int_equal(tracking_ordinal(&f, 3), 1);
}

#define TEST(name)                                                             \
    cmocka_unit_test_setup_teardown(name, case_setup, case_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(rows_come_back_as_they_were), TEST(with_the_job_or_not_at_all),
        TEST(the_newest_revision_counts),  TEST(in_the_order_of_time),
        TEST(a_report_is_read_once),       TEST(whose_they_are),
        TEST(nobody_has_no_history),       TEST(names_for_a_measure),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
