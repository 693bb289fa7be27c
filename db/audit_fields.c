/* One vocabulary for the records of the ledger. UIDs, ids and digests: the
 * structs it is made from hold nothing of a patient. */
#include "db/audit_fields.h"

#include <pwd.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "conf/json_line.h"

json_t *audit_fields_object(const struct object *object)
{
    return json_pack("{s:I,s:o,s:o,s:o,s:o}", "object", (json_int_t)object->id,
                     "study_uid", json_line_text(object->study_uid),
                     "sop_class", json_line_text(object->sop_class), "sop_uid",
                     json_line_text(object->sop_uid), "sha256",
                     json_line_text(object->sha256));
}

json_t *audit_fields_job(const struct job *job)
{
    bool analyse = job->stage == JOB_ANALYSE;
    json_t *fields = json_pack(
        "{s:I,s:s,s:o,s:o,s:o}", "job", (json_int_t)job->id, "stage",
        job_stage_name(job->stage), "study_uid", json_line_text(job->study_uid),
        "route", json_line_text(job->route), analyse ? "model" : "destination",
        json_line_text(job->key));

    if (analyse && fields)
        json_line_set(fields, "revision", json_integer(job->revision));
    return fields;
}

static json_t *name_of(uid_t uid)
{
    const struct passwd *entry = getpwuid(uid);
    char number[24];

    if (entry)
        return json_line_text(entry->pw_name);
    snprintf(number, sizeof number, "%lu", (unsigned long)uid);
    return json_line_text(number);
}

/* proc(5), /proc/PID/loginuid: (uid_t)-1 where nobody logged in. */
static bool login_uid(uid_t *out)
{
    FILE *in = fopen("/proc/self/loginuid", "re");
    unsigned long uid;
    bool found = in && fscanf(in, "%lu", &uid) == 1 && uid != UINT32_MAX;

    if (in)
        fclose(in);
    if (found)
        *out = (uid_t)uid;
    return found;
}

void audit_fields_person(json_t *fields)
{
    uid_t login;

    json_line_set(fields, "user", name_of(getuid()));
    if (login_uid(&login) && login != getuid())
        json_line_set(fields, "login", name_of(login));
}
