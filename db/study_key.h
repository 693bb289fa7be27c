#ifndef DB_STUDY_KEY_H
#define DB_STUDY_KEY_H

#include "db/queue.h"

/* What the log calls a study: the first 16 hex digits of HMAC-SHA-256(node
 * secret, Study Instance UID). Without the secret nobody can tell which study
 * it is; `osteon show` finds it. "": the secret cannot be read. The secret is
 * read once per connection. */
#define STUDY_KEY 17
void study_key(struct db *db, const char *study_uid,
               char out[static STUDY_KEY]);

/* The study of this key; *found false: nothing of it is known here. Makes the
 * key of every study there is: some microseconds each. */
bool study_key_find(struct db *db, const char *key, char study_uid[static 65],
                    bool *found, struct err *err);

#endif
