/* What an admin sees. Reads only, and never keeps a transaction open for
 * longer than the rows take: a reader in the way lets the WAL grow. */
#include "db/report.h"

#include "db/rows.h"
#include "db/sql.h"

bool report_counts(struct db *db,
                   void (*each)(void *ctx, const struct report_count *),
                   void *ctx, struct err *err)
{
    struct sql q = SQL(db, "SELECT stage, state, key, jobs, "
                           "(SELECT min(created_ms) FROM job j WHERE "
                           "j.stage = t.stage AND j.state = t.state AND "
                           "j.key = t.key) FROM tally t WHERE jobs > 0 "
                           "ORDER BY stage, key, state");
    struct report_count count;
    enum sql_step step;

    while ((step = sql_step(&q, err)) == SQL_ROW) {
        count.stage = (enum job_stage)sql_get_int(&q);
        count.state = (enum job_state)sql_get_int(&q);
        sql_get_text(&q, count.key, sizeof count.key);
        count.count = sql_get_int(&q);
        count.oldest_ms = sql_get_int(&q);
        each(ctx, &count);
    }
    return step == SQL_END;
}

bool report_jobs(struct db *db, const char *study_uid,
                 void (*each)(void *ctx, const struct job *,
                              const char *summary),
                 void *ctx, struct err *err)
{
    struct sql q;
    struct job job;
    enum sql_step step;

    if (study_uid) {
        q = SQL(db, "SELECT " JOB_COLUMNS ", summary FROM job "
                    "WHERE study_uid = ? ORDER BY id");
        sql_text(&q, study_uid);
    } else {
        q = SQL(db, "SELECT " JOB_COLUMNS ", summary FROM job "
                    "WHERE state <> 3 ORDER BY id");
    }
    while ((step = sql_step(&q, err)) == SQL_ROW) {
        rows_job(&q, &job);
        each(ctx, &job, sql_get_string(&q));
    }
    return step == SQL_END;
}

bool report_objects(struct db *db, const char *study_uid,
                    void (*each)(void *ctx, const struct object *), void *ctx,
                    struct err *err)
{
    struct sql q = SQL(db, "SELECT " OBJECT_COLUMNS " FROM object o "
                           "WHERE o.study_uid = ? ORDER BY o.id");
    struct object object;
    enum sql_step step;

    sql_text(&q, study_uid);
    while ((step = sql_step(&q, err)) == SQL_ROW) {
        rows_object(&q, &object);
        each(ctx, &object);
    }
    return step == SQL_END;
}
