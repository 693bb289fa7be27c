/* After the answer, not before it: a stranger neither waits for our disk nor
 * finds out about it, and one who is let in waits for no stranger. There are
 * never more of these at a time than children. A database that does not
 * answer soon is busy with what matters more; the log has the line. */
#include "scp/refusal.h"

#include "conf/json_line.h"
#include "conf/log.h"
#include "db/audit.h"

#define PATIENCE_MS 1000

static json_t *fields(const struct dcm_peer *peer, const char *why, bool brief)
{
    json_t *all = json_object();

    if (brief) {
        json_line_set(all, "reason",
                      json_line_text("too many refusals to record each"));
        return all;
    }
    json_line_set(all, "reason", json_line_text(why));
    json_line_set(all, "address", json_line_text(peer->address));
    if (peer->calling_ae[0])
        json_line_set(all, "calling_ae", json_line_text(peer->calling_ae));
    if (peer->called_ae[0])
        json_line_set(all, "called_ae", json_line_text(peer->called_ae));
    if (peer->certificate[0])
        json_line_set(all, "certificate", json_line_text(peer->certificate));
    return all;
}

void refusal_record(const struct conf *conf, const struct dcm_peer *peer,
                    const char *why, bool brief)
{
    struct err err = {0};
    struct db *db = db_open(conf->node.database, &err);
    bool good = db != NULL;

    if (good) {
        db_patience(db, PATIENCE_MS);
        good = audit_count(db, AUDIT_CALLER_REFUSED, fields(peer, why, brief),
                           &err);
        db_close(db);
    }
    if (!good)
        log_warn("audit.skipped", KV_STR("reason", err.msg));
}

void refusal_record_object(struct db *db, const struct dcm_peer *peer,
                           const char *status, const char *why)
{
    struct err err = {0};
    json_t *all = fields(peer, why, false);

    json_line_set(all, "status", json_line_text(status));
    db_patience(db, PATIENCE_MS);
    if (!audit_count(db, AUDIT_OBJECT_REFUSED, all, &err))
        log_warn("audit.skipped", KV_STR("reason", err.msg));
    db_patience(db, 0);
}
