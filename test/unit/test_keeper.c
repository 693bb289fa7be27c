/* db/keeper, upkeep and sweep: what is removed, and above all what is not;
 * checkpoints beside readers and writers. OSTEON_SOAK_S: seconds that the
 * keeper and sixteen writers meet (default 3). */
#include "test/unit/queue_case.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>

#include "conf/conf.h"
#include "db/keeper.h"
#include "db/meta.h"
#include "db/spool.h"
#include "db/spool_health.h"
#include "db/sweep.h"
#include "db/upkeep.h"

#define DAY_MS  INT64_C(86400000)
#define KEEP_MS (7 * DAY_MS)
#define HOUR_MS INT64_C(3600000)

static char spool[96];
static struct job job;
static struct conf conf;
#define node conf.node

static int setup(void **state)
{
    case_setup(state);
    snprintf(spool, sizeof spool, "%s/spool", folder);
    MUST(spool_prepare(spool, &err));
    memset(&conf, 0, sizeof conf);
    snprintf(node.spool, sizeof node.spool, "%s", spool);
    snprintf(node.database, sizeof node.database, "%s", database);
    node.keep_ms = KEEP_MS;
    return 0;
}

/* The spool's files get the age that the still clock gives them. */
static void touch(const char *path, int64_t at_ms)
{
    struct timespec times[2] = {{.tv_sec = (time_t)(at_ms / 1000)},
                                {.tv_sec = (time_t)(at_ms / 1000)}};

    assert_int_equal(utimensat(AT_FDCWD, path, times, 0), 0);
}

static bool exists(const struct object *object)
{
    char path[SPOOL_PATH];

    spool_path(object, path);
    return access(path, F_OK) == 0;
}

static struct object spooled(const char *study, const char *uid)
{
    struct object object = case_image(study, uid, uid);
    struct spool_file *file;
    char path[SPOOL_PATH];

    MUST((file = spool_create(spool, 0, &object, &err)) != NULL);
    MUST(spool_write(file, uid, strlen(uid), &err));
    MUST(spool_commit(file, &object, &err));
    spool_path(&object, path);
    touch(path, now_ms);
    return object;
}

static struct object received(const char *study, const char *uid)
{
    struct job_demand demand = case_demand();
    struct object object = spooled(study, uid);

    demand.count = 1;
    assert_int_equal(case_receive(&object, &demand), RECEIPT_NEW);
    return object;
}

/* Receives, analyses and queues one delivery. */
static void analysed(const char *study, struct object *source,
                     struct object *result)
{
    struct job send = {.key = "pacs", .object_id = 1};
    char uid[64];

    snprintf(uid, sizeof uid, "%s.1", study);
    *source = received(study, uid);
    snprintf(uid, sizeof uid, "2.25.%s", study + 2);
    *result = spooled(study, uid);
    assert_true(case_claim(JOB_ANALYSE, NULL, &job));
    MUST(queue_finish(db, &job, result, 1, &send, 1, "{\"long\":1}", &err));
}

static void delivered(void)
{
    assert_true(case_claim(JOB_SEND, "pacs", &job));
    MUST(queue_finish(db, &job, NULL, 0, NULL, 0, "{}", &err));
}

static int64_t purge(void)
{
    int64_t files, all = -1;

    for (;;) {
        MUST(upkeep_purge(db, KEEP_MS, &files, &err));
        if (files < 0)
            return all;
        all = (all < 0 ? 0 : all) + files;
    }
}

static void purged_after_keep(void **state)
{
    struct object source, result, again;

    (void)state;
    analysed("1.2", &source, &result);
    now_ms += DAY_MS;
    delivered();
    now_ms += KEEP_MS;
    assert_int_equal(purge(), -1); /* keep counts from the delivery */
    now_ms += 1;
    assert_int_equal(purge(), 2);
    assert_false(exists(&source));
    assert_false(exists(&result));
    assert_int_equal(case_number("SELECT count(*) FROM object"), 2);
    assert_int_equal(case_number("SELECT sum(length(summary)) FROM job"), 0);
    assert_int_equal(purge(), -1);
    assert_true(queue_is_result(db, result.sop_uid));
    /* Sent again it is new, and analysed again. */
    again = received("1.2", "1.2.1");
    assert_int_not_equal(again.id, source.id);
    assert_true(case_claim(JOB_ANALYSE, NULL, &job));
    assert_int_equal(job.revision, 2);
    case_sound();
}

static void undelivered_is_never_purged(void **state)
{
    struct object source, result;

    (void)state;
    analysed("1.2", &source, &result);
    now_ms += 1000 * DAY_MS;
    assert_int_equal(purge(), -1); /* QUEUED */
    assert_true(case_claim(JOB_SEND, "pacs", &job));
    assert_int_equal(purge(), -1); /* BUSY */
    MUST(queue_defer(db, &job, 0, "no answer", &err));
    MUST(queue_hold(db, job.id, &err));
    assert_int_equal(purge(), -1); /* HELD */
    MUST(queue_release(db, job.id, &err));
    assert_true(case_claim(JOB_SEND, "pacs", &job));
    MUST(queue_bury(db, &job, "refused", &err));
    now_ms += KEEP_MS;
    assert_int_equal(purge(), -1); /* DEAD, but somebody may still retry it */
    assert_true(exists(&source));
    assert_true(exists(&result));
    now_ms += 1;
    assert_int_equal(purge(), 2);
}

/* A destination that commits has not taken responsibility yet: QUEUED, BUSY or
 * HELD, whatever the job is about. */
static void no_live_job_is_ever_purged(void **state)
{
    static const char *const live[] = {"1", "2", "5"};
    struct object source, result;
    char sql[256];

    (void)state;
    analysed("1.2", &source, &result);
    delivered();
    case_close();
    case_number("INSERT INTO job (stage, state, key, route, study_uid, "
                "priority, created_ms, due_ms, stamp_ms) VALUES "
                "(3, 1, 'pacs', '', '1.2', 5, 0, 0, 0) RETURNING 1");
    now_ms += 100 * KEEP_MS;
    for (size_t i = 0; i < sizeof live / sizeof *live; i++) {
        snprintf(sql, sizeof sql,
                 "UPDATE job SET state = %s WHERE stage = 3 RETURNING 1",
                 live[i]);
        case_number(sql);
        db = case_open();
        assert_int_equal(purge(), -1);
        assert_true(exists(&source) && exists(&result));
        case_close();
    }
    case_number("UPDATE job SET state = 3, done_ms = 0 WHERE stage = 3 "
                "RETURNING 1");
    db = case_open();
    assert_int_equal(purge(), 2);
}

static void unanalysed_is_never_purged(void **state)
{
    struct object source = received("1.2", "1.2.1");

    (void)state;
    now_ms += 1000 * DAY_MS;
    assert_int_equal(purge(), -1);
    assert_true(exists(&source));
}

static void a_late_image_keeps_the_study(void **state)
{
    struct object source, result, late;

    (void)state;
    analysed("1.2", &source, &result);
    delivered();
    now_ms += KEEP_MS + 1;
    late = spooled("1.2", "1.2.7");
    assert_int_equal(case_receive(&late, NULL), RECEIPT_NEW);
    assert_int_equal(purge(), -1);
    now_ms += KEEP_MS + 1;
    assert_int_equal(purge(), 3);
}

/* A delivery under another study still holds the file. */
static void needed_elsewhere(void **state)
{
    struct object source = spooled("1.2", "1.2.1");
    sqlite3 *handle;

    (void)state;
    assert_int_equal(case_receive(&source, NULL), RECEIPT_NEW);
    assert_int_equal(sqlite3_open(database, &handle), SQLITE_OK);
    sqlite3_db_config(handle, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
    assert_int_equal(
        sqlite3_exec(handle,
                     "INSERT INTO job (stage, state, key, route, study_uid, "
                     "object_id, priority, created_ms, due_ms, stamp_ms) "
                     "VALUES (2, 1, 'pacs', 'r', '1.9', 1, 5, 1, 1, 1)",
                     NULL, NULL, NULL),
        SQLITE_OK);
    sqlite3_close(handle);
    now_ms += KEEP_MS + 1;
    assert_int_equal(purge(), -1);
    assert_true(exists(&source));
}

static void make_file(const char *name, int64_t age_ms)
{
    char path[256];
    int fd;

    snprintf(path, sizeof path, "%s/%s", spool, name);
    fd = open(path, O_WRONLY | O_CREAT, 0600);
    assert_true(fd >= 0);
    close(fd);
    touch(path, now_ms - age_ms);
}

static bool there(const char *name)
{
    char path[256];

    snprintf(path, sizeof path, "%s/%s", spool, name);
    return access(path, F_OK) == 0;
}

#define NAME "0123456789abcdef0123456789abcde"

static void only_old_garbage_is_swept(void **state)
{
    struct object named = received("1.2", "1.2.1");
    int64_t removed = 0;
    char mine[8], path[160];
    int writer;

    (void)state;
    now_ms += 2 * HOUR_MS;
    make_file("tmp/" NAME "0.dcm", HOUR_MS + 2000);
    make_file("tmp/" NAME "1.dcm", HOUR_MS - 2000);
    make_file("tmp/precious.txt", 2 * HOUR_MS);
    make_file("obj/01/" NAME "0.dcm", HOUR_MS + 2000);
    make_file("obj/01/" NAME "1.dcm", HOUR_MS - 2000);
    make_file("tmp/" NAME "2.dcm", HOUR_MS + 2000);
    snprintf(path, sizeof path, "%s/tmp/" NAME "2.dcm", spool);
    writer = open(path, O_WRONLY);
    assert_int_equal(flock(writer, LOCK_EX | LOCK_NB), 0);
    MUST(sweep_unfinished(spool, now_ms - HOUR_MS, &removed, &err));
    assert_int_equal(removed, 1);
    assert_true(there("tmp/" NAME "2.dcm"));
    close(writer);
    assert_false(there("tmp/" NAME "0.dcm"));
    assert_true(there("tmp/" NAME "1.dcm"));
    assert_true(there("tmp/precious.txt"));
    MUST(sweep_folder(db, spool, "obj/01", now_ms - HOUR_MS, &removed, &err));
    assert_int_equal(removed, 2);
    assert_true(there("obj/01/" NAME "1.dcm"));
    snprintf(mine, sizeof mine, "obj/%.2s", named.path + 4);
    MUST(sweep_folder(db, spool, mine, now_ms - HOUR_MS, &removed, &err));
    assert_true(exists(&named));
    REFUSES(sweep_unfinished("/nonexistent", 1, &removed, &err), ERR_RETRY,
            "cannot read /nonexistent/tmp: No such file or directory");
}

static int64_t rounds_logged(const char *text, struct keeper *keeper)
{
    char path[128], line[4096];
    int64_t n = 0;
    FILE *file;
    int saved = dup(STDERR_FILENO), fd;

    snprintf(path, sizeof path, "%s/log", folder);
    fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    dup2(fd, STDERR_FILENO);
    close(fd);
    MUST(keeper_round(keeper, &err));
    MUST(keeper_round(keeper, &err));
    dup2(saved, STDERR_FILENO);
    close(saved);
    file = fopen(path, "r");
    while (fgets(line, sizeof line, file))
        n += strstr(line, text) != NULL;
    fclose(file);
    return n;
}

static void adopted(void)
{
    MUST(meta_set(db, META_REBUILD, "0", &err));
}

static void a_round_does_it_all(void **state)
{
    struct keeper keeper = {.conf = &conf, .db = db};
    struct object source, result;

    (void)state;
    analysed("1.2", &source, &result);
    delivered();
    now_ms += KEEP_MS + 1;
    make_file("tmp/" NAME "0.dcm", 61000);
    MUST(keeper_round(&keeper, &err));
    assert_false(exists(&source));
    assert_false(exists(&result));
    assert_false(there("tmp/" NAME "0.dcm"));
}

/* tmp/ each minute; one folder of obj/ each second, but not before a rebuild
 * has looked at them, nor in the first hour. */
static void rounds_get_everywhere(void **state)
{
    struct keeper keeper = {.conf = &conf, .db = db};

    (void)state;
    make_file("obj/ff/" NAME "0.dcm", 2 * HOUR_MS);
    MUST(keeper_round(&keeper, &err));
    make_file("tmp/" NAME "0.dcm", 2 * HOUR_MS);
    now_ms += 59999;
    MUST(keeper_round(&keeper, &err));
    assert_true(there("tmp/" NAME "0.dcm"));
    now_ms += 1;
    MUST(keeper_round(&keeper, &err));
    assert_false(there("tmp/" NAME "0.dcm"));
    now_ms += HOUR_MS - 60001;
    adopted();
    for (int i = 0; i < 256; i++)
        MUST(keeper_round(&keeper, &err));
    now_ms += 1;
    MUST(meta_set(db, META_REBUILD, "1", &err));
    for (int i = 0; i < 256; i++)
        MUST(keeper_round(&keeper, &err));
    adopted();
    for (int i = 0; i < 255; i++)
        MUST(keeper_round(&keeper, &err));
    assert_true(there("obj/ff/" NAME "0.dcm"));
    MUST(keeper_round(&keeper, &err));
    assert_false(there("obj/ff/" NAME "0.dcm"));
}

/* Nobody serves "pacs" any more: after three days somebody is told. */
static void stranded_deliveries_are_buried(void **state)
{
    struct keeper keeper = {.conf = &conf, .db = db};
    static struct conf_destination pacs = {.name = "pacs"};
    struct object source, result;

    (void)state;
    analysed("1.2", &source, &result);
    now_ms += 4 * DAY_MS;
    conf.destinations = &pacs;
    conf.n_destinations = 1;
    MUST(keeper_round(&keeper, &err));
    assert_int_equal(case_number("SELECT count(*) FROM job WHERE state = 1"),
                     1);
    conf.n_destinations = 0;
    now_ms += 60000;
    assert_int_equal(
        rounds_logged("event=destination.expired dest=\"pacs\" jobs=1",
                      &keeper),
        1);
    assert_int_equal(
        case_number("SELECT state = 4 AND why = 'its destination is no longer "
                    "in the configuration' FROM job WHERE stage = 2"),
        1);
    now_ms += KEEP_MS;
    assert_int_equal(purge(), -1);
    now_ms += 1;
    assert_int_equal(purge(), 2);
}

/* A disk that failed once is tried every ten seconds. */
static void degraded_until_a_file_succeeds(void **state)
{
    struct keeper keeper = {.conf = &conf, .db = db};
    char path[160], other[160];

    (void)state;
    MUST(keeper_round(&keeper, &err));
    spool_degrade(spool, EIO);
    snprintf(path, sizeof path, "%s/tmp", spool);
    snprintf(other, sizeof other, "%s/away", spool);
    assert_int_equal(rename(path, other), 0);
    assert_int_equal(symlink("/nonexistent", path), 0);
    assert_int_equal(rounds_logged("event=storage.degraded", &keeper), 1);
    assert_true(spool_degraded(spool));
    unlink(path);
    assert_int_equal(rename(other, path), 0);
    now_ms += 9999;
    assert_int_equal(rounds_logged("event=storage.restored", &keeper), 0);
    now_ms += 1;
    assert_int_equal(rounds_logged("event=storage.restored", &keeper), 1);
    assert_false(spool_degraded(spool));
    assert_int_equal(case_number("SELECT count(*) FROM audit WHERE event IN "
                                 "('storage.degraded', 'storage.restored')"),
                     2);
}

static int64_t wal_size(void)
{
    char path[128];
    struct stat st;

    snprintf(path, sizeof path, "%s-wal", database);
    assert_int_equal(stat(path, &st), 0);
    return (int64_t)st.st_size;
}

static void small_wals_wait_a_minute(void **state)
{
    struct keeper keeper = {.conf = &conf, .db = db};

    (void)state;
    assert_true(wal_size() > 0);
    MUST(keeper_round(&keeper, &err));
    assert_int_equal(wal_size(), 0);
    received("1.2", "1.2.1");
    now_ms += 59999;
    MUST(keeper_round(&keeper, &err));
    assert_true(wal_size() > 0);
    now_ms += 1;
    MUST(keeper_round(&keeper, &err));
    assert_int_equal(wal_size(), 0);
}

static void big_wals_do_not_wait(void **state)
{
    struct keeper keeper = {.conf = &conf, .db = db};
    char uid[32];

    (void)state;
    MUST(keeper_round(&keeper, &err));
    for (int i = 0; wal_size() <= 4 << 20; i++) {
        snprintf(uid, sizeof uid, "1.2.%d", i + 1);
        case_arrives("1.2", uid, NULL);
    }
    MUST(keeper_round(&keeper, &err));
    assert_int_equal(wal_size(), 0);
}

/* A reader that never ends keeps the WAL, but stops nobody (R6). */
static void a_reader_in_the_way(void **state)
{
    sqlite3 *reader;
    bool done;

    (void)state;
    assert_int_equal(sqlite3_open(database, &reader), SQLITE_OK);
    sqlite3_db_config(reader, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
    assert_int_equal(
        sqlite3_exec(reader, "BEGIN; SELECT * FROM meta", NULL, NULL, NULL),
        SQLITE_OK);
    received("1.2", "1.2.1");
    MUST(upkeep_checkpoint(db, &done, &err));
    assert_false(done);
    assert_true(wal_size() > 0);
    received("1.2", "1.2.2");
    sqlite3_exec(reader, "COMMIT", NULL, NULL, NULL);
    sqlite3_close(reader);
    MUST(upkeep_checkpoint(db, &done, &err));
    assert_true(done);
    assert_int_equal(wal_size(), 0);
    assert_int_equal(case_number("SELECT count(*) FROM object"), 2);
}

static void write_until_stopped(int writer)
{
    struct job_demand demand = case_demand();
    char owner[16], uid[48];
    struct job mine;

    snprintf(owner, sizeof owner, "infer.%d", writer);
    db = case_open();
    demand.count = 1;
    for (int i = 1;; i++) {
        struct err why = {0};
        struct object image;
        enum receipt receipt;

        snprintf(uid, sizeof uid, "1.%d.%d", writer + 1, i);
        image = case_image(uid, uid, uid);
        if (!queue_receive(db, &image, &demand, 1, NULL, 0, &receipt, &why) ||
            (!queue_claim(db, JOB_ANALYSE, NULL, owner, 60000, &mine, &why) &&
             why.code != ERR_NONE)) {
            fprintf(stderr, "# writer: %s\n", why.msg);
            _exit(1);
        }
        if (mine.id != 0 && why.code == ERR_NONE)
            queue_finish(db, &mine, NULL, 0, NULL, 0, "{}", &why);
        mine.id = 0;
    }
}

static void keeper_meets_sixteen_writers(void **state)
{
    enum { WRITERS = 16 };
    const char *seconds = getenv("OSTEON_SOAK_S");
    pid_t writers[WRITERS];
    int64_t checkpoints = 0;
    time_t end = time(NULL) + (seconds ? atoi(seconds) : 3);
    int status;
    bool done;

    (void)state;
    case_close();
    for (int i = 0; i < WRITERS; i++) {
        writers[i] = fork();
        if (writers[i] == 0)
            write_until_stopped(i);
    }
    db = case_open();
    while (time(NULL) < end) {
        MUST(upkeep_checkpoint(db, &done, &err));
        checkpoints += done;
        usleep(2000);
    }
    for (int i = 0; i < WRITERS; i++) {
        assert_int_equal(waitpid(writers[i], &status, WNOHANG), 0);
        kill(writers[i], SIGKILL);
        assert_int_equal(waitpid(writers[i], &status, 0), writers[i]);
    }
    print_message("# %lld checkpoints, %lld objects\n", (long long)checkpoints,
                  (long long)case_number("SELECT count(*) FROM object"));
    assert_true(checkpoints > 0);
    MUST(upkeep_check(db, &err));
    case_sound();
    assert_int_equal(case_number("SELECT count(*) FROM object"),
                     case_number("SELECT sum(seen) FROM job"));
}

static void low_space_is_said_once(void **state)
{
    struct keeper keeper = {.conf = &conf, .db = db};

    (void)state;
    node.limits.free_bytes = INT64_MAX;
    assert_int_equal(rounds_logged("event=space.low reason=\"only ", &keeper),
                     1);
    node.limits.free_bytes = 0;
    assert_int_equal(rounds_logged("event=space.enough free_bytes=", &keeper),
                     1);
}

/* The still clock serves as both clocks: a jump is made by hand. */
static void nothing_is_swept_after_a_jump(void **state)
{
    struct keeper keeper = {.conf = &conf, .db = db};

    (void)state;
    MUST(keeper_round(&keeper, &err));
    keeper.clock.skew_ms -= 2 * HOUR_MS;
    make_file("tmp/" NAME "0.dcm", 2 * HOUR_MS);
    now_ms += 60000;
    assert_int_equal(rounds_logged("event=clock.jumped ms=7200000", &keeper),
                     1);
    assert_true(there("tmp/" NAME "0.dcm"));
    now_ms += HOUR_MS;
    MUST(keeper_round(&keeper, &err));
    assert_false(there("tmp/" NAME "0.dcm"));
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, case_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(purged_after_keep),
        TEST(undelivered_is_never_purged),
        TEST(unanalysed_is_never_purged),
        TEST(no_live_job_is_ever_purged),
        TEST(a_late_image_keeps_the_study),
        TEST(needed_elsewhere),
        TEST(only_old_garbage_is_swept),
        TEST(a_round_does_it_all),
        TEST(rounds_get_everywhere),
        TEST(small_wals_wait_a_minute),
        TEST(big_wals_do_not_wait),
        TEST(a_reader_in_the_way),
        TEST(keeper_meets_sixteen_writers),
        TEST(low_space_is_said_once),
        TEST(nothing_is_swept_after_a_jump),
        TEST(stranded_deliveries_are_buried),
        TEST(degraded_until_a_file_succeeds),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
