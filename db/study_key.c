/* A Study Instance UID leads to a patient in every PACS: the log has a name
 * for the study that leads nowhere else. */
#include "db/study_key.h"

#include <string.h>

#include "db/sql.h"
#include "db/uid.h"

void study_key(struct db *db, const char *study_uid, char out[static STUDY_KEY])
{
    char mac[65];
    struct err ignored = {0};

    out[0] = '\0';
    if (db->secret[0] == '\0' && !db_secret(db, db->secret, &ignored)) {
        db->secret[0] = '\0';
        return;
    }
    hmac_hex(mac, db->secret, study_uid);
    memcpy(out, mac, STUDY_KEY - 1);
    out[STUDY_KEY - 1] = '\0';
}

bool study_key_find(struct db *db, const char *key, char study_uid[static 65],
                    bool *found, struct err *err)
{
    struct sql q = SQL(db, "SELECT DISTINCT study_uid FROM object");
    char of[STUDY_KEY];
    enum sql_step step;

    *found = false;
    while ((step = sql_step(&q, err)) == SQL_ROW) {
        sql_get_text(&q, study_uid, 65);
        study_key(db, study_uid, of);
        if (of[0] != '\0' && strcmp(of, key) == 0) {
            *found = true;
            sql_end(&q);
            return true;
        }
    }
    return step == SQL_END;
}
