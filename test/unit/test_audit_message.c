/* db/audit_message: what must be in a message, and that nothing a stranger can
 * write gets out of its place in the XML. The schema is for t3500. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "db/audit.h"
#include "db/audit_kind.h"
#include "db/audit_message.h"
#include "db/audit_xml.h"

static char titles[1][CONF_AE] = {"OSTEON"};
static struct conf_destination pacs = {
    .name = "pacs", .ae = "ARCHIVE", .host = "10.0.0.9"};
static struct conf conf = {.node = {.ae_titles = titles, .n_ae_titles = 1},
                           .destinations = &pacs,
                           .n_destinations = 1};

static char *message(const char *event, const char *fields)
{
    struct ledger_event of = {.at_ms = 1780000000123,
                              .times = 1,
                              .prog = "osteon-scp",
                              .fields = (char *)fields};

    strcpy(of.event, event);
    return audit_message(&conf, 7, &of);
}

static void has(const char *event, const char *fields, const char *wanted)
{
    char *xml = message(event, fields);

    if (!strstr(xml, wanted))
        fail_msg("no %s in %s", wanted, xml);
    free(xml);
}

static void test_every_event_has_a_message(void **state)
{
    const struct audit_kind *none = audit_kind("no.such", false);

    (void)state;
    for (int i = AUDIT_NODE_STARTED; i <= AUDIT_LEDGER_EXPORTED; i++)
        if (audit_kind(audit_name((enum audit_event)i), false) == none)
            fail_msg("%s has none", audit_name((enum audit_event)i));
}

static void test_what_was_transferred(void **state)
{
    static const char received[] =
        "{\"study_uid\":\"1.2\",\"sop_class\":\"1.3\",\"sop_uid\":\"1.4\","
        "\"receipt\":\"replaced\",\"calling_ae\":\"CT1\"}";

    (void)state;
    has("object.received", received,
        "<EventIdentification EventActionCode=\"U\" "
        "EventDateTime=\"2026-05-28T20:26:40.123Z\" "
        "EventOutcomeIndicator=\"0\"><EventID csd-code=\"110104\" "
        "codeSystemName=\"DCM\" originalText=\"DICOM Instances Transferred\"/>"
        "</EventIdentification>");
    has("object.received", received,
        "<ActiveParticipant UserID=\"CT1\" UserIsRequestor=\"true\">"
        "<RoleIDCode csd-code=\"110153\" codeSystemName=\"DCM\" "
        "originalText=\"Source Role ID\"/></ActiveParticipant>");
    has("object.received", received,
        "<SOPClass UID=\"1.3\" NumberOfInstances=\"1\"><Instance "
        "UID=\"1.4\"/></SOPClass>");
    has("object.received", "{\"receipt\":\"duplicate\"}",
        "EventActionCode=\"R\"");
    has("object.received", "{\"receipt\":\"new\"}", "EventActionCode=\"C\"");
    has("object.received", "{\"receipt\":\"new\",\"rebuilt\":true}",
        "EventActionCode=\"R\"");
    has("object.sent", "{\"destination\":\"pacs\"}",
        "<ActiveParticipant UserID=\"ARCHIVE\" UserName=\"pacs\" "
        "UserIsRequestor=\"false\" NetworkAccessPointID=\"10.0.0.9\" "
        "NetworkAccessPointTypeCode=\"1\"><RoleIDCode csd-code=\"110152\"");
}

static void test_instances_by_class(void **state)
{
    (void)state;
    has("study.analysed",
        "{\"study_uid\":\"1.2\",\"inputs\":[{\"sop_class\":\"1.3\","
        "\"sop_uid\":\"1\"},{\"sop_class\":\"1.3\",\"sop_uid\":\"2\"}],"
        "\"results\":[{\"sop_class\":\"1.9\",\"sop_uid\":\"3\"}]}",
        "<ParticipantObjectDescription><SOPClass UID=\"1.3\" "
        "NumberOfInstances=\"2\"><Instance UID=\"1\"/><Instance UID=\"2\"/>"
        "</SOPClass><SOPClass UID=\"1.9\" NumberOfInstances=\"1\"><Instance "
        "UID=\"3\"/></SOPClass></ParticipantObjectDescription>");
}

static void test_a_broken_chain_is_an_alert(void **state)
{
    (void)state;
    has("chain.verified", "{\"intact\":true}", "csd-code=\"110101\"");
    has("chain.verified", "{\"intact\":false}",
        "EventOutcomeIndicator=\"8\"><EventID csd-code=\"110113\"");
    has("caller.refused", "{\"reason\":\"not one of the callers\"}",
        "<ParticipantObjectDetail type=\"Alert Description\" "
        "value=\"bm90IG9uZSBvZiB0aGUgY2FsbGVycw==\"/>");
}

static void test_hostile_texts_stay_in_their_place(void **state)
{
    char *xml = message("caller.refused",
                        "{\"calling_ae\":\"<&\\\"'>\\u0001\\n\\uffff\","
                        "\"reason\":\"</EventOutcomeDescription><x/>\"}");

    (void)state;
    assert_non_null(
        strstr(xml, "UserID=\"&lt;&amp;&quot;'&gt;?&#10;?\" UserIs"));
    assert_non_null(strstr(xml, "<EventOutcomeDescription>&lt;/"
                                "EventOutcomeDescription&gt;&lt;x/&gt;</"));
    assert_null(strstr(xml, "<x/>"));
    assert_ptr_equal(strchr(xml, '\n'), xml + strlen(xml) - 1);
    free(xml);
}

static void test_unreadable_fields(void **state)
{
    (void)state;
    has("object.received", "no JSON", "EventActionCode=\"C\"");
    has("no.such", "{}", "<EventID csd-code=\"event\"");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_event_has_a_message),
        cmocka_unit_test(test_what_was_transferred),
        cmocka_unit_test(test_instances_by_class),
        cmocka_unit_test(test_a_broken_chain_is_an_alert),
        cmocka_unit_test(test_hostile_texts_stay_in_their_place),
        cmocka_unit_test(test_unreadable_fields),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
