/* db/db and db/schema: a database that is private, opened by many at once,
 * never newer than the program, never silently damaged. */
#include "test/unit/queue_case.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "db/schema.h"
#include "db/upkeep.h"

static void private_and_secret(void **state)
{
    char secret[65], again[65], path[128];
    struct stat st;

    (void)state;
    assert_int_equal(stat(database, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    snprintf(path, sizeof path, "%s-wal", database);
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    MUST(db_secret(db, secret, &err));
    assert_int_equal(strspn(secret, "0123456789abcdef"), 64);
    case_close();
    db = case_open();
    MUST(db_secret(db, again, &err));
    assert_string_equal(secret, again);
}

/* Closing the last connection must not checkpoint, nor remove the WAL. */
static void closing_leaves_the_wal(void **state)
{
    char path[128];
    struct stat st;

    (void)state;
    case_close();
    snprintf(path, sizeof path, "%s-wal", database);
    assert_int_equal(stat(path, &st), 0);
    assert_true(st.st_size > 0);
}

static void set_version(int version)
{
    sqlite3 *handle;
    char sql[64];

    assert_int_equal(sqlite3_open(database, &handle), SQLITE_OK);
    snprintf(sql, sizeof sql, "PRAGMA user_version = %d", version);
    assert_int_equal(sqlite3_exec(handle, sql, NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(handle);
}

static void newer_is_refused(void **state)
{
    char wanted[256];

    (void)state;
    case_close();
    set_version(SCHEMA_VERSION + 1);
    memset(&err, 0, sizeof err);
    assert_null(db_open(database, &err));
    assert_int_equal(err.code, ERR_FATAL);
    snprintf(wanted, sizeof wanted,
             "%s: the database was made by a newer osteon (schema %d, this "
             "program knows %d): install that version again",
             database, SCHEMA_VERSION + 1, SCHEMA_VERSION);
    assert_string_equal(err.msg, wanted);
}

static void an_older_one_is_brought_up(void **state)
{
    struct job_demand demand = case_demand();
    sqlite3 *handle;

    (void)state;
    case_arrives("1.2", "1.2.1", &demand);
    case_arrives("1.3", "1.3.1", &demand);
    case_close();
    assert_int_equal(sqlite3_open(database, &handle), SQLITE_OK);
    assert_int_equal(
        sqlite3_exec(handle,
                     "DROP TRIGGER job_added; DROP TRIGGER job_moved; "
                     "DROP TRIGGER job_removed; DROP TABLE tally; "
                     "DROP INDEX job_state; CREATE INDEX job_age ON job "
                     "(stage, key, created_ms) WHERE state = 1; "
                     "DROP TABLE measure; "
                     "PRAGMA user_version = 1",
                     NULL, NULL, NULL),
        SQLITE_OK);
    sqlite3_close(handle);
    db = case_open();
    assert_int_equal(case_number("PRAGMA user_version"), SCHEMA_VERSION);
    assert_int_equal(case_number("SELECT count(*) FROM measure"), 0);
    assert_int_equal(case_number("SELECT jobs FROM tally"), 2);
    assert_int_equal(case_number("SELECT count(*) FROM meta"), 2);
    case_arrives("1.4", "1.4.1", &demand);
    assert_int_equal(case_number("SELECT jobs FROM tally"), 3);
    case_sound();
}

static void no_folder(void **state)
{
    (void)state;
    memset(&err, 0, sizeof err);
    assert_null(db_open("/nonexistent/osteon.db", &err));
    assert_int_equal(err.code, ERR_RETRY);
    assert_string_equal(err.msg,
                        "cannot make the database /nonexistent/osteon.db: No "
                        "such file or directory");
}

static void overwrite(const char *path, off_t from, size_t n)
{
    int fd = open(path, O_WRONLY);
    char junk[4096];

    assert_true(fd >= 0);
    memset(junk, 0x5a, sizeof junk);
    for (size_t done = 0; done < n; done += sizeof junk)
        assert_int_equal(pwrite(fd, junk, sizeof junk, from + (off_t)done),
                         sizeof junk);
    close(fd);
}

static void not_a_database(void **state)
{
    bool done;

    (void)state;
    MUST(upkeep_checkpoint(db, &done, &err));
    case_close();
    overwrite(database, 0, 4096);
    memset(&err, 0, sizeof err);
    assert_null(db_open(database, &err));
    assert_int_equal(err.code, ERR_FATAL);
    assert_non_null(strstr(err.msg,
                           "the database is damaged (file is not a database): "
                           "the node sets it aside and makes it again from "
                           "the spool when it starts"));
}

static void damage_is_found(void **state)
{
    struct job_demand demand = case_demand();
    char uid[32];
    bool done;

    (void)state;
    for (int i = 0; i < 50; i++) {
        snprintf(uid, sizeof uid, "1.2.%d", i + 1);
        case_arrives("1.2", uid, &demand);
    }
    MUST(upkeep_check(db, &err));
    MUST(upkeep_checkpoint(db, &done, &err));
    assert_true(done);
    case_close();
    overwrite(database, 4096, 40960);
    memset(&err, 0, sizeof err);
    db = db_open(database, &err);
    if (db)
        assert_false(upkeep_check(db, &err));
    assert_int_equal(err.code, ERR_FATAL);
    assert_non_null(strstr(err.msg, "the database is damaged ("));
}

static void many_open_a_fresh_one(void **state)
{
    enum { PROCESSES = 8, ROUNDS = 3 };
    char secret[65];
    int status;

    (void)state;
    for (int round = 0; round < ROUNDS; round++) {
        case_close();
        snprintf(database, sizeof database, "%s/fresh-%d.db", folder, round);
        for (int i = 0; i < PROCESSES; i++) {
            if (fork() == 0) {
                struct err why = {0};
                struct db *mine = db_open(database, &why);

                if (!mine || !db_secret(mine, secret, &why)) {
                    fprintf(stderr, "# %s\n", why.msg);
                    _exit(1);
                }
                db_close(mine);
                _exit(0);
            }
        }
        for (int i = 0; i < PROCESSES; i++) {
            assert_true(wait(&status) > 0);
            assert_int_equal(status, 0);
        }
        db = case_open();
        assert_int_equal(case_number("SELECT count(*) FROM meta"), 2);
        case_sound();
    }
}

/* Every acknowledged image is there after kill -9, whole. */
static void receive_until_killed(int out)
{
    struct job_demand demand = case_demand();
    enum receipt receipt;
    char uid[48];

    db = case_open();
    for (int64_t i = 1;; i++) {
        struct object image;
        struct err why = {0};

        snprintf(uid, sizeof uid, "1.2.%d.%lld", getpid(), (long long)i);
        image = case_image("1.2", uid, uid);
        if (!queue_receive(db, &image, &demand, 1, NULL, 0, &receipt, &why) ||
            write(out, &image.id, sizeof image.id) != sizeof image.id)
            _exit(1);
    }
}

static void killed_receivers_keep_their_word(void **state)
{
    struct object image;
    int64_t id, acknowledged = 0;
    int fds[2], status;

    (void)state;
    case_close();
    for (int round = 0; round < 12; round++) {
        pid_t pid;

        assert_int_equal(pipe(fds), 0);
        pid = fork();
        if (pid == 0)
            receive_until_killed(fds[1]);
        close(fds[1]);
        assert_int_equal(read(fds[0], &id, sizeof id), sizeof id);
        acknowledged++;
        usleep(1000 + (useconds_t)round * 700);
        kill(pid, SIGKILL);
        assert_int_equal(waitpid(pid, &status, 0), pid);
        assert_true(WIFSIGNALED(status));
        db = case_open();
        while (read(fds[0], &id, sizeof id) == sizeof id) {
            MUST(queue_object(db, id, &image, &err));
            acknowledged++;
        }
        close(fds[0]);
        case_sound();
        assert_int_equal(case_number("SELECT count(*) FROM object"),
                         case_number("SELECT count(*) FROM selection"));
        case_close();
    }
    db = case_open();
    assert_true(acknowledged > 0);
    assert_int_equal(case_number("SELECT seen FROM job"),
                     case_number("SELECT count(*) FROM object"));
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, case_setup, case_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(private_and_secret),
        TEST(closing_leaves_the_wal),
        TEST(newer_is_refused),
        TEST(an_older_one_is_brought_up),
        TEST(no_folder),
        TEST(not_a_database),
        TEST(damage_is_found),
        TEST(many_open_a_fresh_one),
        TEST(killed_receivers_keep_their_word),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
