/* That a database was lost must not pass unseen because nothing was lost with
 * it: the ledger has it for good, and whoever looks at the node for a day. */
#include <stdio.h>
#include <stdlib.h>

#include "conf/json_line.h"
#include "db/audit.h"
#include "db/meta.h"
#include "db/rebuild.h"
#include "db/sql.h"

static json_t *fields_of(const struct rebuild_report *report)
{
    return json_pack(
        "{s:I,s:I,s:I,s:I,s:o}", "at_ms", (json_int_t)report->at_ms, "images",
        (json_int_t)report->images, "results", (json_int_t)report->results,
        "damaged", (json_int_t)report->damaged, "aside",
        json_line_text(report->aside));
}

static bool tell(struct db *db, const struct rebuild_report *report,
                 struct err *err)
{
    char *text = json_line_dump(fields_of(report));
    bool ok = meta_set(db, META_ADOPTED, text, err) &&
              audit_add(db, AUDIT_DATABASE_REBUILT, fields_of(report), err);

    free(text);
    return ok;
}

bool rebuild_due(struct db *db, bool *due, struct err *err)
{
    char value[4];
    bool found;

    if (!meta_get(db, META_REBUILD, value, sizeof value, &found, err))
        return false;
    *due = found && value[0] == '1';
    return true;
}

static bool end(struct db *db, const struct rebuild_report *report,
                struct err *err)
{
    struct rebuild_report last = *report;
    bool found, due;

    if (!meta_get(db, META_ASIDE, last.aside, sizeof last.aside, &found, err) ||
        !rebuild_due(db, &due, err))
        return false;
    if ((last.aside[0] || last.images + last.results + last.damaged > 0) &&
        !tell(db, &last, err))
        return false;
    if (last.aside[0] && !meta_set(db, META_ASIDE, "", err))
        return false;
    return !due || meta_set(db, META_REBUILD, "0", err);
}

bool rebuild_done(struct db *db, const struct rebuild_report *report,
                  struct err *err)
{
    if (!sql_begin(db, err))
        return false;
    return end(db, report, err) ? sql_commit(db, err) : sql_rollback(db);
}

bool rebuild_last(struct db *db, struct rebuild_report *out, struct err *err)
{
    const char *aside = "";
    json_int_t at_ms = 0, images = 0, results = 0, damaged = 0;
    char text[512];
    json_t *value;
    bool found;

    *out = (struct rebuild_report){0};
    if (!meta_get(db, META_ADOPTED, text, sizeof text, &found, err))
        return false;
    value = json_line_read(text);
    if (json_unpack(value, "{s:I,s:I,s:I,s:I,s:s}", "at_ms", &at_ms, "images",
                    &images, "results", &results, "damaged", &damaged, "aside",
                    &aside) == 0) {
        *out = (struct rebuild_report){.at_ms = at_ms,
                                       .images = images,
                                       .results = results,
                                       .damaged = damaged};
        snprintf(out->aside, sizeof out->aside, "%s", aside);
    }
    json_decref(value);
    return true;
}
