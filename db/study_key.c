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
