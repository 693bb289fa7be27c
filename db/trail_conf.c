/* A result is what it is because of these files: that one of them changed is
 * part of the trail, also when nobody tells. */
#include "db/trail_conf.h"

#include <stdio.h>
#include <string.h>

#include "conf/json_line.h"
#include "db/audit.h"
#include "db/meta.h"
#include "db/sql.h"
#include "db/uid.h"

#define MOST_BYTES 65536 /* as the reader of YAML */

/* "": it cannot be read. */
static void digest(const char *path, char out[static 65])
{
    static char bytes[MOST_BYTES];
    FILE *in = fopen(path, "rbe");
    size_t n = in ? fread(bytes, 1, sizeof bytes, in) : 0;

    out[0] = '\0';
    if (in && !ferror(in))
        sha256_hex(out, bytes, n);
    if (in)
        fclose(in);
}

static bool record(struct db *db, const char *key, const char *file,
                   const char *old, const char *new, struct err *err)
{
    json_t *fields = json_pack("{s:o,s:o,s:o}", "file", json_line_text(file),
                               "old", json_line_text(old[0] ? old : NULL),
                               "new", json_line_text(new));

    return audit_add(db, AUDIT_CONFIGURATION_CHANGED, fields, err) &&
           meta_set(db, key, new, err);
}

static bool compare(struct db *db, const char *key, const char *path,
                    const char *file, struct err *err)
{
    char old[65], new[65];
    bool found;

    digest(path, new);
    if (new[0] == '\0')
        return true;
    if (!meta_get(db, key, old, sizeof old, &found, err))
        return false;
    if (strcmp(old, new) == 0)
        return true;
    if (!sql_begin(db, err))
        return false;
    return record(db, key, file, old, new, err) ? sql_commit(db, err)
                                                : sql_rollback(db);
}

static bool compare_model(struct db *db, const struct conf *conf,
                          const char *name, struct err *err)
{
    char key[CONF_NAME + 16], path[2 * CONF_PATH], file[CONF_NAME + 16];

    snprintf(key, sizeof key, "digest.model.%s", name);
    snprintf(file, sizeof file, "%s/model.yaml", name);
    snprintf(path, sizeof path, "%s/%s", conf->models, file);
    return compare(db, key, path, file, err);
}

bool trail_conf_compare(struct db *db, const struct conf *conf, struct err *err)
{
    if (!compare(db, "digest.configuration", conf->path, conf->path, err))
        return false;
    for (size_t i = 0; i < conf->n_routes; i++)
        for (size_t j = 0; j < conf->routes[i].n_models; j++)
            if (!compare_model(db, conf, conf->routes[i].models[j], err))
                return false;
    return true;
}
