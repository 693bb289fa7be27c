#ifndef DB_AUDIT_FIELDS_H
#define DB_AUDIT_FIELDS_H

#include <jansson.h>

#include "db/queue.h"

/* What records say of an object, a job, a person: the same keys in every
 * event, so that `osteon audit export` finds them. */

/* object, study_uid, sop_class, sop_uid, sha256. */
json_t *audit_fields_object(const struct object *object);

/* job, stage, study_uid, route, and model and revision or destination. */
json_t *audit_fields_job(const struct job *job);

/* Adds who ran this program: "user", and "login" where the session was begun
 * by somebody else (sudo). */
void audit_fields_person(json_t *fields);

#endif
