/* cli/history_print.c: one history as tables and as CSV that a spreadsheet
 * cannot run. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "cli/history_print.c"
#include "cli/table.c"
#include "cli/text.c"

bool history_wanted(const struct history_view *view,
                    const struct history_row *row)
{
    return !view->measure || strcmp(view->measure, row->measure) == 0;
}

void study_key(struct db *db, const char *study_uid, char out[static STUDY_KEY])
{
    (void)db;
    snprintf(out, STUDY_KEY, "key-of-%.9s", study_uid);
}

static struct history_row rows[] = {{.origin = HISTORY_OWN,
                                     .measure = "hka",
                                     .site = "lower_limb",
                                     .side = SIDE_RIGHT,
                                     .value = 178.256,
                                     .unit = "deg",
                                     .confidence = 0.934,
                                     .study_date = "20240105",
                                     .study_uid = "1.2",
                                     .calibration = CALIBRATION_OBJECT,
                                     .model = "leg-alignment",
                                     .version = "1.0.0",
                                     .tracking_uid = "2.25.1"},
                                    {.origin = HISTORY_OWN,
                                     .measure = "balance",
                                     .value = -3.25,
                                     .unit = "mm",
                                     .study_date = "20240105",
                                     .study_uid = "1.2",
                                     .model = "spine",
                                     .version = "1",
                                     .tracking_uid = "2.25.2"},
                                    {.origin = HISTORY_REPORT,
                                     .measure = "hka",
                                     .side = SIDE_RIGHT,
                                     .value = 176,
                                     .unit = "deg",
                                     .study_uid = "1.3",
                                     .model = "leg-alignment",
                                     .version = "1.1.0",
                                     .tracking_uid = "2.25.1"}};
static struct history history = {.rows = rows, .n = 3};
static struct history_view view = {.history = &history};

static char *printed(void (*print)(const struct history_view *view, FILE *out))
{
    char *text = NULL;
    size_t n;
    FILE *out = open_memstream(&text, &n);

    print(&view, out);
    fclose(out);
    return text;
}

static void a_table_for_each_measure(void **state)
{
    char *text = printed(history_text);

    (void)state;
    assert_string_equal(
        text,
        "right hka, deg, lower_limb\n"
        "date         value  confidence  calibration  model                "
        "from    study\n"
        "2024-01-05  178.26        0.93  object       leg-alignment 1.0.0  "
        "own     study=key-of-1.2\n"
        "unknown     176.00        0.00  none         leg-alignment 1.1.0  "
        "report  study=key-of-1.3\n"
        "\n"
        "balance, mm\n"
        "date        value  confidence  calibration  model    from  study\n"
        "2024-01-05  -3.25        0.00  none         spine 1  own   "
        "study=key-of-1.2\n");
    free(text);
    view.measure = "balance";
    text = printed(history_text);
    assert_ptr_equal(strstr(text, "balance, mm\n"), text);
    assert_null(strstr(text, "hka"));
    free(text);
    view.measure = NULL;
}

static void csv_does_nothing(void **state)
{
    char *text;

    (void)state;
    strcpy(history.patient.issuer, "=cmd|' /C calc'!A0");
    strcpy(history.patient.id, "a \"b\", c");
    strcpy(rows[0].body_part, "@SUM(1)");
    strcpy(rows[0].view, "\tx");
    strcpy(rows[0].model, "-1+1,");
    strcpy(rows[0].route, "+1");
    view.measure = "hka";
    history.n = 1;
    text = printed(history_csv);
    assert_string_equal(
        text,
        "issuer,patient_id,measure,side,site,modifier,concept,study_date,value,"
        "unit,confidence,calibration,implant,input,view,body_part,model,"
        "version,weights_sha256,origin,route,revision,tracking_uid,study,"
        "study_uid,series_uid,sop_class,sop_uid,frame,sha256,sr_uid\r\n"
        "'=cmd|' /C calc'!A0,\"a \"\"b\"\", "
        "c\",hka,right,lower_limb,,,20240105,"
        "178.2560,deg,0.9340,object,false,,'\tx,'@SUM(1),\"'-1+1,\",1.0.0,,own,"
        "'+1,0,2.25.1,key-of-1.2,1.2,,,,0,,\r\n");
    free(text);
    /* numbers stay numbers */
    view.measure = "balance";
    history.n = 3;
    text = printed(history_csv);
    assert_non_null(strstr(text, ",-3.2500,mm,"));
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_table_for_each_measure),
        cmocka_unit_test(csv_does_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
