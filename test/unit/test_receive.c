/* From fragments to spool and queue, with the real database: every status of
 * the conformance statement, and what is left on the disk after it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <sqlite3.h>

#include <dirent.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "db/report.h"
#include "scp/keep.c"
#include "scp/receive.c"
#include "scp/refusal.c"
#include "scp/report.c"
#include "scp/routing.c"
#include "scp/routing_apart.c"
#include "scp/sops.c"

#define CR            "1.2.840.10008.5.1.4.1.1.1"
#define COMPREHENSIVE "1.2.840.10008.5.1.4.1.1.88.33"
#define SC            "1.2.840.10008.5.1.4.1.1.7"
#define EXPLICIT      "1.2.840.10008.1.2.1"
#define STUDY         "1.2.3"

static char root[] = "/tmp/osteon-receive-XXXXXX";
static char spool[CONF_PATH];
static struct conf *conf;
static struct receive receiver;
static const struct dcm_peer peer = {
    .calling_ae = "CR1", .called_ae = "OSTEON", .address = "127.0.0.1"};

static const char yaml[] =
    "node:\n"
    "  ae_titles: [OSTEON, KNEE]\n"
    "  limits: {free: 1MiB, object: 64KiB}\n"
    "callers:\n"
    "- {ae: CR1, address: 127.0.0.1}\n"
    "destinations:\n"
    "  pacs: {ae: PACS, host: 127.0.0.1, port: 104}\n"
    "  archive: {ae: ARC, host: 127.0.0.1, port: 105}\n"
    "models: models\n"
    "routes:\n"
    "- name: legs\n"
    "  match: {Modality: [CR, SR, OT]}\n"
    "  models: [leg-alignment]\n"
    "  complete: {needs: [{PatientOrientation: {exists: true}}], quiet: 1s,\n"
    "             cap: 1m}\n"
    "  results: [sr]\n"
    "  send: [pacs]\n"
    "  forward: [pacs, archive]\n"
    "- name: again\n"
    "  match: {Modality: CR}\n"
    "  forward: [archive]\n";

static void write_file(const char *name, const char *text)
{
    char path[128];
    FILE *out;

    snprintf(path, sizeof path, "%s/%s", root, name);
    out = fopen(path, "w");
    assert_non_null(out);
    fputs(text, out);
    assert_int_equal(fclose(out), 0);
}

static void make_folder(const char *name)
{
    char path[128];

    snprintf(path, sizeof path, "%s/%s", root, name);
    assert_int_equal(mkdir(path, 0700), 0);
}

static int set_up(void **state)
{
    struct conf_override over = {.state = root};
    struct err err = {0};
    char path[64];

    (void)state;
    assert_non_null(mkdtemp(root));
    make_folder("models");
    make_folder("models/leg-alignment");
    write_file("models/leg-alignment/model.yaml", "");
    write_file("osteon.yaml", yaml);
    snprintf(path, sizeof path, "%s/osteon.yaml", root);
    conf = conf_load(path, &over, &err);
    if (conf == NULL)
        fail_msg("%s", err.msg);
    memcpy(spool, conf->node.spool, sizeof spool);
    assert_true(spool_prepare(spool, &err));
    receiver.conf = conf;
    return 0;
}

static int tear_down(void **state)
{
    char command[128];

    (void)state;
    receive_close(&receiver);
    conf_free(conf);
    snprintf(command, sizeof command, "rm -r %s", root);
    return system(command);
}

static size_t count_files(const char *dir)
{
    DIR *d = opendir(dir);
    struct dirent *entry;
    size_t n = 0;

    assert_non_null(d);
    while ((entry = readdir(d))) {
        char path[600];
        struct stat st;

        if (entry->d_name[0] == '.')
            continue;
        snprintf(path, sizeof path, "%.300s/%s", dir, entry->d_name);
        assert_int_equal(lstat(path, &st), 0);
        n += S_ISDIR(st.st_mode) ? count_files(path) : 1;
    }
    closedir(d);
    return n;
}

static size_t stored(void)
{
    char dir[CONF_PATH + 8];

    snprintf(dir, sizeof dir, "%s/tmp", spool);
    assert_int_equal(count_files(dir), 0);
    snprintf(dir, sizeof dir, "%s/obj", spool);
    return count_files(dir);
}

/* What the outbox has of refused objects. */
static int refusals(const char *reason)
{
    sqlite3 *handle;
    sqlite3_stmt *st;
    int n;

    assert_int_equal(sqlite3_open(conf->node.database, &handle), SQLITE_OK);
    sqlite3_db_config(handle, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
    assert_int_equal(
        sqlite3_prepare_v2(handle,
                           "SELECT coalesce(sum(times), 0) FROM audit WHERE "
                           "event = 'object.refused' AND "
                           "instr(fields, ?) > 0",
                           -1, &st, NULL),
        SQLITE_OK);
    sqlite3_bind_text(st, 1, reason, -1, SQLITE_STATIC);
    assert_int_equal(sqlite3_step(st), SQLITE_ROW);
    n = sqlite3_column_int(st, 0);
    sqlite3_finalize(st);
    sqlite3_close(handle);
    return n;
}

struct bytes {
    unsigned char *p;
    size_t n;
};

static struct bytes make(const char *sop_class, const char *sop_uid,
                         const char *modality, bool ours)
{
    struct dcm *set = dcm_new();
    struct err err = {0};
    struct bytes out;

    assert_true(dcm_set(set, "SOPClassUID", sop_class, &err));
    assert_true(dcm_set(set, "SOPInstanceUID", sop_uid, &err));
    assert_true(dcm_set(set, "StudyInstanceUID", STUDY, &err));
    assert_true(dcm_set(set, "SeriesInstanceUID", "1.2.4", &err));
    assert_true(dcm_set(set, "Modality", modality, &err));
    assert_true(dcm_set(set, "Manufacturer", ours ? "osteon" : "Maker", &err));
    assert_true(dcm_set(set, "ManufacturerModelName", "osteon", &err));
    assert_true(dcm_encode(set, &out.p, &out.n, &err));
    dcm_free(set);
    return out;
}

static uint16_t deliver(const char *sop_class, const char *sop_uid,
                        struct bytes bytes, char comment[65])
{
    struct dcm_store store = {.transfer_syntax = EXPLICIT};
    size_t half = bytes.n / 2;
    bool take;
    uint16_t status;

    snprintf(store.sop_class, sizeof store.sop_class, "%s", sop_class);
    snprintf(store.sop_uid, sizeof store.sop_uid, "%s", sop_uid);
    comment[0] = '\0';
    assert_false(receive_inside());
    take = receive_ops.begin(&receiver, &peer, &store);
    assert_true(receive_inside());
    take = take && receive_ops.data(&receiver, bytes.p, half);
    if (take)
        receive_ops.data(&receiver, bytes.p + half, bytes.n - half);
    status = receive_ops.end(&receiver, comment);
    assert_false(receive_inside());
    free(bytes.p);
    return status;
}

static size_t waiting(const char *destination)
{
    struct send_context contexts[8];
    struct err err = {0};
    size_t n = 8;

    assert_true(
        queue_send_contexts(receiver.db, destination, contexts, &n, &err));
    return n;
}

static void count_job(void *ctx, const struct job *job, const char *summary)
{
    (void)summary;
    ((int *)ctx)[job->stage]++;
}

static void count_jobs(int jobs[3])
{
    struct err err = {0};

    memset(jobs, 0, 3 * sizeof *jobs);
    assert_true(report_jobs(receiver.db, STUDY, count_job, jobs, &err));
}

static void test_status(void **state)
{
    (void)state;
    assert_int_equal(receive_status(ERR_NONE), 0x0000);
    assert_int_equal(receive_status(ERR_RETRY), 0xA700);
    assert_int_equal(receive_status(ERR_FATAL), 0xA700);
    assert_int_equal(receive_status(ERR_REJECT), 0xC000);
}

static void test_admit(void **state)
{
    struct receive r = {.conf = conf};
    struct dcm_peer who = peer;
    int ends[2];
    char byte;

    (void)state;
    assert_int_equal(pipe(ends), 0);
    r.news = ends[1];
    assert_false(receive_admitted());
    snprintf(who.called_ae, sizeof who.called_ae, "osteon");
    assert_int_equal(receive_ops.admit(&r, &who), DCM_NO_CALLED_AE);
    assert_string_equal(r.refused, "no such AE title here");
    who = peer;
    snprintf(who.address, sizeof who.address, "127.0.0.2");
    assert_int_equal(receive_ops.admit(&r, &who), DCM_NO_CALLING_AE);
    who = peer;
    snprintf(who.calling_ae, sizeof who.calling_ae, "CR2");
    assert_int_equal(receive_ops.admit(&r, &who), DCM_NO_CALLING_AE);
    assert_string_equal(r.refused, "not one of the callers");
    r.busy = true;
    assert_int_equal(receive_ops.admit(&r, &peer), DCM_BUSY);
    assert_string_equal(r.refused, "too many associations");
    assert_false(receive_admitted());

    r.busy = false;
    assert_int_equal(receive_ops.admit(&r, &peer), DCM_ADMIT);
    assert_true(receive_admitted());
    assert_int_equal(read(ends[0], &byte, 1), 1);
    who = peer;
    snprintf(who.called_ae, sizeof who.called_ae, "KNEE");
    assert_int_equal(receive_ops.admit(&r, &who), DCM_ADMIT);
    close(ends[0]);
    close(ends[1]);
}

static void test_admit_by_certificate_and_called_title(void **state)
{
    char(*titles)[CONF_AE] = conf->node.ae_titles;
    struct conf_caller only = {.ae = "CR1",
                               .called_ae = "KNEE",
                               .address = "127.0.0.1",
                               .certificate = "CN=cr1,O=Hospital"};
    struct conf strict = {.callers = &only, .n_callers = 1};
    struct receive r = {.conf = &strict};
    struct dcm_peer who = peer;
    int ends[2];

    (void)state;
    strict.node.ae_titles = titles;
    strict.node.n_ae_titles = conf->node.n_ae_titles;
    assert_int_equal(pipe(ends), 0);
    r.news = ends[1];
    assert_int_equal(receive_ops.admit(&r, &who), DCM_NO_CALLING_AE);
    snprintf(who.certificate, sizeof who.certificate, "CN=cr2,O=Hospital");
    assert_int_equal(receive_ops.admit(&r, &who), DCM_NO_CALLING_AE);
    snprintf(who.certificate, sizeof who.certificate, "CN=cr1,O=Hospital");
    assert_int_equal(receive_ops.admit(&r, &who), DCM_NO_CALLED_AE);
    assert_string_equal(r.refused, "may not call this AE title");
    snprintf(who.called_ae, sizeof who.called_ae, "KNEE");
    assert_int_equal(receive_ops.admit(&r, &who), DCM_ADMIT);
    close(ends[0]);
    close(ends[1]);
}

/* Runs before anything was stored. */
static void test_refused_leaves_nothing(void **state)
{
    struct bytes noise = {malloc(100), 100}, big = {malloc(70000), 70000};
    char comment[65];

    (void)state;
    assert_non_null(noise.p);
    assert_non_null(big.p);
    memset(noise.p, 0xAB, noise.n);
    memset(big.p, 0, big.n);
    assert_int_equal(deliver(CR, "1.9", noise, comment), 0xC000);
    assert_true(strlen(comment) > 10);
    assert_int_equal(deliver(CR, "1.9", big, comment), 0xC000);
    assert_string_equal(comment, "larger than limits.object: 65536 bytes");
    assert_int_equal(deliver(CR, "1.10", make(CR, "1.9", "CR", false), comment),
                     0xA900);
    assert_string_equal(
        comment, "the data set has another SOP instance than the command");
    assert_int_equal(deliver(SC, "1.9", make(CR, "1.9", "CR", false), comment),
                     0xA900);
    assert_string_equal(comment,
                        "the data set has another SOP class than the command");
    assert_int_equal(
        deliver(CR, "../1", make(CR, "../1", "CR", false), comment), 0xC000);
    assert_string_equal(comment,
                        "the SOP Instance UID of the command is malformed");
    assert_int_equal(deliver(CR, "", make(CR, "1.9", "CR", false), comment),
                     0xC000);
    assert_int_equal(stored(), 0);
    assert_int_equal(receiver.objects, 0);
    assert_int_equal(refusals("another SOP instance than the command\""), 1);
    assert_int_equal(refusals("\"status\":\"A900\""), 2);
}

static void test_no_space(void **state)
{
    int64_t before = conf->node.limits.free_bytes;
    char comment[65];

    (void)state;
    conf->node.limits.free_bytes = INT64_MAX / 2;
    assert_int_equal(deliver(CR, "1.9", make(CR, "1.9", "CR", false), comment),
                     0xA700);
    assert_string_equal(comment, "cannot store now, send again later");
    conf->node.limits.free_bytes = before;
    assert_int_equal(stored(), 0);
}

static void test_cancel_leaves_nothing(void **state)
{
    struct dcm_store store = {CR, "1.9", EXPLICIT};

    (void)state;
    assert_true(receive_ops.begin(&receiver, &peer, &store));
    assert_true(receive_ops.data(&receiver, "x", 1));
    receive_ops.cancel(&receiver);
    assert_false(receive_inside());
    assert_int_equal(stored(), 0);
}

static void test_image(void **state)
{
    int jobs[3];
    char comment[65];

    (void)state;
    assert_int_equal(deliver(CR, "1.9", make(CR, "1.9", "CR", false), comment),
                     0x0000);
    assert_string_equal(comment, "");
    assert_int_equal(stored(), 1);
    assert_int_equal(receiver.objects, 1);
    assert_true(receiver.object.id > 0);
    assert_int_equal(waiting("pacs"), 1);
    assert_int_equal(waiting("archive"), 1);
    count_jobs(jobs);
    assert_int_equal(jobs[JOB_ANALYSE], 1);
    assert_int_equal(jobs[JOB_SEND], 2); /* archive once, not twice */
}

static void test_duplicate(void **state)
{
    int64_t id = receiver.object.id;
    int jobs[3];
    char comment[65];

    (void)state;
    assert_int_equal(deliver(CR, "1.9", make(CR, "1.9", "CR", false), comment),
                     0x0000);
    assert_int_equal(receiver.object.id, id);
    assert_int_equal(stored(), 1);
    count_jobs(jobs);
    assert_int_equal(jobs[JOB_SEND], 2);
}

/* 0000 means that the bytes are there, whatever happened to those that were
 * acknowledged before. */
static void test_lost_file_is_restored(void **state)
{
    struct err err = {0};
    struct object object;
    char comment[65], path[SPOOL_PATH];
    int jobs[3], fd;

    (void)state;
    assert_true(queue_object(receiver.db, receiver.object.id, &object, &err));
    spool_path(&object, path);
    assert_int_equal(truncate(path, 200), 0);
    assert_int_equal(deliver(CR, "1.9", make(CR, "1.9", "CR", false), comment),
                     0x0000);
    assert_int_equal(receiver.object.id, object.id);
    assert_true(queue_object(receiver.db, object.id, &object, &err));
    assert_true(spool_verify(&object, &fd, &err));
    close(fd);
    count_jobs(jobs);
    assert_int_equal(jobs[JOB_SEND], 2);
    unlink(path); /* the keeper's work */
    assert_int_equal(stored(), 1);
}

static void test_never_analysed(void **state)
{
    int before[3], after[3];
    char comment[65];

    (void)state;
    count_jobs(before);
    assert_int_equal(deliver(COMPREHENSIVE, "1.20",
                             make(COMPREHENSIVE, "1.20", "SR", false), comment),
                     0x0000);
    assert_int_equal(deliver(SC, "1.21", make(SC, "1.21", "OT", true), comment),
                     0x0000);
    count_jobs(after);
    assert_int_equal(stored(), 3);
    assert_int_equal(after[JOB_ANALYSE], before[JOB_ANALYSE]);
    assert_int_equal(after[JOB_SEND], before[JOB_SEND] + 4);
}

/* Last: it cannot be taken back. */
static void test_leaving(void **state)
{
    char comment[65];

    (void)state;
    receive_leave();
    assert_int_equal(
        deliver(CR, "1.30", make(CR, "1.30", "CR", false), comment), 0xA700);
    assert_string_equal(receiver.failure.msg, "the node is shutting down");
    alarm(0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_status),
        cmocka_unit_test(test_admit),
        cmocka_unit_test(test_admit_by_certificate_and_called_title),
        cmocka_unit_test(test_refused_leaves_nothing),
        cmocka_unit_test(test_no_space),
        cmocka_unit_test(test_cancel_leaves_nothing),
        cmocka_unit_test(test_image),
        cmocka_unit_test(test_duplicate),
        cmocka_unit_test(test_lost_file_is_restored),
        cmocka_unit_test(test_never_analysed),
        cmocka_unit_test(test_leaving),
    };

    return cmocka_run_group_tests_name("receive", tests, set_up, tear_down);
}
