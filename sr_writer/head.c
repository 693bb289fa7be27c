/* What makes a result object a good citizen of its study (docs/RESULTS.md,
 * "Headers"). Identifiers are copied as bytes from the source together with
 * its character set, so that a PACS files the result beside the image even
 * where the source's own encoding is odd. */
#include "sr_writer/head.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "conf/version.h"
#include "db/uid.h"
#include "sr_writer/uids.h"
#include "sr_writer/when.h"
#include "sr_writer/wording.h"

#define EXPLICIT_LE   "1.2.840.10008.1.2.1"
#define LO_CHARACTERS 64

/* Type 2 of the Patient and General Study modules (PS3.3 C.7): at least
 * empty. */
static const char *const needed[] = {
    "PatientName", "PatientID",       "PatientBirthDate",
    "PatientSex",  "StudyDate",       "StudyTime",
    "StudyID",     "AccessionNumber", "ReferringPhysicianName",
};

static const char *const copied[] = {
    "SpecificCharacterSet",
    "TimezoneOffsetFromUTC",
    "PatientName",
    "PatientID",
    "IssuerOfPatientID",
    "IssuerOfPatientIDQualifiersSequence",
    "PatientBirthDate",
    "PatientSex",
    "OtherPatientIDs",
    "OtherPatientIDsSequence",
    "PatientAge",
    "PatientSize",
    "PatientWeight",
    "PatientIdentityRemoved",
    "DeidentificationMethod",
    "DeidentificationMethodCodeSequence",
    "StudyInstanceUID",
    "StudyDate",
    "StudyTime",
    "StudyID",
    "StudyDescription",
    "ProcedureCodeSequence",
    "AccessionNumber",
    "IssuerOfAccessionNumberSequence",
    "ReferringPhysicianName",
};

bool head_text(struct dcm *set, const char *path, const char *text,
               struct err *err)
{
    char ascii[1024];

    snprintf(ascii, sizeof(ascii), "%s", text);
    wording_ascii(ascii);
    return dcm_set(set, path, ascii, err);
}

bool head_number(struct dcm *set, const char *path, int64_t number,
                 struct err *err)
{
    char text[24];

    snprintf(text, sizeof(text), "%lld", (long long)number);
    return dcm_set(set, path, text, err);
}

bool head_code(struct dcm *set, const char *sequence, const char *value,
               const char *scheme, const char *meaning, struct err *err)
{
    char path[160];

    snprintf(path, sizeof(path), "%s[0].CodeValue", sequence);
    if (!dcm_set(set, path, value, err))
        return false;
    snprintf(path, sizeof(path), "%s[0].CodingSchemeDesignator", sequence);
    if (!dcm_set(set, path, scheme, err))
        return false;
    snprintf(path, sizeof(path), "%s[0].CodeMeaning", sequence);
    return dcm_set(set, path, meaning, err);
}

static bool patient_and_study(struct dcm *set, const struct dcm *source,
                              struct err *err)
{
    for (size_t i = 0; i < sizeof(needed) / sizeof(needed[0]); i++)
        if (!dcm_set(set, needed[i], "", err))
            return false;
    for (size_t i = 0; i < sizeof(copied) / sizeof(copied[0]); i++)
        if (!dcm_copy(set, source, copied[i], err))
            return false;
    return true;
}

static bool times(struct dcm *set, const struct dcm *source, int64_t wall_ms,
                  struct err *err)
{
    char offset[17];
    struct when when;

    dcm_text(source, "TimezoneOffsetFromUTC", offset, sizeof(offset));
    if (!when_write(wall_ms, offset, &when))
        return err_set(err, ERR_REJECT, "no date for the time %lld ms",
                       (long long)wall_ms);
    return dcm_set(set, "InstanceCreationDate", when.date, err) &&
           dcm_set(set, "InstanceCreationTime", when.time, err) &&
           dcm_set(set, "SeriesDate", when.date, err) &&
           dcm_set(set, "SeriesTime", when.time, err) &&
           dcm_set(set, "ContentDate", when.date, err) &&
           dcm_set(set, "ContentTime", when.time, err);
}

/* The node itself (General Equipment). The serial number names this node and
 * no other without telling anything about it. */
static bool equipment(struct dcm *set, const struct result_request *request,
                      struct err *err)
{
    char serial[65];

    hmac_hex(serial, request->site_secret, "device serial number");
    serial[16] = '\0';
    return dcm_set(set, "Manufacturer", "osteon", err) &&
           dcm_set(set, "ManufacturerModelName", "osteon", err) &&
           dcm_set(set, "SoftwareVersions", OSTEON_VERSION, err) &&
           dcm_set(set, "DeviceSerialNumber", serial, err) &&
           head_text(set, "StationName", request->node_ae, err);
}

#define CONTRIBUTING "ContributingEquipmentSequence[0]."

static bool contributing(struct dcm *set, const struct findings *f,
                         struct err *err)
{
    char device[65];

    uids_device(device, f);
    return head_code(set, CONTRIBUTING "PurposeOfReferenceCodeSequence",
                     "109102", "DCM", "Processing Equipment", err) &&
           head_text(set, CONTRIBUTING "Manufacturer", f->manufacturer, err) &&
           head_text(set, CONTRIBUTING "ManufacturerModelName", f->model,
                     err) &&
           head_text(set, CONTRIBUTING "SoftwareVersions", f->version, err) &&
           dcm_set(set, CONTRIBUTING "DeviceUID", device, err) &&
           (f->description[0] == '\0' ||
            head_text(set, CONTRIBUTING "ContributionDescription",
                      f->description, err));
}

/* LO has room for 64: a long model name gives way. */
static bool series(struct dcm *set, const struct head *head,
                   const struct result_request *request,
                   const struct sources *sources, struct err *err)
{
    const struct findings *f = request->findings;
    char description[128], uid[65], rest[48];

    uids_series(uid, f, head->series_kind, sources->study_uid);
    snprintf(rest, sizeof(rest), " %.20s %.24s", f->version,
             head->series_words);
    snprintf(description, sizeof(description), "AI %.*s%s",
             LO_CHARACTERS - 3 - (int)strlen(rest), f->model, rest);
    return dcm_set(set, "SeriesInstanceUID", uid, err) &&
           dcm_set(set, "Modality", head->modality, err) &&
           head_text(set, "SeriesDescription", description, err) &&
           head_number(set, "SeriesNumber", head->series_number, err) &&
           head_number(set, "InstanceNumber", head->instance_number, err);
}

bool head_write(struct dcm *set, const struct head *head,
                const struct result_request *request,
                const struct sources *sources, struct err *err)
{
    const struct findings *f = request->findings;
    bool research = request->options->research || f->demonstration[0] != '\0';
    char uid[65];

    uids_instance(uid, request, head->uid_kind, head->index);
    return patient_and_study(set, sources->sets[0], err) &&
           times(set, sources->sets[0], request->content_ms, err) &&
           equipment(set, request, err) && contributing(set, f, err) &&
           series(set, head, request, sources, err) &&
           dcm_set(set, "SOPClassUID", head->sop_class, err) &&
           dcm_set(set, "SOPInstanceUID", uid, err) &&
           dcm_set(set, "InstanceCreatorUID", OSTEON_IMPLEMENTATION_UID, err) &&
           dcm_set(set, "ContentQualification",
                   research ? "RESEARCH" : "PRODUCT", err);
}

bool head_encode(struct dcm *set, const struct result_request *request,
                 struct result *out, struct err *err)
{
    struct object *object = &out->object;

    memset(out, 0, sizeof(*out));
    if (request->options->charset == CONF_CHARSET_UTF8 &&
        !dcm_to_utf8(set, err))
        return err_wrap(err, "charset utf8 (with charset source texts stay as "
                             "they are)");
    if (!dcm_encode(set, &out->bytes, &out->n_bytes, err))
        return false;
    object->kind = OBJECT_RESULT;
    dcm_text(set, "SOPClassUID", object->sop_class, sizeof(object->sop_class));
    dcm_text(set, "SOPInstanceUID", object->sop_uid, sizeof(object->sop_uid));
    dcm_text(set, "StudyInstanceUID", object->study_uid,
             sizeof(object->study_uid));
    dcm_text(set, "SeriesInstanceUID", object->series_uid,
             sizeof(object->series_uid));
    snprintf(object->transfer_syntax, sizeof(object->transfer_syntax), "%s",
             EXPLICIT_LE);
    return true;
}

void result_free(struct result *result)
{
    free(result->bytes);
    result->bytes = NULL;
    result->n_bytes = 0;
}
