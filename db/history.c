/* Numbers outlive the images that they were read from: those are purged a week
 * after they were delivered, a change shows over years. */
#include "db/history.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "conf/clock.h"
#include "conf/mem.h"
#include "db/sql.h"

#define COLUMNS                                                                \
    "measure, concept, site, modifier, side, value, unit, confidence, "        \
    "study_date, study_uid, series_uid, sop_class, sop_uid, sha256, frame, "   \
    "input, view, body_part, calibration, implant, model, version, "           \
    "weights_sha256, tracking_uid, route, revision, sr_class, "                \
    "sr_series_uid, sr_uid"

static void bind_measured(struct sql *q, const struct history_row *row)
{
    sql_text(q, row->measure);
    sql_text(q, row->concept);
    sql_text(q, row->site);
    sql_text(q, row->modifier);
    sql_int(q, row->side);
    sql_real(q, row->value);
    sql_text(q, row->unit);
    sql_real(q, row->confidence);
}

static void bind_image(struct sql *q, const struct history_row *row)
{
    sql_text(q, row->study_date);
    sql_text(q, row->study_uid);
    sql_text(q, row->series_uid);
    sql_text(q, row->sop_class);
    sql_text(q, row->sop_uid);
    sql_text(q, row->sha256);
    sql_int(q, row->frame);
    sql_text(q, row->input);
    sql_text(q, row->view);
    sql_text(q, row->body_part);
    sql_int(q, row->calibration);
    sql_int(q, row->implant);
}

static bool add(struct db *db, const struct history_patient *patient,
                const struct history_row *row, int64_t now_ms, struct err *err)
{
    struct sql q =
        SQL(db, "INSERT INTO measure (origin, made_ms, issuer, patient_id, "
                "patient_key, " COLUMNS ") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, "
                "?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, "
                "?, ?, ?, ?, ?) ON CONFLICT (sr_uid, tracking_uid) "
                "WHERE origin = 2 DO NOTHING");

    sql_int(&q, row->origin);
    sql_int(&q, now_ms);
    sql_text(&q, patient->issuer);
    sql_text(&q, patient->id);
    sql_text(&q, patient->key);
    bind_measured(&q, row);
    bind_image(&q, row);
    sql_text(&q, row->model);
    sql_text(&q, row->version);
    sql_text(&q, row->weights_sha256);
    sql_text(&q, row->tracking_uid);
    sql_text(&q, row->route);
    sql_int(&q, row->revision);
    sql_text(&q, row->sr_class);
    sql_text(&q, row->sr_series_uid);
    sql_text(&q, row->sr_uid);
    return sql_run(&q, err);
}

bool history_write(struct db *db, const struct history *history,
                   const struct job *job, int64_t now_ms, struct err *err)
{
    for (size_t i = 0; history->patient.id[0] != '\0' && i < history->n; i++) {
        struct history_row row = history->rows[i];

        if (!isfinite(row.value) || !isfinite(row.confidence))
            continue; /* the report has none either */
        row.origin = HISTORY_OWN;
        memcpy(row.route, job->route, sizeof row.route);
        row.revision = job->revision;
        if (!add(db, &history->patient, &row, now_ms, err))
            return false;
    }
    return true;
}

static bool add_report(struct db *db, const struct history *history,
                       struct err *err)
{
    for (size_t i = 0; i < history->n; i++) {
        struct history_row row = history->rows[i];

        if (!isfinite(row.value) || !isfinite(row.confidence))
            continue;
        row.origin = HISTORY_REPORT;
        row.route[0] = '\0';
        if (!add(db, &history->patient, &row, clock_wall_ms(), err))
            return false;
    }
    return true;
}

bool history_add(struct db *db, const struct history *history, struct err *err)
{
    if (history->patient.id[0] == '\0')
        return true;
    if (!sql_begin(db, err))
        return false;
    return add_report(db, history, err) ? sql_commit(db, err)
                                        : sql_rollback(db);
}

static void read_row(struct sql *q, struct history_row *row)
{
    memset(row, 0, sizeof *row);
    row->origin = (enum history_origin)sql_get_int(q);
    sql_get_text(q, row->measure, sizeof row->measure);
    sql_get_text(q, row->concept, sizeof row->concept);
    sql_get_text(q, row->site, sizeof row->site);
    sql_get_text(q, row->modifier, sizeof row->modifier);
    row->side = (enum side)sql_get_int(q);
    row->value = sql_get_real(q);
    sql_get_text(q, row->unit, sizeof row->unit);
    row->confidence = sql_get_real(q);
    sql_get_text(q, row->study_date, sizeof row->study_date);
    sql_get_text(q, row->study_uid, sizeof row->study_uid);
    sql_get_text(q, row->series_uid, sizeof row->series_uid);
    sql_get_text(q, row->sop_class, sizeof row->sop_class);
    sql_get_text(q, row->sop_uid, sizeof row->sop_uid);
    sql_get_text(q, row->sha256, sizeof row->sha256);
    row->frame = (uint32_t)sql_get_int(q);
    sql_get_text(q, row->input, sizeof row->input);
    sql_get_text(q, row->view, sizeof row->view);
    sql_get_text(q, row->body_part, sizeof row->body_part);
    row->calibration = (enum calibration)sql_get_int(q);
    row->implant = sql_get_int(q) != 0;
    sql_get_text(q, row->model, sizeof row->model);
    sql_get_text(q, row->version, sizeof row->version);
    sql_get_text(q, row->weights_sha256, sizeof row->weights_sha256);
    sql_get_text(q, row->tracking_uid, sizeof row->tracking_uid);
    sql_get_text(q, row->route, sizeof row->route);
    row->revision = sql_get_int(q);
    sql_get_text(q, row->sr_class, sizeof row->sr_class);
    sql_get_text(q, row->sr_series_uid, sizeof row->sr_series_uid);
    sql_get_text(q, row->sr_uid, sizeof row->sr_uid);
}

static void reverse(struct history *history)
{
    for (size_t i = 0, j = history->n; i + 1 < j; i++) {
        struct history_row row = history->rows[i];

        history->rows[i] = history->rows[--j];
        history->rows[j] = row;
    }
}

/* A later revision counts also where it measured nothing: it has no rows, but
 * its job is done. */
bool history_of(struct db *db, const char *key, struct history *out,
                struct err *err)
{
    struct sql q =
        SQL(db, "SELECT origin, " COLUMNS " FROM measure m "
                "WHERE patient_key = ?1 AND NOT EXISTS (SELECT 1 FROM job j "
                "WHERE m.origin = 1 AND j.study_uid = m.study_uid AND "
                "j.route = m.route AND j.key = m.model AND j.stage = 1 AND "
                "j.state = 3 AND j.revision > m.revision) "
                "ORDER BY study_date DESC, id DESC LIMIT ?2");
    enum sql_step step;

    memset(out, 0, sizeof *out);
    out->rows = mem_calloc(1, sizeof *out->rows);
    sql_text(&q, key);
    sql_int(&q, HISTORY_MOST);
    while ((step = sql_step(&q, err)) == SQL_ROW) {
        out->rows = mem_grow(out->rows, out->n + 1, sizeof *out->rows);
        read_row(&q, &out->rows[out->n++]);
    }
    if (step == SQL_END) {
        reverse(out);
        return true;
    }
    history_free(out);
    return false;
}

bool history_patients(struct db *db, const char *id, const char *issuer,
                      struct history_patient *out, size_t *n, struct err *err)
{
    struct sql q =
        SQL(db, "SELECT DISTINCT issuer, patient_id, patient_key FROM measure "
                "WHERE patient_id = ?1 AND (?2 OR issuer = ?3) "
                "ORDER BY issuer");
    size_t room = *n;
    enum sql_step step;

    *n = 0;
    sql_text(&q, id);
    sql_int(&q, issuer == NULL);
    sql_text(&q, issuer ? issuer : "");
    while ((step = sql_step(&q, err)) == SQL_ROW && *n < room) {
        struct history_patient *patient = &out[(*n)++];

        sql_get_text(&q, patient->issuer, sizeof patient->issuer);
        sql_get_text(&q, patient->id, sizeof patient->id);
        sql_get_text(&q, patient->key, sizeof patient->key);
    }
    if (step == SQL_ROW)
        sql_end(&q);
    return step != SQL_FAIL;
}

void history_free(struct history *history)
{
    free(history->rows);
    history->rows = NULL;
    history->n = 0;
}
