/* The queue, made again from the spool: never a silent empty one. What was
 * acknowledged is received once more, by the same way through the same routes;
 * what was analysed is not analysed again, for its results are there, and a
 * PACS that has them already sees the same objects (P3). */
#include "scp/rebuild.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "conf/clock.h"
#include "conf/log.h"
#include "conf/mem.h"
#include "db/audit.h"
#include "db/spool.h"
#include "db/sweep.h"
#include "dicom/scan.h"
#include "scp/keep.h"
#include "scp/rebuild_find.h"

#define PROGRESS_MS 5000
#define GARBAGE_MS  3600000

/* Its bytes are those that were stored, and DCMTK may look at them. */
static bool sound(const struct object *object, struct err *err)
{
    struct scan scan;
    bool ok;
    int fd;

    if (!spool_verify(object, &fd, err))
        return false;
    ok = object->kind == OBJECT_RESULT ||
         scan_data_set(fd, object->data_offset, object->transfer_syntax,
                       &scan_limits_default, &scan, err);
    if (ok && object->kind == OBJECT_RECEIVED &&
        strcmp(scan.study_uid, object->study_uid) != 0)
        ok = err_set(err, ERR_REJECT, "its header names another study");
    close(fd);
    return ok;
}

/* *ok false: it was set aside. */
static bool read_sound(struct rebuild *r, const struct found *file,
                       struct object *object, struct result_of *result,
                       bool *ok, struct err *err)
{
    struct err why = {0};

    *ok = rebuild_read(file->name, object, result, &why) && sound(object, &why);
    if (*ok)
        return true;
    if (why.code == ERR_REJECT)
        return rebuild_set_aside(r, file->name, why.msg, err);
    *err = why;
    return false;
}

static bool take_image(struct rebuild *r, const struct found *file,
                       struct err *err)
{
    struct object object;
    struct routing routing = {0};
    struct result_of none;
    struct kept kept;
    bool ok;

    if (!read_sound(r, file, &object, &none, &ok, err))
        return false;
    if (!ok)
        return true;
    ok = keep_ask(r->conf, r->db, &r->apart, &object, err) &&
         keep_hear(r->conf, r->db, &r->apart, &object, &routing, err) &&
         keep_object(r->db, &object, &routing, &kept, err);
    routing_free(&routing);
    if (!ok)
        return false;
    if (kept.receipt != RECEIPT_DUPLICATE)
        r->report.images++;
    return true;
}

/* All results of one job: parts are complete, and each is there once. */
struct group {
    struct object *objects;
    struct result_of *of;
    size_t n;
};

static bool read_group(struct rebuild *r, const struct found *files, size_t n,
                       struct group *group, struct err *err)
{
    for (size_t i = 0; i < n; i++) {
        struct object *object = &group->objects[group->n];
        struct result_of *of = &group->of[group->n];
        bool ok;

        if (!read_sound(r, &files[i], object, of, &ok, err))
            return false;
        /* A rerun makes the same again: the first one will do. */
        if (ok && (group->n == 0 || of->part > of[-1].part))
            group->n++;
    }
    return true;
}

static bool whole(const struct group *group)
{
    return group->n > 0 && group->n == group->of[0].parts;
}

/* As outcome_sends() made them: every part but the alternate to every
 * destination of the route. */
static size_t sends_of(const struct conf_route *route,
                       const struct group *group, struct job *sends)
{
    size_t n = 0;
    int64_t alternate = 0;

    for (size_t i = 0; i < group->n; i++)
        if (group->of[i].role == RESULT_ALTERNATE)
            alternate = (int64_t)i + 1;
    for (size_t i = 0; i < group->n; i++) {
        if (group->of[i].role == RESULT_ALTERNATE)
            continue;
        for (size_t j = 0; j < route->n_send; j++) {
            struct job *send = &sends[n++];

            memset(send, 0, sizeof *send);
            memcpy(send->key, route->send[j], sizeof send->key);
            send->object_id = (int64_t)i + 1;
            if (group->of[i].role == RESULT_MAIN)
                send->alternate_id = alternate;
        }
    }
    return n;
}

static bool put_back(struct rebuild *r, struct group *group, struct err *err)
{
    const struct result_of *of = &group->of[0];
    const struct conf_route *route = conf_route(r->conf, of->route);
    struct job job, *sends;
    size_t n = 0;
    bool ok;

    if (!rebuild_claim(r->db, group->objects[0].study_uid, of,
                       route ? route->priority : 5, &job, err))
        return false;
    if (job.id == 0)
        return true;
    sends =
        mem_calloc(group->n * (route ? route->n_send : 0) + 1, sizeof *sends);
    if (route)
        n = sends_of(route, group, sends);
    ok = queue_finish(r->db, &job, group->objects, group->n, sends, n,
                      "{\"rebuilt\":true}", err);
    free(sends);
    if (ok)
        r->report.results += (int64_t)group->n;
    return ok;
}

/* What is not whole was not finished: its job runs again, and makes it again.
 */
static bool take_results(struct rebuild *r, const struct found *files, size_t n,
                         struct err *err)
{
    struct group group = {.objects = mem_calloc(n, sizeof *group.objects),
                          .of = mem_calloc(n, sizeof *group.of)};
    bool ok = read_group(r, files, n, &group, err) &&
              (!whole(&group) || put_back(r, &group, err));

    free(group.objects);
    free(group.of);
    return ok;
}

static size_t group_size(const struct rebuild *r, size_t from)
{
    const struct found *first = &r->files[from];
    size_t n = 1;

    while (from + n < r->n &&
           strcmp(r->files[from + n].group, first->group) == 0 &&
           r->files[from + n].revision == first->revision)
        n++;
    return n;
}

static void progress(struct rebuild *r, size_t done)
{
    int64_t now_ms = clock_mono_ms();

    if (now_ms - r->told_ms < PROGRESS_MS)
        return;
    r->told_ms = now_ms;
    log_info("rebuild.progress", KV_INT("files", done), KV_INT("of", r->n));
}

static bool take_all(struct rebuild *r, struct err *err)
{
    size_t i = 0, n;

    while (i < r->n && !*r->stop) {
        n = 1;
        if (r->files[i].kind == OBJECT_RECEIVED) {
            if (!take_image(r, &r->files[i], err))
                return false;
        } else {
            n = group_size(r, i);
            if (!take_results(r, &r->files[i], n, err))
                return false;
        }
        i += n;
        progress(r, i);
    }
    return true;
}

/* Whatever has no row now is nobody's: parts of analyses that run again, and
 * what was purged. */
static bool sweep(const struct rebuild *r, struct err *err)
{
    int64_t before_ms = clock_wall_ms() - GARBAGE_MS, removed = 0;
    char folder[8];

    for (unsigned i = 0; r->n + r->stale > 0 && i < 256; i++) {
        snprintf(folder, sizeof folder, "obj/%02x", i);
        if (!sweep_folder(r->db, r->conf->node.spool, folder, before_ms,
                          &removed, err))
            return false;
    }
    if (removed > 0)
        log_info("garbage.removed", KV_INT("files", removed));
    return true;
}

static bool run(struct rebuild *r, struct err *err)
{
    const struct rebuild_report *report = &r->report;
    bool due;

    if (!rebuild_due(r->db, &due, err) || !rebuild_find(r, err))
        return false;
    if (r->n > 0)
        log_warn("rebuild.started", KV_INT("files", r->n),
                 KV_STR("reason",
                        due ? "the database is new or was restored"
                            : "the spool has files that the database does not "
                              "know"));
    if (!take_all(r, err))
        return false;
    if (*r->stop)
        return err_set(err, ERR_RETRY,
                       "interrupted: %zu files were to be "
                       "taken up",
                       r->n);
    if (r->n > 0)
        log_warn("rebuild.done", KV_INT("images", report->images),
                 KV_INT("results", report->results),
                 KV_INT("damaged", report->damaged));
    return sweep(r, err) && rebuild_done(r->db, report, err);
}

bool rebuild_run(const struct conf *conf, const volatile sig_atomic_t *stop,
                 struct err *err)
{
    struct rebuild r = {.conf = conf,
                        .stop = stop,
                        .told_ms = clock_mono_ms(),
                        .report = {.at_ms = clock_wall_ms()}};
    bool ok;

    r.db = db_open(conf->node.database, err);
    if (r.db)
        audit_rebuilding(r.db);
    ok = r.db && run(&r, err);
    routing_apart_end(&r.apart);
    db_close(r.db);
    free(r.files);
    return ok;
}
