/* cli/findings.c, cli/status_gather.c: summaries and counts as they are shown.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "cli/alive.c"
#include "cli/findings.c"
#include "cli/plan.c"
#include "cli/status_gather.c"
#include "cli/status_storage.c"
#include "cli/study.c"
#include "cli/table.c"
#include "cli/text.c"

static void expect(const char *summary, const char *wanted)
{
    char *text = NULL;
    size_t n;
    FILE *out = open_memstream(&text, &n);

    findings_print(out, "  ", summary);
    fclose(out);
    assert_string_equal(text, wanted);
    free(text);
}

static void test_findings(void **state)
{
    (void)state;
    expect("{\"model\":\"leg-alignment\",\"version\":\"1.0.0\","
           "\"measurements\":[{\"id\":\"hka\",\"side\":\"right\","
           "\"value\":176.4217,\"unit\":\"deg\",\"confidence\":0.9319}],"
           "\"refused\":[{\"id\":\"leg_length\",\"side\":\"left\","
           "\"reason\":\"no pixel spacing\"},"
           "{\"id\":null,\"side\":null,\"reason\":\"no contrast\"}]}",
           "  model leg-alignment, version 1.0.0\n"
           "  right hka: 176.4 deg, confidence 0.93\n"
           "  left leg_length: no value, no pixel spacing\n"
           "  all measurements: no value, no contrast\n");
}

static void test_other_summaries(void **state)
{
    (void)state;
    expect("", "");
    expect("{}", "");
    expect("{\"status\":\"B000\",\"comment\":null,\"x\":[1]}",
           "  status B000\n");
    expect("\"sent\"", "  \"sent\"\n");
    expect("{\"ok\":true,\"bytes\":12,\"share\":0.35}",
           "  ok true, bytes 12, share 0.35\n");
    expect("{\"status\":\"0000\",\"status\":\"A700\"}",
           "  {\"status\":\"0000\",\"status\":\"A700\"}\n");
    expect("half a \x1b{", "  half a ?{\n");
    expect("{\"measurements\":7,\"refused\":[1]}", "  measurements 7\n");
}

static void test_queues(void **state)
{
    const struct report_count counts[] = {
        {JOB_ANALYSE, JOB_DONE, "leg", 40, 100},
        {JOB_ANALYSE, JOB_QUEUED, "leg", 3, 900},
        {JOB_ANALYSE, JOB_BUSY, "leg", 1, 800},
        {JOB_SEND, JOB_DEAD, "pacs", 2, 50},
        {JOB_SEND, JOB_QUEUED, "leg", 5, 60},
    };
    struct status_queue *queues;
    size_t n;

    (void)state;
    queues = status_queues(counts, 5, &n);
    assert_int_equal(n, 3);
    assert_string_equal(queues[0].key, "leg");
    assert_int_equal(queues[0].counts[JOB_DONE], 40);
    assert_int_equal(queues[0].counts[JOB_QUEUED], 3);
    assert_int_equal(queues[0].oldest_ms, 800);
    assert_int_equal(queues[1].counts[JOB_DEAD], 2);
    assert_int_equal(queues[1].oldest_ms, 0); /* nothing waits */
    assert_int_equal(queues[2].stage, JOB_SEND);
    assert_int_equal(queues[2].oldest_ms, 60);
    free(queues);
}

static void test_outcome(void **state)
{
    (void)state;
    static const struct {
        enum job_stage stage;
        enum job_state state;
        const char *summary, *outcome;
    } cases[] = {
        {JOB_ANALYSE, JOB_DEAD, "", "manual"},
        {JOB_ANALYSE, JOB_DONE, "{\"measurements\":[]}", "manual"},
        {JOB_ANALYSE, JOB_DONE, "{\"measurements\":[{\"id\":\"hka\"}]}",
         "measured"},
        {JOB_ANALYSE, JOB_QUEUED, "", NULL},
        {JOB_SEND, JOB_DEAD, "", NULL},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char summary[64];
        struct study_job job = {
            .job = {.stage = cases[i].stage, .state = cases[i].state},
            .summary = summary};
        const char *outcome;

        snprintf(summary, sizeof summary, "%s", cases[i].summary);
        outcome = study_outcome(&job);
        if (!cases[i].outcome)
            assert_null(outcome);
        else
            assert_string_equal(outcome, cases[i].outcome);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_outcome),
        cmocka_unit_test(test_findings),
        cmocka_unit_test(test_other_summaries),
        cmocka_unit_test(test_queues),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
