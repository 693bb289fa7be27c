/* A node that repaired itself must say so: whoever reads `osteon status` the
 * next day learns that there was a night with a broken disk. */
#include "cli/status_storage.h"

#include <inttypes.h>
#include <stdio.h>

#include "cli/table.h"
#include "cli/text.h"
#include "conf/json_line.h"
#include "db/damage.h"
#include "db/spool_health.h"

#define DAY_MS 86400000

void status_storage_look(const struct conf *conf, struct status_storage *out)
{
    out->degraded = spool_degraded(conf->node.spool);
    out->damaged = damage_marked(conf->node.database);
}

bool status_storage_read(struct db *db, int64_t now_ms,
                         struct status_storage *out, struct err *err)
{
    if (!rebuild_due(db, &out->rebuilding, err) ||
        !rebuild_last(db, &out->rebuilt, err))
        return false;
    if (now_ms - out->rebuilt.at_ms > DAY_MS)
        out->rebuilt.at_ms = 0;
    return true;
}

static void alarm_line(const char *text)
{
    printf("\n%s%s%s\n", table_tone(stdout, TABLE_BAD), text,
           table_tone_end(stdout, TABLE_BAD));
}

void status_storage_print(const struct status_storage *storage)
{
    const struct rebuild_report *rebuilt = &storage->rebuilt;
    char when[TEXT_TIME];

    if (storage->degraded)
        alarm_line("the disk failed a write: nothing is received until a test "
                   "file succeeds");
    if (storage->damaged)
        alarm_line("the database is damaged: it is made again from the spool "
                   "when the node starts");
    else if (storage->rebuilding)
        alarm_line("the database is new or was restored: the spool is not "
                   "taken up yet (osteon-scp --rebuild)");
    if (rebuilt->at_ms == 0)
        return;
    text_local(when, rebuilt->at_ms);
    printf("\n%srows made again from the spool%s %s: %" PRId64 " images, "
           "%" PRId64 " results",
           table_tone(stdout, TABLE_WARN), table_tone_end(stdout, TABLE_WARN),
           when, rebuilt->images, rebuilt->results);
    if (rebuilt->damaged > 0)
        printf("; %" PRId64 " files do not fit their digest and are in "
               "damaged/ of the spool",
               rebuilt->damaged);
    putchar('\n');
    if (rebuilt->aside[0])
        printf("the damaged database is %s\n", rebuilt->aside);
}

json_t *status_storage_json(const struct status_storage *storage)
{
    const struct rebuild_report *rebuilt = &storage->rebuilt;
    json_t *report = json_null();

    if (rebuilt->at_ms)
        report = json_pack(
            "{s:o,s:I,s:I,s:I,s:o}", "time", text_utc(rebuilt->at_ms), "images",
            (json_int_t)rebuilt->images, "results",
            (json_int_t)rebuilt->results, "damaged",
            (json_int_t)rebuilt->damaged, "aside",
            json_line_text(rebuilt->aside[0] ? rebuilt->aside : NULL));
    return json_pack("{s:b,s:b,s:b,s:o}", "degraded", storage->degraded,
                     "damaged", storage->damaged, "rebuilding",
                     storage->rebuilding, "rebuilt", report);
}
