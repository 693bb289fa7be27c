/* inference/infer_results.c, infer_files.c: which objects and files an analysis
 * leads to. With OSTEON_GOLDEN=DIR the files are left there. */
#include <fcntl.h>

#include "test/unit/result_shapes.h"

#include "inference/infer_results.h"

static struct fixture x;
static struct analysis analysis;
static struct outcome outcome;

/* An analysis of the shape; its picture is empty. */
static void analyzed(shape *make)
{
    static unsigned char pixels[FIXTURE_ROWS * FIXTURE_COLUMNS];
    struct dcm *image = fixture_image();

    fixture_make(&x, "film.dcm");
    make(&x, image);
    fixture_save(image, x.path[0]);
    dcm_free(image);
    memset(&analysis, 0, sizeof(analysis));
    analysis.findings = x.findings;
    analysis.pictures[0] =
        (struct analyse_picture){FIXTURE_ROWS, FIXTURE_COLUMNS, pixels};
}

/* How many objects; out->charts says how many pages of a trend. */
static size_t objects(const struct conf_results *options)
{
    const struct outcome_request request = {.analysis = &analysis,
                                            .options = options,
                                            .source_paths = x.paths,
                                            .node_ae = "OSTEON",
                                            .secret = "0123456789abcdef",
                                            .content_ms = x.request.content_ms};
    struct err err = {0};
    size_t n;

    memset(&outcome, 0, sizeof(outcome));
    must(infer_build(&request, &outcome, &err), &err);
    n = outcome.n;
    outcome_free(&outcome);
    return n;
}

static void test_chart(void **state)
{
    struct conf_results options = {.sr = true, .series_number = 9001};

    (void)state;
    analyzed(changes);
    assert_int_equal(objects(&options), 2); /* and urgent key objects */
    assert_int_equal(outcome.charts, 0);
    options.chart = true;
    assert_int_equal(objects(&options), 5);
    assert_int_equal(outcome.chart, 2);
    assert_int_equal(outcome.charts, 3);
    for (size_t i = 0; i < 3; i++)
        assert_string_equal(outcome.items[1 + i].object.sop_class,
                            "1.2.840.10008.5.1.4.1.1.7");
    assert_string_not_equal(outcome.items[1].object.sop_uid,
                            outcome.items[2].object.sop_uid);
}

/* Nothing earlier, nothing to compare with: no page that says nothing. */
static void test_no_chart(void **state)
{
    const struct conf_results options = {
        .sr = true, .chart = true, .series_number = 9001};

    (void)state;
    analyzed(width);
    assert_int_equal(objects(&options), 1);
    analyzed(first_time);
    assert_int_equal(objects(&options), 1);
    analyzed(incomparable);
    assert_int_equal(objects(&options), 1);
    assert_int_equal(outcome.charts, 0);
}

static void many(struct fixture *its, struct dcm *image)
{
    (void)image;
    for (size_t i = 0; i < FINDINGS_CHANGES; i++) {
        struct measurement *m =
            shaped(its, "jsw", "joint_space_width", "mm", MEASURE_DISTANCE, 4);
        snprintf(m->id, sizeof(m->id), "jsw_%zu", i);
        compare(its, i, CHANGE_DECREASED, 5);
    }
}

static void test_most(void **state)
{
    const struct conf_results options = {.chart = true, .series_number = 9001};

    (void)state;
    analyzed(many);
    assert_int_equal(objects(&options), OUTCOME_CHARTS);
    assert_int_equal(outcome.charts, OUTCOME_CHARTS);
}

static const char *in_folder(const char *name)
{
    static char path[320];

    snprintf(path, sizeof(path), "%s/%s", golden_dir, name);
    return path;
}

static bool there(const char *name)
{
    return access(in_folder(name), R_OK) == 0;
}

static void saved(void)
{
    static char title[1][17] = {"OSTEON"};
    const struct conf conf = {.node = {.ae_titles = title, .n_ae_titles = 1}};
    const struct infer_saver saver = {&conf, golden_dir};
    struct analyse_source source = {.fd = open(x.path[0], O_RDONLY)};
    struct err err = {0};

    assert_true(source.fd >= 0);
    must(infer_save((void *)&saver, NULL, &analysis, &source, x.path[0], &err),
         &err);
    close(source.fd);
}

static void test_files(void **state)
{
    (void)state;
    for (size_t i = 0; i < 2; i++) /* of an earlier run */
        unlink(in_folder(i == 0 ? "film-chart.dcm" : "film-chart.png"));
    analyzed(width);
    saved();
    assert_true(there("film-sr.dcm") && there("film-sc.dcm") &&
                there("film-sc.png"));
    assert_true(there("film-summary.dcm") && there("film-summary.png"));
    assert_false(there("film-chart.dcm") || there("film-chart.png"));
    analyzed(changes);
    saved();
    assert_true(there("film-chart.dcm") && there("film-chart.png"));
    assert_true(there("film-chart-2.dcm") && there("film-chart-2.png"));
    assert_true(there("film-chart-3.dcm") && there("film-chart-3.png"));
    assert_false(there("film-chart-4.dcm") || there("film-chart-4.png"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_chart),
        cmocka_unit_test(test_no_chart),
        cmocka_unit_test(test_most),
        cmocka_unit_test(test_files),
    };

    return cmocka_run_group_tests(tests, golden_start, golden_end);
}
