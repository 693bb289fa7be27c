/* What claiming and finishing a job cost in a queue of a given length.
 *
 *   queue DATABASE FINISHED WAITING CYCLES
 *
 * Fills a new database with so many finished and waiting ANALYSE jobs, then
 * takes CYCLES of the waiting ones through claim and finish, each with a report
 * and a picture to be sent, as osteon-infer does. Prints a JSON object:
 * medians in microseconds. */
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "db/queue.h"

#define MOST_CYCLES 10000

static double now_us(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static void must(bool good, const char *what)
{
    if (good)
        return;
    fprintf(stderr, "queue: %s\n", what);
    exit(1);
}

#define NUMBERS                                                                \
    "WITH RECURSIVE n(i) AS (SELECT ?1 UNION ALL SELECT i + 1 FROM n "         \
    "WHERE i < ?2 - 1) "

/* One study, one image, one selection and one job for each number. */
static void fill(sqlite3 *db, long from, long to, int state)
{
    static const char *const texts[] = {
        NUMBERS "INSERT INTO object (id, kind, sop_class, sop_uid, study_uid, "
                "series_uid, transfer_syntax, calling_ae, called_ae, path, "
                "data_offset, data_bytes, sha256, received_ms, receive_ms) "
                "SELECT i + 1, 1, '1.2.840.10008.5.1.4.1.1.1.1', '2.25.1.' || "
                "i, '2.25.2.' || i, '2.25.3.' || i, '1.2.840.10008.1.2.1', "
                "'A', 'B', 'obj/00/' || i, 512, 1000000, "
                "printf('%064x', i), 1, 1 FROM n",
        NUMBERS "INSERT INTO selection (id, route, study_uid, object_id) "
                "SELECT i + 1, 'r', '2.25.2.' || i, i + 1 FROM n",
        NUMBERS "INSERT INTO job (stage, state, key, route, study_uid, "
                "priority, created_ms, due_ms, stamp_ms, done_ms, upto) "
                "SELECT 1, ?3, 'm', 'r', '2.25.2.' || i, 4, 1, i + 1, 1, "
                "iif(?3 = 3, 1, NULL), iif(?3 = 3, i + 1, NULL) FROM n"};

    if (from >= to)
        return;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        sqlite3_stmt *insert = NULL;

        must(sqlite3_prepare_v2(db, texts[i], -1, &insert, NULL) == SQLITE_OK,
             sqlite3_errmsg(db));
        sqlite3_bind_int64(insert, 1, from);
        sqlite3_bind_int64(insert, 2, to);
        sqlite3_bind_int(insert, 3, state);
        must(sqlite3_step(insert) == SQLITE_DONE, sqlite3_errmsg(db));
        sqlite3_finalize(insert);
    }
}

static void fill_all(const char *path, long finished, long waiting)
{
    sqlite3 *db;

    must(sqlite3_open(path, &db) == SQLITE_OK, path);
    sqlite3_exec(db, "PRAGMA synchronous=OFF; BEGIN", NULL, NULL, NULL);
    fill(db, 0, finished, 3);
    fill(db, finished, finished + waiting, 1);
    must(sqlite3_exec(db, "COMMIT; PRAGMA wal_checkpoint(TRUNCATE)", NULL, NULL,
                      NULL) == SQLITE_OK,
         sqlite3_errmsg(db));
    sqlite3_close(db);
}

static struct object result(long number)
{
    struct object object = {.kind = OBJECT_RESULT,
                            .data_offset = 512,
                            .data_bytes = 20000,
                            .received_ms = 1};

    snprintf(object.sop_class, sizeof object.sop_class,
             "1.2.840.10008.5.1.4.1.1.88.33");
    snprintf(object.sop_uid, sizeof object.sop_uid, "2.25.9.%ld", number);
    snprintf(object.study_uid, sizeof object.study_uid, "2.25.2.%ld", number);
    snprintf(object.series_uid, sizeof object.series_uid, "2.25.8.%ld", number);
    snprintf(object.transfer_syntax, sizeof object.transfer_syntax,
             "1.2.840.10008.1.2.1");
    snprintf(object.path, sizeof object.path, "obj/ff/%ld", number);
    snprintf(object.sha256, sizeof object.sha256, "%064lx", number);
    return object;
}

static int by_size(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

static double median(double *values, long n)
{
    qsort(values, (size_t)n, sizeof *values, by_size);
    return values[n / 2];
}

int main(int argc, char **argv)
{
    static double claims[MOST_CYCLES], finishes[MOST_CYCLES];
    struct err err = {0};
    struct db *db;
    long cycles;

    if (argc != 5) {
        fprintf(stderr, "usage: queue DATABASE FINISHED WAITING CYCLES\n");
        return 2;
    }
    cycles = atol(argv[4]);
    must(cycles > 0 && cycles <= MOST_CYCLES, "bad CYCLES");
    db = db_open(argv[1], &err);
    must(db != NULL, err.msg);
    db_close(db);
    fill_all(argv[1], atol(argv[2]), atol(argv[3]));
    db = db_open(argv[1], &err);
    must(db != NULL, err.msg);
    for (long i = 0; i < cycles; i++) {
        struct object results[2] = {result(2 * i), result(2 * i + 1)};
        struct job job, sends[2] = {{.stage = JOB_SEND, .object_id = 1},
                                    {.stage = JOB_SEND, .object_id = 2}};
        double begun = now_us(), claimed;

        must(queue_claim(db, JOB_ANALYSE, "m", "infer.1", 60000, &job, &err),
             "nothing to claim");
        claimed = now_us();
        for (int k = 0; k < 2; k++) {
            strcpy(sends[k].key, "pacs");
            strcpy(sends[k].route, "r");
            strcpy(sends[k].study_uid, job.study_uid);
        }
        must(queue_finish(db, &job, results, 2, sends, 2, "{}", &err), err.msg);
        finishes[i] = now_us() - claimed;
        claims[i] = claimed - begun;
    }
    db_close(db);
    printf("{\"claim_us\": %.1f, \"finish_us\": %.1f}\n",
           median(claims, cycles), median(finishes, cycles));
    return 0;
}
