#ifndef TEST_QUEUE_CASE_H
#define TEST_QUEUE_CASE_H

/* What the tests of db/ share: a clock that stands still until a test moves
 * it (clock.c of libconf.a is not linked then), a fresh database, and short
 * ways to say "an image came". */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#include <sqlite3.h>

#include "conf/clock.h"
#include "db/queue.h"
#include "db/uid.h"

#define CASE     __attribute__((unused)) static
#define START_MS INT64_C(1780000000000)

static int64_t now_ms = START_MS;

int64_t clock_wall_ms(void)
{
    return now_ms;
}

int64_t clock_mono_ms(void)
{
    return now_ms;
}

void clock_sleep_ms(int64_t ms)
{
    now_ms += ms;
    usleep(1000);
}

static char folder[64], database[96];
static struct db *db;
static struct err err;

CASE struct db *case_open(void)
{
    struct db *opened;

    memset(&err, 0, sizeof err);
    opened = db_open(database, &err);
    if (!opened)
        fail_msg("db_open: %s", err.msg);
    return opened;
}

CASE void case_close(void)
{
    db_close(db);
    db = NULL;
}

CASE int case_setup(void **state)
{
    (void)state;
    /* In memory when there is such a place: kill -9 is all these tests do. */
    snprintf(folder, sizeof folder, "/dev/shm/osteon-test-XXXXXX");
    if (!mkdtemp(folder)) {
        snprintf(folder, sizeof folder, "/tmp/osteon-test-XXXXXX");
        assert_non_null(mkdtemp(folder));
    }
    snprintf(database, sizeof database, "%s/osteon.db", folder);
    now_ms = START_MS;
    db = case_open();
    return 0;
}

/* The first number of a query, for what no function shows. */
CASE int64_t case_number(const char *sql)
{
    sqlite3 *handle;
    sqlite3_stmt *st;
    int64_t value;

    assert_int_equal(sqlite3_open(database, &handle), SQLITE_OK);
    sqlite3_db_config(handle, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
    assert_int_equal(sqlite3_prepare_v2(handle, sql, -1, &st, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_step(st), SQLITE_ROW);
    value = sqlite3_column_int64(st, 0);
    sqlite3_finalize(st);
    sqlite3_close(handle);
    return value;
}

/* What the triggers counted is what there is. */
CASE void case_tallied(void)
{
    assert_int_equal(
        case_number(
            "SELECT count(*) FROM (SELECT stage, state, key, count(*) FROM job "
            "GROUP BY 1, 2, 3 EXCEPT SELECT stage, state, key, jobs FROM "
            "tally)"),
        0);
    assert_int_equal(case_number("SELECT coalesce(sum(jobs), 0) - (SELECT "
                                 "count(*) FROM job) FROM tally"),
                     0);
}

CASE int case_teardown(void **state)
{
    char command[128];

    (void)state;
    if (db && err.code != ERR_FATAL)
        case_tallied();
    case_close();
    snprintf(command, sizeof command, "rm -rf %s", folder);
    return system(command);
}

#define MUST(call)                                                             \
    do {                                                                       \
        memset(&err, 0, sizeof err);                                           \
        if (!(call))                                                           \
            fail_msg("%s: %s", #call, err.msg);                                \
    } while (0)

#define REFUSES(call, wanted_code, wanted_msg)                                 \
    do {                                                                       \
        memset(&err, 0, sizeof err);                                           \
        assert_false(call);                                                    \
        assert_string_equal(err.msg, wanted_msg);                              \
        assert_int_equal(err.code, wanted_code);                               \
    } while (0)

/* An image as the spool hands it over; `content` stands for its bytes. */
CASE struct object case_image(const char *study, const char *uid,
                              const char *content)
{
    static unsigned serial;
    struct object object = {.kind = OBJECT_RECEIVED,
                            .sop_class = "1.2.840.10008.5.1.4.1.1.1.1",
                            .transfer_syntax = "1.2.840.10008.1.2.1",
                            .calling_ae = "MODALITY",
                            .called_ae = "OSTEON",
                            .data_offset = 400,
                            .data_bytes = 1000};

    snprintf(object.study_uid, sizeof object.study_uid, "%s", study);
    snprintf(object.series_uid, sizeof object.series_uid, "%s.1", study);
    snprintf(object.sop_uid, sizeof object.sop_uid, "%s", uid);
    snprintf(object.path, sizeof object.path, "obj/00/%d-%u.dcm", getpid(),
             ++serial);
    sha256_hex(object.sha256, content, strlen(content));
    object.received_ms = now_ms;
    object.receive_ms = 12;
    return object;
}

/* quiet 20 s, cap 5 min, no needs. */
CASE struct job_demand case_demand(void)
{
    struct job_demand demand = {.route = "long-leg",
                                .model = "leg-alignment",
                                .quiet_ms = 20000,
                                .cap_ms = 300000,
                                .priority = 5};

    return demand;
}

CASE enum receipt case_receive(struct object *object,
                               const struct job_demand *demand)
{
    enum receipt receipt;

    MUST(queue_receive(db, object, demand, demand != NULL, NULL, 0, &receipt,
                       &err));
    return receipt;
}

CASE int64_t case_arrives(const char *study, const char *uid,
                          const struct job_demand *demand)
{
    struct object object = case_image(study, uid, uid);

    assert_int_equal(case_receive(&object, demand), RECEIPT_NEW);
    return object.id;
}

CASE bool case_claim(enum job_stage stage, const char *key, struct job *job)
{
    bool got;

    memset(&err, 0, sizeof err);
    got = queue_claim(db, stage, key, "infer.1", 60000, job, &err);
    if (!got && err.code != ERR_NONE)
        fail_msg("queue_claim: %s", err.msg);
    return got;
}

CASE void case_sound(void)
{
    assert_int_equal(
        case_number("SELECT count(*) = 1 AND max(integrity_check) = 'ok' "
                    "FROM pragma_integrity_check"),
        1);
    assert_int_equal(
        case_number("SELECT count(*) FROM pragma_foreign_key_check"), 0);
}

#endif
