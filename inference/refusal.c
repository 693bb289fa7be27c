/* Somebody or something changed the bytes that decide about a knee: whoever
 * reads the audit trail should see it there. What cannot be recorded is in the
 * log all the same. */
#include "inference/refusal.h"

#include <unistd.h>

#include "conf/json_line.h"
#include "db/audit.h"

static void record(struct db *db, const char *model, const char *why)
{
    struct err ignored = {0};
    json_t *fields = json_pack("{s:o,s:o}", "model", json_line_text(model),
                               "reason", json_line_text(why));

    audit_count(db, AUDIT_MODEL_REFUSED, fields, &ignored);
}

void refusal_at_start(const struct models *models, const struct err *why)
{
    struct err ignored = {0};
    struct db *db = NULL;

    if (models->refused[0] == '\0')
        return;
    if (access(models->conf->node.database, R_OK | W_OK) == 0)
        db = db_open(models->conf->node.database, &ignored);
    if (db)
        record(db, models->refused, why->msg);
    db_close(db);
}

void refusal_of_job(struct db *db, const struct bundle *bundle)
{
    struct err why = {0};

    if (!bundle_weights_good(bundle, &why) && why.code == ERR_REJECT)
        record(db, bundle->name, why.msg);
}
