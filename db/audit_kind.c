/* The table between our events and the standard's: PS3.15 A.5.3 for messages,
 * PS3.16 CID 400 and 401 for codes. What the standard has no message for has
 * an event id of ours. */
#include "db/audit_kind.h"

#include <string.h>

#define DCM "DCM"
#define OUR "99OSTEON"

#define ACTIVITY    "110100", DCM, "Application Activity"
#define LOG_USED    "110101", DCM, "Audit Log Used"
#define TRANSFERRED "110104", DCM, "DICOM Instances Transferred"
#define DELETED     "110105", DCM, "DICOM Study Deleted"
#define ALERT       "110113", DCM, "Security Alert"
#define NONE        NULL, NULL, NULL
#define SOFTWARE    "110131", DCM, "Software Configuration"

/* An event id of ours: the name as the code, the meaning in words. */
#define OWN(event, meaning, outcome, who)                                      \
    {                                                                          \
        event, meaning, event, OUR, meaning, NONE, 'E', outcome, who, false    \
    }

static const struct audit_kind kinds[] = {
    {"node.started", "the node started", ACTIVITY, "110120", DCM,
     "Application Start", 'E', '0', AUDIT_WHO_APPLICATION, false},
    {"node.stopped", "the node stopped", ACTIVITY, "110121", DCM,
     "Application Stop", 'E', '0', AUDIT_WHO_APPLICATION, false},
    {"chain.verified", "the audit ledger was verified", LOG_USED, NONE, 'R',
     '0', AUDIT_WHO_NODE, true},
    {"ledger.exported", "the audit ledger was exported", LOG_USED, NONE, 'R',
     '0', AUDIT_WHO_NODE, true},
    {"object.received", "an object was received", TRANSFERRED, NONE, 0, '0',
     AUDIT_WHO_FROM_CALLER, false},
    {"object.refused", "an object was refused", TRANSFERRED, NONE, 'C', '4',
     AUDIT_WHO_FROM_CALLER, false},
    {"object.sent", "an object was sent", TRANSFERRED, NONE, 'C', '0',
     AUDIT_WHO_TO_DESTINATION, false},
    {"delivery.failed", "an object was not delivered", TRANSFERRED, NONE, 'C',
     '8', AUDIT_WHO_TO_DESTINATION, false},
    {"study.purged", "a study was removed from the node", DELETED, NONE, 'D',
     '0', AUDIT_WHO_NODE, false},
    {"caller.refused", "a caller was refused", ALERT, "110126", DCM,
     "Node Authentication", 'E', '4', AUDIT_WHO_AGAINST_CALLER, false},
    {"model.refused", "a model was refused", ALERT, SOFTWARE, 'E', '8',
     AUDIT_WHO_NODE, false},
    {"configuration.changed", "a configuration file changed", ALERT, SOFTWARE,
     'E', '0', AUDIT_WHO_NODE, false},
    {"storage.degraded", "the storage failed", ALERT, "110130", DCM,
     "Hardware Configuration", 'E', '8', AUDIT_WHO_NODE, false},
    {"storage.restored", "the storage works again", ALERT, "110130", DCM,
     "Hardware Configuration", 'E', '0', AUDIT_WHO_NODE, false},
    OWN("study.analysed", "AI inference executed", '0', AUDIT_WHO_NODE),
    OWN("study.manual", "AI inference failed", '4', AUDIT_WHO_NODE),
    OWN("object.committed", "Storage commitment received", '0',
        AUDIT_WHO_TO_DESTINATION),
    OWN("object.uncommitted", "Storage commitment refused", '4',
        AUDIT_WHO_TO_DESTINATION),
    OWN("job.held", "Job held", '0', AUDIT_WHO_NODE),
    OWN("job.released", "Job released", '0', AUDIT_WHO_NODE),
    OWN("job.retried", "Job retried", '0', AUDIT_WHO_NODE),
    OWN("job.dropped", "Job dropped", '0', AUDIT_WHO_NODE),
    {"history.shown", "a patient's measurements were read", "history.shown",
     OUR, "Patient's measurements read", NONE, 'R', '0', AUDIT_WHO_NODE, false},
    OWN("database.rebuilt", "Database rebuilt", '4', AUDIT_WHO_NODE),
    OWN("segment.closed", "Audit segment closed", '0', AUDIT_WHO_NODE),
};

static const struct audit_kind other =
    OWN("event", "Event", '0', AUDIT_WHO_NODE);

static const struct audit_kind broken_chain = {
    "chain.verified",
    "the audit ledger is not what was written",
    ALERT,
    "chain.broken",
    OUR,
    "Audit ledger changed",
    'E',
    '8',
    AUDIT_WHO_NODE,
    true};

static void print(FILE *out, const struct audit_kind *kind)
{
    static const char of_receipt[] = "C R U";
    const char action[] = {kind->action, '\0'};

    fprintf(out, "| %s | (%s, %s, \"%s\") | ", kind->event, kind->id,
            kind->id_system, kind->id_meaning);
    if (kind->type)
        fprintf(out, "(%s, %s, \"%s\")", kind->type, kind->type_system,
                kind->type_meaning);
    fprintf(out, " | %s | %c |\n", kind->action ? action : of_receipt,
            kind->outcome);
}

void audit_kind_print(FILE *out)
{
    fputs("| event | EventID | EventTypeCode | action | outcome |\n"
          "|---|---|---|---|---|\n",
          out);
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        print(out, &kinds[i]);
    print(out, &broken_chain);
}

const struct audit_kind *audit_kind(const char *event, bool broken)
{
    if (broken)
        return &broken_chain;
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (strcmp(kinds[i].event, event) == 0)
            return &kinds[i];
    return &other;
}

char audit_kind_action(const struct audit_kind *kind, const char *receipt,
                       bool rebuilt)
{
    if (kind->action != 0)
        return kind->action;
    if (rebuilt || (receipt && strcmp(receipt, "duplicate") == 0))
        return 'R';
    if (receipt && strcmp(receipt, "replaced") == 0)
        return 'U';
    return 'C';
}
