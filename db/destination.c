/* The state of destinations as rows: written by the one process that knows,
 * read by `osteon status`. */
#include "db/destination.h"

#include "conf/clock.h"
#include "db/sql.h"

bool destination_note(struct db *db, const char *name, const char *state,
                      const char *why, struct err *err)
{
    struct sql q =
        SQL(db, "INSERT INTO destination (name, state, since_ms, why) "
                "VALUES (?1, ?2, ?3, ?4) ON CONFLICT (name) DO UPDATE SET "
                "since_ms = CASE WHEN state = ?2 THEN since_ms ELSE ?3 END, "
                "state = ?2, why = ?4");

    sql_text(&q, name);
    sql_text(&q, state);
    sql_int(&q, clock_wall_ms());
    sql_text(&q, why);
    return sql_run(&q, err);
}

bool destination_each(struct db *db,
                      void (*each)(void *ctx, const struct destination_state *),
                      void *ctx, struct err *err)
{
    struct sql q = SQL(db, "SELECT name, state, since_ms, why "
                           "FROM destination ORDER BY name");
    struct destination_state row;
    enum sql_step step;

    while ((step = sql_step(&q, err)) == SQL_ROW) {
        sql_get_text(&q, row.name, sizeof row.name);
        sql_get_text(&q, row.state, sizeof row.state);
        row.since_ms = sql_get_int(&q);
        sql_get_text(&q, row.why, sizeof row.why);
        each(ctx, &row);
    }
    return step == SQL_END;
}
