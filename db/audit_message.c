/* PS3.15 A.5.1.1 (the schema) and A.5.3 (what each message must have). */
#include "db/audit_message.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "conf/json_line.h"
#include "conf/log.h"
#include "db/audit_kind.h"
#include "db/audit_xml.h"

struct message {
    FILE *out;
    const struct conf *conf;
    const struct ledger_event *event;
    const struct audit_kind *kind;
    const json_t *fields;
    int64_t seq;
};

static const char *text(const struct message *m, const char *key)
{
    return json_string_value(json_object_get(m->fields, key));
}

static void identification(const struct message *m)
{
    const struct audit_kind *kind = m->kind;
    const char action[] = {
        audit_kind_action(kind, text(m, "receipt"),
                          json_is_true(json_object_get(m->fields, "rebuilt"))),
        '\0'};
    const char outcome[] = {kind->outcome, '\0'};
    char time[AUDIT_XML_TIME];

    audit_xml_time(m->event->at_ms, time);
    fputs("<EventIdentification", m->out);
    audit_xml_attribute(m->out, "EventActionCode", action);
    audit_xml_attribute(m->out, "EventDateTime", time);
    audit_xml_attribute(m->out, "EventOutcomeIndicator", outcome);
    fputs(">", m->out);
    audit_xml_code(m->out, "EventID", kind->id, kind->id_system,
                   kind->id_meaning);
    if (kind->type)
        audit_xml_code(m->out, "EventTypeCode", kind->type, kind->type_system,
                       kind->type_meaning);
    if (text(m, "reason")) {
        fputs("<EventOutcomeDescription>", m->out);
        audit_xml_text(m->out, text(m, "reason"));
        fputs("</EventOutcomeDescription>", m->out);
    }
    fputs("</EventIdentification>", m->out);
}

struct participant {
    const char *user, *other, *name; /* other, name: NULL, none */
    bool requestor;
    const char *point, *point_type; /* network; NULL: none */
    const char *role, *meaning;     /* DCM; NULL: none */
};

static void participant(const struct message *m, const struct participant *p)
{
    fputs("<ActiveParticipant", m->out);
    audit_xml_attribute(m->out, "UserID", p->user);
    audit_xml_attribute(m->out, "AlternativeUserID", p->other);
    audit_xml_attribute(m->out, "UserName", p->name);
    audit_xml_attribute(m->out, "UserIsRequestor",
                        p->requestor ? "true" : "false");
    audit_xml_attribute(m->out, "NetworkAccessPointID", p->point);
    audit_xml_attribute(m->out, "NetworkAccessPointTypeCode",
                        p->point ? p->point_type : NULL);
    fputs(">", m->out);
    if (p->role)
        audit_xml_code(m->out, "RoleIDCode", p->role, "DCM", p->meaning);
    fputs("</ActiveParticipant>", m->out);
}

/* This node, as the role says. AETITLES: A.5.2.2. */
static void node(const struct message *m, bool requestor, const char *role,
                 const char *meaning)
{
    char host[256] = "", other[CONF_AE + 16];
    const char *ae = m->conf->node.ae_titles[0];
    struct participant p = {.user = ae,
                            .other = other,
                            .name = m->event->prog,
                            .requestor = requestor,
                            .point = host,
                            .point_type = "1",
                            .role = role,
                            .meaning = meaning};

    gethostname(host, sizeof host - 1);
    snprintf(other, sizeof other, "AETITLES=%s", ae);
    participant(m, &p);
}

static void destination(const struct message *m)
{
    const char *name = text(m, "destination");
    const struct conf_destination *dest =
        conf_destination(m->conf, name ? name : "");
    struct participant p = {.user = dest ? dest->ae : name,
                            .name = name,
                            .point = dest ? dest->host : NULL,
                            .point_type = "1",
                            .role = "110152",
                            .meaning = "Destination Role ID"};

    participant(m, &p);
}

static void participants(const struct message *m)
{
    struct participant source = {.user = text(m, "calling_ae"),
                                 .requestor = true,
                                 .point = text(m, "address"),
                                 .point_type = "2",
                                 .role = "110153",
                                 .meaning = "Source Role ID"};
    struct participant person = {
        .user = text(m, "user"), .other = text(m, "login"), .requestor = true};

    if (!source.user)
        source.user = "";
    switch (m->kind->who) {
    case AUDIT_WHO_FROM_CALLER:
        participant(m, &source);
        node(m, false, "110152", "Destination Role ID");
        return;
    case AUDIT_WHO_TO_DESTINATION:
        node(m, true, "110153", "Source Role ID");
        destination(m);
        return;
    case AUDIT_WHO_AGAINST_CALLER:
        node(m, false, NULL, NULL);
        source.role = NULL;
        participant(m, &source);
        return;
    case AUDIT_WHO_APPLICATION:
        node(m, true, "110150", "Application");
        return;
    case AUDIT_WHO_NODE:
        break;
    }
    node(m, !person.user, NULL, NULL);
    if (person.user)
        participant(m, &person);
}

static void source(const struct message *m)
{
    fputs("<AuditSourceIdentification", m->out);
    audit_xml_attribute(m->out, "AuditSourceID", m->conf->node.ae_titles[0]);
    fputs("><AuditSourceTypeCode csd-code=\"4\"/></AuditSourceIdentification>",
          m->out);
}

static void object_start(const struct message *m, const char *id,
                         const char *type, const char *role)
{
    fputs("<ParticipantObjectIdentification", m->out);
    audit_xml_attribute(m->out, "ParticipantObjectID", id);
    audit_xml_attribute(m->out, "ParticipantObjectTypeCode", type);
    audit_xml_attribute(m->out, "ParticipantObjectTypeCodeRole", role);
    fputs(">", m->out);
}

static void object_name(const struct message *m, const char *name)
{
    fputs("<ParticipantObjectName>", m->out);
    audit_xml_text(m->out, name);
    fputs("</ParticipantObjectName>", m->out);
}

static void object_end(const struct message *m)
{
    fputs("</ParticipantObjectIdentification>", m->out);
}

static const char *member(const json_t *object, const char *key)
{
    const char *value = json_string_value(json_object_get(object, key));

    return value ? value : "";
}

/* The objects of a list that are of the class of its i-th, once per class. */
static void instances(const struct message *m, const json_t *list, size_t i)
{
    const char *class = member(json_array_get(list, i), "sop_class");
    size_t n = 0;

    for (size_t j = 0; j < json_array_size(list); j++) {
        bool same =
            strcmp(member(json_array_get(list, j), "sop_class"), class) == 0;

        if (same && j < i)
            return;
        n += same;
    }
    fputs("<SOPClass", m->out);
    audit_xml_attribute(m->out, "UID", class);
    fprintf(m->out, " NumberOfInstances=\"%zu\">", n);
    for (size_t j = i; j < json_array_size(list); j++) {
        const json_t *object = json_array_get(list, j);

        if (strcmp(member(object, "sop_class"), class) != 0)
            continue;
        fputs("<Instance", m->out);
        audit_xml_attribute(m->out, "UID", member(object, "sop_uid"));
        fputs("/>", m->out);
    }
    fputs("</SOPClass>", m->out);
}

/* Everything that the record names of the study, as one list. */
static json_t *objects_of(const struct message *m)
{
    static const char *const keys[] = {"inputs", "results", "objects"};
    json_t *list = json_array();

    if (text(m, "sop_uid"))
        json_line_append(list, json_deep_copy(m->fields));
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        const json_t *part = json_object_get(m->fields, keys[i]);

        for (size_t j = 0; j < json_array_size(part); j++)
            json_line_append(list, json_deep_copy(json_array_get(part, j)));
    }
    return list;
}

static void study(const struct message *m)
{
    const char *uid = text(m, "study_uid");
    json_t *list;

    if (!uid || !*uid)
        return;
    list = objects_of(m);
    object_start(m, uid, "2", "3");
    audit_xml_code(m->out, "ParticipantObjectIDTypeCode", "110180", "DCM",
                   "Study Instance UID");
    object_name(m, uid);
    if (json_array_size(list) > 0) {
        fputs("<ParticipantObjectDescription>", m->out);
        for (size_t i = 0; i < json_array_size(list); i++)
            instances(m, list, i);
        fputs("</ParticipantObjectDescription>", m->out);
    }
    object_end(m);
    json_decref(list);
    object_start(m, "not recorded", "1", "1");
    audit_xml_code(m->out, "ParticipantObjectIDTypeCode", "2", "RFC-3881",
                   "Patient Number");
    object_name(m, "not recorded");
    object_end(m);
}

/* A.5.3.2: which log was used. */
static void audit_log(const struct message *m)
{
    char uri[CONF_PATH + 16];

    if (!m->kind->log)
        return;
    snprintf(uri, sizeof uri, "file://%s", m->conf->audit.ledger);
    object_start(m, uri, "2", "13");
    audit_xml_code(m->out, "ParticipantObjectIDTypeCode", "12", "RFC-3881",
                   "URI");
    object_name(m, "Security Audit Log");
    object_end(m);
}

static void details(const struct message *m)
{
    const char *key;
    json_t *value;

    json_object_foreach((json_t *)m->fields, key, value)
    {
        char *line = NULL;

        if (json_is_string(value)) {
            audit_xml_detail(m->out, key, json_string_value(value));
            continue;
        }
        line = json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY);
        if (line)
            audit_xml_detail(m->out, key, line);
        free(line);
    }
}

/* A.5.3.11 wants the description of an alert among the details. */
static void record(const struct message *m)
{
    char id[24], times[24];

    snprintf(id, sizeof id, "%" PRId64, m->seq);
    object_start(m, id, "2", "13");
    audit_xml_code(m->out, "ParticipantObjectIDTypeCode", "record", "99OSTEON",
                   "Record of the audit ledger");
    object_name(m, m->event->event);
    if (strcmp(m->kind->id, "110113") == 0)
        audit_xml_detail(m->out, "Alert Description",
                         text(m, "reason") ? text(m, "reason")
                                           : m->kind->meaning);
    if (m->event->times != 1) {
        snprintf(times, sizeof times, "%" PRId64, m->event->times);
        audit_xml_detail(m->out, "times", times);
    }
    details(m);
    object_end(m);
}

char *audit_message(const struct conf *conf, int64_t seq,
                    const struct ledger_event *event)
{
    json_t *fields = json_line_read(event->fields);
    struct message m = {
        .conf = conf, .event = event, .fields = fields, .seq = seq};
    char *bytes = NULL;
    size_t n;

    m.kind = audit_kind(event->event,
                        json_is_false(json_object_get(fields, "intact")));
    m.out = open_memstream(&bytes, &n);
    if (!m.out) {
        log_error("memory.exhausted", KV_STR("for", "an audit message"));
        exit(EXIT_FAILURE);
    }
    fputs("<?xml version=\"1.0\" encoding=\"UTF-8\"?><AuditMessage>", m.out);
    identification(&m);
    participants(&m);
    source(&m);
    study(&m);
    audit_log(&m);
    record(&m);
    fputs("</AuditMessage>\n", m.out);
    fclose(m.out);
    json_decref(fields);
    return bytes;
}
