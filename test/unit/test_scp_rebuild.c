/* scp/rebuild, keep and routing_apart: the spool alone makes the rows, whatever
 * the parser does with an object. dcm_read() is this program's own: it crashes
 * when a test says so. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/stat.h>

#include "db/report.h"
#include "dicom/dataset.h"

static bool crashes;
static struct dcm *read_or_crash(const char *path, struct err *err)
{
    if (crashes)
        signal(SIGSEGV, SIG_DFL), raise(SIGSEGV);
    return dcm_read(path, err);
}
#define dcm_read read_or_crash

#include "scp/keep.c"
#include "scp/rebuild.c"
#include "scp/rebuild_find.c"
#include "scp/routing.c"
#include "scp/routing_apart.c"
#include "scp/sops.c"

#define CLASS    "1.2.840.10008.5.1.4.1.1.1"
#define REPORT   "1.2.840.10008.5.1.4.1.1.88.33"
#define EXPLICIT "1.2.840.10008.1.2.1"
#define STUDY    "1.2.3"

static char root[64];
static struct conf *conf;
static struct err err;
static volatile sig_atomic_t never, now = 1;

static const char yaml[] = "node:\n"
                           "  ae_titles: [OSTEON]\n"
                           "  limits: {free: 1MiB, ballast: 0}\n"
                           "callers:\n"
                           "- {ae: CR1, address: 127.0.0.1}\n"
                           "destinations:\n"
                           "  pacs: {ae: PACS, host: 127.0.0.1, port: 104}\n"
                           "models: models\n"
                           "routes:\n"
                           "- name: legs\n"
                           "  match: {Modality: CR}\n"
                           "  models: [leg-alignment]\n"
                           "  complete: {quiet: 1s, cap: 1m}\n"
                           "  results: [sr]\n"
                           "  send: [pacs]\n";

static int setup(void **state)
{
    struct conf_override over = {.state = root};
    char path[512];
    FILE *out;

    (void)state;
    crashes = false;
    memset(&err, 0, sizeof err);
    snprintf(root, sizeof root, "/tmp/osteon-rebuild-XXXXXX");
    assert_non_null(mkdtemp(root));
    snprintf(path, sizeof path,
             "mkdir -p %s/models/leg-alignment && "
             ": >%s/models/leg-alignment/model.yaml",
             root, root);
    assert_int_equal(system(path), 0);
    snprintf(path, sizeof path, "%s/osteon.yaml", root);
    out = fopen(path, "w");
    fputs(yaml, out);
    fclose(out);
    conf = conf_load(path, &over, &err);
    if (conf == NULL || !spool_prepare(conf->node.spool, &err))
        fail_msg("%s", err.msg);
    return 0;
}

static int teardown(void **state)
{
    char command[128];

    (void)state;
    conf_free(conf);
    snprintf(command, sizeof command, "rm -r %s", root);
    return system(command);
}

/* A file in the spool without a row, as a crash or a lost database leaves it.
 */
static struct object spooled(const char *uid, const char *sop_class,
                             const struct result_of *of)
{
    struct object object = {.kind = of ? OBJECT_RESULT : OBJECT_RECEIVED,
                            .transfer_syntax = EXPLICIT,
                            .calling_ae = "CR1",
                            .called_ae = "OSTEON",
                            .study_uid = STUDY,
                            .series_uid = "1.2.3.4",
                            .received_ms = 1780000000000};
    struct dcm *set = dcm_new();
    struct spool_file *file;
    unsigned char *bytes;
    size_t n;

    snprintf(object.sop_uid, sizeof object.sop_uid, "%s", uid);
    snprintf(object.sop_class, sizeof object.sop_class, "%s", sop_class);
    assert_true(dcm_set(set, "SOPClassUID", sop_class, &err));
    assert_true(dcm_set(set, "SOPInstanceUID", uid, &err));
    assert_true(dcm_set(set, "StudyInstanceUID", STUDY, &err));
    assert_true(dcm_set(set, "SeriesInstanceUID", "1.2.3.4", &err));
    assert_true(dcm_set(set, "Modality", "CR", &err));
    assert_true(dcm_encode(set, &bytes, &n, &err));
    file = spool_create(conf->node.spool, 0, &object, &err);
    assert_non_null(file);
    if (of)
        spool_result(file, of);
    assert_true(spool_write(file, bytes, n, &err));
    assert_true(spool_commit(file, &object, &err));
    dcm_free(set);
    free(bytes);
    return object;
}

struct counts {
    int objects, analyses, done, sends;
};

static void count_object(void *ctx, const struct object *object)
{
    (void)object;
    ((struct counts *)ctx)->objects++;
}

static void count_job(void *ctx, const struct job *job, const char *summary)
{
    struct counts *counts = ctx;

    (void)summary;
    counts->analyses += job->stage == JOB_ANALYSE;
    counts->done += job->stage == JOB_ANALYSE && job->state == JOB_DONE;
    counts->sends += job->stage == JOB_SEND;
}

static struct counts rebuilt(void)
{
    struct counts counts = {0};
    struct db *db;

    memset(&err, 0, sizeof err);
    if (!rebuild_run(conf, &never, &err))
        fail_msg("%s", err.msg);
    db = db_open(conf->node.database, &err);
    assert_non_null(db);
    assert_true(report_objects(db, STUDY, count_object, &counts, &err));
    assert_true(report_jobs(db, STUDY, count_job, &counts, &err));
    db_close(db);
    return counts;
}

static struct result_of part(unsigned number, unsigned parts)
{
    struct result_of of = {.route = "legs",
                           .model = "leg-alignment",
                           .revision = 1,
                           .images = 1,
                           .part = number,
                           .parts = parts};

    return of;
}

static void images_get_rows_and_jobs(void **state)
{
    struct counts counts;

    (void)state;
    spooled("1.2.3.1", CLASS, NULL);
    spooled("1.2.3.2", CLASS, NULL);
    counts = rebuilt();
    assert_int_equal(counts.objects, 2);
    assert_int_equal(counts.analyses, 1);
    counts = rebuilt();
    assert_int_equal(counts.objects, 2);
    assert_int_equal(counts.analyses, 1);
}

static void results_end_their_job(void **state)
{
    struct result_of first = part(1, 2), second = part(2, 2);
    struct counts counts;

    (void)state;
    spooled("1.2.3.1", CLASS, NULL);
    spooled("2.25.1", REPORT, &first);
    spooled("2.25.1", REPORT, &first); /* of a rerun */
    counts = rebuilt();
    assert_int_equal(counts.objects, 1); /* not whole: it runs again */
    assert_int_equal(counts.done, 0);
    spooled("2.25.2", REPORT, &second);
    counts = rebuilt();
    assert_int_equal(counts.objects, 3);
    assert_int_equal(counts.analyses, 1);
    assert_int_equal(counts.done, 1);
    assert_int_equal(counts.sends, 2);
    counts = rebuilt();
    assert_int_equal(counts.sends, 2);
}

static void the_alternate_is_not_sent(void **state)
{
    struct result_of first = part(1, 2), second = part(2, 2);
    struct counts counts;

    (void)state;
    first.role = RESULT_MAIN;
    second.role = RESULT_ALTERNATE;
    spooled("2.25.1", REPORT, &first);
    spooled("2.25.2", REPORT, &second);
    counts = rebuilt();
    assert_int_equal(counts.objects, 2);
    assert_int_equal(counts.done, 1);
    assert_int_equal(counts.sends, 1);
}

static void a_changed_file_is_moved(void **state)
{
    struct object object = spooled("1.2.3.1", CLASS, NULL);
    char path[SPOOL_PATH], there[SPOOL_PATH + 64];
    int fd;

    (void)state;
    spool_path(&object, path);
    fd = open(path, O_WRONLY);
    assert_int_equal(pwrite(fd, "X", 1, object.data_offset + 30), 1);
    close(fd);
    assert_int_equal(rebuilt().objects, 0);
    assert_int_not_equal(access(path, F_OK), 0);
    snprintf(there, sizeof there, "%s/damaged/%s", conf->node.spool,
             object.path + strlen("obj/00/"));
    assert_int_equal(access(there, F_OK), 0);
}

static void a_parser_that_crashes_loses_nothing(void **state)
{
    struct counts counts;

    (void)state;
    spooled("1.2.3.1", CLASS, NULL);
    crashes = true;
    counts = rebuilt();
    assert_int_equal(counts.objects, 1);
    assert_int_equal(counts.analyses, 0);
}

static void interrupted(void **state)
{
    (void)state;
    spooled("1.2.3.1", CLASS, NULL);
    assert_false(rebuild_run(conf, &now, &err));
    assert_int_equal(err.code, ERR_RETRY);
    assert_non_null(strstr(err.msg, "interrupted: "));
    assert_int_equal(rebuilt().objects, 1);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(images_get_rows_and_jobs),
        TEST(results_end_their_job),
        TEST(the_alternate_is_not_sent),
        TEST(a_changed_file_is_moved),
        TEST(a_parser_that_crashes_loses_nothing),
        TEST(interrupted),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
