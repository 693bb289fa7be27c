/* Which files a job is about. Versions: when an image was sent again with
 * other bytes both are kept, and work is done on the newest. */
#include <stdlib.h>
#include <string.h>

#include "db/queue.h"
#include "db/rows.h"
#include "db/sql.h"

#define MOST_IMAGES 100000

/* The bound is the database's own count, so failure is an err all the same. */
static bool append(struct object **list, size_t *n, size_t *room,
                   const struct object *object, struct err *err)
{
    struct object *grown;

    if (*n == MOST_IMAGES)
        return err_set(err, ERR_REJECT, "the study has over %d images",
                       MOST_IMAGES);
    if (*n == *room) {
        *room = *room ? *room * 2 : 8;
        grown = realloc(*list, *room * sizeof **list);
        if (!grown)
            return err_set(err, ERR_RETRY, "out of memory");
        *list = grown;
    }
    (*list)[(*n)++] = *object;
    return true;
}

bool queue_objects(struct db *db, const struct job *job,
                   struct object **objects, size_t *n, struct err *err)
{
    struct sql q =
        SQL(db, "SELECT " OBJECT_COLUMNS " FROM selection s "
                "JOIN object o ON o.id = s.object_id "
                "WHERE s.study_uid = ?1 AND s.route = ?2 AND s.id <= ?3 "
                "AND o.purged_ms IS NULL AND NOT EXISTS ("
                "  SELECT 1 FROM object newer JOIN selection t "
                "  ON t.object_id = newer.id AND t.route = s.route "
                "  WHERE newer.sop_uid = o.sop_uid AND newer.id > o.id "
                "  AND newer.purged_ms IS NULL AND t.id <= ?3) "
                "ORDER BY s.id");
    struct object *list = NULL, object;
    size_t count = 0, room = 0;
    enum sql_step step;

    sql_text(&q, job->study_uid);
    sql_text(&q, job->route);
    sql_int(&q, job->upto);
    while ((step = sql_step(&q, err)) == SQL_ROW) {
        rows_object(&q, &object);
        if (!append(&list, &count, &room, &object, err)) {
            sql_end(&q);
            free(list);
            return false;
        }
    }
    if (step == SQL_FAIL) {
        free(list);
        return false;
    }
    *objects = list;
    *n = count;
    return true;
}

bool queue_covered(struct db *db, const struct job *job, int64_t *n,
                   struct err *err)
{
    struct sql q = SQL(db, "SELECT count(*) FROM selection WHERE "
                           "study_uid = ? AND route = ? AND id <= ?");
    bool found;

    sql_text(&q, job->study_uid);
    sql_text(&q, job->route);
    sql_int(&q, job->upto);
    return sql_number(&q, n, &found, err);
}

bool queue_object(struct db *db, int64_t id, struct object *out,
                  struct err *err)
{
    struct sql q =
        SQL(db, "SELECT " OBJECT_COLUMNS " FROM object o WHERE o.id = ?");
    enum sql_step step;

    sql_int(&q, id);
    step = sql_step(&q, err);
    if (step == SQL_END)
        return err_set(err, ERR_REJECT, "there is no object %lld",
                       (long long)id);
    if (step == SQL_FAIL)
        return false;
    rows_object(&q, out);
    return sql_run(&q, err);
}

bool queue_predecessor(struct db *db, const struct job *job, struct object *out,
                       struct err *err)
{
    /* SR storage classes: PS3.4 B.5, 1.2.840.10008.5.1.4.1.1.88.*. The first
     * SR of a revision is the one that others stand in for. A burial may have
     * left one too, even of this job, which somebody retried. */
    struct sql q =
        SQL(db, "SELECT " OBJECT_COLUMNS " FROM job j JOIN object o "
                "ON o.job_id = j.id "
                "WHERE j.stage = 1 AND j.study_uid = ?1 "
                "AND j.route = ?2 AND j.key = ?3 "
                "AND (j.id = ?5 OR (j.revision < ?4 AND j.state IN (3, 4))) "
                "AND o.sop_class GLOB '1.2.840.10008.5.1.4.1.1.88.*' "
                "ORDER BY j.revision DESC, o.id LIMIT 1");
    enum sql_step step;

    sql_text(&q, job->study_uid);
    sql_text(&q, job->route);
    sql_text(&q, job->key);
    sql_int(&q, job->revision);
    sql_int(&q, job->id);
    step = sql_step(&q, err);
    if (step == SQL_END)
        err->code = ERR_NONE;
    if (step != SQL_ROW)
        return false;
    rows_object(&q, out);
    return sql_run(&q, err);
}
