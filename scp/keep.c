/* What the spool has is taken on here: routes, rows, jobs, in one transaction
 * (queue_receive). */
#include "scp/keep.h"

#include <string.h>
#include <unistd.h>

#include "conf/log.h"
#include "db/spool.h"
#include "db/study_key.h"

bool keep_ask(const struct conf *conf, struct db *db, struct apart *apart,
              const struct object *object, struct err *err)
{
    char path[SPOOL_PATH];

    spool_path(object, path);
    return routing_apart_ask(apart, conf, object, path,
                             !queue_is_result(db, object->sop_uid), err);
}

/* Headers that DCMTK cannot read after the scan passed them are no reason to
 * lose the object: it stays, unrouted. A file that cannot be opened just now is
 * another matter: Success would mean an image that nobody analyses. */
bool keep_hear(const struct conf *conf, struct db *db, struct apart *apart,
               const struct object *object, struct routing *routing,
               struct err *err)
{
    char study[STUDY_KEY];
    struct err why = {0};

    if (routing_apart_answer(apart, conf, routing, &why))
        return true;
    if (why.code != ERR_REJECT) {
        *err = why;
        return false;
    }
    study_key(db, object->study_uid, study);
    log_warn("object.unreadable", KV_STR("study", study),
             KV_STR("reason", why.msg),
             KV_STR("calling_ae", object->calling_ae));
    return true;
}

/* A duplicate is acknowledged for the file that is there already. Disks rot
 * and people restore backups: if it is not, the new one takes its place. */
static bool settle_duplicate(struct db *db, struct object *object,
                             enum receipt *receipt, struct err *err)
{
    struct err why = {0};
    struct object stored;
    int fd;

    if (!queue_object(db, object->id, &stored, err))
        return false;
    /* A rebuild was faster with the same file. */
    if (strcmp(stored.path, object->path) == 0)
        return true;
    if (spool_verify(&stored, &fd, &why)) {
        close(fd);
        spool_remove(object);
        return true;
    }
    if (why.code != ERR_REJECT) {
        *err = why;
        return false;
    }
    *receipt = RECEIPT_RESTORED;
    return queue_restore(db, object, err);
}

bool keep_object(struct db *db, struct object *object,
                 const struct routing *routing, struct kept *out,
                 struct err *err)
{
    bool ok = queue_receive(db, object, routing->demands, routing->n_demands,
                            routing->forwards, routing->n_forwards,
                            &out->receipt, err);

    if (ok && out->receipt == RECEIPT_DUPLICATE)
        ok = settle_duplicate(db, object, &out->receipt, err);
    out->routes = routing->routes;
    return ok;
}
