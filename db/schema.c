/* The tables, in one place. A version is never edited after a release: the
 * next one is another entry of the list below. */
#include "db/schema.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>

#include "db/meta.h"

/* Enumerations are those of job.h and object.h: state 1 QUEUED, 2 BUSY,
 * 3 DONE, 4 DEAD, 5 HELD; stage 1 ANALYSE, 2 SEND, 3 COMMIT.
 *
 * object: an object is gone when purged_ms is set; the row stays as the
 * ledger. The same object sent again after that is a new row.
 *
 * selection: route R selected image O. Its ids only grow, so that job.upto
 * fixes for ever which images a job covers.
 *
 * job.due_ms: when it may be claimed, of a BUSY job the end of its lease.
 * stamp_ms: when due_ms was set (a clock that went back: queue_clock.c).
 * An ANALYSE job is open for more images until its first claim sets upto:
 * job_open makes it the only one of its study, route and model.
 *
 * job.committed, of a SEND: 0 the destination is not asked, 1 its word is
 * awaited, 2 it has taken responsibility (storage commitment, or C-FIND found
 * it), 3 it said no. sent_id: which of object and alternate went. A COMMIT job
 * asks for all that a destination was sent of one study; request: its last
 * Transaction UID. rounds: of a SEND, how often it went anew because the
 * destination said no; of a COMMIT, how often it was asked without a word.
 *
 * destination: what its osteon-scu found, for whoever looks (link.h).
 *
 * audit: the ledger's outbox (db/audit.h). Rows come with the change that they
 * report, in one transaction; the keeper alone moves them to the ledger. */
static const char version_1[] =
    "CREATE TABLE meta ("
    "  key TEXT PRIMARY KEY,"
    "  value TEXT NOT NULL"
    ") STRICT, WITHOUT ROWID;"

    "CREATE TABLE object ("
    "  id INTEGER PRIMARY KEY AUTOINCREMENT,"
    "  kind INTEGER NOT NULL CHECK (kind IN (1, 2)),"
    "  sop_class TEXT NOT NULL,"
    "  sop_uid TEXT NOT NULL,"
    "  study_uid TEXT NOT NULL,"
    "  series_uid TEXT NOT NULL,"
    "  transfer_syntax TEXT NOT NULL,"
    "  calling_ae TEXT NOT NULL,"
    "  called_ae TEXT NOT NULL,"
    "  path TEXT NOT NULL UNIQUE,"
    "  data_offset INTEGER NOT NULL CHECK (data_offset >= 0),"
    "  data_bytes INTEGER NOT NULL CHECK (data_bytes >= 0),"
    "  sha256 TEXT NOT NULL CHECK (length(sha256) = 64),"
    "  received_ms INTEGER NOT NULL,"
    "  receive_ms INTEGER NOT NULL,"
    "  job_id INTEGER REFERENCES job(id)," /* results: made by */
    "  purged_ms INTEGER"
    ") STRICT;"
    "CREATE UNIQUE INDEX object_same ON object (sop_uid, sha256)"
    "  WHERE purged_ms IS NULL;"
    "CREATE INDEX object_uid ON object (sop_uid, kind);"
    "CREATE INDEX object_study ON object (study_uid);"
    "CREATE INDEX object_job ON object (job_id) WHERE job_id IS NOT NULL;"
    "CREATE INDEX object_age ON object (received_ms)"
    "  WHERE purged_ms IS NULL;"

    "CREATE TABLE selection ("
    "  id INTEGER PRIMARY KEY AUTOINCREMENT,"
    "  route TEXT NOT NULL,"
    "  study_uid TEXT NOT NULL,"
    "  object_id INTEGER NOT NULL REFERENCES object(id),"
    "  UNIQUE (object_id, route)"
    ") STRICT;"
    "CREATE INDEX selection_study ON selection (study_uid, route, id);"

    "CREATE TABLE job ("
    "  id INTEGER PRIMARY KEY AUTOINCREMENT,"
    "  stage INTEGER NOT NULL CHECK (stage IN (1, 2, 3)),"
    "  state INTEGER NOT NULL CHECK (state BETWEEN 1 AND 5),"
    "  key TEXT NOT NULL CHECK (key <> ''),"
    "  route TEXT NOT NULL,"
    "  study_uid TEXT NOT NULL,"
    "  object_id INTEGER REFERENCES object(id),"
    "  alternate_id INTEGER REFERENCES object(id),"
    "  revision INTEGER NOT NULL DEFAULT 0,"
    "  priority INTEGER NOT NULL CHECK (priority BETWEEN 0 AND 9),"
    "  attempts INTEGER NOT NULL DEFAULT 0,"
    "  created_ms INTEGER NOT NULL,"
    "  due_ms INTEGER NOT NULL,"
    "  stamp_ms INTEGER NOT NULL,"
    "  done_ms INTEGER,"
    "  owner TEXT NOT NULL DEFAULT '',"
    "  why TEXT NOT NULL DEFAULT '',"
    "  summary TEXT NOT NULL DEFAULT '',"
    "  upto INTEGER,"
    "  first_ms INTEGER NOT NULL DEFAULT 0,"
    "  needs_met INTEGER NOT NULL DEFAULT 0,"
    "  needs_all INTEGER NOT NULL DEFAULT 0,"
    "  wanted INTEGER NOT NULL DEFAULT 0,"
    "  seen INTEGER NOT NULL DEFAULT 0,"
    "  hold_at_cap INTEGER NOT NULL DEFAULT 0,"
    "  committed INTEGER NOT NULL DEFAULT 0,"
    "  request TEXT NOT NULL DEFAULT '',"
    "  rounds INTEGER NOT NULL DEFAULT 0,"
    "  sent_id INTEGER REFERENCES object(id),"
    "  CHECK (stage <> 2 OR object_id IS NOT NULL)"
    ") STRICT;"
    "CREATE UNIQUE INDEX job_open ON job (study_uid, route, key)"
    "  WHERE stage = 1 AND state IN (1, 5) AND upto IS NULL;"
    "CREATE INDEX job_study ON job (study_uid, route, key, revision);"
    "CREATE INDEX job_object ON job (object_id) WHERE object_id IS NOT NULL;"
    "CREATE INDEX job_alternate ON job (alternate_id)"
    "  WHERE alternate_id IS NOT NULL;"
    /* Only live rows: an empty look costs the same however many are done. */
    "CREATE INDEX job_due ON job (stage, priority, due_ms)"
    "  WHERE state IN (1, 2);"
    "CREATE INDEX job_due_key ON job (stage, key, priority, due_ms)"
    "  WHERE state IN (1, 2);"
    "CREATE INDEX job_stamp ON job (stamp_ms) WHERE state IN (1, 2);"
    "CREATE INDEX job_age ON job (stage, key, created_ms) WHERE state = 1;"
    "CREATE INDEX job_owner ON job (owner) WHERE state = 2;"
    "CREATE UNIQUE INDEX job_commit ON job (key, study_uid)"
    "  WHERE stage = 3 AND state IN (1, 5);"
    "CREATE INDEX job_uncommitted ON job (key, study_uid)"
    "  WHERE stage = 2 AND committed = 1;"
    "CREATE INDEX job_sent ON job (sent_id) WHERE committed = 1;"
    "CREATE INDEX job_request ON job (request) WHERE request <> '';"

    "CREATE TABLE destination ("
    "  name TEXT PRIMARY KEY,"
    "  state TEXT NOT NULL,"
    "  since_ms INTEGER NOT NULL,"
    "  why TEXT NOT NULL"
    ") STRICT, WITHOUT ROWID;"

    "CREATE TABLE audit ("
    "  id INTEGER PRIMARY KEY AUTOINCREMENT,"
    "  at_ms INTEGER NOT NULL,"
    "  event TEXT NOT NULL,"
    "  prog TEXT NOT NULL,"
    "  fields TEXT NOT NULL," /* a JSON object */
    "  times INTEGER NOT NULL DEFAULT 1"
    ") STRICT;"
    "PRAGMA user_version = 1;";

/* tally: how many jobs of a stage are in a state, for each key; kept by
 * triggers, since counting a million rows takes half a second. job_state finds
 * the oldest of each and does what job_age did. */
static const char version_2[] =
    "CREATE TABLE tally ("
    "  stage INTEGER NOT NULL,"
    "  state INTEGER NOT NULL,"
    "  key TEXT NOT NULL,"
    "  jobs INTEGER NOT NULL CHECK (jobs >= 0),"
    "  PRIMARY KEY (stage, key, state)"
    ") STRICT, WITHOUT ROWID;"
    "INSERT INTO tally (stage, state, key, jobs)"
    "  SELECT stage, state, key, count(*) FROM job GROUP BY 1, 2, 3;"
    "DROP INDEX job_age;"
    "CREATE INDEX job_state ON job (stage, state, key, created_ms);"
    "CREATE TRIGGER job_added AFTER INSERT ON job BEGIN"
    "  INSERT INTO tally (stage, state, key, jobs)"
    "    VALUES (NEW.stage, NEW.state, NEW.key, 1)"
    "    ON CONFLICT DO UPDATE SET jobs = jobs + 1;"
    "END;"
    "CREATE TRIGGER job_moved AFTER UPDATE OF stage, state, key ON job"
    "  WHEN OLD.state <> NEW.state OR OLD.stage <> NEW.stage"
    "    OR OLD.key <> NEW.key BEGIN"
    "  UPDATE tally SET jobs = jobs - 1 WHERE stage = OLD.stage"
    "    AND state = OLD.state AND key = OLD.key;"
    "  INSERT INTO tally (stage, state, key, jobs)"
    "    VALUES (NEW.stage, NEW.state, NEW.key, 1)"
    "    ON CONFLICT DO UPDATE SET jobs = jobs + 1;"
    "END;"
    "CREATE TRIGGER job_removed AFTER DELETE ON job BEGIN"
    "  UPDATE tally SET jobs = jobs - 1 WHERE stage = OLD.stage"
    "    AND state = OLD.state AND key = OLD.key;"
    "END;"
    "PRAGMA user_version = 2;";

/* measure: what was measured of whom (db/history.h). The one table that names
 * patients. origin: 1 measured here, 2 read from a report. */
static const char version_3[] =
    "CREATE TABLE measure ("
    "  id INTEGER PRIMARY KEY AUTOINCREMENT,"
    "  origin INTEGER NOT NULL CHECK (origin IN (1, 2)),"
    "  made_ms INTEGER NOT NULL,"
    "  issuer TEXT NOT NULL,"
    "  patient_id TEXT NOT NULL CHECK (patient_id <> ''),"
    "  patient_key TEXT NOT NULL CHECK (length(patient_key) = 64),"
    "  measure TEXT NOT NULL,"
    "  concept TEXT NOT NULL,"
    "  site TEXT NOT NULL,"
    "  modifier TEXT NOT NULL,"
    "  side INTEGER NOT NULL CHECK (side BETWEEN 0 AND 2),"
    "  value REAL NOT NULL,"
    "  unit TEXT NOT NULL,"
    "  confidence REAL NOT NULL,"
    "  study_date TEXT NOT NULL,"
    "  study_uid TEXT NOT NULL,"
    "  series_uid TEXT NOT NULL,"
    "  sop_class TEXT NOT NULL,"
    "  sop_uid TEXT NOT NULL,"
    "  sha256 TEXT NOT NULL,"
    "  frame INTEGER NOT NULL,"
    "  input TEXT NOT NULL,"
    "  view TEXT NOT NULL,"
    "  body_part TEXT NOT NULL,"
    "  calibration INTEGER NOT NULL CHECK (calibration BETWEEN 0 AND 5),"
    "  implant INTEGER NOT NULL CHECK (implant IN (0, 1)),"
    "  model TEXT NOT NULL,"
    "  version TEXT NOT NULL,"
    "  weights_sha256 TEXT NOT NULL,"
    "  tracking_uid TEXT NOT NULL,"
    "  route TEXT NOT NULL,"
    "  revision INTEGER NOT NULL,"
    "  sr_class TEXT NOT NULL,"
    "  sr_series_uid TEXT NOT NULL,"
    "  sr_uid TEXT NOT NULL"
    ") STRICT;"
    "CREATE INDEX measure_patient ON measure (patient_id, issuer);"
    "CREATE INDEX measure_key ON measure (patient_key, study_date);"
    "CREATE UNIQUE INDEX measure_report ON measure (sr_uid, tracking_uid)"
    "  WHERE origin = 2;"
    "PRAGMA user_version = 3;";

static const char *const versions[SCHEMA_VERSION] = {version_1, version_2,
                                                     version_3};

static bool version(struct db *db, int64_t *out, struct err *err)
{
    struct sql q = SQL(db, "PRAGMA user_version");
    bool found;

    if (!sql_number(&q, out, &found, err))
        return false;
    if (*out > SCHEMA_VERSION)
        return err_set(err, ERR_FATAL,
                       "the database was made by a newer osteon (schema %lld, "
                       "this program knows %d): install that version again",
                       (long long)*out, SCHEMA_VERSION);
    return true;
}

static bool add_secret(struct db *db, struct err *err)
{
    unsigned char random[32];
    char hex[65];

    if (getrandom(random, sizeof random, 0) != (ssize_t)sizeof random)
        return err_set(err, ERR_RETRY, "no random bytes: %s", strerror(errno));
    for (size_t i = 0; i < sizeof random; i++)
        snprintf(hex + 2 * i, 3, "%02x", random[i]);
    return meta_set(db, META_SECRET, hex, err);
}

/* The spool may hold more than this database knows. */
static bool add_rebuild(struct db *db, struct err *err)
{
    return meta_set(db, META_REBUILD, "1", err);
}

static bool step(struct db *db, const char *text, struct err *err)
{
    int rc = sqlite3_exec(db->handle, text, NULL, NULL, NULL);

    if (rc == SQLITE_ERROR)
        return sql_damaged(db, sqlite3_errmsg(db->handle), err);
    return rc == SQLITE_OK || sql_error(db, rc, err);
}

static bool migrate(struct db *db, struct err *err)
{
    int64_t have;

    /* Another process may have done it since. */
    if (!version(db, &have, err))
        return false;
    for (int64_t i = have; i < SCHEMA_VERSION; i++)
        if (!step(db, versions[i], err))
            return false;
    return have > 0 || (add_secret(db, err) && add_rebuild(db, err));
}

bool schema_migrate(struct db *db, struct err *err)
{
    int64_t have;

    if (!version(db, &have, err))
        return false;
    if (have == SCHEMA_VERSION)
        return true;
    if (!sql_begin(db, err))
        return false;
    if (!migrate(db, err))
        return sql_rollback(db);
    return sql_commit(db, err);
}
