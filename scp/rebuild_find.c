/* Which files of the spool the database does not know, and in which order they
 * are to be taken up: images as they came, then the results of each study by
 * revision. Only the headers are read here. */
#include "scp/rebuild_find.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "conf/log.h"
#include "conf/mem.h"
#include "db/part10.h"
#include "db/spool.h"
#include "db/sweep.h"
#include "db/uid.h"

#define FOLDERS 256

static void path_of(const char *name, struct object *object)
{
    snprintf(object->path, sizeof object->path, "obj/%.2s/%.36s", name, name);
}

bool rebuild_read(const char *name, struct object *object,
                  struct result_of *result, struct err *err)
{
    unsigned char bytes[PART10_HEADER_BYTES];
    struct object where = {0};
    char path[SPOOL_PATH];
    ssize_t n;
    int fd;

    path_of(name, &where);
    spool_path(&where, path);
    fd = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
    n = fd < 0 ? -1 : pread(fd, bytes, sizeof bytes, 0);
    if (fd >= 0)
        close(fd);
    if (n < 0)
        return err_set(err, errno == EIO ? ERR_REJECT : ERR_RETRY,
                       "cannot read it: %s", strerror(errno));
    if (!part10_read(bytes, (size_t)n, object, result, err))
        return false;
    path_of(name, object);
    return true;
}

bool rebuild_set_aside(struct rebuild *r, const char *name, const char *why,
                       struct err *err)
{
    int root = open(r->conf->node.spool, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    char from[64], to[64];
    bool ok;

    snprintf(from, sizeof from, "obj/%.2s/%.36s", name, name);
    snprintf(to, sizeof to, "damaged/%s", name);
    ok = root >= 0 && (mkdirat(root, "damaged", 0700) == 0 || errno == EEXIST);
    ok = ok && renameat(root, from, root, to) == 0;
    if (!ok)
        err_set(err, ERR_RETRY, "cannot move %s to %s in the spool: %s", from,
                to, strerror(errno));
    if (root >= 0)
        close(root);
    if (!ok)
        return false;
    r->report.damaged++;
    log_error("object.damaged", KV_STR("file", name), KV_STR("reason", why));
    return true;
}

static void add(struct rebuild *r, size_t *room, const char *name,
                const struct object *object, const struct result_of *result)
{
    char text[256], sha256[65];
    struct found *file;

    if (r->n == *room) {
        *room = *room ? *room * 2 : 256;
        r->files = mem_grow(r->files, *room, sizeof *r->files);
    }
    file = &r->files[r->n++];
    memset(file, 0, sizeof *file);
    snprintf(file->name, sizeof file->name, "%.36s", name);
    file->kind = (unsigned char)object->kind;
    file->received_ms = object->received_ms;
    if (object->kind != OBJECT_RESULT)
        return;
    snprintf(text, sizeof text, "%s %s %s", object->study_uid, result->route,
             result->model);
    sha256_hex(sha256, text, strlen(text));
    snprintf(file->group, sizeof file->group, "%.16s", sha256);
    file->revision = result->revision;
    file->part = (unsigned char)result->part;
}

static bool look_at(struct rebuild *r, size_t *room, const char *name,
                    struct err *err)
{
    struct object object = {0};
    struct result_of result;
    struct err why = {0};
    bool known, stale = false;

    path_of(name, &object);
    if (!rebuild_known(r->db, object.path, &known, err))
        return false;
    if (known)
        return true;
    if (!rebuild_read(name, &object, &result, &why)) {
        if (why.code == ERR_REJECT)
            return rebuild_set_aside(r, name, why.msg, err);
        *err = why;
        return false;
    }
    if (!rebuild_stale(r->db, &object, &stale, err))
        return false;
    if (stale)
        r->stale++;
    else
        add(r, room, name, &object, &result);
    return true;
}

static bool look_into(struct rebuild *r, size_t *room, unsigned folder,
                      struct err *err)
{
    char path[SPOOL_PATH];
    const struct dirent *entry;
    bool ok = true;
    DIR *dir;

    snprintf(path, sizeof path, "%s/obj/%02x", r->conf->node.spool, folder);
    dir = opendir(path);
    if (!dir)
        return err_set(err, ERR_RETRY, "cannot read %s: %s", path,
                       strerror(errno));
    while (ok && !*r->stop && (entry = readdir(dir)))
        if (sweep_is_ours(entry->d_name))
            ok = look_at(r, room, entry->d_name, err);
    closedir(dir);
    return ok;
}

static int numbers(int64_t a, int64_t b)
{
    return (a > b) - (a < b);
}

static int in_order(const void *left, const void *right)
{
    const struct found *a = left, *b = right;
    int by = numbers(a->kind, b->kind);

    if (by == 0)
        by = strcmp(a->group, b->group);
    if (by == 0)
        by = numbers(a->revision, b->revision);
    if (by == 0)
        by = numbers(a->part, b->part);
    if (by == 0)
        by = numbers(a->received_ms, b->received_ms);
    return by ? by : strcmp(a->name, b->name);
}

bool rebuild_find(struct rebuild *r, struct err *err)
{
    size_t room = 0;

    for (unsigned i = 0; i < FOLDERS && !*r->stop; i++)
        if (!look_into(r, &room, i, err))
            return false;
    if (r->n > 0)
        qsort(r->files, r->n, sizeof *r->files, in_order);
    return true;
}
