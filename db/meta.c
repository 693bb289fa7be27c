/* The table meta: single values that belong to the database as a whole. */
#include "db/meta.h"

#include "db/sql.h"

bool meta_get(struct db *db, const char *key, char *out, size_t size,
              bool *found, struct err *err)
{
    struct sql q = SQL(db, "SELECT value FROM meta WHERE key = ?");
    enum sql_step step;

    out[0] = '\0';
    sql_text(&q, key);
    step = sql_step(&q, err);
    *found = step == SQL_ROW;
    if (step != SQL_ROW)
        return step == SQL_END;
    sql_get_text(&q, out, size);
    return sql_run(&q, err);
}

bool meta_set(struct db *db, const char *key, const char *value,
              struct err *err)
{
    struct sql q = SQL(db, "INSERT INTO meta (key, value) VALUES (?1, ?2) "
                           "ON CONFLICT (key) DO UPDATE SET value = ?2");

    sql_text(&q, key);
    sql_text(&q, value);
    return sql_run(&q, err);
}
