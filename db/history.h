#ifndef DB_HISTORY_H
#define DB_HISTORY_H

#include "db/findings.h"
#include "db/queue.h"

/* What was measured of whom, over the years. The only place of the database
 * that names patients: without a name nobody could ask for a history. It is
 * written in the transaction that ends the analysis (queue_finish_measured()),
 * read by osteon-infer for the change since then and by `osteon history`, which
 * is audited; nothing of it is ever logged. The newest revision of a study,
 * route and model counts. */
#define HISTORY_NAME 257 /* LO: 64 characters of UTF-8 */

enum history_origin {
    HISTORY_OWN = 1, /* measured here */
    HISTORY_REPORT   /* read from a report that a PACS had */
};

/* Who; the key is tracking_key() of the person. */
struct history_patient {
    char issuer[HISTORY_NAME], id[HISTORY_NAME]; /* UTF-8 where they can be */
    char key[65];
};

struct history_row {
    enum history_origin origin;
    char measure[33], concept[49], site[33], modifier[17]; /* findings.h */
    enum side side;
    double value;
    char unit[9];
    double confidence;
    char study_date[9]; /* "": not known */
    char study_uid[65], series_uid[65], sop_class[65], sop_uid[65];
    char sha256[65]; /* of the image's data set; "": not known */
    uint32_t frame;
    char input[33]; /* of the bundle; "": not known */
    char view[17], body_part[17];
    enum calibration calibration;
    bool implant; /* something on that side was measured of an implant */
    char model[65], version[33], weights_sha256[65];
    char tracking_uid[65];
    char route[65]; /* "": of a report */
    int64_t revision;
    char sr_class[65], sr_series_uid[65], sr_uid[65]; /* of a report; "": own */
};

struct history {
    struct history_patient patient;
    struct history_row *rows;
    size_t n;
};

/* Within a transaction: the rows of this job, whose route and revision they
 * get. A patient without an id is nobody: nothing is written. */
bool history_write(struct db *db, const struct history *history,
                   const struct job *job, int64_t now_ms, struct err *err);

/* Rows read from a report, in a transaction of its own. Those that are known
 * (sr_uid, tracking_uid) stay as they are. */
bool history_add(struct db *db, const struct history *history, struct err *err);

/* What is known of the patient with this key, in the order of time, at most the
 * latest HISTORY_MOST. out->rows is malloc'd, also where there are none. */
#define HISTORY_MOST 4096
bool history_of(struct db *db, const char *key, struct history *out,
                struct err *err);

/* The patients with this id, one for each issuer; issuer NULL: any. *n is room
 * in, count out. */
bool history_patients(struct db *db, const char *id, const char *issuer,
                      struct history_patient *out, size_t *n, struct err *err);

void history_free(struct history *history);

#endif
