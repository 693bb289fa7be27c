/* db/damage, seal, secret: a damaged database is noticed, replaced only when
 * nobody has it open, and kept; the node secret outlives it. */
#include "test/unit/queue_case.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <time.h>

#include "conf/conf.h"
#include "db/damage.h"
#include "db/keeper.h"
#include "db/meta.h"
#include "db/secret.h"
#include "db/spool.h"
#include "db/upkeep.h"

static struct conf conf;
static char spool[96];

static int setup(void **state)
{
    case_setup(state);
    snprintf(spool, sizeof spool, "%s/spool", folder);
    MUST(spool_prepare(spool, &err));
    memset(&conf, 0, sizeof conf);
    snprintf(conf.node.spool, sizeof conf.node.spool, "%s", spool);
    snprintf(conf.node.database, sizeof conf.node.database, "%s", database);
    return 0;
}

static void path_of(const char *suffix, char out[static 160])
{
    snprintf(out, 160, "%s%s", database, suffix);
}

static bool there(const char *suffix)
{
    char path[160];

    path_of(suffix, path);
    return access(path, F_OK) == 0;
}

/* One bit of the main file, at `at` of 1000. */
static void flip(off_t at)
{
    struct stat st;
    unsigned char byte;
    int fd = open(database, O_RDWR);

    assert_int_equal(fstat(fd, &st), 0);
    at = st.st_size * at / 1000;
    assert_int_equal(pread(fd, &byte, 1, at), 1);
    byte ^= 1;
    assert_int_equal(pwrite(fd, &byte, 1, at), 1);
    close(fd);
}

/* The whole start of osteon-keeper --once, and its end. */
static bool keeper(bool once)
{
    struct keeper k = {0};
    bool ok;

    memset(&err, 0, sizeof err);
    ok = keeper_start(&k, &conf, once, &err) && keeper_round(&k, &err);
    db_close(k.db);
    return ok;
}

/* worker_lock() holds until the process ends: each start needs its own. */
static void forget_lock(void)
{
    char path[160];

    snprintf(path, sizeof path, "%s/lock/keeper", spool);
    unlink(path);
}

static void only_alone(void **state)
{
    int first, second;

    (void)state;
    memset(&err, 0, sizeof err);
    first = damage_lock(database, false, 0, &err);
    second = damage_lock(database, false, 0, &err);
    assert_true(first >= 0 && second >= 0);
    assert_int_equal(damage_lock(database, true, 100, &err), -1);
    assert_int_equal(err.code, ERR_RETRY);
    assert_non_null(strstr(err.msg, ": another program has the database open; "
                                    "end osteon's programs"));
    damage_unlock(first);
    damage_unlock(second);
    case_close();
    first = damage_lock(database, true, 0, &err);
    assert_true(first >= 0);
    assert_null(db_open(database, &err));
    assert_non_null(strstr(err.msg, ": the keeper is replacing the database"));
    damage_unlock(first);
}

static void set_aside_together(void **state)
{
    char aside[160], again[160];

    (void)state;
    case_arrives("1.2", "1.2.1", NULL);
    case_close();
    damage_mark(database, "why");
    damage_mark(database, "later");
    assert_true(damage_marked(database));
    damage_what(database, aside, sizeof aside);
    assert_string_equal(aside, "why");
    memset(&err, 0, sizeof err);
    assert_null(db_open(database, &err));
    assert_int_equal(err.code, ERR_FATAL);
    assert_non_null(strstr(err.msg, " is damaged: the node sets it aside and "
                                    "makes it again from the spool"));
    MUST(damage_set_aside(database, aside, sizeof aside, &err));
    assert_false(damage_marked(database));
    assert_false(there("") || there("-wal") || there("-shm"));
    assert_true(there(".damaged-20260528T202640Z") &&
                there(".damaged-20260528T202640Z-wal"));
    db = case_open();
    case_close();
    MUST(damage_set_aside(database, again, sizeof again, &err));
    assert_true(there(".damaged-20260528T202640Z-2"));
    db = case_open();
}

static void seals(void **state)
{
    (void)state;
    case_close();
    assert_true(seal_intact(database));
    seal_make(database);
    assert_true(there(".seal"));
    assert_true(seal_intact(database));
    flip(500);
    assert_false(seal_intact(database));
    flip(500);
    assert_true(seal_intact(database));
    MUST(seal_break(database, &err));
    assert_false(there(".seal"));
    flip(500);
    assert_true(seal_intact(database));
    flip(500);
    MUST(seal_break(database, &err));
    db = case_open();
}

/* sqlite3(1) checkpoints when it is the last to close, and removes the log. */
static void another_program_was_there(void **state)
{
    char wal[160];

    (void)state;
    case_close();
    seal_make(database);
    path_of("-wal", wal);
    unlink(wal);
    flip(500);
    assert_true(seal_intact(database));
    flip(500);
    db = case_open();
}

/* Wherever the bit is: the keeper replaces the database and says where it is,
 * and the secret stays. */
static void any_flipped_bit_is_found(void **state)
{
    char secret[65], now[65], aside[256], rebuild[4];
    bool found;

    (void)state;
    for (int i = 1; i <= 100; i++) {
        char uid[32];

        snprintf(uid, sizeof uid, "1.2.%d", i);
        case_arrives("1.2", uid, NULL);
    }
    MUST(db_secret(db, secret, &err));
    case_close();
    if (!keeper(true))
        fail_msg("%s", err.msg);
    for (off_t at = 0; at < 1000; at += 37) {
        db = case_open();
        MUST(meta_set(db, META_REBUILD, "0", &err));
        MUST(meta_set(db, META_ASIDE, "", &err));
        case_close();
        forget_lock();
        if (!keeper(true))
            fail_msg("%s", err.msg);
        flip(at);
        forget_lock();
        assert_false(keeper(false));
        assert_int_equal(err.code, ERR_FATAL);
        assert_true(there(".damaged"));
        forget_lock();
        if (!keeper(true))
            fail_msg("at %d: %s", (int)at, err.msg);
        db = case_open();
        MUST(meta_get(db, META_ASIDE, aside, sizeof aside, &found, &err));
        assert_non_null(strstr(aside, "/osteon.db.damaged-"));
        MUST(meta_get(db, META_REBUILD, rebuild, sizeof rebuild, &found, &err));
        assert_string_equal(rebuild, "1");
        MUST(db_secret(db, now, &err));
        assert_string_equal(now, secret);
        case_close();
        forget_lock();
        now_ms += 1000;
    }
    db = case_open();
}

static void what_sqlite_sees_is_marked(void **state)
{
    sqlite3 *handle;

    (void)state;
    assert_int_equal(sqlite3_open(database, &handle), SQLITE_OK);
    assert_int_equal(sqlite3_exec(handle,
                                  "ALTER TABLE job RENAME COLUMN why TO w",
                                  NULL, NULL, NULL),
                     SQLITE_OK);
    sqlite3_close(handle);
    memset(&err, 0, sizeof err);
    assert_false(queue_hold(db, 1, &err) || queue_drop(db, 1, &err));
    assert_int_equal(err.code, ERR_FATAL);
    assert_true(damage_marked(database));
}

static void the_secret_outlives_the_database(void **state)
{
    char secret[65], now[65], path[160];
    struct stat st;

    (void)state;
    MUST(db_secret(db, secret, &err));
    MUST(secret_keep(db, spool, &err));
    snprintf(path, sizeof path, "%s/secret", spool);
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    assert_int_equal(st.st_size, 64);
    case_close();
    assert_int_equal(unlink(database), 0);
    db = case_open();
    MUST(db_secret(db, now, &err));
    assert_string_not_equal(now, secret);
    MUST(secret_keep(db, spool, &err));
    MUST(db_secret(db, now, &err));
    assert_string_equal(now, secret);
    /* A copy that says nothing, or another one of a settled node. */
    MUST(meta_set(db, META_REBUILD, "0", &err));
    assert_int_equal(truncate(path, 63), 0);
    MUST(secret_keep(db, spool, &err));
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_size, 64);
    REFUSES(secret_keep(db, "/nonexistent", &err), ERR_RETRY,
            "cannot open the spool /nonexistent: No such file or directory");
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, case_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(only_alone),
        TEST(set_aside_together),
        TEST(seals),
        TEST(another_program_was_there),
        TEST(any_flipped_bit_is_found),
        TEST(what_sqlite_sees_is_marked),
        TEST(the_secret_outlives_the_database),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
